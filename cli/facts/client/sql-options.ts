import { type Command, Option } from 'commander'
import { readText } from '../../../infra/app/settings/read-text.ts'
import type { DatabaseSettings } from '../../../infra/app/settings.ts'
import { UsageError } from '../../failure.ts'
import { givenFlags } from '../../text/given-flags.ts'
import { protocolOf } from '../tls-protocols.ts'
import { type CredentialOptions, type Credentials, dialectOf } from './credentials.ts'
import { type SqlTarget, type TlsMode, tlsModes } from './session.ts'

export interface SqlOptions extends CredentialOptions {
  readonly tls: TlsMode
  readonly ca?: string
}

/** How whoever probes logs in, the same for every command that does. */
export const addSqlOptions = (command: Command): Command =>
  command
    .option('--secret <id>', 'credentials for SQL from Secrets Manager; else REPOINT_SQL_USER and REPOINT_SQL_PASSWORD')
    .option('--iam-user <name>', 'log in as this user with an IAM token')
    .option('--sql-database <name>', 'the database to log in to (also REPOINT_SQL_DATABASE)')
    .addOption(new Option('--tls <mode>', 'what the server has to prove').choices(tlsModes).default(tlsModes[0]))
    .option('--ca <file>', 'certificates to trust, such as the RDS bundle global-bundle.pem')

/** What a command does with these options. */
export type SqlUse =
  /** Logs in to probe. */
  | 'probes'
  /** The same, and looks at TLS whether it logs in or not. */
  | 'paths'
  /** Reads who may log in from where. */
  | 'accounts'

interface GivenSqlOptions extends SqlOptions {
  readonly writeTable?: string
  readonly createTable?: boolean
}

const loginOptions = ['secret', 'iamUser', 'sqlDatabase', 'writeTable', 'createTable'] as const
const tlsOptions = ['tls', 'ca'] as const

/** Options that an engine cannot use are refused, not ignored. @throws UsageError */
export const refuseSqlOptions = (
  { engine, id }: Pick<DatabaseSettings, 'engine' | 'id'>,
  options: GivenSqlOptions,
  use: SqlUse,
): void => {
  const dialect = dialectOf(engine)
  if (use === 'accounts' ? dialect === 'mysql' : dialect !== undefined) return
  const usesTls = use === 'paths' && protocolOf(engine) !== undefined
  const { tls, ...others } = options
  // Its default is there whether anybody has typed it or not, and asks for nothing.
  const given = tls === tlsModes[0] ? others : options
  const flags = givenFlags(given, usesTls ? loginOptions : [...loginOptions, ...tlsOptions])
  if (flags === undefined) return
  const why =
    use === 'accounts'
      ? 'the accounts of MySQL and MariaDB are read with them'
      : 'SQL is probed on PostgreSQL, MySQL and MariaDB only'
  throw new UsageError(`${flags}: ${why}, and ${id} is ${engine}.`)
}

/** What a login needs, and the name that the other side has to prove before it gets the password. */
export const targetOf = (
  database: Pick<DatabaseSettings, 'endpoint'>,
  { tls, ca }: SqlOptions,
  { credentials, timeoutMs }: { credentials: Credentials; timeoutMs: number },
): SqlTarget => ({
  credentials,
  timeoutMs,
  tls: { mode: tls, servername: database.endpoint, ...(ca === undefined ? {} : { ca: readCa(ca) }) },
})

/** For whoever says so: a password may go to somebody who has proved nothing. */
export const warnOfTls = ({ endpoint }: Pick<DatabaseSettings, 'endpoint'>, mode: TlsMode): string | undefined =>
  mode === 'verify-full'
    ? undefined
    : `--tls ${mode}: the server that answers at ${endpoint} does not prove that it is the database, and it gets your password${mode === 'off' ? ' unencrypted' : ''}.`

/** @throws UsageError */
export const readCa = (file: string): string => {
  try {
    return readText(file)
  } catch (error) {
    throw new UsageError(`--ca: ${(error as Error).message}`)
  }
}
