import { describe, expect, it } from 'vitest'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { vote as voteOf } from '../fakes/cluster-world.ts'
import { aliasTo, answers, nothing } from '../fakes/fake-dns.ts'
import { A, aCluster, anEvent, aWorld, B, resync } from '../fakes/world.ts'

const members = ['orders-1', 'orders-2']
const vote = (writerId: string, status = 'available') => ({ status, memberIds: members, writerId })
const target = (ip: string) => `${ip}:5432`
const started = anEvent({ eventId: 'RDS-EVENT-0073', meaning: 'Failover across zones started' })

describe('an Aurora cluster fails over', () => {
  it('removes the old writer as soon as DNS and the RDS API agree: it is back as a reader and looks healthy', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [
        [0, aliasTo('orders-1', A)],
        [17_000, aliasTo('orders-2', B)],
      ],
      votes: [
        [0, vote('orders-1')],
        [9000, vote('orders-1', 'failing-over')],
        [17_500, vote('orders-2')],
      ],
      registered: { [A]: 'healthy' },
    })

    const report = await world.invoke(started)

    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
    expect(report.timings.registeredMs).toBe(17_000)
    expect(report.timings.repointedMs).toBeLessThan(23_000)
    expect(report).toMatchObject({ outcome: 'repointed', writer: { kind: 'settled' } })
  })

  it('does not remove the new writer when the endpoint flaps back and the API still names the old one', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [
        [0, aliasTo('orders-1', A)],
        [10_000, aliasTo('orders-2', B)],
        [12_000, aliasTo('orders-1', A)],
        [15_000, aliasTo('orders-2', B)],
      ],
      votes: [
        [0, vote('orders-1')],
        [20_000, vote('orders-2')],
      ],
      registered: { [A]: 'healthy' },
    })

    await world.invoke(started)

    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
  })

  const disagreeing = () =>
    aWorld({
      config: aCluster(),
      dns: [[0, aliasTo('orders-2', B)]],
      votes: [[0, vote('orders-1')]],
      registered: { [A]: 'healthy', [B]: 'healthy' },
    })

  it('keeps the old writer while DNS and the API disagree, and says so', async () => {
    const world = disagreeing()

    expect(await world.invoke(resync, { remainingMs: 30_000 })).toMatchObject({
      outcome: 'waiting',
      reason: 'evidence-disagrees',
      writer: { missing: 'agreement' },
    })
    expect(world.writes()).toEqual([])
  })

  it('goes by DNS when it has agreed with itself for longer than it flaps, and says that the API disagrees', async () => {
    const world = disagreeing()

    const report = await world.invoke(resync)

    const [removal] = world.frontDoor.calls.filter(({ kind }) => kind === 'deregister')
    expect(report).toMatchObject({ outcome: 'repointed', writer: { because: 'dns-outlasts-rds' } })
    expect(world.writes()).toEqual([`-${target(A)}`])
    expect((removal?.atMs ?? 0) - Date.parse(report.timings.startedAt)).toBeGreaterThan(30_000)
  })

  it('goes by the answers alone while the RDS API is throttled', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [[0, aliasTo('orders-2', B)]],
      votes: [[0, new TransientError('throttled', 'Rate exceeded')]],
      registered: { [A]: 'healthy' },
    })

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'repointed', writer: { because: 'answers-agree' } })
  })

  it('goes on by DNS without permission to ask RDS, and fails the invocation so that it is noticed', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [[0, aliasTo('orders-2', B)]],
      votes: [[0, new AwsError('access-denied', 'rds:DescribeDBClusters')]],
      registered: { [A]: 'healthy' },
    })

    await expect(world.invoke(resync)).rejects.toThrow('rds:DescribeDBClusters')
    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
  })

  it('asks for the writer instance when the endpoint names none, and compares addresses', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [[0, answers(B)]],
      votes: [[0, vote('orders-2')]],
      endpoints: { 'orders-2': 'orders-2.abc123.eu-west-1.rds.amazonaws.com' },
      names: { 'orders-2.abc123.eu-west-1.rds.amazonaws.com': answers(B) },
      registered: { [A]: 'healthy' },
    })

    const report = await world.invoke(resync)

    const removedMs = world.frontDoor.calls.find(({ kind }) => kind === 'deregister')?.atMs ?? 0
    expect(report.outcome).toBe('repointed')
    expect(removedMs - Date.parse(report.timings.startedAt)).toBeLessThan(1000)
    expect(world.asked).toEqual({ vote: 1, endpointOf: 1, ownership: 1 })
  })

  it('registers the instance that the API names while the endpoint does not resolve, and removes nothing', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [[0, nothing()]],
      votes: [[0, vote('orders-2')]],
      endpoints: { 'orders-2': 'orders-2.abc123.eu-west-1.rds.amazonaws.com' },
      names: { 'orders-2.abc123.eu-west-1.rds.amazonaws.com': answers(B) },
      registered: { [A]: 'healthy' },
    })

    const report = await world.invoke(resync)

    expect(world.writes()).toEqual([`+${target(B)}`])
    expect(report.outcome).toBe('waiting')
  })

  it('takes a writer that is still being created for no information', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [[0, nothing('ENOTFOUND')]],
      votes: [[0, vote('orders-3')]],
      registered: { [A]: 'healthy' },
    })

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'waiting', reason: 'writer-unknown' })
    expect(world.writes()).toEqual([])
  })

  it('asks AWS twice when all is in sync', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [[0, aliasTo('orders-1', A)]],
      votes: [[0, vote('orders-1')]],
      registered: { [A]: 'healthy' },
    })

    await world.invoke(resync)

    expect(world.frontDoor.calls).toHaveLength(1)
    expect(world.asked).toEqual({ vote: 1 })
  })
})

describe('an instance event that reaches a cluster', () => {
  const restarted = (instanceId: string) =>
    anEvent({
      eventId: 'RDS-EVENT-0006',
      meaning: 'Instance restarted',
      watch: 'restart',
      ours: 'if-member',
      instanceId,
    })
  const world = () =>
    aWorld({
      config: aCluster(),
      dns: [[0, aliasTo('orders-2', B)]],
      votes: [[0, vote('orders-2')]],
      registered: { [A]: 'healthy' },
    })

  it('is followed when the instance is a member', async () => {
    expect(await world().invoke(restarted('Orders-1'))).toMatchObject({ outcome: 'repointed' })
  })

  it('is held when it is not, and nothing is written', async () => {
    const other = world()

    expect(await other.invoke(restarted('invoices-1'))).toMatchObject({ outcome: 'held', reason: 'other-database' })
    expect(other.writes()).toEqual([])
  })

  it('stays ours when its member leaves the cluster', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [
        [0, aliasTo('one', A)],
        [15_000, aliasTo('two', B)],
      ],
      votes: [
        [0, voteOf('one')],
        [15_500, { ...voteOf('one', ['two', 'three']), status: 'failing-over' }],
        [19_000, voteOf('two', ['two', 'three'])],
      ],
      registered: { [A]: 'healthy' },
    })
    const report = await world.invoke(anEvent({ eventId: 'RDS-EVENT-0020', ours: 'if-member', instanceId: 'one' }))
    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
    expect(report.outcome).toBe('repointed')
  })
})

describe('a cluster behind a name of one’s own', () => {
  const chained = (id: string, ip: string) => ({
    kind: 'addresses' as const,
    addresses: [ip],
    ttlSeconds: 5,
    chain: [
      'db.example.internal',
      'orders.cluster-abc123.eu-west-1.rds.amazonaws.com',
      `${id}.abc123.eu-west-1.rds.amazonaws.com`,
    ],
  })

  it('settles behind a name of one’s own', async () => {
    const world = aWorld({
      config: aCluster({ database: { endpoint: 'db.example.internal' } }),
      dns: [[0, chained('orders-2', B)]],
      votes: [[0, vote('orders-2')]],
      registered: { [A]: 'healthy' },
    })
    await world.invoke(resync)
    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
  })
})

describe('a flap back to the old writer', () => {
  it.each([4, 8, 12, 20, 30])('of %i s does not cost the new one its registration', async seconds => {
    const flappedMs = 14_000 + seconds * 1000
    const world = aWorld({
      config: aCluster(),
      dns: [
        [0, aliasTo('orders-1', A)],
        [10_000, aliasTo('orders-2', B)],
        [14_000, aliasTo('orders-1', A)],
        [flappedMs, aliasTo('orders-2', B)],
      ],
      votes: [
        [0, vote('orders-1')],
        [60_000, vote('orders-2')],
      ],
      registered: { [A]: 'healthy' },
      frontDoor: { registrationMs: 150_000 },
    })

    await world.invoke(started)

    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
  })

  it('is known to the next invocation', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [
        [0, aliasTo('orders-1', A)],
        [10_000, aliasTo('orders-2', B)],
        [14_000, aliasTo('orders-1', A)],
        [40_000, aliasTo('orders-2', B)],
      ],
      votes: [[0, vote('orders-1')]],
      registered: { [A]: 'healthy' },
      frontDoor: { registrationMs: 1000 },
    })

    await world.invoke(started, { remainingMs: 16_000 })
    await world.invoke(resync, { remainingMs: 20_000 })

    expect(world.writes()).toEqual([`+${target(B)}`])
  })
})

describe('an instance that is not found', () => {
  it('in the moment of its deletion is no information and is asked again', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [
        [0, nothing()],
        [2000, aliasTo('orders-2', B)],
      ],
      votes: [
        [0, vote('orders-1')],
        [5000, vote('orders-2')],
      ],
      registered: { [A]: 'healthy' },
    })
    Object.assign(world.ports.clusters, {
      endpointOf: () => Promise.reject(new AwsError('not-found', 'DBInstanceNotFound')),
    })

    expect(await world.invoke(started)).toMatchObject({ outcome: 'repointed' })
  })
})
