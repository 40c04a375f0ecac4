import type { LabTime } from './model.ts'

export interface LabTimeOptions {
  /** Seconds of scenario time that pass in a second. */
  readonly speed: number
  readonly wallNow?: () => number
}

/** Scenario time that begins now. Timers do not keep the process alive longer than its sockets do. */
export const startTime = ({ speed, wallNow = () => performance.now() }: LabTimeOptions): LabTime => {
  if (!(speed > 0)) throw new RangeError(`the speed of a run is a number above 0, got ${speed}`)
  const begun = wallNow()
  const after = (ms: number, action: () => void): (() => void) => {
    // What should have been already is next; of a negative number Node warns.
    const timer = setTimeout(action, Math.max(0, ms / speed))
    return () => clearTimeout(timer)
  }
  return {
    speed,
    now: () => (wallNow() - begun) * speed,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const onAbort = () => {
          cancel()
          reject(signal?.reason)
        }
        const cancel = after(ms, () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        })
        signal?.addEventListener('abort', onAbort, { once: true })
      }),
  }
}

export interface Timers {
  after(ms: number, action: () => void): void
  /** What has not happened yet does not happen. */
  clear(): void
}

/** Timers that end together. */
export const openTimers = (time: Pick<LabTime, 'after'>): Timers => {
  const cancels = new Set<() => void>()
  return {
    after: (ms, action) => {
      const cancel = time.after(ms, () => {
        cancels.delete(cancel)
        action()
      })
      cancels.add(cancel)
    },
    clear: () => {
      for (const cancel of cancels) cancel()
      cancels.clear()
    },
  }
}

/** Answers when it is true, or when patience ends: with whether it is true. */
export const waitUntil = async (time: LabTime, limitMs: number, isTrue: () => boolean): Promise<boolean> => {
  const end = time.now() + limitMs
  while (!isTrue() && time.now() < end) await time.sleep(500)
  return isTrue()
}
