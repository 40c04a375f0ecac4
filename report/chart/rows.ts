import type { Moment, Span } from '../record/words.ts'
import type { DrillRecord } from '../record.ts'

/** What the eye should make of a thing; the page's style has a colour for each, in light and dark. */
export type Tone = 'good' | 'wait' | 'bad' | 'off' | 'old' | 'new' | 'repoint'

export interface Bar {
  readonly fromMs: number
  readonly toMs: number
  readonly label: string
  readonly tone: Tone
}

export interface Mark {
  readonly atMs: number
  readonly label: string
  readonly tone: Tone
}

/** One line of the timeline. */
export interface Row {
  /** Shown once, at the lane's first row. */
  readonly lane: string
  readonly label: string
  readonly bars: readonly Bar[]
  readonly marks: readonly Mark[]
}

/** The lanes of a story from its cause to its effect; clients have strips of their own. */
export const rowsOf = (record: DrillRecord): Row[] =>
  [
    ...rdsRows(record),
    ...subjectsOf(record, 'dns').map(label => ({
      lane: 'DNS',
      label: label === 'endpoint' ? '' : label,
      bars: barsOf(record, 'dns', label),
      marks: [],
    })),
    { lane: 'Events', label: '', bars: [], marks: marksOf(record, 'event') },
    {
      lane: 'Function',
      label: '',
      bars: barsOf(record, 'function'),
      marks: marksOf(record, 'api'),
    },
    ...subjectsOf(record, 'targets').map((subject, _, all) => ({
      lane: 'Targets',
      label: portsOf(all).size === 1 ? withoutPort(subject) : subject,
      bars: barsOf(record, 'targets', subject),
      marks: [],
    })),
  ].filter(({ bars, marks }) => bars.length + marks.length > 0)

const subjectsOf = ({ spans }: DrillRecord, lane: Span['lane']): string[] => [
  ...new Set(spans.filter(span => span.lane === lane).map(({ subject }) => subject)),
]

/** What RDS says stands under its first state, the status. */
const rdsRows = (record: DrillRecord): Row[] => {
  const marks = marksOf(record, 'rds')
  const subjects = subjectsOf(record, 'rds')
  if (subjects.length === 0) return [{ lane: 'RDS', label: '', bars: [], marks }]
  return subjects.map((subject, index) => ({
    lane: 'RDS',
    label: index === 0 ? '' : subject,
    bars: barsOf(record, 'rds', subject),
    marks: index === 0 ? marks : [],
  }))
}

const withoutPort = (target: string): string => target.replace(/:\d+$/, '')
const portsOf = (targets: readonly string[]): Set<string> =>
  new Set(targets.map(target => target.slice(withoutPort(target).length)))

const barsOf = ({ spans, endedMs }: DrillRecord, lane: Span['lane'], subject?: string): Bar[] => {
  const chosen = spans.filter(span => span.lane === lane && (subject === undefined || span.subject === subject))
  const first = chosen[0]?.state
  return chosen.map(span => ({
    fromMs: span.fromMs,
    toMs: span.toMs ?? endedMs,
    label: labelOf(span),
    tone: lane === 'dns' || isNode(span) ? (span.state === first ? 'old' : 'new') : toneOf(span),
  }))
}

/** A span of who is meant, not of how it is. */
const isNode = ({ lane, subject }: Span): boolean => lane === 'rds' && subject.startsWith('writer')

const labelOf = ({ lane, subject, state, detail }: Span): string => {
  if (lane === 'function') return `${subject}: ${detail ?? state}`
  return detail === undefined ? state : `${state} (${detail.replace(/^(Elb|Target)\./, '')})`
}

const tones: Readonly<Record<string, Tone>> = {
  available: 'good',
  healthy: 'good',
  initial: 'wait',
  draining: 'off',
  unused: 'off',
  unavailable: 'off',
  unhealthy: 'bad',
  'unhealthy.draining': 'bad',
}

const toneOf = ({ lane, state }: Span): Tone => (lane === 'function' ? 'repoint' : (tones[state] ?? 'wait'))

const marksOf = ({ moments }: DrillRecord, lane: Moment['lane']): Mark[] =>
  moments
    .filter(moment => moment.lane === lane)
    .flatMap(moment => {
      const mark = markOf(moment)
      return mark ? [{ ...mark, atMs: moment.atMs }] : []
    })

const shortEvent = (id: unknown): string => String(id).replace(/^RDS-EVENT-/, '')

/** A long message would leave room for its dot alone. */
const longestLabel = 48
const clipped = (text: string): string =>
  text.length <= longestLabel ? text : `${text.slice(0, longestLabel - 1).trimEnd()}…`

const markOf = ({ lane, what, fields }: Moment): Omit<Mark, 'atMs'> | undefined => {
  if (lane === 'rds') {
    if ('status' in fields) return undefined
    const id = fields.eventId === undefined ? '' : `${shortEvent(fields.eventId)} `
    return {
      label: `${id}${clipped(what.replace(/\.$/, ''))}`,
      tone: 'eventId' in fields || 'categories' in fields ? 'wait' : 'new',
    }
  }
  if (lane === 'event') {
    if (fields.eventId !== undefined) {
      return { label: `${shortEvent(fields.eventId)} ${what.replace(/^Event /, '')}`, tone: 'wait' }
    }
    return { label: String(fields.detailType ?? what), tone: 'repoint' }
  }
  // Reads are many and change nothing.
  if (/^(Describe|PutEvents)/.test(what)) return undefined
  const isRefused = typeof fields.status === 'number' && fields.status >= 400
  return { label: `${what} ${String(fields.targets ?? '')}`.trim(), tone: isRefused ? 'bad' : 'repoint' }
}
