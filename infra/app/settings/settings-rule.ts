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

type FieldsIn<L extends List> = SettingsFile[L][number]['fields']

/** Asked as soon as the fields that it reads are well-formed, whatever else is wrong. */
const ofFields =
  <L extends List>(list: L) =>
  (reads: readonly (keyof FieldsIn<L> & string)[], judge: (fields: FieldsIn<L>) => readonly Complaint[]): Rule =>
  file =>
    file[list].flatMap((entry, index) =>
      isReadable(entry.broken, reads) ? locate(list, index, entry, judge(entry.fields)) : [],
    )

export const ofDatabaseFields = ofFields('databases')
export const ofLoadBalancerFields = ofFields('loadBalancers')
export const ofConsumerFields = ofFields('consumers')

/** Asked of what has no broken field, together with everything else of the file that has none. */
const ofComplete =
  <L extends List>(list: L) =>
  (judge: (entry: Entries[L][number], all: Entries) => readonly Complaint[]): Rule =>
  file =>
    file[list].flatMap((entry, index) =>
      entry.complete ? locate(list, index, entry, judge(entry.complete, completeOf(file))) : [],
    )

export const ofDatabase = ofComplete('databases')
export const ofEndpoint = ofComplete('endpoints')
export const ofConsumer = ofComplete('consumers')

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
