import { connect as connectSocket, isIP, type Socket } from 'node:net'
import type { Dns } from '../../../functions/reconciler/ports.ts'
import type { Dialect } from './credentials.ts'
import { AttemptError, atPlace } from './errors.ts'
import { askService } from './service-answer.ts'
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

/**
 * A connection that the database answers: a load balancer, an endpoint or a proxy accepts TCP with no database behind it.
 * For engines whose protocol is not known here it is TCP alone. @throws AttemptError
 */
export const attemptTcp = async (route: Route, dialect: Dialect | undefined): Promise<void> => {
  try {
    const socket = await openTcp(route)
    try {
      if (dialect !== undefined) await askService(socket, dialect, route.timeoutMs)
    } finally {
      endSocket(socket)
    }
  } catch (error) {
    throw atPlace(error, route.place)
  }
}

/** What the figures of such attempts are called: with a protocol that is not known here, they say less. */
export const tcpName = (dialect: Dialect | undefined): string => (dialect === undefined ? 'TCP only' : 'TCP')

/** Ends it without waiting, and without keeping the process alive for a peer that does not answer. */
export const endSocket = (socket: Socket): void => {
  socket.on('error', () => undefined)
  socket.destroySoon()
  socket.unref()
}
