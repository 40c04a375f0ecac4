import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import type { ConsumerEntry } from './settings/consumer.ts'
import { checkAcross, nameOf } from './settings/cross-checks.ts'
import { type DatabaseEntry, type Kind, readArn } from './settings/database.ts'
import { blocksHosts, defaultHealthCheck, defaultPort, type HealthCheck } from './settings/engines.ts'
import { type CreatedFrontDoor, type ExistingFrontDoor, type Exposure, exposure } from './settings/front-door.ts'
import { problemOf, SettingsError } from './settings/problems.ts'
import { settingsSchema } from './settings/schema.ts'
import type { Subnet } from './settings/subnets.ts'

/** Where a stack is deployed. Without them it follows the credentials of the deployment. */
export interface Place {
  readonly account?: string
  readonly region?: string
}

/** A database with every default filled in. */
export interface DatabaseSettings
  extends Pick<
    DatabaseEntry,
    | 'arn'
    | 'endpoint'
    | 'engine'
    | 'members'
    | 'vpcId'
    | 'allowedCidrs'
    | 'mysqlHostBlocking'
    | 'network'
    | 'function'
    | 'watch'
    | 'settle'
    | 'policies'
    | 'eventBus'
    | 'dnsServers'
    | 'alarms'
    | 'tags'
    | 'terminationProtection'
  > {
  readonly id: string
  readonly kind: Kind
  readonly port: number
  readonly place: Place
  readonly subnets: readonly Subnet[]
  readonly frontDoor: (CreatedFrontDoor & { readonly health: HealthCheck }) | ExistingFrontDoor
  readonly exposure: Exposure
}

/** A consumer with what its database's entry knows filled in. */
export interface ConsumerSettings extends Omit<ConsumerEntry, 'hostname' | 'port'> {
  readonly hostname: string
  readonly port: number
  readonly place: Place
  /** Subnets in zones that the service has too; all of them where its zones are not known. */
  readonly commonSubnets: readonly Subnet[]
}

export interface Settings {
  readonly databases: readonly DatabaseSettings[]
  readonly consumers: readonly ConsumerSettings[]
}

/** @throws SettingsError naming every problem at once. */
export const readSettings = (file: string): Settings => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new SettingsError(file, [
      { path: '(file)', value: (error as Error).message, allowed: 'a file that can be read' },
    ])
  }
  return parseSettings(file, text)
}

/** @throws SettingsError naming every problem at once. */
export const parseSettings = (file: string, text: string): Settings => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new SettingsError(file, [{ path: '(file)', value: (error as Error).message, allowed: 'JSON' }])
  }
  const parsed = v.safeParse(settingsSchema, json)
  const problems = [...(parsed.issues ?? []).map(problemOf), ...checkAcross(json)]
  if (!parsed.success || problems.length > 0) throw new SettingsError(file, problems)
  const databases = parsed.output.databases.map(entry => completeDatabase(entry, parsed.output.tags))
  const consumers = parsed.output.consumers.map(entry => completeConsumer(entry, databases, parsed.output.tags))
  const stranded = consumers.flatMap((it, index) =>
    it.commonSubnets.length > 0
      ? []
      : [
          {
            path: `consumers.${index}.subnets`,
            value: it.subnets.map(subnet => subnet.zoneId),
            allowed: 'a zone id that the service has too',
          },
        ],
  )
  if (stranded.length > 0) throw new SettingsError(file, stranded)
  return { databases, consumers }
}

const completeDatabase = (entry: DatabaseEntry, sharedTags: Record<string, string>): DatabaseSettings => {
  const arn = entry.arn === undefined ? undefined : readArn(entry.arn)
  const { frontDoor } = entry
  const neverBlocks = entry.mysqlHostBlocking !== undefined && entry.mysqlHostBlocking !== 'accepted'
  return {
    ...entry,
    id: nameOf(entry) ?? entry.endpoint,
    kind: entry.kind ?? arn?.kind ?? 'hostname',
    port: entry.port ?? defaultPort(entry.engine),
    place: placeOf(entry.account ?? arn?.account, entry.region ?? arn?.region),
    subnets: entry.subnets ?? [],
    exposure: entry.exposure ?? v.parse(exposure, {}),
    tags: { ...sharedTags, ...entry.tags },
    frontDoor:
      frontDoor.kind === 'existing'
        ? frontDoor
        : {
            ...frontDoor,
            health: {
              ...defaultHealthCheck(entry.engine, neverBlocks),
              ...(frontDoor.healthCheck as Partial<HealthCheck>),
            },
          },
  }
}

const completeConsumer = (
  entry: ConsumerEntry,
  databases: readonly DatabaseSettings[],
  sharedTags: Record<string, string>,
): ConsumerSettings => {
  const database = databases.find(it => it.id === entry.database)
  const serviceZones = entry.serviceZoneIds ?? database?.subnets.flatMap(it => it.zoneId ?? []) ?? []
  const isCommon = (subnet: Subnet) =>
    serviceZones.length === 0 || subnet.zoneId === undefined || serviceZones.includes(subnet.zoneId)
  return {
    ...entry,
    hostname: entry.hostname ?? database?.endpoint ?? '',
    port: entry.port ?? database?.port ?? 0,
    place: placeOf(entry.account, entry.region),
    // An endpoint in another Region than its service needs no common zone.
    commonSubnets: entry.serviceRegion === undefined ? entry.subnets.filter(isCommon) : entry.subnets,
    tags: { ...sharedTags, ...entry.tags },
  }
}

const placeOf = (account: string | undefined, region: string | undefined): Place => ({
  ...(account === undefined ? {} : { account }),
  ...(region === undefined ? {} : { region }),
})

/** MySQL and MariaDB whose owner has not yet said what keeps the server from blocking the load balancer. */
export const mayBlockTheLoadBalancer = (database: DatabaseSettings): boolean =>
  blocksHosts(database.engine) && database.mysqlHostBlocking === undefined
