import { phasesBetween, probeOf } from '../../report/measure.ts'
import type { Check, Milestone, Probe, Span } from '../../report/record/words.ts'
import { type DrillRecord, recordFormat, recordVersion } from '../../report/record.ts'
import { type Sight, spansOf } from '../../report/spans.ts'
import type { Sample } from '../client/worker.ts'
import { delays } from '../delays.ts'
import * as fixture from '../fixture.ts'
import type { Ending, RehearsalResult } from '../rehearsal/rehearsal-result.ts'
import { phraseFor } from '../rehearsal/updater.ts'
import { dnsFlips, seconds, stateChanges } from '../scenarios/run-queries.ts'
import type { RunRecord, Scenario } from '../scenarios/scenario.ts'
import { attemptsOfHabit } from './attempts.ts'

/** Before the play, for comparison. */
const preludeMs = 10_000

/** The record of a rehearsal, in the form that a drill on AWS has. `endedAt` is the wall time of its end. */
export const recordOf = ({ scenario, run, samples, result }: Ending, endedAt: Date): DrillRecord => {
  const { updater, plan, speed, lastedMs } = result
  const kind = scenario.database
  const probes = probesOf(samples)
  const milestones = milestonesOf(run, probes)
  return {
    format: recordFormat,
    version: recordVersion,
    kind: 'rehearsal',
    title: `${scenario.name}, ${phraseFor(updater, plan)}`,
    startedAt: new Date(endedAt.getTime() - lastedMs / speed).toISOString(),
    beganMs: -preludeMs,
    endedMs: Math.round(lastedMs),
    speed,
    cause: `Scenario ${scenario.name}`,
    database: {
      id: 'orders',
      kind,
      engine: run.engineName,
      endpoint: fixture.endpoints[kind],
      port: fixture.port,
      region: fixture.region,
      account: fixture.account,
    },
    frontDoor: {
      kind: 'nlb',
      name: fixture.loadBalancer.name,
      address: fixture.loadBalancer.dnsName,
      strategy: plan === 'reader' ? 'swap' : plan,
      keeper: phraseFor(updater, plan),
    },
    verdict: {
      outcome: updater.kind === 'repoint' ? (result.isKept ? 'passed' : 'failed') : 'measured',
      sentence: sentenceOf(result),
      checks: result.expectations.map((one): Check => ({ ...one })),
    },
    milestones,
    phases: phasesBetween(milestones, actorOf(updater.kind)),
    probes,
    spans: [...spansOf(sightsOf(run, kind)), ...invocationsOf(run, speed)],
    moments: run.moments.map(one => ({ ...one, atMs: Math.round(one.atMs), fields: { ...one.fields } })),
    reports: run.reports.map(report => ({ ...report })),
    notes: [...notesOf(scenario, speed), ...rowsOf(result.table)],
  }
}

const actorOf = (updater: RehearsalResult['updater']['kind']): string => {
  if (updater === 'repoint') return 'Repoint'
  if (updater === 'nobody') return 'Nobody'
  return updater === 'peer' ? 'The poller' : 'The function'
}

const sentenceOf = ({ scenario, promise, updater, isKept, writes }: RehearsalResult): string => {
  const aim = updater.kind === 'repoint' ? promise : `What the events of the scenario ${scenario} cost.`
  const lost =
    writes.lost.length === 0
      ? 'No acknowledged write was lost.'
      : `${writes.lost.length} acknowledged writes were lost.`
  const broken = isKept || updater.kind !== 'repoint' ? '' : ' This run did not keep the promise.'
  return `${aim} ${lost}${broken}`
}

const probesOf = (samples: readonly Sample[]): Probe[] => {
  const about = { path: 'front-door', everyMs: 1_000 } as const
  return [
    probeOf({ ...about, id: 'sql-fresh', name: 'SQL, a new connection each time' }, attemptsOfHabit(samples, 'fresh')),
    probeOf({ ...about, id: 'sql-kept', name: 'SQL, one kept connection' }, attemptsOfHabit(samples, 'long-lived')),
  ]
}

const writerReady = new Set(['The standby is the writer', 'The new writer accepts writes'])

/** Where nothing moved, only the client's own way back remains. */
const milestonesOf = (run: RunRecord, probes: readonly Probe[]): Milestone[] => {
  const at = (name: Milestone['name'], atMs: number | undefined): Milestone =>
    atMs === undefined ? { name } : { name, atMs: Math.round(atMs) }
  const outages = probes.flatMap(probe => probe.outages)
  const worksMs = outages.some(({ toMs }) => toMs === undefined)
    ? undefined
    : Math.max(0, ...outages.map(({ toMs = 0 }) => toMs))
  const clientWorks = outages.length === 0 ? [] : [at('client-works', worksMs)]
  const flip = dnsFlips(run).find(({ fields }) => fields.ip === run.writerIp)
  if (!flip) return clientWorks
  const isNew = ({ target }: { target: string }) => target.startsWith(`${run.writerIp}:`)
  const changes = stateChanges(run).filter(change => isNew(change) && change.atMs >= flip.atMs)
  const wasRegistered = run.firstTargets.some(target => isNew({ target }))
  const weighed = run.moments.find(
    ({ lane, what, atMs, fields }) =>
      lane === 'api' && what === 'ModifyListener' && fields.status === 200 && atMs >= flip.atMs,
  )
  const registered = changes.find(({ state }) => state !== 'draining' && state !== 'unused')
  const actedMs = wasRegistered ? weighed?.atMs : registered?.atMs
  const healthyMs = changes.findLast(({ state }) => state === 'healthy')?.atMs
  return [
    at('writer-ready', run.moments.findLast(({ lane, what }) => lane === 'rds' && writerReady.has(what))?.atMs),
    at('dns-changed', flip.atMs),
    // A writer that stands in its group beforehand is selected, by weights or by the health check, and not registered.
    ...(wasRegistered && actedMs === undefined ? [] : [at('registered', actedMs)]),
    ...(wasRegistered && healthyMs === undefined ? [] : [at('healthy', healthyMs)]),
    ...clientWorks,
  ]
}

const sightsOf = (run: RunRecord, kind: fixture.DatabaseKind): Sight[] => {
  const start = { atMs: -preludeMs }
  const status = { lane: 'rds', subject: kind === 'instance' ? 'orders' : 'cluster orders' } as const
  const dns = { lane: 'dns', subject: 'endpoint' } as const
  return [
    { ...start, ...status, state: 'available' },
    ...run.moments
      .filter(({ lane, fields }) => lane === 'rds' && typeof fields.status === 'string')
      .map(({ atMs, fields }) => ({ atMs, ...status, state: String(fields.status) })),
    { ...start, ...dns, state: run.firstTargets[0]?.split(':')[0] ?? 'unknown' },
    ...dnsFlips(run).map(({ atMs, fields }) => ({ atMs, ...dns, state: String(fields.ip) })),
    ...run.firstTargets.map(subject => ({ ...start, lane: 'targets' as const, subject, state: 'healthy' })),
    ...stateChanges(run).map(({ atMs, target, state, reason }) => ({
      atMs,
      lane: 'targets' as const,
      subject: target,
      ...(reason === 'Target.NotRegistered' ? {} : { state, detail: reason }),
    })),
  ]
}

interface Summary {
  readonly outcome: string
  readonly reason: string
  readonly trigger: { readonly kind: string; readonly eventId?: string }
  readonly timings: { readonly invokedMs: number; readonly totalMs: number }
}

/** The function measures wall milliseconds. */
const invocationsOf = ({ moments }: RunRecord, speed: number): Span[] =>
  moments
    .filter(({ lane, what }) => lane === 'function' && what === 'Reconcile finished')
    .map(({ atMs, fields }) => {
      const { outcome, reason, trigger, timings } = fields.report as Summary
      const lastedMs = (timings.totalMs - timings.invokedMs) * speed
      return {
        lane: 'function',
        subject: trigger.eventId ?? trigger.kind,
        state: outcome,
        detail: reason,
        fromMs: Math.round(atMs - lastedMs),
        toMs: Math.round(atMs),
      }
    })

/** A table as sentences of its own headings, one a row. */
const rowsOf = ([headings = [], ...rows]: NonNullable<RehearsalResult['table']> = []): string[] =>
  rows.map(([name = '', ...cells]) => {
    const shown = cells.flatMap((cell, index) => (cell === '-' ? [] : `${headings[index + 1] ?? ''}: ${cell}`))
    return `${headings[0] ?? ''} ${name}. ${shown.join('; ')}.`
  })

const notesOf = ({ promise }: Scenario, speed: number): string[] => [
  `The promise of this scenario: ${promise}`,
  speed === 1
    ? 'Delays as on AWS.'
    : `Rehearsed ${speed} times faster than AWS; all times are shown as they would be on AWS.`,
  `A registration takes the load balancer ${seconds(delays.nlbRegistration.value)} here (90-300 s on AWS).`,
]
