import { drawTimeline } from '../../report/chart/timeline.ts'
import type { Window } from '../../report/chart/window.ts'
import { wholeOf } from '../../report/page/timeline.ts'
import type { DrillRecord } from '../../report/record.ts'
import type { LiveStory } from './follow-stories.ts'

export interface LiveChart {
  readonly wide: string
  readonly narrow: string
}

/** An axis that stands still for a while is easier to read than one that shrinks all the time. */
const stepMs = 60_000
const leastMs = 180_000

/** The report's chart of a story: whole when it is over, with room for what may come while it goes on. */
export const drawLive = (record: DrillRecord, story: LiveStory): LiveChart => {
  const window = windowOf(record, story)
  return { wide: drawTimeline(record, window, 'wide'), narrow: drawTimeline(record, window, 'narrow') }
}

const windowOf = (record: DrillRecord, { endedAtMs, preludeMs }: LiveStory): Window => {
  const { beganMs, endedMs } = record
  if (preludeMs !== undefined) return { fromMs: -preludeMs, toMs: 0 }
  if (endedAtMs !== undefined) return wholeOf(record)
  return { fromMs: beganMs, toMs: Math.max(leastMs, Math.ceil((endedMs + stepMs / 4) / stepMs) * stepMs) }
}
