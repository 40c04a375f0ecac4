import { isDeepStrictEqual } from 'node:util'
import * as v from 'valibot'
import { defaultProof } from '../../../functions/reconciler/config/owner-proof.ts'
import type {
  ConsumerSettings,
  CreatedDoor,
  DatabaseSettings,
  EndpointSettings,
  Environment,
  ExistingDoor,
  GatewaySettings,
  LoadBalancerSettings,
} from '../settings.ts'
import type { ConsumerEntry } from './consumer-fields.ts'
import { type DatabaseEntry, readArn } from './database-fields.ts'
import type { EndpointEntry } from './endpoint-fields.ts'
import { defaultPort, healthCheckOf } from './engines.ts'
import { type CreatedFrontDoor, type ExistingFrontDoor, exposure, type Readers } from './front-door-fields.ts'
import { consumerGateway, provider, zonesWithoutLattice } from './gateway-fields.ts'
import type { LoadBalancerEntry } from './load-balancer-fields.ts'
import { stackName } from './resource-names.ts'
import type { Subnet } from './subnet-fields.ts'

/** Entries of the file with every default filled in. */

/** A database's id: its own, or the identifier in its ARN. */
export const nameOf = ({ id, arn }: Readonly<Record<string, unknown>> | Pick<DatabaseEntry, 'id' | 'arn'>) => {
  if (typeof id === 'string') return id
  return typeof arn === 'string' ? readArn(arn).identifier || undefined : undefined
}

/** The load balancer that other databases share, where the front door names one. */
export const sharedName = (door: {
  readonly kind: string
  readonly loadBalancer?: string | undefined
}): string | undefined => door.loadBalancer

export const completeLoadBalancer = (
  { account, region, exposure: said, vpc: _, ...entry }: LoadBalancerEntry,
  sharedTags: Record<string, string>,
): LoadBalancerSettings => ({
  ...entry,
  env: { account, region },
  exposure: said ?? v.parse(exposure, {}),
  tags: { ...sharedTags, ...entry.tags },
})

/** An entry with what it has of its load balancer: VPC, subnets and exposure, save whom its own port lets in. */
export const withSharedNetwork = (
  entry: DatabaseEntry,
  { vpcId, subnets, env, exposure: shared }: LoadBalancerSettings,
): DatabaseEntry => ({
  vpcId,
  subnets: [...subnets],
  ...(entry.arn === undefined ? env : {}),
  ...entry,
  exposure: saysClientsAlone(entry.exposure)
    ? { ...shared, clientCidrs: entry.exposure?.clientCidrs ?? shared.clientCidrs }
    : entry.exposure,
})

const saysClientsAlone = (said: DatabaseEntry['exposure']): boolean =>
  said === undefined || isDeepStrictEqual({ ...said, clientCidrs: [] }, v.parse(exposure, {}))

export const completeDatabase = (
  { readers, gateway, vpc: _, ...entry }: DatabaseEntry,
  sharedTags: Record<string, string>,
): DatabaseSettings => {
  const arn = entry.arn === undefined ? undefined : readArn(entry.arn)
  const port = entry.port ?? defaultPort(entry.engine) ?? 0
  const door = entry.frontDoor.kind === 'existing' ? completeExisting(entry.frontDoor) : completeCreated(entry, port)
  const kind = entry.kind ?? arn?.kind ?? 'hostname'
  return {
    ...entry,
    id: nameOf(entry) ?? entry.endpoint,
    stackId: stackName({ id: nameOf(entry) ?? entry.endpoint }),
    kind,
    ownerProof: entry.ownerProof ?? defaultProof(kind),
    port,
    env: environmentOf(entry.account ?? arn?.account, entry.region ?? arn?.region),
    subnets: entry.subnets ?? [],
    exposure: entry.exposure ?? v.parse(exposure, {}),
    tags: { ...sharedTags, ...entry.tags },
    frontDoor: door,
    isMigrating: gateway !== undefined,
    gateway: completeGateway({ gateway, kind, engine: entry.engine, door, subnets: entry.subnets ?? [] }),
    readers: readers && completeReaders(readers, door),
  }
}

/** Of several stacks of one name each carries its place in the app, where `cdk deploy` selects it; the name stays. */
export const withStackIds = <Database extends Pick<DatabaseSettings, 'id' | 'stackId' | 'env'>>(
  databases: readonly Database[],
): readonly Database[] => {
  const named = Map.groupBy(databases, it => it.id)
  return databases.map(database => {
    const { id, stackId, env } = database
    if (named.get(id)?.length === 1) return database
    return { ...database, stackId: [stackId, env.account, env.region].filter(it => it !== undefined).join('-') }
  })
}

interface GatewayParts {
  readonly gateway: DatabaseEntry['gateway']
  readonly kind: DatabaseSettings['kind']
  readonly engine: DatabaseSettings['engine']
  readonly door: DatabaseSettings['frontDoor']
  readonly subnets: readonly Subnet[]
}

const completeGateway = ({ gateway, kind, engine, door, subnets }: GatewayParts): GatewaySettings => {
  const said = gateway ?? v.parse(provider, { stage: 'nlb' })
  const isByArn = kind === 'instance' || kind === 'cluster'
  const ofDoor = door.kind === 'create' ? door.databaseSecurityGroupId : undefined
  return {
    ...said,
    target: said.target ?? (isByArn && engine !== 'other' ? 'arn' : 'dns'),
    subnets:
      said.subnetIds === undefined ? withLattice(subnets) : subnets.filter(it => said.subnetIds?.includes(it.id)),
    databaseSecurityGroupId: said.databaseSecurityGroupId ?? ofDoor ?? false,
  }
}

const withLattice = (subnets: readonly Subnet[]): readonly Subnet[] =>
  subnets.filter(({ zoneId }) => zoneId === undefined || !zonesWithoutLattice.includes(zoneId))

const completeExisting = ({ targetGroupArn, targetGroupArns, ...door }: ExistingFrontDoor): ExistingDoor => {
  const arns = targetGroupArns ?? (targetGroupArn === undefined ? [] : [targetGroupArn])
  return { ...door, targetGroupArn: arns[0] ?? '', targetGroupArns: arns }
}

/** A Multi-AZ DB cluster has three members, and so has an Aurora cluster with one in each zone. */
const usualMembers = 3

const completeCreated = (entry: Omit<DatabaseEntry, 'readers' | 'gateway' | 'vpc'>, port: number): CreatedDoor => {
  const door = entry.frontDoor as CreatedFrontDoor
  const isListed = entry.members.length > 0 && entry.members.every(name => !name.endsWith('*'))
  const members = entry.members.filter(name => !door.exclude?.includes(name)).length
  const slots = door.slots ?? (isListed ? Math.min(5, Math.max(2, members)) : usualMembers)
  return {
    ...door,
    listenerPort: door.listenerPort ?? port,
    slots: door.strategy === 'weighted' ? slots : 1,
    health: healthCheckOf(entry, door),
  }
}

const completeReaders = (readers: Readers, door: CreatedDoor | ExistingDoor): Readers =>
  door.kind === 'existing' ? readers : { ...readers, port: readers.port ?? door.listenerPort + 1 }

export const completeEndpoint = (
  { account, region, vpc: _, ...entry }: EndpointEntry,
  loadBalancers: readonly LoadBalancerSettings[],
  sharedTags: Record<string, string>,
): EndpointSettings => {
  const balancer = loadBalancers.find(it => it.name === entry.loadBalancer)
  const zones = entry.serviceZoneIds ?? balancer?.subnets.flatMap(it => it.zoneId ?? []) ?? []
  return {
    ...entry,
    env: environmentOf(account, region),
    commonSubnets: entry.serviceRegion === undefined ? entry.subnets.filter(isIn(zones)) : entry.subnets,
    tags: { ...sharedTags, ...entry.tags },
  }
}

/** Where the service's zones are not known, everywhere. */
const isIn =
  (zones: readonly string[]) =>
  ({ zoneId }: Subnet): boolean =>
    zones.length === 0 || zoneId === undefined || zones.includes(zoneId)

/** An entry with what it has of the endpoint that it shares. */
export const withSharedEndpoint = (
  entry: ConsumerEntry,
  { serviceName, serviceRegion }: EndpointSettings,
): ConsumerEntry => ({ serviceName, serviceRegion, ...entry })

export const completeConsumer = (
  { gateway, vpc: _, ...entry }: ConsumerEntry,
  databases: readonly DatabaseSettings[],
  sharedTags: Record<string, string>,
): ConsumerSettings => {
  const database = databases.find(it => it.id === entry.database)
  const serviceZones = entry.serviceZoneIds ?? database?.subnets.flatMap(it => it.zoneId ?? []) ?? []
  const isCommon = isIn(serviceZones)
  const door = database?.frontDoor
  const listenerPort = (gateway?.stage ?? 'nlb') === 'nlb' && door?.kind === 'create' ? door.listenerPort : undefined
  return {
    ...entry,
    readerPort: entry.readerPort ?? database?.readers?.port,
    hostname: entry.hostname ?? database?.endpoint ?? '',
    port: entry.port ?? listenerPort ?? database?.port ?? 0,
    env: environmentOf(entry.account, entry.region),
    isMigrating: gateway !== undefined,
    gateway: gateway ?? v.parse(consumerGateway, { stage: 'nlb' }),
    gatewaySubnets: commonWithGateway(withLattice(entry.subnets), database),
    isInDatabaseVpc: database?.vpcId !== undefined && zoneVpcsOf(entry).includes(database.vpcId),
    // An endpoint in another Region than its service needs no common zone.
    commonSubnets: entry.serviceRegion === undefined ? entry.subnets.filter(isCommon) : entry.subnets,
    tags: { ...sharedTags, ...entry.tags },
  }
}

/** Where a consumer's hosted zones answer. */
export const zoneVpcsOf = ({
  vpcId,
  peeredVpcIds,
}: Pick<ConsumerEntry, 'vpcId' | 'peeredVpcIds'>): readonly string[] => [vpcId, ...peeredVpcIds]

/** Where the gateway's zones are all known, those; one common zone is needed at least. */
const commonWithGateway = (subnets: readonly Subnet[], database: DatabaseSettings | undefined): readonly Subnet[] => {
  const zones = database?.gateway.subnets.map(it => it.zoneId) ?? []
  if (zones.length === 0 || zones.includes(undefined)) return subnets
  return subnets.filter(({ zoneId }) => zoneId === undefined || zones.includes(zoneId))
}

const environmentOf = (account: string | undefined, region: string | undefined): Environment => ({
  ...(account === undefined ? {} : { account }),
  ...(region === undefined ? {} : { region }),
})
