import { describe, expect, it } from 'vitest'
import { logMessages } from '../../functions/reconciler/names.ts'
import { TransientError } from '../../functions/reconciler/ports.ts'
import { failover, full, started, still, vote, weigh, weightedDoor } from '../fakes/cluster-world.ts'
import { aliasTo, answers } from '../fakes/fake-dns.ts'
import {
  A,
  aCluster,
  aConfig,
  aWorld,
  B,
  failoverCompleted,
  failoverStarted,
  port,
  resync,
  settledWorld,
  tick,
  type World,
} from '../fakes/world.ts'

/** Many functions share the calls of an account: what one of them asks for, and when. */

const minute = 60_000
const throttled = () => new TransientError('throttled', 'Rate exceeded')

const readsOf = ({ frontDoor }: World) =>
  frontDoor.calls.filter(({ kind }) => kind === 'registrations' || kind === 'weights')

const movesAfter = 2 * minute + 15_000
const swap = (config = aConfig()) =>
  aWorld({
    config,
    dns: [
      [0, answers(A)],
      [movesAfter, answers(B)],
    ],
    registered: { [A]: 'healthy' },
  })

/** `weighted`. */
const moving = () => {
  const world = aWorld({
    ...still,
    config: aCluster({ frontDoors: [weightedDoor] }),
    dns: [...still.dns, [movesAfter, aliasTo('two', B)]],
    votes: [...still.votes, [movesAfter, vote('two')]],
  })
  full(world)
  weigh(world, 1, 0, 0)
  return world
}

describe('a run for an event, where all was well', () => {
  it('reads nothing until DNS moves, and then once before it registers', async () => {
    const world = swap()
    const startMs = world.clock.now()
    await settledWorld(world)
    const before = world.frontDoor.calls.length
    await world.invoke(failoverStarted)

    const [first, second] = world.frontDoor.calls.slice(before)
    expect(first).toMatchObject({ kind: 'registrations', atMs: startMs + movesAfter })
    expect(second).toMatchObject({ kind: 'register', atMs: startMs + movesAfter })
  })

  it('sets weights on the listener and the group of the writer alone', async () => {
    const world = moving()
    await settledWorld(world)
    const before = world.frontDoor.calls.length
    await world.invoke(started)

    const calls = world.frontDoor.calls.slice(before)
    const weights = calls.findIndex(({ kind }) => kind === 'setWeights')
    expect(calls.slice(0, weights).map(({ kind, place }) => [kind, place])).toEqual([
      ['weights', weightedDoor.listenerArn],
      ['registrations', weightedDoor.targetGroupArns[1]],
    ])
  })

  it('calls nothing well from memory: it reads before it ends, though DNS has not moved', async () => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'healthy' } })
    await settledWorld(world)
    world.frontDoor.put({ ip: A, port }, 'unhealthy')

    expect(await world.invoke(failoverStarted)).toMatchObject({ reason: 'target-not-healthy', isWriterHealthy: false })
  })

  it('finds the writer that died after its failover within the run for the completed event', async () => {
    const world = swap()
    await settledWorld(world)
    const eventMs = world.clock.now()
    expect(await world.invoke(failoverStarted)).toMatchObject({ outcome: 'repointed', isWriterHealthy: true })
    await world.clock.run(world.clock.sleep(5000))
    world.frontDoor.put({ ip: B, port }, 'unhealthy')
    const report = await world.invoke({ ...failoverStarted, watch: 'completed', atMs: eventMs + 30_000 })

    expect(report).toMatchObject({ reason: 'target-not-healthy', isWriterHealthy: false })
  })

  it('reads at once where another run has just written: a read may not show it yet', async () => {
    const readAfter = async (pauseMs: number) => {
      const config = aConfig({ settle: { readLagMs: 10_000 } })
      const world = aWorld({ config, dns: [[0, answers(B)]], frontDoor: { registrationMs: 1000 } })
      const eventMs = world.clock.now()
      await world.invoke(resync)
      await world.clock.run(world.clock.sleep(pauseMs))
      const [before, invokedMs] = [readsOf(world).length, world.clock.now()]
      await world.invoke({ ...failoverCompleted, atMs: eventMs })
      return Number(readsOf(world)[before]?.atMs) - invokedMs
    }
    expect(await readAfter(0)).toBe(0)
    expect(await readAfter(3000)).toBeGreaterThan(10_000)
  })

  it('reads at once where something was not well', async () => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'unhealthy' } })
    await settledWorld(world)
    const before = readsOf(world).length
    const invokedMs = world.clock.now()
    await world.invoke(failoverStarted)

    expect(readsOf(world)[before]?.atMs).toBe(invokedMs)
  })
})

describe('a crowded account', () => {
  it('is asked again for a registration without another read, for three minutes', async () => {
    const world = swap()
    await settledWorld(world)
    const before = world.frontDoor.calls.length
    for (let refused = 0; refused < 3; refused++) world.frontDoor.failNext('register', throttled())
    await world.invoke(failoverStarted)

    const calls = world.frontDoor.calls.slice(before).map(({ kind }) => kind)
    expect(calls.slice(0, 5)).toEqual(['registrations', 'register', 'register', 'register', 'register'])
  })

  it('is asked again to take a registration away only after another read', async () => {
    const world = aWorld({ dns: [[0, answers(B)]], registered: { [A]: 'unhealthy' } })
    for (let refused = 0; refused < 3; refused++) world.frontDoor.failNext('deregister', throttled())
    await world.invoke(resync)

    const calls = world.frontDoor.calls.map(({ kind }) => kind)
    expect(calls.filter((kind, index) => kind === 'deregister' && calls[index - 1] !== 'registrations')).toEqual([])
    expect(calls.filter(kind => kind === 'deregister')).toHaveLength(4)
  })

  it('sees the replaced registration leave later, though another run goes on', async () => {
    const world = swap()
    await settledWorld(world)
    for (let refused = 0; refused < 20; refused++) world.frontDoor.failNext('register', throttled())
    await world.invoke(failoverStarted, { remainingMs: 120_000 })
    expect(Object.keys(world.frontDoor.states())).toEqual([`${A}:${port}`, `${B}:${port}`])
    const invokedMs = world.clock.now()
    await world.invoke(failoverCompleted)

    const left = world.frontDoor.calls.find(({ kind }) => kind === 'deregister')
    expect(Number(left?.atMs) - invokedMs).toBeGreaterThan(60_000)
  })

  it('sees the replaced registration leave later, after those that replace others', async () => {
    const leavingAfter = async (refusals: number) => {
      const world = swap()
      await settledWorld(world)
      for (let refused = 0; refused < refusals; refused++) world.frontDoor.failNext('register', throttled())
      await world.invoke(failoverStarted)
      const at = (kind: string) => Number(world.frontDoor.calls.findLast(call => call.kind === kind)?.atMs)
      return at('deregister') - at('register')
    }

    expect(await leavingAfter(0)).toBeLessThan(10_000)
    const afterOne = await leavingAfter(1)
    expect(afterOne).toBeGreaterThan(5000)
    expect(afterOne).toBeLessThan(20_000)
    const afterMany = await leavingAfter(20)
    expect(afterMany).toBeGreaterThan(200_000)
    expect(afterMany).toBeLessThan(600_000)
  })

  it('is read on by a scheduled run where it turned the one before away', async () => {
    const world = aWorld({ ...still, config: aCluster({ frontDoors: [weightedDoor] }) })
    full(world)
    weigh(world, 1, 0, 0)
    const [first, second, third] = weightedDoor.targetGroupArns
    const placesOf = async () => {
      const before = world.frontDoor.calls.length
      await world.invoke(tick)
      await world.clock.run(world.clock.sleep(minute))
      return world.frontDoor.calls.slice(before).map(({ place }) => place)
    }

    world.frontDoor.failNext('registrations', throttled())
    expect(await placesOf()).toEqual([weightedDoor.listenerArn, first])
    expect(await placesOf()).toEqual([first, second, third])
  })

  it('is not read on after three minutes: what was read then is old', async () => {
    const world = aWorld({ ...still, config: aCluster({ frontDoors: [weightedDoor] }) })
    full(world)
    weigh(world, 1, 0, 0)
    world.frontDoor.failNext('registrations', throttled())
    await world.invoke(tick)
    await world.clock.run(world.clock.sleep(3 * minute + 1000))
    const before = world.frontDoor.calls.length
    await world.invoke(tick)

    expect(world.frontDoor.calls[before]).toMatchObject({ place: weightedDoor.listenerArn })
  })

  it('is not read on where the writer has moved since', async () => {
    const world = aWorld({
      ...still,
      config: aCluster({ frontDoors: [weightedDoor] }),
      dns: [...still.dns, [minute / 2, aliasTo('two', B)]],
      votes: [...still.votes, [minute / 2, vote('two')]],
    })
    full(world)
    weigh(world, 1, 0, 0)
    world.frontDoor.failNext('registrations', throttled())
    await world.invoke(tick)
    await world.clock.run(world.clock.sleep(minute))

    expect(await world.invoke(tick)).toMatchObject({ outcome: 'repointed' })
    expect(world.frontDoor.calls.filter(({ kind }) => kind === 'weights').length).toBeGreaterThan(1)
  })

  it('is asked nothing by a run for an event that all was read well after', async () => {
    const world = moving()
    await settledWorld(world)
    world.frontDoor.failNext('weights', throttled())
    const eventMs = world.clock.now() + 14_000
    await world.invoke(started)
    await world.clock.run(world.clock.sleep(10_000))
    const before = readsOf(world).length
    const report = await world.invoke({ ...started, watch: 'completed', atMs: eventMs })

    expect(report).toMatchObject({ reason: 'already-in-sync' })
    expect(report).not.toHaveProperty('isWriterHealthy')
    expect(readsOf(world).slice(before)).toEqual([])
  })

  it('is asked by the schedule within some minutes of such a run: what was read before it says nothing of now', async () => {
    const world = moving()
    await settledWorld(world)
    world.frontDoor.failNext('weights', throttled())
    const eventMs = world.clock.now() + 14_000
    await world.invoke(started)
    world.frontDoor.put({ ip: B, port }, 'unhealthy', weightedDoor.targetGroupArns[1])
    await world.invoke({ ...started, watch: 'completed', atMs: eventMs })
    const endedMs = world.clock.now()
    let report = await world.invoke(tick)
    while (report.isWriterHealthy === undefined) {
      await world.clock.run(world.clock.sleep(minute))
      report = await world.invoke(tick)
    }

    expect(report.isWriterHealthy).toBe(false)
    expect(world.clock.now() - endedMs).toBeLessThanOrEqual(4 * minute)
  })

  it('is asked nothing either where Lambda brings that event four minutes late, and nothing is said of health', async () => {
    const world = moving()
    await settledWorld(world)
    world.frontDoor.failNext('weights', throttled())
    const eventMs = world.clock.now() + 14_000
    await world.invoke(started)
    await world.clock.run(world.clock.sleep(3.5 * minute))
    const before = readsOf(world).length
    const report = await world.invoke({ ...started, watch: 'completed', atMs: eventMs })

    expect(readsOf(world).slice(before)).toEqual([])
    expect(report).toMatchObject({ reason: 'already-in-sync' })
    expect(report.rememberedMs).toBeGreaterThan(4 * minute)
    expect(report).not.toHaveProperty('isWriterHealthy')
  })

  it('is read by a run for that event when DNS has moved once more', async () => {
    const world = aWorld({
      ...still,
      config: aCluster({ frontDoors: [weightedDoor] }),
      dns: [...still.dns, [movesAfter, aliasTo('two', B)], [movesAfter + 2 * minute, aliasTo('one', A)]],
      votes: [...still.votes, [movesAfter, vote('two')], [movesAfter + 2 * minute, vote('one')]],
    })
    full(world)
    weigh(world, 1, 0, 0)
    await settledWorld(world)
    const eventMs = world.clock.now() + 14_000
    await world.invoke(started)
    await world.clock.run(world.clock.sleep(3 * minute))

    const report = await world.invoke({ ...started, watch: 'completed', atMs: eventMs })
    expect(report).toMatchObject({ outcome: 'repointed', writer: { addresses: [A] } })
  })

  it('is believed where its answer to new weights names them', async () => {
    const world = moving()
    await settledWorld(world)
    world.frontDoor.failNext('weights', throttled())
    const report = await world.invoke(started)

    const written = world.frontDoor.calls.findIndex(({ kind }) => kind === 'setWeights')
    expect(report).toMatchObject({ reason: 'failover-followed', isWriterHealthy: true })
    expect(world.frontDoor.calls.slice(written + 1)).toEqual([])
  })

  it('sees what a host name left leave at once, because it may go on answering', async () => {
    const world = swap(aConfig({ database: { kind: 'hostname', arn: undefined } }))
    await settledWorld(world)
    world.frontDoor.failNext('register', throttled())
    await world.invoke({ kind: 'watch' })
    const at = (kind: string) => Number(world.frontDoor.calls.findLast(call => call.kind === kind)?.atMs)

    expect(at('deregister')).toBeGreaterThan(at('register'))
    expect(at('deregister') - at('register')).toBeLessThan(30_000)
  })

  it('is followed by the run for the event for as long as Lambda lets it', async () => {
    const world = swap()
    await settledWorld(world)
    for (let refused = 0; refused < 90; refused++) world.frontDoor.failNext('register', throttled())

    const report = await world.invoke(failoverStarted)
    expect(report.stepsDone[0]).toMatchObject({ kind: 'register', targets: [{ ip: B, port }] })
    expect(report.timings.registeredMs).toBeGreaterThan(300_000)
  })

  it('is asked again for what only confirms within two and a half minutes, and then within what the run has left', async () => {
    const pauses = async (random: number) => {
      const world = aWorld({
        dns: [[0, answers(A)]],
        registered: { [A]: 'unhealthy' },
        random: () => random,
      })
      await settledWorld(world)
      for (let refused = 0; refused < 100; refused++) world.frontDoor.failNext('registrations', throttled())
      const before = readsOf(world).length
      await world.invoke(failoverStarted)
      const times = readsOf(world)
        .slice(before)
        .map(({ atMs }) => atMs)
      return times.slice(1).map((atMs, index) => atMs - Number(times[index]))
    }

    const [first = 0, second = 0] = await pauses(0.5)
    expect(first).toBeGreaterThanOrEqual(75_000)
    expect(first).toBeLessThan(85_000)
    expect(second).toBeGreaterThanOrEqual(105_000)
    expect(second).toBeLessThan(120_000)
    expect((await pauses(0.01))[0]).toBeLessThan(10_000)
  })

  it('is logged once a run', async () => {
    const world = swap()
    await settledWorld(world)
    for (let refused = 0; refused < 3; refused++) world.frontDoor.failNext('register', throttled())
    for (let refused = 0; refused < 3; refused++) world.frontDoor.failNext('deregister', throttled())
    await world.invoke(failoverStarted)

    expect(world.log.filter(({ message }) => message === logMessages.retry)).toHaveLength(1)
  })

  it('ends a run for an event with what is remembered, and says nothing of health, where no read was served', async () => {
    const world = aWorld({ dns: failover.dns.slice(0, 1), registered: { [A]: 'healthy' } })
    await settledWorld(world)
    for (let refused = 0; refused < 100; refused++) world.frontDoor.failNext('registrations', throttled())
    const before = readsOf(world).length

    const report = await world.invoke(failoverStarted)
    expect(report).toMatchObject({ outcome: 'waiting', reason: 'throttled' })
    expect(report.rememberedMs).toBeGreaterThan(minute)
    expect(report).not.toHaveProperty('isWriterHealthy')
    expect(readsOf(world).length - before).toBeLessThan(8)
  })
})
