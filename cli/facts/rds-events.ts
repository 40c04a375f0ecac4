import type { DescribeEventsCommandInput } from '@aws-sdk/client-rds'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { everyPage } from './every-page.ts'

/** One line of what RDS remembers. DescribeEvents gives no event ids, only texts and categories. */
export interface RdsHappening {
  readonly atMs: number
  readonly source: string
  readonly message: string
  readonly categories: readonly string[]
}

/** What RDS keeps (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeEvents.html). */
export const longestMemoryMs = 14 * 86_400_000

const sourceTypes = { instance: 'db-instance', cluster: 'db-cluster', proxy: 'db-proxy', hostname: undefined } as const

/** The events of the database, and of a cluster's members, which are asked for where nobody knows them; oldest first. */
export const readRdsEvents = async (
  clients: Clients,
  database: DatabaseSettings,
  { sinceMs, members: known }: { readonly sinceMs: number; readonly members?: readonly string[] },
): Promise<readonly RdsHappening[]> => {
  const type = sourceTypes[database.kind]
  if (type === undefined) return []
  const members = known ?? (database.kind === 'cluster' ? await memberIds(clients, database) : [])
  const sources = [
    { SourceIdentifier: database.id, SourceType: type },
    ...members.map(id => ({ SourceIdentifier: id, SourceType: 'db-instance' as const })),
  ]
  const found = await Promise.all(
    sources.map(source => everyEvent(clients, { ...source, StartTime: new Date(sinceMs) })),
  )
  return found.flat().sort((a, b) => a.atMs - b.atMs)
}

const memberIds = async (clients: Clients, { id }: DatabaseSettings): Promise<readonly string[]> => {
  const { DBClusters } = await (await clients.rds()).describeDBClusters({ DBClusterIdentifier: id })
  return (DBClusters?.[0]?.DBClusterMembers ?? []).flatMap(member => member.DBInstanceIdentifier ?? [])
}

const everyEvent = async (clients: Clients, query: DescribeEventsCommandInput): Promise<readonly RdsHappening[]> => {
  const rds = await clients.rds()
  const events = await everyPage('Events', Marker => rds.describeEvents({ ...query, MaxRecords: 100, Marker }))
  return events.map(event => ({
    atMs: event.Date?.getTime() ?? 0,
    source: event.SourceIdentifier ?? '',
    message: event.Message ?? '',
    categories: event.EventCategories ?? [],
  }))
}
