import { describe, expect, it } from 'vitest'
import { logMessages } from '../../functions/reconciler/names.ts'
import type { Trigger } from '../../functions/reconciler/triggers.ts'
import { failover, full, names, still, vote, weigh, weightedDoor } from '../fakes/cluster-world.ts'
import { answers, nothing } from '../fakes/fake-dns.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import { A, aCluster, aConfig, aWorld, B, failoverCompleted, port, resync, tick, type World } from '../fakes/world.ts'

const minute = 60_000

/** One run of the schedule a minute, each with what it asked of AWS. */
const runs = async (world: World, count: number, trigger: Trigger = tick) => {
  const found = []
  for (let run = 0; run < count; run++) {
    const before = calls(world)
    const report = await world.invoke(trigger)
    found.push({ reason: report.reason, calls: calls(world) - before, report })
    await world.clock.run(world.clock.sleep(minute))
  }
  return found
}

const calls = ({ frontDoor, asked }: World): number =>
  frontDoor.calls.length + Object.values(asked).reduce((sum, count) => sum + count, 0)

const callsOf = (found: Awaited<ReturnType<typeof runs>>) => found.map(run => run.calls)

const inSync = (random = 0.5) =>
  aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'healthy' }, random: () => random })
const weightedWorld = (options: Partial<Parameters<typeof aWorld>[0]> = {}) => {
  const world = aWorld({ ...still, config: aCluster({ frontDoors: [weightedDoor] }), ...options })
  full(world)
  weigh(world, 1, 0, 0)
  return world
}

describe('a quiet run', () => {
  it('asks nothing of AWS until five minutes have passed, once two runs have found all well', async () => {
    expect(callsOf(await runs(inSync(), 8))).toEqual([1, 1, 0, 0, 0, 0, 1, 0])
  })

  it('asks nothing about a cluster either: no listener, no group, no member', async () => {
    const [first, second, ...later] = callsOf(await runs(weightedWorld(), 6))

    expect(first).toBeGreaterThan(5)
    expect(second).toBeGreaterThan(2)
    expect(later).toEqual([0, 0, 0, 0])
  })

  it('is in sync, and says how old that is', async () => {
    const [, first, second] = await runs(inSync(), 3)

    expect(first?.report).not.toHaveProperty('rememberedMs')
    expect(second?.report).toMatchObject({
      ...{ outcome: 'in-sync', reason: 'already-in-sync', plan: [], stepsDone: [] },
      ...{ rememberedMs: minute, writer: { addresses: [A] }, after: [{ targetGroupArn: writerGroup }] },
    })
  })

  it('is in the log like any other', async () => {
    const world = inSync()
    const found = await runs(world, 3)

    expect(world.log).toEqual(found.map(({ report }) => ({ message: logMessages.summary, fields: [report] })))
  })

  it('does not say that the writer is healthy: it has not asked', async () => {
    const [, first, second] = await runs(inSync(), 3)

    expect(first?.report.isWriterHealthy).toBe(true)
    expect(second?.report).not.toHaveProperty('isWriterHealthy')
  })

  it('reads sooner than the time that is set, by up to a quarter, so that a fleet does not read together', async () => {
    expect(callsOf(await runs(inSync(0), 7))).toEqual([1, 1, 0, 0, 0, 0, 1])
    expect(callsOf(await runs(inSync(0.9999), 7))).toEqual([1, 1, 0, 0, 0, 1, 0])
  })

  it('is not made where the memory is switched off', async () => {
    const config = aConfig({ rememberMs: 0 })
    const world = aWorld({ config, dns: [[0, answers(A)]], registered: { [A]: 'healthy' } })

    expect(callsOf(await runs(world, 3))).toEqual([1, 1, 1])
  })

  it.each<[string, Trigger]>([
    ['somebody who asks', resync],
    ['an event of RDS', failoverCompleted],
    ['a plan', { kind: 'plan' }],
  ])('is not made for %s', async (_, trigger) => {
    const world = inSync()
    await runs(world, 3)
    const before = calls(world)

    expect(await world.invoke(trigger)).not.toHaveProperty('rememberedMs')
    expect(calls(world)).toBeGreaterThan(before)
  })

  it('is not made by a new execution environment', async () => {
    const world = inSync()
    await runs(world, 3)
    world.goCold()

    expect(callsOf(await runs(world, 1))).toEqual([1])
  })

  it('is not made when the clock was set back', async () => {
    const world = inSync()
    await runs(world, 3)
    const before = calls(world)
    const { clock, ...ports } = world.ports
    const yesterday = { ...clock, now: () => clock.now() - 86_400_000 }
    Object.assign(world.ports, ports, { clock: yesterday })

    await world.invoke(tick)
    expect(calls(world)).toBeGreaterThan(before)
  })
})

describe('what makes the next run of the schedule ask again', () => {
  it.each<[string, Parameters<typeof answers> | undefined]>([
    ['another address', [B]],
    ['one more address', [A, B]],
    ['no answer', undefined],
  ])('%s', async (_, addresses) => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [90_000, addresses === undefined ? nothing() : answers(...addresses)],
      ],
      registered: { [A]: 'healthy' },
    })
    const [, , third] = await runs(world, 3)

    expect(third?.calls).toBeGreaterThan(0)
    expect(third?.report).not.toHaveProperty('rememberedMs')
  })

  it('an endpoint that names another instance at the same address', async () => {
    const renamed = { ...answers(A), chain: ['orders.cluster-abc123.eu-west-1.rds.amazonaws.com', 'two.abc123.eu'] }
    const world = weightedWorld({ dns: [...still.dns, [90_000, renamed]] })

    expect(callsOf(await runs(world, 3))[2]).toBeGreaterThan(0)
  })

  it("a member's address", async () => {
    const own = { ...names }
    const world = weightedWorld({ names: own })
    await runs(world, 3)
    own['three.abc123.eu-west-1.rds.amazonaws.com'] = answers('10.0.3.31')

    const [report] = await runs(world, 1)
    expect(report?.calls).toBeGreaterThan(0)
    expect(world.writes()).toEqual(['-10.0.3.30:5432', '+10.0.3.31:5432'])
  })

  it.each<[string, Parameters<typeof aWorld>[0]]>([
    ['an unhealthy writer', { dns: [[0, answers(A)]], registered: { [A]: 'unhealthy' } }],
    ['a writer that is nowhere', { dns: [[0, nothing('ENOTFOUND')]], registered: { [A]: 'healthy' } }],
    [
      'a policy that holds back',
      { config: aConfig({ policies: ['paused'] }), dns: [[0, answers(B)]], registered: { [A]: 'healthy' } },
    ],
  ])('%s: it is looked at every minute', async (_, options) => {
    expect(callsOf(await runs(aWorld(options), 3)).every(count => count > 0)).toBe(true)
  })

  it('a read that AWS refused', async () => {
    const world = inSync()
    await runs(world, 6)
    world.frontDoor.failNext('registrations', new Error('AccessDenied'))
    await expect(world.invoke(tick)).rejects.toThrow('AccessDenied')

    expect(callsOf(await runs(world, 1))).toEqual([1])
  })
})

describe('the memory of a quiet run', () => {
  it('justifies no write: what was changed by hand meanwhile is read before the writer is followed', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [150_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
    })
    await runs(world, 3)
    world.frontDoor.put({ ip: B, port }, 'healthy')

    await world.invoke(tick)
    expect(world.writes()).toEqual(['-10.0.1.10:5432'])
  })

  it('hides a change by hand for no longer than it lasts', async () => {
    const world = inSync()
    await runs(world, 3)
    await world.ports.frontDoor.deregister(writerGroup, [{ ip: A, port }])
    const found = await runs(world, 5)

    expect(found.map(run => run.reason)).toContain('first-registration')
    expect(world.writes().at(-1)).toBe('+10.0.1.10:5432')
  })

  it('leaves a moved writer to the minute in which it moves', async () => {
    const world = weightedWorld({
      ...failover,
      dns: [
        [0, still.dns[0][1]],
        [130_000, failover.dns[1]?.[1] ?? nothing()],
      ],
      votes: [
        [0, vote('one')],
        [130_500, vote('two')],
      ],
    })
    const found = await runs(world, 4)

    expect(found.map(run => run.reason)).toEqual([
      'already-in-sync',
      'already-in-sync',
      'already-in-sync',
      'drift-corrected',
    ])
  })

  it('is no gap in what DNS has been seen to say: three runs that agree settle the writer', async () => {
    const world = inSync()
    await runs(world, 5)

    expect(await world.invoke(resync)).toMatchObject({ writer: { kind: 'settled' }, timings: { looks: 1 } })
  })
})
