import type { ClusterView, InstanceView } from '../database/rds-view.ts'
import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { rdsErrors } from './errors/rds-errors.ts'
import { type Actions, field, list, type Parameters, strings, text } from './query-protocol.ts'
import { clusterResources, instanceResources } from './rds-settings.ts'

/** RDS's read actions. Identifiers may be given as name or ARN, as RDS allows. */
export const rdsActions = (account: Account): Actions => ({
  DescribeDBClusters: parameters => {
    const asked = text(parameters.DBClusterIdentifier)
    const filter = filterOf(parameters, 'db-cluster-id')
    const found = account.databases
      .clusters()
      .filter(cluster => matches(cluster, asked) && (!filter || filter.some(id => matches(cluster, id))))
    if (asked && found.length === 0) throw new ApiFailure(rdsErrors.clusterNotFound, asked)
    const page = paginate(found, parameters)
    return {
      result: {
        DBClusters: {
          DBCluster: page.items.map(it => ({ ...describeCluster(it), ...clusterResources(account, it.arn) })),
        },
        ...page.marker,
      },
      brief: {
        writer: found.map(writerOf).join(', ') || 'none',
        status: found.map(cluster => cluster.status).join(', '),
      },
    }
  },
  DescribeDBInstances: parameters => {
    const asked = text(parameters.DBInstanceIdentifier)
    const clusters = filterOf(parameters, 'db-cluster-id')
    const ids = filterOf(parameters, 'db-instance-id')
    const found = account.databases
      .instances()
      .filter(instance => matches(instance, asked))
      .filter(instance => !clusters || clusters.some(id => id.split(':').at(-1) === instance.clusterId))
      .filter(instance => !ids || ids.some(id => matches(instance, id)))
    if (asked && found.length === 0) throw new ApiFailure(rdsErrors.instanceNotFound, asked)
    const page = paginate(found, parameters)
    return {
      result: {
        DBInstances: {
          DBInstance: page.items.map(it => ({ ...describeInstance(it), ...instanceResources(account, it.arn) })),
        },
        ...page.marker,
      },
      brief: { instances: page.items.map(instance => `${instance.id} ${instance.status}`).join(', ') || 'none' },
    }
  },
  /** The lab's databases have none. */
  DescribeDBProxies: () => ({ result: { DBProxies: {} }, brief: { proxies: 'none' } }),
})

const matches = (item: { id: string; arn: string }, asked: string | undefined): boolean =>
  asked === undefined || item.id === asked.toLowerCase() || item.arn === asked

const writerOf = (cluster: ClusterView): string => cluster.members.find(member => member.isWriter)?.instanceId ?? 'none'

const filterOf = (parameters: Parameters, name: string): string[] | undefined => {
  const filter = list(parameters.Filters).find(candidate => text(field(candidate, 'Name')) === name)
  return filter === undefined ? undefined : strings(field(filter, 'Values'))
}

/** MaxRecords is 20 to 100, 100 by default; the marker is opaque to callers. */
const paginate = <T>(items: readonly T[], parameters: Parameters) => {
  const maxRecords = Number(text(parameters.MaxRecords) ?? 100)
  if (!(maxRecords >= 20 && maxRecords <= 100)) {
    throw new ApiFailure(rdsErrors.badMaxRecords, String(maxRecords))
  }
  const marker = text(parameters.Marker)
  const from = marker === undefined ? 0 : Number(Buffer.from(marker, 'base64url').toString())
  if (!Number.isInteger(from)) throw new ApiFailure(rdsErrors.badMarker, String(marker))
  const to = from + maxRecords
  const next = to < items.length ? { Marker: Buffer.from(String(to)).toString('base64url') } : {}
  return { items: items.slice(from, to), marker: next }
}

export const describeCluster = (cluster: ClusterView) => ({
  DBClusterIdentifier: cluster.id,
  DBClusterArn: cluster.arn,
  Engine: cluster.engine,
  Status: cluster.status,
  Endpoint: cluster.endpoint,
  ReaderEndpoint: cluster.readerEndpoint,
  Port: cluster.port,
  MultiAZ: cluster.members.length > 1,
  DBClusterMembers: {
    DBClusterMember: cluster.members.map(member => ({
      DBInstanceIdentifier: member.instanceId,
      IsClusterWriter: member.isWriter,
      DBClusterParameterGroupStatus: 'in-sync',
      PromotionTier: 1,
    })),
  },
})

export const describeInstance = (instance: InstanceView) => ({
  DBInstanceIdentifier: instance.id,
  DBInstanceArn: instance.arn,
  Engine: instance.engine,
  DBInstanceStatus: instance.status,
  MultiAZ: instance.multiAz,
  AvailabilityZone: instance.zone,
  PubliclyAccessible: false,
  ...(instance.secondaryZone ? { SecondaryAvailabilityZone: instance.secondaryZone } : {}),
  ...(instance.endpoint
    ? { Endpoint: { Address: instance.endpoint, Port: instance.port, HostedZoneId: 'Z29XKXDKYMONMX' } }
    : {}),
  ...(instance.clusterId ? { DBClusterIdentifier: instance.clusterId } : {}),
})
