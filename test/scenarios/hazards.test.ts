import { describe, expect, it } from 'vitest'
import { calling } from '../../functions/reconciler/adapters/aws-failure.ts'
import { parseConfig } from '../../functions/reconciler/config.ts'
import { plan } from '../../functions/reconciler/core/plan.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { aliasTo, answers, nothing } from '../fakes/fake-dns.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import {
  A,
  aCluster,
  aConfig,
  anEvent,
  aWorld,
  B,
  C,
  failoverCompleted,
  failoverStarted,
  port,
  resync,
  type World,
} from '../fakes/world.ts'
import { interfaceAt } from '../unit/core/builders.ts'

const D = '10.0.4.40'
const target = (ip: string) => `${ip}:5432`
const second = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders-2/fedcba9876543210'
const swapDoor = (targetGroupArn: string) => ({
  role: 'writer' as const,
  strategy: 'swap' as const,
  targetGroupArn,
  port,
})
const listenerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/orders/0123456789abcdef/0123456789abcdef'
const groups = ['1', '2', '3'].map(end => `${writerGroup.slice(0, -1)}${end}`)
const [one = '', two = '', three = ''] = groups
const host = (id: string) => `${id}.abc123.eu-west-1.rds.amazonaws.com`
const ids = ['one', 'two', 'three']
const vote = (writerId: string, memberIds = ids) => ({ status: 'available', memberIds, writerId })
const members = ids.map(id => ({ id, status: 'available', endpoint: host(id) }))
const names = { [host('one')]: answers(A), [host('two')]: answers(B), [host('three')]: answers(C) }
const weightedDoor = {
  role: 'writer' as const,
  strategy: 'weighted' as const,
  listenerArn,
  targetGroupArns: groups,
  port,
}
const weigh = (world: World, ...weights: number[]) =>
  world.frontDoor.putWeights(
    listenerArn,
    groups.map((targetGroupArn, index) => ({ targetGroupArn, weight: weights[index] ?? 0 })),
  )
const started = anEvent({ eventId: 'RDS-EVENT-0073', meaning: 'Failover across zones started' })

describe('a watch', () => {
  it('goes on until the writer has moved when it removes a leftover', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [14_000, answers(B)],
      ],
      registered: { [A]: 'healthy', [C]: 'unhealthy' },
    })
    await world.invoke(failoverStarted)
    expect(world.writes()).toContain(`+${target(B)}`)
  })
  it('does not end on the old writer after one flap', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [5000, answers(B)],
        [6000, answers(A)],
        [20_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
    })
    await world.invoke(failoverStarted)
    expect(world.writes().at(-1)).toBe(`-${target(A)}`)
  })
  it('takes a refused answer for no move of the writer', async () => {
    const world = aWorld({
      dns: [
        [0, answers('54.84.181.60')],
        [1000, answers(A)],
        [14_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
    })
    await world.invoke(failoverStarted)
    expect(world.writes()).toContain(`+${target(B)}`)
  })
  it('takes an ambiguous answer for no move of the writer', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A, B)],
        [1000, answers(A)],
        [14_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
    })
    await world.invoke(failoverStarted)
    expect(world.writes()).toContain(`+${target(B)}`)
  })
  it('stays ours when its member leaves the cluster', async () => {
    const world = aWorld({
      config: aCluster(),
      dns: [
        [0, aliasTo('one', A)],
        [15_000, aliasTo('two', B)],
      ],
      votes: [
        [0, vote('one')],
        [15_500, { ...vote('one', ['two', 'three']), status: 'failing-over' }],
        [19_000, vote('two', ['two', 'three'])],
      ],
      registered: { [A]: 'healthy' },
    })
    const report = await world.invoke(anEvent({ eventId: 'RDS-EVENT-0020', ours: 'if-member', instanceId: 'one' }))
    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
    expect(report.outcome).toBe('repointed')
  })
  it('does not refuse for one look that shows unused', async () => {
    const world = aWorld({
      dns: [[0, answers(B)]],
      registered: { [A]: 'unhealthy' },
    })
    const startMs = world.clock.now()
    const { frontDoor } = world.ports
    Object.assign(world.ports, {
      frontDoor: {
        ...frontDoor,
        registrations: async (arn: string) => {
          const seen = await frontDoor.registrations(arn)
          return world.clock.now() - startMs < 2000
            ? seen.map(held =>
                held.ip === B ? { ...held, state: 'unused' as const, stateReason: 'Target.NotInUse' } : held,
              )
            : seen
        },
      },
    })
    const report = await world.invoke(resync)
    expect(report.outcome).toBe('repointed')
  })
})

describe('a fault of one thing leaves the others alone: it', () => {
  it('goes on at a front door while the other cannot be read', async () => {
    const world = aWorld({
      config: aConfig({ frontDoors: [swapDoor(writerGroup), swapDoor(second)] }),
      dns: [[0, answers(B)]],
      registered: { [A]: 'unhealthy' },
    })
    world.frontDoor.put({ ip: A, port }, 'unhealthy', second)
    for (let n = 0; n < 1000; n++)
      world.frontDoor.failNext('registrations', new TransientError('throttled', 'Rate exceeded'), 'before', second)
    await world.invoke(failoverCompleted)
    expect(world.writes()).toContain(`+${target(B)}`)
  })
  it('follows the failover although AWS refuses to register a reader', async () => {
    const world = aWorld({
      config: aCluster({ frontDoors: [weightedDoor] }),
      names,
      members: [[0, members]],
      dns: [
        [0, aliasTo('one', A)],
        [17_000, aliasTo('two', B)],
      ],
      votes: [
        [0, vote('one')],
        [17_500, vote('two')],
      ],
    })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    weigh(world, 1, 0, 0)
    world.frontDoor.failNext('register', new AwsError('invalid-target', 'InvalidTarget'), 'before', three)
    await world.invoke(started).catch(() => undefined)
    expect(world.writes()).toContain('=2')
  })
  it('follows the failover although a tag may not be written', async () => {
    const config = aConfig({ frontDoors: [{ role: 'writer', strategy: 'standby', targetGroupArn: writerGroup, port }] })
    const world = aWorld({
      config,
      dns: [
        [0, answers(A)],
        [14_000, answers(B)],
      ],
      owners: [[0, [interfaceAt(A), interfaceAt(B)]]],
      registered: { [A]: 'healthy' },
    })
    world.frontDoor.failNext('remember', new AwsError('access-denied', 'elasticloadbalancing:AddTags'))
    await world.invoke(failoverStarted).catch(() => undefined)
    expect(world.writes()).toContain(`+${target(B)}`)
  })
  it('clears a stale one at a front door while the writer is unused at the other', async () => {
    const world = aWorld({
      config: aConfig({ frontDoors: [swapDoor(writerGroup), swapDoor(second)] }),
      dns: [[0, answers(B)]],
      registered: { [B]: 'unused' },
    })
    world.frontDoor.put({ ip: A, port }, 'unhealthy', second)
    world.frontDoor.put({ ip: B, port }, 'healthy', second)
    for (let tick = 0; tick < 5; tick++) await world.invoke(resync)
    expect(world.writes()).toEqual([`-${target(A)}`])
  })
})

describe('standby', () => {
  const config = aConfig({ frontDoors: [{ role: 'writer', strategy: 'standby', targetGroupArn: writerGroup, port }] })
  const remembered = (world: World, ...ips: string[]) =>
    world.frontDoor.putPair(
      writerGroup,
      ips.map(ip => ({ ip, interfaceId: `eni-${ip}`, subnetId: `subnet-${ip}` })),
    )
  it('does not keep the old database of a switchover or a rename as the partner', async () => {
    const all = [interfaceAt(A), interfaceAt(B), interfaceAt(C), interfaceAt(D)]
    const world = aWorld({
      config,
      dns: [
        [0, answers(A)],
        [14_000, answers(C)],
      ],
      owners: [[0, all]],
      neighbourhood: { isMultiAz: true, sharedWith: ['orders-old1'], interfaces: all },
      registered: { [A]: 'healthy', [B]: 'unhealthy' },
      frontDoor: { registrationMs: 90_000 },
    })
    remembered(world, A, B)
    await world.invoke(anEvent({ eventId: 'RDS-EVENT-0250', meaning: 'Switchover of the instance started' }))
    for (let tick = 0; tick < 5; tick++) await world.invoke(resync)
    expect(
      Object.entries(world.frontDoor.states())
        .filter(([, state]) => state === 'healthy')
        .map(([key]) => key),
    ).toEqual([target(C)])
  })
  it.each([
    ['throttled', new TransientError('throttled', 'Rate exceeded')],
    ['denied', new AwsError('access-denied', 'rds:DescribeDBInstances')],
  ] as const)('lets a disproved address go while DescribeDBInstances is %s', async (_w, error) => {
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [[0, [interfaceAt(A), interfaceAt(B, { interfaceId: 'eni-x', requesterId: '111122223333' })]]],
      registered: { [A]: 'healthy', [B]: 'healthy' },
    })
    Object.assign(world.ports.interfaces, { neighbourhood: () => Promise.reject(error) })
    remembered(world, A, B)
    await world.invoke(failoverStarted).catch(() => undefined)
    expect(world.writes()[0]).toBe(`-${target(B)}`)
  })
  it('registers no partner outside the allowed networks', async () => {
    const both = [interfaceAt(A), interfaceAt(B)]
    const world = aWorld({
      config: aConfig({ allowedCidrs: ['10.0.1.0/24'], frontDoors: config.frontDoors }),
      dns: [[0, answers(A)]],
      owners: [[0, both]],
      neighbourhood: { isMultiAz: true, sharedWith: [], interfaces: both },
      registered: { [A]: 'healthy' },
    })
    await world.invoke(resync)
    expect(world.writes().filter(w => w.includes(B) && w.startsWith('+'))).toEqual([])
  })
  it('does not call the tag alone drift', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [[0, [interfaceAt(A)]]],
      registered: { [A]: 'healthy' },
    })
    await world.invoke(resync)
    expect(world.published.map(p => p.detailType)).not.toContain('Repoint Drift Corrected')
  })
})

describe('weighted', () => {
  /** A cluster whose writer stays, and one that fails over. */
  const still = {
    names,
    members: [[0, members]] as const,
    dns: [[0, aliasTo('one', A)]] as const,
    votes: [[0, vote('one')]] as const,
  }
  const moving = {
    ...still,
    dns: [...still.dns, [17_000, aliasTo('two', B)]] as const,
    votes: [...still.votes, [17_500, vote('two')]] as const,
  }
  const config = (more = {}) => aCluster({ frontDoors: [weightedDoor], ...more })
  it('never registers a reader in the group that has weight, when add-only', async () => {
    const list = members.filter(({ id }) => id !== 'one')
    const world = aWorld({
      config: config({ policies: ['add-only'] }),
      names,
      members: [[0, list]],
      dns: [[0, aliasTo('two', B)]],
      votes: [[0, vote('two', ['two', 'three'])]],
    })
    world.frontDoor.put({ ip: A, port }, 'unhealthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    world.frontDoor.put({ ip: D, port }, 'unhealthy', three)
    weigh(world, 1, 0, 0)
    await world.invoke(resync)
    expect(Object.keys(world.frontDoor.states(one))).toEqual([target(A)])
  })
  it('mends a listener that also sends to a group of somebody else', async () => {
    const world = aWorld({
      config: config(),
      ...still,
    })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    world.frontDoor.put({ ip: C, port }, 'healthy', three)
    world.frontDoor.putWeights(listenerArn, [
      ...groups.map((targetGroupArn, i) => ({ targetGroupArn, weight: i === 0 ? 1 : 0 })),
      { targetGroupArn: second, weight: 1 },
    ])
    await world.invoke(resync)
    expect(world.writes()).toEqual(['=1'])
  })
  it('registers no member outside the allowed networks', async () => {
    const world = aWorld({
      config: config(),
      names: { ...names, [host('three')]: answers('54.84.181.60') },
      members: [[0, members]],
      dns: [[0, aliasTo('one', A)]],
      votes: [[0, vote('one')]],
    })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    weigh(world, 1, 0, 0)
    await world.invoke(resync)
    expect(world.writes().filter(w => w.includes('54.'))).toEqual([])
  })
  it('excludes whatever the case of the name', async () => {
    const world = aWorld({
      config: aCluster({ frontDoors: [{ ...weightedDoor, exclude: ['Three'] }] }),
      names,
      members: [[0, members]],
      dns: [[0, aliasTo('one', A)]],
      votes: [[0, vote('one')]],
    })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    weigh(world, 1, 0, 0)
    await world.invoke(resync)
    expect(world.writes()).toEqual([])
  })
  it('tells of a repoint whose reply and next look were lost', async () => {
    const world = aWorld({
      config: config(),
      ...moving,
    })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    world.frontDoor.put({ ip: C, port }, 'healthy', three)
    weigh(world, 1, 0, 0)
    world.frontDoor.failNext('setWeights', new TransientError('unavailable', 'socket hang up'), 'after')
    const { frontDoor } = world.ports
    let failed = 0
    Object.assign(world.ports, {
      frontDoor: {
        ...frontDoor,
        weights: async (arn: string) => {
          if (world.writes().includes('=2') && failed++ < 2) {
            throw new TransientError('unavailable', 'socket hang up')
          }
          return frontDoor.weights(arn)
        },
      },
    })
    const report = await world.invoke(started)
    expect(report.outcome).toBe('repointed')
    expect(world.published.map(p => p.detailType)).toContain('Repoint Repointed')
  })
  it('does not call a new reader drift', async () => {
    const world = aWorld({
      config: config(),
      ...still,
    })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    weigh(world, 1, 0, 0)
    const report = await world.invoke(resync)
    expect(report.reason).not.toBe('drift-corrected')
  })
  it('follows the failover in a watch that first places a reader', async () => {
    const world = aWorld({
      config: config(),
      ...moving,
    })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    weigh(world, 1, 0, 0)
    await world.invoke(started)
    expect(world.writes()).toContain('=2')
  })
  it('refuses two front doors on one listener', () => {
    const more = ['4', '5'].map(end => `${writerGroup.slice(0, -1)}${end}`)
    expect(() => aCluster({ frontDoors: [weightedDoor, { ...weightedDoor, targetGroupArns: more }] })).toThrow(
      'listener',
    )
  })
  it('is in sync with weights of 100 and 0', async () => {
    const world = aWorld({
      config: config(),
      ...still,
    })
    for (const [index, group] of groups.entries())
      world.frontDoor.put({ ip: [A, B, C][index] ?? A, port }, 'healthy', group)
    weigh(world, 100, 0, 0)
    await world.invoke(resync)
    expect(world.writes()).toEqual([])
  })
})

describe('a cluster, and its readers: it', () => {
  const chained = (id: string, ip: string) => ({
    kind: 'addresses' as const,
    addresses: [ip],
    ttlSeconds: 5,
    chain: ['db.example.internal', 'orders.cluster-abc123.eu-west-1.rds.amazonaws.com', host(id)],
  })
  it('settles behind a name of one’s own', async () => {
    const world = aWorld({
      config: aCluster({ database: { endpoint: 'db.example.internal' } }),
      dns: [[0, chained('two', B)]],
      votes: [[0, vote('two')]],
      registered: { [A]: 'healthy' },
    })
    await world.invoke(resync)
    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
  })
  const readers = (more = {}) =>
    aCluster({ frontDoors: [{ role: 'reader', strategy: 'swap', targetGroupArn: writerGroup, port, ...more }] })
  it('does not say that there is no reader while the members cannot be asked', async () => {
    const world = aWorld({
      config: readers(),
      dns: [[0, aliasTo('one', A)]],
      votes: [[0, vote('one')]],
      members: [[0, members]],
      names,
      registered: { [B]: 'healthy', [C]: 'healthy' },
    })
    Object.assign(world.ports.clusters, {
      members: () => Promise.reject(new TransientError('throttled', 'Rate exceeded')),
    })
    const report = await world.invoke(resync)
    expect(report.reason).not.toBe('no-reader')
  })
  it('asks again soon after one throttled listing', async () => {
    const world = aWorld({
      config: readers(),
      dns: [[0, aliasTo('two', B)]],
      votes: [[0, vote('two')]],
      members: [[0, members]],
      names,
      registered: { [B]: 'healthy', [C]: 'healthy' },
    })
    const { clusters } = world.ports
    const list = clusters.members
    let n = 0
    Object.assign(clusters, {
      members: (id: string) =>
        n++ === 0 ? Promise.reject(new TransientError('throttled', 'Rate exceeded')) : list(id),
    })
    await world.invoke(failoverCompleted)
    const at = world.frontDoor.calls.find(c => c.kind === 'register')?.atMs ?? 0
    expect(at - 1_800_000_000_000).toBeLessThan(10_000)
  })
  it('does not tell of a healthy target for an initial reader', async () => {
    const world = aWorld({
      config: readers(),
      dns: [[0, aliasTo('two', B)]],
      votes: [[0, vote('two')]],
      members: [[0, members]],
      names,
      registered: { [B]: 'healthy', [C]: 'healthy' },
    })
    await world.invoke(failoverCompleted)
    expect(world.published.map(p => p.detailType)).not.toContain('Repoint Target Healthy')
  })
  it('keeps what serves when the reader that replaces it gets no traffic', () => {
    const member = (id: string, ip: string, isWriter = false) => ({
      id,
      status: 'available',
      isWriter,
      addresses: [ip],
    })
    const steps = plan({
      writer: { kind: 'settled', addresses: [B], because: 'answers-agree' },
      members: [member('one', A), member('two', B, true)],
      doors: [
        {
          role: 'reader',
          strategy: 'swap',
          targetGroupArn: 'g',
          port,
          registrations: [
            { ip: A, port, state: 'unused' },
            { ip: B, port, state: 'healthy' },
          ],
        },
      ],
    })
    expect(steps).toEqual([])
  })
  it('keeps the writer that stands in until the reader is healthy', () => {
    const member = (id: string, ip: string, isWriter = false) => ({
      id,
      status: 'available',
      isWriter,
      addresses: [ip],
    })
    const steps = plan({
      writer: { kind: 'settled', addresses: [B], because: 'answers-agree' },
      members: [member('one', A), member('two', B, true)],
      doors: [
        {
          role: 'reader',
          strategy: 'swap',
          targetGroupArn: 'g',
          port,
          writerWhenAlone: true,
          registrations: [
            { ip: A, port, state: 'initial' },
            { ip: B, port, state: 'healthy' },
          ],
        },
      ],
    })
    expect(steps).toEqual([])
  })
})

describe('time', () => {
  it('does not pause beyond the deadline', async () => {
    const world = aWorld({
      config: aConfig({ settle: { intervalMs: 30_000 } }),
      dns: [[0, nothing()]],
      registered: { [A]: 'healthy' },
    })
    const report = await world.invoke(resync, { remainingMs: 20_000 })
    expect(report.timings.totalMs).toBeLessThanOrEqual(20_000)
  })
  it('is not held to its deadline by somebody who undoes each step', async () => {
    const world = aWorld({ dns: [[0, answers(B)]], registered: { [A]: 'healthy' } })
    const { frontDoor } = world.ports
    Object.assign(world.ports, {
      frontDoor: {
        ...frontDoor,
        registrations: async (arn: string) => (await frontDoor.registrations(arn)).filter(h => h.ip !== B),
      },
    })
    const report = await world.invoke(resync, { remainingMs: 890_000 })
    expect(report.timings.totalMs).toBeLessThan(500_000)
  })
  it('asks the target group rarely while it is paused', async () => {
    const world = aWorld({
      config: aConfig({ policies: ['paused'] }),
      dns: [[0, answers(B)]],
      registered: { [A]: 'healthy' },
    })
    await world.invoke(failoverStarted)
    expect(world.frontDoor.calls.length).toBeLessThan(15)
  })
  it('refuses a span that never settles within the watch', () => {
    expect(() =>
      parseConfig('X', JSON.stringify({ ...JSON.parse(JSON.stringify(aConfig())), settle: { spanMs: 90_000 } })),
    ).toThrow('spanMs')
  })
  it('times the registration of the failover', async () => {
    const world = aWorld({
      config: aConfig({ frontDoors: [swapDoor(writerGroup), swapDoor(second)] }),
      dns: [
        [0, answers(A)],
        [14_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
    })
    const report = await world.invoke(failoverStarted)
    expect(report.timings.registeredMs).toBeGreaterThanOrEqual(14_000)
  })
})
describe('the end', () => {
  it('does not fail what has been done for a hiccup at the last look', async () => {
    const world = aWorld({
      dns: [[0, answers(B)]],
      registered: { [A]: 'unhealthy' },
      frontDoor: { registrationMs: 10_000_000 },
    })
    world.clock.at(364_000, () => {
      for (let n = 0; n < 50; n++)
        world.frontDoor.failNext('registrations', new TransientError('unavailable', 'socket hang up'))
    })
    const report = await world.invoke(resync)
    expect(report.outcome).toBe('waiting')
  })
})

describe('what AWS refuses', () => {
  it('says the cure for a listener that is gone', async () => {
    const gone = Object.assign(new Error('One or more listeners not found'), {
      name: 'ListenerNotFoundException',
      Code: 'ListenerNotFound',
    })
    await expect(
      calling({ action: 'elasticloadbalancing:DescribeListeners', resource: listenerArn }, () => Promise.reject(gone)),
    ).rejects.toMatchObject({ kind: 'not-found' })
  })
})
