/** Who ended a connection with an RST. */
export type ResetBy = 'client' | 'target' | 'balancer'

/**
 * Connections through one front over time: of a VPC endpoint, or of a load balancer. Times are epoch milliseconds of the
 * wall clock, as the metrics' timestamps are.
 */
export interface FlowSeries {
  opened(atMs: number): void
  /** Each connection once, however it ended. */
  closed(atMs: number): void
  /** Beside `closed`. */
  reset(by: ResetBy, atMs: number): void
  /** How many began, from the first moment to before the second. */
  countOpened(fromMs: number, toMs: number): number
  countResets(by: ResetBy, fromMs: number, toMs: number): number
  /** How many are open at a moment. */
  activeAt(atMs: number): number
  /** The most and the least that were open at once. */
  activeBetween(fromMs: number, toMs: number): { readonly maximum: number; readonly minimum: number }
}

/** Kept whole for as long as the lab runs: a rehearsal has thousands of connections, not millions. */
export const openFlowSeries = (): FlowSeries => {
  const openings: number[] = []
  const changes: { readonly atMs: number; readonly by: 1 | -1 }[] = []
  const resets: { readonly atMs: number; readonly by: ResetBy }[] = []
  const isIn = (atMs: number, fromMs: number, toMs: number) => atMs >= fromMs && atMs < toMs
  const activeAt = (atMs: number) =>
    changes.reduce((active, change) => (change.atMs <= atMs ? active + change.by : active), 0)

  return {
    opened: atMs => {
      openings.push(atMs)
      changes.push({ atMs, by: 1 })
    },
    closed: atMs => {
      changes.push({ atMs, by: -1 })
    },
    reset: (by, atMs) => {
      resets.push({ atMs, by })
    },
    countOpened: (fromMs, toMs) => openings.filter(atMs => isIn(atMs, fromMs, toMs)).length,
    countResets: (by, fromMs, toMs) => resets.filter(it => it.by === by && isIn(it.atMs, fromMs, toMs)).length,
    activeAt,
    activeBetween: (fromMs, toMs) => {
      let active = activeAt(fromMs)
      const seen = [active]
      const within = changes.filter(({ atMs }) => atMs > fromMs && atMs < toMs).toSorted((a, b) => a.atMs - b.atMs)
      for (const { by } of within) {
        active += by
        seen.push(active)
      }
      return { maximum: Math.max(...seen), minimum: Math.min(...seen) }
    },
  }
}
