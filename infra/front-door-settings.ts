import { type Duration, Token } from 'aws-cdk-lib'
import type { ISubnet, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2'
import type { Subnet } from './app/settings/subnet-fields.ts'
import { parseSettings } from './app/settings.ts'
import type { DatabaseModel, FrontDoorModel } from './constructs/front-door-model.ts'
import type {
  ExistingFrontDoor,
  FrontDoorExposure,
  FrontDoorHealthCheck,
  FrontDoorStrategy,
  LoadBalancerOptions,
  RdsFrontDoorProps,
} from './front-door-props.ts'
import type { FrontDoorDatabase } from './front-door-target.ts'

/**
 * Props in the words of repoint.json, whose defaults and rules then hold for both. What CloudFormation knows only later
 * is stood in for by an example, and takes its place afterwards. An entry is read as JSON: what is undefined is not in it.
 */

type Entry = Readonly<Record<string, unknown>>

/** @throws SettingsError naming every problem at once */
export const frontDoorModel = (props: RdsFrontDoorProps): FrontDoorModel => {
  const target = props.target.bind()
  const shared = props.sharedLoadBalancer?.model
  if (shared) refuseBesideShared(props)
  const vpc = shared?.vpc ?? props.vpc
  const subnets = props.vpc ? chooseSubnets(props.vpc, props.vpcSubnets, props.loadBalancerOptions?.addresses) : []
  const entry: Entry = {
    vpcId: props.vpc && exampleVpc,
    subnets: subnets.length === 0 ? undefined : exampleSubnets(subnets),
    publiclyAccessible: props.publiclyAccessible,
    allowedCidrs: props.allowedCidrs?.map(standIn('10.0.0.0/8')),
    mysqlHostBlocking: props.mysqlHostBlocking,
    frontDoor: doorEntry(props),
    readers: props.readers && readersEntry(props),
    exposure: exposureOfDoor(props),
    network: networkEntry(props),
    function: functionEntry(props),
    watch: milliseconds(props.watch),
    settle: { ...milliseconds(props.settle), answers: props.settle?.answers },
    rememberMs: props.remember?.toMilliseconds(),
    ownerProof: props.ownerProof,
    wakeOn: props.wakeOn,
    policies: props.policies,
    dashboard: props.dashboard ?? true,
    dnsServers: props.dnsServers,
  }
  const parsed = parseEntry(target, entry, shared && [shared.entry])
  const { existing, allowedCidrs, functionSubnets } = props
  return {
    ...parsed,
    name: props.name,
    vpcId: vpc?.vpcId,
    subnets: shared?.subnets ?? subnets,
    allowedCidrs: allowedCidrs && [...allowedCidrs],
    exposure: { ...parsed.exposure, ...(shared?.exposure ?? exposureOf(props)), clientCidrs: clientsOf(props) },
    shared: props.sharedLoadBalancer,
    frontDoor: doorOf(parsed, target, props),
    ...(parsed.readers && {
      readers: { ...parsed.readers, targetGroupArn: existing?.readersTargetGroup?.targetGroupArn },
    }),
    network: {
      ...parsed.network,
      ...(functionSubnets && {
        // By their ids alone: those that the app imports may have no zone.
        subnetIds: vpc?.selectSubnets(oneInEachZone(functionSubnets)).subnets.map(it => it.subnetId),
      }),
      endpoints: endpointsOf(props),
    },
    eventBus: props.eventBus?.eventBusArn ?? parsed.eventBus,
    guardrails: keysOf(props),
    alarmActions: props.alarmActions ?? [],
    role: props.role,
    logGroup: props.logGroup,
  }
}

/** Of a zone's subnets the first: a load balancer has one in each. */
export const oneInEachZone = (selection: SubnetSelection | undefined) => ({ ...selection, onePerAz: true })

/** @throws SettingsError naming every problem at once */
export const parseEntry = (
  target: FrontDoorDatabase,
  entry: Entry,
  loadBalancers: readonly Entry[] = [],
): DatabaseModel => {
  const { kind, port, members = [] } = target
  const text = {
    id: 'example',
    kind,
    arn: kind === 'hostname' ? undefined : exampleArns[kind],
    endpoint: exampleEndpoints[kind],
    engine: target.engine,
    port: Token.isUnresolved(port) ? undefined : port,
    members: members.map(memberName),
    ...entry,
  }
  const { databases } = parseSettings('props', JSON.stringify({ databases: [text], loadBalancers }))
  const [parsed] = databases
  if (parsed === undefined) throw new Error('No database')
  return { ...parsed, arn: undefined, vpcId: undefined, ...target, members: [...members], env: {}, name: undefined }
}

const memberName = (name: string, index: number): string => (Token.isUnresolved(name) ? `member-${index + 1}` : name)

/** The rules judge what is known at synthesis. */
export const standIn =
  (example: string) =>
  (text: string): string =>
    Token.isUnresolved(text) ? example : text

export const exampleVpc = 'vpc-0a1b2c3d4e5f60718'
export const exampleGroup = 'sg-0a1b2c3d4e5f60718'
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
const elb = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333'
const exampleTargetGroup = (index: number) => `${elb}:targetgroup/example/${`${index}`.padStart(16, '0')}`
const exampleListener = `${elb}:listener/net/example/0123456789abcdef/0123456789abcdef`
const exampleTopic = 'arn:aws:sns:eu-west-1:111122223333:example'

export const exampleSubnetId = (index: number) => `subnet-${`${index}`.padStart(17, '0')}`

/** In zones of their own; what else is known of them is judged. */
export const exampleSubnets = (subnets: readonly Subnet[]) =>
  subnets.map(({ cidr, address }, index) => ({
    id: exampleSubnetId(index),
    zone: `eu-west-1${'abcdefghijklmnopqrstuvwxyz'[index]}`,
    cidr: cidr && standIn('10.0.0.0/24')(cidr),
    address,
  }))

/** @param addresses one for each of the subnets, in their order */
export const chooseSubnets = (
  vpc: IVpc,
  selection: SubnetSelection | undefined,
  addresses: LoadBalancerOptions['addresses'] = [],
): Subnet[] =>
  vpc.selectSubnets(oneInEachZone(selection)).subnets.map((subnet, index) => ({
    id: subnet.subnetId,
    // Part of construct ids, which take no token.
    zone: Token.isUnresolved(subnet.availabilityZone) ? `${index + 1}` : subnet.availabilityZone,
    cidr: cidrOf(subnet),
    address: addresses[index],
  }))

const cidrOf = (subnet: ISubnet): string | undefined => {
  try {
    return subnet.ipv4CidrBlock
  } catch {
    // Of an imported subnet CDK knows it only where the app says it.
    return undefined
  }
}

const doorEntry = (props: RdsFrontDoorProps): Entry => {
  const { strategy = 'swap', existing, loadBalancerOptions = {}, weighted = {}, databaseSecurityGroup } = props
  if (existing) {
    const { slots: _, ...shared } = weighted
    return { kind: 'existing', strategy, ...shared, ...existingEntry(existing, strategy) }
  }
  const { listenerPort, idleTimeout, deregistrationDelay, deletionProtection, healthCheck } = loadBalancerOptions
  return {
    kind: 'create',
    strategy,
    ...weighted,
    listenerPort,
    idleTimeoutSeconds: idleTimeout?.toSeconds(),
    deletionProtection,
    deregistrationDelaySeconds: deregistrationDelay?.toSeconds(),
    healthCheck: healthEntry(healthCheck ?? {}),
    loadBalancer: props.sharedLoadBalancer?.model.entry.name,
    databaseSecurityGroupId: databaseSecurityGroup === undefined ? false : exampleGroup,
  }
}

const healthEntry = ({ interval, timeout, ...thresholds }: FrontDoorHealthCheck): Entry => ({
  intervalSeconds: interval?.toSeconds(),
  timeoutSeconds: timeout?.toSeconds(),
  ...thresholds,
})

const existingEntry = ({ targetGroups, listener }: ExistingFrontDoor, strategy: FrontDoorStrategy): Entry => ({
  ...(strategy === 'weighted'
    ? { targetGroupArns: targetGroups.map((_, index) => exampleTargetGroup(index)) }
    : { targetGroupArn: exampleTargetGroup(0) }),
  listenerArn: listener && exampleListener,
})

const readersEntry = ({ readers, existing }: RdsFrontDoorProps): Entry => ({
  ...readers,
  targetGroupArn: existing?.readersTargetGroup && exampleTargetGroup(99),
})

/** What the props of a shared load balancer say already. */
const refuseBesideShared = (props: RdsFrontDoorProps): void => {
  const { existing, vpc, vpcSubnets, endpointService, loadBalancerOptions: options = {} } = props
  const { addresses, deletionProtection, enforceSecurityGroup } = options
  const said = { existing, vpc, vpcSubnets, endpointService, addresses, deletionProtection, enforceSecurityGroup }
  const wrong = Object.entries(said).flatMap(([name, it]) => (it === undefined ? [] : [name]))
  if (wrong.length > 0)
    throw new Error(`${wrong.join(', ')}: nothing of it beside sharedLoadBalancer, which has its own`)
}

type Exposing = Pick<RdsFrontDoorProps, 'endpointService' | 'loadBalancerOptions'>

/** Behind a shared load balancer, its own clients alone. */
const exposureOfDoor = (props: RdsFrontDoorProps): Entry | undefined => {
  if (props.existing) return undefined
  return props.sharedLoadBalancer ? clientsEntry(props) : exposureEntry(props)
}

/** Whom the database's own port lets in; an app may let them in later, through `connections`. */
const clientsEntry = (props: Exposing): Entry => {
  const clients = clientsOf(props)
  return { clientCidrs: clients.length === 0 ? ['10.0.0.0/8'] : clients.map(standIn('10.0.0.0/8')) }
}

const clientsOf = ({ loadBalancerOptions }: Exposing): string[] => [...(loadBalancerOptions?.clientCidrs ?? [])]

/** With a service or without one, who reaches the load balancer itself. */
export const exposureEntry = (props: Exposing): Entry => {
  const { endpointService = {}, loadBalancerOptions = {} } = props
  const shared = { ...clientsEntry(props), enforceSecurityGroup: loadBalancerOptions.enforceSecurityGroup }
  if (endpointService === false) return { ...shared, endpointService: false }
  const { notificationTopic, allowedPrincipals = [], privateDnsZone, ...service } = endpointService
  return {
    ...shared,
    ...service,
    allowedPrincipals: allowedPrincipals.map(standIn('arn:aws:iam::111122223333:root')),
    notificationTopicArn: notificationTopic && exampleTopic,
    privateDnsZone: privateDnsZone && {
      id: 'ZEXAMPLE',
      name: standIn(service.privateDnsName ?? '')(privateDnsZone.zoneName),
    },
  }
}

export const exposureOf = ({ endpointService }: Exposing) => {
  const { allowedPrincipals = [], notificationTopic, privateDnsZone }: FrontDoorExposure = endpointService || {}
  return {
    allowedPrincipals: [...allowedPrincipals],
    notificationTopicArn: notificationTopic?.topicArn,
    privateDnsZone: privateDnsZone && { id: privateDnsZone.hostedZoneId, name: privateDnsZone.zoneName },
  }
}

/** @throws Error where both are there: others' endpoints are not the construct's to open */
const endpointsOf = ({ endpointSecurityGroup, endpointClients }: RdsFrontDoorProps) => {
  if (endpointSecurityGroup && endpointClients) {
    throw new Error('endpointClients is about endpoints that are created: with endpointSecurityGroup, open that group')
  }
  if (endpointSecurityGroup) return { securityGroupId: endpointSecurityGroup.securityGroupId }
  if (endpointClients === undefined) return undefined
  const { cidrs = [], securityGroups = [], lambda = false } = endpointClients
  return { clientCidrs: [...cidrs], clientSecurityGroupIds: securityGroups.map(it => it.securityGroupId), lambda }
}

const networkEntry = (props: RdsFrontDoorProps): Entry => ({
  mode: props.placement,
  subnetIds: props.functionSubnets && [exampleSubnetId(0)],
  endpoints: endpointsEntry(endpointsOf(props)),
})

const endpointsEntry = (endpoints: ReturnType<typeof endpointsOf>): Entry | undefined => {
  if (endpoints === undefined) return undefined
  if ('securityGroupId' in endpoints) return { securityGroupId: exampleGroup }
  return {
    clientCidrs: endpoints.clientCidrs.map(standIn('10.0.0.0/8')),
    clientSecurityGroupIds: endpoints.clientSecurityGroupIds.map(() => exampleGroup),
    lambda: endpoints.lambda,
  }
}

const functionEntry = ({ functionOptions = {} }: RdsFrontDoorProps): Entry => {
  const { memorySize, resyncEvery, logRetention, logLevel, reserveConcurrency } = functionOptions
  return {
    memoryMb: memorySize,
    everyMinutes: resyncEvery?.toMinutes(),
    logRetentionDays: logRetention,
    logLevel,
    reserveConcurrency,
  }
}

/** `started` is `startedMs` there. */
const milliseconds = (durations: object = {}): Entry =>
  Object.fromEntries(
    Object.entries(durations).flatMap(([key, value]) =>
      isDuration(value) ? [[`${key}Ms`, value.toMilliseconds()] as const] : [],
    ),
  )

const isDuration = (value: unknown): value is Duration =>
  typeof value === 'object' && value !== null && 'toMilliseconds' in value

const keysOf = ({ encryptionKey = {} }: RdsFrontDoorProps): DatabaseModel['guardrails'] => {
  const { queue, environment } = encryptionKeysOf(encryptionKey)
  return { queueKeyArn: queue?.keyArn, environmentKeyArn: environment?.keyArn }
}

/** One key for everything, or one for each. */
export const encryptionKeysOf = (given: NonNullable<RdsFrontDoorProps['encryptionKey']>) =>
  'keyArn' in given ? { logs: given, queue: given, environment: given } : given

const doorOf = (
  { frontDoor }: DatabaseModel,
  { port }: FrontDoorDatabase,
  { existing, loadBalancerOptions, databaseSecurityGroup }: RdsFrontDoorProps,
): DatabaseModel['frontDoor'] => {
  if (frontDoor.kind === 'create') {
    return {
      ...frontDoor,
      listenerPort: loadBalancerOptions?.listenerPort ?? port,
      databaseSecurityGroupId: databaseSecurityGroup?.securityGroupId ?? false,
    }
  }
  const arns = existing?.targetGroups.map(it => it.targetGroupArn) ?? []
  return {
    ...frontDoor,
    targetGroupArn: arns[0] ?? '',
    targetGroupArns: arns,
    listenerArn: existing?.listener?.listenerArn,
    loadBalancerArn: existing?.loadBalancer?.loadBalancerArn,
  }
}
