import { mkdirSync, rmSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const pauseMs = 20
/** What holds it for longer was killed: the work is a read and a write of one file. */
const longestMs = 5_000

/**
 * Two commands at once write one after the other. A folder is the lock: making it succeeds for one of them alone, on every
 * file system. One that was left behind is taken over.
 */
export const withLock = async (lock: string, work: () => void): Promise<void> => {
  while (!take(lock)) {
    if (ageOf(lock) > longestMs) rmSync(lock, { recursive: true, force: true })
    else await delay(pauseMs)
  }
  try {
    work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

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
