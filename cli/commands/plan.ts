import type { Command } from 'commander'
import { addCommonOptions, runWith } from '../common-options.ts'
import type { CommonOptions, Context } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { lookAtPause } from '../facts/pausing.ts'
import { order } from '../one-reconcile.ts'
import { reportEach } from '../run-each.ts'

export interface PlanOptions extends CommonOptions {
  readonly local?: boolean
  readonly targetGroup?: string
}

export const addPlan = (program: Command): void => {
  addCommonOptions(program.command('plan'))
    .summary('what a resync would do now, and why; writes nothing')
    .description(
      'Asks the deployed function what a resync would do, and why. It looks as a resync does and writes nothing. A pause, which would hold a resync back, is told. The exit code is 0 when there is nothing to do and 4 when there is.',
    )
    .option('--local', 'look from here, for when the function is what is broken')
    .option('--target-group <arn>', 'with --local, where the function cannot be read')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint plan -d orders
  $ repoint plan --json | jq '.[] | {database, reason, plan}'
  $ repoint plan -d orders --local       without the function`,
    )
    .action((options: PlanOptions) => runWith(options, runPlan))
}

export const runPlan = async (context: Context, options: PlanOptions): Promise<ExitCode> =>
  reportEach(context, {
    doing: 'Planning',
    ask: async (database, progress) => {
      const what = {
        action: 'plan',
        isLocal: options.local === true,
        ...(options.targetGroup === undefined ? {} : { targetGroupArn: options.targetGroup }),
      } as const
      const [report, pause] = await Promise.all([
        order(context, database, what, progress),
        lookAtPause(context, database),
      ])
      const isPaused = pause.kind === 'unknown' || (pause.kind === 'known' && pause.value !== undefined)
      return isPaused ? { ...report, pause } : report
    },
  })
