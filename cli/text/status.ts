import type { AttendedStatus } from '../checks/attention.ts'
import type { Finding } from '../checks/finding.ts'
import type { AlarmState } from '../facts/alarms.ts'
import type { DatabaseStatus, DoorStatus, UnknownStatus } from '../facts/database-status.ts'
import type { Gathered } from '../facts/gathered.ts'
import type { LoggedReport } from '../facts/log-reports.ts'
import type { Pause } from '../facts/pause-note.ts'
import type { Wake } from '../facts/wake.ts'
import type { Paint } from '../output.ts'
import { inlineAll } from '../terminal.ts'
import { showOutcome, showRegistration, showWriter, stepText, targetGroupName } from './core-terms.ts'
import { ago, showDuration, showTime } from './durations.ts'
import { showFields, showTable } from './table.ts'

/** One database in detail. */
export const showStatus = (given: AttendedStatus, nowMs: number, paint: Paint): string => {
  const status = inlineAll(given)
  const title = `${paint('bold', status.database)}  ${status.kind} in ${status.region ?? 'the default Region'}`
  const fields = showFields([
    ['state', `${showOutcome(status.outcome, paint)}  ${status.reason}`],
    ['writer', showWriter(status.writer)],
    ['evidence', showEvidence(status)],
    ...status.frontDoors.map(door => [`${door.role} door (${door.strategy})`, showDoor(door, nowMs, paint)] as const),
    ['plan', status.plan.map(stepText).join('\n') || 'nothing to do'],
    [
      'last run',
      showPart(status.lastRun, run =>
        run ? `${ago(run.atMs, nowMs)}, ${run.report.reason}` : 'none in the last 10 min',
      ),
    ],
    ['last repoint', showPart(status.lastRepoint, run => showRepoint(run, status.lookedBackMs, nowMs))],
    ['wakes on', showPart(status.wake, wake => showWake(wake, paint))],
    ['pause', status.wake.kind === 'known' ? showPause(status.wake.value.pause, nowMs, paint) : undefined],
    ['policies', status.policies.length > 0 ? status.policies.join(', ') : undefined],
    ['alarms', showPart(status.alarms, alarms => showAlarms(alarms, nowMs, paint))],
    ['remedy', status.remedy],
  ])
  const calls = status.attention.map(finding => showCall(finding, paint))
  return [title, fields, ...(calls.length > 0 ? ['', ...calls] : [])].join('\n')
}

const showCall = ({ severity, fact, remedy }: Finding, paint: Paint): string =>
  `${severity === 'problem' ? paint('red', '!') : paint('yellow', severity === 'unknown' ? '?' : '!')} ${fact}${remedy === undefined ? '' : ` ${paint('dim', remedy)}`}`

/** A fleet, one line each, those that need attention first. */
export const showFleet = (
  statuses: readonly (AttendedStatus | UnknownStatus)[],
  nowMs: number,
  paint: Paint,
): string => {
  const accounts = new Set(statuses.map(({ account }) => account)).size
  const hasPlaces = accounts > 1 || new Set(statuses.map(({ database }) => database)).size < statuses.length
  const placeOf = ({ account, region }: AttendedStatus | UnknownStatus): readonly string[] =>
    hasPlaces ? [account ?? '-', region ?? '-'] : []
  const rows = statuses.map(status => {
    const [database = '', ...row] = rowOf(status, nowMs, paint)
    return { row: [database, ...placeOf(status), ...row], rank: rankOf(status) }
  })
  rows.sort((a, b) => a.rank - b.rank)
  const head = [
    'DATABASE',
    ...(hasPlaces ? ['ACCOUNT', 'REGION'] : []),
    'STATE',
    'WRITER',
    'REGISTERED',
    'STRATEGY',
    'LAST REPOINT',
    'ATTENTION',
  ]
  const calm = statuses.filter(status => rankOf(status) === 2).length
  const loud = statuses.length - calm
  return [
    showTable({ head: head.map(name => paint('dim', name)), rows: rows.map(({ row }) => row) }),
    '',
    `${statuses.length} databases${accounts > 1 ? ` in ${accounts} accounts` : ''}: ${calm} healthy, ${loud} ${loud === 1 ? 'needs' : 'need'} attention`,
  ].join('\n')
}

const rankOf = (status: AttendedStatus | UnknownStatus): number => {
  if ('error' in status) return status.isRetired ? (alarmsOf(status) === '' ? 2 : 1) : 0
  const isPaused = status.wake.kind === 'known' && status.wake.value.pause !== undefined
  return status.attention.length > 0 || isPaused || status.outcome !== 'in-sync' ? 1 : 2
}

/** What there is to say of a retired database's alarms; nothing while none rings. */
const alarmsOf = ({ alarms }: UnknownStatus): string => {
  if (alarms === undefined) return ''
  if (alarms.kind !== 'known') return `alarms not known: ${alarms.why}`
  const ringing = alarms.value.filter(({ state }) => state === 'ALARM').map(({ name }) => name)
  return ringing.length === 0 ? '' : `in alarm: ${ringing.join(', ')}`
}

const rowOf = (status: AttendedStatus | UnknownStatus, nowMs: number, paint: Paint): readonly string[] => {
  if ('error' in status && status.isRetired) {
    return [
      status.database,
      'retired',
      '',
      '',
      '',
      '',
      shorten(alarmsOf(status) || 'clients connect through the resource gateway: repoint migrate plan', 70),
    ]
  }
  if ('error' in status) return [status.database, paint('red', 'unknown'), '', '', '', '', shorten(status.error, 70)]
  const { writer, frontDoors, lastRepoint, wake } = status
  const pause = wake.kind === 'known' ? wake.value.pause : undefined
  const calls = [
    ...(pause && !pause.isOverdue ? [`paused until ${pause.until}`] : []),
    ...status.attention.map(({ fact }) => fact),
  ]
  return [
    status.database,
    showOutcome(status.outcome, paint),
    'addresses' in writer ? writer.addresses.join(', ') : writer.kind,
    frontDoors.flatMap(door => door.registrations.map(held => showRegistration(held, paint))).join(', ') || 'nothing',
    [...new Set(frontDoors.map(door => door.strategy))].join(', '),
    lastRepoint.kind === 'known' && lastRepoint.value ? ago(lastRepoint.value.atMs, nowMs) : '-',
    shorten(calls.join('; '), 70),
  ]
}

const showEvidence = ({ answer, evidence, endpoint }: DatabaseStatus): string => {
  const here =
    answer.kind === 'addresses'
      ? `${answer.chain.join(' -> ')} is ${answer.addresses.join(', ')} (TTL ${answer.ttlSeconds} s)`
      : `${endpoint} gives no answer here (${answer.why})`
  const { looks, overMs } = evidence
  return `${here}\n${looks} look${looks === 1 ? '' : 's'} agree, over ${showDuration(overMs)}`
}

const showDoor = (door: DoorStatus, nowMs: number, paint: Paint): string => {
  const weight = door.weight === undefined ? '' : `, weight ${door.weight}`
  const held = door.registrations.map(registration => {
    const age =
      registration.registeredAtMs === undefined ? '' : `, registered ${ago(registration.registeredAtMs, nowMs)}`
    return `${showRegistration(registration, paint)}${age}`
  })
  return [
    `target group ${targetGroupName(door.targetGroupArn)}${weight}`,
    ...(held.length > 0 ? held : ['nothing is registered']),
  ].join('\n')
}

const showRepoint = (run: LoggedReport | undefined, lookedBackMs: number, nowMs: number): string => {
  if (run === undefined) return `none in the last ${showDuration(lookedBackMs)} (--since looks further back)`
  const { reason, trigger, stepsDone } = run.report
  const cause = trigger.eventId ? ` on ${trigger.eventId} (${trigger.meaning})` : ` by ${trigger.kind}`
  return `${showTime(run.atMs)} UTC, ${ago(run.atMs, nowMs)}: ${reason}${cause}\n${stepsDone.map(stepText).join(', then ')}`
}

const showWake = ({ rules, schedule, pause }: Wake, paint: Paint): string =>
  [
    ...rules.map(({ name, isEnabled }) => `rule ${name}: ${isEnabled ? 'on' : paint('yellow', 'off')}`),
    `schedule ${schedule.name}, ${schedule.every}: ${showSchedule(schedule.isEnabled, pause !== undefined, paint)}`,
  ].join('\n')

const showSchedule = (isEnabled: boolean, isPaused: boolean, paint: Paint): string => {
  if (!isEnabled) return paint('yellow', 'off')
  return isPaused ? paint('yellow', 'checks only') : 'on'
}

const showPause = (pause: Pause | undefined, nowMs: number, paint: Paint): string => {
  if (pause === undefined) return 'no'
  const { reason, until, by, isOverdue } = pause
  const left = Date.parse(until) - nowMs
  const when = isOverdue
    ? paint('red', `overdue for ${showDuration(-left)}`)
    : paint('yellow', `${showDuration(left)} left`)
  return `until ${until}, ${when}${by ? `, by ${by}` : ''}: ${reason}`
}

const showAlarms = (alarms: readonly AlarmState[], nowMs: number, paint: Paint): string => {
  if (alarms.length === 0) return 'there are none'
  const ringing = alarms.filter(({ state }) => state === 'ALARM')
  const unsure = alarms.filter(({ state }) => state === 'INSUFFICIENT_DATA')
  const lines = ringing.map(
    ({ name, sinceMs }) =>
      `${paint('red', name)}${sinceMs === undefined ? '' : `, for ${showDuration(nowMs - sinceMs)}`}`,
  )
  if (ringing.length === 0) lines.push(`${alarms.length - unsure.length} silent`)
  if (unsure.length > 0) lines.push(`without data: ${unsure.map(({ name }) => name).join(', ')}`)
  return lines.join('\n')
}

const showPart = <T>(part: Gathered<T>, show: (value: T) => string): string =>
  part.kind === 'known' ? show(part.value) : `not known: ${part.why}`

const shorten = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest - 1)}…` : text
