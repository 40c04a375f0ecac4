import type { LabTime, Lane, Moment, Timeline } from './model.ts'

/** Everything that happened in a run, in the order in which it happened. */
export const startTimeline = (time: Pick<LabTime, 'now'>): Timeline => {
  const moments: Moment[] = []
  const listeners: ((moment: Moment) => void)[] = []
  return {
    moments,
    record: (lane: Lane, what: string, fields: Record<string, unknown> = {}) => {
      const moment: Moment = { atMs: Math.round(time.now()), lane, what, fields }
      moments.push(moment)
      for (const listener of listeners) listener(moment)
    },
    onMoment: listener => {
      listeners.push(listener)
    },
  }
}
