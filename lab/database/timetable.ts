import type { Closable, LabTime } from '../model.ts'
import { openTimers } from '../time.ts'

/** What happens, and how many milliseconds of scenario time after the beginning. */
export type Entry = readonly [atMs: number, action: () => void | Promise<void>]

/** What goes on at a database until it is closed. */
export interface Course extends Closable {
  /**
   * Runs the entries at their times and answers when the last one is done. Entries of the same moment run in the order
   * given; one that takes long delays the next and nothing else.
   */
  run(entries: readonly Entry[]): Promise<void>
  sleep(ms: number): Promise<void>
  /** Nobody waits for it. */
  later(ms: number, action: () => void): void
}

export const openCourse = (time: LabTime): Course => {
  const closing = new AbortController()
  const { signal } = closing
  const timers = openTimers(time)
  return {
    run: async entries => {
      const begun = time.now()
      for (const [atMs, action] of entries.toSorted(([a], [b]) => a - b)) {
        const waitMs = begun + atMs - time.now()
        if (waitMs > 0) await time.sleep(waitMs, signal)
        signal.throwIfAborted()
        await action()
      }
    },
    sleep: ms => time.sleep(ms, signal),
    later: timers.after,
    close: async () => {
      closing.abort(new Error('the lab is closing'))
      timers.clear()
    },
  }
}
