import type { DatabaseSettings, Settings } from '../infra/app/settings.ts'
import { readSettings } from '../infra/app/settings.ts'
import { type Clients, createClients } from './aws/clients.ts'
import { openAccountRates } from './aws/rates.ts'
import { UsageError } from './failure.ts'
import { type Output, openOutput } from './output.ts'

/** The options that every command has; `addCommonOptions` in common-options.ts declares them. */
export interface CommonOptions {
  readonly settings?: string
  readonly database?: readonly string[]
  readonly account?: string
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
  /** Clients for the database's account and Region; their calls end when the command is interrupted. */
  clientsFor(database: DatabaseSettings): Clients
  /** Clients that go on after an interruption: to undo, and to say how things stand. */
  clientsAfterAll(database: DatabaseSettings): Clients
  /** Clients for another place, such as a consumer's. */
  clientsIn(place: Place, isLasting: boolean): Clients
}

export interface Place {
  readonly account: string | undefined
  readonly region: string | undefined
  /** Instead of what the settings say of the account. */
  readonly profile?: string | undefined
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
  const placeOf = ({ env }: DatabaseSettings): Place => ({ account: env.account, region: env.region ?? options.region })
  const opened = new Map<string, Clients>()
  const rates = new Map<string, ReturnType<typeof openAccountRates>>()
  const databases = choose(settings, options, settingsFile)
  const clientsIn = ({ account, region, profile: own }: Place, isLasting: boolean): Clients => {
    const said = account === undefined ? undefined : settings.accounts[account]
    // --profile is of the databases' account: a consumer's, where the settings say how it is reached, is another matter.
    const isOthers = said !== undefined && databases.length > 0 && !databases.some(it => it.env.account === account)
    const profile = own ?? (isOthers ? undefined : options.profile)
    const access = profile === undefined ? said : { profile }
    // Without `accounts` every database is reached with the same credentials: one account, as far as anybody knows.
    const whose = said === undefined ? `${profile}` : `${account}`
    const shared = rates.get(whose) ?? openAccountRates()
    rates.set(whose, shared)
    const key = JSON.stringify([whose, access, region, isLasting])
    const clients =
      opened.get(key) ??
      createClients({
        ...access,
        ...(region === undefined ? {} : { region }),
        ...(account === undefined || said === undefined ? {} : { account, isOfSettings: access === said }),
        ...(isLasting ? {} : { signal }),
        rates: shared(region),
      })
    opened.set(key, clients)
    return clients
  }
  return {
    ...bare,
    settings,
    // A consumer's own file has none, which is no matter until one is asked for.
    get databases() {
      if (databases.length === 0) throw new UsageError(withoutDatabases(settingsFile))
      return databases
    },
    isChosen: (options.database ?? []).length > 0,
    clientsFor: database => clientsIn(placeOf(database), false),
    clientsAfterAll: database => clientsIn(placeOf(database), true),
    clientsIn,
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
  const here = named.filter(({ env }) => isIn(env, options))
  const missing = asked.filter(id => !here.some(it => it.id === id))
  if (here.length === 0 || missing.length > 0) {
    const elsewhere = named.filter(it => !here.includes(it) && (here.length === 0 || missing.includes(it.id)))
    throw new UsageError(
      `Not in ${placeText(options)}: ${listed(elsewhere.map(withPlace))}. Leave ${[options.account && '--account', options.region && '--region'].filter(Boolean).join(' and ')} out to use the settings' ${options.account ? 'accounts' : 'Regions'}.`,
    )
  }
  const repeated = here.filter(({ id }) => asked.includes(id) && here.filter(it => it.id === id).length > 1)
  if (repeated.length > 0) {
    throw new UsageError(
      `Several databases have this id: ${listed(repeated.map(withPlace))}. Choose with --account or --region.`,
    )
  }
  holdToOneAccount(here, settings, options)
  return here
}

const isIn = (env: DatabaseSettings['env'], { account, region }: CommonOptions): boolean =>
  (account === undefined || env.account === undefined || env.account === account) &&
  (region === undefined || env.region === undefined || env.region === region)

const placeText = ({ account, region }: Pick<CommonOptions, 'account' | 'region'>): string =>
  [region, account === undefined ? undefined : `account ${account}`].filter(it => it !== undefined).join(' of ')

const withPlace = ({ id, env }: DatabaseSettings): string => `${id} in ${placeText(env)}`

/** A profile is one account's: with it a command would look for the databases of the others there, too. */
const holdToOneAccount = (
  databases: readonly DatabaseSettings[],
  { accounts }: Settings,
  { profile }: CommonOptions,
): void => {
  const several = [...new Set(databases.flatMap(it => it.env.account ?? []))]
  if (profile === undefined || several.length < 2 || Object.keys(accounts).length === 0) return
  throw new UsageError(
    `--profile ${profile} is of one account, and these databases are of ${several.length}: ${listed(several)}. Choose one with --account, or leave --profile out to use accounts of the settings.`,
  )
}

const withoutDatabases = (file: string): string =>
  `${file} has no databases, and this is about one: name their file with --settings. From a consumer's own file there is \`repoint doctor --consumer NAME\`.`

const listed = (names: readonly string[]): string =>
  names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ')
