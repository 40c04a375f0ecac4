import type { AccessRecord } from '../facts/access-log.ts'
import { findOurs, type MatchedBy, type Matching } from './our-connections.ts'

/** How many of our connections the log has by their own port, of how many. */
interface Counted {
  readonly found: number
  readonly connections: number
}

export type Proof =
  | (Counted & {
      readonly kind: 'proved'
      readonly record: AccessRecord
      readonly matchedBy: MatchedBy
      /** Of the first of our connections, epoch milliseconds. */
      readonly sinceMs: number
    })
  /** By a connection that is surely ours: those of others prove nothing against a gateway. */
  | (Counted & {
      readonly kind: 'disproved'
      readonly record: AccessRecord
      readonly matchedBy: 'source'
      readonly writer: readonly string[]
    })
  /** The log has something, and not enough. */
  | (Counted & { readonly kind: 'incomplete'; readonly record: AccessRecord; readonly why: string })
  /** The log has nothing of ours yet. */
  | { readonly kind: 'not-delivered'; readonly waitedMs: number; readonly connections: number }
  /** The log has our connection, and where the writer is is not settled: nothing to compare it with. */
  | { readonly kind: 'nothing-to-compare'; readonly record: AccessRecord; readonly why: string }
  /** We could not connect, or the log could not be read. */
  | { readonly kind: 'not-tried'; readonly why: string }

/**
 * Whether the gateway reached the writer, by the lines about our connections. Others' connections through our endpoint
 * count only where none of ours was found by its port, and only for the gateway.
 */
export const judgeProof = (
  records: readonly AccessRecord[],
  writer: { readonly addresses: readonly string[] } | { readonly why: string },
  { waitedMs, ...matching }: Matching & { readonly waitedMs: number },
): Proof => {
  const connections = matching.connections.length
  const ours = findOurs(records, matching)
  const newest = ours?.records.at(-1)
  if (ours === undefined || newest === undefined) return { kind: 'not-delivered', waitedMs, connections }
  if ('why' in writer) return { kind: 'nothing-to-compare', record: newest, why: writer.why }
  const counted = { found: ours.found, connections }
  const wrong = ours.records.findLast(({ resourceIp }) => !writer.addresses.includes(resourceIp))
  if (wrong !== undefined && ours.by === 'source') {
    return { kind: 'disproved', record: wrong, matchedBy: 'source', writer: writer.addresses, ...counted }
  }
  if (wrong !== undefined) {
    const why = `a connection through our endpoint reached ${wrong.resource}, and the writer is ${writer.addresses.join(', ')}; whether it was ours the log does not show`
    return { kind: 'incomplete', record: wrong, why, ...counted }
  }
  if (ours.unreached.length > 0) {
    const why = `the log has no connection that came in at ${ours.unreached.join(', ')}; what it has reached ${newest.resource}, which is the writer`
    return { kind: 'incomplete', record: newest, why, ...counted }
  }
  return { kind: 'proved', record: newest, matchedBy: ours.by, sinceMs: ours.sinceMs, ...counted }
}
