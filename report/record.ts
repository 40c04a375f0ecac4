import * as v from 'valibot'
import {
  check,
  count,
  described,
  milestone,
  moment,
  outcomes,
  phase,
  probe,
  span,
  text,
  time,
  word,
} from './record/words.ts'

export const recordFormat = 'repoint-record'
/** Grows when a reader of the version before would misunderstand the record. */
export const recordVersion = 1

/** What a drill or a rehearsal leaves behind: everything that its page shows, and nothing that is secret. */
export const recordSchema = v.strictObject({
  $schema: v.optional(v.string('a path or a URL')),
  format: v.literal(recordFormat, `the text ${recordFormat}`),
  version: v.literal(recordVersion, `${recordVersion}, the only version so far`),
  kind: described(
    'A drill on AWS, or a rehearsal: what was made in a laboratory, a drill too.',
    v.picklist(['drill', 'rehearsal'], 'drill or rehearsal'),
  ),
  title: word,
  startedAt: described(
    'Wall time of the moment 0.',
    v.pipe(v.string('a time'), v.isoTimestamp('a time such as 2026-01-31T03:00:00.000Z')),
  ),
  beganMs: described('When watching began: 0 or before.', v.pipe(time, v.maxValue(0, 'at most 0'))),
  endedMs: time,
  speed: described(
    'How many times faster than AWS the lab ran; 1 on AWS. All times are as they would be on AWS.',
    time,
  ),
  cause: described('What made the database fail over.', word),
  database: v.strictObject({
    id: word,
    kind: word,
    engine: v.optional(word),
    endpoint: word,
    port: count,
    region: v.optional(word),
    account: v.optional(word),
  }),
  frontDoor: v.strictObject({
    kind: described('nlb, resource-gateway, ...', word),
    name: word,
    address: v.optional(word),
    strategy: v.optional(word),
    keeper: described('Who looks after it, as a phrase: with Repoint.', word),
  }),
  verdict: v.strictObject({
    outcome: v.picklist(outcomes, `one of ${outcomes.join(', ')}`),
    sentence: word,
    checks: v.array(check),
  }),
  milestones: v.array(milestone),
  phases: v.array(phase),
  probes: v.array(probe),
  spans: v.array(span),
  moments: v.array(moment),
  reports: described('What Repoint reported, newest last.', v.array(v.record(v.string(), v.unknown()))),
  notes: described('What a reader has to know to understand the figures.', v.array(text)),
})

/** Bytes. A day of probing five clients four times a second makes about 50 MB, with 5 million numbers. */
export const largestRecord = 128 * 1024 ** 2

/**
 * How deep lists and objects may lie in each other (ours lie five deep, and a report's own some more), how many values there
 * may be, and how many of them may be no mere numbers: a small text, object or list takes thirty times its length in memory.
 */
const limits = { levels: 40, values: 12_000_000, parts: 2_000_000 }

/** Characters up to which all problems are looked for: each takes memory, and every value of a file may have one. */
const smallRecord = 500_000

export type DrillRecord = v.InferOutput<typeof recordSchema>

export class RecordError extends Error {
  override readonly name = 'RecordError'
}

/**
 * Reads a record. `source` names it in the error.
 * @throws RecordError with every problem, ten at most; of a large one with the first
 */
export const parseRecord = (source: string, content: string): DrillRecord => {
  const value = parseJson(source, content)
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown }
  if (format !== recordFormat) {
    throw new RecordError(`${source} is no record: expected a file that \`repoint drill --record\` has written`)
  }
  if (typeof version === 'number' && version > recordVersion) {
    throw new RecordError(
      `${source} has version ${version} of the record; this Repoint knows versions up to ${recordVersion}: update it`,
    )
  }
  const parsed = v.safeParse(recordSchema, value, { abortEarly: content.length > smallRecord })
  if (parsed.success) return parsed.output
  const problems = parsed.issues
    .slice(0, 10)
    .map(issue => `  - ${v.getDotPath(issue) ?? '(top level)'}: expected ${issue.message}`)
  throw new RecordError(`${source} is a damaged record:\n${problems.join('\n')}`)
}

const parseJson = (source: string, content: string): unknown => {
  const { levels, values, parts } = outlineOf(content)
  // Whoever walks what lies deeper than the stack runs out of it.
  if (levels > limits.levels) {
    throw new RecordError(`${source} is a damaged record: it is nested deeper than ${limits.levels} levels`)
  }
  if (values > limits.values || parts > limits.parts) {
    throw new RecordError(`${source} holds more than any record does: it is not read`)
  }
  try {
    return JSON.parse(content)
  } catch (error) {
    throw new RecordError(`${source} is not JSON: ${(error as Error).message}`)
  }
}

/** What the text will be made into, before it is. A text without an end goes to the end of the whole. */
const outlineOf = (content: string) => {
  const found = { levels: 0, values: 0, parts: 0 }
  let level = 0
  let isInText = false
  for (let at = 0; at < content.length; at++) {
    const character = content[at]
    if (character === '"') isInText = !isInText
    if (isInText) {
      if (character === '\\') at++
      else if (character === '"') found.parts++
    } else if (character === ',') found.values++
    else if (character === '[' || character === '{') {
      found.parts++
      found.levels = Math.max(found.levels, ++level)
    } else if (character === ']' || character === '}') level--
  }
  return found
}
