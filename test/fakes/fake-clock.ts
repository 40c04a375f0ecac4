import type { Clock } from '../../functions/reconciler/ports.ts'

interface Timer {
  readonly atMs: number
  readonly wake: () => void
}

/** Time that stands still until everybody sleeps, and then jumps to the next who wakes. */
export interface FakeClock extends Clock {
  /** Runs until the promise is settled. @throws when nothing is left that could settle it. */
  run<T>(promise: Promise<T>): Promise<T>
  /** Something that happens at a time. */
  at(ms: number, action: () => void): void
}

/** Starts at `startMs`; `random` is constant unless told otherwise. */
export const createFakeClock = (startMs = 1_800_000_000_000, random: () => number = () => 0.5): FakeClock => {
  let nowMs = startMs
  const timers: Timer[] = []
  const add = (atMs: number, wake: () => void) => {
    const index = timers.findIndex(timer => timer.atMs > atMs)
    timers.splice(index === -1 ? timers.length : index, 0, { atMs, wake })
  }
  return {
    now: () => nowMs,
    random,
    sleep: ms => new Promise(resolve => add(nowMs + Math.max(0, ms), resolve)),
    at: (ms, action) => add(startMs + ms, action),
    async run(promise) {
      let isSettled = false
      const watched = promise.finally(() => {
        isSettled = true
      })
      watched.catch(() => undefined)
      for (;;) {
        // Every promise that can go on has gone on when an immediate runs.
        await new Promise(setImmediate)
        if (isSettled) return watched
        const next = timers.shift()
        if (next === undefined) throw new Error('the clock has nobody left to wake: the promise never settles')
        nowMs = Math.max(nowMs, next.atMs)
        next.wake()
      }
    },
  }
}
