import type { Answer, DoorView, Registration, Step, WriterView } from '../../functions/reconciler/core/model.ts'
import type { Outcome, Reason } from '../../functions/reconciler/core/reasons.ts'
import type { AlarmState } from '../facts/alarms.ts'
import type { LoggedReport } from '../facts/log-reports.ts'
import type { Wake } from '../facts/wake.ts'

/** Something that AWS let us read, or the sentence why not. One missing permission must not hide the rest. */
export type Part<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string }

export interface DoorStatus extends Omit<DoorView, 'registrations'> {
  readonly registrations: readonly (Registration & {
    /** When Repoint registered it, epoch milliseconds, where the log reaches back so far. */
    readonly registeredAtMs?: number
  })[]
}

/** How one database stands. What `status --json` prints. */
export interface DatabaseStatus {
  readonly database: string
  readonly kind: string
  readonly region: string | undefined
  readonly endpoint: string
  readonly outcome: Outcome
  readonly reason: Reason
  readonly remedy?: string
  readonly writer: WriterView
  /** What the endpoint's name says here and now. */
  readonly answer: Answer
  /** How many looks agree on the writer, and over how long. */
  readonly evidence: { readonly looks: number; readonly overMs: number }
  readonly frontDoors: readonly DoorStatus[]
  /** What a resync would do. */
  readonly plan: readonly Step[]
  readonly policies: readonly string[]
  readonly lastRun: Part<LoggedReport | undefined>
  readonly lastRepoint: Part<LoggedReport | undefined>
  /** How far back the log was read, in milliseconds. */
  readonly lookedBackMs: number
  readonly wake: Part<Wake>
  readonly alarms: Part<readonly AlarmState[]>
}

/** A database that could not be looked at at all. */
export interface UnknownStatus {
  readonly database: string
  readonly error: string
  readonly exitCode: number
  /** There is nothing to look at, on purpose: clients come through the resource gateway. */
  readonly isRetired?: true
}

export const isUnknown = (status: DatabaseStatus | UnknownStatus): status is UnknownStatus => 'error' in status
