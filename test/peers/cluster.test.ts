import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { createClusters } from '../../functions/reconciler/adapters/rds.ts'
import { aliasTo, answers, type DnsScript, nothing } from '../fakes/fake-dns.ts'
import { A, aCluster, anEvent, aWorld, B, C, resync, type WorldOptions } from '../fakes/world.ts'

/** The defects that the public systems for this job were seen to have, on clusters. */

const at = (ip: string) => `${ip}:5432`
const members = ['orders-1', 'orders-2', 'orders-3']
const vote = (writerId: string, status = 'available') => ({ status, memberIds: members, writerId })
const completed = anEvent({ eventId: 'RDS-EVENT-0071', meaning: 'Cluster failover completed', watch: 'completed' })

const client = new RDSClient({ region: 'eu-west-1' })
const rds = mockClient(client)
beforeEach(() => {
  rds.reset()
  rds.onAnyCommand().rejects(new Error('a command that this test does not expect'))
})

/** A world whose RDS API is the adapter over the SDK. */
const aWorldOverSdk = (options: Omit<WorldOptions, 'config' | 'votes'>) => {
  const world = aWorld({ config: aCluster(), ...options })
  Object.assign(world.ports, { clusters: createClusters(client) })
  return world
}

const clusterOf = (id: string, writerId: string, ids = [writerId]) => ({
  DBClusterIdentifier: id,
  Status: 'available',
  DBClusterMembers: ids.map(member => ({ DBInstanceIdentifier: member, IsClusterWriter: member === writerId })),
})

describe('the writer of an Aurora cluster', () => {
  it('is followed whatever instance it is', async () => {
    const dns: DnsScript = [
      [0, aliasTo('orders-2', B)],
      [600_000, aliasTo('orders-3', C)],
      [1_200_000, aliasTo('orders-1', A)],
    ]
    const world = aWorld({
      config: aCluster(),
      dns,
      votes: [
        [0, vote('orders-2')],
        [600_000, vote('orders-3')],
        [1_200_000, vote('orders-1')],
      ],
      registered: { [A]: 'healthy' },
      frontDoor: { drainMs: 60_000 },
    })

    const held: string[][] = []
    const startMs = world.clock.now()
    for (const [fromMs] of dns) {
      await world.clock.run(world.clock.sleep(startMs + fromMs - world.clock.now()))
      await world.invoke(completed)
      held.push(Object.entries(world.frontDoor.states()).flatMap(([key, state]) => (state === 'draining' ? [] : [key])))
    }

    expect(held).toEqual([[at(B)], [at(C)], [at(A)]])
  })

  it('replaces the old one as soon as DNS and the RDS API agree: every second more is a read-only error', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [[0, aliasTo('orders-2', B)]],
      votes: [[0, vote('orders-2')]],
      registered: { [A]: 'healthy' },
    })

    const { timings } = await world.invoke(completed)

    expect(world.writes()).toEqual([`+${at(B)}`, `-${at(A)}`])
    expect(timings.repointedMs).toBe(0)
  })

  it('is found on page 2 of the list, and nothing is deregistered for being on no other', async () => {
    rds
      .on(DescribeDBClustersCommand)
      .resolves({ DBClusters: [clusterOf('invoices', 'invoices-1')], Marker: 'page-2' })
      .on(DescribeDBClustersCommand, { Marker: 'page-2' })
      .resolves({ DBClusters: [clusterOf('orders', 'orders-2', members)] })
    const world = aWorldOverSdk({ dns: [[0, aliasTo('orders-2', B)]], registered: { [B]: 'healthy' } })

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'in-sync', writer: { because: 'dns-and-rds-agree' } })
    expect(world.writes()).toEqual([])
  })

  it('that the API does not list removes nothing, and fails the invocation', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [] })
    const world = aWorldOverSdk({ dns: [[0, aliasTo('orders-1', A)]], registered: { [A]: 'healthy' } })

    await expect(world.invoke(resync)).rejects.toMatchObject({ kind: 'not-found' })
    expect(world.writes()).toEqual([])
  })
})

describe('a cluster member without endpoint', () => {
  it.each([
    ['while the endpoint answers', answers(B)],
    ['while the endpoint does not answer', nothing('ENOTFOUND')],
  ])('does not crash the run %s', async (_when, answer) => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [clusterOf('orders', 'orders-3', members)] })
    rds.on(DescribeDBInstancesCommand).resolves({
      DBInstances: [{ DBInstanceIdentifier: 'orders-3', DBInstanceStatus: 'creating' }],
    })
    const world = aWorldOverSdk({ dns: [[0, answer]], registered: { [B]: 'healthy' } })

    await world.invoke(resync)

    expect(world.writes()).toEqual([])
    expect(rds).toHaveReceivedCommandWith(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'orders-3' })
  })
})

describe('a status', () => {
  it.each([
    'available',
    'backing-up',
    'creating',
    'deleting',
    'failing-over',
    'inaccessible-encryption-credentials',
    'maintenance',
    'migrating',
    'modifying',
    'promoting',
    'rebooting',
    'renaming',
    'resetting-master-credentials',
    'starting',
    'stopped',
    'stopping',
    'storage-optimization',
    'update-iam-db-auth',
    'upgrading',
    'a status that AWS invents tomorrow',
  ])('keeps the target whatever it is: %s', async status => {
    const world = aWorld({
      config: aCluster(),
      dns: [[0, aliasTo('orders-1', A)]],
      votes: [[0, vote('orders-1', status)]],
      registered: { [A]: 'unhealthy' },
    })

    await world.invoke(completed)

    expect(world.writes()).toEqual([])
    expect(world.frontDoor.states()).toEqual({ [at(A)]: 'unhealthy' })
  })
})
