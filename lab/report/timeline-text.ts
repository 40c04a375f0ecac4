import { visibleLine } from '../../infra/visible.ts'
import type { Moment } from '../model.ts'
import { type Scale, showFields } from './fields.ts'
import { laneStyles, type Paint } from './paint.ts'

/** Turns a moment into a line, or into nothing where it only repeats what was shown. */
export type MomentText = (moment: Moment, beganMs: number) => string | undefined

/** Lines with scenario time, lane, what, fields. Repetitions are left out; the result counts them all. */
export const momentText = (paint: Paint, scale: Scale): MomentText => {
  const isRepeatedRead = rememberReads()
  const isAlternating = watchAlternation()
  return (moment, beganMs) => {
    if (isRepeatedRead(moment)) return undefined
    const alternation = isAlternating(moment)
    if (alternation === 'goes on') return undefined
    const at = `${((moment.atMs - beganMs) / 1000).toFixed(1)} s`.padStart(9)
    const lane = paint(laneStyles[moment.lane], moment.lane.padEnd(8))
    const what = alternation === 'begins' ? 'It works and fails by turns' : moment.what
    // Every user of this machine can send events to a laboratory.
    const fields = visibleLine(showFields(moment.fields, scale))
    return `${paint('dim', at)}  ${lane}  ${visibleLine(what)}${fields ? `  ${paint('dim', fields)}` : ''}`
  }
}

/** A read that says what the one before it said. */
const rememberReads = () => {
  const lastReads = new Map<string, string>()
  return ({ lane, what, fields }: Moment): boolean => {
    if (lane !== 'api' || !what.startsWith('Describe')) return false
    const { tookMs, ...found } = fields
    const key = `${fields.caller ?? ''} ${what}`
    const text = JSON.stringify(found)
    const isSame = lastReads.get(key) === text
    lastReads.set(key, text)
    return isSame
  }
}

const quickMs = 3_000

/**
 * While old and new target both get new connections, an application that opens them fails every other time. Shown twice,
 * then once that it goes on.
 */
const watchAlternation = () => {
  const turns = new Map<unknown, { count: number; workedAtMs: number }>()
  return ({ lane, fields, atMs }: Moment): 'begins' | 'goes on' | undefined => {
    if (lane !== 'client') return undefined
    const seen = turns.get(fields.connection) ?? { count: 0, workedAtMs: Number.NEGATIVE_INFINITY }
    const hasWorked = 'outageSeconds' in fields
    if (hasWorked) seen.workedAtMs = atMs
    else seen.count = atMs - seen.workedAtMs < quickMs ? seen.count + 1 : 0
    turns.set(fields.connection, seen)
    if (seen.count < 2) return undefined
    return seen.count === 2 && !hasWorked ? 'begins' : 'goes on'
  }
}
