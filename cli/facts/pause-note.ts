/**
 * A pause: the rules are disabled, and the schedule only looks (`{"action":"plan"}`) until the pause's time is up. Then
 * it stops by its end date, and the alarm schedule-silent rings a quarter of an hour later: a forgotten pause is heard
 * of, a running one wakes nobody, and drift is seen all the while
 * (docs/decisions/2026-11-21-pause-looks-on.md).
 *
 * The schedule's description remembers why, until when and by whom. Tags would not take every reason: their values allow
 * letters, digits and few signs.
 */
export interface Pause {
  readonly reason: string
  /** ISO 8601. */
  readonly until: string
  readonly by?: string
  readonly isOverdue: boolean
}

export interface PauseNote {
  readonly reason: string
  readonly untilMs: number
  readonly by?: string
  /** What the description was before. */
  readonly before: string
}

/** EventBridge Scheduler takes 512 characters. */
const longestDescription = 512
export const longestReason = 200

const shape = /^Paused until (\S+?)(?: by (\S+))?: (.*?)(?: \| (.*))?$/s

export const writePause = ({ reason, untilMs, by, before }: PauseNote): string => {
  const who = by === undefined ? '' : ` by ${by.replaceAll(/\s/g, '_')}`
  const until = new Date(untilMs).toISOString()
  const why = reason.replaceAll(/\s+/g, ' ').replaceAll('|', '/').trim().slice(0, longestReason)
  return `Paused until ${until}${who}: ${why} | ${before}`.slice(0, longestDescription)
}

export const readPause = (description: string | undefined, nowMs: number): Pause | undefined => {
  const [, until = '', by, reason = ''] = shape.exec(description ?? '') ?? []
  const untilMs = Date.parse(until)
  if (!Number.isFinite(untilMs)) return undefined
  return { reason, until, ...(by === undefined ? {} : { by }), isOverdue: untilMs <= nowMs }
}

/** The description without the pause. */
export const descriptionBefore = (description: string | undefined): string => {
  const found = shape.exec(description ?? '')
  return (found === null ? description : found[4]) ?? ''
}
