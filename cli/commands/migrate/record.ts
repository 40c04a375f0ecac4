import type { Command } from 'commander'
import { runWith } from '../../common-options.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { type MigrationStep, readRecord } from '../../facts/migration-record.ts'
import { type MigrateOptions, recordFileOf } from '../../migrate/open.ts'
import { readDuration, showTime } from '../../text/durations.ts'
import { showTable } from '../../text/table.ts'
import { addMigrateOptions } from './options.ts'

export interface RecordOptions extends MigrateOptions {
  readonly since?: number
}

export const addMigrateRecord = (migrate: Command): void => {
  addMigrateOptions(migrate.command('record'))
    .summary('what has been found and done so far')
    .description(
      'Prints the record of the migration: every preflight, verification, drill and move of the weights, who did it, and how it ended. With --json with the evidence. Asks AWS nothing.',
    )
    .option('--since <duration>', 'only what is not older, such as 7d', readDuration)
    .addHelpText(
      'after',
      `
Examples:
  $ repoint migrate record -d orders
  $ repoint migrate record --since 7d --json | jq '.steps[] | select(.kind == "shift")'`,
    )
    .action((options: RecordOptions) => runWith(options, runRecord))
}

export const runRecord = async (context: Context, options: RecordOptions): Promise<ExitCode> => {
  const { out } = context
  const files = [...new Set(context.databases.map(it => recordFileOf(context, options, it)))]
  const file = files.join(', ')
  const oldestMs = options.since === undefined ? Number.NEGATIVE_INFINITY : context.now() - options.since
  const databases = context.databases.map(({ id }) => id)
  const steps = files
    .flatMap(it => readRecord(it).steps)
    .filter(({ at }) => Date.parse(at) >= oldestMs)
    .filter(({ database }) => databases.includes(database))
    .filter(({ consumer }) => options.consumer === undefined || consumer === undefined || consumer === options.consumer)
  const where = `The record is ${file}.`
  out.result(steps.length === 0 ? `Nothing is recorded. ${where}` : `${showSteps(steps, out)}\n\n${where}`, {
    file,
    steps,
  })
  return exitCodes.ok
}

const styles = {
  passed: 'green',
  done: 'green',
  waiting: 'yellow',
  interrupted: 'yellow',
  refused: 'yellow',
  failed: 'red',
  'rolled-back': 'red',
} as const

const showSteps = (steps: readonly MigrationStep[], { paint }: Context['out']): string =>
  showTable({
    head: ['WHEN (UTC)', 'DATABASE', 'CONSUMER', 'STEP', 'OUTCOME', 'GATEWAY', 'BY', 'WHAT'].map(name =>
      paint('dim', name),
    ),
    rows: steps.map(({ at, database, consumer = '', kind, outcome, percent, by, summary }) => [
      showTime(Date.parse(at)),
      database,
      consumer,
      kind,
      paint(styles[outcome], outcome),
      percent === undefined ? '' : `${percent} %`,
      by.split(/[:/]/).at(-1) ?? by,
      summary,
    ]),
  })
