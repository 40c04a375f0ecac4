import { delays } from '../delays.ts'
import type { LabTime, Timeline } from '../model.ts'
import type { FunctionError } from './runtime-api.ts'

/** Lambda's asynchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export interface AsyncSettings {
  /** 0 to 2 more attempts after a function error. */
  readonly maxRetries: number
  /** Scenario milliseconds after which an event that could not be run is given up. */
  readonly maxEventAgeMs: number
  /** Whether what is given up goes to the failure destination, or nobody learns of it. */
  readonly givenUp: 'to-destination' | 'dropped'
}

export interface FailureRecord {
  readonly condition: 'RetriesExhausted' | 'EventAgeExceeded'
  readonly attempts: number
  readonly payload: unknown
  readonly error?: FunctionError
}

export type Attempt =
  | { readonly kind: 'answered' }
  | { readonly kind: 'failed'; readonly error: FunctionError }
  | { readonly kind: 'throttled' }

export interface QueueOptions {
  readonly time: LabTime
  readonly timeline: Timeline
  readonly attempt: (payload: unknown) => Promise<Attempt>
  readonly onFailure: (record: FailureRecord) => void
  readonly signal: AbortSignal
}

/**
 * Runs an event until it is answered, its retries are spent or it is too old. Function errors wait one minute, then two;
 * throttled events wait a second, doubling to five minutes, and cost no retry.
 */
export const runAsynchronously = async (
  payload: unknown,
  settings: AsyncSettings,
  options: QueueOptions,
): Promise<void> => {
  const { time, timeline, attempt, onFailure, signal } = options
  const begun = time.now()
  const errorWaits = [delays.lambdaFirstRetry.value, delays.lambdaSecondRetry.value]
  let throttleWaitMs: number = delays.lambdaThrottleBackoff.value
  let attempts = 0
  let error: FunctionError | undefined
  const giveUp = (condition: FailureRecord['condition']) => {
    if (settings.givenUp === 'dropped') return
    timeline.record('event', 'Event given up', { condition, attempts })
    onFailure({ condition, attempts, payload, ...(error ? { error } : {}) })
  }

  while (!signal.aborted) {
    const result = await attempt(payload)
    if (result.kind === 'answered' || signal.aborted) return
    let waitMs = throttleWaitMs
    if (result.kind === 'throttled') {
      throttleWaitMs = Math.min(throttleWaitMs * 2, delays.lambdaThrottleBackoffMax.value)
    } else {
      attempts += 1
      error = result.error
      timeline.record('function', 'Invocation failed', { ...shortError(error), attempt: attempts })
      if (attempts > settings.maxRetries) return giveUp('RetriesExhausted')
      waitMs = errorWaits[attempts - 1] ?? delays.lambdaSecondRetry.value
    }
    if (time.now() + waitMs - begun > settings.maxEventAgeMs) return giveUp('EventAgeExceeded')
    await time.sleep(waitMs, signal).catch(() => undefined)
  }
}

const shortError = ({ errorType, errorMessage }: FunctionError) => ({ error: errorType, message: errorMessage })
