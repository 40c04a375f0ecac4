import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { generate } from 'selfsigned'

const dayMs = 86_400_000

export interface Authority {
  readonly key: string
  readonly cert: string
}

export const issueAuthority = async (name: string): Promise<Authority> => {
  const pems = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 365 * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
    ],
  })
  return { key: pems.private, cert: pems.cert }
}

/** A server's certificate for one DNS name, signed by the authority, as RDS's are; valid from and to so many days from now. */
export const issueFor = async (name: string, ca: Authority, days = 200, fromDays = -2): Promise<Authority> => {
  const pems = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca,
    notBeforeDate: new Date(Date.now() + fromDays * dayMs),
    notAfterDate: new Date(Date.now() + days * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  })
  return { key: pems.private, cert: pems.cert }
}

export interface TlsDatabase {
  readonly port: number
  /** Addresses of localhost that it listens on. */
  readonly ips: readonly string[]
  close(): Promise<void>
}

export type Greeting = (socket: Socket, certificate: Authority) => Promise<void>

/** As PostgreSQL: waits for SSLRequest, says S, and shakes hands. */
export const postgresql: Greeting = async (socket, certificate) => {
  const [request] = (await once(socket, 'data')) as [Buffer]
  if (request.length !== 8 || request.readInt32BE(4) !== 80_877_103) {
    socket.destroy()
    return
  }
  socket.write('S')
  shake(socket, certificate)
}

export const withoutTls: Greeting = async socket => {
  await once(socket, 'data')
  socket.write('N')
}

const packet = (sequence: number, payload: Buffer): Buffer => {
  const header = Buffer.alloc(4)
  header.writeUIntLE(payload.length, 0, 3)
  header.writeUInt8(sequence, 3)
  return Buffer.concat([header, payload])
}

/** As MySQL 8: greets first, in two pieces, and takes the client's request for TLS. */
export const mysql: Greeting = async (socket, certificate) => {
  const clientSsl = 0x0800
  const clientProtocol41 = 0x0200
  const capabilities = Buffer.alloc(2)
  capabilities.writeUInt16LE(clientSsl | clientProtocol41)
  const greeting = packet(
    0,
    Buffer.concat([
      Buffer.from([10]),
      Buffer.from('8.4.6\0'),
      Buffer.from([7, 0, 0, 0]),
      Buffer.from('12345678\0'),
      capabilities,
      Buffer.from([45, 2, 0, 0, 0, 21]),
      Buffer.alloc(10),
      Buffer.from('123456789012\0mysql_native_password\0'),
    ]),
  )
  socket.write(greeting.subarray(0, 9))
  setImmediate(() => socket.write(greeting.subarray(9)))
  // The client's hello may come in the same segment: it must stay in the socket.
  const request = await readExactly(socket, 36)
  if (request.readUIntLE(0, 3) !== 32 || request[3] !== 1 || (request.readUInt32LE(4) & clientSsl) === 0) {
    socket.destroy()
    return
  }
  shake(socket, certificate)
}

const readExactly = async (socket: Socket, length: number): Promise<Buffer> => {
  for (;;) {
    const bytes: unknown = socket.read(length)
    if (Buffer.isBuffer(bytes)) return bytes
    await once(socket, 'readable')
  }
}

/** As MySQL does to a host that it blocks. */
export const blocking: Greeting = async socket => {
  const text = "Host '10.0.1.5' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'"
  socket.end(packet(0, Buffer.concat([Buffer.from([0xff, 0x69, 0x04]), Buffer.from(text)])))
}

/** Accepts and says nothing, as a load balancer with nobody behind it. */
export const silent: Greeting = async () => undefined

const shake = (socket: Socket, { key, cert }: Authority): void => {
  new TLSSocket(socket, { isServer: true, key, cert }).on('error', () => socket.destroy())
}

/** Listens on every loopback address that localhost means here, on one port. */
export const openTlsDatabase = async (greet: Greeting, certificate: Authority): Promise<TlsDatabase> => {
  const ips = [...new Set((await lookup('localhost', { all: true })).map(({ address }) => address))]
  const sockets = new Set<Socket>()
  const servers: Server[] = []
  let port = 0
  for (const host of ips) {
    const server = createServer(socket => {
      sockets.add(socket)
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket))
      greet(socket, certificate).catch(() => socket.destroy())
    })
    server.listen(port, host)
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
    servers.push(server)
  }
  return {
    port,
    ips,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
    },
  }
}
