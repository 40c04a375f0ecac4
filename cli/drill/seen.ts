import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Gathered } from '../facts/gathered.ts'
import type { LoggedReport } from '../facts/log-reports.ts'
import type { Door } from './door.ts'
import type { Journal } from './journal.ts'
import type { DoorProber } from './probers.ts'
import type { Ending } from './steady.ts'

/** Everything that was seen. Times are epoch milliseconds. */
export interface Seen {
  readonly database: DatabaseSettings
  readonly doors: readonly [Door, ...Door[]]
  /** Of the load balancer's front door, where there is one. */
  readonly strategy?: string
  readonly cause: string
  readonly isWatching: boolean
  readonly beganMs: number
  readonly causedMs: number
  readonly endedMs: number
  readonly ending: Ending | 'interrupted' | 'not caused'
  /** Nothing is left to do at the load balancer's front door; true also where there is none. */
  readonly isInPlace: boolean
  readonly journal: Journal
  readonly probers: readonly DoorProber[]
  readonly reports: readonly LoggedReport[]
  /** By the door that they went through; none where nothing was written. */
  readonly writes: ReadonlyMap<Door, Gathered<Writes>>
  readonly notes: readonly string[]
}

/** Rows that were acknowledged, and those of them that are not stored. */
export interface Writes {
  readonly acknowledged: number
  /** With the time of the acknowledgement, epoch milliseconds. */
  readonly lost: readonly { readonly number: number; readonly atMs: number }[]
  /** Which rows of the drill could not be deleted. */
  readonly left?: string
}
