import { describe, expect, it } from 'vitest'
import { attentionOf, attentionOfRetired } from '../../../cli/checks/attention.ts'
import { type Finding, findingsOf, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { exitCodeOfStatus } from '../../../cli/commands/status.ts'
import type { AlarmState } from '../../../cli/facts/alarms.ts'
import type { DatabaseStatus } from '../../../cli/facts/database-status.ts'
import { type Gathered, known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { Wake } from '../../../cli/facts/wake.ts'
import type { Registration } from '../../../functions/reconciler/core/model.ts'

type Facts = Parameters<typeof attentionOf>[0]

const until = '2026-11-21T04:00:00.000Z'
const wake: Wake = {
  rules: ['events', 'blue-green'].map(name => ({ name, isEnabled: true })),
  schedule: { name: 'repoint-orders/resync', isEnabled: true, every: 'rate(1 minute)' },
}
const off: Wake = {
  rules: [...wake.rules, { name: 'old', isEnabled: true }].map(it => ({ ...it, isEnabled: it.name === 'old' })),
  schedule: { ...wake.schedule, isEnabled: false },
}
const paused = (of: Wake, isOverdue: boolean) => ({
  wake: known({ ...of, pause: { reason: 'CHG-1', until, isOverdue } }),
})
const alarm = (name: string, state: AlarmState['state']): AlarmState => ({ name, state })
const target = (ip: string, state: Registration['state'], stateReason?: string): Registration => ({
  ip,
  port: 5432,
  state,
  ...(stateReason === undefined ? {} : { stateReason }),
})
const door = (registrations: Registration[], changes: Partial<Facts['frontDoors'][number]> = {}) => ({
  role: 'writer' as const,
  strategy: 'swap' as const,
  targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/orders/1',
  port: 5432,
  registrations,
  ...changes,
})
const healthy: Facts = {
  database: 'orders',
  frontDoors: [door([target('10.0.1.10', 'healthy')])],
  wake: known(wake),
  alarms: known([alarm('stale', 'OK'), alarm('refused', 'INSUFFICIENT_DATA')]),
}

const resume = 'repoint resume --database orders'
const ringing = (name: string) => problem(`The alarm ${name} is in alarm.`, `docs/runbook.md#${name}`)
const twoRing = known([alarm('stale', 'ALARM'), alarm('drift', 'OK'), alarm('refused', 'ALARM')])
const unhealthy = problem(
  '10.0.1.10:5432 is unhealthy (Target.FailedHealthChecks): the probes do not reach it, or the database does not listen there.',
  'See security-group-database, security-group-load-balancer and the database’s status; repoint status shows where the writer is.',
  sources.healthChecks,
)
const failedChecks = target('10.0.1.10', 'unhealthy', 'Target.FailedHealthChecks')

it.each<[string, Partial<Facts>, readonly Finding[]]>([
  ['nothing where all is well', {}, []],
  ['each alarm that rings', { alarms: twoRing }, findingsOf('alarms', [ringing('stale'), ringing('refused')])],
  ['alarms that may not be read', { alarms: notKnown('denied') }, findingsOf('alarms', [unknown('denied')])],
  ['alarms that are not there', { alarms: none('There is none.') }, findingsOf('alarms', [unknown('There is none.')])],
  [
    'each rule and the schedule that are disabled',
    { wake: known(off) },
    findingsOf('wake-ups', [
      problem('The rule events is disabled.', resume),
      problem('The rule blue-green is disabled.', resume),
      problem('The schedule repoint-orders/resync is disabled.', resume),
    ]),
  ],
  ['nothing that a pause disabled', paused(off, false), []],
  [
    'a pause that is over, instead of what it disabled',
    paused(off, true),
    findingsOf('wake-ups', [problem(`The pause ended at ${until} and was not resumed.`, resume)]),
  ],
  ['wake-ups that may not be read', { wake: notKnown('denied') }, findingsOf('wake-ups', [unknown('denied')])],
  ['wake-ups that are not there', { wake: none('No rule.') }, findingsOf('wake-ups', [unknown('No rule.')])],
  [
    'targets of each front door, with AWS’s reason where there is one',
    { frontDoors: [door([failedChecks]), door([target('10.0.2.20', 'initial')], { role: 'reader' })] },
    findingsOf('registrations', [
      unhealthy,
      warning(
        '10.0.2.20:5432 is initial: registering takes 1.5 to 5 minutes.',
        'Wait; if it lasts longer, see security-group-database and health-check.',
        sources.healthChecks,
      ),
    ]),
  ],
  [
    'an empty target group, with the command for this database',
    { frontDoors: [door([])] },
    findingsOf('registrations', [
      problem(
        'No target is registered: consumers cannot connect.',
        'Run repoint resync --database orders.',
        sources.healthChecks,
      ),
    ]),
  ],
  ['no empty group that stands by', { frontDoors: [door([], { strategy: 'weighted', weight: 0 })] }, []],
  [
    'no second reader',
    { frontDoors: [door([target('10.0.1.10', 'healthy'), target('10.0.2.20', 'healthy')], { role: 'reader' })] },
    [],
  ],
  [
    'alarms, then targets, then what wakes the function',
    { alarms: twoRing, frontDoors: [door([failedChecks])], wake: known({ ...wake, schedule: off.schedule }) },
    [
      ...findingsOf('alarms', [ringing('stale'), ringing('refused')]),
      ...findingsOf('registrations', [unhealthy]),
      ...findingsOf('wake-ups', [problem('The schedule repoint-orders/resync is disabled.', resume)]),
    ],
  ],
])('a status asks for attention to %s', (_, changes, expected) => {
  expect(attentionOf({ ...healthy, ...changes })).toEqual(expected)
})

it.each<[string, Gathered<readonly AlarmState[]> | undefined, readonly Finding[]]>([
  ['nothing where no alarm was asked for', undefined, []],
  ['nothing where none rings', healthy.alarms, []],
  ['an alarm that rings', known([alarm('gateway', 'ALARM')]), findingsOf('alarms', [ringing('gateway')])],
  ['alarms that may not be read', notKnown('denied'), findingsOf('alarms', [unknown('denied')])],
])('the status of a database that has only the gateway asks for attention to %s', (_, alarms, expected) => {
  expect(attentionOfRetired(alarms === undefined ? {} : { alarms })).toEqual(expected)
})

const pause = { reason: 'CHG-1', until }
const standby = { strategy: 'standby' as const }
const spare = { strategy: 'weighted' as const, weight: 0 }

const healthyStatus: DatabaseStatus = {
  ...healthy,
  kind: 'instance',
  account: undefined,
  region: 'eu-west-1',
  endpoint: 'orders.abc.eu-west-1.rds.amazonaws.com',
  outcome: 'in-sync',
  reason: 'already-in-sync',
  writer: { kind: 'settled', addresses: ['10.0.1.10'], because: 'answers-agree' },
  answer: { kind: 'addresses', addresses: ['10.0.1.10'], ttlSeconds: 5, chain: [] },
  evidence: { looks: 3, overMs: 120_000 },
  plan: [],
  policies: [],
  lastRun: known(undefined),
  lastRepoint: known(undefined),
  lookedBackMs: 86_400_000,
}

describe('a status asks for attention', () => {
  // biome-ignore format: a table
  it.each<[string, Partial<DatabaseStatus>, string[], number]>([
    ['for nothing, of a healthy database', {}, [], 0],
    ['for an alarm', { alarms: known([{ name: 'refused', state: 'ALARM' }]) }, ['problem: The alarm refused is in alarm.'], 6],
    ['for no alarm that waits for data', { alarms: known([{ name: 'refused', state: 'INSUFFICIENT_DATA' }]) }, [], 0],
    ['for alarms that may not be read, as unknown', { alarms: notKnown('Not allowed: cloudwatch:DescribeAlarms.') }, ['unknown: Not allowed: cloudwatch:DescribeAlarms.'], 0],
    ['for a rule that does not exist, as unknown', { wake: none('There is no such rule.') }, ['unknown: There is no such rule.'], 0],
    ['for a disabled rule', { wake: known({ ...wake, rules: [{ name: 'events', isEnabled: false }] }) }, ['problem: The rule events is disabled.'], 6],
    ['for a disabled schedule', { wake: known({ ...wake, schedule: { ...wake.schedule, isEnabled: false } }) }, ['problem: The schedule repoint-orders/resync is disabled.'], 6],
    ['for no rule that a pause has disabled', { wake: known({ ...wake, rules: [{ name: 'events', isEnabled: false }], pause: { ...pause, isOverdue: false } }) }, [], 4],
    ['for a pause that is over', { wake: known({ ...wake, pause: { ...pause, isOverdue: true } }) }, ['problem: The pause ended at 2026-11-21T04:00:00.000Z and was not resumed.'], 6],
    ['for an unhealthy writer', { frontDoors: [door([target('10.0.1.10', 'unhealthy')])] }, ['problem: 10.0.1.10:5432 is unhealthy'], 6],
    ['for a target that is not used', { frontDoors: [door([target('10.0.1.10', 'unused')])] }, ['problem: 10.0.1.10:5432 is unused'], 6],
    ['for an empty target group', { frontDoors: [door([])] }, ['problem: No target is registered'], 6],
    ['for no draining target beside the writer', { frontDoors: [door([target('10.0.1.10', 'healthy'), target('10.0.2.20', 'draining')])] }, [], 0],
    ['for no standby that has no listener', { frontDoors: [door([target('10.0.1.10', 'healthy'), target('10.0.2.20', 'unhealthy')], standby)] }, [], 0],
    ['for a standby pair of which neither is healthy', { frontDoors: [door([target('10.0.1.10', 'unhealthy'), target('10.0.2.20', 'unhealthy')], standby)] }, ['problem: 10.0.1.10:5432 is unhealthy', 'problem: 10.0.2.20:5432 is unhealthy'], 6],
    ['for a standby pair whose writer is initial, and whose standby is unhealthy', { frontDoors: [door([target('10.0.1.10', 'initial'), target('10.0.2.20', 'unhealthy')], standby)] }, ['warning: 10.0.1.10:5432 is initial', 'problem: 10.0.2.20:5432 is unhealthy'], 6],
    ['for no spare group without a target', { frontDoors: [door([], spare)] }, [], 0],
    ['for a spare group whose target would not serve, as a warning', { frontDoors: [door([target('10.0.1.10', 'unhealthy')], spare)] }, ['warning: 10.0.1.10:5432 is unhealthy'], 0],
  ])('%s', (_, changes, expected, exitCode) => {
    const status = { ...healthyStatus, ...changes }
    const attention = attentionOf(status)

    expect(attention.map(({ severity, fact }) => `${severity}: ${fact}`)).toEqual(
      expected.map(it => expect.stringContaining(it)),
    )
    expect(exitCodeOfStatus({ ...status, attention })).toBe(exitCode)
  })
})
