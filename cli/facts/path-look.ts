import { isIP } from 'node:net'
import type { Dns } from '../../functions/reconciler/ports.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { messageOf } from '../failure.ts'
import type { Dialect } from './client/credentials.ts'
import { classify } from './client/errors.ts'
import type { SqlTarget, TlsMode } from './client/session.ts'
import { openSession } from './client/sql-attempt.ts'
import { type Detours, detourFor, type Place } from './client/tunnels.ts'
import { type LookOptions, look } from './client-connection.ts'
import type { ClientPathFacts } from './client-path.ts'
import type { Connection, PathTarget, SeenPath, SqlAnswer } from './path-facts.ts'

export interface LookAlong {
  readonly database: DatabaseSettings
  /** The consumer's. */
  readonly dns: Dns
  readonly detours: Detours
  readonly tls: TlsMode
  readonly authorities?: string
  readonly sql?: { readonly dialect: Dialect; readonly target: SqlTarget }
  readonly timeoutMs: number
  readonly now: () => number
  readonly signal: AbortSignal
}

/**
 * One path as a client takes it: the endpoint's name, TCP and the TLS handshake at each of its addresses, and with
 * credentials a login that asks who answers. What is not well is a fact and not an error.
 */
export const lookAlong = async (path: PathTarget, options: LookAlong): Promise<SeenPath> => {
  const { database, dns, detours, tls, authorities, timeoutMs, now, signal } = options
  const beganMs = now()
  const seen = await look({
    host: path.host,
    port: path.port,
    engine: database.engine,
    servername: database.endpoint,
    withoutTls: tls === 'off',
    timeoutMs,
    signal,
    ...reachBy(path, { dns, detours }),
    ...(authorities === undefined ? {} : { authorities }),
  })
  const sql = canConnect(seen) ? await ask(path, options) : undefined
  return {
    ...path,
    client: { ...seen, host: database.endpoint },
    connections: [...connectionsOf(seen, beganMs), ...(sql?.connections ?? [])],
    ...(sql === undefined ? {} : { sql: sql.answer }),
  }
}

/** How a client gets to a place: by this resolver, and by tunnels for the name or for its addresses. */
export const reachBy = (
  place: Place,
  { dns, detours }: Pick<LookAlong, 'dns' | 'detours'>,
): Required<Pick<LookOptions, 'resolve' | 'placeOf'>> => {
  const tunnel = detourFor(detours, place)
  return {
    resolve: host => resolveBy(dns, host, tunnel === place || host !== place.host ? [] : [tunnel.host]),
    placeOf: ip => {
      const direct = { host: ip, port: place.port }
      const found = detourFor(detours, direct)
      return found === direct && tunnel !== place ? tunnel : found
    },
  }
}

/** A name that has a tunnel need not resolve here. */
const resolveBy = async (
  dns: Dns,
  host: string,
  otherwise: readonly string[],
): Promise<ClientPathFacts['addresses']> => {
  if (isIP(host) !== 0) return { kind: 'found', ips: [host] }
  const answer = await dns.resolve(host)
  if (answer.kind === 'addresses') return { kind: 'found', ips: answer.addresses }
  return otherwise.length > 0 ? { kind: 'found', ips: otherwise } : answer
}

const canConnect = ({ attempts }: ClientPathFacts): boolean => attempts.some(({ tcp }) => tcp.kind === 'connected')

/** Those that something answered: an endpoint accepts what its gateway cannot take further, and no log has that. */
const connectionsOf = ({ attempts }: ClientPathFacts, atMs: number): Connection[] =>
  attempts.flatMap(({ ip, tcp, tls }) =>
    tcp.kind === 'connected' && tcp.from && tls?.kind !== 'failed' ? [{ ...tcp.from, to: ip, atMs }] : [],
  )

const ask = async (
  { host, port }: PathTarget,
  { sql, dns, detours, timeoutMs, now }: LookAlong,
): Promise<{ answer: SqlAnswer; connections: Connection[] } | undefined> => {
  if (sql === undefined) return undefined
  const atMs = now()
  try {
    const route = { place: { host, port }, dns, detours, timeoutMs }
    const session = await openSession({ dialect: sql.dialect, target: sql.target, route })
    try {
      const isWriter = await session.isWriter()
      const server = await session.server()
      const answer = {
        kind: 'answered' as const,
        isWriter,
        ms: now() - atMs,
        ...(server === undefined ? {} : { server }),
      }
      return { answer, connections: session.from === undefined ? [] : [{ ...session.from, atMs }] }
    } finally {
      session.close()
    }
  } catch (error) {
    return { answer: { kind: 'failed', error: classify(error), why: messageOf(error) }, connections: [] }
  }
}
