import * as v from 'valibot'
import { defaultProof } from '../../../functions/reconciler/config/owner-proof.ts'
import type {
  ConsumerSettings,
  CreatedDoor,
  DatabaseSettings,
  Environment,
  ExistingDoor,
  GatewaySettings,
  ReadersDoor,
} from '../settings.ts'
import type { ConsumerEntry } from './consumer-fields.ts'
import { type DatabaseEntry, readArn } from './database-fields.ts'
import { defaultPort, healthCheckOf } from './engines.ts'
import { type CreatedFrontDoor, type ExistingFrontDoor, exposure, type Readers } from './front-door-fields.ts'
import { consumerGateway, provider, zonesWithoutLattice } from './gateway-fields.ts'
import { stackName } from './resource-names.ts'
import type { Subnet } from './subnet-fields.ts'

/** Entries of the file with every default filled in. */

/** A database's id: its own, or the identifier in its ARN. */
export const nameOf = ({ id, arn }: Readonly<Record<string, unknown>> | Pick<DatabaseEntry, 'id' | 'arn'>) => {
  if (typeof id === 'string') return id
  return typeof arn === 'string' ? readArn(arn).identifier || undefined : undefined
}

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
    ...(readers ? { readers: completeReaders(readers, door) } : {}),
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

const completeReaders = ({ port, ...readers }: Readers, door: CreatedDoor | ExistingDoor): ReadersDoor =>
  door.kind === 'existing' ? readers : { ...readers, port: port ?? door.listenerPort + 1 }

export const completeConsumer = (
  { readerPort: saidReaderPort, gateway, vpc: _, ...entry }: ConsumerEntry,
  databases: readonly DatabaseSettings[],
  sharedTags: Record<string, string>,
): ConsumerSettings => {
  const database = databases.find(it => it.id === entry.database)
  const serviceZones = entry.serviceZoneIds ?? database?.subnets.flatMap(it => it.zoneId ?? []) ?? []
  const isCommon = (subnet: Subnet) =>
    serviceZones.length === 0 || subnet.zoneId === undefined || serviceZones.includes(subnet.zoneId)
  const readerPort = saidReaderPort ?? database?.readers?.port
  return {
    ...entry,
    ...(readerPort === undefined ? {} : { readerPort }),
    hostname: entry.hostname ?? database?.endpoint ?? '',
    port: entry.port ?? database?.port ?? 0,
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
