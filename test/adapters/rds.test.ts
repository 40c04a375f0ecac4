import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { createClusters } from '../../functions/reconciler/adapters/rds.ts'
import { TransientError } from '../../functions/reconciler/ports.ts'
import { awsFault } from '../contract/elbv2-double.ts'

const client = new RDSClient({ region: 'eu-west-1' })
const rds = mockClient(client)
const clusters = createClusters(client)

const member = (id: string, isWriter = false) => ({ DBInstanceIdentifier: id, IsClusterWriter: isWriter })
const orders = (...members: { DBInstanceIdentifier?: string; IsClusterWriter?: boolean }[]) => ({
  DBClusterIdentifier: 'orders',
  Status: 'available',
  DBClusterMembers: members,
})
const invoices = {
  DBClusterIdentifier: 'invoices',
  Status: 'available',
  DBClusterMembers: [member('invoices-1', true)],
}

beforeEach(() => {
  rds.reset()
  rds.onAnyCommand().rejects(new Error('a command that this test does not expect'))
})

describe('the vote on a cluster', () => {
  it('asks for that cluster only, in one call', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [orders(member('orders-1', true))] })

    await clusters.vote('orders')

    expect(rds.calls().map(call => call.args[0].input)).toEqual([{ DBClusterIdentifier: 'orders' }])
  })

  it('names status, members and the one writer', async () => {
    rds
      .on(DescribeDBClustersCommand)
      .resolves({ DBClusters: [orders(member('orders-1'), member('orders-2', true), member('orders-3'))] })

    expect(await clusters.vote('orders')).toEqual({
      status: 'available',
      memberIds: ['orders-1', 'orders-2', 'orders-3'],
      writerId: 'orders-2',
    })
  })

  it('finds the cluster on page 2', async () => {
    rds
      .on(DescribeDBClustersCommand)
      .rejects(new Error('a page that was not announced'))
      .on(DescribeDBClustersCommand, { DBClusterIdentifier: 'orders' })
      .resolves({ DBClusters: [invoices], Marker: 'page-2' })
      .on(DescribeDBClustersCommand, { DBClusterIdentifier: 'orders', Marker: 'page-2' })
      .resolves({ DBClusters: [orders(member('orders-1', true))] })

    expect(await clusters.vote('orders')).toMatchObject({ writerId: 'orders-1' })
    expect(rds).toHaveReceivedCommandTimes(DescribeDBClustersCommand, 2)
  })

  it('reads on past an empty page', async () => {
    rds
      .on(DescribeDBClustersCommand)
      .resolvesOnce({ Marker: 'page-2' })
      .resolvesOnce({ DBClusters: [], Marker: 'page-3' })
      .resolvesOnce({ DBClusters: [orders(member('orders-1', true))] })

    expect(await clusters.vote('orders')).toMatchObject({ writerId: 'orders-1' })
    expect(rds).toHaveReceivedNthCommandWith(DescribeDBClustersCommand, 3, { Marker: 'page-3' })
  })

  it('takes identifiers without case', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [orders(member('orders-1', true))] })

    expect(await clusters.vote('Orders')).toMatchObject({ writerId: 'orders-1' })
  })

  it.each([
    ['no writer is flagged', [member('orders-1'), member('orders-2')]],
    ['two writers are flagged', [member('orders-1', true), member('orders-2', true)]],
    ['the cluster has no member', []],
  ])('names no writer when %s', async (_when, members) => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [orders(...members)] })

    const vote = await clusters.vote('orders')

    expect(vote).not.toHaveProperty('writerId')
    expect(vote.memberIds).toEqual(members.map(({ DBInstanceIdentifier: id }) => id))
  })

  it('gives a status that is no agreement when AWS gives none', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [{ DBClusterIdentifier: 'orders' }] })

    expect(await clusters.vote('orders')).toEqual({ status: 'unknown', memberIds: [] })
  })

  it.each([
    ['is not listed', () => rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [invoices] })],
    [
      'is gone',
      () =>
        rds
          .on(DescribeDBClustersCommand)
          .rejects(awsFault('DBClusterNotFoundFault', 'DBCluster orders not found.', 404)),
    ],
  ])('fails with its remedy when the cluster %s', async (_how, answer) => {
    answer()

    await expect(clusters.vote('orders')).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringMatching(/rds:DescribeDBClusters.*orders.*[Cc]heck.*configuration/),
    })
  })

  it('passes over what has no name', async () => {
    const nameless = orders({ IsClusterWriter: true }, member('orders-2'))
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [{}, nameless] })

    expect(await clusters.vote('orders')).toEqual({ status: 'available', memberIds: ['orders-2'] })
  })

  it('is transient when AWS throttles on a later page', async () => {
    rds
      .on(DescribeDBClustersCommand)
      .resolvesOnce({ DBClusters: [invoices], Marker: 'page-2' })
      .rejectsOnce(awsFault('Throttling', 'Rate exceeded'))

    await expect(clusters.vote('orders')).rejects.toThrow(TransientError)
  })
})

describe('the endpoint of an instance', () => {
  it('asks for that instance only, and gives its address', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({
      DBInstances: [{ DBInstanceIdentifier: 'orders-1', Endpoint: { Address: 'orders-1.abc123.rds', Port: 5432 } }],
    })

    expect(await clusters.endpointOf('Orders-1')).toBe('orders-1.abc123.rds')
    expect(rds.calls().map(call => call.args[0].input)).toEqual([{ DBInstanceIdentifier: 'Orders-1' }])
  })

  it('is undefined while the instance is being created', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [{ DBInstanceIdentifier: 'orders-1' }] })

    expect(await clusters.endpointOf('orders-1')).toBeUndefined()
  })

  it('is found on page 2', async () => {
    rds
      .on(DescribeDBInstancesCommand)
      .resolvesOnce({
        DBInstances: [{ DBInstanceIdentifier: 'invoices-1', Endpoint: { Address: 'wrong' } }],
        Marker: 'page-2',
      })
      .resolvesOnce({ DBInstances: [{ DBInstanceIdentifier: 'orders-1', Endpoint: { Address: 'right' } }] })

    expect(await clusters.endpointOf('orders-1')).toBe('right')
  })

  it('is of nobody without a name', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [{ Endpoint: { Address: 'wrong' } }] })

    expect(await clusters.endpointOf('orders-1')).toBeUndefined()
  })

  it('that AWS denies names the action as a policy does', async () => {
    rds.on(DescribeDBInstancesCommand).rejects(awsFault('AccessDenied', 'not authorized', 403))

    await expect(clusters.endpointOf('orders-1')).rejects.toThrow('rds:DescribeDBInstances on orders-1: AccessDenied')
  })

  it('is the one of that very instance, not of the first that is listed', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({
      DBInstances: [{ DBInstanceIdentifier: 'invoices-1', Endpoint: { Address: 'wrong' } }],
    })

    expect(await clusters.endpointOf('orders-1')).toBeUndefined()
  })
})

describe('the members of a cluster', () => {
  const instance = (id: string, more: object = {}) => ({
    DBInstanceIdentifier: id,
    DBInstanceStatus: 'available',
    Endpoint: { Address: `${id}.abc.eu-west-1.rds.amazonaws.com`, Port: 5432 },
    ...more,
  })

  it('are asked for by the cluster', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [instance('orders-1')] })

    expect(await clusters.members('orders')).toEqual([
      { id: 'orders-1', status: 'available', endpoint: 'orders-1.abc.eu-west-1.rds.amazonaws.com' },
    ])
    expect(rds.calls().map(call => call.args[0].input)).toEqual([
      { Filters: [{ Name: 'db-cluster-id', Values: ['orders'] }] },
    ])
  })

  it('are listed to the last page', async () => {
    const Filters = [{ Name: 'db-cluster-id', Values: ['orders'] }]
    rds
      .on(DescribeDBInstancesCommand)
      .rejects(new Error('a page that was not announced'))
      .on(DescribeDBInstancesCommand, { Filters }, true)
      .resolves({ DBInstances: [instance('orders-1')], Marker: 'page-2' })
      .on(DescribeDBInstancesCommand, { Filters, Marker: 'page-2' }, true)
      .resolves({ DBInstances: [instance('orders-2')] })

    expect((await clusters.members('orders')).map(({ id }) => id)).toEqual(['orders-1', 'orders-2'])
  })

  it('are listed without endpoint while they are being created', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({
      DBInstances: [instance('orders-3', { DBInstanceStatus: 'creating', Endpoint: undefined })],
    })

    expect(await clusters.members('orders')).toEqual([{ id: 'orders-3', status: 'creating' }])
  })

  it('are those that have a name, with a status that is none where AWS gives none', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [{ DBInstanceIdentifier: 'orders-1' }, {}] })

    expect(await clusters.members('orders')).toEqual([{ id: 'orders-1', status: 'unknown' }])
  })

  it('are none where AWS lists none', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({})

    expect(await clusters.members('orders')).toEqual([])
  })

  it('that AWS denies name the action as a policy does', async () => {
    rds.on(DescribeDBInstancesCommand).rejects(awsFault('AccessDenied', 'not authorized', 403))

    await expect(clusters.members('orders')).rejects.toThrow('rds:DescribeDBInstances on orders')
  })

  it('are transient while AWS throttles', async () => {
    rds.on(DescribeDBInstancesCommand).rejects(awsFault('Throttling', 'Rate exceeded'))

    await expect(clusters.members('orders')).rejects.toThrow(TransientError)
  })
})
