import type { Attempt } from '../../report/measure.ts'
import type { Moment } from '../../report/record/words.ts'
import type { DrillPlan } from '../drill/intent.ts'
import { inline } from '../terminal.ts'
import { showDuration } from './durations.ts'

/** What a drill will do and what it will cost, before anybody says yes. */
export const showIntent = (plan: DrillPlan): string => {
  const { database, cause, doors, probesEndpoint, everyMs, probesTcp, sql, isWatching } = plan
  const clients = [...(probesTcp ? ['TCP'] : []), ...(sql === undefined ? [] : ['SQL'])].join(' and ')
  const rows = sql?.table === undefined ? '' : `, and writes rows to ${sql.table} which it deletes at the end`
  const places = [
    ...doors.map(({ place }) => place),
    ...(probesEndpoint ? [{ host: database.endpoint, port: database.port }] : []),
  ]
  return [
    inline(`This ${cause.does}.`),
    inline(
      `It probes ${places.map(({ host, port }) => `${host}:${port}`).join(' and ')} every ${everyMs} ms by ${clients}${rows}.`,
    ),
    ...(isWatching
      ? []
      : [
          `It costs an outage: every open connection breaks, and what was not committed is lost. The database itself is away for 20 s to 2 min; ${doors.some(({ kind }) => kind === 'nlb') ? 'through a load balancer with the strategy swap new connections fail for 2 to 6 min, with standby or weighted for little more than the database.' : 'how soon the gateway follows AWS does not say, and this measures it.'}`,
          'AWS charges nothing for a failover; the API calls and log lines of a drill cost less than a cent.',
        ]),
  ].join('\n')
}

/** What a drill says while it runs, line by line. */

/** `02:04:31` in UTC, and the seconds since the failover once there is one. */
export const drillClock = (atMs: number, zeroMs: number | undefined): string => {
  const clock = new Date(atMs).toISOString().slice(11, 19)
  if (zeroMs === undefined) return `${clock}          `
  const offset = `${atMs < zeroMs ? '-' : '+'}${(Math.abs(atMs - zeroMs) / 1000).toFixed(1)} s`
  return `${clock} ${offset.padStart(9)}`
}

type Fields = Moment['fields']

const sentences: Readonly<Record<string, (fields: Fields) => string>> = {
  'A target changed its state': ({ target, from, state, reason }) =>
    `Target ${target} is ${state}, it was ${from}${reason === undefined ? '' : ` (${reason})`}.`,
  'The endpoint points elsewhere': ({ ip, from }) => `The endpoint leads to ${ip}, it led to ${from}.`,
  'Event delivered': ({ eventId }) => `${eventId} wakes the function.`,
  'Reconcile finished': ({ report, error }) => {
    const { outcome, reason, trigger } = Object(report) as Fields
    const { eventId, kind } = Object(trigger) as Fields
    const how = error === undefined ? `${outcome}, ${reason}` : `failed, ${error}`
    return `The run that ${eventId ?? kind} began ends: ${how}.`
  },
  'Step done': ({ step }) => `Repoint has done this: ${step}.`,
  Status: ({ status }) => `RDS calls the database ${status}.`,
}

/** A moment as a sentence, with the time at which it happened, which may be long before it was read. */
export const drillLine = ({ atMs, lane, what, fields }: Moment, zeroMs: number | undefined): string => {
  const said = sentences[what]?.(fields) ?? plainly(what, fields)
  return inline(`${drillClock(atMs, zeroMs)}  ${lane.padEnd(8)}  ${said}`)
}

/** RDS's own text says everything but whose it is. */
const plainly = (what: string, { source, categories, ...others }: Fields): string => {
  const rest = Object.entries(others).map(([name, value]) => `${name} ${value}`)
  return [`${source === undefined ? '' : `${source}: `}${what}`, ...rest].join(', ')
}

/** A client, and what its attempts have come to. */
export interface DrillClient {
  readonly name: string
  readonly attempts: readonly Attempt[]
}

/** Since when a client gets no answer, and how it fails. `undefined` while it works, or before it has ended an attempt. */
export const downSince = (attempts: readonly Attempt[]): { sinceMs: number; error: string } | undefined => {
  const workedMs = Math.max(...attempts.filter(({ error }) => error === undefined).map(({ atMs }) => atMs))
  const failures = attempts.filter(({ error, atMs }) => error !== undefined && atMs > workedMs)
  if (failures.length === 0) return undefined
  const latest = failures.reduce((a, b) => (b.atMs >= a.atMs ? b : a))
  return { sinceMs: Math.min(...failures.map(({ atMs }) => atMs)), error: String(latest.error) }
}

/** The line that stays: whether clients get through, and for how long they have not. */
export const drillStanding = (clients: readonly DrillClient[], nowMs: number): string => {
  const down = clients.flatMap(({ name, attempts }) => {
    const found = downSince(attempts)
    return found ? [{ name, ...found }] : []
  })
  if (down.length === 0) return inline(`up: ${clients.map(({ name }) => name).join(' · ')}`)
  const sinceMs = Math.min(...down.map(it => it.sinceMs))
  const each = down.map(({ name, error }) => `${name}: ${error}`).join(' · ')
  const works = clients.length - down.length
  const others = works === 0 ? '' : ` (${works} of ${clients.length} work)`
  return inline(`down for ${showDuration(Math.max(0, nowMs - sinceMs))}${others}: ${each}`)
}
