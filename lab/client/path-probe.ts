import type { LabTime } from '../model.ts'
import type { SocketAddress } from './application.ts'
import type { Driver } from './connection.ts'
import { classifyError, type ErrorKind } from './errors.ts'

export interface PathProbe {
  /** The longest time without an answer since the start, in scenario milliseconds; one that still lasts counts until now. */
  longestMs(): number
  isAnswered(): boolean
  stop(): Promise<void>
}

const everyMs = 1_000
const limitMs = 5_000

/** What a new connection there finds: who takes writes, who does not, or an error. */
export const tryPath = async (
  address: SocketAddress,
  time: LabTime,
  connect: Driver,
): Promise<'writer' | 'reader' | ErrorKind> => {
  try {
    const connection = await connect({ ...address, time, connectTimeoutMs: limitMs, statementTimeoutMs: limitMs })
    try {
      return (await connection.isWriter()) ? 'writer' : 'reader'
    } finally {
      connection.end()
    }
  } catch (error) {
    return classifyError(error)
  }
}

/**
 * Connects through one path, asks for the writer, and leaves, once a second: what a new connection on it would have met. A
 * reader that answers in its place is no answer: the old writer of a cluster is back as one before the name has moved.
 */
export const probePath = (address: SocketAddress, time: LabTime, connect: Driver): PathProbe => {
  const end = new AbortController()
  let downSinceMs: number | undefined
  let longestMs = 0
  let attempts = 0
  const ask = async (): Promise<void> => {
    const startedAtMs = time.now()
    if ((await tryPath(address, time, connect)) !== 'writer') downSinceMs ??= startedAtMs
    else {
      if (downSinceMs !== undefined) longestMs = Math.max(longestMs, time.now() - downSinceMs)
      downSinceMs = undefined
    }
    attempts++
    await time.sleep(Math.max(0, everyMs - (time.now() - startedAtMs)), end.signal).catch(() => undefined)
  }
  const working = (async () => {
    while (!end.signal.aborted) await ask()
  })()
  return {
    longestMs: () => Math.max(longestMs, downSinceMs === undefined ? 0 : time.now() - downSinceMs),
    isAnswered: () => attempts > 0 && downSinceMs === undefined,
    stop: async () => {
      end.abort()
      await working
    },
  }
}
