import type { Answer, DoorView, Registration, Step, WriterView } from '../../functions/reconciler/core/model.ts'
import type { Outcome, Reason } from '../../functions/reconciler/core/reasons.ts'
import type { AlarmState } from './alarms.ts'
import type { Gathered } from './gathered.ts'
import type { LoggedReport } from './log-reports.ts'
import type { Wake } from './wake.ts'

export interface DoorStatus extends Omit<DoorView, 'registrations'> {
  readonly registrations: readonly (Registration & {
    /** When Repoint registered it, epoch milliseconds, where the log reaches back so far. */
    readonly registeredAtMs?: number
  })[]
}

/** How one database stands. */
export interface DatabaseStatus {
  readonly database: string
  readonly kind: string
  readonly account: string | undefined
  readonly region: string | undefined
  readonly endpoint: string
  readonly outcome: Outcome
  readonly reason: Reason
  readonly remedy?: string
  readonly writer: WriterView
  /** What the endpoint's name answers here and now. */
  readonly answer: Answer
  /** How many looks agree on the writer, and over how long. */
  readonly evidence: { readonly looks: number; readonly overMs: number }
  readonly frontDoors: readonly DoorStatus[]
  /** What a resync would do. */
  readonly plan: readonly Step[]
  readonly policies: readonly string[]
  readonly lastRun: Gathered<LoggedReport | undefined>
  readonly lastRepoint: Gathered<LoggedReport | undefined>
  /** How far back the log was read, in milliseconds. */
  readonly lookedBackMs: number
  readonly wake: Gathered<Wake>
  readonly alarms: Gathered<readonly AlarmState[]>
}

/** A database whose function or front door could not be read. */
export interface UnknownStatus {
  readonly database: string
  readonly account: string | undefined
  readonly region: string | undefined
  readonly error: string
  readonly exitCode: number
  /** There is nothing to read, on purpose: clients connect through the resource gateway. */
  readonly isRetired?: true
  /** Of a retired one. */
  readonly alarms?: Gathered<readonly AlarmState[]>
}

export const isUnknown = (status: DatabaseStatus | UnknownStatus): status is UnknownStatus => 'error' in status
