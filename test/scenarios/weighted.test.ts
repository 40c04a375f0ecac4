import { describe, expect, it } from 'vitest'
import { TransientError } from '../../functions/reconciler/ports.ts'
import {
  failover,
  full,
  groups,
  host,
  listenerArn,
  members,
  names,
  one,
  second,
  started,
  still,
  three,
  two,
  vote,
  weigh,
  weightedDoor,
} from '../fakes/cluster-world.ts'
import { aliasTo, answers } from '../fakes/fake-dns.ts'
import { A, aCluster, aWorld, B, C, port, resync } from '../fakes/world.ts'

const D = '10.0.4.40'
const target = (ip: string) => `${ip}:5432`
const config = aCluster({ frontDoors: [weightedDoor] })

describe('weighted: each member in a target group of its own', () => {
  it('follows a failover with one call', async () => {
    const world = aWorld({ config, ...failover })
    full(world)
    weigh(world, 1, 0, 0)

    const report = await world.invoke(started)

    expect(world.writes()).toEqual(['=2'])
    expect(report).toMatchObject({ outcome: 'repointed', reason: 'failover-followed' })
    expect(report.timings.healthyMs).toBeLessThan(25_000)
  })

  it('fills its groups at the first run', async () => {
    const world = aWorld({
      config,
      dns: [[0, aliasTo('one', A)]],
      votes: [[0, vote('one')]],
      members: [[0, members]],
      names,
    })
    weigh(world, 1, 0, 0)

    const report = await world.invoke(resync)

    expect(world.writes()).toEqual([`+${target(A)}`, `+${target(B)}`, `+${target(C)}`])
    expect(report).toMatchObject({ outcome: 'repointed', reason: 'first-registration' })
  })

  it('mends the weights that a deployment has put back', async () => {
    const world = aWorld({
      config,
      dns: [[0, aliasTo('two', B)]],
      votes: [[0, vote('two')]],
      members: [[0, members]],
      names,
    })
    full(world)
    weigh(world, 1, 0, 0)

    const report = await world.invoke(resync)

    expect(world.writes()).toEqual(['=2'])
    expect(report).toMatchObject({ outcome: 'repointed', reason: 'drift-corrected' })
  })

  it('costs a look at each group, the listener, the cluster and its members when all is well', async () => {
    const world = aWorld({
      config,
      dns: [[0, aliasTo('one', A)]],
      votes: [[0, vote('one')]],
      members: [[0, members]],
      names,
    })
    full(world)
    weigh(world, 1, 0, 0)

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'in-sync' })
    expect(world.frontDoor.calls).toHaveLength(4)
    expect(world.asked).toEqual({ vote: 1, members: 1 })
  })

  /** The endpoint goes back once, for so long. */
  const aFlap = (flapMs: number, more: Partial<Parameters<typeof aWorld>[0]> = {}) => {
    const world = aWorld({
      config,
      ...failover,
      dns: [
        [0, aliasTo('one', A)],
        [10_000, aliasTo('two', B)],
        [12_000, aliasTo('one', A)],
        [12_000 + flapMs, aliasTo('two', B)],
      ],
      ...more,
    })
    full(world)
    weigh(world, 1, 0, 0)
    return world
  }

  it('leaves the weights alone when the endpoint flaps and the API still names the old writer', async () => {
    const world = aFlap(4_000)

    await world.invoke(started)

    expect(world.writes()).toEqual(['=2'])
  })

  it.each([4, 8, 15, 25, 30].flatMap(flapS => [0, 15, 45, 120].map(lagS => [flapS, lagS] as const)))(
    'changes the weights once when the endpoint goes back for %i s and the API lags by %i s',
    async (flapS, lagS) => {
      const world = aFlap(flapS * 1000, {
        votes: [
          [0, vote('one')],
          [10_000 + lagS * 1000, vote('two')],
        ],
      })

      await world.invoke(started)

      expect(world.writes()).toEqual(['=2'])
    },
  )

  it('never registers a reader in the group that has weight, when add-only', async () => {
    const list = members.filter(({ id }) => id !== 'one')
    const world = aWorld({
      config: aCluster({ frontDoors: [weightedDoor], policies: ['add-only'] }),
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
      config,
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
      config,
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
      config,
      ...failover,
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
      config,
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
      config,
      ...failover,
    })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    weigh(world, 1, 0, 0)
    await world.invoke(started)
    expect(world.writes()).toContain('=2')
  })

  it('is in sync with weights of 100 and 0', async () => {
    const world = aWorld({
      config,
      ...still,
    })
    for (const [index, group] of groups.entries())
      world.frontDoor.put({ ip: [A, B, C][index] ?? A, port }, 'healthy', group)
    weigh(world, 100, 0, 0)
    await world.invoke(resync)
    expect(world.writes()).toEqual([])
  })
})

describe('the weights', () => {
  it.each([0, 30_000, 120_000, 540_000])('follow within the flap when IsClusterWriter lags by %i ms', async lagMs => {
    const world = aWorld({
      config,
      ...failover,
      votes: [
        [0, vote('one')],
        [17_000 + lagMs, vote('two')],
      ],
    })
    full(world)
    weigh(world, 1, 0, 0)

    const report = await world.invoke(started)

    const changedMs = world.frontDoor.calls.find(({ kind }) => kind === 'setWeights')?.atMs ?? Number.POSITIVE_INFINITY
    expect(changedMs - 1_800_000_017_000).toBeLessThan(40_000)
    if (lagMs > 60_000) expect(report.writer).toMatchObject({ because: 'dns-outlasts-rds' })
  })

  it('are in sync beside a group of somebody else that has none', async () => {
    const world = aWorld({ config, ...still })
    full(world)
    world.frontDoor.putWeights(listenerArn, [
      ...groups.map((targetGroupArn, index) => ({ targetGroupArn, weight: index === 0 ? 1 : 0 })),
      { targetGroupArn: second, weight: 0 },
    ])

    expect(await world.invoke(resync)).toMatchObject({ reason: 'already-in-sync' })
    expect(world.writes()).toEqual([])
  })
})

describe('one step is seen before the next is planned', () => {
  it.each([1000, 3000, 5000])('also when reads lag by %i ms: never two addresses behind weight', async lagMs => {
    const world = aWorld({
      config,
      ...still,
      dns: [[0, aliasTo('two', B)]],
      votes: [[0, vote('two')]],
    })
    // A stranger has the weight, and the writer a group with a member beside it.
    world.frontDoor.put({ ip: D, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    world.frontDoor.put({ ip: A, port }, 'healthy', two)
    weigh(world, 1, 0, 0)
    const { frontDoor } = world.ports
    const past: { untilMs: number; arn: string; seen: Awaited<ReturnType<typeof frontDoor.registrations>> }[] = []
    const served: number[] = []
    const record = async (arn: string) =>
      past.push({ untilMs: world.clock.now(), arn, seen: await frontDoor.registrations(arn) })
    Object.assign(world.ports, {
      frontDoor: {
        ...frontDoor,
        registrations: async (arn: string) =>
          past.find(it => it.arn === arn && world.clock.now() - lagMs < it.untilMs)?.seen ??
          frontDoor.registrations(arn),
        register: async (arn: string, targets: Parameters<typeof frontDoor.register>[1]) => {
          await record(arn)
          await frontDoor.register(arn, targets)
        },
        deregister: async (arn: string, targets: Parameters<typeof frontDoor.deregister>[1]) => {
          await record(arn)
          await frontDoor.deregister(arn, targets)
        },
        setWeights: async (arn: string, weights: Parameters<typeof frontDoor.setWeights>[1]) => {
          const answer = await frontDoor.setWeights(arn, weights)
          const [serving] = weights.filter(({ weight }) => weight > 0)
          const states = Object.values(world.frontDoor.states(serving?.targetGroupArn))
          served.push(states.filter(state => state !== 'draining').length)
          return answer
        },
      },
    })

    await world.invoke(resync)

    expect(served).toEqual([1])
    expect(world.writes().filter(write => write.startsWith('-'))).toHaveLength(2)
  })

  it('and a member that two idle groups hold leaves one of them', async () => {
    const world = aWorld({
      config,
      ...still,
      members: [[0, members.slice(0, 2)]],
      votes: [[0, vote('one', ['one', 'two'])]],
    })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    world.frontDoor.put({ ip: B, port }, 'healthy', three)
    weigh(world, 1, 0, 0)

    await world.invoke(resync)

    expect(world.writes()).toEqual([`-${target(B)}`])
    expect(world.frontDoor.states(two)).toEqual({ [target(B)]: 'healthy' })
  })
})
