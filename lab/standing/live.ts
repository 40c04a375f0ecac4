import { drawTimeline } from '../../report/chart/timeline.ts'
import type { Window } from '../../report/chart/window.ts'
import { wholeOf } from '../../report/page/timeline.ts'
import type { DrillRecord } from '../../report/record.ts'
import type { Application } from '../client/application.ts'
import type { WriteCheck } from '../client/writes-table.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { followStories, type LiveStory } from './follow-stories.ts'
import { liveRecordOf, quietStory } from './live-record.ts'
import { type LogEntry, openLog, type PageLog } from './page-log.ts'
import { type LabView, viewOf } from './page-view.ts'

export interface LiveChart {
  readonly wide: string
  readonly narrow: string
}

/** What the page shows, as it is now. */
export interface Live {
  readonly log: PageLog
  /** Ends what is over. Asked again and again, whether anybody looks or not. */
  look(): void
  view(): LabView
  chart(): LiveChart
  /** Whether the chart is still what it was when `chart` last drew it. */
  isChartFinal(): boolean
}

export interface LiveOptions {
  readonly cloud: Cloud
  readonly application: Application
  readonly onEntry: (entry: LogEntry) => void
}

export const openLive = ({ cloud, application, onEntry }: LiveOptions): Live => {
  const beganAtMs = cloud.time.now()
  let checked: WriteCheck | undefined
  let drawn: LiveStory | undefined
  const log = openLog(cloud.timeline, onEntry)
  const check = async (): Promise<void> => {
    const found = await application.verifyNoLostWrites(cloud.storage.rows)
    checked = found
    cloud.timeline.record('lab', 'Writes checked', { acknowledged: found.acknowledged, lost: found.lost.length })
  }
  const followed = followStories({
    cloud,
    application,
    onBegin: ({ title, beganAtMs: atMs }) => {
      checked = undefined
      log.begin(title, atMs)
    },
    onEnd: () => {
      // The lab is closing.
      check().catch(() => undefined)
    },
  })
  const recordNow = (): { story: LiveStory; record: DrillRecord } => {
    const story = followed.story() ?? quietStory(cloud)
    return { story, record: liveRecordOf({ cloud, samples: application.samples, story }) }
  }
  return {
    log,
    look: followed.look,
    view: () => viewOf({ cloud, application, beganAtMs, checked, story: followed.story(), record: recordNow().record }),
    chart: () => {
      const { story, record } = recordNow()
      drawn = story.endedAtMs === undefined ? undefined : story
      return drawLive(record, story)
    },
    isChartFinal: () => drawn !== undefined && drawn === followed.story(),
  }
}

/** An axis that stands still for a while is easier to read than one that shrinks all the time. */
const stepMs = 60_000
const leastMs = 180_000

/** The report's chart of a story: whole when it is over, with room for what may come while it goes on. */
const drawLive = (record: DrillRecord, story: LiveStory): LiveChart => {
  const window = windowOf(record, story)
  return { wide: drawTimeline(record, window, 'wide'), narrow: drawTimeline(record, window, 'narrow') }
}

const windowOf = (record: DrillRecord, { endedAtMs, preludeMs }: LiveStory): Window => {
  const { beganMs, endedMs } = record
  if (preludeMs !== undefined) return { fromMs: -preludeMs, toMs: 0 }
  if (endedAtMs !== undefined) return wholeOf(record)
  return { fromMs: beganMs, toMs: Math.max(leastMs, Math.ceil((endedMs + stepMs / 4) / stepMs) * stepMs) }
}
