import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { AlarmState } from '../facts/alarms.ts'
import type { DatabaseStatus } from '../facts/database-status.ts'
import { type Gathered, required } from '../facts/gathered.ts'
import type { RdsView } from '../facts/rds-view.ts'
import { type Check, type Finding, type Judgement, judgeAll, ok, problem, whenKnown } from './finding.ts'

/** What decides whether a database may be failed over on purpose. */
export interface DrillFacts {
  readonly database: Pick<DatabaseSettings, 'id'>
  /** Of the front door that the function keeps; absent where clients come through a gateway, and there is no function. */
  readonly status?: Gathered<Pick<DatabaseStatus, 'outcome' | 'reason' | 'policies' | 'wake'>>
  readonly alarms: Gathered<readonly Pick<AlarmState, 'name' | 'state'>[]>
  readonly rds: RdsView
  /** Nothing is caused: whether it could be does not matter. */
  readonly isWatching: boolean
  readonly mayBlockHosts: boolean
  readonly hasSql: boolean
}

const failoverTarget: Check<DrillFacts> = {
  name: 'failover-target',
  question: 'Can another node take over?',
  judge: ({ rds, isWatching }) => {
    if (isWatching) return []
    return [
      rds.canFailOver
        ? ok(`Another node can take over: ${rds.why}.`)
        : problem(
            `No other node can take over: ${rds.why}.`,
            'Make it Multi-AZ, or add a reader: without one a failover is only an outage.',
          ),
    ]
  },
}

const databaseStatus: Check<DrillFacts> = {
  name: 'database-status',
  question: 'Is the database available, as RDS reports it?',
  judge: ({ rds: { status } }) => {
    if (status === undefined) return [ok('A host name has no status in RDS.')]
    return [
      status === 'available'
        ? ok('RDS reports the database as available.')
        : problem(`RDS reports the database as ${status}.`, 'Wait until RDS has finished what it is doing.'),
    ]
  },
}

const harmlessProbes: Check<DrillFacts> = {
  name: 'harmless-probes',
  question: 'Does probing do the database no harm?',
  judge: ({ mayBlockHosts, hasSql }) => [
    mayBlockHosts && !hasSql
      ? problem(
          'MySQL counts bare TCP probes as errors and then blocks their address.',
          'Give credentials, so that every probe logs in (--secret, --iam-user, REPOINT_SQL_USER), or set what keeps the server from it (mysqlHostBlocking in the settings; accepted does not).',
        )
      : ok('Probing does the database no harm.'),
  ],
}

const inSync: Check<DrillFacts> = {
  name: 'in-sync',
  question: 'Is the front door in sync?',
  judge: ({ status, database }) =>
    status === undefined
      ? []
      : whenKnown([required(status)], ({ outcome, reason }) => [
          outcome === 'in-sync'
            ? ok(`The front door is in sync (${reason}).`)
            : problem(
                `The front door is ${outcome}: ${reason}.`,
                `\`repoint status -d ${database.id}\` shows why; fix that first.`,
              ),
        ]),
}

const notPaused: Check<DrillFacts> = {
  name: 'not-paused',
  question: 'Is Repoint allowed to act?',
  judge: ({ status, database }) =>
    status === undefined
      ? []
      : whenKnown([required(status)], ({ wake, policies }) =>
          whenKnown([required(wake)], ({ pause, rules, schedule }): readonly Judgement[] => {
            const isOff = rules.some(({ isEnabled }) => !isEnabled) || !schedule.isEnabled
            const why = pause
              ? `Repoint is paused: ${pause.reason}.`
              : isOff
                ? 'A rule or the schedule is disabled.'
                : policies.length > 0
                  ? `Policies withhold its steps: ${policies.join(', ')}.`
                  : undefined
            if (why === undefined) return [ok('Rules and schedule are enabled, and no policy withholds a step.')]
            return [
              problem(why, `\`repoint resume -d ${database.id}\`, or remove the policy from the settings and deploy.`),
            ]
          }),
        ),
}

const silentAlarms: Check<DrillFacts> = {
  name: 'alarms',
  question: 'Is no alarm of the stack in alarm?',
  judge: ({ alarms }) =>
    whenKnown([required(alarms)], all => {
      // Alarms of a healthy, quiet stack may still be waiting for their first data.
      const ringing = all.filter(({ state }) => state === 'ALARM').map(({ name }) => name)
      return [
        ringing.length === 0
          ? ok('No alarm of the stack is in alarm.')
          : problem(`In alarm: ${ringing.join(', ')}.`, 'docs/runbook.md has a section for each alarm.'),
      ]
    }),
}

/** What has to hold before a database is failed over on purpose. */
export const drillChecks: readonly Check<DrillFacts>[] = [
  failoverTarget,
  databaseStatus,
  harmlessProbes,
  inSync,
  notPaused,
  silentAlarms,
]

export const judgeDrill = (facts: DrillFacts): readonly Finding[] => judgeAll(drillChecks, facts)
