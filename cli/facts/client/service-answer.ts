import type { Socket } from 'node:net'
import type { Dialect } from './credentials.ts'
import { AttemptError, kindOfServerError } from './errors.ts'

/**
 * Whether a database answers at the other end of a connection, without a login. PostgreSQL gets a StartupMessage, as
 * `pg_isready` sends it; MySQL and MariaDB speak first. @throws AttemptError
 */
export const askService = async (socket: Socket, dialect: Dialect, timeoutMs: number): Promise<void> => {
  if (dialect === 'postgres') {
    socket.write(startupMessage)
    return judgePostgres(await firstMessage(socket, timeoutMs, postgresLength))
  }
  return judgeMysql(await firstMessage(socket, timeoutMs, mysqlLength))
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: length, version 3.0, parameters, an empty name. */
const startupMessage = ((): Buffer => {
  const parameters = Buffer.from('user\0repoint\0database\0postgres\0application_name\0repoint probe\0\0')
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + parameters.length, 0)
  head.writeInt32BE(196_608, 4)
  return Buffer.concat([head, parameters])
})()

type Length = (bytes: Buffer) => number | undefined

/** A type byte and a length that counts itself. */
const postgresLength: Length = bytes => (bytes.length < 5 ? undefined : 1 + bytes.readInt32BE(1))

/** Three bytes of length and a sequence number. */
const mysqlLength: Length = bytes => (bytes.length < 4 ? undefined : 4 + bytes.readUIntLE(0, 3))

const longest = 65_536

/** Refusals that mean that clients cannot work now; any other error is the answer of a database that serves others. */
const notServing: readonly string[] = ['57P01', '57P02', '57P03', '53300']

const judgePostgres = (message: Buffer): void => {
  const type = String.fromCharCode(message[0] ?? 0)
  // R: it asks for a login; N and v: notices before it does.
  if (['R', 'N', 'v', 'S', 'K'].includes(type)) return
  if (type !== 'E') throw new AttemptError('other', `the server does not speak PostgreSQL (it sent ${message[0]})`)
  const fields = new Map(
    message
      .subarray(5)
      .toString('utf8')
      .split('\0')
      .map(field => [field.slice(0, 1), field.slice(1)]),
  )
  const code = fields.get('C') ?? ''
  if (notServing.includes(code)) throw new AttemptError(kindOfServerError(code), `${fields.get('M')} (${code})`)
}

const judgeMysql = (packet: Buffer): void => {
  const first = packet[4]
  if (first === 10) return
  if (first !== 0xff) throw new AttemptError('other', `the server does not speak MySQL (it sent ${first})`)
  const code = packet.readUInt16LE(5)
  const message = packet
    .subarray(7)
    .toString('utf8')
    .replace(/^#.{5}/, '')
  throw new AttemptError(kindOfServerError(code), `${message} (${code})`)
}

const firstMessage = (socket: Socket, timeoutMs: number, lengthOf: Length): Promise<Buffer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  let bytes = Buffer.alloc(0)
  socket.setTimeout(timeoutMs, () => reject(new AttemptError('timeout', `connected, and no answer in ${timeoutMs} ms`)))
  socket.on('data', (more: Buffer) => {
    bytes = Buffer.concat([bytes, more])
    const length = lengthOf(bytes)
    if (length === undefined) return
    if (length > longest) reject(new AttemptError('other', 'the server speaks another protocol'))
    else if (bytes.length >= length) resolve(bytes.subarray(0, length))
  })
  socket.once('error', reject)
  socket.once('close', () => reject(new AttemptError('connection reset', 'connected, and closed without an answer')))
  return promise
}
