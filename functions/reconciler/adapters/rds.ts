import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds'
import { AwsError, type Clusters } from '../ports.ts'
import type { ClientOptions } from './clients.ts'
import { everyPage } from './every-page.ts'

/**
 * The RDS API's opinion on a cluster. `IsClusterWriter` may lag behind DNS, so it is a vote and never the selector;
 * `DescribeDBInstances.AvailabilityZone` lags by minutes and is not read at all.
 */
export const createClusters = (client: RDSClient): Clusters => ({
  async vote(clusterId) {
    const call = { action: 'rds:DescribeDBClusters', resource: clusterId }
    const clusters = await everyPage(call, async marker => {
      const page = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: clusterId, ...marker }))
      return { items: page.DBClusters, marker: page.Marker }
    })
    const cluster = clusters.find(({ DBClusterIdentifier: id }) => id?.toLowerCase() === clusterId.toLowerCase())
    if (cluster === undefined) {
      throw new AwsError(
        'not-found',
        `rds:DescribeDBClusters did not list ${clusterId}. Check database.id in the configuration.`,
      )
    }
    const members = cluster.DBClusterMembers ?? []
    const writers = members.filter(member => member.IsClusterWriter === true)
    const writerId = writers.length === 1 ? writers[0]?.DBInstanceIdentifier : undefined
    return {
      status: cluster.Status ?? 'unknown',
      memberIds: members.flatMap(member => member.DBInstanceIdentifier ?? []),
      ...(writerId && { writerId }),
    }
  },
  async endpointOf(instanceId) {
    const call = { action: 'rds:DescribeDBInstances', resource: instanceId }
    const instances = await everyPage(call, async marker => {
      const page = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instanceId, ...marker }))
      return { items: page.DBInstances, marker: page.Marker }
    })
    // A member that is still being created has no endpoint.
    return instances.find(({ DBInstanceIdentifier: id }) => id?.toLowerCase() === instanceId.toLowerCase())?.Endpoint
      ?.Address
  },
  async members(clusterId) {
    const call = { action: 'rds:DescribeDBInstances', resource: clusterId }
    const ofCluster = [{ Name: 'db-cluster-id', Values: [clusterId] }]
    const instances = await everyPage(call, async marker => {
      const page = await client.send(new DescribeDBInstancesCommand({ Filters: ofCluster, ...marker }))
      return { items: page.DBInstances, marker: page.Marker }
    })
    return instances.flatMap(({ DBInstanceIdentifier: id, DBInstanceStatus: status = 'unknown', Endpoint }) =>
      id === undefined ? [] : [{ id, status, ...(Endpoint?.Address && { endpoint: Endpoint.Address }) }],
    )
  },
})

export const createRdsClient = (options: ClientOptions): RDSClient => new RDSClient(options)
