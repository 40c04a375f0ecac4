import type { LabTime } from '../model.ts'

/**
 * Runs `action` when `ms` of scenario time are over, never before: timers of Node end up to a millisecond early, which is
 * a second at a thousand times the speed, and what looks at the clock then would find its time not come. The answer
 * cancels it.
 */
export const afterAtLeast = (time: LabTime, ms: number, action: () => void): (() => void) => {
  const dueMs = time.now() + ms
  let cancel: () => void = () => undefined
  const arm = () => {
    cancel = time.after(Math.max(0, dueMs - time.now()), () => (time.now() < dueMs ? arm() : action()))
  }
  arm()
  return () => cancel()
}
