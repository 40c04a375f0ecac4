import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../ports.ts'

/**
 * The time of day when it is started; from then on it counts durations, which no correction of the system's clock
 * changes. Started anew for each invocation: Lambda may freeze the process in between.
 */
export const startClock = (): Clock => {
  const epochMs = Date.now()
  const startMs = performance.now()
  return {
    now: () => Math.round(epochMs + performance.now() - startMs),
    sleep: async ms => {
      await delay(ms)
    },
    random: () => Math.random(),
  }
}
