import * as v from 'valibot'
import type { Kind } from '../../functions/reconciler/config/database.ts'
import type { OwnerProof } from '../../functions/reconciler/config/owner-proof.ts'
import type { ConsumerEntry } from './settings/consumer-fields.ts'
import type { DatabaseEntry } from './settings/database-fields.ts'
import type { EndpointEntry } from './settings/endpoint-fields.ts'
import type { HealthCheck } from './settings/engines.ts'
import { inOrder, named, readEntries } from './settings/entries.ts'
import type { AccountAccess } from './settings/fleet-fields.ts'
import type { CreatedFrontDoor, ExistingFrontDoor, Exposure, Readers } from './settings/front-door-fields.ts'
import type { ConsumerGateway, ProviderGateway } from './settings/gateway-fields.ts'
import { readWholeFile } from './settings/inherit.ts'
import type { LoadBalancerEntry } from './settings/load-balancer-fields.ts'
import { problemOf, SettingsError } from './settings/problems.ts'
import { readText } from './settings/read-text.ts'
import { rules } from './settings/rules.ts'
import { completeOf } from './settings/settings-rule.ts'
import { settingsSchema } from './settings/settings-schema.ts'
import type { Subnet } from './settings/subnet-fields.ts'

/** Where a stack is deployed. Without them it follows the credentials of the deployment. */
export interface Environment {
  readonly account?: string
  readonly region?: string
}

export type CreatedDoor = Omit<CreatedFrontDoor, 'slots' | 'listenerPort'> & {
  readonly listenerPort: number
  readonly health: HealthCheck
  /** Target groups behind the writer's listener; one, save for `weighted`. */
  readonly slots: number
}

export type ExistingDoor = Omit<ExistingFrontDoor, 'targetGroupArn' | 'targetGroupArns'> & {
  /** The first, or the only one. */
  readonly targetGroupArn: string
  readonly targetGroupArns: readonly string[]
}

/** The provider's side of the migration to a resource gateway. Without the setting: stage `nlb`, and nothing of it is there. */
export interface GatewaySettings extends Omit<ProviderGateway, 'target' | 'subnetIds' | 'databaseSecurityGroupId'> {
  readonly target: 'arn' | 'dns'
  /** Of the database's subnets, those that get a gateway interface. */
  readonly subnets: readonly Subnet[]
  /** `false`: the rule is made elsewhere. */
  readonly databaseSecurityGroupId: string | false
}

/** A database with every default filled in. */
export interface DatabaseSettings
  extends Omit<
    DatabaseEntry,
    'account' | 'region' | 'publiclyAccessible' | 'vpc' | 'subnets' | 'frontDoor' | 'gateway'
  > {
  /** Unique within account and Region. */
  readonly id: string
  /** Of its stack in the CDK app, as `cdk deploy` selects it: the stack's name, with its place where several have the id. */
  readonly stackId: string
  readonly kind: Kind
  readonly ownerProof: OwnerProof
  readonly port: number
  readonly env: Environment
  readonly subnets: readonly Subnet[]
  readonly frontDoor: CreatedDoor | ExistingDoor
  /** With a port where the load balancer is created. */
  readonly readers?: Readers | undefined
  readonly exposure: Exposure
  /** `gateway` stands in the entry: the stack is guarded, whatever the stage that it says. */
  readonly isMigrating: boolean
  readonly gateway: GatewaySettings
}

/** A consumer with what its database's entry knows filled in. */
export interface ConsumerSettings extends Omit<ConsumerEntry, 'vpc' | 'hostname' | 'port' | 'gateway'> {
  readonly hostname: string
  readonly port: number
  readonly env: Environment
  /** Subnets in zones that the service has too; all of them where its zones are not known. */
  readonly commonSubnets: readonly Subnet[]
  /** `gateway` stands in the entry: the stack is guarded, whatever the stage that it says. */
  readonly isMigrating: boolean
  /** Without the setting: stage `nlb`. */
  readonly gateway: ConsumerGateway
  /** Subnets for the resource endpoint: in zones that VPC Lattice and the gateway have. */
  readonly gatewaySubnets: readonly Subnet[]
  /** Its hosted zone answers in the database's own VPC, where function and gateway resolve the database's name too. */
  readonly isInDatabaseVpc: boolean
}

/** A load balancer for several databases, with every default filled in. */
export interface LoadBalancerSettings extends Omit<LoadBalancerEntry, 'account' | 'region' | 'vpc' | 'exposure'> {
  readonly env: Required<Environment>
  readonly exposure: Exposure
}

/** An interface endpoint for several consumers, with every default filled in. */
export interface EndpointSettings extends Omit<EndpointEntry, 'account' | 'region' | 'vpc'> {
  readonly env: Environment
  /** Subnets in zones that the service has too; all of them where its zones are not known. */
  readonly commonSubnets: readonly Subnet[]
}

/** Bytes: thousands of databases. */
const largestSettings = 2 * 1024 ** 2

/** Problems of shape beyond which a file is none of ours: it is turned away with the first. */
const mostProblems = 10_000

export interface Entries {
  readonly endpoints: readonly EndpointSettings[]
  readonly loadBalancers: readonly LoadBalancerSettings[]
  readonly databases: readonly DatabaseSettings[]
  readonly consumers: readonly ConsumerSettings[]
}

export interface EntryPlace {
  readonly file: string
  /** In its list there. */
  readonly index: number
}

export interface Settings extends Entries {
  /** Of every stack. */
  readonly tags: Readonly<Record<string, string>>
  /** How the commands reach an account, by its id. */
  readonly accounts: Readonly<Record<string, AccountAccess>>
  /** Where an entry stands: in the first file, or in one of its `files`. */
  readonly placeOf: (entry: DatabaseSettings | ConsumerSettings) => EntryPlace
}

/**
 * @param instead texts to take for those of the files, by their paths
 * @throws SettingsError naming every problem at once.
 */
export const readSettings = (file: string, instead: Readonly<Record<string, string>> = {}): Settings => {
  const read = (name: string): string => instead[name] ?? readText(name, largestSettings)
  let text: string
  try {
    text = read(file)
  } catch (error) {
    throw new SettingsError(file, [
      { path: '(file)', value: (error as Error).message, allowed: 'a file that can be read' },
    ])
  }
  return parseSettings(file, text, read)
}

/**
 * One pass over the shape and one list of rules.
 *
 * @param read the text of another file that this one names
 * @throws SettingsError naming every problem at once.
 */
export const parseSettings = (file: string, text: string, read: (file: string) => string = readText): Settings => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new SettingsError(file, [{ path: '(file)', value: (error as Error).message, allowed: 'JSON' }])
  }
  const whole = readWholeFile(file, json, read)
  const { output, issues = [] } = v.safeParse(settingsSchema, whole.json)
  const [first] = issues
  if (first && issues.length > mostProblems) throw new SettingsError(file, [problemOf(first)])
  const found = readEntries(output, issues)
  const problems = [
    ...issues.map(issue => named(problemOf(issue), found)),
    ...whole.problems,
    ...rules.flatMap(rule => rule(found)),
  ]
  if (problems.length > 0) throw new SettingsError(file, whole.locate(inOrder(problems)))
  const places = new Map<unknown, EntryPlace>([
    ...found.databases.map((it, index) => [it.complete, whole.placeOf('databases', index)] as const),
    ...found.consumers.map((it, index) => [it.complete, whole.placeOf('consumers', index)] as const),
  ])
  const placeOf: Settings['placeOf'] = entry => {
    const place = places.get(entry)
    if (place === undefined) throw new Error(`No entry of ${file}`)
    return place
  }
  return { ...completeOf(found), tags: found.tags, accounts: found.accounts ?? {}, placeOf }
}
