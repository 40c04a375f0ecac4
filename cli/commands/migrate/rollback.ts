import type { Command } from 'commander'
import { explain } from '../../aws/explain.ts'
import { runWithoutSettings } from '../../common-options.ts'
import type { BareContext } from '../../context.ts'
import { type ExitCode, exitCodes, worstOf } from '../../exit-codes.ts'
import { type RollbackEntry, readRollbackEntries } from '../../facts/rollback-entries.ts'
import { UsageError } from '../../failure.ts'
import { type MigrateOptions, recordFileOf } from '../../migrate/open.ts'
import { takeBack } from '../../migrate/shift/take-back.ts'
import { addMigrateOptions } from './options.ts'

export interface RollbackOptions extends MigrateOptions {
  readonly apply?: boolean
  readonly all?: boolean
}

export const addMigrateRollback = (migrate: Command): void => {
  addMigrateOptions(migrate.command('rollback'))
    .summary('send all new connections through the load balancer again, at once')
    .description(
      "With --apply the gateway's record gets weight 0 and the load balancer's 100, in one change; nothing has to have passed before. It reads of the settings only where the consumer's hosted zone is, whatever else is wrong with them, and keeps trying while AWS is busy. The settings are written first, so that no deployment undoes it; the record follows, also where the weights are so already and the settings are not. Whether the load balancer points at the writer is found out afterwards. Kept connections stay on the gateway until they are closed. Refused (5) where there is no path through the load balancer any more.",
    )
    .option('--apply', 'do it')
    .option('--all', 'every consumer of the settings file, or of the databases that are named')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint migrate rollback -d orders               what it would do, and the AWS command that does the same
  $ repoint migrate rollback -d orders --apply
  $ repoint migrate rollback --all --apply           all consumers at once`,
    )
    .action((options: RollbackOptions) => runWithoutSettings(options, runRollback))
}

export const runRollback = async (context: BareContext, options: RollbackOptions): Promise<ExitCode> => {
  const { out, settingsFile } = context
  const { entries, problems } = readRollbackEntries(settingsFile)
  for (const problem of problems) out.warn(`${problem}. It is left as it is.`)
  const chosen = choose(entries, options, settingsFile)
  const { apply = false, profile, consumerProfile, region } = options
  const all = chosen.map(entry => {
    const recordFile = recordFileOf(context, options, { id: entry.database, stackId: entry.stackId })
    return takeBack({ context, entry, applies: apply, profile, consumerProfile, region, recordFile })
  })
  if (all.length === 1) return (await all[0]) ?? exitCodes.ok
  // Each for itself: one that is refused keeps no other from going back.
  const codes = await Promise.all(
    all.map((one, index) =>
      one.catch((error: unknown) => {
        const { message, exitCode } = explain(error)
        out.warn(`${chosen[index]?.name}: ${message}`)
        return exitCode
      }),
    ),
  )
  return worstOf(codes)
}

/** @throws UsageError where it is not clear who is meant */
const choose = (
  entries: readonly RollbackEntry[],
  { consumer, database, account, all = false }: RollbackOptions,
  file: string,
): readonly RollbackEntry[] => {
  const ofDatabase = entries
    .filter(it => database === undefined || database.includes(it.database))
    // Whose account nobody says may be in this one.
    .filter(it => account === undefined || [undefined, account].includes(it.databaseAccount))
  const found = ofDatabase.filter(({ name }) => consumer === undefined || name === consumer)
  const names = entries.map(({ name, database: id }) => `${name} (${id})`).join(', ') || 'none that can be read'
  if (found.length === 0) throw new UsageError(`There is no such consumer in ${file}; it has ${names}.`)
  if (found.length > 1 && !all) {
    throw new UsageError(`Several consumers are meant: pass --consumer with one of ${names}, or --all.`)
  }
  return found
}
