import type { Command } from 'commander'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { addCommonOptions, runWith } from '../common-options.ts'
import type { CommonOptions, Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { attempt } from '../facts/attempt.ts'
import { eachOf } from '../facts/fleet.ts'
import { patterns, readReports } from '../facts/log-reports.ts'
import { longestMemoryMs, readRdsEvents } from '../facts/rds-events.ts'
import { CliError, UsageError } from '../failure.ts'
import { type DatabaseHistory, incidentsOf, unexplained } from '../history/incidents.ts'
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
      'Shows the failovers that RDS remembers (DescribeEvents, 14 days) beside the repoints, drifts and refusals of the function’s log: which failover led to which repoint in how many seconds, and which was never answered. Where only one of the two may be read it shows that one and says what is missing. The exit code is 6 when a failover was not answered, or something could not be read.',
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
  const { out, databases } = context
  if (since > longestMemoryMs) throw new UsageError('--since is at most 14d: RDS keeps its events no longer.')
  const progress = await out.progress('Reading RDS’s events and the function’s log')
  let histories: readonly DatabaseHistory[]
  try {
    histories = await eachOf(
      databases,
      database => gather(context, database, since),
      (done, of) => of > 1 && progress.update(`Read ${done} of ${of}`),
    )
  } finally {
    progress.stop()
  }
  out.result(histories.map(history => showHistory(history, out.paint)).join('\n\n'), histories)
  const isMissed = histories.some(({ incidents }) =>
    incidents.some(({ answer }) => answer.kind === 'never' || answer.kind === 'not-repointed'),
  )
  const isHalf = histories.some(({ unread }) => unread.length > 0)
  return isMissed || isHalf ? exitCodes.findings : exitCodes.ok
}

const gather = async (context: Context, database: DatabaseSettings, since: number): Promise<DatabaseHistory> => {
  const clients = context.clientsFor(database)
  const nowMs = context.now()
  const sinceMs = nowMs - since
  const [events, runs] = await Promise.all([
    attempt(() => readRdsEvents(clients, database, sinceMs)),
    attempt(() => readReports(clients, database, { pattern: patterns.notable, sinceMs })),
  ])
  const unread = [
    ...(events.kind === 'known' ? [] : [{ source: 'rds-events' as const, why: events.why }]),
    ...(runs.kind === 'known' ? [] : [{ source: 'function-log' as const, why: runs.why }]),
  ]
  if (unread.length === 2) {
    const isDenied = 'action' in events || 'action' in runs
    const whys = unread.map(({ why }) => why).join(' ')
    throw new CliError(`${database.id} has no history: ${whys}`, isDenied ? exitCodes.noAccess : exitCodes.failure)
  }
  const known = runs.kind === 'known' ? runs.value : undefined
  const incidents = incidentsOf(events.kind === 'known' ? events.value : [], known, nowMs)
  return { database: database.id, sinceMs, unread, incidents, others: unexplained(known ?? [], incidents) }
}
