import type { Closable } from '../model.ts'

/** Marks what was opened; it is closed when the whole is, in the reverse order. */
export type Keep = <T extends Closable>(closable: T) => T

/**
 * Opens the parts of a whole one after the other. Closing the whole closes all of them; so does a part that cannot be
 * opened.
 */
export const opening = async <T extends object>(open: (keep: Keep) => T | Promise<T>): Promise<T & Closable> => {
  const opened: Closable[] = []
  const close = async () => {
    for (const closable of opened.splice(0).toReversed()) await closable.close()
  }
  const keep: Keep = closable => {
    opened.push(closable)
    return closable
  }
  try {
    return { ...(await open(keep)), close }
  } catch (error) {
    await close()
    throw error
  }
}
