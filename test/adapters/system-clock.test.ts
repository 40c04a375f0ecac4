import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startClock } from '../../functions/reconciler/adapters/system-clock.ts'
import { reconcile } from '../../functions/reconciler/reconcile.ts'
import { answers } from '../fakes/fake-dns.ts'
import { A, aConfig, aWorld, B, resync } from '../fakes/world.ts'

const noon = Date.parse('2026-11-29T12:00:00Z')
const hourMs = 3_600_000

/** Time passes, and the clock on the wall shows something else. */
const setWallClock = (byMs: number) => vi.setSystemTime(Date.now() + byMs)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: noon })
})
afterEach(() => {
  vi.useRealTimers()
})

const jumps = [
  ['back by an hour', -hourMs],
  ['forward by an hour', hourMs],
  ['back by a second', -1000],
] as const

describe('the clock', () => {
  it('starts at the time of day', () => {
    expect(startClock().now()).toBe(noon)
  })

  it.each(jumps)('counts the seconds that passed when the wall clock is set %s', (_how, byMs) => {
    const clock = startClock()
    vi.advanceTimersByTime(5000)
    setWallClock(byMs)
    expect(clock.now()).toBe(noon + 5000)
    vi.advanceTimersByTime(2000)
    expect(clock.now()).toBe(noon + 7000)
  })

  it('draws chances from the system', () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.25)
    expect(startClock().random()).toBe(0.25)
    random.mockRestore()
  })

  it('takes the time of day again when it is started again', () => {
    setWallClock(hourMs)
    expect(startClock().now()).toBe(noon + hourMs)
  })
})

describe('an invocation', () => {
  /** Runs on the system's clock, which is set after the third pause; a pause takes its time. */
  const invoke = async (byMs: number) => {
    const world = aWorld({ dns: [[0, answers(B)]], registered: { [A]: 'healthy' } })
    const clock = startClock()
    const beganMs = clock.now()
    let pauses = 0
    const sleep = async (ms: number) => {
      vi.advanceTimersByTime(ms)
      pauses += 1
      if (pauses === 3) setWallClock(byMs)
    }
    const removed: number[] = []
    const frontDoor = {
      ...world.frontDoor,
      deregister: async (...args: Parameters<typeof world.frontDoor.deregister>) => {
        removed.push(clock.now() - beganMs)
        await world.frontDoor.deregister(...args)
      },
    }
    const ports = { ...world.ports, frontDoor, clock: { ...clock, sleep } }
    const report = await reconcile(resync, aConfig(), ports, beganMs + 10 * hourMs)
    return { report, removed, tookMs: clock.now() - beganMs }
  }

  it.each(jumps)('settles and ends after as long as ever when the wall clock is set %s', async (_how, byMs) => {
    const steady = await invoke(0)
    const jumping = await invoke(byMs)
    expect(jumping.removed).toEqual(steady.removed)
    expect(jumping.tookMs).toBe(steady.tookMs)
    expect(jumping.report.timings).toEqual({ ...steady.report.timings, startedAt: jumping.report.timings.startedAt })
  })
})
