import type { Clock } from '../../functions/reconciler/ports.ts'

/**
 * Time for a thousand functions in one process: it stands still while anybody works, and then jumps to the next who wakes.
 */
export interface FleetClock extends Clock {
  /** Something that happens at a time, in milliseconds since the beginning. */
  at(ms: number, act: () => void): void
  /** Runs until that time; what is asleep beyond it sleeps on. */
  runUntil(ms: number): Promise<void>
}

interface Timer {
  readonly atMs: number
  /** Of two at the same time, the one that was set first wakes first. */
  readonly turn: number
  readonly wake: () => void
}

export const openFleetClock = (random: () => number): FleetClock => {
  const timers: Timer[] = []
  let nowMs = 0
  let turns = 0
  const set = (atMs: number, wake: () => void) => push(timers, { atMs: Math.max(nowMs, atMs), turn: turns++, wake })
  return {
    now: () => nowMs,
    random,
    sleep: ms => new Promise(resolve => set(nowMs + ms, resolve)),
    at: set,
    async runUntil(ms) {
      for (;;) {
        // Every promise that can go on has gone on when an immediate runs.
        await new Promise(setImmediate)
        const next = timers[0]
        if (next === undefined || next.atMs > ms) break
        nowMs = next.atMs
        while (timers[0]?.atMs === nowMs) pop(timers)?.wake()
      }
      nowMs = ms
    },
  }
}

const isBefore = (a: Timer, b: Timer): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.turn < b.turn)

/** A binary heap: many sleep at once. */
const push = (heap: Timer[], timer: Timer): void => {
  let index = heap.push(timer) - 1
  while (index > 0) {
    const parent = (index - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !isBefore(timer, above)) break
    heap[index] = above
    index = parent
  }
  heap[index] = timer
}

const pop = (heap: Timer[]): Timer | undefined => {
  const [first] = heap
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return first
  let index = 0
  for (;;) {
    const left = 2 * index + 1
    const [a, b] = [heap[left], heap[left + 1]]
    const [child, timer] = b !== undefined && a !== undefined && isBefore(b, a) ? [left + 1, b] : [left, a]
    if (timer === undefined || !isBefore(timer, last)) break
    heap[index] = timer
    index = child
  }
  heap[index] = last
  return first
}
