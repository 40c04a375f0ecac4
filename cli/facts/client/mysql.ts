import type { Socket } from 'node:net'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { AttemptError } from './errors.ts'
import { type Login, type Session, sessionOver, type Tls } from './session.ts'
import { endSocket } from './tcp.ts'

/** A session over a socket that is connected already. */
export const openMysql = async (socket: Socket, target: Login): Promise<Session> => {
  const { credentials, timeoutMs } = target
  const limit = <T>(work: Promise<T>): Promise<T> => withTimeout(work, timeoutMs, () => socket.destroy())
  const named = credentials.database === undefined ? {} : { database: credentials.database }
  const connection = await limit(connectMysql(socket, target, named))
  return sessionOver({
    ask: async (text, values = []) => {
      const [rows] = await limit(connection.query<RowDataPacket[]>(text, values))
      return rows
    },
    close: () => {
      connection.end().catch(() => undefined)
      endSocket(socket)
    },
    // `innodb_read_only` is 1 on an Aurora reader, `read_only` on a replica.
    whetherReads: 'SELECT (@@global.innodb_read_only OR @@global.read_only) AS `reads`',
    whoAnswers: 'SELECT @@hostname AS name',
    values: ['?', '?'],
  })
}

/** `host` is the name that TLS has to prove, nothing else. */
export const connectMysql = async (
  socket: Socket,
  { credentials, password, tls, timeoutMs }: Login,
  own: { readonly database?: string } = {},
): Promise<Connection> => {
  const connection = await createConnection({
    host: tls.servername,
    user: credentials.user,
    password,
    ...own,
    ...sslOf(tls),
    // RDS takes an IAM token as a clear password; nobody but the proven database is to see one.
    enableCleartextPlugin: tls.mode === 'verify-full',
    stream: () => socket,
    connectTimeout: timeoutMs,
  })
  return connection.on('error', () => undefined)
}

const sslOf = ({ mode, ca }: Tls) => {
  if (mode === 'off') return {}
  const isVerified = mode === 'verify-full'
  return {
    ssl: {
      rejectUnauthorized: isVerified,
      verifyIdentity: isVerified,
      ...(ca === undefined ? {} : { ca: String(ca) }),
    },
  }
}

const withTimeout = async <T>(work: Promise<T>, ms: number, giveUp: () => void): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    giveUp()
    reject(new AttemptError('timeout', `no answer in ${ms} ms`))
  }, ms)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}
