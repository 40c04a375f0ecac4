import { CliError, messageOf } from '../../failure.ts'

/** What an operator would call a failed attempt. A kind of its own where the remedy is another one. */
export const errorKinds = [
  'connection refused',
  'connection reset',
  'timeout',
  'unreachable',
  'name not resolved',
  'starting up',
  'read-only',
  'too many connections',
  'host blocked',
  'not trusted',
  'clock',
  'login refused',
  'unsupported login method',
  'no credentials',
  'other',
] as const

export type ErrorKind = (typeof errorKinds)[number]

/** An attempt failed; the message says where and how. */
export class AttemptError extends CliError {
  override readonly name = 'AttemptError'
  readonly kind: ErrorKind
  /** The message says at which place. */
  readonly isPlaced: boolean
  constructor(kind: ErrorKind, message: string, options: ErrorOptions & { readonly isPlaced?: true } = {}) {
    super(message, undefined, options)
    this.kind = kind
    this.isPlaced = options.isPlaced ?? false
  }
}

/** An error of the database or of the connection to it, with the place that it happened at. */
export const atPlace = (error: unknown, { host, port }: { readonly host: string; readonly port: number }): unknown => {
  if (error instanceof AttemptError && (error.kind === 'no credentials' || error.isPlaced)) return error
  const kind = classify(error)
  const message = `The database at ${host}:${port}: ${messageOf(error).replace(/\.$/, '')} (${kind})`
  return new AttemptError(kind, message, { cause: error, isPlaced: true })
}

const kindOfCode: Readonly<Record<string, ErrorKind>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ECONNABORTED: 'connection reset',
  EPIPE: 'connection reset',
  PROTOCOL_CONNECTION_LOST: 'connection reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'name not resolved',
  EAI_AGAIN: 'name not resolved',
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  '57P01': 'connection reset',
  '57P02': 'connection reset',
  '57P03': 'starting up',
  '25006': 'read-only',
  '53300': 'too many connections',
  '28000': 'login refused',
  '28P01': 'login refused',
  '3D000': 'login refused',
  '55000': 'login refused',
  AUTH_SWITCH_PLUGIN_ERROR: 'unsupported login method',
  // Node's TLS: what answers there has not proved that it is the database.
  ERR_TLS_CERT_ALTNAME_INVALID: 'not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'not trusted',
  CERT_HAS_EXPIRED: 'not trusted',
  CERT_SIGNATURE_FAILURE: 'not trusted',
  HANDSHAKE_NO_SSL_SUPPORT: 'not trusted',
  // A certificate that is not valid yet: the clock of this machine is behind.
  CERT_NOT_YET_VALID: 'clock',
}

/**
 * By number: `mysql2` has MySQL's names, which MariaDB gives to other errors
 * (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html,
 * https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference).
 */
const kindOfNumber: Readonly<Record<number, ErrorKind>> = {
  1040: 'too many connections',
  1203: 'too many connections',
  1226: 'too many connections',
  1129: 'host blocked',
  1044: 'login refused',
  1045: 'login refused',
  1049: 'login refused',
  1130: 'login refused',
  1820: 'login refused',
  1862: 'login refused',
  3118: 'login refused',
  4151: 'login refused',
  1251: 'unsupported login method',
  1053: 'connection reset',
  1079: 'connection reset',
  1317: 'connection reset',
  1927: 'connection reset',
  1290: 'read-only',
  1792: 'read-only',
  1836: 'read-only',
}

/** Texts of drivers that come without a code. */
const kindOfText: readonly (readonly [RegExp, ErrorKind])[] = [
  // `pg`, and `mysql2` at the first query after the server closed an idle connection: every MySQL failover.
  [/^Connection terminated|encountered a connection error|connection is in closed state/, 'connection reset'],
  [/does not support SSL/, 'not trusted'],
  // `pg` without a password where the server asks for one.
  [/^SASL:.*password/i, 'login refused'],
]

export const classify = (error: unknown): ErrorKind => {
  if (error instanceof AttemptError) return error.kind
  const { code, errno, message = '' } = error as { code?: unknown; errno?: unknown; message?: string }
  const ofNumber = typeof errno === 'number' ? kindOfNumber[errno] : undefined
  const known = ofNumber ?? (typeof code === 'string' ? kindOfCode[code] : undefined)
  if (known !== undefined) return known
  // `mysql2` gives one code to whatever ends a TLS handshake.
  if (code === 'HANDSHAKE_SSL_ERROR') {
    if (/not yet valid/i.test(message)) return 'clock'
    return /certificate|altnames/i.test(message) ? 'not trusted' : 'connection reset'
  }
  return kindOfText.find(([text]) => text.test(message))?.[1] ?? 'other'
}

/** By the number that a server's own error packet has. */
export const kindOfServerError = (code: string | number): ErrorKind =>
  (typeof code === 'number' ? kindOfNumber[code] : kindOfCode[code]) ?? 'other'

/** What to do about a probe that fails before anything was caused. */
export const remedies: Readonly<Record<ErrorKind, string>> = {
  'connection refused': 'Check host and port, and that a healthy target is registered (repoint status).',
  'connection reset': 'Something accepts the connection and no database answers: check repoint status, and the port.',
  timeout: 'Check the security groups and the route from here; --connect-to goes through a tunnel.',
  unreachable: 'Check the route from here; --connect-to goes through a tunnel.',
  'name not resolved': 'Run it where the name resolves, or use --connect-to for a tunnel.',
  'starting up': 'Wait until the database accepts connections.',
  'read-only': 'The connection ends at a reader: check the endpoint, and repoint status.',
  'too many connections': 'Wait until clients have disconnected, or raise max_connections.',
  'host blocked':
    'Unblock it: FLUSH HOSTS on MariaDB, TRUNCATE performance_schema.host_cache on MySQL; skip_name_resolve=1 ends it permanently.',
  'not trusted': 'Give the authorities of RDS: --ca global-bundle.pem (https://truststore.pki.rds.amazonaws.com).',
  clock: 'The certificate is not valid yet: set the clock of this machine.',
  'login refused': 'Check user, password, database and grants of --secret, --iam-user or REPOINT_SQL_USER.',
  'unsupported login method': 'Use a user with mysql_native_password or caching_sha2_password.',
  'no credentials': 'Check the permission to read the secret, or the AWS credentials.',
  other: 'The message is the server’s own: see its manual.',
}

/** Each further attempt of this kind harms others: MySQL counts it against the address of the load balancer's node. */
export const isHarmful = (kind: ErrorKind): boolean =>
  kind === 'not trusted' || kind === 'clock' || kind === 'host blocked'
