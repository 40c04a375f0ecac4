import { stackName } from '../../infra/app/settings/resource-names.ts'
import type { Origin, Stage } from '../../infra/app/settings/stages.ts'
import type { ConsumerSettings, DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { type BareContext, type CommonOptions, type Context, onlyDatabase } from '../context.ts'
import type { GatherMigrationOptions } from '../facts/migration.ts'
import { UsageError } from '../failure.ts'

/** The options that every `repoint migrate` command has. */
export interface MigrateOptions extends CommonOptions {
  readonly consumer?: string
  readonly consumerProfile?: string
  /** Where the record of the migration is; by default beside the settings. `false`: --no-record. */
  readonly record?: string | false
}

/** One database, one consumer, and clients for either account. */
export interface Migration extends GatherMigrationOptions {
  readonly context: Context
  /** Clients that go on after an interruption, for the consumer's account: to put weights back. */
  readonly consumerClientsAfterAll: Clients
  readonly recordFile: string
}

/** What a move of the weights needs to know: the emergency exit has no more. */
export interface Mover {
  readonly context: BareContext
  readonly database: Pick<DatabaseSettings, 'id'>
  readonly consumer: Pick<ConsumerSettings, 'name'> & {
    readonly gateway: { readonly stage: Stage; readonly from: Origin; readonly percent?: number | undefined }
  }
  /** The settings file that has the consumer's entry. */
  readonly consumerFile: string
  readonly consumerClientsAfterAll: Clients
  readonly recordFile: string
}

/** @throws UsageError where there is no consumer */
export const moverOf = (migration: Migration): Mover => {
  const consumer = theConsumer(migration)
  return { ...migration, consumer, consumerFile: migration.context.settings.placeOf(consumer).file }
}

/** @throws UsageError where it is not clear which database or consumer is meant. */
export const openMigration = (context: Context, options: MigrateOptions): Migration => {
  const consumer = chooseConsumer(context, options)
  const database = chooseDatabase(context, consumer)
  return {
    context,
    database,
    ...(consumer === undefined ? {} : { consumer }),
    clients: context.clientsFor(database),
    consumerClients: clientsOf(context, { database, consumer, options, isLasting: false }),
    consumerClientsAfterAll: clientsOf(context, { database, consumer, options, isLasting: true }),
    recordFile: recordFileOf(context, options, database),
  }
}

/** Beside the settings, so that it is kept with them. */
export const recordFileOf = (
  { settingsFile }: Pick<BareContext, 'settingsFile'>,
  { record }: MigrateOptions,
  database: { readonly id: string; readonly stackId?: string | undefined },
): string => {
  // Of several databases of one id each has its own: what one has passed says nothing of another.
  const { stackId = stackName(database) } = database
  const isOneOfSeveral = stackId !== stackName(database)
  return record || `${settingsFile.replace(/\.json$/, '')}${isOneOfSeveral ? `.${stackId}` : ''}.migration.json`
}

/** The consumer of a migration. @throws UsageError where the settings have none for this database. */
export const theConsumer = ({ consumer, database, context }: Migration): ConsumerSettings => {
  if (consumer !== undefined) return consumer
  throw new UsageError(
    `There is no consumer of ${database.id} in ${context.settingsFile}, and this command is about one: add it to consumers, as its own account would deploy it.`,
  )
}

export const isOf = (consumer: ConsumerSettings, database: DatabaseSettings): boolean =>
  consumer.database === undefined ? consumer.hostname === database.endpoint : consumer.database === database.id

const chooseConsumer = (context: Context, { consumer: asked }: MigrateOptions): ConsumerSettings | undefined => {
  const { settings, settingsFile, databases } = context
  if (asked !== undefined) {
    const found = settings.consumers.find(it => it.name === asked)
    if (found === undefined) {
      throw new UsageError(`There is no consumer ${asked} in ${settingsFile}; it has ${listed(settings.consumers)}.`)
    }
    if (!databases.some(it => isOf(found, it))) {
      throw new UsageError(`The consumer ${asked} is not one of ${databases.map(it => it.id).join(', ')}.`)
    }
    return found
  }
  const all = settings.consumers.filter(it => databases.some(database => isOf(it, database)))
  if (all.length > 1) {
    throw new UsageError(`This command is about one consumer: pass --consumer with one of ${listed(all)}.`)
  }
  return all[0]
}

const chooseDatabase = (context: Context, consumer: ConsumerSettings | undefined): DatabaseSettings => {
  const own = consumer === undefined ? [] : context.databases.filter(it => isOf(consumer, it))
  return own[0] ?? onlyDatabase(context)
}

const listed = (consumers: readonly ConsumerSettings[]): string => consumers.map(it => it.name).join(', ') || 'none'

interface Sides {
  readonly database: DatabaseSettings
  readonly consumer: ConsumerSettings | undefined
  readonly options: MigrateOptions
  readonly isLasting: boolean
}

const clientsOf = (context: Context, { database, consumer, options, isLasting }: Sides): Clients => {
  const shared = isLasting ? context.clientsAfterAll(database) : context.clientsFor(database)
  const { account, region = shared.region } = consumer?.env ?? {}
  return context.clientsIn(
    { account: account ?? database.env.account, region, profile: options.consumerProfile },
    isLasting,
  )
}

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
