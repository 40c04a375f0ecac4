import { describe, expect, it } from 'vitest'
import type { RegistrationState } from '../../functions/reconciler/core/model.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { answers, nothing } from '../fakes/fake-dns.ts'
import { A, aConfig, aWorld, B, C, failoverCompleted, failoverStarted, resync } from '../fakes/world.ts'

/** The defects that the public systems for this job were seen to have, on a Multi-AZ instance. */

const at = (ip: string) => `${ip}:5432`
const denied = () => new AwsError('access-denied', 'AccessDenied')
const throttled = () => new TransientError('throttled', 'Rate exceeded')
const lostOnTheWay = () => new TransientError('unavailable', 'socket hang up')

/** The DNS has flipped from A to B, and the group still holds A alone. */
const failedOver = () => aWorld({ dns: [[0, answers(B)]], registered: { [A]: 'healthy' } })

describe('draining', () => {
  it('does not count a draining target as registered', async () => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'draining' } })

    const report = await world.invoke(resync)

    expect(world.writes()).toEqual([`+${at(A)}`])
    expect(world.frontDoor.states()).toEqual({ [at(A)]: 'healthy' })
    expect(report.outcome).toBe('repointed')
  })

  it('does not end without a usable target when the database fails back inside the drain', async () => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'draining', [B]: 'healthy' } })

    await world.invoke(failoverCompleted)

    expect(world.writes()).toEqual([`+${at(A)}`, `-${at(B)}`])
    expect(world.frontDoor.states()[at(A)]).toBe('healthy')
  })

  it('does not drain a draining target again', async () => {
    const world = aWorld({ dns: [[0, answers(B)]], registered: { [A]: 'draining', [B]: 'healthy' } })

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'in-sync', stepsDone: [] })
    expect(world.writes()).toEqual([])
  })
})

describe('timing', () => {
  it.each([1000, 20_000, 55_000])('polls again after an event that came %i ms before DNS', async flipMs => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [flipMs, answers(B)],
      ],
      registered: { [A]: 'healthy' },
    })

    const report = await world.invoke(failoverCompleted)

    expect(report).toMatchObject({ outcome: 'repointed', reason: 'failover-followed' })
    expect(world.writes()).toEqual([`+${at(B)}`, `-${at(A)}`])
  })

  it('removes the old target as soon as the new writer is settled, not after a number of later runs', async () => {
    const world = failedOver()

    const report = await world.invoke(resync)

    expect(report.timings.registeredMs).toBe(0)
    expect(report.timings.repointedMs).toBe(aConfig().settle.spanMs)
  })

  it('does not wait for the new target to be healthy before the old one goes', async () => {
    const world = aWorld({
      dns: [[0, answers(B)]],
      registered: { [A]: 'healthy' },
      frontDoor: { registrationMs: 300_000 },
    })

    const { timings } = await world.invoke(resync)

    expect(timings.repointedMs).toBeLessThan(10_000)
    expect(timings.healthyMs).toBeGreaterThanOrEqual(300_000)
  })
})

describe('order', () => {
  it('registers before it deregisters', async () => {
    const world = failedOver()

    await world.invoke(failoverCompleted)

    expect(world.writes()).toEqual([`+${at(B)}`, `-${at(A)}`])
  })

  it('does not deregister when register is throttled', async () => {
    const world = failedOver()
    for (let times = 0; times < 500; times++) world.frontDoor.failNext('register', throttled())

    await world.invoke(failoverCompleted)

    expect(world.writes().filter(write => write.startsWith('-'))).toEqual([])
    expect(world.frontDoor.states()).toEqual({ [at(A)]: 'healthy' })
  })

  it('does not deregister when register is denied', async () => {
    const world = failedOver()
    world.frontDoor.failNext('register', denied())

    await expect(world.invoke(failoverCompleted)).rejects.toThrow('AccessDenied')

    expect(world.writes()).toEqual([`+${at(B)}`])
    expect(world.frontDoor.states()).toEqual({ [at(A)]: 'healthy' })
  })

  it('does not deregister when register is swallowed on its way', async () => {
    const world = failedOver()
    for (let times = 0; times < 500; times++) world.frontDoor.failNext('register', lostOnTheWay())

    await world.invoke(failoverCompleted).catch(() => undefined)

    expect(world.writes().filter(write => write.startsWith('-'))).toEqual([])
    expect(world.frontDoor.states()).toEqual({ [at(A)]: 'healthy' })
  })

  it('does not deregister when register answers well and does nothing', async () => {
    const world = failedOver()
    Object.assign(world.ports, { frontDoor: { ...world.frontDoor, register: async () => undefined } })

    const report = await world.invoke(failoverCompleted)

    expect(world.frontDoor.states()).toEqual({ [at(A)]: 'healthy' })
    expect(report.outcome).not.toBe('repointed')
  })
})

describe('errors', () => {
  it.each(['registrations', 'register', 'deregister'] as const)('an error of %s fails the invocation', async kind => {
    const world = failedOver()
    world.frontDoor.failNext(kind, denied())

    await expect(world.invoke(failoverCompleted)).rejects.toThrow(AwsError)
    expect(world.log.at(-1)?.message).toBe('Reconcile failed')
  })

  it('a defect of our own fails the invocation', async () => {
    const world = failedOver()
    const broken = { resolve: () => Promise.reject(new TypeError('cannot read properties of undefined')) }
    Object.assign(world.ports, { dns: broken })

    await expect(world.invoke(resync)).rejects.toThrow(TypeError)
    expect(world.writes()).toEqual([])
  })
})

describe('what is removed', () => {
  it('is every stale target, not only the first', async () => {
    const world = aWorld({
      dns: [[0, answers(B)]],
      registered: { [A]: 'healthy', [C]: 'unhealthy', '10.0.4.40': 'initial', [`${A}:6432`]: 'unused', [B]: 'healthy' },
    })

    await world.invoke(resync)

    expect(world.writes()).toEqual([`-${at(A)} ${at(C)} ${at('10.0.4.40')} ${A}:6432`])
  })

  it('is nothing while the name does not resolve, however long', async () => {
    const world = aWorld({ dns: [[0, nothing('ENOTFOUND')]], registered: { [A]: 'unhealthy' } })

    for (let run = 0; run < 5; run++) await world.invoke(resync)

    expect(world.writes()).toEqual([])
  })

  it.each<RegistrationState>(['initial', 'healthy', 'unhealthy', 'unhealthy.draining', 'unused', 'unavailable'])(
    'is never the only target of the writer, whatever its state is: %s',
    async state => {
      const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: state } })

      await world.invoke(failoverStarted)

      expect(world.writes()).toEqual([])
    },
  )
})

describe('calls to AWS', () => {
  it('are one when nothing is to be done', async () => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'healthy' } })

    await world.invoke(resync)

    expect(world.frontDoor.calls.map(({ kind }) => kind)).toEqual(['registrations'])
  })

  it('are one read before the register', async () => {
    const world = failedOver()

    await world.invoke(resync)

    expect(world.frontDoor.calls.slice(0, 2).map(({ kind }) => kind)).toEqual(['registrations', 'register'])
  })
})

describe('another automation that undoes every step', () => {
  /** A function that is pinned to A: whenever A is deregistered, it registers A and deregisters B. */
  const contested = () => {
    const world = failedOver()
    const { frontDoor } = world
    const deregister: typeof frontDoor.deregister = async (arn, targets) => {
      await frontDoor.deregister(arn, targets)
      frontDoor.put({ ip: A, port: 5432 }, 'healthy')
      frontDoor.put({ ip: B, port: 5432 }, 'draining')
      if (frontDoor.calls.length > 5000) throw new AwsError('other', 'this many calls are a runaway')
    }
    Object.assign(world.ports, { frontDoor: { ...frontDoor, deregister } })
    return world
  }

  it('is answered at the pace of the looks, not as fast as AWS replies', async () => {
    const world = contested()

    await world.invoke(resync).catch(() => undefined)

    const seconds = Object.groupBy(world.frontDoor.calls, ({ atMs }) => Math.floor(atMs / 1000))
    expect(Math.max(...Object.values(seconds).map(calls => calls?.length ?? 0))).toBeLessThanOrEqual(6)
  })
})
