import type { Duration } from 'aws-cdk-lib'
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch'
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2'
import type {
  INetworkListener,
  INetworkLoadBalancer,
  INetworkTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import type { IRole } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { IPublicHostedZone } from 'aws-cdk-lib/aws-route53'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { FrontDoorTarget } from './front-door-target.ts'
import type { SharedLoadBalancer } from './shared-load-balancer.ts'

/** How a failover is followed; docs/choosing.md says which one suits which database. */
export type FrontDoorStrategy = 'swap' | 'standby' | 'weighted'

/** A load balancer of your own. Its targets, and with `weighted` its weights, are Repoint's from then on. */
export interface ExistingFrontDoor {
  /** One; with `weighted` all that the listener forwards to, two to five. */
  readonly targetGroups: readonly INetworkTargetGroup[]
  /** `weighted`: its weights select the writer. */
  readonly listener?: INetworkListener
  /** Watched by alarms and shown on the dashboard; without it they have no metrics of a load balancer. */
  readonly loadBalancer?: INetworkLoadBalancer
  /** Where readers are registered; with `readers`. */
  readonly readersTargetGroup?: INetworkTargetGroup
}

/** The load balancer that the construct makes. */
export interface LoadBalancerOptions {
  /** Of the writer's listener. @default - the database's port */
  readonly listenerPort?: number
  /** After which a connection without traffic is forgotten, 60 s to 6000 s. @default Duration.seconds(6000) */
  readonly idleTimeout?: Duration
  /** How long connections to an old writer are kept. @default Duration.seconds(0) */
  readonly deregistrationDelay?: Duration
  /** When a target is healthy. @default - by the engine: 10 s and 2 answers, slower where probes count as connection errors */
  readonly healthCheck?: FrontDoorHealthCheck
  /** On once it serves: a failed first deployment could not be removed with it. @default false */
  readonly deletionProtection?: boolean
  /** A fixed private address in each of the subnets, in their order. @default - AWS chooses */
  readonly addresses?: readonly string[]
  /** Who may reach the load balancer without PrivateLink, or with it under `enforceSecurityGroup`. @default - nobody */
  readonly clientCidrs?: readonly string[]
  /** Its security group judges PrivateLink traffic too, by the consumers' own addresses. @default false */
  readonly enforceSecurityGroup?: boolean
}

export interface FrontDoorHealthCheck {
  /** 5 s to 300 s. */
  readonly interval?: Duration
  /** At most the interval. */
  readonly timeout?: Duration
  /** 2 to 10 answers. */
  readonly healthyThreshold?: number
  /** 2 to 10 failures. */
  readonly unhealthyThreshold?: number
}

/** `weighted`: a target group for each member that may become the writer. */
export interface WeightedOptions {
  /** Target groups, 2 to 5. @default - as many as the cluster has members, 3 where they are not known */
  readonly slots?: number
  /** The old writer keeps its weight until the new one is healthy; both then get connections. @default false */
  readonly overlap?: boolean
  /** Identifiers of members that get no slot in advance. @default - none */
  readonly exclude?: readonly string[]
}

export interface FrontDoorReaders {
  /** Of a second listener; with a load balancer of the construct's. @default the writer's and one */
  readonly port?: number
  /** The writer stands in while there is no reader. @default false */
  readonly writerWhenAlone?: boolean
  /** Identifiers of members that are never registered. @default - none */
  readonly exclude?: readonly string[]
}

/** Who may connect through PrivateLink. */
export interface FrontDoorExposure {
  /** Whether the owner lets each endpoint in by hand. @default true */
  readonly acceptanceRequired?: boolean
  /** ARNs of those who may ask for an endpoint. @default - nobody */
  readonly allowedPrincipals?: readonly string[]
  /** The word for principal `*` without acceptance: anybody with an AWS account may connect. @default false */
  readonly openToEveryAccount?: boolean
  /** Regions whose consumers may connect. @default - the stack's own */
  readonly supportedRegions?: readonly string[]
  /** A name of your own domain, for consumers' endpoints. @default - none */
  readonly privateDnsName?: string
  /** Where the TXT record that proves the name is written. @default - two outputs say which record to write */
  readonly privateDnsZone?: IPublicHostedZone
  /** Hears of endpoints that ask, connect and go. @default - none */
  readonly notificationTopic?: ITopic
}

/** Where the function runs: docs/deploying.md, "Network modes". */
export type FunctionPlacement = 'outside-vpc' | 'in-vpc' | 'isolated'

export interface FunctionOptions {
  /** Megabytes. @default 512 */
  readonly memorySize?: number
  /** How often it looks without an event; whole minutes, 1 to 60. @default Duration.minutes(1) */
  readonly resyncEvery?: Duration
  /** Of its own log group. @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays
  /** Nothing above INFO: alarms read it. @default INFO */
  readonly logLevel?: 'DEBUG' | 'INFO'
  /** False where the account's concurrency is too small to reserve from. @default true */
  readonly reserveConcurrency?: boolean
}

/** An event pattern in EventBridge's own words, with literal sources. */
export interface WakePattern {
  readonly source: readonly string[]
  readonly [field: string]: unknown
}

/** How long the function watches after each kind of event, and until a new target is healthy. */
export interface WatchOptions {
  /** @default Duration.minutes(5) */
  readonly started?: Duration
  /** @default Duration.minutes(1) */
  readonly completed?: Duration
  /** @default Duration.seconds(30) */
  readonly reboot?: Duration
  /** @default Duration.minutes(6) */
  readonly healthy?: Duration
}

/** What it takes to believe that the writer has moved. */
export interface SettleOptions {
  /** Answers that must agree. @default 3 */
  readonly answers?: number
  /** Between two looks. @default Duration.seconds(1) */
  readonly interval?: Duration
  /** Over which answers agree. @default Duration.seconds(6) */
  readonly span?: Duration
  /** For which an endpoint may alternate between two writers. @default Duration.seconds(35) */
  readonly flap?: Duration
  /** For which a read of AWS may not show a write. @default Duration.seconds(6) */
  readonly readLag?: Duration
  /** `standby`: after which a second healthy address is another database's. @default Duration.minutes(1) */
  readonly bothHealthy?: Duration
}

/** Keys by what they encrypt; each key's policy has to let the service use it, which the construct adds to keys of this app. */
export interface EncryptionKeys {
  /** The function's log group, and those of the construct's helpers. */
  readonly logs?: IKey
  /** The dead-letter queue. */
  readonly queue?: IKey
  /** The function's environment. */
  readonly environment?: IKey
}

/** Others in the VPC who call the same APIs. */
export interface EndpointClients {
  /** Networks. @default - none */
  readonly cidrs?: readonly string[]
  /** Security groups. @default - none */
  readonly securityGroups?: readonly ISecurityGroup[]
  /** An endpoint of Lambda's API too, for whoever calls the function from inside. @default false */
  readonly lambda?: boolean
}

export interface RdsFrontDoorProps {
  /** What the front door leads to. */
  readonly target: FrontDoorTarget
  /**
   * Physical names begin with `repoint-<name>`, as the command line looks for them: name the database's identifier.
   * @default - CloudFormation makes every name
   */
  readonly name?: string
  /** The database's VPC, for the load balancer. Not with `existing`, unless the function is inside. */
  readonly vpc?: IVpc
  /**
   * One subnet in every zone of the DB subnet group: a writer in a zone without gets no traffic.
   * @default - the VPC's isolated subnets, or those that CDK chooses
   */
  readonly vpcSubnets?: SubnetSelection
  /**
   * The database's own group, which the construct then opens to the load balancer and to its addresses.
   * @default - you open it, with `connections`
   */
  readonly databaseSecurityGroup?: ISecurityGroup
  /** A load balancer of your own. @default - one is created */
  readonly existing?: ExistingFrontDoor
  /**
   * A load balancer that other databases share: the construct makes a listener of it, on a port of its own
   * (`loadBalancerOptions.listenerPort`). VPC, subnets and endpoint service are the load balancer’s.
   * @default - one is created
   */
  readonly sharedLoadBalancer?: SharedLoadBalancer
  /** Of the load balancer that is created. @default - as each option says */
  readonly loadBalancerOptions?: LoadBalancerOptions
  /** How a failover is followed. @default swap */
  readonly strategy?: FrontDoorStrategy
  /** With strategy `weighted`. @default - as each option says */
  readonly weighted?: WeightedOptions
  /** A second front door for a cluster's readers. @default - none */
  readonly readers?: FrontDoorReaders
  /** Where the function runs. @default outside-vpc */
  readonly placement?: FunctionPlacement
  /** Where the function is, inside the VPC. @default - `vpcSubnets` */
  readonly functionSubnets?: SubnetSelection
  /** `isolated`: of the interface endpoints that the VPC has already. @default - endpoints are created */
  readonly endpointSecurityGroup?: ISecurityGroup
  /** `isolated`: who else uses the endpoints that are created, since private DNS leads the whole VPC to them. @default - nobody */
  readonly endpointClients?: EndpointClients
  /** Only addresses inside are ever registered. @default - everything that a target group accepts */
  readonly allowedCidrs?: readonly string[]
  /** An endpoint service for consumers of other VPCs. @default - one without principals; false for none */
  readonly endpointService?: FrontDoorExposure | false
  /** One key for logs, queue and environment, or one for each. @default - keys of AWS's */
  readonly encryptionKey?: IKey | EncryptionKeys
  /** The function's; Lambda must be able to assume it, and what the function needs is added. @default - a role is created */
  readonly role?: IRole
  /** The function's. @default - a log group is created */
  readonly logGroup?: ILogGroup
  /** What every alarm does, and its end too. @default - nothing */
  readonly alarmActions?: readonly IAlarmAction[]
  /** A dashboard and saved queries of this database alone; `FleetOperations` has them for all. @default true */
  readonly dashboard?: boolean
  /** Size, schedule and logs of the function. @default - as each option says */
  readonly functionOptions?: FunctionOptions
  /** How long it watches. @default - as each option says */
  readonly watch?: WatchOptions
  /** When it believes that the writer has moved. @default - as each option says */
  readonly settle?: SettleOptions
  /** For how long what was found in sync is not read again while DNS answers the same. @default 5 minutes */
  readonly remember?: Duration
  /**
   * Whether AWS is asked whose a new address is before it is registered. @default - when-possible; off for proxies and
   * host names, whose interfaces nothing tells
   */
  readonly ownerProof?: 'when-possible' | 'required' | 'off'
  /** What starts a watch beside the database's own events; ARNs are texts, not tokens. @default - nothing */
  readonly wakeOn?: readonly (string | WakePattern)[]
  /** What the function does not do: docs/deploying.md. @default - none */
  readonly policies?: readonly ('paused' | 'dry-run' | 'add-only')[]
  /** Where its reports go. @default - the default bus */
  readonly eventBus?: IEventBus
  /** Asked instead of the VPC's resolver, as `address` or `address:port`. @default - none */
  readonly dnsServers?: readonly string[]
  /** The database's name gives its public address outside the VPC: the function has to be inside. @default false */
  readonly publiclyAccessible?: boolean
  /** MySQL and MariaDB: what keeps the server from blocking the load balancer's addresses. @default - unknown, with a warning */
  readonly mysqlHostBlocking?: 'skip-name-resolve' | 'raised-max-connect-errors' | 'accepted'
  /** The function's code, for tests. @default - the function of the package */
  readonly code?: Code
}
