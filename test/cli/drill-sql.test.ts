import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dialect } from '../../cli/facts/client/credentials.ts'
import { classify } from '../../cli/facts/client/errors.ts'
import { isTableName, type Tls } from '../../cli/facts/client/session.ts'
import { openSession } from '../../cli/facts/client/sql-attempt.ts'
import { type Authority, issueAuthority, issueFor, mysql } from './tls-database.ts'

const endpoint = 'orders.cabc123def45.eu-west-1.rds.amazonaws.com'
const password = 'the-secret-nobody-else-may-see'

/** Everything that a client has said to it, decrypted. It asks for the password in clear, as a thief would. */
interface Listener {
  readonly port: number
  readonly heard: () => string
  close(): void
}

const cleartextPlease = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3])

const listen = async (serve: (socket: Socket, hear: (bytes: Buffer) => void) => void): Promise<Listener> => {
  const heard: Buffer[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    serve(socket, bytes => heard.push(bytes))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => Buffer.concat(heard).toString('latin1'),
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** PostgreSQL with TLS under this certificate. */
const thief = ({ key, cert }: Authority, answer = cleartextPlease) =>
  listen((socket, hear) => {
    socket.once('data', () => {
      socket.write('S')
      const secure = new TLSSocket(socket, { isServer: true, key, cert })
      secure.on('error', () => undefined)
      secure.on('data', bytes => {
        hear(bytes)
        secure.write(answer)
      })
    })
  })

/** Says that it has no TLS, and would take a password in clear. */
const plainThief = (answer = cleartextPlease) =>
  listen((socket, hear) => {
    socket.on('data', bytes => {
      hear(bytes)
      socket.write(bytes.length === 8 ? 'N' : answer)
    })
  })

const mysqlWith = (certificate: Authority) =>
  listen(socket => {
    mysql(socket, certificate).catch(() => undefined)
  })

describe('a password', () => {
  let [authority, stranger, good, misnamed]: Authority[] = []
  beforeAll(async () => {
    authority = await issueAuthority('The authority')
    stranger = await issueFor(endpoint, await issueAuthority('A stranger'))
    good = await issueFor(endpoint, authority)
    misnamed = await issueFor('elsewhere.example.com', authority)
  })
  const listeners: Listener[] = []
  afterAll(() => {
    for (const listener of listeners) listener.close()
  })

  /** Logs in through a front door on loopback; the name to prove is the endpoint's. */
  const logIn = async (listener: Listener, dialect: Dialect, mode: Tls['mode']): Promise<string> => {
    listeners.push(listener)
    const ca = authority?.cert
    try {
      await openSession({
        dialect,
        route: {
          place: { host: '127.0.0.1', port: listener.port },
          dns: { resolve: async () => ({ kind: 'none', why: 'not asked' }) },
          detours: new Map(),
          timeoutMs: 700,
        },
        target: {
          credentials: { user: 'probe', password: async () => password },
          tls: { mode, servername: endpoint, ...(ca === undefined ? {} : { ca }) },
          timeoutMs: 700,
        },
      })
      return 'logged in'
    } catch (error) {
      return classify(error)
    }
  }
  const given = (certificate: Authority | undefined): Authority => {
    if (certificate === undefined) throw new Error('there are no certificates')
    return certificate
  }

  it('is not told to a server with a certificate of a stranger', async () => {
    const listener = await thief(given(stranger))
    expect(await logIn(listener, 'postgres', 'verify-full')).toBe('not trusted')
    expect(listener.heard()).not.toContain(password)
  })

  it('is not told to a server with a trusted certificate for another name', async () => {
    const listener = await thief(given(misnamed))
    expect(await logIn(listener, 'postgres', 'verify-full')).toBe('not trusted')
    expect(listener.heard()).toBe('')
  })

  it.each(['verify-full', 'no-verify'] as const)('is not told in clear with %s', async mode => {
    const listener = await plainThief()
    expect(await logIn(listener, 'postgres', mode)).toBe('not trusted')
    expect(listener.heard()).not.toContain(password)
  })

  it('is told to the database that proves its name, also through a front door of another name', async () => {
    const listener = await thief(given(good))
    expect(await logIn(listener, 'postgres', 'verify-full')).toBe('timeout')
    expect(listener.heard()).toContain(password)
  })

  it('is told to anybody where TLS is switched off, which is why that is warned of', async () => {
    const listener = await plainThief()
    expect(await logIn(listener, 'postgres', 'off')).toBe('timeout')
    expect(listener.heard()).toContain(password)
  })

  it.each([
    ['a stranger', () => stranger],
    ['another name', () => misnamed],
  ])('is not told to a MySQL with a certificate of %s', async (_, certificate) => {
    // The handshake of TLS comes before the login, and it fails.
    const listener = await mysqlWith(given(certificate()))
    expect(await logIn(listener, 'mysql', 'verify-full')).toBe('not trusted')
  })

  it.each([
    ['an authentication that nobody knows', [0x52, 0, 0, 0, 8, 0, 0, 0, 99]],
    ['an authentication that is cut off', [0x52, 0, 0, 0, 5, 0]],
    ['a row that is cut off', [0x44, 0, 0, 0, 7, 0, 9, 1]],
    ['columns without end', [0x54, 0, 0, 0, 6, 0x7f, 0xff]],
  ])('is on its way when a server answers with %s, which ends that connection and nothing else', async (_, bytes) => {
    const answer = Buffer.from(bytes)
    expect(await logIn(await plainThief(answer), 'postgres', 'off')).toBe('other')
    expect(await logIn(await thief(given(good), answer), 'postgres', 'verify-full')).toBe('other')
  })
})

describe('a table name', () => {
  it.each(['repoint_drill', 'probes.drill', '_x1'])('%s is one', name => expect(isTableName(name)).toBe(true))
  it.each(['', 'a;b', 'a b', 'A', '"a"', 'a.b.c', "a'", 'a--', `x${'a'.repeat(63)}`])('%s is none', name =>
    expect(isTableName(name)).toBe(false),
  )
})
