import type {
  ConsumerSettings,
  DatabaseSettings,
  EndpointSettings,
  Entries,
  LoadBalancerSettings,
} from '../settings.ts'
import type { ConsumerEntry } from './consumer-fields.ts'
import type { DatabaseEntry } from './database-fields.ts'
import type { EndpointEntry } from './endpoint-fields.ts'
import type { AccountAccess } from './fleet-fields.ts'
import type { LoadBalancerEntry } from './load-balancer-fields.ts'
import type { Problem } from './problems.ts'

/** Of the file: what another one may name stands before it. */
export const lists = ['loadBalancers', 'databases', 'endpoints', 'consumers'] as const
export type List = (typeof lists)[number]

export const isList = (name: string): name is List => lists.some(it => it === name)

/** The file as far as it is well-formed. */
export interface SettingsFile {
  /** Whether those of databases and consumers are lists at all. */
  readonly lists: 'sound' | 'broken'
  readonly loadBalancers: readonly Entry<LoadBalancerEntry, LoadBalancerSettings>[]
  readonly endpoints: readonly Entry<EndpointEntry, EndpointSettings>[]
  readonly databases: readonly Entry<DatabaseEntry, DatabaseSettings>[]
  readonly consumers: readonly Entry<ConsumerEntry, ConsumerSettings>[]
  /** Of every stack. */
  readonly tags: Readonly<Record<string, string>>
  /** Nothing while they are not well-formed. */
  readonly accounts: Readonly<Record<string, AccountAccess>> | undefined
}

export interface Entry<Fields, Complete> {
  readonly name: string | undefined
  /** With every default; those in `broken` are not what their type says. */
  readonly fields: Fields
  readonly broken: ReadonlySet<string>
  /** As the stacks get it; nothing while a field is broken, its own or of another entry that it names. */
  readonly complete: Complete | undefined
}

/** What one part of the file says about another; a list of them is held to every file. */
export type Rule = (file: SettingsFile) => readonly Problem[]

export interface Complaint {
  /** A path in the entry: `frontDoor.strategy`. */
  readonly at: string
  /** What is expected there, and why. */
  readonly allowed: string
  /** By default what stands there. */
  readonly value?: unknown
}

export const unless = (isRight: boolean, at: string, allowed: string): readonly Complaint[] =>
  isRight ? [] : [{ at, allowed }]

/** Asked as soon as the fields that it reads are well-formed, whatever else is wrong. */
export const ofDatabaseFields =
  (reads: readonly (keyof DatabaseEntry)[], judge: (fields: DatabaseEntry) => readonly Complaint[]): Rule =>
  ({ databases }) =>
    databases.flatMap((entry, index) =>
      isReadable(entry.broken, reads) ? locate('databases', index, entry, judge(entry.fields)) : [],
    )

export const ofLoadBalancerFields =
  (reads: readonly (keyof LoadBalancerEntry)[], judge: (fields: LoadBalancerEntry) => readonly Complaint[]): Rule =>
  ({ loadBalancers }) =>
    loadBalancers.flatMap((entry, index) =>
      isReadable(entry.broken, reads) ? locate('loadBalancers', index, entry, judge(entry.fields)) : [],
    )

export const ofConsumerFields =
  (reads: readonly (keyof ConsumerEntry)[], judge: (fields: ConsumerEntry) => readonly Complaint[]): Rule =>
  ({ consumers }) =>
    consumers.flatMap((entry, index) =>
      isReadable(entry.broken, reads) ? locate('consumers', index, entry, judge(entry.fields)) : [],
    )

export const ofEndpoint =
  (judge: (endpoint: EndpointSettings, all: Entries) => readonly Complaint[]): Rule =>
  file =>
    file.endpoints.flatMap((entry, index) =>
      entry.complete ? locate('endpoints', index, entry, judge(entry.complete, completeOf(file))) : [],
    )

/** Asked of what has no broken field, together with everything else of the file that has none. */
export const ofDatabase =
  (judge: (database: DatabaseSettings, all: Entries) => readonly Complaint[]): Rule =>
  file =>
    file.databases.flatMap((entry, index) =>
      entry.complete ? locate('databases', index, entry, judge(entry.complete, completeOf(file))) : [],
    )

export const ofConsumer =
  (judge: (consumer: ConsumerSettings, all: Entries) => readonly Complaint[]): Rule =>
  file =>
    file.consumers.flatMap((entry, index) =>
      entry.complete ? locate('consumers', index, entry, judge(entry.complete, completeOf(file))) : [],
    )

export const completeOf = ({ loadBalancers, endpoints, databases, consumers }: SettingsFile): Entries => ({
  loadBalancers: loadBalancers.flatMap(it => it.complete ?? []),
  endpoints: endpoints.flatMap(it => it.complete ?? []),
  databases: databases.flatMap(it => it.complete ?? []),
  consumers: consumers.flatMap(it => it.complete ?? []),
})

/** `*`: the entry is no object at all. */
const isReadable = (broken: ReadonlySet<string>, reads: readonly string[]): boolean =>
  !broken.has('*') && !reads.some(field => broken.has(field))

const locate = (
  list: List,
  index: number,
  { name, fields }: Entry<unknown, unknown>,
  complaints: readonly Complaint[],
): Problem[] =>
  complaints.map(({ at, allowed, ...it }) => ({
    path: `${list}.${index}.${at}`,
    value: 'value' in it ? it.value : valueAt(fields, at),
    allowed,
    entry: name,
  }))

const valueAt = (fields: unknown, at: string): unknown =>
  at.split('.').reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], fields)
