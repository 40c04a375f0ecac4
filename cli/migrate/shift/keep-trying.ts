import { setTimeout as delay } from 'node:timers/promises'
import { explain, isInterruption } from '../../aws/explain.ts'
import { exitCodes } from '../../exit-codes.ts'

const firstPauseMs = 1_000
const longestPauseMs = 5_000

export interface Trying {
  readonly signal: AbortSignal
  /** Before every further attempt. */
  readonly onWait: (why: string, attempt: number) => void
}

/** What AWS says when it is busy, or cannot be reached; more of the same may be heard later. */
const isPassing = (error: unknown): boolean => {
  const { exitCode, message } = explain(error)
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
  return exitCode === exitCodes.throttled || /^No answer from/.test(message) || ($metadata?.httpStatusCode ?? 0) >= 500
}

/** Again and again, as long as AWS is only busy: a rollback has nothing better to do. @throws what does not pass */
export const keepTrying = async <T>(work: () => Promise<T>, { signal, onWait }: Trying): Promise<T> => {
  for (let attempt = 1, pauseMs = firstPauseMs; ; attempt++, pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await work()
    } catch (error) {
      if (isInterruption(error) || signal.aborted || !isPassing(error)) throw error
      onWait(explain(error).message, attempt)
      await delay(pauseMs, undefined, { signal })
    }
  }
}
