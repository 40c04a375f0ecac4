import { setTimeout as delay } from 'node:timers/promises'
import type { Attempt, ProbeAbout } from '../../report/measure.ts'
import { classify, type ErrorKind } from '../facts/client/errors.ts'
import { messageOf } from '../failure.ts'

export interface Prober {
  readonly about: ProbeAbout
  /** Epoch milliseconds, by the start of each attempt. */
  readonly attempts: readonly Attempt[]
  /** Whether an attempt has ever worked: the instrument is proved. */
  readonly hasWorked: () => boolean
  /** It makes no further attempt, which would do harm. */
  readonly hasStopped: () => boolean
  /** How the last attempt that has ended ended. */
  readonly last: () => 'works' | ErrorKind | 'nothing yet'
  /** An example of each kind of failure, with its message. */
  readonly examples: ReadonlyMap<ErrorKind, string>
  /** Ends when the last attempt is over. */
  readonly done: Promise<void>
}

export interface ProberOptions {
  /** Sequential is a client that keeps one connection: it asks again only when the last answer has come. */
  readonly about: ProbeAbout
  readonly signal: AbortSignal
  readonly now: () => number
  readonly attempt: () => Promise<void>
  /** Errors after which every further attempt would do harm: it stops for good. */
  readonly stopsAt?: (kind: ErrorKind) => boolean
}

/** More open attempts than this would be a load of their own. */
const mostAtOnce = 20

/** Tries again and again, at its interval whatever becomes of the attempts before. */
export const startProber = (options: ProberOptions): Prober => {
  const { about, signal, now, attempt, stopsAt } = options
  const attempts: Attempt[] = []
  const examples = new Map<ErrorKind, string>()
  const open = new Set<Promise<void>>()
  let latestMs = Number.NEGATIVE_INFINITY
  let last: ReturnType<Prober['last']> = 'nothing yet'
  let hasStopped = false

  const tryOnce = async (): Promise<void> => {
    const atMs = now()
    let error: ErrorKind | undefined
    try {
      await attempt()
    } catch (failure) {
      error = classify(failure)
      if (!examples.has(error)) examples.set(error, messageOf(failure))
    }
    // What was under way when the drill ended says nothing about the database.
    if (signal.aborted && error !== undefined) return
    if (error !== undefined && stopsAt?.(error)) hasStopped = true
    // A problem with our own credentials is no outage of the database.
    if (error === 'no credentials') return
    attempts.push({ atMs, tookMs: now() - atMs, ...(error === undefined ? {} : { error }) })
    if (atMs >= latestMs) last = error ?? 'works'
    latestMs = Math.max(latestMs, atMs)
  }
  const run = async (): Promise<void> => {
    while (!signal.aborted && !hasStopped) {
      const pause = delay(about.everyMs, undefined, { signal }).catch(() => undefined)
      if (about.isSequential) await tryOnce()
      else if (open.size < mostAtOnce) {
        const trying: Promise<void> = tryOnce().finally(() => open.delete(trying))
        open.add(trying)
      }
      await pause
    }
    await Promise.all(open)
  }
  return {
    about,
    attempts,
    examples,
    last: () => last,
    hasWorked: () => attempts.some(({ error }) => error === undefined),
    hasStopped: () => hasStopped,
    done: run(),
  }
}
