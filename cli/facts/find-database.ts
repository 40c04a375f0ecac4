import type { RDS } from '@aws-sdk/client-rds'
import type { Kind } from '../../functions/reconciler/config/database.ts'
import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
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

interface Page {
  readonly items: readonly ListedDatabase[]
  readonly Marker?: string | undefined
}

const everyPage = async (read: (from: { Marker?: string }) => Promise<Page>): Promise<ListedDatabase[]> => {
  const all: ListedDatabase[] = []
  let Marker: string | undefined
  do {
    const page = await read(Marker === undefined ? {} : { Marker })
    all.push(...page.items)
    Marker = page.Marker
  } while (Marker)
  return all
}

const readClusters = (rds: RDS) =>
  everyPage(async from => {
    const { DBClusters = [], Marker } = await rds.describeDBClusters(from)
    const items = DBClusters.map(it => ({
      kind: 'cluster' as const,
      id: it.DBClusterIdentifier ?? '',
      arn: it.DBClusterArn ?? '',
      engine: it.Engine ?? 'unknown',
      members: (it.DBClusterMembers ?? [])
        .toSorted((a, b) => Number(b.IsClusterWriter) - Number(a.IsClusterWriter))
        .flatMap(({ DBInstanceIdentifier }) => DBInstanceIdentifier ?? []),
    }))
    return { items, Marker }
  })

const readInstances = (rds: RDS) =>
  everyPage(async from => {
    const { DBInstances = [], Marker } = await rds.describeDBInstances(from)
    // A member's cluster has the name that survives a failover.
    const alone = DBInstances.filter(it => it.DBClusterIdentifier === undefined)
    const items = alone.map(it => ({
      kind: 'instance' as const,
      id: it.DBInstanceIdentifier ?? '',
      arn: it.DBInstanceArn ?? '',
      engine: it.Engine ?? 'unknown',
      members: [],
    }))
    return { items, Marker }
  })

const readProxies = (rds: RDS) =>
  everyPage(async from => {
    const { DBProxies = [], Marker } = await rds.describeDBProxies(from)
    const items = DBProxies.map(it => ({
      kind: 'proxy' as const,
      id: it.DBProxyName ?? '',
      arn: it.DBProxyArn ?? '',
      engine: it.EngineFamily ?? 'unknown',
      members: [],
    }))
    return { items, Marker }
  })
