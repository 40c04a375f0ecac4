import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { RdsView } from '../drill/watch/rds.ts'
import { type DatabaseStatus, isUnknown, type UnknownStatus } from '../status/database-status.ts'

/** What has to hold before a database is failed over on purpose. */
export interface Precondition {
  readonly what: string
  readonly holds: boolean
  readonly found: string
  readonly remedy?: string
}

export interface Situation {
  readonly database: DatabaseSettings
  readonly status: DatabaseStatus | UnknownStatus
  readonly rds: RdsView
  /** Nothing is caused: whether it could be does not matter. */
  readonly isWatching: boolean
  readonly mayBlockHosts: boolean
  readonly hasSql: boolean
}

/** Alarms of a healthy, quiet stack may still be waiting for their first data. */
const isSilent = (state: string): boolean => state !== 'ALARM'

export const checkBefore = (situation: Situation): Precondition[] => {
  const { status, rds, isWatching, mayBlockHosts, hasSql } = situation
  const { id } = situation.database
  const own: Precondition[] = [
    ...(isWatching
      ? []
      : [
          {
            what: 'another node can take over',
            holds: rds.canFailOver,
            found: rds.why,
            remedy: 'Make it Multi-AZ, or add a reader: without one a failover is only an outage.',
          },
        ]),
    {
      what: 'the database is available',
      holds: (rds.status ?? 'available') === 'available',
      found: rds.status ?? 'nobody tells of a host name',
      remedy: 'Wait until RDS has finished what it is doing.',
    },
    {
      what: 'probing does the database no harm',
      holds: !mayBlockHosts || hasSql,
      found: mayBlockHosts && !hasSql ? 'MySQL counts bare TCP probes as errors and then blocks their address' : 'yes',
      remedy:
        'Give credentials, so that every probe logs in (--secret, --iam-user, REPOINT_SQL_USER), or set mysqlHostBlocking in the settings.',
    },
  ]
  if (isUnknown(status)) {
    return [{ what: 'Repoint can be looked at', holds: false, found: status.error }, ...own]
  }
  const { wake, alarms, outcome, reason, policies } = status
  const ringing = alarms.known ? alarms.value.filter(({ state }) => !isSilent(state)).map(({ name }) => name) : []
  const isOff = wake.known && (wake.value.rules.some(({ isEnabled }) => !isEnabled) || !wake.value.schedule.isEnabled)
  return [
    ...own,
    {
      what: 'the front door is in sync',
      holds: outcome === 'in-sync',
      found: `${outcome}: ${reason}`,
      remedy: `Look at \`repoint status -d ${id}\` and mend that first.`,
    },
    {
      what: 'Repoint is not paused',
      holds: wake.known && wake.value.pause === undefined && !isOff && policies.length === 0,
      found: !wake.known
        ? wake.why
        : wake.value.pause
          ? `paused: ${wake.value.pause.reason}`
          : isOff
            ? 'a rule or the schedule is off'
            : policies.join(', ') || 'rules and schedule are on',
      remedy: `\`repoint resume -d ${id}\`, or take the policy out of the settings and deploy.`,
    },
    {
      what: 'the alarms are silent',
      holds: alarms.known && ringing.length === 0,
      found: alarms.known ? ringing.join(', ') || 'none rings' : alarms.why,
      remedy: 'docs/runbook.md has a section for each alarm.',
    },
  ]
}
