import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'

/** How RDS reports a database now. */
export interface RdsView {
  /** Absent for a host name, which RDS does not know. */
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
  if (kind === 'hostname') return { canFailOver: false, why: 'a host name has no API that fails it over', members: [] }
  const rds = await clients.rds()
  if (kind === 'proxy') {
    const { DBProxies = [] } = await rds.describeDBProxies({ DBProxyName: id })
    const why = 'a proxy follows its database: fail that over and use --watch here'
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
    why: isMultiAz ? 'Multi-AZ' : 'it is not Multi-AZ: a reboot would only restart it in place',
    members: [],
  }
}
