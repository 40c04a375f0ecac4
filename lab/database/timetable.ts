import type { LabTime } from '../model.ts'

/** What happens, and how many milliseconds of scenario time after the beginning. */
export type Entry = readonly [atMs: number, action: () => void | Promise<void>]

/**
 * Runs the entries at their times and answers when the last one is done. Entries of the same moment run in the order
 * given; one that takes long delays the next and nothing else.
 */
export const runTimetable = async (time: LabTime, entries: readonly Entry[], signal?: AbortSignal): Promise<void> => {
  const begun = time.now()
  for (const [atMs, action] of entries.toSorted(([a], [b]) => a - b)) {
    const waitMs = begun + atMs - time.now()
    if (waitMs > 0) await time.sleep(waitMs, signal)
    signal?.throwIfAborted()
    await action()
  }
}
