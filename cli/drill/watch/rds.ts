import type { DatabaseSettings } from '../../../infra/app/settings.ts'
import type { Clients } from '../../aws/clients.ts'
import type { Journal } from '../journal.ts'

/** What RDS says of a database now. */
export interface RdsView {
  /** Absent for a host name: nobody tells. */
  readonly status?: string
  /** Another node can take over. */
  readonly canFailOver: boolean
  readonly why: string
  /** A cluster's writer by the API, which lags. */
  readonly writer?: string
  readonly members: readonly string[]
}

/** @throws when the database is not there or may not be read. */
export const readRds = async (clients: Clients, { kind, id }: DatabaseSettings): Promise<RdsView> => {
  if (kind === 'hostname')
    return { canFailOver: false, why: 'a host name has nothing to be failed over by', members: [] }
  const rds = await clients.rds()
  if (kind === 'proxy') {
    const { DBProxies = [] } = await rds.describeDBProxies({ DBProxyName: id })
    const why = 'a proxy follows its database: fail that over, and watch'
    return { status: DBProxies[0]?.Status ?? 'unknown', canFailOver: false, why, members: [] }
  }
  if (kind === 'cluster') {
    const { DBClusters = [] } = await rds.describeDBClusters({ DBClusterIdentifier: id })
    const cluster = DBClusters[0]
    const members = cluster?.DBClusterMembers ?? []
    const ids = members.flatMap(({ DBInstanceIdentifier }) => DBInstanceIdentifier ?? [])
    const writer = members.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier
    const readers = members.filter(({ IsClusterWriter }) => !IsClusterWriter).length
    return {
      status: cluster?.Status ?? 'unknown',
      canFailOver: readers > 0,
      why: readers > 0 ? `${readers} reader${readers === 1 ? '' : 's'}` : 'it has no reader that could take over',
      ...(writer === undefined ? {} : { writer }),
      members: ids,
    }
  }
  const { DBInstances = [] } = await rds.describeDBInstances({ DBInstanceIdentifier: id })
  const instance = DBInstances[0]
  const isMultiAz = instance?.MultiAZ === true
  return {
    status: instance?.DBInstanceStatus ?? 'unknown',
    canFailOver: isMultiAz,
    why: isMultiAz ? 'Multi-AZ' : 'it is not Multi-AZ: a reboot would only restart it where it is',
    members: [],
  }
}

const sourceTypes = { instance: 'db-instance', cluster: 'db-cluster', proxy: 'db-proxy' } as const

/** The status and the events of a database, as the API tells them. */
export const createRdsWatch = (
  clients: Clients,
  database: DatabaseSettings,
  { journal, sinceMs }: { journal: Journal; sinceMs: number },
) => {
  let members: readonly string[] = []
  let status: string | undefined = database.kind === 'hostname' ? undefined : 'unknown'
  const lookAtStatus = async (): Promise<void> => {
    const view = await readRds(clients, database)
    members = view.members
    if (view.status === undefined) return
    if (view.status !== status) journal.tell('rds', 'Status', { status: view.status })
    status = view.status
    journal.see({ lane: 'rds', subject: database.id, state: status })
    if (view.writer !== undefined) journal.see({ lane: 'rds', subject: 'writer by its API', state: view.writer })
  }
  const lookAtEvents = async (): Promise<void> => {
    if (database.kind === 'hostname') return
    const rds = await clients.rds()
    const own = [database.id, sourceTypes[database.kind]] as const
    for (const [SourceIdentifier, SourceType] of [own, ...members.map(id => [id, 'db-instance'] as const)]) {
      const StartTime = new Date(sinceMs)
      const { Events = [] } = await rds.describeEvents({ SourceIdentifier, SourceType, StartTime })
      for (const { Date: date, Message = '', EventCategories = [] } of Events) {
        const atMs = date?.getTime() ?? Date.now()
        if (atMs < sinceMs) continue
        const fields = { source: SourceIdentifier, categories: EventCategories.join(', ') }
        journal.tell('rds', Message || 'An event without a message', fields, {
          atMs,
          key: `${SourceIdentifier} ${atMs} ${Message}`,
        })
      }
    }
  }
  return { lookAtStatus, lookAtEvents, status: () => status }
}
