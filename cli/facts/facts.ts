import type { Answer } from '../../functions/reconciler/core/model.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { SecurityGroup } from '../checks/security-group-rules.ts'
import type { Gathered } from './gathered.ts'
import type { Pause } from './pause-note.ts'

/** Everything that the checks judge. Each fact stands alone: one that cannot be read takes down only its own checks. */
export interface DoctorFacts {
  readonly settings: Pick<
    DatabaseSettings,
    | 'id'
    | 'kind'
    | 'arn'
    | 'endpoint'
    | 'port'
    | 'engine'
    | 'exposure'
    | 'network'
    | 'function'
    | 'mysqlHostBlocking'
    | 'allowedCidrs'
    | 'members'
  >
  /** Seconds after which the clients send TCP keepalives, where the user said so. */
  readonly clientKeepaliveSeconds?: number
  readonly database: Gathered<DatabaseFacts>
  readonly parameters: Gathered<Parameters>
  /** The front door that is judged; the checks of its target group run once for each. */
  readonly door: DoorFacts
  readonly targetGroup: Gathered<TargetGroupFacts>
  readonly targets: Gathered<readonly TargetFacts[]>
  readonly loadBalancer: Gathered<LoadBalancerFacts>
  readonly listeners: Gathered<readonly ListenerFacts[]>
  readonly databaseGroups: Gathered<readonly SecurityGroup[]>
  readonly balancerGroups: Gathered<readonly SecurityGroup[]>
  /** Of the DB subnet group. */
  readonly databaseSubnets: Gathered<readonly SubnetFacts[]>
  readonly vpcDns: Gathered<{ readonly support: boolean; readonly hostnames: boolean }>
  readonly endpointServices: Gathered<readonly EndpointServiceFacts[]>
  /** Interface endpoints of the function's VPC. */
  readonly vpcEndpoints: Gathered<readonly VpcEndpointFacts[]>
  readonly lambda: Gathered<FunctionFacts>
  readonly permissions: Gathered<readonly PermissionFacts[]>
  readonly rules: Gathered<readonly RuleFacts[]>
  readonly schedules: Gathered<readonly ScheduleFacts[]>
  readonly deadLetters: Gathered<readonly QueueFacts[]>
  /** Private hosted zones of the database's VPC. */
  readonly hostedZones: Gathered<readonly HostedZoneFacts[]>
  /** What the endpoint's name answers where doctor runs. */
  readonly answer: Gathered<Answer>
}

/** As the function is configured, or as repoint.json says where that cannot be read. */
export interface DoorFacts {
  readonly role: 'writer' | 'reader'
  readonly strategy: 'swap' | 'standby' | 'weighted'
  readonly listenerArn?: string
}

export interface DatabaseFacts {
  readonly status: string
  readonly engine: string
  readonly isMultiAz: boolean
  /** Instances of a cluster, 1 otherwise. */
  readonly instances: number
  readonly isPubliclyAccessible: boolean
  readonly hasIamAuthentication?: boolean
  readonly vpcId: string
  readonly subnets: readonly { readonly id: string; readonly zone: string }[]
  readonly securityGroupIds: readonly string[]
  readonly endpoint?: string
  readonly port?: number
  readonly parameterGroups: readonly {
    readonly name: string
    readonly of: 'instance' | 'cluster'
    readonly status?: string
  }[]
}

export type Parameters = Readonly<Record<string, ParameterFacts>>

export interface ParameterFacts {
  readonly value?: string
  readonly group: string
  /** `static` needs a reboot. */
  readonly applyType?: string
  readonly isModifiable: boolean
  /** The group's change waits for a reboot. */
  readonly isPending: boolean
}

export interface TargetGroupFacts {
  readonly arn: string
  readonly port: number
  readonly protocol: string
  readonly targetType: string
  readonly vpcId: string
  readonly loadBalancerArns: readonly string[]
  readonly healthCheck: {
    readonly protocol: string
    readonly port: string
    readonly intervalSeconds: number
    readonly timeoutSeconds: number
    readonly healthyThreshold: number
    readonly unhealthyThreshold: number
  }
  readonly attributes: Readonly<Record<string, string>>
}

export interface TargetFacts {
  readonly ip: string
  readonly port: number
  readonly state: string
  readonly reason?: string
}

export interface LoadBalancerFacts {
  readonly arn: string
  readonly type: string
  readonly scheme: string
  readonly state: string
  readonly vpcId: string
  readonly zones: readonly { readonly zone: string; readonly subnetId: string }[]
  readonly securityGroupIds: readonly string[]
  /** Whether its security groups judge PrivateLink traffic; AWS's default is on. Meaningless without groups. */
  readonly enforcesOnPrivateLink: boolean
  /** Private addresses of its nodes. */
  readonly addresses: readonly string[]
  readonly attributes: Readonly<Record<string, string>>
}

export interface ListenerFacts {
  readonly arn: string
  readonly port: number
  readonly protocol: string
  readonly targetGroupArns: readonly string[]
  /** Of each group, by ARN, where the listener weighs them. */
  readonly weights?: Readonly<Record<string, number>>
  readonly idleTimeoutSeconds: number
}

export interface SubnetFacts {
  readonly id: string
  readonly zone: string
  /** Means the same zone in every account, which its name does not. */
  readonly zoneId?: string
  readonly cidr: string
  readonly freeAddresses: number
}

export interface EndpointServiceFacts {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly acceptanceRequired: boolean
  readonly allowedPrincipals: Gathered<readonly string[]>
  readonly privateDnsName?: string
  readonly privateDnsState?: string
  readonly connections: Gathered<
    readonly { readonly endpointId: string; readonly owner: string; readonly state: string }[]
  >
}

export interface VpcEndpointFacts {
  readonly id: string
  /** `com.amazonaws.eu-west-1.rds` */
  readonly service: string
  readonly state: string
  readonly hasPrivateDns: boolean
  readonly policy?: string
  readonly groups: readonly SecurityGroup[]
}

export interface FunctionFacts {
  readonly name: string
  readonly arn: string
  readonly state: string
  readonly stateReason?: string
  readonly lastUpdate: string
  readonly runtime: string
  readonly timeoutSeconds: number
  readonly lastModified: string
  readonly codeSha256: string
  /** The environment variable's text. */
  readonly config?: string
  /** Why Lambda does not show its variables: no permission for their key. */
  readonly hidden?: string
  readonly roleArn: string
  readonly vpc?: {
    readonly vpcId: string
    readonly subnetIds: readonly string[]
    readonly securityGroupIds: readonly string[]
  }
  /** `undefined`: no reservation. */
  readonly reservedConcurrency: Gathered<number | undefined>
  /** The version that the schedule's alias means; `undefined`: there is no such alias. */
  readonly tickVersion: Gathered<string | undefined>
  /** Where Lambda puts events that it gives up; `undefined`: nowhere. */
  readonly onFailureArn: Gathered<string | undefined>
}

export interface PermissionFacts {
  readonly action: string
  readonly resource: string
  /** `allowed`, `explicitDeny`, `implicitDeny` */
  readonly decision: string
}

export interface RuleFacts {
  readonly name: string
  readonly state: string
  readonly pattern: string
  readonly targets: readonly { readonly arn: string; readonly deadLetterArn?: string }[]
}

export interface ScheduleFacts {
  readonly name: string
  readonly state: string
  readonly expression: string
  readonly input: string
  readonly targetArn: string
  /** Its time is over: it runs no more. */
  readonly hasEnded: boolean
  readonly pause?: Pause
}

export interface QueueFacts {
  readonly arn: string
  readonly messages: number
  readonly inFlight: number
}

export interface HostedZoneFacts {
  readonly id: string
  readonly name: string
  readonly owner: string
}
