import * as v from 'valibot'

/** The words of a record. Times are whole milliseconds since the failover was begun; what came before it is negative. */

/** The lanes of a story, in the order in which a page shows them. */
export const lanes = ['rds', 'dns', 'event', 'function', 'api', 'targets', 'client', 'lab'] as const
export type Lane = (typeof lanes)[number]

export const described = <Schema extends v.GenericSchema>(description: string, schema: Schema) =>
  v.pipe(schema, v.description(description))

/** Nobody drills for longer; what counts further is damaged, and no chart could show it. */
const longestMs = 31 * 86_400_000
const withinAMonth = 'a number of milliseconds, at most 31 days'

export const time = v.pipe(
  v.number('a number of milliseconds'),
  v.finite('a number of milliseconds'),
  v.minValue(-longestMs, withinAMonth),
  v.maxValue(longestMs, withinAMonth),
)
export const text = v.string('a text')
export const word = v.pipe(v.string('a text'), v.nonEmpty('a text that is not empty'))
export const count = v.pipe(v.number('a whole number'), v.safeInteger('a whole number'), v.minValue(0, 'at least 0'))
export const lane = v.picklist(lanes, `one of ${lanes.join(', ')}`)
const fields = v.record(v.string(), v.unknown())

export const moment = v.strictObject({
  atMs: time,
  lane,
  what: described('A constant sentence; everything that varies is a field.', word),
  fields,
})
export type Moment = v.InferOutput<typeof moment>

export const span = v.strictObject({
  lane,
  subject: described('What was in the state: a target, an endpoint, the database.', word),
  state: word,
  detail: v.optional(described('The reason that AWS gave.', text)),
  fromMs: time,
  toMs: v.optional(described('Absent: it lasted to the end.', time)),
})
export type Span = v.InferOutput<typeof span>

export const outage = v.strictObject({
  fromMs: described('Start of the first attempt that failed.', time),
  toMs: v.optional(described('End of the first attempt that succeeded again; absent while it lasts.', time)),
  errors: described('Failed attempts by kind.', v.record(v.string(), count)),
})
export type Outage = v.InferOutput<typeof outage>

export const probe = v.strictObject({
  id: word,
  name: described('What a client would call it.', word),
  path: described(
    'Through the front door, or straight to the endpoint of the database.',
    v.picklist(['front-door', 'database'], 'front-door or database'),
  ),
  everyMs: described('Time between two attempts.', time),
  patienceMs: v.optional(
    described(
      'How long each step of an attempt (connecting, a login, a statement) is waited for before it is a timeout. Absent: not recorded.',
      time,
    ),
  ),
  isSequential: v.optional(
    described(
      'An attempt begins only when the last one has ended: one that is waited for delays those after it.',
      v.literal(true, 'true, or absent'),
    ),
  ),
  attempts: described(
    'One entry an attempt in each list: when it began, how long it took, and 0 where it worked or n for the n-th of errorKinds.',
    v.strictObject({ atMs: v.array(time), tookMs: v.array(time), error: v.array(count) }),
  ),
  errorKinds: v.array(word),
  outages: v.array(outage),
})
export type Probe = v.InferOutput<typeof probe>

/** What has to happen before a client works again; each ends a phase. */
export const milestones = ['writer-ready', 'dns-changed', 'registered', 'healthy', 'client-works'] as const
export type MilestoneName = (typeof milestones)[number]

export const milestone = v.strictObject({
  name: v.picklist(milestones, `one of ${milestones.join(', ')}`),
  atMs: v.optional(described('Absent: it never came.', time)),
})
export type Milestone = v.InferOutput<typeof milestone>

export const phase = v.strictObject({
  name: word,
  until: v.picklist(milestones, `one of ${milestones.join(', ')}`),
  fromMs: time,
  toMs: v.optional(described('Absent: it never ended.', time)),
})
export type Phase = v.InferOutput<typeof phase>

export const check = v.strictObject({
  what: word,
  holds: v.boolean('true or false'),
  isUnknown: v.optional(
    described(
      'It could not be checked, so it does not hold; what was found says why.',
      v.literal(true, 'true, or absent'),
    ),
  ),
  found: v.optional(described('What was found, where it says more than yes or no.', text)),
})
export type Check = v.InferOutput<typeof check>

export const outcomes = ['passed', 'failed', 'measured', 'interrupted'] as const
export type VerdictOutcome = (typeof outcomes)[number]
