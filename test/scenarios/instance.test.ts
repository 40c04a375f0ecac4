import { describe, expect, it } from 'vitest'
import { second, swapDoor } from '../fakes/cluster-world.ts'
import { answers, nothing } from '../fakes/fake-dns.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import { A, aConfig, anEvent, aWorld, B, C, failoverCompleted, failoverStarted, resync } from '../fakes/world.ts'

const target = (ip: string) => `${ip}:5432`

describe('a Multi-AZ instance fails over', () => {
  it('follows: started event, DNS flips 14 s later, the old target goes when the writer is settled', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [14_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
    })

    const report = await world.invoke(failoverStarted)

    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
    const [register, deregister] = world.frontDoor.calls.filter(call => call.kind !== 'registrations')
    const flippedMs = report.timings.startedAt ? Date.parse(report.timings.startedAt) + 14_000 : 0
    expect(register?.atMs).toBe(flippedMs)
    expect((deregister?.atMs ?? 0) - flippedMs).toBe(6000)
    expect(report).toMatchObject({ outcome: 'repointed', reason: 'failover-followed' })
    expect(report.timings).toMatchObject({ registeredMs: 14_000, repointedMs: 20_000 })
    expect(world.frontDoor.states()).toMatchObject({ [target(B)]: 'healthy' })
    expect(world.published.map(({ detailType }) => detailType)).toEqual(['Repoint Repointed', 'Repoint Target Healthy'])
  })

  it('is followed by a watch as by a started event, where something else than RDS says that it begins', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [100_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
    })

    expect(await world.invoke({ kind: 'watch' })).toMatchObject({
      outcome: 'repointed',
      reason: 'failover-followed',
      trigger: { kind: 'watch' },
      timings: { registeredMs: 100_000 },
    })
    expect(
      await aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'healthy' } }).invoke({ kind: 'watch' }),
    ).toMatchObject({ outcome: 'in-sync', reason: 'no-move-seen' })
  })

  it('goes on looking until the new target is healthy, and reports the time', async () => {
    const world = aWorld({
      dns: [[0, answers(B)]],
      registered: { [A]: 'unhealthy' },
      frontDoor: { registrationMs: 170_000 },
    })

    const report = await world.invoke(failoverCompleted)

    expect(report.timings.healthyMs).toBeGreaterThanOrEqual(170_000)
    expect(report.timings.healthyMs).toBeLessThan(190_000)
  })

  it('follows an event that came before the DNS change', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [45_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
    })

    const report = await world.invoke(failoverCompleted)

    expect(report.outcome).toBe('repointed')
    expect(world.frontDoor.states()[target(B)]).toBe('healthy')
  })

  it('follows a fail-back inside the drain: the draining target is registered again', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [10_000, answers(B)],
        [60_000, answers(A)],
      ],
      registered: { [A]: 'healthy' },
      frontDoor: { registrationMs: 90_000, drainMs: 300_000 },
    })

    const report = await world.invoke(failoverStarted)

    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`, `+${target(A)}`, `-${target(B)}`])
    expect(world.frontDoor.states()).toMatchObject({ [target(A)]: 'healthy' })
    expect(report.outcome).toBe('repointed')
  })

  it('keeps the old registration until the writer is settled', async () => {
    const flapping = Array.from({ length: 10 }, (_, index) => [index * 3000, answers(index % 2 ? A : B)] as const)
    const world = aWorld({ dns: [...flapping, [30_000, answers(B)]], registered: { [A]: 'healthy' } })

    await world.invoke(failoverCompleted)

    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
    const deregistered = world.frontDoor.calls.find(call => call.kind === 'deregister')
    const began = world.frontDoor.calls[0]
    expect((deregistered?.atMs ?? 0) - (began?.atMs ?? 0)).toBeGreaterThanOrEqual(36_000)
  })

  it('looks at the target group again right before each write: work that somebody else has done is not done again', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [14_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
    })
    world.clock.at(12_000, () => {
      world.frontDoor.put({ ip: B, port: 5432 }, 'healthy')
      world.frontDoor.put({ ip: A, port: 5432 }, 'draining')
    })

    const report = await world.invoke(failoverStarted)

    expect(world.writes()).toEqual([])
    expect(report).toMatchObject({ outcome: 'in-sync', reason: 'already-in-sync' })
  })

  it('says that it saw no move when the watch ends without a change', async () => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'healthy' } })

    const report = await world.invoke(failoverStarted)

    expect(report).toMatchObject({ outcome: 'in-sync', reason: 'no-move-seen', stepsDone: [] })
    expect(report.timings.totalMs).toBeGreaterThanOrEqual(300_000)
    expect(world.frontDoor.calls.length).toBeLessThan(15)
    expect(world.published).toEqual([])
  })

  it('ends before the Lambda deadline with its summary written', async () => {
    const world = aWorld({ dns: [[0, nothing()]], registered: { [A]: 'healthy' } })

    const report = await world.invoke(failoverStarted, { remainingMs: 20_000 })

    expect(report.timings.totalMs).toBeLessThanOrEqual(21_000)
    expect(report).toMatchObject({ outcome: 'waiting', reason: 'writer-unknown' })
    expect(world.log.at(-1)?.message).toBe('Reconcile finished')
  })
})

describe('a resync', () => {
  it('costs one call when all is in sync, and writes nothing', async () => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'healthy' } })

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'in-sync', reason: 'already-in-sync', plan: [], stepsDone: [] })
    expect(world.frontDoor.calls).toHaveLength(1)
    expect(world.published).toEqual([])
  })

  it('corrects drift that no event told of, and says so', async () => {
    const world = aWorld({ dns: [[0, answers(B)]], registered: { [A]: 'unhealthy' } })

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'repointed', reason: 'drift-corrected' })
    expect(world.published.map(({ detailType }) => detailType)).toEqual([
      'Repoint Drift Corrected',
      'Repoint Target Healthy',
    ])
  })

  it('makes the first registration of an empty group', async () => {
    const world = aWorld({ dns: [[0, answers(A)]] })

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'repointed', reason: 'first-registration' })
    expect(world.writes()).toEqual([`+${target(A)}`])
  })

  it('removes nothing when the name does not resolve', async () => {
    const world = aWorld({ dns: [[0, nothing('ENOTFOUND')]], registered: { [A]: 'healthy', [B]: 'unhealthy' } })

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'waiting', reason: 'writer-unknown' })
    expect(world.writes()).toEqual([])
  })

  it('refuses a public answer with its remedy', async () => {
    const world = aWorld({ dns: [[0, answers('54.84.181.60')]], registered: { [A]: 'healthy' } })

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'refused', reason: 'address-not-allowed' })
    expect(report.remedy).toContain('inside the VPC')
    expect(world.writes()).toEqual([])
    expect(world.published.map(({ detailType }) => detailType)).toEqual(['Repoint Refused'])
  })

  it('refuses a writer whose zone is not enabled, and keeps the old target', async () => {
    const world = aWorld({
      dns: [[0, answers(B)]],
      registered: { [A]: 'unhealthy' },
      frontDoor: { unusedBecause: ip => (ip === B ? 'Target.NotInUse' : undefined) },
    })

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'refused', reason: 'target-not-in-use' })
    expect(world.writes()).toEqual([`+${target(B)}`])
    expect(report.timings.totalMs).toBeLessThan(15_000)
  })
})

describe('policies', () => {
  it('hold every write while paused, and still say what would be done', async () => {
    const world = aWorld({
      config: aConfig({ policies: ['paused'] }),
      dns: [[0, answers(B)]],
      registered: { [A]: 'healthy' },
    })

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'held', reason: 'paused', stepsDone: [] })
    expect(report.plan.map(step => step.kind)).toEqual(['register', 'deregister'])
    expect(world.writes()).toEqual([])
  })

  it('write nothing for a plan, which waits until it can say all of it', async () => {
    const world = aWorld({ dns: [[0, answers(B)]], registered: { [A]: 'healthy' } })

    const report = await world.invoke({ kind: 'plan' })

    expect(report).toMatchObject({ outcome: 'held', reason: 'dry-run' })
    expect(report.plan.map(step => step.kind)).toEqual(['register', 'deregister'])
    expect(report.timings.totalMs).toBe(6000)
    expect(world.writes()).toEqual([])
  })

  it('register and never deregister when add-only', async () => {
    const world = aWorld({
      config: aConfig({ policies: ['add-only'] }),
      dns: [[0, answers(B)]],
      registered: { [A]: 'healthy' },
    })

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'held', reason: 'add-only' })
    expect(world.writes()).toEqual([`+${target(B)}`])
  })
})

describe('an event about another database', () => {
  it('is held without a single call', async () => {
    const world = aWorld({ dns: [[0, answers(B)]], registered: { [A]: 'healthy' } })

    const report = await world.invoke(anEvent({ ours: 'no' }))

    expect(report).toMatchObject({ outcome: 'held', reason: 'other-database' })
    expect(world.frontDoor.calls).toEqual([])
  })
})

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

describe('time', () => {
  it('does not pause beyond the deadline', async () => {
    const world = aWorld({
      config: aConfig({ settle: { answers: 1, intervalMs: 30_000 } }),
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

describe('the truth', () => {
  it('about a target that is unhealthy is told by every run, whoever registered it', async () => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'unhealthy' } })

    expect(await world.invoke(resync)).toMatchObject({
      outcome: 'waiting',
      reason: 'target-not-healthy',
      isWriterHealthy: false,
    })
  })

  it('about a healthy one is told too', async () => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'healthy' } })

    expect(await world.invoke(resync)).toMatchObject({ reason: 'already-in-sync', isWriterHealthy: true })
  })

  it('about the health of a writer that is nowhere is not made up', async () => {
    const world = aWorld({ dns: [[0, nothing('ENOTFOUND')]], registered: { [A]: 'healthy' } })

    expect(await world.invoke(resync)).not.toHaveProperty('isWriterHealthy')
  })

  it('about a writer that is nowhere is told where no target answers either', async () => {
    const world = aWorld({ dns: [[0, nothing('ENOTFOUND')]], registered: { [A]: 'unhealthy' } })

    expect(await world.invoke(resync)).toMatchObject({ reason: 'writer-unknown', isWriterHealthy: false })
  })

  it('about a name without addresses is found at one look', async () => {
    const world = aWorld({ dns: [[0, nothing('ENOTFOUND')]], registered: { [A]: 'unhealthy' } })

    expect(await world.invoke(resync)).toMatchObject({ reason: 'writer-unknown', timings: { looks: 1 } })
  })

  it('about an event that comes after the move is that none was seen', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [10_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
      frontDoor: { registrationMs: 5000 },
    })
    const startMs = world.clock.now()
    await world.clock.run(world.clock.sleep(20_000))
    await world.invoke(resync)

    expect(await world.invoke(anEvent({ atMs: startMs }))).toMatchObject({ reason: 'no-move-seen' })
  })

  it.each([6, 61, 24 * 60])('about an event of %i minutes ago is looked for briefly', async minutes => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'healthy' } })
    const beganMs = world.clock.now()

    await world.invoke(anEvent({ atMs: beganMs - minutes * 60_000 }))

    expect(world.clock.now() - beganMs).toBeLessThanOrEqual(60_000)
  })
})
