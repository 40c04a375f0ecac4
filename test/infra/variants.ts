import type { Template } from 'aws-cdk-lib/assertions'
import type { Part } from '../../infra/lifecycle.ts'
import {
  aCluster,
  aConsumer,
  anEndpoint,
  anInstance,
  anInstanceBehindShared,
  balancersFor,
  type Entry,
  existingTargetGroup,
  synthesizeFile,
} from './settings-fixture.ts'
import { resourcesOf } from './template-diff.ts'

/**
 * Every kind of stack that the settings can make: kinds, strategies, doors, networks, stages and readers of a database in
 * every combination that is allowed; each other setting that brings or changes a resource once; and the consumers' stacks.
 */

const databaseGroup = 'sg-0a1b2c3d4e5f60718'
const rds = 'arn:aws:rds:eu-west-1:111122223333'
const elb = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333'

interface Base {
  readonly name: string
  readonly entry: (id: string) => Entry
  readonly strategies: readonly string[]
  readonly hasReaders: boolean
}

const bases: readonly Base[] = [
  {
    name: 'instance',
    entry: id => anInstance({ arn: `${rds}:db:${id}` }),
    strategies: ['swap', 'standby'],
    hasReaders: false,
  },
  {
    name: 'cluster',
    entry: id => aCluster({ arn: `${rds}:cluster:${id}` }),
    strategies: ['swap', 'weighted'],
    hasReaders: true,
  },
  {
    name: 'proxy',
    entry: id => anInstance({ id, arn: `${rds}:db-proxy:prx-0a1b2c3d4e5f60718` }),
    strategies: ['swap'],
    hasReaders: false,
  },
  {
    name: 'hostname',
    entry: id => anInstance({ id, kind: 'hostname', arn: undefined }),
    strategies: ['swap'],
    hasReaders: false,
  },
]

const networks: Readonly<Record<string, Entry>> = {
  'outside-vpc': {},
  'in-vpc': { mode: 'in-vpc' },
  isolated: { mode: 'isolated' },
  'isolated, for others too': { mode: 'isolated', endpoints: { clientCidrs: ['10.0.9.0/24'], lambda: true } },
  'isolated, shared endpoints': { mode: 'isolated', endpoints: { securityGroupId: 'sg-0fedcba9876543210' } },
}

const doors: Readonly<Record<string, (strategy: string) => Entry>> = {
  created: strategy => ({ kind: 'create', strategy, databaseSecurityGroupId: databaseGroup }),
  'created, rules elsewhere': strategy => ({ kind: 'create', strategy, databaseSecurityGroupId: false }),
  existing: strategy =>
    strategy === 'weighted'
      ? {
          kind: 'existing',
          strategy,
          listenerArn: `${elb}:listener/net/orders/0123456789abcdef/0123456789abcdef`,
          targetGroupArns: ['one', 'two'].map(name => `${elb}:targetgroup/${name}/0123456789abcdef`),
        }
      : { ...existingTargetGroup, strategy },
}

const gateways: Readonly<Record<string, Entry | undefined>> = {
  nlb: undefined,
  shadow: { stage: 'shadow', databaseSecurityGroupId: databaseGroup },
  retired: { stage: 'retired', from: 'gateway', databaseSecurityGroupId: databaseGroup },
}

export interface Variant {
  readonly name: string
  readonly id: string
  readonly entry: Entry
  readonly isWeighted: boolean
}

let count = 0

const named = (names: readonly string[], entry: (id: string) => Entry, isWeighted: boolean): Variant => {
  count += 1
  const id = `variant-${count}`
  return { name: names.join(', '), id, entry: entry(id), isWeighted }
}

const withReaders = (door: string): Entry =>
  door === 'existing' ? { targetGroupArn: `${elb}:targetgroup/readers/0123456789abcdef` } : {}

const combinations: readonly Variant[] = bases.flatMap(base =>
  base.strategies.flatMap(strategy =>
    Object.entries(doors).flatMap(([door, frontDoor]) =>
      Object.entries(networks).flatMap(([mode, network]) =>
        Object.entries(gateways).flatMap(([stage, gateway]) =>
          (base.hasReaders ? [false, true] : [false]).map(readers => {
            const names = [base.name, strategy, door, mode, stage, ...(readers ? ['readers'] : [])]
            const entry = (id: string): Entry => ({
              ...base.entry(id),
              frontDoor: frontDoor(strategy),
              network,
              ...(gateway ? { gateway } : {}),
              ...(readers ? { readers: withReaders(door) } : {}),
            })
            return named(names, entry, strategy === 'weighted')
          }),
        ),
      ),
    ),
  ),
)

const key = (digit: number) => `arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5${digit}`
const topic = 'arn:aws:sns:eu-west-1:111122223333:on-call'
const privateName = 'orders.db.example.com'

export const guardrails: Entry = {
  permissionsBoundaryArn: 'arn:aws:iam::111122223333:policy/boundary',
  rolePath: '/platform/',
  helpers: { subnetIds: ['subnet-0a1b2c3d4e5f60711'], securityGroupIds: [databaseGroup] },
  logsKeyArn: key(1),
}

/** Each on its own, of an instance behind a created load balancer. */
const further: Readonly<Record<string, Entry>> = {
  'private name': { exposure: { privateDnsName: privateName } },
  'private name, proved here': {
    exposure: { privateDnsName: privateName, privateDnsZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } },
  },
  'whom it lets in': {
    exposure: {
      allowedPrincipals: ['arn:aws:iam::444455556666:root'],
      supportedRegions: ['eu-west-1'],
      notificationTopicArn: topic,
    },
  },
  'everybody, by the explicit word': {
    exposure: { acceptanceRequired: false, allowedPrincipals: ['*'], openToEveryAccount: true },
  },
  'enforced security group': { exposure: { enforceSecurityGroup: true, clientCidrs: ['10.9.0.0/16'] } },
  'no endpoint service': { exposure: { endpointService: false, clientCidrs: ['10.9.0.0/16'] } },
  'guardrails, at shadow': {
    guardrails: { ...guardrails, queueKeyArn: key(2), environmentKeyArn: key(3) },
    exposure: { privateDnsName: privateName },
    gateway: gateways.shadow,
  },
  alarms: { alarms: { topicArns: [topic] } },
  'a dashboard of its own': { dashboard: true },
  'other events': { wakeOn: ['arn:aws:rds:eu-west-1:111122223333:cluster:shop', { source: ['acme.shop'] }] },
  'an event bus': { eventBus: 'arn:aws:events:eu-west-1:111122223333:event-bus/operations' },
  'DNS servers': { network: { mode: 'isolated' }, dnsServers: ['10.0.0.53', '10.0.0.54:5353'] },
  'a paused function, without reservation': { policies: ['paused'], function: { reserveConcurrency: false } },
  'a function with every number its own': {
    function: { memoryMb: 1024, everyMinutes: 5, logRetentionDays: 30, logLevel: 'DEBUG' },
    watch: { startedMs: 300_000, completedMs: 60_000, rebootMs: 30_000, healthyMs: 300_000 },
    rememberMs: 600_000,
    settle: {
      answers: 4,
      intervalMs: 500,
      spanMs: 7000,
      flapMs: 36_000,
      readLagMs: 1000,
      bothHealthyMs: 61_000,
    },
  },
  'a public database': {
    publiclyAccessible: true,
    network: { mode: 'in-vpc', subnetIds: ['subnet-0a1b2c3d4e5f60719'] },
  },
  'protection, ports, tags': {
    frontDoor: { kind: 'create', databaseSecurityGroupId: false, listenerPort: 6432, deletionProtection: true },
    terminationProtection: true,
    tags: { team: 'shop' },
  },
  'fixed addresses': {
    subnets: [
      { id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a', zoneId: 'euw1-az1', address: '10.0.1.10' },
      { id: 'subnet-0a1b2c3d4e5f60712', zone: 'eu-west-1b', zoneId: 'euw1-az2', address: '10.0.2.10' },
    ],
  },
  'a shared gateway by name': {
    gateway: { ...gateways.shadow, target: 'dns', dnsResolution: 'in-vpc', principals: ['444455556666'] },
  },
  'a gateway with every number its own': {
    gateway: {
      ...gateways.shadow,
      subnetIds: ['subnet-0a1b2c3d4e5f60711'],
      ipv4AddressesPerEni: 8,
      accessLogDays: 7,
      connectionEveryMinutes: 60,
      allowExternalPrincipals: true,
      replaceInUse: true,
      principals: ['444455556666'],
    },
  },
  'owners that are proved': { ownerProof: 'required' },
  'MySQL that is never idle': { engine: 'mysql', mysqlHostBlocking: 'accepted' },
}

export const variants: readonly Variant[] = [
  ...combinations,
  ...Object.entries(further).map(([name, entry]) =>
    named([name], id => anInstance({ arn: `${rds}:db:${id}`, ...entry }), false),
  ),
  named(
    ['cluster, readers of all kinds'],
    id =>
      aCluster({
        arn: `${rds}:cluster:${id}`,
        members: ['ledger-1', 'ledger-2', 'reports-*'],
        readers: { port: 6000, writerWhenAlone: true, exclude: ['ledger-2'] },
        frontDoor: { ...doors.created?.('weighted'), slots: 4, overlap: true, exclude: ['ledger-2'] },
      }),
    true,
  ),
  named(
    ['behind a shared load balancer, at retired'],
    id =>
      anInstanceBehindShared(id, 6001, {
        gateway: { ...gateways.retired, listenerUnused: true },
      }),
    false,
  ),
  named(
    ['behind a shared load balancer'],
    id =>
      anInstanceBehindShared(id, 6001, {
        frontDoor: { databaseSecurityGroupId: databaseGroup },
        exposure: { clientCidrs: ['10.9.0.0/16'] },
      }),
    false,
  ),
  named(
    ['cluster, weighted, readers, behind a shared load balancer'],
    id => {
      const { vpcId: _, subnets: __, ...ledger } = aCluster({ arn: `${rds}:cluster:${id}` })
      return { ...ledger, readers: {}, frontDoor: { ...doors.created?.('weighted'), loadBalancer: 'shared' } }
    },
    true,
  ),
  named(
    ['Redshift, with grants'],
    id =>
      anInstance({
        id,
        kind: 'hostname',
        arn: undefined,
        endpoint: 'warehouse.abc123def456.eu-west-1.redshift.amazonaws.com',
        engine: 'redshift',
        redshift: { clusterIdentifier: 'warehouse', grants: [{ account: '444455556666' }] },
      }),
    false,
  ),
]

const lattice = 'arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0a1b2c3d4e5f60718'
const ledger = 'abc123def456.eu-west-1.rds.amazonaws.com'
const stage = (name: string, from: string, more: Entry = {}): Entry => ({
  gateway: { stage: name, from, resourceConfigurationArn: lattice, ...more },
})

const consumers: Readonly<Record<string, Entry>> = {
  nlb: {},
  'nlb, of another Region': {
    serviceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60718',
    serviceRegion: 'us-east-1',
  },
  'nlb, a name of its own': { dnsName: 'orders.analytics.example.com' },
  'shadow, new': stage('shadow', 'new'),
  shadow: stage('shadow', 'nlb'),
  shift: stage('shift', 'shadow', { percent: 10 }),
  'gateway, with readers': stage('gateway', 'shift', { readerHostname: `ledger.cluster-ro-${ledger}` }),
  'shadow, with a port for readers': {
    readerPort: 5433,
    clientSecurityGroupIds: [databaseGroup],
    serviceZoneIds: ['euw1-az2'],
    ...stage('shadow', 'nlb', { replaceInUse: true }),
  },
  retired: stage('retired', 'gateway'),
  'shadow, through a shared endpoint': {
    serviceName: undefined,
    endpoint: 'all',
    vpcId: anEndpoint().vpcId,
    ...stage('shadow', 'nlb'),
  },
  'guardrails, at shadow': { guardrails, ...stage('shadow', 'nlb') },
  'for other networks too': {
    peeredVpcIds: ['vpc-0b0b0b0b0b0b0b0b0'],
    inboundResolver: { clientCidrs: ['10.8.0.0/16'] },
  },
  Redshift: {
    serviceName: undefined,
    port: 5439,
    redshift: {
      clusterIdentifier: 'warehouse',
      subnetGroupName: 'private',
      ownerAccount: '111122223333',
      endpointName: 'warehouse',
    },
  },
  'Redshift in one zone': {
    serviceName: undefined,
    port: 5439,
    redshift: { clusterIdentifier: 'warehouse', subnetId: (aConsumer().subnets as { id: string }[])[0]?.id },
  },
}

export const consumerVariants: readonly Variant[] = Object.entries(consumers).map(([name, entry], index) => {
  const id = `consumer-variant-${index + 1}`
  const own = { name: `variant-${index + 1}`, database: undefined, hostname: `ledger.cluster-${ledger}`, port: 5432 }
  return { name: `consumer, ${name}`, id, entry: aConsumer({ ...own, ...entry }), isWeighted: false }
})

export interface Stack extends Variant {
  readonly template: Template
}

/**
 * One at a time: the entries of one file may have things to say about each other.
 *
 * @param written how the entries would be written elsewhere
 */
export const synthesizeVariant = (variant: Variant, written: (entry: Entry) => Entry = it => it): Stack => {
  const isConsumer = consumerVariants.some(({ id }) => id === variant.id)
  const { entry } = variant
  const loadBalancers = balancersFor(entry).map(written)
  const endpoints = isConsumer && entry.endpoint === 'all' ? [written(anEndpoint())] : []
  const own = isConsumer ? { consumers: [written(entry)] } : { databases: [written(entry)] }
  const template = Object.values(synthesizeFile({ loadBalancers, endpoints, ...own })).at(-1)
  if (template === undefined) throw new Error(`${variant.name} has no stack`)
  return { ...variant, template }
}

const typePart: Readonly<Record<string, Part>> = {
  'AWS::Events::Rule': 'wake-rules',
  'AWS::SQS::Queue': 'dead-letters',
  'AWS::Scheduler::Schedule': 'schedule',
  'Custom::RepointFirstTick': 'first-tick',
  'AWS::CloudWatch::Alarm': 'alarms',
  'AWS::EC2::VPCEndpointService': 'endpoint-service',
}

const idPart: readonly (readonly [RegExp, Part])[] = [
  [/^ReconcilerFunction/, 'function'],
  [/^FirstRegistrationSeed/, 'seed'],
  [/^FirstRegistrationHandOver/, 'hand-over'],
  [/^FrontDoor(LoadBalancer|Shared)Listener/, 'writer-listener'],
  [/^FrontDoor(LoadBalancer|Shared)ReadersListener/, 'readers-listener'],
  [/^FrontDoorDatabaseSecurityGroup/, 'database-rules'],
  [/^(FunctionSecurityGroup|EndpointSecurityGroup|SharedEndpoints|\w+Endpoint[0-9A-F]{8}$)/, 'network'],
]

/** The resources of each part of the table, by logical id. */
export const partsIn = (template: Template): Partial<Record<Part, readonly string[]>> => {
  const found: Partial<Record<Part, string[]>> = {}
  for (const [id, { Type }] of Object.entries(resourcesOf(template))) {
    // Of the gateway's access log: they need nothing of the load balancer's path, and nothing there needs them.
    if (id.startsWith('Alarmgateway')) continue
    const part = typePart[Type] ?? idPart.find(([pattern]) => pattern.test(id))?.[1]
    if (part === undefined) continue
    found[part] = [...(found[part] ?? []), id]
  }
  return found
}
