import { type Command, Option } from 'commander'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { addCommonOptions, addRequired, runWith } from '../common-options.ts'
import type { CommonOptions, Context } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { longestReason } from '../facts/pause-note.ts'
import { pause } from '../facts/pausing.ts'
import { UsageError } from '../failure.ts'
import { doEach } from '../run-each.ts'
import { readDuration, showDuration } from '../text/durations.ts'

export interface PauseOptions extends CommonOptions {
  readonly reason: string
  /** Milliseconds. */
  readonly for: number
  readonly all?: boolean
}

/** Longer is no pause: take the policy `paused` into the settings and deploy, where others see it. */
const longestMs = 14 * 86_400_000

export const addPause = (program: Command): void => {
  addCommonOptions(
    addRequired(
      program.command('pause'),
      new Option('--reason <text>', 'why, for whoever finds it paused'),
      new Option('--for <duration>', 'for how long, such as 2h').argParser(readDuration),
    ),
  )
    .summary('stop acting for a while: rules off, the schedule only looks')
    .description(
      'Disables the rules that wake the function and lets the schedule look without acting. Reason, end and author are kept in the schedule’s description and shown by `status`. When the time is up nothing resumes by itself: the schedule stops, `status` says so, and the alarm schedule-silent rings.',
    )
    .option('--all', 'all databases of the settings, where there are several')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint pause -d orders --reason 'moving targets by hand, CHG-123' --for 2h
  $ repoint pause --all --reason 'load balancer migration' --for 1d`,
    )
    .action((options: PauseOptions) => runWith(options, runPause))
}

export const runPause = async (context: Context, options: PauseOptions): Promise<ExitCode> => {
  requireChoice(context, options.all === true)
  const reason = options.reason.trim()
  if (reason === '' || reason.length > longestReason) {
    throw new UsageError(`--reason needs a text of 1 to ${longestReason} characters.`)
  }
  if (options.for > longestMs) {
    throw new UsageError(
      `--for is at most ${showDuration(longestMs)}. For longer, put "policies": ["paused"] into ${context.settingsFile} and deploy.`,
    )
  }
  const untilMs = context.now() + options.for
  const until = new Date(untilMs).toISOString()
  const ask = async (database: DatabaseSettings) => {
    const clients = context.clientsFor(database)
    const by = await whoAmI(context, database)
    await pause(
      { clients, undoing: context.clientsAfterAll(database), database },
      { reason, untilMs, ...(by === undefined ? {} : { by }) },
    )
    return { database: database.id, pausedUntil: until, reason, ...(by === undefined ? {} : { by }) }
  }
  return doEach(
    context,
    { doing: 'Pausing', ask },
    {
      line: id => `${id} is paused until ${until}: ${reason}`,
      end: 'Its schedule goes on looking, without acting. End it with `repoint resume`.',
    },
  )
}

/** To stop a whole fleet by forgetting an option would be a nasty surprise. @throws UsageError */
export const requireChoice = (context: Context, isAll: boolean): void => {
  if (context.databases.length <= 1 || context.isChosen || isAll) return
  throw new UsageError(
    `${context.settingsFile} has ${context.databases.length} databases: name one with --database, or pass --all.`,
  )
}

/** The last part of the caller's ARN, which names a person or a session. */
const whoAmI = async (context: Context, database: Context['databases'][number]): Promise<string | undefined> => {
  const sts = await context.clientsFor(database).sts()
  const { Arn } = await sts.getCallerIdentity({})
  return Arn?.split('/').at(-1)
}
