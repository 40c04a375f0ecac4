import { lookup } from 'node:dns/promises'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import {
  checkServerIdentity,
  connect as connectTls,
  type PeerCertificate,
  rootCertificates,
  type TLSSocket,
} from 'node:tls'
import { messageOf } from '../failure.ts'
import type { AttemptFacts, ClientPathFacts, EndpointName, TlsFacts } from './client-path.ts'
import { protocolOf, upgrade } from './tls-protocols.ts'

export interface LookOptions {
  readonly host: string
  readonly port: number
  readonly engine: string
  /** The endpoints that the host's name should lead to. */
  readonly endpoints?: readonly EndpointName[]
  readonly serviceZones?: number
  /** PEM certificates to trust beside the system's. */
  readonly authorities?: string
  /** For each address: to connect, and again for the handshake. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** The name that the certificate has to have, where the host goes by another one. */
  readonly servername?: string
  /** Where names are asked for; by default the operating system. */
  readonly resolve?: (host: string) => Promise<ClientPathFacts['addresses']>
  /** Where to connect for an address: through a tunnel. */
  readonly placeOf?: (ip: string) => { readonly host: string; readonly port: number }
  /** Asks for an answer in the engine's protocol, and ends before the TLS handshake. */
  readonly withoutTls?: boolean
}

/** Walks the way of a client from here to the database, as far as the end of the TLS handshake. Never logs in. */
export const look = async (options: LookOptions): Promise<ClientPathFacts> => {
  const { host, port, engine, authorities, endpoints, serviceZones } = options
  const ask = options.resolve ?? resolve
  const addresses = await ask(host)
  const named = endpoints && (await Promise.all(endpoints.map(async it => ({ ...it, addresses: await ask(it.name) }))))
  const attempts = addresses.kind === 'found' ? await Promise.all(addresses.ips.map(ip => tryAddress(ip, options))) : []
  options.signal?.throwIfAborted()
  const hasAuthorities = authorities !== undefined
  return {
    ...{ host, port, engine, hasAuthorities, addresses, attempts },
    ...(named && { endpoints: named }),
    ...(serviceZones === undefined ? {} : { serviceZones }),
  }
}

/** As clients do: the operating system's resolver, hosts file and caches included. */
const resolve = async (host: string): Promise<ClientPathFacts['addresses']> => {
  if (isIP(host) !== 0) return { kind: 'found', ips: [host] }
  try {
    const found = await lookup(host, { all: true })
    return { kind: 'found', ips: [...new Set(found.map(({ address }) => address))] }
  } catch (error) {
    return { kind: 'none', why: codeOf(error) }
  }
}

const tryAddress = async (ip: string, options: LookOptions): Promise<AttemptFacts> => {
  const { port, engine, timeoutMs = 5_000, placeOf = () => ({ host: ip, port }) } = options
  const began = performance.now()
  const socket = connectTcp(placeOf(ip))
  try {
    await within(timeoutMs, socket, options.signal, opened(socket))
  } catch (error) {
    socket.destroy()
    return { ip, tcp: { kind: 'failed', code: codeOf(error) } }
  }
  const { localAddress, localPort } = socket
  const tcp = {
    kind: 'connected',
    ms: Math.round(performance.now() - began),
    ...(localAddress === undefined || localPort === undefined ? {} : { from: { ip: localAddress, port: localPort } }),
  } as const
  const protocol = protocolOf(engine)
  try {
    if (protocol === undefined) return { ip, tcp }
    if (options.withoutTls) {
      const asked = await within(timeoutMs, socket, options.signal, upgrade(socket, protocol))
      return asked.kind === 'turned-away' ? { ip, tcp, tls: asked } : { ip, tcp }
    }
    const tls = await within(timeoutMs, socket, options.signal, shake(socket, protocol, options))
    return { ip, tcp, tls }
  } catch (error) {
    return { ip, tcp, tls: { kind: 'failed', why: messageOf(error) } }
  } finally {
    socket.destroy()
  }
}

const opened = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('connect', () => resolve()).once('error', reject)
  })

const shake = async (
  socket: Socket,
  protocol: 'postgresql' | 'mysql',
  { host: connected, servername: host = connected, authorities }: LookOptions,
): Promise<TlsFacts> => {
  const upgraded = await upgrade(socket, protocol)
  if (upgraded.kind !== 'ready') return upgraded
  const isName = isIP(host) === 0
  const secure = connectTls({
    socket,
    // Looked at and not enforced: all that is wrong is to be said, and not only the first of it.
    rejectUnauthorized: false,
    ...(isName ? { servername: host } : {}),
    ...(authorities === undefined ? {} : { ca: [...rootCertificates, authorities] }),
  })
  try {
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', () => resolve()).once('error', reject)
      secure.once('close', () => reject(new Error('the server closed the connection during the TLS handshake')))
    })
    return inspect(secure, host)
  } finally {
    secure.destroy()
  }
}

const inspect = (secure: TLSSocket, host: string): TlsFacts => {
  const certificate = secure.getPeerCertificate()
  const mismatch = checkServerIdentity(host, certificate)
  const { authorizationError } = secure
  // A wrong name is told apart from a chain that nobody vouches for.
  const isTrusted = secure.authorized || codeOf(authorizationError) === 'ERR_TLS_CERT_ALTNAME_INVALID'
  return {
    kind: 'shaken',
    protocol: secure.getProtocol() ?? 'unknown',
    isTrusted,
    ...(isTrusted ? {} : { whyNotTrusted: codeOf(authorizationError) }),
    ...(mismatch === undefined ? {} : { nameMismatch: mismatch.message }),
    names: namesOf(certificate),
    validUntilMs: Date.parse(certificate.valid_to),
  }
}

const namesOf = ({ subjectaltname, subject }: PeerCertificate): string[] => {
  const alternatives = (subjectaltname ?? '')
    .split(', ')
    .flatMap(entry => entry.replace(/^(DNS|IP Address):/, '') || [])
  return alternatives.length > 0 ? alternatives : [subject?.CN ?? []].flat()
}

const within = async <T>(ms: number, socket: Socket, signal: AbortSignal | undefined, work: Promise<T>): Promise<T> => {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  if (signal?.aborted) reject(signal.reason)
  const timer = setTimeout(() => reject(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })), ms)
  const onAbort = () => reject(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  socket.on('error', () => undefined)
  try {
    return await Promise.race([work, ended])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    work.catch(() => undefined)
    ended.catch(() => undefined)
  }
}

/** Node's TLS gives the reason as an error or as its code. */
const codeOf = (error: unknown): string => {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code)
  return messageOf(error)
}
