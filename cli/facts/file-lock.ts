import { mkdirSync, rmSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const pauseMs = 20
/** What holds it for longer was killed: the work is a read and a write of one file. */
const longestMs = 5_000

/**
 * Two commands at once write one after the other. A folder is the lock: making it succeeds for one of them alone, on every
 * file system. One that was left behind is taken over.
 *
 * @throws Error where it cannot be had: somebody was killed while taking it over
 */
export const withLock = async (lock: string, work: () => void): Promise<void> => {
  while (!take(lock)) {
    if (ageOf(lock) > longestMs) takeOver(lock)
    await delay(pauseMs)
  }
  try {
    work()
  } finally {
    remove(lock)
  }
}

/**
 * One at a time, each with a look of its own. What goes wrong without this:
 * 1. Two commands see the same lock that was left behind.
 * 2. The first one removes it, and has it.
 * 3. The second one removes what is the first one's now, and has it too.
 */
const takeOver = (lock: string): void => {
  const own = `${lock}.left`
  if (!take(own)) {
    if (ageOf(own) > longestMs) throw new Error(`${lock} and ${own} were left behind: remove them`)
    return
  }
  try {
    if (ageOf(lock) > longestMs) remove(lock)
  } finally {
    remove(own)
  }
}

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true })

const take = (lock: string): boolean => {
  try {
    mkdirSync(lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const ageOf = (lock: string): number => {
  try {
    return Date.now() - statSync(lock).mtimeMs
  } catch {
    return 0
  }
}
