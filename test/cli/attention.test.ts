import { describe, expect, it } from 'vitest'
import { attentionOf } from '../../cli/checks/attention.ts'
import { exitCodeOfStatus } from '../../cli/commands/status.ts'
import type { DatabaseStatus } from '../../cli/facts/database-status.ts'
import { known, none, notKnown } from '../../cli/facts/gathered.ts'
import type { Registration } from '../../functions/reconciler/core/model.ts'

const wake = {
  rules: [{ name: 'repoint-orders-events', isEnabled: true }],
  schedule: { name: 'repoint-orders/resync', isEnabled: true, every: 'rate(1 minute)' },
}
const pause = { reason: 'CHG-1', until: '2026-11-21T04:00:00.000Z' }

const target = (ip: string, state: Registration['state']): Registration => ({ ip, port: 5432, state })
const door = (registrations: Registration[], changes: object = {}) => ({
  role: 'writer' as const,
  strategy: 'swap' as const,
  targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/orders/1',
  port: 5432,
  registrations,
  ...changes,
})
const standby = { strategy: 'standby' as const }
const spare = { strategy: 'weighted' as const, weight: 0 }

const healthy: DatabaseStatus = {
  database: 'orders',
  kind: 'instance',
  account: undefined,
  region: 'eu-west-1',
  endpoint: 'orders.abc.eu-west-1.rds.amazonaws.com',
  outcome: 'in-sync',
  reason: 'already-in-sync',
  writer: { kind: 'settled', addresses: ['10.0.1.10'], because: 'answers-agree' },
  answer: { kind: 'addresses', addresses: ['10.0.1.10'], ttlSeconds: 5, chain: [] },
  evidence: { looks: 3, overMs: 120_000 },
  frontDoors: [door([target('10.0.1.10', 'healthy')])],
  plan: [],
  policies: [],
  lastRun: known(undefined),
  lastRepoint: known(undefined),
  lookedBackMs: 86_400_000,
  wake: known(wake),
  alarms: known([]),
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
    const status = { ...healthy, ...changes }
    const attention = attentionOf(status)

    expect(attention.map(({ severity, fact }) => `${severity}: ${fact}`)).toEqual(
      expected.map(it => expect.stringContaining(it)),
    )
    expect(exitCodeOfStatus({ ...status, attention })).toBe(exitCode)
  })
})
