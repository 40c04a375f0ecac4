import type { AttendedStatus } from '../../cli/checks/attention.ts'
import type { Finding } from '../../cli/checks/finding.ts'
import { known, notKnown } from '../../cli/facts/gathered.ts'
import { planMigration } from '../../cli/migrate/plan/plan-migration.ts'
import { openOutput, type Paint } from '../../cli/output.ts'
import { showRegistration, showWriter, stepText } from '../../cli/text/core-terms.ts'
import { showIntent } from '../../cli/text/drill.ts'
import { showComparison, showRecord } from '../../cli/text/drill-record.ts'
import { showAgainst, showCheckList, showFindings } from '../../cli/text/findings.ts'
import { showHistory } from '../../cli/text/history.ts'
import { showPlan } from '../../cli/text/migration-plan.ts'
import { showProof } from '../../cli/text/proof-sentence.ts'
import { showProposal } from '../../cli/text/proposal.ts'
import { sayPause, showReport } from '../../cli/text/reconcile-report.ts'
import { deployOf, showAfter, showRetirement } from '../../cli/text/retire-decision.ts'
import { showStanding } from '../../cli/text/standing.ts'
import { showFleet, showStatus } from '../../cli/text/status.ts'
import { showDrilled, showVerified } from '../../cli/text/verification.ts'
import { showLine, showLook } from '../../cli/text/watch.ts'
import { sayMoved, showIntended, showNext, showRollbackCommand } from '../../cli/text/weight-move.ts'
import { showOthers } from '../../cli/text/weights.ts'
import type { Step } from '../../functions/reconciler/core/model.ts'
import type { Report } from '../../functions/reconciler/ports.ts'
import { aRecord } from '../report/a-record.ts'
import { soundFacts } from './migrate-facts.ts'

/** Every renderer of the command line, by file and name, with sound facts in which each branch has something to show. */

interface Renderer {
  readonly name: string
  readonly facts: unknown
  readonly render: (facts: unknown, paint: Paint) => string
}

const renderer = <T>(name: string, facts: T, render: (facts: T, paint: Paint) => string): Renderer => ({
  name,
  facts,
  render: (given, paint) => render(given as T, paint),
})

const findings: readonly Finding[] = (['ok', 'notice', 'warning', 'problem', 'unknown'] as const).map(severity => ({
  check: `check-${severity}`,
  severity,
  fact: `fact of ${severity}`,
  remedy: 'a remedy',
  source: 'https://docs.example.com',
}))

const groupArn = 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/orders/1'
const steps: readonly Step[] = [
  { kind: 'register', targetGroupArn: groupArn, targets: [{ ip: '10.0.1.10', port: 5432 }] },
  { kind: 'set-weights', listenerArn: 'listener', weights: [{ targetGroupArn: groupArn, weight: 100 }] },
  { kind: 'remember', targetGroupArn: groupArn, pair: [{ ip: '10.0.1.10', interfaceId: 'eni', subnetId: 'subnet' }] },
]
const registration = { ip: '10.0.1.10', port: 5432, state: 'unhealthy', stateReason: 'Target.Timeout' } as const
const door = { role: 'writer', strategy: 'swap', targetGroupArn: groupArn, port: 5432 } as const
const report: Report = {
  outcome: 'waiting',
  reason: 'target-not-healthy',
  remedy: 'Open the port.',
  database: 'orders',
  trigger: { kind: 'rds-event', eventId: 'RDS-EVENT-0049', meaning: 'A failover', source: 'arn' },
  writer: { kind: 'unknown', why: 'no-answer', detail: 'ESERVFAIL' },
  before: [{ ...door, registrations: [registration] }],
  plan: steps,
  stepsDone: steps.slice(0, 1),
  after: [{ ...door, registrations: [] }],
  timings: { startedAt: '2026-11-21T03:00:00.000Z', invokedMs: 1, registeredMs: 2, totalMs: 3, looks: 1 },
}
const run = { atMs: 3_000, report }

const status: AttendedStatus = {
  database: 'orders',
  kind: 'instance',
  account: '111122223333',
  region: 'eu-west-1',
  endpoint: 'orders.example.com',
  outcome: 'waiting',
  reason: 'target-not-healthy',
  remedy: 'Open the port.',
  writer: { kind: 'settled', addresses: ['10.0.1.10', '10.0.1.11'], because: 'answers-agree' },
  answer: { kind: 'addresses', addresses: ['10.0.1.10'], ttlSeconds: 5, chain: ['orders.example.com'] },
  evidence: { looks: 3, overMs: 1 },
  frontDoors: [{ ...door, registrations: [{ ...registration, registeredAtMs: 1 }] }],
  plan: steps,
  policies: ['add-only'],
  lastRun: known(run),
  lastRepoint: known(run),
  lookedBackMs: 1,
  wake: known({
    rules: [{ name: 'events', isEnabled: false }],
    schedule: { name: 'resync', isEnabled: true, every: 'rate(1 minute)' },
    pause: { reason: 'a change', until: '2026-11-21T03:00:00.000Z', by: 'Ana', isOverdue: false },
  }),
  alarms: known([
    { name: 'refused', state: 'ALARM', sinceMs: 1 },
    { name: 'drift-found', state: 'INSUFFICIENT_DATA' },
  ]),
  attention: findings,
}
const unread: AttendedStatus = {
  ...status,
  writer: { kind: 'not-allowed', addresses: ['8.8.8.8'], outside: ['8.8.8.8'] },
  answer: { kind: 'none', why: 'ENOTFOUND' },
  lastRun: notKnown('denied'),
  lastRepoint: notKnown('denied'),
  wake: notKnown('denied'),
  alarms: notKnown('denied'),
}

const happening = { atMs: 1_000, source: 'orders', message: 'A failover has begun', categories: ['failover'] }
const failed = { ...run, error: 'Access denied' }
const answers = [
  { kind: 'repointed', run, registeredAfterMs: 1, healthyAfterMs: 2, wasDrift: false },
  { kind: 'nothing-to-do', run },
  { kind: 'not-repointed', run: failed },
  { kind: 'open' },
  { kind: 'never' },
  { kind: 'gateway-followed', from: ['10.0.1.10'], to: '10.0.2.20', afterMs: 1 },
  { kind: 'gateway-stayed', at: ['10.0.1.10'], connections: 2 },
  { kind: 'gateway-unseen', why: 'denied' },
] as const
const history = {
  database: 'orders',
  sinceMs: 0,
  isRetired: true,
  unread: [{ source: 'rds-events', why: 'denied' } as const],
  incidents: answers.map(answer => ({ startedMs: 1_000, endedMs: 2_000, events: [happening], answer })),
  others: [run, failed],
}

const access = { atMs: 1, endpointId: 'vpce', resourceIp: '10.0.1.10', resource: '10.0.1.10:5432' }
const counted = { record: access, found: 1, connections: 2 }
const proofs = [
  { kind: 'proved', ...counted, matchedBy: 'endpoint', sinceMs: 1 },
  { kind: 'disproved', ...counted, matchedBy: 'source', writer: ['10.0.2.20'] },
  { kind: 'incomplete', ...counted, why: 'one is missing' },
  { kind: 'nothing-to-compare', record: access, why: 'no writer' },
  { kind: 'not-tried', why: 'no access' },
] as const

const seen = (path: string) => ({
  path,
  endpointId: 'vpce-1',
  host: 'orders.example.com',
  port: 5432,
  client: {
    addresses: { kind: 'found', ips: ['10.1.0.1'] },
    attempts: [{ ip: '10.1.0.1', tcp: { kind: 'failed', code: 'timeout' } }],
  },
  sql:
    path === 'nlb' ? { kind: 'failed', error: 'timeout', why: 'x' } : { kind: 'answered', isWriter: true, server: 's' },
})
const examined = {
  title: 'analytics to orders',
  outcome: 'waiting',
  paths: [seen('nlb'), seen('gateway')],
  lookups: { asked: 2, led: { nlb: 1, gateway: 1 } },
  weights: { nlb: 50, gateway: 50 },
  findings,
  proof: proofs[2],
  later: { insights: 'filter a', command: 'aws logs' },
}

const look = {
  atMs: 1,
  paths: ['nlb', 'gateway'],
  live: notKnown('denied'),
  runs: Object.fromEntries(
    ['nlb', 'gateway', 'name'].map(place => [
      place,
      [{ name: 'TCP', attempts: 2, failures: 1, failedInRow: 1, lastError: 'timeout' }],
    ]),
  ),
  traffic: { paths: { nlb: {}, gateway: { resets: 1 } }, missing: ['not counted'] },
  reached: known({ '10.0.1.10': 2 }),
  writer: ['10.0.1.10'],
}
const shownLook = { look, verdict: { kind: 'pause', why: 'both fail' }, dueInMs: 1 }

const plan = planMigration(soundFacts(), { gbPerMonth: 1, arguments: '-d orders' })
const judgement = { severity: 'warning', fact: 'a difference', remedy: 'a remedy' } as const
const nexts = [
  plan.next,
  { kind: 'done', why: 'retired' },
  { kind: 'first', why: 'odd', remedy: 'deploy' },
  { kind: 'refused', from: 'nlb', to: 'gateway', why: 'not yet' },
] as const

const set = (SetIdentifier: string) => ({ Name: 'db.', Type: 'A' as const, SetIdentifier, Weight: 1 })
const records = { zoneId: 'Z0', name: 'db', nlb: set('one'), gateway: set('other') }
const consumer = { name: 'analytics' }
const retired = {
  id: 'orders',
  stackId: 'Repoint-orders',
  frontDoor: { kind: 'existing', strategy: 'swap', targetGroupArn: 'arn', targetGroupArns: [] },
} as const
const retirement = { step: 'consumers', consumers: [consumer], findings }
const wide = (paint: Paint) => ({ ...openOutput({ env: {} }), paint, width: 1e6 })

export const renderers: readonly Renderer[] = [
  renderer('weight-move.ts: showRollbackCommand', { records, access: { profile: 'p', region: 'r' } }, it =>
    showRollbackCommand(it.records, it.access),
  ),
  renderer('findings.ts: showCheckList', findings, showCheckList),
  renderer('findings.ts: showAgainst', findings, it => showAgainst(it)),
  renderer('core-terms.ts: showWriter', report.writer, it => showWriter(it)),
  renderer('core-terms.ts: showRegistration', registration, showRegistration),
  renderer(
    'drill.ts: showIntent',
    {
      database: { endpoint: 'orders.example.com', port: 5432 },
      cause: { does: 'reboots orders' },
      doors: [{ place: { host: 'door.example.com', port: 5432 } }],
      probesEndpoint: true,
      everyMs: 250,
      probesTcp: true,
      sql: { table: 'probes' },
      isWatching: false,
    },
    it => showIntent(it as never),
  ),
  renderer('drill-record.ts: showRecord', aRecord(), showRecord),
  renderer('drill-record.ts: showComparison', [aRecord(), aRecord({ title: 'after', cause: 'another' })], ([a, b]) =>
    showComparison(a as never, b as never),
  ),
  ...[true, false].map(isVerbose =>
    renderer(`findings.ts: showFindings, ${isVerbose}`, { title: 'orders', findings }, (it, paint) =>
      showFindings(it.title, it.findings, { paint, width: 1e6, isVerbose }),
    ),
  ),
  renderer('history.ts: showHistory', history, showHistory),
  ...nexts.map(next =>
    renderer(
      `migration-plan.ts: showPlan, ${next.kind}`,
      { ...plan, differences: [judgement], consumerSide: { kind: 'unknown', why: 'denied' } as const, next },
      showPlan,
    ),
  ),
  renderer('reconcile-report.ts: sayPause', { until: '2026-11-21T12:00:00Z', by: 'ops', reason: 'a change' }, sayPause),
  ...proofs.map(proof => renderer(`proof-sentence.ts: showProof, ${proof.kind}`, proof, it => showProof(it as never))),
  renderer(
    'proposal.ts: showProposal',
    {
      listed: { kind: 'instance', id: 'orders', arn: 'arn', engine: 'postgres', members: [] } as const,
      proposal: {
        entry: { arn: 'arn' },
        strategy: { take: 'standby', why: 'a reason' },
        open: ['one', 'two'],
      } as const,
    },
    ({ listed, proposal }, paint) => showProposal(listed, proposal, paint),
  ),
  renderer('reconcile-report.ts: showReport', report, showReport),
  renderer('retire-decision.ts: showRetirement', { ...retired, retirement }, (it, paint) =>
    showRetirement(it, it.retirement as never, paint),
  ),
  renderer('retire-decision.ts: showRetirement, deploy', { ...retired, retirement: { step: 'deploy' } }, (it, paint) =>
    showRetirement(it, it.retirement as never, paint),
  ),
  renderer('retire-decision.ts: deployOf', { ...retired, retirement }, it => deployOf(it, it.retirement as never)),
  renderer('retire-decision.ts: showAfter', { ...retired, retirement }, it => showAfter(it, it.retirement as never)),
  renderer('standing.ts: showStanding', { kind: 'between', odd: 'odd', remedy: 'deploy' } as const, it =>
    showStanding(it),
  ),
  renderer('status.ts: showStatus', status, (it, paint) => showStatus(it, 5_000, paint)),
  renderer('status.ts: showStatus, unread', unread, (it, paint) => showStatus(it, 5_000, paint)),
  renderer(
    'status.ts: showFleet',
    [
      status,
      unread,
      { database: 'ledger', account: '444455556666', region: 'eu-west-1', error: 'denied', exitCode: 1 },
    ],
    (it, paint) => showFleet(it, 5_000, paint),
  ),
  renderer('core-terms.ts: stepText', steps[0] as Step, it => stepText(it)),
  renderer('core-terms.ts: stepText, other', steps[2] as Step, it => stepText(it)),
  renderer('verification.ts: showVerified', examined, (it, paint) => showVerified(it as never, wide(paint))),
  renderer(
    'verification.ts: showDrilled',
    {
      outcome: 'waiting',
      outages: [{ id: 'tcp', name: 'TCP', nlbMs: 1, gatewayMs: 2, isDown: { nlb: false, gateway: true } }],
      checks: [{ what: 'the path holds', holds: undefined, found: 'nothing' }],
      gateway: aRecord(),
      nlb: aRecord(),
    },
    (it, paint) => showDrilled(it as never, wide(paint)),
  ),
  renderer('watch.ts: showLook', shownLook, (it, paint) => showLook(it as never, paint)),
  renderer('watch.ts: showLine', shownLook, (it, paint) => showLine(it as never, paint)),
  renderer(
    'weight-move.ts: showIntended',
    { database: { id: 'orders' }, consumer, live: { nlb: 100 }, wanted: { nlb: 95, gateway: 5 }, findings },
    (it, paint) => showIntended({ ...it, paint }),
  ),
  renderer('weight-move.ts: sayMoved', { notes: ['one', 'two'], isInSync: false, whyNotInSync: 'denied' }, it => {
    const lines: string[] = []
    const note = (text: string) => lines.push(text)
    sayMoved({ note, warn: note }, it as never)
    return lines.join('\n')
  }),
  renderer('weight-move.ts: showNext', consumer, it => showNext(it)),
  renderer('weights.ts: showOthers', [set('somebody'), set('else')], it => showOthers(it)),
]
