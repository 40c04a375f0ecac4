import type { ClientSummary } from '../client/client-summary.ts'
import type { Sample } from '../client/worker.ts'
import type { WriteCheck } from '../client/writes-table.ts'
import type { Moment } from '../model.ts'
import type { Pauses } from '../pauses.ts'
import { dnsChange, failoversOf, healthyMs, reactionMs, registeredMs } from '../scenarios/run-queries.ts'
import type { Expectation, RunRecord, Scenario } from '../scenarios/scenario.ts'
import type { FrontDoorPlan } from '../template/front-door-plan.ts'
import type { Updater } from './updater.ts'

/** How a rehearsal ended. Times are scenario milliseconds since the play began. */
export interface RehearsalResult {
  readonly scenario: string
  readonly promise: string
  readonly updater: Updater
  /** How the database is reached, in the end. */
  readonly plan: FrontDoorPlan
  readonly speed: number
  readonly isKept: boolean
  /**
   * `not-judged`: nothing but promises in seconds is broken, and this machine stood still for longer than they are late.
   */
  readonly outcome: 'kept' | 'broken' | 'not-judged'
  /** For how long this machine stood still during the play, in all and at once. Scenario milliseconds. */
  readonly pauses: Pauses
  /** How many failovers there were; the times below belong to the last. */
  readonly failovers: number
  readonly expectations: readonly Expectation[]
  /** The first row has the headings. */
  readonly table?: readonly (readonly string[])[]
  readonly lastedMs: number
  readonly dnsChangedMs?: number
  /** From the first DNS change to the accepted registration. */
  readonly reactionMs?: number
  readonly registeredMs?: number
  readonly healthyMs?: number
  /** Calls to AWS by action. */
  readonly calls: Readonly<Record<string, number>>
  readonly client: ClientSummary
  readonly writes: WriteCheck
  readonly moments: readonly Moment[]
}

/** What a rehearsal leaves when it has been judged. Times are scenario milliseconds since the play began. */
export interface Ending {
  readonly scenario: Scenario
  readonly run: RunRecord
  readonly samples: readonly Sample[]
  readonly result: RehearsalResult
}

export interface Evidence {
  readonly scenario: Scenario
  readonly updater: Updater
  readonly speed: number
  readonly record: RunRecord
  readonly expectations: readonly Expectation[]
  readonly lastedMs: number
  /** Wall time. */
  readonly pauses: Pauses
}

export const judge = ({
  scenario,
  updater,
  speed,
  record,
  expectations,
  lastedMs,
  pauses: wall,
}: Evidence): RehearsalResult => {
  const calls: Record<string, number> = {}
  for (const { action } of record.calls) calls[action] = (calls[action] ?? 0) + 1
  const dnsChangedMs = dnsChange(record)?.atMs
  const pauses = { totalMs: Math.round(wall.totalMs * speed), longestMs: Math.round(wall.longestMs * speed) }
  const times = {
    dnsChangedMs,
    reactionMs: reactionMs(record),
    registeredMs: registeredMs(record),
    healthyMs: healthyMs(record),
  }
  return {
    scenario: scenario.name,
    promise: scenario.promise,
    updater,
    plan: record.plan,
    speed,
    isKept: expectations.every(({ holds }) => holds),
    outcome: outcomeOf(expectations, pauses),
    pauses,
    failovers: failoversOf(record).length,
    expectations,
    ...(updater.kind === 'repoint' && scenario.table ? { table: scenario.table(record) } : {}),
    lastedMs,
    ...Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined)),
    calls,
    client: record.client,
    writes: record.writes,
    moments: record.moments,
  }
}

/** A machine that stood still makes every product late; it breaks no promise that names no seconds. */
export const outcomeOf = (
  expectations: readonly Expectation[],
  { totalMs }: Pick<Pauses, 'totalMs'>,
): RehearsalResult['outcome'] => {
  const broken = expectations.filter(({ holds }) => !holds)
  if (broken.length === 0) return 'kept'
  return broken.every(({ lateMs }) => lateMs !== undefined && lateMs <= totalMs) ? 'not-judged' : 'broken'
}
