import type { Command } from 'commander'
import { catalogue } from '../../functions/reconciler/rds-event-catalogue.ts'
import { isInterruption } from '../aws/explain.ts'
import { addCommonOptions, runWith } from '../common-options.ts'
import { type CommonOptions, type Context, onlyDatabase } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { invoke } from '../facts/invoke.ts'
import { CliError } from '../failure.ts'
import { openOutput } from '../output.ts'
import { aboutDatabase, findRecorded } from '../replay.ts'
import { reportEach } from '../run-each.ts'
import { showTable } from '../text/table.ts'

export interface ReplayOptions extends CommonOptions {
  readonly rewrite?: boolean
}

export const addEvents = (program: Command): void => {
  const events = program.command('events').summary('RDS events: send a recorded one, list those that wake the function')
  addCommonOptions(events.command('replay'))
    .argument('<file|id>', 'a file with an EventBridge event or a dead letter, or an id such as RDS-EVENT-0049')
    .summary('send a recorded RDS event to the deployed function')
    .description(
      'Sends a recorded RDS event to the deployed function and waits for its report. The event only wakes it: what it does depends on what it then sees. An id of the catalogue is sent as an event about this database, now; a file is sent as it is.',
    )
    .option('--rewrite', 'make the file’s event one about this database')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint events replay -d orders RDS-EVENT-0049
  $ repoint events replay -d orders dead-letter.json
  $ repoint events replay -d orders --rewrite recorded.json

An event that announces a failover is followed for minutes, as the real one is.`,
    )
    .action((what: string, options: ReplayOptions) => runWith(options, (context, its) => runReplay(context, what, its)))
  events
    .command('list')
    .summary('the RDS events that wake the function')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => {
      const out = openOutput({ json: options.json === true })
      const rows = catalogue.map(({ id, source, watch, meaning }) => [id, source, watch, meaning])
      const head = ['EVENT', 'SOURCE', 'WATCH', 'MEANING'].map(name => out.paint('dim', name))
      out.result(showTable({ head, rows }), catalogue)
    })
}

export const runReplay = async (context: Context, what: string, options: ReplayOptions): Promise<ExitCode> => {
  const database = onlyDatabase(context)
  const recorded = findRecorded(what, database, context.now())
  const payload = options.rewrite ? aboutDatabase(recorded, database) : recorded
  try {
    return await reportEach(context, {
      doing: 'Replaying to',
      ask: (asked, progress) =>
        invoke({
          clients: context.clientsFor(asked),
          database: asked,
          payload,
          signal: context.signal,
          onBusy: () => progress.update(`${asked.id}: another run is going on; waiting for its end`),
        }),
    })
  } catch (error) {
    if (!isInterruption(error)) throw error
    throw new CliError(
      'Interrupted. The function goes on with what was sent; `repoint history` shows its report.',
      exitCodes.interrupted,
    )
  }
}
