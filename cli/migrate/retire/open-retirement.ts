import type { ConsumerSettings } from '../../../infra/app/settings.ts'
import { type Context, onlyDatabase } from '../../context.ts'
import { isOf, type MigrateOptions, type Migration, openMigration } from '../open.ts'

/** One database with the consumers that are meant: unlike every other command, by default all of them. */
export interface Retirement {
  readonly first: Migration
  /** Each with the clients of its own Region. */
  readonly sides: readonly (Migration & { readonly consumer: ConsumerSettings })[]
  /** Every consumer of the database in the settings file. */
  readonly entries: readonly ConsumerSettings[]
}

/** @throws UsageError where it is not clear which database is meant */
export const openRetirement = (context: Context, options: MigrateOptions): Retirement => {
  const named = options.consumer === undefined ? undefined : openMigration(context, options)
  const database = named?.database ?? onlyDatabase(context)
  const entries = context.settings.consumers.filter(it => isOf(it, database))
  if (named?.consumer !== undefined) return { first: named, sides: [{ ...named, consumer: named.consumer }], entries }
  const here = { ...context, databases: [database] }
  const sides = entries.map(consumer => ({
    ...openMigration(here, { ...options, consumer: consumer.name }),
    consumer,
  }))
  return { first: sides[0] ?? openMigration(here, options), sides, entries }
}
