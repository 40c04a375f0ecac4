import type { DatabaseSettings, Settings } from '../infra/app/settings.ts'
import { readSettings } from '../infra/app/settings.ts'
import { type Clients, createClients } from './aws/clients.ts'
import { openRates, type Rates } from './aws/rates.ts'
import { UsageError } from './failure.ts'
import { type Output, openOutput } from './output.ts'

/** The options that every command has; `addCommonOptions` in common-options.ts declares them. */
export interface CommonOptions {
  readonly settings?: string
  readonly database?: readonly string[]
  readonly region?: string
  readonly profile?: string
  readonly json?: boolean
}

/** What a command has before anything is read. */
export interface BareContext {
  readonly settingsFile: string
  readonly out: Output
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  /** Epoch milliseconds. */
  now(): number
}

/** Everything that a command works with. */
export interface Context extends BareContext {
  readonly settings: Settings
  /** Those named with --database, or all of the settings. At least one: a file without any throws a UsageError here. */
  readonly databases: readonly DatabaseSettings[]
  /** Whether they were named. */
  readonly isChosen: boolean
  /** Clients for the database's Region; their calls end when the command is interrupted. */
  clientsFor(database: DatabaseSettings): Clients
  /** Clients that go on after an interruption: to undo, and to say how things stand. */
  clientsAfterAll(database: DatabaseSettings): Clients
}

export interface Surroundings {
  readonly signal: AbortSignal
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly out?: Output
  readonly now?: () => number
}

export const openBare = (options: CommonOptions, surroundings: Surroundings): BareContext => {
  const { signal, env = process.env, now = Date.now } = surroundings
  return {
    settingsFile: options.settings ?? env.REPOINT_SETTINGS ?? 'repoint.json',
    out: surroundings.out ?? openOutput({ json: options.json === true, env }),
    signal,
    env,
    now,
  }
}

/** @throws UsageError, SettingsError */
export const openContext = (options: CommonOptions, surroundings: Surroundings): Context => {
  const bare = openBare(options, surroundings)
  const { settingsFile, signal } = bare
  const settings = readSettings(settingsFile)
  const regionOf = (database: DatabaseSettings) => database.env.region ?? options.region
  const opened = new Map<string, Clients>()
  // One account: its Regions have their own request rates.
  const rates = new Map<string, Rates>()
  const clientsIn = (region: string | undefined, isLasting: boolean): Clients => {
    const key = `${region} ${isLasting}`
    const shared = rates.get(String(region)) ?? openRates()
    rates.set(String(region), shared)
    const clients =
      opened.get(key) ??
      createClients({
        ...(region === undefined ? {} : { region }),
        ...(options.profile === undefined ? {} : { profile: options.profile }),
        ...(isLasting ? {} : { signal }),
        rates: shared,
      })
    opened.set(key, clients)
    return clients
  }
  const databases = choose(settings, options, settingsFile)
  return {
    ...bare,
    settings,
    // A consumer's own file has none, which is no matter until one is asked for.
    get databases() {
      if (databases.length === 0) throw new UsageError(withoutDatabases(settingsFile))
      return databases
    },
    isChosen: (options.database ?? []).length > 0,
    clientsFor: database => clientsIn(regionOf(database), false),
    clientsAfterAll: database => clientsIn(regionOf(database), true),
  }
}

/** The one database that a command is about. @throws UsageError when there are several. */
export const onlyDatabase = (context: Context): DatabaseSettings => {
  const [database, ...others] = context.databases
  if (database === undefined || others.length > 0) {
    throw new UsageError(
      `This command is about one database: say --database with one of ${listed(context.databases.map(it => it.id))}.`,
    )
  }
  return database
}

const choose = (settings: Settings, options: CommonOptions, file: string): readonly DatabaseSettings[] => {
  const asked = options.database ?? []
  const known = settings.databases.map(({ id }) => id)
  if (known.length === 0) {
    if (asked.length > 0) throw new UsageError(withoutDatabases(file))
    return []
  }
  const unknown = asked.filter(id => !known.includes(id))
  if (unknown.length > 0) {
    throw new UsageError(
      `There is no database ${listed(unknown)} in ${file}. It has ${listed(known)}; add an entry or check --settings.`,
    )
  }
  const named = settings.databases.filter(({ id }) => asked.length === 0 || asked.includes(id))
  const { region } = options
  if (region === undefined) return named
  const here = named.filter(({ env }) => env.region === undefined || env.region === region)
  if (here.length === 0 || (asked.length > 0 && here.length < named.length)) {
    const elsewhere = named.filter(it => !here.includes(it)).map(({ id, env }) => `${id} in ${env.region}`)
    throw new UsageError(`Not in ${region}: ${listed(elsewhere)}. Leave --region out to use the settings' Regions.`)
  }
  return here
}

const withoutDatabases = (file: string): string =>
  `${file} has no databases, and this is about one: name their file with --settings. From a consumer's own file there is \`repoint doctor --consumer NAME\`.`

const listed = (names: readonly string[]): string =>
  names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ')
