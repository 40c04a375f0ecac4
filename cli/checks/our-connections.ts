import type { AccessRecord } from '../facts/access-log.ts'
import type { Connection } from '../facts/path-facts.ts'

/** `source`: by our own address and port. `endpoint`: by the endpoint and the time, where the log sees us otherwise. */
export type MatchedBy = 'source' | 'endpoint'

export interface Matching {
  readonly endpointId: string
  /** The endpoint's addresses for the writer, as the consumer's DNS has them. */
  readonly addresses: readonly string[]
  readonly connections: readonly Connection[]
  /** The clocks of this machine and of the log may differ by so much. */
  readonly slackMs: number
}

export interface Matched {
  readonly by: MatchedBy
  /** Oldest first. */
  readonly records: readonly AccessRecord[]
  /** How many of our connections were found by their port. */
  readonly found: number
  /** Addresses of the endpoint that nothing of it came in at. */
  readonly unreached: readonly string[]
  /** When the first of our connections was opened, epoch milliseconds. */
  readonly sinceMs: number
}

/** Whether the log has every one of our connections by its own port: then there is nothing to wait for. */
export const hasAll = (records: readonly AccessRecord[], matching: Matching): boolean =>
  findBySource(records, matching).length === matching.connections.length

/**
 * The lines about our connections: those with our port; and where no line has one of our ports, because a tunnel or an
 * address translation gives another, all through our endpoint since we connected.
 */
export const findOurs = (records: readonly AccessRecord[], matching: Matching): Matched | undefined => {
  const { endpointId, connections, addresses } = matching
  const sinceMs = Math.min(...connections.map(({ atMs }) => atMs))
  const pairs = findBySource(records, matching)
  if (pairs.length > 0) {
    const reached = pairs.map(({ connection, record }) => record.destinationIp ?? connection.to)
    return {
      by: 'source',
      records: inOrder(pairs.map(({ record }) => record)),
      found: pairs.length,
      unreached: addresses.filter(ip => !reached.includes(ip)),
      sinceMs,
    }
  }
  const since = records.filter(record => record.endpointId === endpointId && record.atMs >= sinceMs)
  if (since.length === 0) return undefined
  // A log without destinations tells no address from another.
  const reached = since.flatMap(({ destinationIp }) => destinationIp ?? [])
  const unreached = reached.length === 0 ? [] : addresses.filter(ip => !reached.includes(ip))
  return { by: 'endpoint', records: inOrder(since), found: 0, unreached, sinceMs }
}

interface Pair {
  readonly connection: Connection
  readonly record: AccessRecord
}

/** Where the log has our address, the same port of another one is somebody else's. */
const findBySource = (records: readonly AccessRecord[], matching: Matching): Pair[] => {
  const exact = pair(records, matching, (source, { ip, port }) => source === `${plain(ip)}:${port}`)
  return exact.length > 0 ? exact : pair(records, matching, (source, { port }) => portOf(source) === port)
}

/** A line for each connection that has one: of several the one to the same address of the endpoint, then the nearest in time. */
const pair = (
  records: readonly AccessRecord[],
  { endpointId, connections, slackMs }: Matching,
  isOf: (source: string, connection: Connection) => boolean,
): Pair[] => {
  const left = new Set(records.filter(record => record.endpointId === endpointId))
  return connections.flatMap(connection => {
    const rank = ({ destinationIp, atMs }: AccessRecord): readonly number[] => [
      destinationIp === connection.to ? 0 : 1,
      Math.abs(atMs - connection.atMs),
    ]
    const [record] = [...left]
      .filter(({ source, atMs }) => source && isOf(source, connection) && atMs >= connection.atMs - slackMs)
      .toSorted((a, b) => compare(rank(a), rank(b)))
    if (record === undefined) return []
    left.delete(record)
    return [{ connection, record }]
  })
}

const compare = (a: readonly number[], b: readonly number[]): number => {
  const index = a.findIndex((value, at) => value !== b[at])
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0)
}

const inOrder = (records: readonly AccessRecord[]): AccessRecord[] => records.toSorted((a, b) => a.atMs - b.atMs)

/** IPv4 in the form of IPv6, as Node's sockets may have it. */
const plain = (ip: string): string => ip.replace(/^::ffff:/i, '')

const portOf = (place: string): number => Number(place.slice(place.lastIndexOf(':') + 1))
