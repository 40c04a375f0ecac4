import { type LoggedReport, registeredAt } from '../facts/log-reports.ts'
import type { RdsHappening } from '../facts/rds-events.ts'

/** A failover as RDS tells it: the events that belong together, and what Repoint made of it. */
export interface Incident {
  readonly startedMs: number
  readonly endedMs: number
  readonly events: readonly RdsHappening[]
  readonly answer: IncidentAnswer
}

export type IncidentAnswer =
  | {
      readonly kind: 'repointed'
      readonly run: LoggedReport
      /** From the first event of RDS to the accepted registration, and to its first `healthy`. Milliseconds. */
      readonly registeredAfterMs: number
      readonly healthyAfterMs?: number
      /** No event woke us: the schedule found it. */
      readonly wasDrift: boolean
    }
  /** It was looked at, and there was nothing to move. */
  | { readonly kind: 'nothing-to-do'; readonly run: LoggedReport }
  /** It was looked at, and not repointed. */
  | { readonly kind: 'not-repointed'; readonly run: LoggedReport }
  /** It happened so recently that the answer may still come. */
  | { readonly kind: 'open' }
  | { readonly kind: 'never' }
  /**
   * No function keeps it: connections through the gateway went to another address than before. Milliseconds since its first
   * event.
   */
  | {
      readonly kind: 'gateway-followed'
      readonly from: readonly string[]
      readonly to: string
      readonly afterMs: number
    }
  /** Connections after it went on to the address of before. */
  | { readonly kind: 'gateway-stayed'; readonly at: readonly string[]; readonly connections: number }
  /** The access log has not enough to go by, or could not be read. */
  | { readonly kind: 'gateway-unseen'; readonly why: string }
  /** The function's log could not be read. */
  | { readonly kind: 'unknown' }

/** Events of one failover come within this of each other. */
const gapMs = 5 * 60_000
/** A longest watch after the last of them an answer is an answer no more. */
export const answerMs = 15 * 60_000
/** RDS's clock and the function's. */
const skewMs = 1_000

/** Whether an event tells of a failover or of a move of the writer; restarts and backups tell of none. */
export const isFailover = ({ categories, message }: RdsHappening): boolean => {
  if (/abandon/i.test(message)) return false
  return categories.includes('failover') || /\b(failover|switchover|new writer was promoted)\b/i.test(message)
}

/** Failovers of RDS, oldest first, each with the run that answered it. Without runs nobody knows. */
export const incidentsOf = (
  events: readonly RdsHappening[],
  runs: readonly LoggedReport[] | undefined,
  nowMs: number,
): readonly Incident[] => {
  const groups: RdsHappening[][] = []
  for (const event of events) {
    const last = groups.at(-1)
    if (last !== undefined && belongsTo(last, event)) last.push(event)
    else groups.push([event])
  }
  return groups
    .filter(group => group.some(isFailover))
    .map((group, index, failovers) => {
      const startedMs = group[0]?.atMs ?? 0
      const endedMs = group.at(-1)?.atMs ?? startedMs
      const span = { startedMs, endedMs, nextMs: failovers[index + 1]?.[0]?.atMs ?? Number.POSITIVE_INFINITY }
      return { startedMs, endedMs, events: group, answer: runs ? answerOf(span, runs, nowMs) : { kind: 'unknown' } }
    })
}

/** A failover that starts after another one has completed is one of its own, however soon: a fail-back. */
const belongsTo = (group: readonly RdsHappening[], event: RdsHappening): boolean => {
  if (event.atMs - (group.at(-1)?.atMs ?? 0) > gapMs) return false
  return !(isStart(event) && group.some(isCompletion))
}

const isStart = (event: RdsHappening): boolean => isFailover(event) && /\bstarted\b/i.test(event.message)
const isCompletion = (event: RdsHappening): boolean => isFailover(event) && /\bcompleted?\b/i.test(event.message)

interface FailoverSpan {
  readonly startedMs: number
  readonly endedMs: number
  /** When the next failover started: what is done from then on answers that one. */
  readonly nextMs: number
}

const answerOf = (
  { startedMs, endedMs, nextMs }: FailoverSpan,
  runs: readonly LoggedReport[],
  nowMs: number,
): IncidentAnswer => {
  const isNear = (ms: number) => ms >= startedMs - skewMs && ms <= endedMs + answerMs && ms < nextMs
  const near = runs.filter(run => run.report.outcome === 'repointed' && isNear(registeredAt(run)))
  const repoint = near.find(run => registeredAt(run) >= startedMs) ?? near[0]
  if (repoint !== undefined) {
    const { startedAt, healthyMs } = repoint.report.timings
    return {
      kind: 'repointed',
      run: repoint,
      registeredAfterMs: registeredAt(repoint) - startedMs,
      ...(healthyMs === undefined ? {} : { healthyAfterMs: Date.parse(startedAt) + healthyMs - startedMs }),
      wasDrift: repoint.report.reason === 'drift-corrected',
    }
  }
  const looked = runs.filter(run => isNear(run.atMs))
  const other = looked.findLast(({ report, error }) => error !== undefined || report.outcome !== 'in-sync')
  if (other !== undefined) return { kind: 'not-repointed', run: other }
  const calm = looked.findLast(({ report }) => ['rds-event', 'watch'].includes(report.trigger.kind))
  if (calm !== undefined) return { kind: 'nothing-to-do', run: calm }
  return nowMs - endedMs < answerMs ? { kind: 'open' } : { kind: 'never' }
}

/** Runs that did or refused something, and that no failover explains: drift, first registrations, refusals, failures. */
export const unexplained = (runs: readonly LoggedReport[], incidents: readonly Incident[]): readonly LoggedReport[] => {
  const explained = incidents.flatMap(({ answer }) => ('run' in answer ? [answer.run] : []))
  const isInIncident = (run: LoggedReport) =>
    incidents.some(({ startedMs, endedMs }) => run.atMs >= startedMs && run.atMs <= endedMs + answerMs)
  return runs.filter(run => {
    if (explained.includes(run)) return false
    if (run.error === undefined && run.report.outcome === 'in-sync') return false
    return run.report.outcome === 'repointed' || !isInIncident(run)
  })
}

/** The incidents of one database, and what no failover explains. */
export interface DatabaseHistory {
  readonly database: string
  readonly sinceMs: number
  /** It has only the gateway: the access log stands in for the function's. */
  readonly isRetired: boolean
  /** What could not be read, with why: the history is that of the other source alone. */
  readonly unread: readonly { readonly source: 'rds-events' | 'function-log'; readonly why: string }[]
  readonly incidents: readonly Incident[]
  /** What the function did or refused without a failover of RDS. */
  readonly others: readonly LoggedReport[]
}
