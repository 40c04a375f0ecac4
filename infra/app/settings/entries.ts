import type * as v from 'valibot'
import {
  completeConsumer,
  completeDatabase,
  completeEndpoint,
  completeLoadBalancer,
  nameOf,
  sharedName,
  withSharedEndpoint,
  withSharedNetwork,
  withStackIds,
} from './complete.ts'
import type { ConsumerEntry } from './consumer-fields.ts'
import type { DatabaseEntry } from './database-fields.ts'
import type { EndpointEntry } from './endpoint-fields.ts'
import type { AccountAccess } from './fleet-fields.ts'
import type { LoadBalancerEntry } from './load-balancer-fields.ts'
import type { Problem } from './problems.ts'
import type { Entry, SettingsFile } from './settings-rule.ts'

type Loose = Readonly<Record<string, unknown>>

/**
 * What a parse found, well-formed or not.
 *
 * @param output fields with their defaults; those that an issue is about are as the file has them
 */
export const readEntries = (output: unknown, issues: readonly v.BaseIssue<unknown>[]): SettingsFile => {
  const file = Object(output) as Loose
  const broken = (list: string, index: number): ReadonlySet<string> =>
    new Set(
      issues.flatMap(({ path, expected }) => {
        const [key, entry, field] = (path ?? []).map(it => it.key)
        if (key !== list || entry !== index) return []
        // A key too many leaves the others readable, but not the field that it is in.
        return expected === 'never' && path?.length === 3 ? ['unknown key'] : [String(field ?? '*')]
      }),
    )
  const isBroken = (key: string) => issues.some(({ path }) => path?.[0]?.key === key)
  const tags = isBroken('tags') ? {} : ((file.tags ?? {}) as Record<string, string>)
  const accounts = isBroken('accounts') ? undefined : ((file.accounts ?? {}) as Record<string, AccountAccess>)
  const loadBalancers = listOf(file.loadBalancers).map((fields, index): SettingsFile['loadBalancers'][number] => {
    const wrong = broken('loadBalancers', index)
    const entry = fields as unknown as LoadBalancerEntry
    return {
      name: typeof fields.name === 'string' ? fields.name : undefined,
      fields: entry,
      broken: wrong,
      complete: wrong.size > 0 ? undefined : completeLoadBalancer(entry, tags),
    }
  })
  const shared = loadBalancers.flatMap(it => it.complete ?? [])
  const read = listOf(file.databases).map((fields, index): SettingsFile['databases'][number] => {
    const own = broken('databases', index)
    const said = fields as unknown as DatabaseEntry
    const isReadable = !own.has('frontDoor') && !own.has('exposure') && !own.has('*')
    const named = isReadable ? sharedName(said.frontDoor) : undefined
    const balancer = shared.find(it => it.name === named)
    const entry = balancer === undefined ? said : withSharedNetwork(said, balancer)
    const isKnown = named === undefined || balancer !== undefined
    const wrong = isKnown ? own : new Set([...own, ...networkOfShared])
    return {
      name: nameOf(fields),
      fields: entry,
      broken: wrong,
      complete: wrong.size > 0 ? undefined : completeDatabase(entry, tags),
    }
  })
  const complete = withStackIds(read.flatMap(it => it.complete ?? []))
  const sound = complete.values()
  const databases = read.map(it => (it.complete ? { ...it, complete: sound.next().value } : it))
  const endpoints = listOf(file.endpoints).map((fields, index): SettingsFile['endpoints'][number] => {
    const wrong = broken('endpoints', index)
    const entry = fields as unknown as EndpointEntry
    return {
      name: typeof fields.name === 'string' ? fields.name : undefined,
      fields: entry,
      broken: wrong,
      complete: wrong.size > 0 ? undefined : completeEndpoint(entry, shared, tags),
    }
  })
  const open = endpoints.flatMap(it => it.complete ?? [])
  const consumers = listOf(file.consumers).map(
    (fields, index): Entry<ConsumerEntry, never> | SettingsFile['consumers'][number] => {
      const own = broken('consumers', index)
      const said = fields as unknown as ConsumerEntry
      const shares = open.find(it => it.name === said.endpoint)
      const entry = shares === undefined ? said : withSharedEndpoint(said, shares)
      const wrong = said.endpoint === undefined || shares ? own : new Set([...own, 'serviceName'])
      const isKnown = entry.database === undefined || complete.filter(it => it.id === entry.database).length === 1
      return {
        name: typeof fields.name === 'string' ? fields.name : undefined,
        fields: entry,
        broken: wrong,
        complete: wrong.size > 0 || !isKnown ? undefined : completeConsumer(entry, complete, tags),
      }
    },
  )
  const isSound = Array.isArray(file.databases) && Array.isArray(file.consumers)
  return { lists: isSound ? 'sound' : 'broken', loadBalancers, databases, endpoints, consumers, tags, accounts }
}

/** What is not known of a database whose load balancer is not: one complaint is enough. */
const networkOfShared = ['vpcId', 'subnets', 'exposure', 'gateway'] as const satisfies (keyof DatabaseEntry)[]

const listOf = (value: unknown): readonly Loose[] =>
  Array.isArray(value) ? value.map(it => (it !== null && typeof it === 'object' ? (it as Loose) : {})) : []

/** A problem of the schema with the name of the entry that it is in. */
export const named = (problem: Problem, file: SettingsFile): Problem => {
  const [list = '', index] = problem.path.split('.')
  const lists: Readonly<Record<string, readonly { readonly name: string | undefined }[]>> = {
    loadBalancers: file.loadBalancers,
    databases: file.databases,
    endpoints: file.endpoints,
    consumers: file.consumers,
  }
  return { ...problem, entry: lists[list]?.[Number(index)]?.name }
}

/** As the entries stand in the file. */
export const inOrder = (problems: readonly Problem[]): readonly Problem[] => {
  const rank = ({ path }: Problem): number => {
    const [list = '', index] = path.split('.')
    const at = Number.isNaN(Number(index)) ? -1 : Number(index)
    return 1e6 * ['loadBalancers', 'databases', 'endpoints', 'consumers'].indexOf(list) + at
  }
  return problems.toSorted((one, other) => rank(one) - rank(other))
}
