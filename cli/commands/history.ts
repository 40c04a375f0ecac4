import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { addCommonOptions, runWith } from '../common-options.ts'
import type { CommonOptions, Context } from '../context.ts'
import { type ExitCode, exitCodes, worstOf } from '../exit-codes.ts'
import { readWriterConnections } from '../facts/access-log.ts'
import { attempt } from '../facts/attempt.ts'
import { type FleetReports, openFleetReports } from '../facts/fleet-reports.ts'
import { longestMemoryMs, readRdsEvents } from '../facts/rds-events.ts'
import { CliError, UsageError } from '../failure.ts'
import {
  type DatabaseHistory,
  type Incident,
  type IncidentAnswer,
  incidentsOf,
  unexplained,
} from '../history/incidents.ts'
import { spanOf, throughGateway } from '../history/through-gateway.ts'
import { askEach } from '../run-each.ts'
import { durationOption } from '../text/durations.ts'
import { showHistory } from '../text/history.ts'

export interface HistoryOptions extends CommonOptions {
  /** Milliseconds. */
  readonly since: number
}

export const addHistory = (program: Command): void => {
  addCommonOptions(program.command('history'))
    .summary('failovers of the last days, and what answered each')
    .description(
      'Shows the failovers that RDS remembers (DescribeEvents, 14 days) beside the repoints, drifts and refusals of the function’s log: which failover led to which repoint in how many seconds, and which was never answered. Of a database that has only the gateway the gateway’s access log shows whether connections went to another address afterwards, and after how long. Where only one of the two may be read it shows that one and says what is missing. The logs of several databases are read by one query of Logs Insights for each account and Region, which AWS charges by what it searches. The exit code is 6 when a failover was not answered, nobody can say whether it was, or something could not be read.',
    )
    .addOption(durationOption('--since <duration>', 'how far back', '3d'))
    .addHelpText(
      'after',
      `
Examples:
  $ repoint history -d orders --since 14d
  $ repoint history --json | jq '.[].incidents[] | select(.answer.kind == "never")'`,
    )
    .action((options: HistoryOptions) => runWith(options, runHistory))
}

export const runHistory = async (context: Context, { since }: HistoryOptions): Promise<ExitCode> => {
  const { out } = context
  if (since > longestMemoryMs) throw new UsageError('--since is at most 14d: RDS keeps its events no longer.')
  const nowMs = context.now()
  const sinceMs = nowMs - since
  const reports = openFleetReports({
    databases: context.databases,
    clientsFor: context.clientsFor,
    sinceMs,
    untilMs: nowMs,
    wait: ms => delay(ms, undefined, { signal: context.signal }),
    onWithout: (why, { length }) =>
      out.note(`The logs of ${length} functions are read one by one, which takes longer: ${why}`),
  })
  const ask = (database: DatabaseSettings) => gather(context, database, { reports, sinceMs })
  const { answers, all, failures } = await askEach(context, { doing: 'Reading the history of', ask })
  if (answers.length > 0 || out.isJson) {
    out.result(answers.map(history => showHistory(history, out.paint)).join('\n\n'), all)
  }
  const isMissed = answers.some(({ incidents }) => incidents.some(({ answer }) => missed.has(answer.kind)))
  const isHalf = answers.some(({ unread }) => unread.length > 0)
  return worstOf([isMissed || isHalf ? exitCodes.findings : exitCodes.ok, ...failures])
}

const missed: ReadonlySet<IncidentAnswer['kind']> = new Set([
  'never',
  'not-repointed',
  'gateway-stayed',
  'gateway-unseen',
])

interface Asked {
  readonly reports: FleetReports
  readonly sinceMs: number
}

const gather = async (
  context: Context,
  database: DatabaseSettings,
  { reports, sinceMs }: Asked,
): Promise<DatabaseHistory> => {
  const [events, runs] = await Promise.all([
    attempt(() => readRdsEvents(context.clientsFor(database), database, { sinceMs })),
    attempt(() => reports.of(database)),
  ])
  const nowMs = context.now()
  const isRetired = database.gateway.stage === 'retired'
  // What the function wrote before it went may be gone with it.
  const isGone = isRetired && runs.kind === 'none'
  const unread: DatabaseHistory['unread'] = [
    ...(events.kind === 'known' ? [] : [{ source: 'rds-events' as const, why: events.why }]),
    ...(runs.kind === 'known' || isGone ? [] : [{ source: 'function-log' as const, why: runs.why }]),
  ]
  if (unread.length === 2) {
    const isDenied = 'action' in events || 'action' in runs
    const whys = unread.map(({ why }) => why).join(' ')
    throw new CliError(`${database.id} has no history: ${whys}`, isDenied ? exitCodes.noAccess : exitCodes.failure)
  }
  const known = runs.kind === 'known' ? runs.value : isGone ? [] : undefined
  const found = incidentsOf(events.kind === 'known' ? events.value : [], known, nowMs)
  const incidents = isRetired ? await askGateway(context, database, found) : found
  return { database: database.id, sinceMs, isRetired, unread, incidents, others: unexplained(known ?? [], incidents) }
}

/** Failovers that no run of a function answered: the gateway's access log shows whether it followed. */
const askGateway = async (
  context: Context,
  database: DatabaseSettings,
  incidents: readonly Incident[],
): Promise<readonly Incident[]> => {
  const clients = context.clientsFor(database)
  const answered: Incident[] = []
  for (const [index, incident] of incidents.entries()) {
    if (!['never', 'open', 'unknown'].includes(incident.answer.kind)) {
      answered.push(incident)
      continue
    }
    const span = spanOf(incident, incidents[index + 1]?.startedMs ?? Number.POSITIVE_INFINITY)
    const records = await attempt(() => readWriterConnections(clients, database, span))
    const answer =
      records.kind === 'known'
        ? throughGateway(incident, records.value, context.now())
        : ({ kind: 'gateway-unseen', why: `the gateway’s access log was not read: ${records.why}` } as const)
    answered.push({ ...incident, answer })
  }
  return answered
}
