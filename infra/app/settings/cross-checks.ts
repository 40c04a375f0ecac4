import { type DatabaseEntry, readArn } from './database.ts'
import type { Problem } from './problems.ts'

/** Checks between entries. They read the file as it was written, so that they speak up beside every other problem. */

type Loose = Readonly<Record<string, unknown>>

const entries = (json: unknown, key: string): readonly Loose[] => {
  const list = (json as Loose | null)?.[key]
  return Array.isArray(list) ? list.map(it => (it !== null && typeof it === 'object' ? (it as Loose) : {})) : []
}

export const nameOf = (entry: Pick<DatabaseEntry, 'id' | 'arn'> | Loose): string | undefined => {
  if (typeof entry.id === 'string') return entry.id
  return typeof entry.arn === 'string' ? readArn(entry.arn).identifier : undefined
}

const repeated = (
  names: readonly (string | undefined)[],
  path: (index: number) => string,
  allowed: string,
): Problem[] =>
  names.flatMap((name, index) =>
    name && names.indexOf(name) < index ? [{ path: path(index), value: name, allowed }] : [],
  )

export const checkAcross = (json: unknown): Problem[] => {
  const databases = entries(json, 'databases')
  const consumers = entries(json, 'consumers')
  const names = databases.map(nameOf)
  const creators = databases.map(it => {
    const network = it.network as Loose | undefined
    const creates = network?.mode === 'isolated' && (network.endpoints ?? 'create') === 'create'
    return creates && typeof it.vpcId === 'string' ? it.vpcId : undefined
  })
  return [
    ...repeated(names, index => `databases.${index}.id`, 'an id that no other database has'),
    ...repeated(
      consumers.map(it => (typeof it.name === 'string' ? it.name : undefined)),
      index => `consumers.${index}.name`,
      'a name that no other consumer has',
    ),
    // One VPC can hold one interface endpoint with private DNS for a service: a second one fails to deploy.
    ...repeated(
      creators,
      index => `databases.${index}.network.endpoints`,
      '{"securityGroupId": "sg-…"} of the endpoints that another database creates in this VPC',
    ),
    ...consumers.flatMap((it, index) =>
      typeof it.database === 'string' && !names.includes(it.database)
        ? [
            {
              path: `consumers.${index}.database`,
              value: it.database,
              allowed:
                databases.length > 0
                  ? `one of ${names.filter(Boolean).join(', ')}`
                  : 'nothing, and hostname and port instead: this file has no databases',
            },
          ]
        : [],
    ),
  ]
}
