import type { Connection } from './facts.ts'

/** A line of the gateway's access log: one connection through it. */
export interface AccessRecord {
  /** Epoch milliseconds. */
  readonly atMs: number
  readonly endpointId: string
  /** The client's `ip:port`, where the log has it. */
  readonly source?: string
  /** The address of the database that the gateway connected to. */
  readonly resourceIp: string
  readonly resource: string
  /** What was asked for: a cluster's writer and its readers are a configuration each. */
  readonly configurationArn?: string
}

export type Proof =
  | {
      readonly kind: 'proved'
      readonly record: AccessRecord
      readonly matchedBy: MatchedBy
      readonly connections: number
    }
  | {
      readonly kind: 'disproved'
      readonly record: AccessRecord
      readonly matchedBy: MatchedBy
      readonly writer: readonly string[]
    }
  /** The log has nothing of ours yet. */
  | { readonly kind: 'not-delivered'; readonly waitedMs: number }
  /** The log has our connection, and where the writer is is not settled: nothing to compare it with. */
  | { readonly kind: 'nothing-to-compare'; readonly record: AccessRecord; readonly why: string }
  /** We could not connect, or the log could not be read. */
  | { readonly kind: 'not-tried'; readonly why: string }

/** `source`: by our own address and port. `endpoint`: by the endpoint and the time, where the log sees us otherwise. */
export type MatchedBy = 'source' | 'endpoint'

export interface Matching {
  readonly endpointId: string
  readonly connections: readonly Connection[]
  /** The clocks of this machine and of the log may differ by so much. */
  readonly slackMs: number
}

export interface Matched {
  readonly by: MatchedBy
  /** Oldest first. */
  readonly records: readonly AccessRecord[]
}

/**
 * The lines about our connections: those with our address and port; else those with our port, where an address is
 * translated on the way; else all through our endpoint since we connected.
 */
export const findOurs = (
  records: readonly AccessRecord[],
  { endpointId, connections, slackMs }: Matching,
): Matched | undefined => {
  const firstMs = Math.min(...connections.map(({ atMs }) => atMs))
  const since = records
    .filter(record => record.endpointId === endpointId && record.atMs >= firstMs - slackMs)
    .toSorted((a, b) => a.atMs - b.atMs)
  const known = new Set(connections.flatMap(({ ip, port }) => [`${plain(ip)}:${port}`]))
  const ports = new Set(connections.map(({ port }) => port))
  const exact = since.filter(({ source }) => source !== undefined && known.has(source))
  const byPort = since.filter(({ source }) => source !== undefined && ports.has(portOf(source)))
  const bySource = exact.length > 0 ? exact : byPort
  if (bySource.length > 0) return { by: 'source', records: bySource }
  return since.length > 0 ? { by: 'endpoint', records: since } : undefined
}

/** Whether the gateway reached the writer, by the lines about our connections. */
export const judgeProof = (
  ours: Matched | undefined,
  writer: { readonly addresses: readonly string[] } | { readonly why: string },
  waitedMs: number,
): Proof => {
  const newest = ours?.records.at(-1)
  if (ours === undefined || newest === undefined) return { kind: 'not-delivered', waitedMs }
  if ('why' in writer) return { kind: 'nothing-to-compare', record: newest, why: writer.why }
  const wrong = ours.records.findLast(({ resourceIp }) => !writer.addresses.includes(resourceIp))
  const { by: matchedBy } = ours
  if (wrong !== undefined) return { kind: 'disproved', record: wrong, matchedBy, writer: writer.addresses }
  return { kind: 'proved', record: newest, matchedBy, connections: ours.records.length }
}

/** IPv4 in the form of IPv6, as Node's sockets may have it. */
const plain = (ip: string): string => ip.replace(/^::ffff:/i, '')

const portOf = (place: string): number => Number(place.slice(place.lastIndexOf(':') + 1))
