/** What an operator would call a failed attempt. */
export type ErrorKind =
  | 'connection refused'
  | 'connection reset'
  | 'timeout'
  | 'unreachable'
  | 'name not resolved'
  | 'starting up'
  | 'read-only'
  | 'not trusted'
  | 'login refused'
  | 'other'

/** An attempt took longer than a client would wait, or failed in a way that has no code of its own. */
export class AttemptError extends Error {
  override readonly name = 'AttemptError'
  readonly kind: ErrorKind
  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
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
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  '57P01': 'connection reset',
  '57P02': 'connection reset',
  '57P03': 'starting up',
  '25006': 'read-only',
  '28000': 'login refused',
  '28P01': 'login refused',
  // https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
  ER_OPTION_PREVENTS_STATEMENT: 'read-only',
  ER_READ_ONLY_MODE: 'read-only',
  ER_ACCESS_DENIED_ERROR: 'login refused',
  ER_SERVER_SHUTDOWN: 'connection reset',
  // Node's TLS: what is answered there has not proved that it is the database.
  ERR_TLS_CERT_ALTNAME_INVALID: 'not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'not trusted',
  CERT_HAS_EXPIRED: 'not trusted',
  HANDSHAKE_NO_SSL_SUPPORT: 'not trusted',
}

export const classify = (error: unknown): ErrorKind => {
  if (error instanceof AttemptError) return error.kind
  const { code, message = '' } = error as { code?: unknown; message?: string }
  const known = typeof code === 'string' ? kindOfCode[code] : undefined
  if (known !== undefined) return known
  // `mysql2` gives one code to whatever ends a TLS handshake.
  if (code === 'HANDSHAKE_SSL_ERROR') return /certificate|altnames/i.test(message) ? 'not trusted' : 'connection reset'
  // What `pg` says, without a code.
  if (/^Connection terminated|encountered a connection error/.test(message)) return 'connection reset'
  return message.includes('does not support SSL') ? 'not trusted' : 'other'
}
