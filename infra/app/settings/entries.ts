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
import { type Entry, isList, lists, type SettingsFile } from './settings-rule.ts'

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
  const loadBalancers = listOf(file.loadBalancers).map((said, index) => {
    const fields = said as unknown as LoadBalancerEntry
    return entryOf(said.name, { fields, broken: broken('loadBalancers', index) }, () =>
      completeLoadBalancer(fields, tags),
    )
  })
  const shared = loadBalancers.flatMap(it => it.complete ?? [])
  const read = listOf(file.databases).map((said, index) => {
    const own = broken('databases', index)
    const entry = said as unknown as DatabaseEntry
    const isReadable = !own.has('frontDoor') && !own.has('exposure') && !own.has('*')
    const named = isReadable ? sharedName(entry.frontDoor) : undefined
    const balancer = shared.find(it => it.name === named)
    const fields = balancer === undefined ? entry : withSharedNetwork(entry, balancer)
    const isKnown = named === undefined || balancer !== undefined
    const wrong = isKnown ? own : new Set([...own, ...networkOfShared])
    return entryOf(nameOf(said), { fields, broken: wrong }, () => completeDatabase(fields, tags))
  })
  const complete = withStackIds(read.flatMap(it => it.complete ?? []))
  const sound = complete.values()
  const databases = read.map(it => (it.complete ? { ...it, complete: sound.next().value } : it))
  const endpoints = listOf(file.endpoints).map((said, index) => {
    const fields = said as unknown as EndpointEntry
    return entryOf(said.name, { fields, broken: broken('endpoints', index) }, () =>
      completeEndpoint(fields, shared, tags),
    )
  })
  const open = endpoints.flatMap(it => it.complete ?? [])
  const consumers = listOf(file.consumers).map((said, index) => {
    const own = broken('consumers', index)
    const entry = said as unknown as ConsumerEntry
    const shares = open.find(it => it.name === entry.endpoint)
    const fields = shares === undefined ? entry : withSharedEndpoint(entry, shares)
    const wrong = entry.endpoint === undefined || shares ? own : new Set([...own, 'serviceName'])
    const isKnown = fields.database === undefined || complete.filter(it => it.id === fields.database).length === 1
    return entryOf(said.name, { fields, broken: wrong }, () =>
      isKnown ? completeConsumer(fields, complete, tags) : undefined,
    )
  })
  const isSound = Array.isArray(file.databases) && Array.isArray(file.consumers)
  return { lists: isSound ? 'sound' : 'broken', loadBalancers, databases, endpoints, consumers, tags, accounts }
}

const entryOf = <Fields, Complete>(
  name: unknown,
  { fields, broken }: Pick<Entry<Fields, Complete>, 'fields' | 'broken'>,
  complete: () => Complete | undefined,
): Entry<Fields, Complete> => ({
  name: typeof name === 'string' ? name : undefined,
  fields,
  broken,
  complete: broken.size > 0 ? undefined : complete(),
})

/** What is not known of a database whose load balancer is not: one complaint is enough. */
const networkOfShared = ['vpcId', 'subnets', 'exposure', 'gateway'] as const satisfies (keyof DatabaseEntry)[]

const listOf = (value: unknown): readonly Loose[] =>
  Array.isArray(value) ? value.map(it => (it !== null && typeof it === 'object' ? (it as Loose) : {})) : []

/** A problem of the schema with the name of the entry that it is in. */
export const named = (problem: Problem, file: SettingsFile): Problem => {
  const [list = '', index] = problem.path.split('.')
  return { ...problem, entry: isList(list) ? file[list][Number(index)]?.name : undefined }
}

/** As the entries stand in the file. */
export const inOrder = (problems: readonly Problem[]): readonly Problem[] => {
  const rank = ({ path }: Problem): number => {
    const [list = '', index] = path.split('.')
    const at = Number.isNaN(Number(index)) ? -1 : Number(index)
    return 1e6 * (isList(list) ? lists.indexOf(list) : -1) + at
  }
  return problems.toSorted((one, other) => rank(one) - rank(other))
}
