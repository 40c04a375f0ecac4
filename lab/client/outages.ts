import type { Timeline } from '../model.ts'
import type { ErrorKind } from './errors.ts'

export interface Outage {
  /** Start of the first attempt that failed. Scenario time. */
  readonly fromMs: number
  /** End of the first attempt that succeeded again; absent while it lasts. */
  toMs?: number
  readonly errors: Partial<Record<ErrorKind, number>>
}

/** Follows one kind of connection from working to failing and back, and records only the changes in the timeline. */
export class OutageWatch {
  readonly outages: Outage[] = []
  readonly #timeline: Timeline
  readonly #connection: string

  constructor(timeline: Timeline, connection: string) {
    this.#timeline = timeline
    this.#connection = connection
  }

  get current(): Outage | undefined {
    const last = this.outages.at(-1)
    return last?.toMs === undefined ? last : undefined
  }

  failed(startedAtMs: number, error: ErrorKind): void {
    const current = this.current
    if (current === undefined) {
      this.outages.push({ fromMs: startedAtMs, errors: { [error]: 1 } })
      this.#timeline.record('client', 'The application fails', { connection: this.#connection, error })
      return
    }
    // Kinds take turns when some targets answer and some do not; each is worth recording once.
    if (current.errors[error] === undefined) {
      this.#timeline.record('client', 'The application fails in another way', { connection: this.#connection, error })
    }
    current.errors[error] = (current.errors[error] ?? 0) + 1
  }

  worked(endedAtMs: number): void {
    const current = this.current
    if (current === undefined) return
    current.toMs = endedAtMs
    this.#timeline.record('client', 'The application works again', {
      connection: this.#connection,
      outageSeconds: inSeconds(endedAtMs - current.fromMs),
      errors: { ...current.errors },
    })
  }
}

/** Seconds with one decimal. */
export const inSeconds = (ms: number): number => Math.round(ms / 100) / 10
