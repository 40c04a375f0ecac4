import { setImmediate as turn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { LabTime } from '../../lab/model.ts'

export interface ManualTime extends LabTime {
  /** Runs everything that is due until then, in order, and lets what it started go on. */
  advance(ms: number): Promise<void>
  /** Runs everything that is due until then, in order, without a rest in between. */
  jump(ms: number): void
}

/** Scenario time that only a test moves. */
export const manualTime = (): ManualTime => {
  let now = 0
  let timers: { atMs: number; action: () => void }[] = []
  const after = (ms: number, action: () => void) => {
    const timer = { atMs: now + Math.max(0, ms), action }
    timers.push(timer)
    return () => {
      timers = timers.filter(other => other !== timer)
    }
  }
  const runNext = (end: number): boolean => {
    const [next] = timers.toSorted((a, b) => a.atMs - b.atMs)
    if (!next || next.atMs > end) return false
    now = Math.max(now, next.atMs)
    timers = timers.filter(timer => timer !== next)
    next.action()
    return true
  }
  return {
    speed: 1,
    now: () => now,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const cancel = after(ms, resolve)
        signal?.addEventListener('abort', () => {
          cancel()
          reject(signal.reason)
        })
      }),
    advance: async ms => {
      const end = now + ms
      do await turn()
      while (runNext(end))
      now = end
      await turn()
    },
    jump: ms => {
      const end = now + ms
      while (runNext(end));
      now = end
    },
  }
}

/**
 * Lets seconds pass, and what is on its way over sockets arrive, until what is seen is what is wanted; fails where it is
 * not within an hour.
 */
export const becomes = async <T>(time: ManualTime, see: () => T | Promise<T>, wanted: T): Promise<void> => {
  const end = time.now() + 3_600_000
  while (!isDeepStrictEqual(await see(), wanted) && time.now() < end) await time.advance(1_000)
  expect(await see()).toEqual(wanted)
}
