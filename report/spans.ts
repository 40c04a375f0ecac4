import type { Lane, Span } from './record/words.ts'

/** What was seen of a subject at one moment; no state: it is not there any more. */
export interface Sight {
  readonly atMs: number
  readonly lane: Lane
  readonly subject: string
  readonly state?: string | undefined
  readonly detail?: string | undefined
}

/** Joins what was seen of each subject into the times for which it lasted. */
export const spansOf = (sights: readonly Sight[]): Span[] => {
  const spans: (Omit<Span, 'toMs'> & { toMs?: number })[] = []
  const open = new Map<string, (typeof spans)[number]>()
  for (const { atMs, lane, subject, state, detail } of sights.toSorted((a, b) => a.atMs - b.atMs)) {
    const key = `${lane} ${subject}`
    const current = open.get(key)
    if (current !== undefined && current.state === state && current.detail === detail) continue
    if (current) current.toMs = Math.round(atMs)
    open.delete(key)
    if (state === undefined) continue
    const next = { lane, subject, state, ...(detail === undefined ? {} : { detail }), fromMs: Math.round(atMs) }
    open.set(key, next)
    spans.push(next)
  }
  return spans.filter(({ fromMs, toMs }) => toMs === undefined || toMs > fromMs)
}
