import { fileURLToPath } from 'node:url'
import { Token } from 'aws-cdk-lib'
import type { Alarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch'
import type { Connections, IConnectable, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2'
import type {
  INetworkListener,
  INetworkLoadBalancer,
  INetworkTargetGroup,
  NetworkLoadBalancer,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events'
import type { Grant, IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam'
import { Code, type IFunction } from 'aws-cdk-lib/aws-lambda'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { detailTypes, metrics, reportSource } from '../functions/reconciler/names.ts'
import { type DatabaseSettings, parseSettings } from './app/settings.ts'
import { addLoadBalancerPath, type LoadBalancerPath } from './constructs/load-balancer-path.ts'
import { repointMetric } from './constructs/metrics.ts'
import { acknowledge } from './constructs/nag.ts'
import type { BoundTarget, FrontDoorTarget } from './front-door-target.ts'

/** How a failover is followed; docs/choosing.md says which one suits which database. */
export type FrontDoorStrategy = 'swap' | 'standby' | 'weighted'

/** A load balancer of your own. Its targets, and with `weighted` its weights, are Repoint's from then on. */
export interface ExistingFrontDoor {
  /** One; with `weighted` all that the listener forwards to, two to five. */
  readonly targetGroups: readonly INetworkTargetGroup[]
  /** `weighted`: its weights select the writer. */
  readonly listener?: INetworkListener
  /** Watched by alarms; without it there is none on the health of targets. */
  readonly loadBalancer?: INetworkLoadBalancer
  /** Where readers are registered; with `readers`. */
  readonly readersTargetGroup?: INetworkTargetGroup
}

export interface FrontDoorReaders {
  /** Of a second listener; with a load balancer of the construct's. @default the writer's and one */
  readonly port?: number
  /** @default false */
  readonly writerWhenAlone?: boolean
}

export interface FrontDoorExposure {
  /** @default true */
  readonly acceptanceRequired?: boolean
  /** ARNs of those who may ask for an endpoint. @default nobody */
  readonly allowedPrincipals?: readonly string[]
}

export interface RdsFrontDoorProps {
  readonly target: FrontDoorTarget
  /** The database's VPC, for the load balancer. Not with `existing`, unless the function is inside. */
  readonly vpc?: IVpc
  /**
   * One subnet in every zone of the DB subnet group: a writer in a zone without gets no traffic.
   * @default - the VPC's isolated subnets, or those that CDK chooses
   */
  readonly vpcSubnets?: SubnetSelection
  /** @default - a load balancer is created */
  readonly existing?: ExistingFrontDoor
  /** @default swap */
  readonly strategy?: FrontDoorStrategy
  /** A second front door for a cluster's readers. @default - none */
  readonly readers?: FrontDoorReaders
  /** Where the function runs. @default outside-vpc */
  readonly placement?: 'outside-vpc' | 'in-vpc' | 'isolated'
  /** Only addresses inside are ever registered. @default - everything that a target group accepts */
  readonly allowedCidrs?: readonly string[]
  /** An endpoint service for consumers of other VPCs. @default - one without principals; false for none */
  readonly endpointService?: FrontDoorExposure | false
  /** Topics that hear of alarms and of their end. @default - none */
  readonly alarmTopics?: readonly ITopic[]
}

/** Beside `dist` by one folder, in a clone as in the installed package. */
const artefact = fileURLToPath(new URL('../dist/reconciler', import.meta.url))

/**
 * Keeps a Network Load Balancer pointed at the writer of an RDS database: load balancer (or your own target groups),
 * endpoint service, function, rules, schedule, first registration, alarms, dashboard.
 *
 * @example
 * const door = new RdsFrontDoor(this, 'Orders', {
 *   target: FrontDoorTarget.instance(database),
 *   vpc,
 *   vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
 * })
 * database.connections.allowDefaultPortFrom(door)
 */
export class RdsFrontDoor extends Construct implements IConnectable, IGrantable {
  /** The function. */
  readonly lambda: IFunction
  readonly alarms: readonly Alarm[]
  /** What consumers connect to; absent without an endpoint service. */
  readonly endpointServiceName: string | undefined
  /** The load balancer, where the construct makes it. */
  readonly loadBalancer: NetworkLoadBalancer | undefined
  readonly grantPrincipal: IPrincipal
  readonly #path: LoadBalancerPath
  readonly #databaseId: string

  constructor(scope: Construct, id: string, props: RdsFrontDoorProps) {
    super(scope, id)
    acknowledge(this, { 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'Nothing here reads a route table.' })
    const settings = settingsOf(props.target.bind(), props)
    this.#databaseId = settings.id
    this.#path = addLoadBalancerPath(this, settings, Code.fromAsset(artefact))
    this.lambda = this.#path.reconciler.lambda
    this.grantPrincipal = this.lambda.grantPrincipal
    this.alarms = this.#path.alarms
    this.endpointServiceName = this.#path.service?.serviceName
    this.loadBalancer = this.#path.front?.loadBalancer
  }

  /**
   * Of the load balancer that the construct makes: let the database's group in from here.
   * @throws Error with a load balancer of your own, whose connections are yours
   */
  get connections(): Connections {
    const { front } = this.#path
    if (front === undefined)
      throw new Error(`${this.node.path} has no load balancer of its own: use your own one's connections`)
    return front.loadBalancer.connections
  }

  /** Lets somebody call the function: `{"action":"resync"}` looks and repoints now. */
  grantResync(grantee: IGrantable): Grant {
    return this.lambda.grantInvoke(grantee)
  }

  /** Milliseconds from an event to the first healthy answer of the new writer's registration. */
  metricTimeToHealthy(options: MetricOptions = {}): Metric {
    return this.#metric(metrics.timeToHealthy, { statistic: 'Maximum', ...options })
  }

  /** Runs that refused to register what they found. */
  metricRefused(options: MetricOptions = {}): Metric {
    return this.#metric(metrics.refused, { statistic: 'Sum', ...options })
  }

  /** A rule on the report that the front door follows another writer now. */
  onRepointed(id: string, options: OnEventOptions = {}): Rule {
    const { eventPattern: _, target, ...rest } = options
    const rule = new Rule(this, id, {
      ...rest,
      eventPattern: {
        source: [reportSource],
        detailType: [detailTypes.repointed, detailTypes.driftCorrected],
        detail: { database: [this.#databaseId] },
      },
    })
    if (target) rule.addTarget(target)
    return rule
  }

  #metric(name: string, options: MetricOptions & { statistic: string }): Metric {
    return repointMetric(this.#databaseId, name, { statistic: options.statistic }).with(options)
  }
}

/** Defaults and rules are those of repoint.json; what CloudFormation knows only later takes its place afterwards. */
const settingsOf = (target: BoundTarget, props: RdsFrontDoorProps): DatabaseSettings => {
  const { existing, strategy = 'swap', readers, placement = 'outside-vpc', endpointService, alarmTopics = [] } = props
  const subnets = props.vpc?.selectSubnets(props.vpcSubnets).subnets ?? []
  const isCreated = existing === undefined
  const entry = {
    id: 'example',
    kind: target.kind,
    ...(target.kind === 'hostname' ? {} : { arn: exampleArns[target.kind] }),
    endpoint: exampleEndpoints[target.kind],
    engine: target.engine,
    ...(props.vpc === undefined ? {} : { vpcId: 'vpc-0a1b2c3d4e5f60718', subnets: subnets.map(exampleSubnet) }),
    ...(props.allowedCidrs === undefined ? {} : { allowedCidrs: props.allowedCidrs.map(standIn('10.0.0.0/8')) }),
    // The app lets the load balancer in, through `connections`.
    frontDoor: isCreated
      ? { kind: 'create', strategy, databaseSecurityGroupId: false }
      : exampleDoor(existing, strategy),
    ...(readers === undefined ? {} : { readers: readersOf(readers, existing) }),
    ...(isCreated ? { exposure: exposureOf(endpointService) } : {}),
    network: { mode: placement },
  }
  const { databases } = parseSettings('props', JSON.stringify({ databases: [entry] }))
  const [parsed] = databases
  if (parsed === undefined) throw new Error('No database')
  const { arn: _, vpcId: __, ...rest } = parsed
  return {
    ...rest,
    ...target,
    env: {},
    ...(props.vpc === undefined ? {} : { vpcId: props.vpc.vpcId }),
    subnets: subnets.map((subnet, index) => ({ id: subnet.subnetId, zone: `${index + 1}` })),
    ...(props.allowedCidrs === undefined ? {} : { allowedCidrs: [...props.allowedCidrs] }),
    exposure: { ...parsed.exposure, allowedPrincipals: [...principalsOf(endpointService)] },
    frontDoor: doorOf(parsed, target, existing),
    ...(parsed.readers && existing?.readersTargetGroup
      ? { readers: { ...parsed.readers, targetGroupArn: existing.readersTargetGroup.targetGroupArn } }
      : {}),
    alarms: { topicArns: alarmTopics.map(it => it.topicArn) },
  }
}

type EndpointService = RdsFrontDoorProps['endpointService']

const principalsOf = (service: EndpointService): readonly string[] => (service ? (service.allowedPrincipals ?? []) : [])

const exposureOf = (service: EndpointService) =>
  service === false
    ? { endpointService: false }
    : { ...service, allowedPrincipals: principalsOf(service).map(standIn('arn:aws:iam::111122223333:root')) }

/** The rules judge what is known at synthesis. */
const standIn = (example: string) => (text: string) => (Token.isUnresolved(text) ? example : text)

const home = 'arn:aws:rds:eu-west-1:111122223333'
const region = 'abc123def456.eu-west-1.rds.amazonaws.com'
const exampleEndpoints = {
  instance: `example.${region}`,
  cluster: `example.cluster-${region}`,
  proxy: `example.proxy-${region}`,
  hostname: 'example.internal.example.com',
} as const

const exampleArns = {
  instance: `${home}:db:example`,
  cluster: `${home}:cluster:example`,
  proxy: `${home}:db-proxy:prx-0a1b2c3d4e5f60718`,
}
const exampleGroup = (index: number) =>
  `arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/example/${`${index}`.padStart(16, '0')}`

const exampleSubnet = (_: unknown, index: number) => ({
  id: `subnet-${`${index}`.padStart(17, '0')}`,
  zone: `eu-west-1${'abcdefghijklmnop'[index]}`,
})

const exampleDoor = ({ targetGroups, listener }: ExistingFrontDoor, strategy: FrontDoorStrategy) => ({
  kind: 'existing',
  strategy,
  ...(strategy === 'weighted'
    ? { targetGroupArns: targetGroups.map((__, index) => exampleGroup(index)) }
    : { targetGroupArn: exampleGroup(0) }),
  ...(listener === undefined
    ? {}
    : {
        listenerArn:
          'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/example/0123456789abcdef/0123456789abcdef',
      }),
})

const readersOf = ({ port, writerWhenAlone = false }: FrontDoorReaders, existing: ExistingFrontDoor | undefined) => ({
  writerWhenAlone,
  ...(port === undefined ? {} : { port }),
  ...(existing?.readersTargetGroup === undefined ? {} : { targetGroupArn: exampleGroup(99) }),
})

const doorOf = (
  { frontDoor }: DatabaseSettings,
  { port }: BoundTarget,
  existing: ExistingFrontDoor | undefined,
): DatabaseSettings['frontDoor'] => {
  if (frontDoor.kind === 'create') return { ...frontDoor, listenerPort: port }
  const arns = existing?.targetGroups.map(it => it.targetGroupArn) ?? []
  const { listenerArn: _, ...door } = frontDoor
  return {
    ...door,
    targetGroupArn: arns[0] ?? '',
    targetGroupArns: arns,
    ...(existing?.listener === undefined ? {} : { listenerArn: existing.listener.listenerArn }),
    ...(existing?.loadBalancer === undefined ? {} : { loadBalancerArn: existing.loadBalancer.loadBalancerArn }),
  }
}
