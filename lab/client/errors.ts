/** What an operator would call the failure. */
export type ErrorKind =
  | 'connection refused'
  | 'connection reset'
  | 'timeout'
  | 'starting up'
  | 'read-only'
  | 'host blocked'
  | 'too many connections'
  | 'other'

/** Nothing came back in the time that the application waits. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp'
}

const kindOfCode: Readonly<Record<string, ErrorKind>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ECONNABORTED: 'connection reset',
  EPIPE: 'connection reset',
  ETIMEDOUT: 'timeout',
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  '57P01': 'connection reset',
  '57P02': 'connection reset',
  '57P03': 'starting up',
  '25006': 'read-only',
  '53300': 'too many connections',
  // https://mariadb.com/kb/en/mariadb-error-code-reference/
  PROTOCOL_CONNECTION_LOST: 'connection reset',
  ER_SERVER_SHUTDOWN: 'connection reset',
  ER_CONNECTION_KILLED: 'connection reset',
  ER_OPTION_PREVENTS_STATEMENT: 'read-only',
  ER_HOST_IS_BLOCKED: 'host blocked',
  ER_CON_COUNT_ERROR: 'too many connections',
}

export const classifyError = (error: unknown): ErrorKind => {
  if (error instanceof GaveUp) return 'timeout'
  const { code, message } = error as { code?: unknown; message?: unknown }
  const known = typeof code === 'string' ? kindOfCode[code] : undefined
  if (known !== undefined) return known
  // What `pg` and `mysql2` say, without a code, when the server has closed the connection under a query or before it.
  return typeof message === 'string' && /^Connection terminated|in closed state$/.test(message)
    ? 'connection reset'
    : 'other'
}

/** After an SQL error the session goes on; everything else has cost the connection. */
export const keepsConnection = (error: unknown): boolean => {
  const { code, severity, fatal, sqlState } = error as Record<string, unknown>
  // `mysql2` marks what has cost the connection as fatal.
  if (typeof sqlState === 'string') return fatal !== true
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && severity === 'ERROR'
}
