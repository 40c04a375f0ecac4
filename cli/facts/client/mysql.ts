import type { Socket } from 'node:net'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { AttemptError } from './errors.ts'
import type { Login, Session, Tls } from './session.ts'
import { statements } from './session.ts'
import { endSocket } from './tcp.ts'

/** A session over a socket that is connected already; `host` is the name that TLS has to prove, nothing else. */
export const openMysql = async (socket: Socket, target: Login): Promise<Session> => {
  const { credentials, password, tls, timeoutMs } = target
  const limit = <T>(work: Promise<T>): Promise<T> => withTimeout(work, timeoutMs, () => socket.destroy())
  const connection = await limit(
    createConnection({
      host: tls.servername,
      user: credentials.user,
      password,
      ...(credentials.database === undefined ? {} : { database: credentials.database }),
      ...sslOf(tls),
      // RDS takes an IAM token as a clear password; nobody but the proven database is to see one.
      enableCleartextPlugin: tls.mode === 'verify-full',
      stream: () => socket,
      connectTimeout: timeoutMs,
    }),
  )
  connection.on('error', () => undefined)
  const ask = async <Row extends RowDataPacket>(text: string, values: (string | number)[] = []): Promise<Row[]> => {
    const [rows] = await limit(connection.query<Row[]>(text, values))
    return rows
  }
  return {
    isWriter: async () => {
      // `innodb_read_only` is 1 on an Aurora reader, `read_only` on a replica.
      const [row] = await ask<RowDataPacket & { reads: number }>(
        'SELECT (@@global.innodb_read_only OR @@global.read_only) AS `reads`',
      )
      return Number(row?.reads) === 0
    },
    read: async () => {
      await ask('SELECT 1')
    },
    server: async () => {
      const [row] = await ask<RowDataPacket & { name: string | null }>('SELECT @@hostname AS name')
      return row?.name ?? undefined
    },
    createTable: async table => {
      await ask(statements.create(table))
    },
    write: async (table, run, number) => {
      await ask(`INSERT INTO ${table} (run, number) VALUES (?, ?)`, [run, number])
    },
    numbers: async (table, run) =>
      (await ask<RowDataPacket & { number: number }>(`SELECT number FROM ${table} WHERE run = ?`, [run])).map(
        ({ number }) => number,
      ),
    forget: async (table, run) => {
      await ask(`DELETE FROM ${table} WHERE run = ?`, [run])
    },
    close: () => {
      connection.end().catch(() => undefined)
      endSocket(socket)
    },
  }
}

export const sslOf = ({ mode, ca }: Tls) => {
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
