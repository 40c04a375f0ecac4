import type { DatabaseSettings } from '../../infra/settings.ts'
import { phasesBetween, probeOf } from '../../report/measure.ts'
import type { Check, Milestone, Probe, Span, VerdictOutcome } from '../../report/record/words.ts'
import { type DrillRecord, recordFormat, recordVersion } from '../../report/record.ts'
import { spansOf } from '../../report/spans.ts'
import type { LoggedReport } from '../gather/log-reports.ts'
import type { Door } from './door.ts'
import type { Journal } from './journal.ts'
import type { Prober } from './prober.ts'
import type { Ending } from './steady.ts'
import { timesOf } from './watch/reports.ts'

/** Everything that was seen. Times are epoch milliseconds. */
export interface Seen {
  readonly database: DatabaseSettings
  readonly door: Door
  readonly strategy: string
  readonly cause: string
  readonly isWatching: boolean
  readonly beganMs: number
  readonly causedMs: number
  readonly endedMs: number
  readonly ending: Ending | 'interrupted' | 'not caused'
  readonly isInPlace: boolean
  readonly journal: Journal
  readonly probers: readonly Prober[]
  readonly reports: readonly LoggedReport[]
  /** Rows that were acknowledged and are not there; absent where nothing was written or could not be read back. */
  readonly writes?: { readonly acknowledged: number; readonly lost: number }
  readonly notes: readonly string[]
}

/** A watched failover began when something first changed; one of ours when we asked for it. */
const zeroOf = (seen: Seen): number => {
  if (!seen.isWatching) return seen.causedMs
  const flips = seen.journal.moments.filter(({ lane }) => lane === 'dns').map(({ atMs }) => atMs)
  const failures = seen.probers.flatMap(({ attempts }) => attempts.filter(({ error }) => error).map(({ atMs }) => atMs))
  const first = Math.min(...flips, ...failures)
  return Number.isFinite(first) ? first : seen.causedMs
}

export const recordOf = (seen: Seen): DrillRecord => {
  const { database, door, endedMs, journal, reports } = seen
  const zeroMs = zeroOf(seen)
  const since = (ms: number) => Math.round(ms - zeroMs)
  const probes = seen.probers.map(({ about, attempts }) =>
    probeOf(
      about,
      attempts.map(attempt => ({ ...attempt, atMs: attempt.atMs - zeroMs })),
    ),
  )
  const milestones = milestonesOf(seen, probes, since)
  const checks = checksOf(seen, probes)
  const outcome: VerdictOutcome =
    seen.ending === 'interrupted' ? 'interrupted' : checks.every(({ holds }) => holds) ? 'passed' : 'failed'
  return {
    format: recordFormat,
    version: recordVersion,
    kind: 'drill',
    title: `${database.id}: ${seen.isWatching ? 'a failover watched' : 'failover drill'}`,
    startedAt: new Date(zeroMs).toISOString(),
    beganMs: Math.min(0, since(seen.beganMs)),
    endedMs: since(endedMs),
    speed: 1,
    cause: seen.cause,
    database: {
      id: database.id,
      kind: database.kind,
      engine: database.engine,
      endpoint: database.endpoint,
      port: database.port,
      ...database.place,
    },
    frontDoor: {
      kind: 'nlb',
      name: door.name,
      address: `${door.place.host}:${door.place.port}`,
      strategy: seen.strategy,
      keeper: 'with Repoint',
    },
    verdict: { outcome, sentence: sentenceOf(seen, outcome), checks },
    milestones,
    phases: phasesBetween(milestones),
    probes,
    spans: [
      ...spansOf(journal.sights.map(sight => ({ ...sight, atMs: sight.atMs - zeroMs }))),
      ...reports.map(report => runSpan(report, since)),
    ],
    moments: journal.moments
      .map(moment => ({ ...moment, atMs: since(moment.atMs) }))
      .toSorted((a, b) => a.atMs - b.atMs),
    reports: reports.map(({ report }) => ({ ...report })),
    notes: [...seen.notes],
  }
}

const runSpan = (logged: LoggedReport, since: (ms: number) => number): Span => {
  const { outcome, reason, trigger } = logged.report
  const { invokedMs, endedMs } = timesOf(logged)
  return {
    lane: 'function',
    subject: trigger.eventId ?? trigger.kind,
    state: outcome,
    detail: reason,
    fromMs: since(invokedMs),
    toMs: since(endedMs),
  }
}

const milestonesOf = (seen: Seen, probes: readonly Probe[], since: (ms: number) => number): Milestone[] => {
  const at = (name: Milestone['name'], atMs: number | undefined): Milestone =>
    atMs === undefined ? { name } : { name, atMs: Math.round(atMs) }
  const { moments } = seen.journal
  const flip = moments.findLast(({ lane }) => lane === 'dns')
  const outages = probes.filter(({ path }) => path === 'front-door').flatMap(probe => probe.outages)
  const worksMs = outages.some(({ toMs }) => toMs === undefined)
    ? undefined
    : Math.max(0, ...outages.map(({ toMs = 0 }) => toMs))
  const clientWorks = outages.length === 0 ? [] : [at('client-works', worksMs)]
  if (!flip) return clientWorks
  const ip = String(flip.fields.ip)
  const ofWriter = moments.filter(
    ({ lane, fields }) => lane === 'targets' && String(fields.target).startsWith(`${ip}:`),
  )
  const [before, after] = [
    ofWriter.filter(({ atMs }) => since(atMs) < 0),
    ofWriter.filter(({ atMs }) => since(atMs) >= 0),
  ]
  const seenRegistered = after.find(({ fields }) => fields.from === 'not registered')?.atMs
  const registered = seen.reports.map(report => timesOf(report).registeredMs).find(ms => ms !== undefined)
  const healthy = after.findLast(({ fields }) => fields.state === 'healthy')?.atMs
  const registeredMs = registered ?? seenRegistered
  // Where it was registered beforehand, nothing had to be waited for.
  const wasRegistered = registeredMs === undefined && before.length > 0
  const known = (ms: number | undefined) => (ms === undefined ? undefined : since(ms))
  const restarted = moments.find(({ lane, what, atMs }) => lane === 'rds' && /restarted/i.test(what) && since(atMs) > 0)
  const direct = probes.filter(({ path }) => path === 'database').flatMap(({ outages: own }) => own.at(-1)?.toMs ?? [])
  const readyMs = Math.min(known(restarted?.atMs) ?? Number.POSITIVE_INFINITY, ...direct)
  return [
    ...(Number.isFinite(readyMs) ? [at('writer-ready', readyMs)] : []),
    at('dns-changed', since(isJustBefore(registeredMs, flip.atMs) ? registeredMs : flip.atMs)),
    ...(wasRegistered ? [] : [at('registered', known(registeredMs))]),
    ...(wasRegistered && healthy === undefined ? [] : [at('healthy', known(healthy))]),
    ...clientWorks,
  ]
}

/** DNS is looked at in intervals: who acted on its answer may have seen it before we did. */
const isJustBefore = (registeredMs: number | undefined, flipMs: number): registeredMs is number =>
  registeredMs !== undefined && registeredMs < flipMs && flipMs - registeredMs < 1_000

const checksOf = (
  { ending, isInPlace, journal, reports, writes, isWatching }: Seen,
  probes: readonly Probe[],
): Check[] => {
  const flips = journal.moments.filter(({ lane }) => lane === 'dns')
  const down = probes.filter(({ outages }) => outages.length > 0 && outages.at(-1)?.toMs === undefined)
  const told = reports.filter(({ report }) => report.outcome === 'repointed')
  return [
    {
      what: 'the writer moved',
      holds: flips.length > 0,
      found:
        flips.map(({ fields }) => `${fields.from} to ${fields.ip}`).join(', then ') ||
        'DNS gave one answer all the time',
    },
    {
      what: 'the front door follows: the new writer is where it should be, and healthy',
      holds: isInPlace,
    },
    {
      what: 'every client gets through in the end',
      holds: probes.length > 0 && down.length === 0,
      found: down.map(({ name }) => `still failing: ${name}`).join(', ') || 'yes',
    },
    { what: 'it ended steady', holds: ending === 'steady', found: ending },
    ...(reports.length > 0 || !isWatching
      ? [
          {
            what: 'Repoint reported the repoint',
            holds: told.length > 0,
            found: told.map(({ report }) => report.reason).join(', ') || 'no report in its log',
          },
        ]
      : []),
    ...(writes === undefined
      ? []
      : [
          {
            what: 'no acknowledged write is lost',
            holds: writes.lost === 0,
            found: `${writes.acknowledged} acknowledged, ${writes.lost} lost`,
          },
        ]),
  ]
}

const sentenceOf = ({ ending, database }: Seen, outcome: VerdictOutcome): string => {
  if (outcome === 'interrupted') return 'The drill was interrupted: what came after is not in this record.'
  if (outcome === 'passed') return `${database.id} failed over, and its front door followed.`
  if (ending === 'nothing happened') return `Nothing happened to ${database.id} while it was watched.`
  return `${database.id} failed over, and not everything that should have followed did.`
}
