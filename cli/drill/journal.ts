import type { Moment } from '../../report/record/words.ts'
import type { Sight } from '../../report/spans.ts'

/** What was seen during a drill. Times are epoch milliseconds; the record counts from the failover. */
export interface Journal {
  readonly moments: readonly Moment[]
  readonly sights: readonly Sight[]
  /** Told once each, where `key` is given. */
  tell(lane: Moment['lane'], what: string, fields?: Moment['fields'], about?: { atMs?: number; key?: string }): void
  see(sight: Omit<Sight, 'atMs'>): void
  onMoment(listener: (moment: Moment) => void): void
}

export const openJournal = (now: () => number): Journal => {
  const moments: Moment[] = []
  const sights: Sight[] = []
  const told = new Set<string>()
  const listeners: ((moment: Moment) => void)[] = []
  return {
    moments,
    sights,
    tell: (lane, what, fields = {}, { atMs = now(), key } = {}) => {
      if (key !== undefined && told.has(key)) return
      if (key !== undefined) told.add(key)
      const moment = { atMs, lane, what, fields }
      moments.push(moment)
      for (const listener of listeners) listener(moment)
    },
    see: sight => {
      sights.push({ atMs: now(), ...sight })
    },
    onMoment: listener => {
      listeners.push(listener)
    },
  }
}
