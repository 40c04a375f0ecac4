import type { Socket } from 'node:net'

/** How a plain connection is turned into TLS, by engine. Both sides speak before the TLS handshake. */
export type Upgrade =
  | { readonly kind: 'ready' }
  | { readonly kind: 'not-offered' }
  | { readonly kind: 'turned-away'; readonly code: number; readonly message: string }

export type Protocol = 'postgresql' | 'mysql'

export const protocolOf = (engine: string): Protocol | undefined => {
  // Redshift took its protocol from PostgreSQL, with the same question for TLS.
  if (/postgres|redshift/.test(engine)) return 'postgresql'
  return /mysql|mariadb/.test(engine) ? 'mysql' : undefined
}

/** @throws Error when the server closes, or says something else. */
export const upgrade = (socket: Socket, protocol: Protocol): Promise<Upgrade> =>
  protocol === 'postgresql' ? askPostgres(socket) : askMysql(socket)

/** SSLRequest: length 8, code 80877103; one byte answers (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
const askPostgres = async (socket: Socket): Promise<Upgrade> => {
  const request = Buffer.alloc(8)
  request.writeInt32BE(8, 0)
  request.writeInt32BE(80_877_103, 4)
  socket.write(request)
  const answer = (await read(socket, 1)).toString('latin1')
  if (answer === 'S') return { kind: 'ready' }
  if (answer === 'N') return { kind: 'not-offered' }
  throw new Error(`the server answered SSLRequest with ${JSON.stringify(answer)}, which is not PostgreSQL's`)
}

const clientSsl = 0x0800
const clientProtocol41 = 0x0200
const clientSecureConnection = 0x8000
const utf8mb4 = 45
const longestGreeting = 65_536

/**
 * The server greets with its capabilities; a 32-byte request asks for TLS
 * (https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html). A blocked host gets an error
 * packet (1129) instead of the greeting.
 */
const askMysql = async (socket: Socket): Promise<Upgrade> => {
  const header = await read(socket, 4)
  const length = header.readUIntLE(0, 3)
  if (length < 1 || length > longestGreeting) throw new Error('the server does not speak MySQL')
  const greeting = await read(socket, length)
  if (greeting[0] === 0xff) {
    const message = greeting
      .subarray(3)
      .toString('utf8')
      .replace(/^#.{5}/, '')
    return { kind: 'turned-away', code: greeting.readUInt16LE(1), message }
  }
  if (greeting[0] !== 10) throw new Error('the server does not speak MySQL')
  // Version text, its end, thread id, the first part of the nonce and a filler stand before the capabilities.
  const at = greeting.indexOf(0, 1) + 1 + 4 + 8 + 1
  if (at + 2 > greeting.length) throw new Error('the server does not speak MySQL')
  if ((greeting.readUInt16LE(at) & clientSsl) === 0) return { kind: 'not-offered' }
  const request = Buffer.alloc(4 + 32)
  request.writeUIntLE(32, 0, 3)
  request.writeUInt8(1, 3)
  request.writeUInt32LE(clientSsl | clientProtocol41 | clientSecureConnection, 4)
  request.writeUInt32LE(16_777_216, 8)
  request.writeUInt8(utf8mb4, 12)
  socket.write(request)
  return { kind: 'ready' }
}

/** Exactly so many bytes; what follows them stays in the socket, for the TLS handshake. */
const read = async (socket: Socket, length: number): Promise<Buffer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const take = () => {
    const bytes: unknown = socket.read(length)
    if (Buffer.isBuffer(bytes) && bytes.length === length) resolve(bytes)
    else if (Buffer.isBuffer(bytes)) reject(new Error('the server closed the connection'))
  }
  const onEnd = () => reject(new Error('the server closed the connection'))
  socket.on('readable', take).once('end', onEnd).once('close', onEnd).once('error', reject)
  take()
  try {
    return await promise
  } finally {
    socket.off('readable', take).off('end', onEnd).off('close', onEnd).off('error', reject)
  }
}
