import type { Moment, Timeline } from '../model.ts'
import { type Sentence, sayMoment } from './moment-sentences.ts'

export interface LogEntry {
  /** One that comes again stands in the place of the one before. */
  readonly id: number
  readonly at: string
  readonly lane: string
  readonly text: string
  readonly tone?: Sentence['tone']
  /** Begins a story. */
  readonly isHeading?: true
}

export interface PageLog {
  readonly entries: readonly LogEntry[]
  /** A story begins: times count from here. */
  begin(title: string, atMs: number): void
}

const most = 300

/** The timeline as sentences. Runs of the schedule that found nothing are one line together, until something happens. */
export const openLog = (timeline: Timeline, onEntry: (entry: LogEntry) => void): PageLog => {
  const entries: LogEntry[] = []
  let nextId = 1
  let zeroMs = timeline.moments.at(-1)?.atMs ?? 0
  let quietRuns = 0
  const add = (entry: Omit<LogEntry, 'id'>, id = nextId++) => {
    const whole = { ...entry, id }
    const last = entries.at(-1)
    if (last?.id === id) entries[entries.length - 1] = whole
    else entries.push(whole)
    if (entries.length > most) entries.shift()
    onEntry(whole)
  }
  const tell = ({ atMs, lane, ...rest }: Moment) => {
    const said = sayMoment({ atMs, lane, ...rest })
    if (said === undefined) return
    const at = sayAt(atMs - zeroMs)
    if (!said.isQuiet) {
      quietRuns = 0
      add({ at, lane, text: said.text, ...(said.tone && { tone: said.tone }) })
      return
    }
    quietRuns += 1
    const isRepeated = quietRuns > 1
    const text = isRepeated ? `${quietRuns} scheduled runs find everything in place.` : said.text
    add({ at, lane, text }, isRepeated ? (entries.at(-1)?.id ?? nextId++) : nextId++)
  }
  timeline.onMoment(tell)
  return {
    entries,
    begin: (title, atMs) => {
      zeroMs = atMs
      quietRuns = 0
      add({ at: '', lane: '', text: title, isHeading: true })
    },
  }
}

const sayAt = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
