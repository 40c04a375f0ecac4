import type { Closable, LabTime } from '../model.ts'

/**
 * EventBridge Scheduler with a fixed rate: the first run comes one period after the start, and a run that takes long
 * delays nothing, because the target is invoked asynchronously.
 */
export const startSchedule = (time: LabTime, everyMs: number, run: () => void): Closable => {
  let stopped = false
  let cancel = () => {}
  const begun = time.now()
  const next = (count: number) => {
    cancel = time.after(begun + count * everyMs - time.now(), () => {
      if (stopped) return
      run()
      next(count + 1)
    })
  }
  next(1)
  return {
    close: async () => {
      stopped = true
      cancel()
    },
  }
}
