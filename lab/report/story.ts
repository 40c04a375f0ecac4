import { type Attempt, probeOf } from '../../report/measure.ts'
import type { Milestone, Probe, Span } from '../../report/record/words.ts'
import type { Sight } from '../../report/spans.ts'
import { manner } from '../client/application.ts'
import type { ConnectionHabit, Sample } from '../client/worker.ts'
import type { DatabaseKind } from '../fixture.ts'
import type { Moment } from '../model.ts'
import { dnsChange, dnsFlips, stateChanges } from '../scenarios/run-queries.ts'
import type { RunRecord } from '../scenarios/scenario.ts'

/** So much is told of what was before a story, for comparison. */
export const preludeMs = 10_000

/** What is told of a time in the lab, during it or after it. Times are scenario milliseconds since the story began. */
export interface Story extends Pick<RunRecord, 'moments' | 'writerIp' | 'firstTargets'> {
  /** What the endpoint's name led to at the beginning; by default the first target. */
  readonly firstIp?: string
  /** Of what was before it. */
  readonly preludeMs?: number
  /** A writer is on its way that nothing points at yet. */
  readonly isMoving?: boolean
}

export const probesOf = (samples: readonly Sample[]): Probe[] => {
  // Both begin an attempt only when the last one has ended.
  const about = { path: 'front-door', ...manner, isSequential: true } as const
  return [
    probeOf({ ...about, id: 'sql-fresh', name: 'SQL, a new connection each time' }, attemptsOfHabit(samples, 'fresh')),
    probeOf({ ...about, id: 'sql-kept', name: 'SQL, one kept connection' }, attemptsOfHabit(samples, 'long-lived')),
  ]
}

/** Connect, write and read together are what the application calls an attempt. One that the end cut short is none. */
export const attemptsOfHabit = (samples: readonly Sample[], habit: ConnectionHabit): Attempt[] => {
  const attempts: Sample[][] = []
  let previous: Sample | undefined
  for (const sample of samples) {
    if (sample.connection !== habit) continue
    const continues = previous?.ok === true && previous.step !== 'read' && sample.step !== 'connect'
    if (continues) attempts.at(-1)?.push(sample)
    else attempts.push([sample])
    previous = sample
  }
  return attempts.flatMap(steps => {
    const [first, last] = [steps[0], steps.at(-1)]
    if (!first || !last || (last.ok && last.step !== 'read')) return []
    const error = last.errorKind
    return [
      { atMs: first.atMs, tookMs: last.atMs + last.latencyMs - first.atMs, ...(error === undefined ? {} : { error }) },
    ]
  })
}

const writerReady = new Set([
  'The standby is the writer',
  'The new writer accepts writes',
  'The green environment is the writer',
])

/** Where nothing moved, only the client's own way back remains. */
export const milestonesOf = (run: Story, probes: readonly Probe[]): Milestone[] => {
  const at = (name: Milestone['name'], atMs: number | undefined): Milestone =>
    atMs === undefined ? { name } : { name, atMs: Math.round(atMs) }
  const outages = probes.flatMap(probe => probe.outages)
  const worksMs = outages.some(({ toMs }) => toMs === undefined)
    ? undefined
    : Math.max(0, ...outages.map(({ toMs = 0 }) => toMs))
  const clientWorks = outages.length === 0 ? [] : [at('client-works', worksMs)]
  const change = dnsChange(run)
  const flip = change?.fields.ip === run.writerIp ? change : undefined
  const ready = at(
    'writer-ready',
    run.moments.findLast(({ lane, what }) => lane === 'rds' && writerReady.has(what))?.atMs,
  )
  if (!flip) return run.isMoving ? [ready, at('dns-changed', undefined), ...clientWorks] : clientWorks
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
    ready,
    at('dns-changed', flip.atMs),
    // A writer that stands in its group beforehand is selected, by weights or by the health check, and not registered.
    ...(wasRegistered && actedMs === undefined ? [] : [at('registered', actedMs)]),
    ...(wasRegistered && healthyMs === undefined ? [] : [at('healthy', healthyMs)]),
    ...clientWorks,
  ]
}

export const sightsOf = (run: Story, kind: DatabaseKind): Sight[] => {
  const start = { atMs: -(run.preludeMs ?? preludeMs) }
  const status = { lane: 'rds', subject: kind === 'instance' ? 'orders' : 'cluster orders' } as const
  const dns = { lane: 'dns', subject: 'endpoint' } as const
  return [
    { ...start, ...status, state: 'available' },
    ...run.moments
      .filter(({ lane, fields }) => lane === 'rds' && typeof fields.status === 'string')
      .map(({ atMs, fields }) => ({ atMs, ...status, state: String(fields.status) })),
    { ...start, ...dns, state: run.firstIp ?? run.firstTargets[0]?.split(':')[0] ?? 'unknown' },
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
export const invocationsOf = (moments: readonly Moment[], speed: number): Span[] =>
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
