import type { ClientSummary } from '../client/client-summary.ts'
import type { RehearsalResult } from '../rehearsal/rehearsal-result.ts'

/** What one failover cost the application. Scenario seconds. */
export interface Row {
  /** The longest time without one attempt that worked: the worse of new connections and a kept one. */
  readonly longestOutageSeconds: number
  readonly newConnectionsSeconds: number
  readonly keptConnectionSeconds: number
  /** From the first error to the last: while old and new targets take turns, some attempts work and some fail. */
  readonly errorsForSeconds: number
  /** It was still down when nobody waited any longer. */
  readonly isDown: boolean
  readonly lostWrites: number
  /** The longest time in which this machine was too busy for the lab: no figure is more exact. */
  readonly pausedSeconds: number
  /** Absent for updaters who promise nothing. */
  readonly isKept?: boolean
}

export const rowOf = ({ client, writes, updater, isKept, lastedMs, pauses }: RehearsalResult): Row => {
  const { fresh, 'long-lived': kept } = client.connections
  return {
    longestOutageSeconds: client.longestOutageSeconds,
    newConnectionsSeconds: fresh.longestOutageSeconds,
    keptConnectionSeconds: kept.longestOutageSeconds,
    errorsForSeconds: errorsFor(client, lastedMs),
    isDown: fresh.isDown || kept.isDown,
    lostWrites: writes.lost.length,
    pausedSeconds: Math.round(pauses.longestMs / 100) / 10,
    ...(updater.kind === 'repoint' && { isKept }),
  }
}

const errorsFor = ({ connections }: ClientSummary, endedMs: number): number => {
  const outages = Object.values(connections).flatMap(habit => habit.outages)
  const from = Math.min(...outages.map(({ fromMs }) => fromMs))
  const to = Math.max(...outages.map(({ toMs = endedMs }) => toMs))
  return outages.length === 0 ? 0 : Math.round((to - from) / 100) / 10
}
