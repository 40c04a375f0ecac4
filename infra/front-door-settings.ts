import { type Duration, Token } from 'aws-cdk-lib'
import type { ISubnet } from 'aws-cdk-lib/aws-ec2'
import { parseSettings } from './app/settings.ts'
import type { DatabaseModel, FrontDoorModel } from './constructs/front-door-model.ts'
import type {
  EndpointClients,
  ExistingFrontDoor,
  FrontDoorExposure,
  LoadBalancerOptions,
  RdsFrontDoorProps,
} from './front-door-props.ts'
import type { FrontDoorDatabase } from './front-door-target.ts'

/**
 * Props in the words of repoint.json, whose defaults and rules then hold for both. What CloudFormation knows only later
 * is stood in for by an example, and takes its place afterwards.
 */

type Entry = Readonly<Record<string, unknown>>

/** @throws SettingsError naming every problem at once */
export const frontDoorModel = (props: RdsFrontDoorProps): FrontDoorModel => {
  refuseBoth(props)
  const target = props.target.bind()
  const shared = props.sharedLoadBalancer?.model
  if (shared) refuseBesideShared(props)
  const vpc = shared?.vpc ?? props.vpc
  const addresses = props.loadBalancerOptions?.addresses
  const subnets = props.vpc?.selectSubnets(oneInEachZone(props.vpcSubnets)).subnets ?? []
  const entry: Entry = {
    ...(props.vpc === undefined ? {} : { vpcId: exampleVpc }),
    ...(subnets.length === 0 ? {} : { subnets: subnets.map((it, index) => exampleSubnet(it, index, addresses)) }),
    ...(props.publiclyAccessible === undefined ? {} : { publiclyAccessible: props.publiclyAccessible }),
    ...(props.allowedCidrs === undefined ? {} : { allowedCidrs: props.allowedCidrs.map(standIn('10.0.0.0/8')) }),
    ...(props.mysqlHostBlocking === undefined ? {} : { mysqlHostBlocking: props.mysqlHostBlocking }),
    frontDoor: doorEntry(props),
    ...(props.readers === undefined ? {} : { readers: readersEntry(props) }),
    ...(props.existing === undefined ? { exposure: shared ? clientsEntry(props) : exposureEntry(props) } : {}),
    network: networkEntry(props),
    function: functionEntry(props),
    watch: milliseconds(props.watch),
    settle: { ...milliseconds(props.settle), ...answersOf(props.settle) },
    ...(props.remember === undefined ? {} : { rememberMs: props.remember.toMilliseconds() }),
    ...(props.ownerProof === undefined ? {} : { ownerProof: props.ownerProof }),
    wakeOn: [...(props.wakeOn ?? [])],
    policies: [...(props.policies ?? [])],
    dashboard: props.dashboard ?? true,
    dnsServers: [...(props.dnsServers ?? [])],
  }
  const parsed = parseEntry(target, entry, shared && [shared.entry])
  const { existing, allowedCidrs, functionSubnets } = props
  return {
    ...parsed,
    name: props.name,
    ...(vpc === undefined ? {} : { vpcId: vpc.vpcId }),
    subnets: shared?.subnets ?? subnets.map((it, index) => modelSubnet(it, index, addresses)),
    ...(allowedCidrs === undefined ? {} : { allowedCidrs: [...allowedCidrs] }),
    exposure: { ...parsed.exposure, ...(shared?.exposure ?? exposureOf(props)), clientCidrs: clientsOf(props) },
    shared: props.sharedLoadBalancer,
    frontDoor: doorOf(parsed, target, props),
    ...(parsed.readers && existing?.readersTargetGroup
      ? { readers: { ...parsed.readers, targetGroupArn: existing.readersTargetGroup.targetGroupArn } }
      : {}),
    network: {
      ...parsed.network,
      ...(vpc && functionSubnets
        ? { subnetIds: vpc.selectSubnets(oneInEachZone(functionSubnets)).subnets.map(it => it.subnetId) }
        : {}),
      ...(props.endpointSecurityGroup
        ? { endpoints: { securityGroupId: props.endpointSecurityGroup.securityGroupId } }
        : props.endpointClients
          ? { endpoints: endpointClientsOf(props.endpointClients) }
          : {}),
    },
    eventBus: props.eventBus?.eventBusArn ?? parsed.eventBus,
    guardrails: keysOf(props),
    alarmActions: props.alarmActions ?? [],
    role: props.role,
    logGroup: props.logGroup,
  }
}

/** Of a zone's subnets the first: a load balancer has one in each. */
export const oneInEachZone = (selection: RdsFrontDoorProps['vpcSubnets']) => ({ ...selection, onePerAz: true })

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
    ...(kind === 'hostname' ? {} : { arn: exampleArns[kind] }),
    endpoint: exampleEndpoints[kind],
    engine: target.engine,
    ...(Token.isUnresolved(port) ? {} : { port }),
    members: members.map(memberName),
    ...entry,
  }
  const { databases } = parseSettings('props', JSON.stringify({ databases: [text], loadBalancers }))
  const [parsed] = databases
  if (parsed === undefined) throw new Error('No database')
  const { arn: _, vpcId: __, ...rest } = parsed
  return { ...rest, ...target, members: [...members], env: {}, name: undefined }
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
export const exampleZone = (index: number) => `eu-west-1${'abcdefghijklmnopqrstuvwxyz'[index]}`

const cidrOf = (subnet: ISubnet): string | undefined => {
  try {
    return subnet.ipv4CidrBlock
  } catch {
    // Of an imported subnet CDK knows it only where the app says it.
    return undefined
  }
}

export const exampleSubnet = (subnet: ISubnet, index: number, addresses: LoadBalancerOptions['addresses']) => {
  const address = addresses?.[index]
  const cidr = cidrOf(subnet)
  return {
    id: exampleSubnetId(index),
    zone: exampleZone(index),
    ...(cidr === undefined ? {} : { cidr: standIn('10.0.0.0/24')(cidr) }),
    ...(address === undefined ? {} : { address }),
  }
}

export const modelSubnet = (subnet: ISubnet, index: number, addresses: LoadBalancerOptions['addresses']) => {
  const address = addresses?.[index]
  const cidr = cidrOf(subnet)
  return {
    id: subnet.subnetId,
    zone: zoneOf(subnet, index),
    ...(cidr === undefined ? {} : { cidr }),
    ...(address === undefined ? {} : { address }),
  }
}

/** Part of construct ids, which take no token. */
export const zoneOf = ({ availabilityZone }: ISubnet, index: number): string =>
  Token.isUnresolved(availabilityZone) ? `${index + 1}` : availabilityZone

const doorEntry = (props: RdsFrontDoorProps): Entry => {
  const { strategy = 'swap', existing, loadBalancerOptions, weighted = {}, databaseSecurityGroup } = props
  const { sharedLoadBalancer } = props
  const { slots, ...shared } = weighted
  if (existing === undefined) {
    return {
      kind: 'create',
      strategy,
      ...weighted,
      ...createdEntry(loadBalancerOptions ?? {}),
      ...(sharedLoadBalancer === undefined ? {} : { loadBalancer: sharedLoadBalancer.model.entry.name }),
      databaseSecurityGroupId: databaseSecurityGroup === undefined ? false : exampleGroup,
    }
  }
  return { kind: 'existing', strategy, ...shared, ...existingEntry(existing, strategy) }
}

const createdEntry = ({ listenerPort, idleTimeout, ...more }: LoadBalancerOptions): Entry => ({
  ...(listenerPort === undefined ? {} : { listenerPort }),
  ...(idleTimeout === undefined ? {} : { idleTimeoutSeconds: idleTimeout.toSeconds() }),
  ...(more.deletionProtection === undefined ? {} : { deletionProtection: more.deletionProtection }),
  ...(more.deregistrationDelay === undefined
    ? {}
    : { deregistrationDelaySeconds: more.deregistrationDelay.toSeconds() }),
  healthCheck: healthEntry(more.healthCheck ?? {}),
})

const healthEntry = ({ interval, timeout, ...thresholds }: NonNullable<LoadBalancerOptions['healthCheck']>): Entry => ({
  ...(interval === undefined ? {} : { intervalSeconds: interval.toSeconds() }),
  ...(timeout === undefined ? {} : { timeoutSeconds: timeout.toSeconds() }),
  ...thresholds,
})

const existingEntry = (
  { targetGroups, listener }: ExistingFrontDoor,
  strategy: NonNullable<RdsFrontDoorProps['strategy']>,
): Entry => ({
  ...(strategy === 'weighted'
    ? { targetGroupArns: targetGroups.map((_, index) => exampleTargetGroup(index)) }
    : { targetGroupArn: exampleTargetGroup(0) }),
  ...(listener === undefined ? {} : { listenerArn: exampleListener }),
})

const readersEntry = ({ readers, existing }: RdsFrontDoorProps): Entry => ({
  ...readers,
  ...(existing?.readersTargetGroup === undefined ? {} : { targetGroupArn: exampleTargetGroup(99) }),
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

/** Whom the database's own port lets in; an app may let them in later, through `connections`. */
const clientsEntry = (props: Exposing): Entry => {
  const clients = clientsOf(props)
  return { clientCidrs: clients.length === 0 ? ['10.0.0.0/8'] : clients.map(standIn('10.0.0.0/8')) }
}

const clientsOf = ({ loadBalancerOptions }: Exposing): string[] => [...(loadBalancerOptions?.clientCidrs ?? [])]

/** With a service or without one, who reaches the load balancer itself. */
export const exposureEntry = ({ endpointService, loadBalancerOptions = {} }: Exposing): Entry => {
  const { enforceSecurityGroup } = loadBalancerOptions
  const shared = {
    ...clientsEntry({ loadBalancerOptions }),
    ...(enforceSecurityGroup === undefined ? {} : { enforceSecurityGroup }),
  }
  if (endpointService === false) return { ...shared, endpointService: false }
  const {
    notificationTopic,
    allowedPrincipals = [],
    privateDnsZone,
    ...service
  }: FrontDoorExposure = endpointService ?? {}
  return {
    ...shared,
    ...service,
    allowedPrincipals: allowedPrincipals.map(standIn('arn:aws:iam::111122223333:root')),
    ...(notificationTopic === undefined ? {} : { notificationTopicArn: exampleTopic }),
    ...(privateDnsZone === undefined
      ? {}
      : { privateDnsZone: { id: 'ZEXAMPLE', name: standIn(service.privateDnsName ?? '')(privateDnsZone.zoneName) } }),
  }
}

export const exposureOf = ({ endpointService }: Exposing) => {
  const { allowedPrincipals = [], notificationTopic, privateDnsZone }: FrontDoorExposure = endpointService || {}
  return {
    allowedPrincipals: [...allowedPrincipals],
    ...(notificationTopic === undefined ? {} : { notificationTopicArn: notificationTopic.topicArn }),
    ...(privateDnsZone === undefined
      ? {}
      : { privateDnsZone: { id: privateDnsZone.hostedZoneId, name: privateDnsZone.zoneName } }),
  }
}

const endpointClientsOf = ({ cidrs = [], securityGroups = [], lambda = false }: EndpointClients) => ({
  clientCidrs: [...cidrs],
  clientSecurityGroupIds: securityGroups.map(it => it.securityGroupId),
  lambda,
})

/** @throws Error where both are there: others' endpoints are not the construct's to open */
const refuseBoth = ({ endpointSecurityGroup, endpointClients }: RdsFrontDoorProps): void => {
  if (endpointSecurityGroup === undefined || endpointClients === undefined) return
  throw new Error('endpointClients is about endpoints that are created: with endpointSecurityGroup, open that group')
}

const networkEntry = ({ placement, functionSubnets, ...props }: RdsFrontDoorProps): Entry => ({
  ...(placement === undefined ? {} : { mode: placement }),
  ...(functionSubnets === undefined ? {} : { subnetIds: [exampleSubnetId(0)] }),
  ...(props.endpointClients === undefined
    ? {}
    : {
        endpoints: {
          ...endpointClientsOf(props.endpointClients),
          clientCidrs: props.endpointClients.cidrs?.map(standIn('10.0.0.0/8')) ?? [],
          clientSecurityGroupIds: props.endpointClients.securityGroups?.map(() => exampleGroup) ?? [],
        },
      }),
  ...(props.endpointSecurityGroup === undefined ? {} : { endpoints: { securityGroupId: exampleGroup } }),
})

const functionEntry = ({ functionOptions = {} }: RdsFrontDoorProps): Entry => {
  const { memorySize, resyncEvery, logRetention, logLevel, reserveConcurrency } = functionOptions
  return {
    ...(memorySize === undefined ? {} : { memoryMb: memorySize }),
    ...(resyncEvery === undefined ? {} : { everyMinutes: resyncEvery.toMinutes() }),
    ...(logRetention === undefined ? {} : { logRetentionDays: logRetention }),
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(reserveConcurrency === undefined ? {} : { reserveConcurrency }),
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

const answersOf = ({ answers }: NonNullable<RdsFrontDoorProps['settle']> = {}): Entry =>
  answers === undefined ? {} : { answers }

const keysOf = ({ encryptionKey = {} }: RdsFrontDoorProps): DatabaseModel['guardrails'] => {
  const { queue, environment } = encryptionKeysOf(encryptionKey)
  return {
    ...(queue === undefined ? {} : { queueKeyArn: queue.keyArn }),
    ...(environment === undefined ? {} : { environmentKeyArn: environment.keyArn }),
  }
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
  const { listenerArn: _, ...door } = frontDoor
  return {
    ...door,
    targetGroupArn: arns[0] ?? '',
    targetGroupArns: arns,
    ...(existing?.listener === undefined ? {} : { listenerArn: existing.listener.listenerArn }),
    ...(existing?.loadBalancer === undefined ? {} : { loadBalancerArn: existing.loadBalancer.loadBalancerArn }),
  }
}
