import type { Socket } from 'node:net'
import pg from 'pg'
import { AttemptError } from './errors.ts'
import { type Session, type SqlTarget, sessionOver, type Tls } from './session.ts'
import { endSocket } from './tcp.ts'

/**
 * A session over a socket that is connected already. `pg` takes a name that it is given for the one to prove; it is given
 * none, so that TLS goes by `servername`: the RDS endpoint.
 */
export const openPostgres = async (socket: Socket, target: SqlTarget): Promise<Session> => {
  const { credentials, tls, timeoutMs } = target
  const client = new pg.Client({
    user: credentials.user,
    database: credentials.database ?? 'postgres',
    password: credentials.password,
    host: socket.remoteAddress ?? '127.0.0.1',
    ssl: sslOf(tls),
    stream: () => connected(socket),
    application_name: 'repoint drill',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  })
  client.on('error', () => undefined)
  containParser(client)
  try {
    await client.connect()
  } catch (error) {
    socket.destroy()
    throw timedOut(error)
  }
  return sessionOver({
    ask: async (text, values = []) => {
      try {
        return (await client.query(text, values)).rows
      } catch (error) {
        throw timedOut(error)
      }
    },
    close: () => {
      client.end().catch(() => undefined)
      endSocket(socket)
    },
    whetherReads: "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS reads",
    whoAnswers: 'SELECT host(inet_server_addr()) AS name',
    values: ['$1', '$2'],
  })
}

const sslOf = ({ mode, servername, ca }: Tls): pg.ClientConfig['ssl'] => {
  if (mode === 'off') return false
  return { rejectUnauthorized: mode === 'verify-full', servername, ...(ca === undefined ? {} : { ca }) }
}

/**
 * `pg` lets what its parser throws about a malformed message out of the socket's `data` event, where it ends the process:
 * any server could end a drill or a move of weights. Here it ends the connection.
 */
const containParser = ({ connection }: pg.Client): void => {
  const own = connection as unknown as { attachListeners(stream: Pick<Socket, 'on'>): void }
  const attach = own.attachListeners.bind(connection)
  own.attachListeners = stream => {
    const socket = stream as Socket
    const contained = (event: string, listener: (...args: unknown[]) => void) =>
      socket.on(event, (...args: unknown[]) => {
        try {
          listener(...args)
        } catch (error) {
          socket.destroy(error as Error)
        }
      })
    attach({ on: contained as Socket['on'] })
  }
}

/** `pg` opens the stream that it is given; this one is open, so it is only told so. */
const connected = (socket: Socket): Socket => {
  socket.connect = () => {
    process.nextTick(() => socket.emit('connect'))
    return socket
  }
  return socket
}

const timedOut = (error: unknown): unknown =>
  error instanceof Error && /timeout/i.test(error.message) && !('code' in error)
    ? new AttemptError('timeout', error.message, { cause: error })
    : error
