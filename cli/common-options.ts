import type { Command, Option } from 'commander'
import { Interruption } from './aws/explain.ts'
import { type BareContext, type CommonOptions, type Context, openBare, openContext } from './context.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { UsageError } from './failure.ts'

/** The options that every command has, in one order. */
export const addCommonOptions = (command: Command): Command =>
  command
    .option('-d, --database <id...>', 'only these databases of the settings; all by default')
    .option('--settings <file>', 'the settings file (default: $REPOINT_SETTINGS, else repoint.json)')
    .option('--account <id>', 'only databases of this account')
    .option('--region <region>', 'only databases of this Region; the Region of those whose entry names none')
    .option(
      '--profile <name>',
      'a profile of your AWS configuration (default: that of accounts in the settings, or the standard credential chain)',
    )
    .option('--json', 'the result as JSON on stdout; progress stays on stderr')

/** Options without which a command does nothing: its usage and its help say so, and all that are missing are asked for at once. */
export const addRequired = (command: Command, ...options: readonly Option[]): Command => {
  for (const option of options) {
    option.description = `${option.description} (required)`
    command.addOption(option)
  }
  return command
    .usage(`${options.map(({ flags }) => flags).join(' ')} [options]`)
    .hook('preAction', (_program, acting) => {
      const missing = options.filter(option => acting.getOptionValue(option.attributeName()) === undefined)
      if (missing.length === 0) return
      acting.error(`error: missing required ${missing.map(({ flags }) => flags).join(' and ')}`)
    })
}

/** A whole number that follows an option. @throws UsageError */
export const wholeNumber =
  (option: string, least: number, most = Number.POSITIVE_INFINITY) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    const range = Number.isFinite(most) ? `from ${least} to ${most}` : `of at least ${least}`
    throw new UsageError(`${option} ${text} is not a whole number ${range}.`)
  }

/** What a client sends its keepalives after, in seconds. */
export const readKeepalive = wholeNumber('--client-keepalive', 1, 86_400)

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The body of a command's action: opens the context, runs, and leaves the exit code. */
export const runWith = <Options extends CommonOptions>(
  options: Options,
  run: (context: Context, options: Options) => Promise<ExitCode>,
): Promise<void> => interruptible(signal => run(openContext(options, { signal }), options))

/** The same without reading the settings: for what has to go on whatever is in them. */
export const runWithoutSettings = <Options extends CommonOptions>(
  options: Options,
  run: (context: BareContext, options: Options) => Promise<ExitCode>,
): Promise<void> => interruptible(signal => run(openBare(options, { signal }), options))

/** Ctrl-C aborts the signal; a second one ends the process at once. */
const interruptible = async (run: (signal: AbortSignal) => Promise<ExitCode>): Promise<void> => {
  const interruption = new AbortController()
  const onSignal = () => {
    if (interruption.signal.aborted) process.exit(exitCodes.interrupted)
    interruption.abort(new Interruption())
  }
  // A terminal that is closed interrupts as Ctrl-C does: what is under way is put in order first.
  for (const signal of signals) process.on(signal, onSignal)
  try {
    process.exitCode = await run(interruption.signal)
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
