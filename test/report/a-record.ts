import { phasesBetween, probeOf } from '../../report/measure.ts'
import { type DrillRecord, recordFormat, recordVersion } from '../../report/record.ts'
import { spansOf } from '../../report/spans.ts'

/** Works but for the attempts that begin in the outage. */
const attempts = (fromMs: number, toMs: number, downFrom: number, downTo: number) => {
  const all = []
  for (let atMs = fromMs; atMs < toMs; atMs += 250) {
    const isDown = atMs >= downFrom && atMs < downTo
    all.push({ atMs, tookMs: isDown ? 3_000 : 4 + (Math.abs(atMs) % 7), ...(isDown ? { error: 'timeout' } : {}) })
  }
  return all
}

/** The record of a drill: 94 s of outage at the front door, 14 s at the endpoint. */
export const aRecord = (changes: Partial<DrillRecord> = {}): DrillRecord => {
  const milestones = [
    { name: 'writer-ready', atMs: 10_600 },
    { name: 'dns-changed', atMs: 13_500 },
    { name: 'registered', atMs: 14_400 },
    { name: 'healthy', atMs: 92_000 },
    { name: 'client-works', atMs: 95_254 },
  ] as const
  const target = { lane: 'targets' as const }
  return {
    format: recordFormat,
    version: recordVersion,
    kind: 'drill',
    title: 'orders: failover drill',
    startedAt: '2026-11-21T03:00:00.000Z',
    beganMs: -3_000,
    endedMs: 120_000,
    speed: 1,
    cause: 'RebootDBInstance orders with failover',
    database: {
      id: 'orders',
      kind: 'instance',
      engine: 'postgres',
      endpoint: 'orders.abc.eu-west-1.rds.amazonaws.com',
      port: 5432,
    },
    frontDoor: {
      kind: 'nlb',
      name: 'orders',
      address: 'orders.elb.amazonaws.com:5432',
      strategy: 'swap',
      keeper: 'with Repoint',
    },
    verdict: {
      outcome: 'passed',
      sentence: 'orders failed over, and its front door followed.',
      checks: [{ what: 'the writer moved', holds: true, found: '10.0.1.10 to 10.0.2.20' }],
    },
    milestones: [...milestones],
    phases: phasesBetween(milestones),
    probes: [
      probeOf(
        { id: 'tcp', name: 'TCP, a new connection each time', path: 'front-door', everyMs: 250, patienceMs: 3_000 },
        attempts(-3_000, 120_000, 1_250, 95_250),
      ),
      probeOf(
        { id: 'tcp', name: 'TCP, a new connection each time', path: 'database', everyMs: 250, patienceMs: 3_000 },
        attempts(-3_000, 120_000, 500, 14_500),
      ),
    ],
    spans: spansOf([
      { atMs: -3_000, lane: 'rds', subject: 'orders', state: 'available' },
      { atMs: 1_000, lane: 'rds', subject: 'orders', state: 'rebooting' },
      { atMs: 60_000, lane: 'rds', subject: 'orders', state: 'available' },
      { atMs: -3_000, lane: 'dns', subject: 'endpoint', state: '10.0.1.10' },
      { atMs: 13_500, lane: 'dns', subject: 'endpoint', state: '10.0.2.20' },
      { ...target, atMs: -3_000, subject: '10.0.1.10:5432', state: 'healthy' },
      { ...target, atMs: 20_000, subject: '10.0.1.10:5432', state: 'draining' },
      { ...target, atMs: 22_000, subject: '10.0.1.10:5432' },
      { ...target, atMs: 14_400, subject: '10.0.2.20:5432', state: 'initial', detail: 'Elb.RegistrationInProgress' },
      { ...target, atMs: 92_000, subject: '10.0.2.20:5432', state: 'healthy' },
    ]),
    moments: [
      { atMs: 150, lane: 'rds', what: 'Multi-AZ instance failover started.', fields: { eventId: 'RDS-EVENT-0013' } },
      { atMs: 1_150, lane: 'event', what: 'Event delivered', fields: { eventId: 'RDS-EVENT-0013' } },
      { atMs: 13_500, lane: 'dns', what: 'The endpoint points elsewhere', fields: { ip: '10.0.2.20' } },
      { atMs: 14_400, lane: 'api', what: 'RegisterTargets', fields: { targets: '10.0.2.20:5432', status: 200 } },
    ],
    reports: [{ outcome: 'repointed', reason: 'failover-followed' }],
    notes: ['Times are of the machine that probed.'],
    ...changes,
  }
}
