import type { DatabaseSettings } from '../../../infra/app/settings.ts'
import type { Clients } from '../../aws/clients.ts'
import { explain } from '../../aws/explain.ts'
import { UsageError } from '../../failure.ts'
import { AttemptError } from './errors.ts'

export interface Credentials {
  readonly user: string
  readonly database?: string
  /** Asked for before each connection: a token lives 15 minutes. @throws AttemptError of the kind `no credentials` */
  readonly password: () => Promise<string>
  /** After a refused login: a secret may have been rotated. True where there is another password now. */
  readonly renew?: () => Promise<boolean>
}

export interface CredentialOptions {
  readonly secret?: string
  readonly iamUser?: string
  readonly sqlDatabase?: string
}

/** The SQL that can be probed, by engine. */
export type Dialect = 'postgres' | 'mysql'

export const dialectOf = (engine: DatabaseSettings['engine']): Dialect | undefined => {
  if (engine === 'postgres' || engine === 'aurora-postgresql') return 'postgres'
  return engine === 'mysql' || engine === 'aurora-mysql' || engine === 'mariadb' ? 'mysql' : undefined
}

/**
 * From --secret (Secrets Manager, RDS's own form), --iam-user (a token), or REPOINT_SQL_USER and REPOINT_SQL_PASSWORD.
 * `undefined` where nothing is given: then only TCP is probed. Never an argument: those show in process lists.
 */
export const findCredentials = (
  options: CredentialOptions,
  { clients, database, env }: { clients: Clients; database: DatabaseSettings; env: NodeJS.ProcessEnv },
): Promise<Credentials> | undefined => {
  const { secret, iamUser, sqlDatabase } = options
  if (secret !== undefined && iamUser !== undefined) throw new UsageError('Pass --secret or --iam-user, not both.')
  const named = sqlDatabase ?? env.REPOINT_SQL_DATABASE
  const about = named === undefined ? {} : { database: named }
  if (secret !== undefined) return fromSecret(clients, secret, about)
  if (iamUser !== undefined) return fromToken(clients, database, iamUser, about)
  const { REPOINT_SQL_USER: user, REPOINT_SQL_PASSWORD: password = '' } = env
  return user === undefined ? undefined : Promise.resolve({ ...about, user, password: async () => password })
}

const fromSecret = async (clients: Clients, id: string, about: { database?: string }): Promise<Credentials> => {
  const read = async () => {
    const secrets = await clients.secrets()
    const { SecretString = '' } = await secrets.getSecretValue({ SecretId: id })
    return readSecret(id, SecretString)
  }
  let current = await read()
  const { user, database } = current
  return {
    ...(database === undefined ? {} : { database }),
    ...about,
    user,
    password: async () => current.password,
    renew: async () => {
      const before = current.password
      current = await read().catch(withoutCredentials(`The secret ${id} cannot be read`))
      return current.password !== before
    },
  }
}

/** A problem of ours, and no outage of the database. */
const withoutCredentials =
  (what: string) =>
  (error: unknown): never => {
    throw new AttemptError('no credentials', `${what}: ${explain(error).message}`, { cause: error })
  }

const readSecret = (id: string, text: string): { user: string; password: string; database?: string } => {
  let value: { username?: unknown; password?: unknown; dbname?: unknown } = {}
  try {
    value = JSON.parse(text) as typeof value
  } catch {}
  const { username, password, dbname } = value
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new UsageError(`The secret ${id} is not one of a database: expected JSON with username and password.`)
  }
  return { user: username, password, ...(typeof dbname === 'string' ? { database: dbname } : {}) }
}

/** The token is signed for the RDS endpoint's name, also where the connection goes through the front door. */
const fromToken = async (
  clients: Clients,
  database: DatabaseSettings,
  user: string,
  about: { database?: string },
): Promise<Credentials> => ({
  ...about,
  user,
  password: () =>
    clients
      .databaseToken({ hostname: database.endpoint, port: database.port, username: user })
      .catch(withoutCredentials(`No IAM token can be signed for ${user}`)),
})
