import type { Moment } from '../../report/record/words.ts'
import type { Sight } from '../../report/spans.ts'

/** What was seen during a drill. Times are epoch milliseconds; the record counts from the failover. */
export interface Journal {
  readonly moments: readonly Moment[]
  readonly sights: readonly Sight[]
  /** Told once each, where `key` is given. */
  tell(lane: Moment['lane'], what: string, fields?: Moment['fields'], about?: { atMs?: number; key?: string }): void
  see(sight: Omit<Sight, 'atMs'>): void
}

export const openJournal = (now: () => number, onMoment: (moment: Moment) => void = () => {}): Journal => {
  const moments: Moment[] = []
  const sights: Sight[] = []
  const told = new Set<string>()
  return {
    moments,
    sights,
    tell: (lane, what, fields = {}, { atMs = now(), key } = {}) => {
      if (key !== undefined && told.has(key)) return
      if (key !== undefined) told.add(key)
      const moment = { atMs, lane, what, fields }
      moments.push(moment)
      onMoment(moment)
    },
    see: sight => {
      sights.push({ atMs: now(), ...sight })
    },
  }
}
