import type { Command } from 'commander'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { addCommonOptions, runWith } from '../common-options.ts'
import type { CommonOptions, Context } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { resume } from '../facts/pausing.ts'
import { doEach } from '../run-each.ts'
import { requireChoice } from './pause.ts'

export interface ResumeOptions extends CommonOptions {
  readonly all?: boolean
}

export const addResume = (program: Command): void => {
  addCommonOptions(program.command('resume'))
    .summary('end a pause: rules and schedule on')
    .description(
      'Enables the rules and lets the schedule act again, whether they were paused by `repoint pause` or disabled by hand. What was missed meanwhile the schedule finds at its next tick; `repoint resync` finds it now.',
    )
    .option('--all', 'all databases of the settings, where there are several')
    .addHelpText('after', '\nExamples:\n  $ repoint resume -d orders && repoint resync -d orders')
    .action((options: ResumeOptions) => runWith(options, runResume))
}

export const runResume = async (context: Context, options: ResumeOptions): Promise<ExitCode> => {
  requireChoice(context, options.all === true)
  const ask = async (database: DatabaseSettings) => {
    await resume({ clients: context.clientsFor(database), database })
    return { database: database.id, resumed: true }
  }
  return doEach(
    context,
    { doing: 'Resuming', ask },
    {
      line: id => `${id} acts again.`,
      end: 'What moved meanwhile is found at the next tick, or now with `repoint resync`.',
    },
  )
}
