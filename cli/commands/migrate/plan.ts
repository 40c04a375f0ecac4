import { type Command, Option } from 'commander'
import { type Stage, stages } from '../../../infra/app/settings/stages.ts'
import { runWith, wholeNumber } from '../../common-options.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { gatherMigration } from '../../facts/migration.ts'
import { UsageError } from '../../failure.ts'
import { type MigrateOptions, type Migration, openMigration } from '../../migrate/open.ts'
import { planMigration } from '../../migrate/plan/plan-migration.ts'
import { showPlan } from '../../text/migration-plan.ts'
import { addMigrateOptions } from './options.ts'

export interface MigratePlanOptions extends MigrateOptions {
  readonly to?: Stage
  readonly gbPerMonth: number
  readonly zones?: number
}

export const addMigratePlan = (migrate: Command): void => {
  addMigrateOptions(migrate.command('plan'))
    .summary('where both sides stand, and what the next stage changes, costs and needs')
    .description(
      'Reads what is deployed on both sides and the live weights, and says what the next stage changes, how long it takes, what it costs, what cannot be undone, how to go back, and the commands. Changes nothing. The exit code is 6 where the settings and what is there differ, or something is between stages, and 5 where a stage is refused.',
    )
    .addOption(new Option('--to <stage>', 'another stage than the next one').choices(stages))
    .option('--gb-per-month <number>', 'data of a month, for the costs', readAmount, 100)
    .option(
      '--zones <number>',
      "zones of the interface endpoint, for the costs (default: the settings')",
      wholeNumber('--zones', 1, 6),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ repoint migrate plan -d orders --consumer analytics
  $ repoint migrate plan --to retired --gb-per-month 2000
  $ repoint migrate plan --json | jq '.next.steps'`,
    )
    .action((options: MigratePlanOptions) => runWith(options, runMigratePlan))
}

export const runMigratePlan = async (context: Context, options: MigratePlanOptions): Promise<ExitCode> => {
  const { out } = context
  const migration = openMigration(context, options)
  const facts = await out.progress(`Looking at both sides of ${migration.database.id}`, () =>
    gatherMigration(migration),
  )
  const plan = planMigration(facts, { ...options, arguments: argumentsFor(migration, options) })
  out.result(showPlan(plan, out.paint), plan)
  if (plan.next.kind === 'refused') return exitCodes.refused
  const isOdd = plan.next.kind === 'first' || plan.differences.some(({ severity }) => severity === 'warning')
  return isOdd ? exitCodes.findings : exitCodes.ok
}

/** What a command has to be told so that it is about the same two. */
const argumentsFor = ({ database, consumer }: Migration, options: MigratePlanOptions): string => {
  const { settings, profile, consumerProfile, record } = options
  const flags = { consumer: consumer?.name, settings, profile, 'consumer-profile': consumerProfile, record }
  const given = Object.entries(flags).flatMap(([flag, value]) => (value ? [`--${flag} ${value}`] : []))
  return [`-d ${database.id}`, ...given].join(' ')
}

const readAmount = (text: string): number => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  throw new UsageError(`--gb-per-month ${text} is not a number of gigabytes.`)
}
