import type * as v from 'valibot'
import { completeConsumer, completeDatabase, nameOf, withStackIds } from './complete.ts'
import type { ConsumerEntry } from './consumer-fields.ts'
import type { DatabaseEntry } from './database-fields.ts'
import type { AccountAccess } from './fleet-fields.ts'
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
  const read = listOf(file.databases).map((fields, index): SettingsFile['databases'][number] => {
    const wrong = broken('databases', index)
    const entry = fields as unknown as DatabaseEntry
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
  const consumers = listOf(file.consumers).map(
    (fields, index): Entry<ConsumerEntry, never> | SettingsFile['consumers'][number] => {
      const wrong = broken('consumers', index)
      const entry = fields as unknown as ConsumerEntry
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
  return { lists: isSound ? 'sound' : 'broken', databases, consumers, accounts }
}

const listOf = (value: unknown): readonly Loose[] =>
  Array.isArray(value) ? value.map(it => (it !== null && typeof it === 'object' ? (it as Loose) : {})) : []

/** A problem of the schema with the name of the entry that it is in. */
export const named = (problem: Problem, { databases, consumers }: SettingsFile): Problem => {
  const [list, index] = problem.path.split('.')
  const entries: readonly { readonly name: string | undefined }[] =
    list === 'databases' ? databases : list === 'consumers' ? consumers : []
  return { ...problem, entry: entries[Number(index)]?.name }
}

/** As the entries stand in the file. */
export const inOrder = (problems: readonly Problem[]): readonly Problem[] => {
  const rank = ({ path }: Problem): number => {
    const [list, index] = path.split('.')
    const at = Number.isNaN(Number(index)) ? -1 : Number(index)
    return (list === 'databases' ? 0 : list === 'consumers' ? 1e6 : -1) + at
  }
  return problems.toSorted((one, other) => rank(one) - rank(other))
}
