import { phasesBetween, probeOf } from '../../report/measure.ts'
import type { Check, Milestone, Moment, Probe, Span, VerdictOutcome } from '../../report/record/words.ts'
import { type DrillRecord, recordFormat, recordVersion } from '../../report/record.ts'
import { spansOf } from '../../report/spans.ts'
import { type LoggedReport, timesOf } from '../facts/log-reports.ts'
import type { Door } from './door.ts'
import { checksOf, sentenceOf } from './record-checks.ts'
import type { Seen } from './seen.ts'

/** What a record is to say beside what was seen: of which door it tells, and what was found out about it elsewhere. */
export interface Telling {
  readonly door?: Door
  readonly title?: string
  readonly checks?: readonly Check[]
  readonly moments?: readonly Moment[]
  readonly notes?: readonly string[]
}

/** A watched failover began when something first changed; one of ours when we asked for it. Epoch milliseconds. */
export const zeroOf = (seen: Seen): number => {
  if (!seen.isWatching) return seen.causedMs
  const flips = seen.journal.moments.filter(({ lane }) => lane === 'dns').map(({ atMs }) => atMs)
  const failures = seen.probers.flatMap(({ attempts }) => attempts.filter(({ error }) => error).map(({ atMs }) => atMs))
  const first = Math.min(...flips, ...failures)
  return Number.isFinite(first) ? first : seen.causedMs
}

/** One door's record, by default the first's. */
export const recordOf = (seen: Seen, telling: Telling = {}): DrillRecord => {
  const { database, endedMs, journal, reports } = seen
  const { door = seen.doors[0] } = telling
  const zeroMs = zeroOf(seen)
  const since = (ms: number) => Math.round(ms - zeroMs)
  const probes = seen.probers
    .filter(prober => prober.door === undefined || prober.door === door)
    .map(({ about, attempts }) =>
      probeOf(
        about,
        attempts.map(attempt => ({ ...attempt, atMs: attempt.atMs - zeroMs })),
      ),
    )
  const isKept = door.kind === 'nlb'
  const milestones = milestonesOf(seen, probes, since).filter(
    ({ name }) => isKept || (name !== 'registered' && name !== 'healthy'),
  )
  const checks = [...checksOf(seen, door, probes), ...(telling.checks ?? [])]
  const outcome: VerdictOutcome =
    seen.ending === 'interrupted' ? 'interrupted' : checks.every(({ holds }) => holds) ? 'passed' : 'failed'
  return {
    format: recordFormat,
    version: recordVersion,
    kind: 'drill',
    title: telling.title ?? `${database.id}: ${seen.isWatching ? 'a failover watched' : 'failover drill'}`,
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
      ...database.env,
    },
    frontDoor: {
      kind: door.kind,
      name: door.name,
      address: `${door.place.host}:${door.place.port}`,
      ...(isKept && seen.strategy !== undefined ? { strategy: seen.strategy } : {}),
      keeper: isKept ? 'with Repoint' : 'by itself',
    },
    verdict: { outcome, sentence: sentenceOf(seen, outcome), checks },
    milestones,
    phases: phasesBetween(milestones),
    probes,
    spans: [
      ...spansOf(journal.sights.map(sight => ({ ...sight, atMs: sight.atMs - zeroMs }))),
      ...reports.map(report => runSpan(report, since)),
    ],
    moments: [...journal.moments, ...(telling.moments ?? [])]
      .map(moment => ({ ...moment, atMs: since(moment.atMs) }))
      .toSorted((a, b) => a.atMs - b.atMs),
    reports: reports.map(({ report }) => ({ ...report })),
    notes: [...seen.notes, ...(telling.notes ?? [])],
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
  const after = ofWriter.filter(({ atMs }) => since(atMs) >= 0)
  // What was there from the beginning is seen and no change.
  const stoodBefore = seen.journal.sights.some(
    ({ lane, subject, state, atMs }) =>
      lane === 'targets' && subject.startsWith(`${ip}:`) && state !== undefined && since(atMs) < 0,
  )
  const seenRegistered = after.find(({ fields }) => fields.from === 'not registered')?.atMs
  const registered = seen.reports.map(report => timesOf(report).registeredMs).find(ms => ms !== undefined)
  const healthy = after.findLast(({ fields }) => fields.state === 'healthy')?.atMs
  const registeredMs = registered ?? seenRegistered
  // Where it was registered beforehand, nothing had to be waited for.
  const wasRegistered = registeredMs === undefined && stoodBefore
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
