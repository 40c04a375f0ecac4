import type { Command } from 'commander'
import type { Report } from '../../functions/reconciler/ports.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { isInterruption } from '../aws/explain.ts'
import { addCommonOptions, runWith } from '../common-options.ts'
import { type CommonOptions, type Context, onlyDatabase } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { lookAtPause } from '../facts/pausing.ts'
import { CliError } from '../failure.ts'
import { order } from '../one-reconcile.ts'
import { reportEach } from '../run-each.ts'
import { sayPause } from '../text/reconcile-report.ts'

export interface ResyncOptions extends CommonOptions {
  readonly local?: boolean
  readonly targetGroup?: string
  readonly evenIfPaused?: boolean
}

export const addResync = (program: Command): void => {
  addCommonOptions(program.command('resync'))
    .summary('look and repoint now; waits for the report')
    .description(
      'Lets the deployed function look and repoint now, so that there is one writer at a time, waits for its report and prints before, plan, after. A new target takes the load balancer minutes to call healthy: that is what it waits for.',
    )
    .option('--local', 'do it here, with your credentials, for when the function is what is broken')
    .option('--target-group <arn>', 'with --local, where the function cannot be read')
    .option('--even-if-paused', 'although somebody has paused it')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint resync -d orders
  $ repoint resync                       all databases, side by side
  $ repoint resync -d orders --local     the function is broken: the same core runs here

Interrupted, it stops waiting; the function goes on, and \`repoint history\` shows its report.`,
    )
    .action((options: ResyncOptions) => runWith(options, runResync))
}

export const runResync = async (context: Context, options: ResyncOptions): Promise<ExitCode> => {
  const { out } = context
  const isLocal = options.local === true
  if (isLocal) {
    onlyDatabase(context)
    out.warn(
      'The core runs here, beside a function that may be running too. Both check again before each write, so the target group ends in the right state; the function does not know of this run, and its metrics do not count it.',
    )
  }
  const ask = async (database: DatabaseSettings, progress: Parameters<typeof order>[3]): Promise<Report> => {
    if (!options.evenIfPaused) await refuseWhilePaused(context, database)
    const { targetGroup } = options
    return order(
      context,
      database,
      { action: 'resync', isLocal, ...(targetGroup === undefined ? {} : { targetGroupArn: targetGroup }) },
      progress,
    )
  }
  try {
    return await reportEach(context, { doing: 'Resyncing', ask })
  } catch (error) {
    if (!isInterruption(error)) throw error
    throw new CliError(
      isLocal
        ? 'Interrupted. Each step that was printed is done; `repoint status` says how things stand.'
        : 'Interrupted. It stopped waiting; the function goes on by itself, and `repoint history` shows its report.',
      exitCodes.interrupted,
    )
  }
}

const refuseWhilePaused = async (context: Context, database: DatabaseSettings): Promise<void> => {
  const found = await lookAtPause(context, database)
  if (found.kind === 'unknown') context.out.warn(`${database.id}: whether it is paused is not known: ${found.why}`)
  const pause = found.kind === 'known' ? found.value : undefined
  if (pause === undefined) return
  throw new CliError(
    `${database.id} is paused ${sayPause(pause)}. \`repoint resume -d ${database.id}\` first, or say --even-if-paused.`,
    exitCodes.held,
  )
}
