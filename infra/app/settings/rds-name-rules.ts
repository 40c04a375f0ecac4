import type { DatabaseEntry } from './database-fields.ts'
import { readArn } from './database-fields.ts'
import { kindOf } from './database-rules.ts'
import { type RdsName, readRdsName } from './rds-names.ts'
import { ofDatabaseFields, type Rule } from './settings-rule.ts'

type Fields = Pick<DatabaseEntry, 'endpoint' | 'arn' | 'kind' | 'id'>

/** What leads to the writer of each kind. A cluster may also be followed by its global database's name. */
const leadsToWriter: Readonly<Record<string, readonly RdsName['role'][]>> = {
  instance: ['instance'],
  cluster: ['cluster', 'global'],
  proxy: ['proxy', 'proxy-endpoint'],
}

const others: Readonly<Record<RdsName['role'], string>> = {
  instance: 'an instance’s own endpoint stays with that instance',
  cluster: 'a cluster’s endpoint leads to whichever member is the writer',
  reader: 'a reader endpoint leads to readers',
  custom: 'a custom endpoint leads to the members that it lists',
  proxy: 'a proxy’s endpoint leads to the proxy',
  'proxy-endpoint': 'it leads to a proxy',
  global: 'it leads to a global database’s writer',
}

/** Why an RDS name is not this database's; a name of one's own says nothing. */
export const whyNotItsName = ({ endpoint, arn, kind, id }: Fields): string | undefined => {
  const name = readRdsName(endpoint)
  const of = kindOf({ kind, arn })
  const wanted = leadsToWriter[of ?? '']
  if (name === undefined || arn === undefined || wanted === undefined) return undefined
  const { region, identifier, kind: named } = readArn(arn)
  // The kind has a sentence of its own.
  if (of !== named) return undefined
  if (!wanted.includes(name.role)) {
    const what = of === 'cluster' ? 'the cluster’s own (writer) endpoint' : `the ${of}’s own endpoint`
    return `${what}: ${others[name.role]}`
  }
  if (name.role === 'global' || name.role === 'proxy-endpoint') return undefined
  if (name.region !== region) return `a name in ${region}, the ARN’s Region: this one is in ${name.region}`
  const own = of === 'proxy' ? id : identifier
  if (own === undefined || name.identifier === own.toLowerCase()) return undefined
  return `the name of ${own}, which the ${of === 'proxy' ? 'id' : 'ARN'} says: this one is of ${name.identifier}`
}

export const rdsNameRules: readonly Rule[] = [
  ofDatabaseFields(['endpoint', 'arn', 'kind', 'id'], fields => {
    const allowed = whyNotItsName(fields)
    return allowed === undefined ? [] : [{ at: 'endpoint', allowed }]
  }),
]
