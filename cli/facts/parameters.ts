import type { Parameter } from '@aws-sdk/client-rds'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import type { DatabaseFacts } from './database.ts'
import { everyPage } from './every-page.ts'
import { andThen, type Gathered, none } from './gathered.ts'

export type Parameters = Readonly<Record<string, ParameterFacts>>

export interface ParameterFacts {
  readonly value?: string
  readonly group: string
  /** `static` needs a reboot. */
  readonly applyType?: string
  readonly isModifiable: boolean
  /** The group's change waits for a reboot. */
  readonly isPending: boolean
}

/** Of the hundreds of parameters, those that checks judge. */
const wanted = [
  'skip_name_resolve',
  'max_connect_errors',
  'host_cache_size',
  'performance_schema',
  'tcp_keepalives_idle',
]
const family = /^(aurora-)?(mysql|postgres(ql)?)$|^mariadb$/

/** An instance's group wins over its cluster's where it sets a value of its own. */
export const gatherParameters = (
  clients: Clients,
  { engine, kind }: Pick<DatabaseSettings, 'kind' | 'engine'>,
  database: Gathered<DatabaseFacts>,
): Promise<Gathered<Parameters>> =>
  andThen(database, ({ parameterGroups }) => {
    if (!family.test(engine) || kind === 'proxy')
      return none(`No parameter of ${kind === 'proxy' ? 'a proxy' : engine} is checked.`)
    return attempt(async () => {
      const found: Record<string, ParameterFacts> = {}
      for (const group of parameterGroups) {
        const isPending = group.status === 'pending-reboot'
        for (const parameter of await readGroup(clients, group)) {
          const name = parameter.ParameterName ?? ''
          if (!wanted.includes(name) || (parameter.ParameterValue === undefined && found[name] !== undefined)) continue
          found[name] = {
            ...(parameter.ParameterValue === undefined ? {} : { value: parameter.ParameterValue }),
            group: group.name,
            ...(parameter.ApplyType === undefined ? {} : { applyType: parameter.ApplyType }),
            isModifiable: parameter.IsModifiable === true,
            isPending,
          }
        }
      }
      return found
    })
  })

const readGroup = async (
  clients: Clients,
  { name, of }: DatabaseFacts['parameterGroups'][number],
): Promise<Parameter[]> => {
  const rds = await clients.rds()
  return of === 'cluster'
    ? everyPage('Parameters', Marker => rds.describeDBClusterParameters({ DBClusterParameterGroupName: name, Marker }))
    : everyPage('Parameters', Marker => rds.describeDBParameters({ DBParameterGroupName: name, Marker }))
}
