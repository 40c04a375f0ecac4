import type { Timeline } from '../model.ts'

/** A line of the function's log; `json` where it is a JSON object. */
export interface LogLine {
  readonly text: string
  readonly json?: Readonly<Record<string, unknown>>
}

/** What Powertools and Lambda put on every line, and what is noise in a timeline. */
const boilerplate = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
])

export const readLogLine = (text: string): LogLine => {
  try {
    const json: unknown = JSON.parse(text)
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { text, json: { ...json } }
  } catch {}
  return { text }
}

/** Records the product's own sentences; metrics in embedded metric format stay in the log. */
export const recordLogLine = (timeline: Timeline, { text, json }: LogLine): void => {
  if (!json) {
    timeline.record('function', 'Unstructured log line', { text })
    return
  }
  if ('_aws' in json || typeof json.message !== 'string') return
  const fields = Object.fromEntries(Object.entries(json).filter(([key]) => !boilerplate.has(key)))
  const level = json.level === 'WARN' || json.level === 'ERROR' ? { level: json.level } : {}
  timeline.record('function', json.message, { ...level, ...fields })
}
