import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { clientOptions } from '../../functions/reconciler/adapters/clients.ts'
import { clustersOnDemand, interfacesOnDemand } from '../../functions/reconciler/adapters/on-demand.ts'

const ec2 = mockClient(EC2Client)
const rds = mockClient(RDSClient)
const options = clientOptions({ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' })

beforeEach(() => {
  ec2.reset().onAnyCommand().rejects(new Error('a command that this test does not expect'))
  rds.reset().onAnyCommand().rejects(new Error('a command that this test does not expect'))
})
afterAll(() => {
  ec2.restore()
  rds.restore()
})

it('asks the RDS API about a cluster, by one client however many ask at once', async () => {
  rds.on(DescribeDBClustersCommand).resolves({
    DBClusters: [
      { DBClusterIdentifier: 'orders', Status: 'available', DBClusterMembers: [{ DBInstanceIdentifier: 'orders-1' }] },
    ],
  })
  rds.on(DescribeDBInstancesCommand).resolves({
    DBInstances: [
      { DBInstanceIdentifier: 'orders-1', DBInstanceStatus: 'available', Endpoint: { Address: 'orders-1.abc' } },
    ],
  })
  const clusters = clustersOnDemand(options)

  const [vote, endpoint, members] = await Promise.all([
    clusters.vote('orders'),
    clusters.endpointOf('orders-1'),
    clusters.members('orders'),
  ])

  expect(vote).toMatchObject({ status: 'available', memberIds: ['orders-1'] })
  expect(endpoint).toBe('orders-1.abc')
  expect(members).toMatchObject([{ id: 'orders-1' }])
  expect(new Set(rds.calls().map(call => call.thisValue)).size).toBe(1)
})

it('asks EC2 whose an address is, and the RDS API for what is around an instance', async () => {
  ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [] })
  const instance = { DBInstanceIdentifier: 'orders', MultiAZ: true, DBSubnetGroup: { VpcId: 'vpc-orders' } }
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [instance] })
  const interfaces = interfacesOnDemand(options)

  const [owners, neighbourhood, ownership] = await Promise.all([
    interfaces.owners(['10.0.1.10'], 'orders'),
    interfaces.neighbourhood('orders'),
    interfaces.ownership(['10.0.1.10'], { kind: 'instance', id: 'orders' }),
  ])

  expect(owners).toEqual([])
  expect(neighbourhood).toMatchObject({ isMultiAz: true, interfaces: [] })
  expect(ownership.get('10.0.1.10')).toMatchObject({ proof: 'unanswered' })
  expect(new Set(ec2.calls().map(call => call.thisValue)).size).toBe(1)
})
