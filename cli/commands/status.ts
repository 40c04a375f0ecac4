import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import { readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { explain } from '../aws/explain.ts'
import { type AttendedStatus, attentionOf, attentionOfRetired } from '../checks/attention.ts'
import type { Finding } from '../checks/finding.ts'
import { addCommonOptions, runWith } from '../common-options.ts'
import type { CommonOptions, Context } from '../context.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from '../exit-codes.ts'
import { type AlarmState, readAlarms } from '../facts/alarms.ts'
import { attempt } from '../facts/attempt.ts'
import { isUnknown, type UnknownStatus } from '../facts/database-status.ts'
import { RetiredError } from '../facts/deployed.ts'
import type { Gathered } from '../facts/gathered.ts'
import { gatherStatus } from '../facts/status.ts'
import { eachOf } from '../run-each.ts'
import { inline } from '../terminal.ts'
import { durationOption, readDuration } from '../text/durations.ts'
import { showFleet, showStatus } from '../text/status.ts'

export interface StatusOptions extends CommonOptions {
  readonly watch?: boolean
  /** Milliseconds. */
  readonly every: number
  readonly since?: number
}

/** What the log is read back for: of one database a day, of a fleet an hour, which costs one call each. */
const lookBackMs = { one: 86_400_000, fleet: 3_600_000 }

export const addStatus = (program: Command): void => {
  addCommonOptions(program.command('status'))
    .summary('how each database stands, and what needs attention')
    .description(
      'Shows each database: writer, registrations with state and age, strategy, settled or not and on what evidence, the last repoint and why, a pause, alarms. One database in detail, several as a table. Writes nothing.',
    )
    .option('-w, --watch', 'show it again and again until Ctrl-C; with --json one document a line')
    .addOption(durationOption('--every <duration>', 'the time between two looks of --watch', '5s'))
    .option('--since <duration>', 'how far back to look for the last repoint', readDuration)
    .addHelpText(
      'after',
      `
Examples:
  $ repoint status                       all databases of repoint.json
  $ repoint status -d orders             one in detail
  $ repoint status -d orders --watch     while a failover goes on
  $ repoint status --json | jq -r '.[] | select(.outcome != "in-sync") | .database'`,
    )
    .action((options: StatusOptions) => runWith(options, runStatus))
}

export const runStatus = async (context: Context, options: StatusOptions): Promise<ExitCode> => {
  const { out, signal } = context
  for (let round = 0; ; round++) {
    const statuses = await gatherAll(context, options, round === 0)
    const [first] = statuses
    const nowMs = context.now()
    const isOne = context.databases.length === 1 && first !== undefined
    if (isOne && isUnknown(first) && first.isRetired) {
      out.result([first.error, ...attentionOfRetired(first).map(sayFinding)].join('\n'), statuses.map(forPrograms))
      return first.exitCode as ExitCode
    }
    if (isOne && isUnknown(first) && options.watch !== true) {
      out.note(`repoint: ${first.error}`)
      return first.exitCode as ExitCode
    }
    const text =
      isOne && !isUnknown(first) ? showStatus(first, nowMs, out.paint) : showFleet(statuses, nowMs, out.paint)
    // The screen is wiped and the cursor set home, so that the picture stands still.
    const wipe = options.watch && out.isTerminal && !out.isJson ? '\u001b[2J\u001b[H' : ''
    out.result(wipe + text, statuses.map(forPrograms))
    if (!options.watch) return worstOf(statuses.map(exitCodeOfStatus))
    try {
      await delay(options.every, undefined, { signal })
    } catch {
      return worstOf(statuses.map(exitCodeOfStatus))
    }
  }
}

/** What could not be had is `{ known: false }` with the reason. */
const forPrograms = (status: AttendedStatus | UnknownStatus): object => {
  if (isUnknown(status)) {
    return status.alarms ? { ...status, alarms: partOf(status.alarms), attention: attentionOfRetired(status) } : status
  }
  const { lastRun, lastRepoint, wake, alarms } = status
  return {
    ...status,
    lastRun: partOf(lastRun),
    lastRepoint: partOf(lastRepoint),
    wake: partOf(wake),
    alarms: partOf(alarms),
  }
}

const partOf = (fact: Gathered<unknown>): object => {
  const { kind, ...rest } = fact
  return { known: kind === 'known', ...rest }
}

export const exitCodeOfStatus = (status: AttendedStatus | UnknownStatus): ExitCode => {
  if (isUnknown(status)) return status.exitCode as ExitCode
  const isPaused = status.wake.kind === 'known' && status.wake.value.pause !== undefined
  return worstOf([
    exitCodeOf(status.outcome),
    status.attention.some(({ severity }) => severity === 'problem') ? exitCodes.findings : exitCodes.ok,
    isPaused ? exitCodes.held : exitCodes.ok,
  ])
}

const gatherAll = async (
  context: Context,
  options: StatusOptions,
  hasProgress: boolean,
): Promise<readonly (AttendedStatus | UnknownStatus)[]> => {
  const { databases, out, signal } = context
  const isFleet = databases.length > 1
  const isOneAccount = Object.keys(context.settings.accounts).length < 2
  const alarms = alarmsByRegion(context)
  const look = async (database: DatabaseSettings): Promise<AttendedStatus | UnknownStatus> => {
    try {
      const clients = context.clientsFor(database)
      const status = await gatherStatus({
        clients,
        signal,
        database,
        nowMs: context.now(),
        lookBackMs: options.since ?? (isFleet ? lookBackMs.fleet : lookBackMs.one),
        readAlarms: () => alarms(database),
      })
      return { ...status, attention: attentionOf(status) }
    } catch (error) {
      const { message, exitCode } = explain(error)
      // Without credentials or after Ctrl-C the next ones would fail alike; other accounts have credentials of their own.
      if (exitCode === exitCodes.interrupted || (isHopeless(error) && isOneAccount)) throw error
      const { id, env } = database
      const subject = { database: id, account: env.account, region: env.region, error: message }
      if (error instanceof RetiredError) {
        const own = await attempt(() => alarms(database))
        const isRinging = attentionOfRetired({ alarms: own }).some(({ severity }) => severity === 'problem')
        return { ...subject, exitCode: isRinging ? exitCodes.findings : exitCodes.ok, isRetired: true, alarms: own }
      }
      return { ...subject, exitCode }
    }
  }
  if (!hasProgress) return eachOf(databases, look)
  return out.progress(`Looking at ${countOf(databases.length)}`, progress =>
    eachOf(databases, look, (done, of) => progress.update(`Looked at ${done} of ${of}`)),
  )
}

const isHopeless = (error: unknown): boolean =>
  ['no-credentials', 'expired-credentials'].includes(readAwsError(error).kind)

const sayFinding = ({ severity, fact, remedy }: Finding): string =>
  inline(`${severity}: ${fact}${remedy === undefined ? '' : ` ${remedy}`}`)

/** One reading for all databases of a Region. */
const alarmsByRegion = (context: Context): ((database: DatabaseSettings) => Promise<readonly AlarmState[]>) => {
  const read = new Map<unknown, ReturnType<typeof readAlarms>>()
  return async database => {
    const clients = context.clientsFor(database)
    const reading =
      read.get(clients) ??
      readAlarms(
        clients,
        context.databases.filter(other => context.clientsFor(other) === clients),
      )
    read.set(clients, reading)
    return (await reading).get(database.id) ?? []
  }
}

const countOf = (databases: number): string => `${databases} database${databases === 1 ? '' : 's'}`
