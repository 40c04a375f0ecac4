import type { AccessRecord } from '../facts/access-log.ts'
import type { Stray } from './path-health.ts'

/** Since when the writer is where it is, as far as we have looked. */
export interface WriterSince {
  readonly addresses: readonly string[]
  /** Of the first of the looks that agree. */
  readonly sinceMs: number
}

/** What a look at the writer adds: another answer begins anew, none leaves what was known behind. */
export const followWriter = (
  before: WriterSince | undefined,
  addresses: readonly string[] | undefined,
  nowMs: number,
): WriterSince | undefined => {
  if (addresses === undefined) return undefined
  const isSame = before !== undefined && before.addresses.toSorted().join() === addresses.toSorted().join()
  return isSame ? before : { addresses, sinceMs: nowMs }
}

/**
 * Connections to an address that is not the writer's, though the writer had been there for a while already:
 *
 * 1. The database fails over; the gateway goes on to the old writer until the name has changed for it, too.
 * 2. The log tells of it up to minutes later, when the new writer is long known here.
 * 3. Judged by today's writer those old lines would look like a gateway gone astray.
 */
export const findStrays = (
  records: readonly AccessRecord[],
  writer: WriterSince | undefined,
  graceMs: number,
): readonly Stray[] =>
  writer === undefined
    ? []
    : records
        .filter(({ atMs, resourceIp }) => atMs > writer.sinceMs + graceMs && !writer.addresses.includes(resourceIp))
        .map(({ atMs, resourceIp }) => ({ atMs, resourceIp, writer: writer.addresses }))
