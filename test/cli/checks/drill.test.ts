import { expect, it } from 'vitest'
import { type DrillFacts, drillChecks, judgeDrill } from '../../../cli/checks/drill.ts'
import { type Judgement, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import type { AlarmState } from '../../../cli/facts/alarms.ts'
import type { DatabaseStatus } from '../../../cli/facts/database-status.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { RdsView } from '../../../cli/facts/rds-view.ts'
import type { Wake } from '../../../cli/facts/wake.ts'

type Status = Pick<DatabaseStatus, 'outcome' | 'reason' | 'policies' | 'wake'>
const enabled: Wake = {
  rules: [
    { name: 'events', isEnabled: true },
    { name: 'wake-on-1', isEnabled: true },
  ],
  schedule: { name: 'resync', isEnabled: true, every: 'rate(1 minute)' },
}
const quiet: Status = { outcome: 'in-sync', reason: 'already-in-sync', policies: [], wake: known(enabled) }
const multiAz: RdsView = { status: 'available', canFailOver: true, why: 'Multi-AZ', members: [] }
const someFacts = (changes: Partial<DrillFacts> = {}): DrillFacts => ({
  database: { id: 'orders' },
  status: known(quiet),
  alarms: known([]),
  rds: multiAz,
  isWatching: false,
  mayBlockHosts: false,
  hasSql: false,
  ...changes,
})
const withStatus = (changes: Partial<Status>) => ({ status: known({ ...quiet, ...changes }) })
const withWake = (changes: Partial<Wake>) => withStatus({ wake: known({ ...enabled, ...changes }) })
const withRds = (changes: Partial<RdsView>) => ({ rds: { ...multiAz, ...changes } })
const withAlarms = (...states: readonly AlarmState['state'][]) => ({
  alarms: known(states.map((state, index) => ({ name: `alarm-${index + 1}`, state }))),
})
const { status: _, ...rdsOfHostName } = multiAz
const off = { name: 'events', isEnabled: false }
const pause = { reason: 'CHG-1', until: '2026-11-21T04:00:00.000Z', isOverdue: false }

const may = ok('Rules and schedule are enabled, and no policy withholds a step.')
const mayNot = (why: string) =>
  problem(why, '`repoint resume -d orders`, or remove the policy from the settings and deploy.')
const harmless = ok('Probing does the database no harm.')
const isSilent = ok('No alarm of the stack is in alarm.')
const inAlarm = (names: string) => problem(`In alarm: ${names}.`, 'docs/runbook.md has a section for each alarm.')

// biome-ignore format: a table
it.each<[check: string, name: string, changes: Partial<DrillFacts>, expected: readonly Judgement[]]>([
  ['failover-target', 'another node is there', {}, [ok('Another node can take over: Multi-AZ.')]],
  ['failover-target', 'no other node is there', withRds({ canFailOver: false, why: 'it has no reader that could take over' }),
    [problem('No other node can take over: it has no reader that could take over.', 'Make it Multi-AZ, or add a reader: without one a failover is only an outage.')]],
  ['failover-target', 'nothing is caused', { ...withRds({ canFailOver: false, why: 'a host name' }), isWatching: true }, []],
  ['database-status', 'available', {}, [ok('RDS reports the database as available.')]],
  ['database-status', 'busy', withRds({ status: 'modifying' }), [problem('RDS reports the database as modifying.', 'Wait until RDS has finished what it is doing.')]],
  ['database-status', 'a host name', { rds: rdsOfHostName }, [ok('A host name has no status in RDS.')]],
  ['harmless-probes', 'no MySQL', {}, [harmless]],
  ['harmless-probes', 'a server that blocks hosts, and every probe logs in', { mayBlockHosts: true, hasSql: true }, [harmless]],
  ['harmless-probes', 'a server that blocks hosts, and no probe logs in', { mayBlockHosts: true },
    [problem('MySQL counts bare TCP probes as errors and then blocks their address.',
      'Give credentials, so that every probe logs in (--secret, --iam-user, REPOINT_SQL_USER), or set what keeps the server from it (mysqlHostBlocking in the settings; accepted does not).')]],
  ['in-sync', 'in sync', {}, [ok('The front door is in sync (already-in-sync).')]],
  ['in-sync', 'held', withStatus({ outcome: 'held', reason: 'paused' }),
    [problem('The front door is held: paused.', '`repoint status -d orders` shows why; fix that first.')]],
  ['in-sync', 'not known', { status: notKnown('denied') }, [unknown('denied')]],
  ['in-sync', 'nowhere to be found, which is not known', { status: none('no function') }, [unknown('no function')]],
  ['not-paused', 'everything enabled', {}, [may]],
  ['not-paused', 'nothing but the schedule, which is enabled', withWake({ rules: [] }), [may]],
  ['not-paused', 'a rule that is disabled', withWake({ rules: [{ name: 'wake-on-1', isEnabled: true }, off] }), [mayNot('A rule or the schedule is disabled.')]],
  ['not-paused', 'a schedule that is disabled', withWake({ schedule: { ...enabled.schedule, isEnabled: false } }), [mayNot('A rule or the schedule is disabled.')]],
  ['not-paused', 'a pause, which says more than its rules', withWake({ rules: [off], pause }), [mayNot('Repoint is paused: CHG-1.')]],
  ['not-paused', 'policies', withStatus({ policies: ['add-only', 'dry-run'] }), [mayNot('Policies withhold its steps: add-only, dry-run.')]],
  ['not-paused', 'policies and a rule that is disabled', withStatus({ policies: ['paused'], wake: known({ ...enabled, rules: [off] }) }), [mayNot('A rule or the schedule is disabled.')]],
  ['not-paused', 'not known', { status: notKnown('denied') }, [unknown('denied')]],
  ['not-paused', 'a schedule that may not be read', withStatus({ wake: notKnown('no GetSchedule') }), [unknown('no GetSchedule')]],
  ['not-paused', 'a schedule that is not there, which is not known', withStatus({ wake: none('no schedule') }), [unknown('no schedule')]],
  ['alarms', 'none', {}, [isSilent]],
  ['alarms', 'quiet, or without data yet', withAlarms('OK', 'INSUFFICIENT_DATA'), [isSilent]],
  ['alarms', 'one in alarm', withAlarms('OK', 'ALARM'), [inAlarm('alarm-2')]],
  ['alarms', 'two in alarm', withAlarms('ALARM', 'OK', 'ALARM'), [inAlarm('alarm-1, alarm-3')]],
  ['alarms', 'not known', { alarms: notKnown('denied') }, [unknown('denied')]],
  ['alarms', 'not there, which is not known', { alarms: none('no alarm') }, [unknown('no alarm')]],
])('%s of a drill: %s', (check, _name, changes, expected) => {
  const found = judgeDrill(someFacts(changes)).filter(it => it.check === check)
  expect(found).toEqual(expected.map(judgement => ({ check, ...judgement })))
})

it('a drill asks these questions, in this order', () => {
  expect(drillChecks.map(({ name, question }) => [name, question])).toEqual([
    ['failover-target', 'Can another node take over?'],
    ['database-status', 'Is the database available, as RDS reports it?'],
    ['harmless-probes', 'Does probing do the database no harm?'],
    ['in-sync', 'Is the front door in sync?'],
    ['not-paused', 'Is Repoint allowed to act?'],
    ['alarms', 'Is no alarm of the stack in alarm?'],
  ])
})
