import type { Moment } from '../model.ts'
import { migrationMoments } from './migration-moments.ts'
import { dnsFlips } from './run-queries.ts'
import type { RunRecord } from './scenario.ts'

/** Connections one after the other that reached the same address by the same name, as the access log has them. */
export interface Reached {
  /** A cluster's configuration has a child for each; an instance's leads to its writer alone. */
  readonly name: 'writer' | 'readers'
  readonly ip: string
  readonly connections: number
  readonly fromMs: number
  readonly toMs: number
}

interface Logged {
  readonly all: number
  /** What reached an address that the name did not lead to at the time. */
  readonly astray: readonly Reached[]
}

/** What the access log says of the connections by a name. A gateway may be set to go by an old answer for a while. */
export const loggedIn = (record: RunRecord, name: Reached['name']): Logged => {
  const reigns = reignsOf(record)
  const lateMs = slackMs + record.gatewayKeepsMs
  const reached = reachedIn(record.moments).filter(it => it.name === name)
  const astray = reached.filter(
    ({ ip, fromMs, toMs }) =>
      !reigns.some(
        reign =>
          (ip === reign.writerIp) === (name === 'writer') &&
          fromMs >= reign.fromMs - slackMs &&
          toMs <= reign.toMs + lateMs,
      ),
  )
  return { all: reached.reduce((sum, { connections }) => sum + connections, 0), astray }
}

/** DNS changes after which no logged connection reached the new writer by its name, or none another member by the readers'. */
export const unfollowed = (record: RunRecord): Moment[] => {
  const flips = dnsFlips(record)
  const reached = reachedIn(record.moments)
  return flips.filter(({ atMs, fields }, index) => {
    const untilMs = flips[index + 1]?.atMs ?? Number.POSITIVE_INFINITY
    const since = reached.filter(({ fromMs, toMs }) => toMs >= atMs && fromMs <= untilMs)
    return !(
      since.some(({ name, ip }) => name === 'writer' && ip === fields.ip) &&
      since.some(({ name, ip }) => name === 'readers' && ip !== fields.ip)
    )
  })
}

const reachedIn = (moments: readonly Moment[]): readonly Reached[] =>
  (moments.find(({ what }) => what === migrationMoments.accessLog)?.fields.reached ?? []) as readonly Reached[]

/** Whom the writer's name led to, and when. */
const reignsOf = (record: RunRecord) => {
  const flips = dnsFlips(record)
  const [first = ''] = record.firstTargets
  const began = [{ ip: first.split(':')[0], atMs: Number.NEGATIVE_INFINITY }]
  const all = [...began, ...flips.map(({ atMs, fields }) => ({ ip: fields.ip, atMs }))]
  return all.map(({ ip, atMs }, index) => ({
    writerIp: ip,
    fromMs: atMs,
    toMs: all[index + 1]?.atMs ?? Number.POSITIVE_INFINITY,
  }))
}

/** The log has wall time in milliseconds, and the timeline scenario time: at forty times the speed one is forty of the other. */
const slackMs = 2_000
