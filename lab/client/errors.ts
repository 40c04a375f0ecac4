/** What an operator would call the failure. */
export type ErrorKind = 'connection refused' | 'connection reset' | 'timeout' | 'starting up' | 'read-only' | 'other'

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
}

export const classifyError = (error: unknown): ErrorKind => {
  if (error instanceof GaveUp) return 'timeout'
  const { code, message } = error as { code?: unknown; message?: unknown }
  const known = typeof code === 'string' ? kindOfCode[code] : undefined
  if (known !== undefined) return known
  // What `pg` says, without a code, when the server closes the connection under a query.
  return typeof message === 'string' && message.startsWith('Connection terminated') ? 'connection reset' : 'other'
}

/** After an SQL error the session goes on; everything else has cost the connection. */
export const keepsConnection = (error: unknown): boolean => {
  const { code, severity } = error as { code?: unknown; severity?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && severity === 'ERROR'
}
