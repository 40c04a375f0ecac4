import { connect as connectSocket, isIP, type Socket } from 'node:net'
import type { Dns } from '../../../functions/reconciler/ports.ts'
import { AttemptError } from './errors.ts'
import { type Detours, detourFor, type Place } from './tunnels.ts'

export interface Route {
  readonly place: Place
  readonly dns: Dns
  readonly detours: Detours
  readonly timeoutMs: number
}

/**
 * A connection as a client opens it: resolves anew, takes one of the addresses, connects. @throws AttemptError, or what
 * the socket says.
 */
export const openTcp = async ({ place, dns, detours, timeoutMs }: Route): Promise<Socket> => {
  const direct = detourFor(detours, place)
  const address = direct === place ? await resolve(dns, place.host) : direct.host
  const { host, port } = direct === place ? detourFor(detours, { host: address, port: place.port }) : direct
  const { promise, resolve: opened, reject } = Promise.withResolvers<Socket>()
  const socket = connectSocket({ host, port, noDelay: true })
  socket.setTimeout(timeoutMs, () => socket.destroy(new AttemptError('timeout', `no connection in ${timeoutMs} ms`)))
  socket.once('error', reject)
  socket.once('connect', () => {
    socket.setTimeout(0)
    socket.off('error', reject)
    opened(socket)
  })
  return promise
}

const resolve = async (dns: Dns, host: string): Promise<string> => {
  if (isIP(host)) return host
  const answer = await dns.resolve(host)
  if (answer.kind === 'none') throw new AttemptError('name not resolved', answer.why)
  // The load balancer has an address a zone; a client takes any.
  const address = answer.addresses[Math.floor(Math.random() * answer.addresses.length)]
  if (address === undefined) throw new AttemptError('name not resolved', `${host} has no address`)
  return address
}

/** PostgreSQL's question whether the server speaks TLS; the answer is one byte, before any login. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/**
 * A connection that something answers: a load balancer may accept what it cannot pass on. PostgreSQL is asked whether it
 * speaks TLS; other servers speak first, or are taken at the word of their socket where they do not.
 */
export const attemptTcp = async (route: Route, dialect: 'postgres' | 'mysql' | undefined): Promise<void> => {
  const socket = await openTcp(route)
  try {
    if (dialect === undefined) return
    if (dialect === 'postgres') socket.write(sslRequest)
    await firstByte(socket, route.timeoutMs)
  } finally {
    socket.on('error', () => undefined)
    socket.destroySoon()
  }
}

const firstByte = (socket: Socket, timeoutMs: number): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.setTimeout(timeoutMs, () => reject(new AttemptError('timeout', `connected, and no answer in ${timeoutMs} ms`)))
  socket.once('data', () => resolve())
  socket.once('error', reject)
  socket.once('close', () => reject(new AttemptError('connection reset', 'connected, and closed without an answer')))
  return promise
}
