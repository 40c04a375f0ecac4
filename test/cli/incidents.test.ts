import { describe, expect, it } from 'vitest'
import type { LoggedReport } from '../../cli/facts/log-reports.ts'
import type { RdsHappening } from '../../cli/facts/rds-events.ts'
import { incidentsOf, unexplained } from '../../cli/history/incidents.ts'
import type { Report } from '../../functions/reconciler/ports.ts'

const minute = 60_000
const begin = Date.parse('2026-11-21T02:00:00Z')
const at = (minutes: number) => begin + minutes * minute

const event = (minutes: number, message: string, categories: readonly string[] = ['failover']): RdsHappening => ({
  atMs: at(minutes),
  source: 'orders',
  message,
  categories,
})

const run = (minutes: number, report: Partial<Report>, error?: string): LoggedReport => ({
  atMs: at(minutes),
  ...(error === undefined ? {} : { error }),
  report: {
    outcome: 'in-sync',
    reason: 'already-in-sync',
    database: 'orders',
    trigger: { kind: 'rds-event', eventId: 'RDS-EVENT-0013' },
    writer: { kind: 'settled', addresses: ['10.0.2.20'], because: 'answers-agree' },
    before: [],
    plan: [],
    stepsDone: [],
    after: [],
    timings: { startedAt: new Date(at(minutes)).toISOString(), invokedMs: 0, totalMs: 0, looks: 1 },
    ...report,
  },
})

const failover = [event(0, 'Multi-AZ instance failover started.'), event(1, 'Multi-AZ instance failover completed.')]
const repoint = run(3, {
  outcome: 'repointed',
  reason: 'failover-followed',
  timings: {
    startedAt: new Date(at(0)).toISOString(),
    invokedMs: 900,
    registeredMs: 15_000,
    healthyMs: 150_000,
    totalMs: 180_000,
    looks: 40,
  },
})

describe('a failover of RDS', () => {
  it('is answered by the repoint that follows it, in so many seconds', () => {
    expect(incidentsOf(failover, [repoint], at(60))).toMatchObject([
      {
        startedMs: at(0),
        endedMs: at(1),
        answer: { kind: 'repointed', registeredAfterMs: 15_000, healthyAfterMs: 150_000, wasDrift: false },
      },
    ])
  })

  it('found by the schedule is a drift', () => {
    const drift = run(2, { outcome: 'repointed', reason: 'drift-corrected', trigger: { kind: 'resync' } })

    expect(incidentsOf(failover, [drift], at(60))).toMatchObject([{ answer: { kind: 'repointed', wasDrift: true } }])
  })

  it('that nobody looked at was never answered', () => {
    expect(incidentsOf(failover, [], at(60))).toMatchObject([{ answer: { kind: 'never' } }])
  })

  it('of just now may still be answered', () => {
    expect(incidentsOf(failover, [], at(5))).toMatchObject([{ answer: { kind: 'open' } }])
  })

  it('after which the writer had not moved needs no repoint', () => {
    const calm = run(2, { reason: 'no-move-seen' })

    expect(incidentsOf(failover, [calm], at(60))).toMatchObject([{ answer: { kind: 'nothing-to-do' } }])
  })

  it.each([
    ['refused', run(2, { outcome: 'refused', reason: 'address-not-allowed' })],
    ['failed', run(2, {}, 'AccessDenied')],
  ])('that was %s is not repointed', (_, its) => {
    expect(incidentsOf(failover, [its], at(60))).toMatchObject([{ answer: { kind: 'not-repointed', run: its } }])
  })

  it('is another one when it starts after the first has completed: a fail-back has numbers of its own', () => {
    const back = [event(3.5, 'Multi-AZ instance failover started.'), event(4, 'Multi-AZ instance failover completed.')]
    const again = run(6, {
      outcome: 'repointed',
      timings: { ...repoint.report.timings, startedAt: new Date(at(3.5)).toISOString(), registeredMs: 20_000 },
    })

    expect(incidentsOf([...failover, ...back], [repoint, again], at(60))).toMatchObject([
      { startedMs: at(0), answer: { registeredAfterMs: 15_000 } },
      { startedMs: at(3.5), answer: { registeredAfterMs: 20_000 } },
    ])
  })

  it('was not answered by the repoint of the next one', () => {
    const back = [event(3.5, 'Multi-AZ instance failover started.'), event(4, 'Multi-AZ instance failover completed.')]
    const late = run(6, {
      outcome: 'repointed',
      timings: { ...repoint.report.timings, startedAt: new Date(at(5)).toISOString() },
    })

    expect(incidentsOf([...failover, ...back], [late], at(60)).map(({ answer }) => answer.kind)).toEqual([
      'never',
      'repointed',
    ])
  })

  it('has no known answer where the log may not be read', () => {
    expect(incidentsOf(failover, undefined, at(60))).toMatchObject([{ answer: { kind: 'unknown' } }])
  })

  it('is another one when it comes much later', () => {
    const again = [event(30, 'Multi-AZ instance failover started.')]

    expect(incidentsOf([...failover, ...again], [repoint], at(90)).map(({ answer }) => answer.kind)).toEqual([
      'repointed',
      'never',
    ])
  })

  it.each([
    ['a restart', event(0, 'DB instance restarted.', ['availability'])],
    ['an abandoned one', event(0, 'Abandoned user requested failover.')],
  ])('is not %s', (_, its) => {
    expect(incidentsOf([its], [], at(60))).toEqual([])
  })
})

describe('what no failover explains', () => {
  it('is drift, a refusal, a failure; not a calm run, and not the answer itself', () => {
    const incidents = incidentsOf(failover, [repoint], at(90))
    const drift = run(40, { outcome: 'repointed', reason: 'drift-corrected', trigger: { kind: 'resync' } })
    const failed = run(50, {}, 'AccessDenied')

    expect(unexplained([repoint, run(35, {}), drift, failed], incidents)).toEqual([drift, failed])
  })
})
