import type { RDS } from '@aws-sdk/client-rds'
import type { Kind } from '../../functions/reconciler/config/database.ts'
import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import { everyPage } from './every-page.ts'
import type { Gathered } from './gathered.ts'

/** A database as RDS lists it. */
export interface ListedDatabase {
  readonly kind: Exclude<Kind, 'hostname'>
  readonly id: string
  readonly arn: string
  readonly engine: string
  /** A cluster's instances, the writer first. */
  readonly members: readonly string[]
}

export interface Listing {
  readonly databases: readonly ListedDatabase[]
  /** Kinds that could not be read, each with why. */
  readonly unread: readonly string[]
}

/** Everything of the account and Region that Repoint can stand in front of; a cluster’s instances are its members. */
export const listDatabases = async (clients: Clients): Promise<Listing> => {
  const rds = await clients.rds()
  const kinds = { clusters: readClusters, instances: readInstances, proxies: readProxies }
  const read = await Promise.all(
    Object.entries(kinds).map(async ([name, one]) => ({ name, found: await attempt(() => one(rds)) })),
  )
  const databases = read.flatMap(({ found }) => (found.kind === 'known' ? found.value : []))
  return { databases, unread: read.flatMap(({ name, found }) => whyUnread(name, found)) }
}

const whyUnread = (name: string, found: Gathered<unknown>): string[] =>
  found.kind === 'known' ? [] : [`RDS's ${name} could not be listed: ${found.why}`]

const readClusters = async (rds: RDS): Promise<ListedDatabase[]> => {
  const clusters = await everyPage('DBClusters', Marker => rds.describeDBClusters({ Marker }))
  return clusters.map(it => ({
    kind: 'cluster',
    id: it.DBClusterIdentifier ?? '',
    arn: it.DBClusterArn ?? '',
    engine: it.Engine ?? 'unknown',
    members: (it.DBClusterMembers ?? [])
      .toSorted((a, b) => Number(b.IsClusterWriter) - Number(a.IsClusterWriter))
      .flatMap(({ DBInstanceIdentifier }) => DBInstanceIdentifier ?? []),
  }))
}

/** A member's cluster has the name that survives a failover: it alone is listed. */
const readInstances = async (rds: RDS): Promise<ListedDatabase[]> => {
  const instances = await everyPage('DBInstances', Marker => rds.describeDBInstances({ Marker }))
  return instances
    .filter(it => it.DBClusterIdentifier === undefined)
    .map(it => ({
      kind: 'instance',
      id: it.DBInstanceIdentifier ?? '',
      arn: it.DBInstanceArn ?? '',
      engine: it.Engine ?? 'unknown',
      members: [],
    }))
}

const readProxies = async (rds: RDS): Promise<ListedDatabase[]> => {
  const proxies = await everyPage('DBProxies', Marker => rds.describeDBProxies({ Marker }))
  return proxies.map(it => ({
    kind: 'proxy',
    id: it.DBProxyName ?? '',
    arn: it.DBProxyArn ?? '',
    engine: it.EngineFamily ?? 'unknown',
    members: [],
  }))
}
