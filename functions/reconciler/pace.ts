import type { Config } from './config.ts'
import type { Step } from './core/model.ts'
import { isSameSet } from './core/settle.ts'
import { isWriterHealthy } from './core/verdict.ts'
import type { Begun, Calm, Held, Memory } from './memory.ts'
import type { Look } from './observe.ts'
import type { Ages } from './observe-doors.ts'
import type { Clock } from './ports.ts'
import { isAwaitingHealth, type Progress } from './progress.ts'
import type { Trigger } from './triggers.ts'
import { watchOf, windowOf } from './watch.ts'

/**
 * How often AWS is asked, and what waits for what: many functions of one account may be at it at once, when a zone fails.
 *
 * - An event says that something will move. Where all was well, nothing is read until DNS moves: the writes of those
 *   whose DNS has moved need the calls.
 * - AWS that has turned calls away is asked for less: what would only confirm waits, and an instance's registration that was
 *   replaced, which answers nobody, leaves after those that replace others have come.
 */
export interface Pace {
  /** How old the view of the front doors may be at this look. */
  ages(progress: Progress): Ages
  /** Whether this step waits for others'. */
  isHeld(step: Step, look: Pick<Look, 'doors'>): boolean
  /** Until when what is left waits, or has waited, for others' steps; absent where more is left, or nothing. */
  heldUntilMs(progress: Pick<Progress, 'latest' | 'pending'>): number | undefined
  /** AWS turned a call of this round away, and with it these steps. */
  turnedAway(steps: readonly Step[]): void
}

interface Subject {
  readonly trigger: Trigger
  readonly config: Config
  readonly clock: Pick<Clock, 'now' | 'random'>
  readonly memory: Memory
  /** What the run before left. */
  readonly before: Calm | undefined
  readonly begun: Begun | undefined
}

/** AWS turned calls away not long ago: others of the account are busy. */
const crowdedIntervals = 120
/** For how long a completed event that Lambda brings late meets a thousand others that come late. */
const lateIntervals = 900
/** For how long scheduled runs go on with what earlier ones read. */
const begunIntervals = 180
/**
 * For how long the registration that was replaced stays, when AWS turns calls away: some times as long as its own registration was turned
 * away, which is longer the more others there are, and at most as long as is drawn once. Of a thousand, less than three leave in
 * a second then, of four that AWS serves.
 */
const heldIntervals = { first: 10, timesAsLong: 8, most: { least: 240, most: 600 } }
/** And where AWS turns that away. */
const heldAgainIntervals = { least: 30, most: 120 }
/** No pause is drawn from less, however soon the run ends. */
const leastPatienceIntervals = 15

/** Nothing is read that was read before. */
const asRemembered: Ages = {
  maxMs: Number.POSITIVE_INFINITY,
  spareMaxMs: Number.POSITIVE_INFINITY,
  tagMaxMs: Number.POSITIVE_INFINITY,
  patienceMs: Number.POSITIVE_INFINITY,
}

export const createPace = ({ trigger, config, clock, memory, before, begun }: Subject): Pace => {
  const { intervalMs } = config.settle
  const startMs = clock.now()
  /** An instance's other node has no listener; what a cluster, a proxy or a host name left may go on answering. */
  const servesNobody = config.database.kind === 'instance'
  const isByHand = watchOf(trigger) === 'check' && trigger.kind !== 'rds-event' && !trigger.isTick

  const isCrowded = (nowMs: number, intervals = crowdedIntervals): boolean =>
    nowMs - (memory.refusedMs ?? Number.NEGATIVE_INFINITY) < intervals * intervalMs

  const trustUntilMs = (): number => {
    // All was read well after it was over. The schedule reads again soon, and not a thousand at once.
    const isLate = begun !== undefined && watchOf(trigger) === 'completed'
    if (isLate && isCrowded(startMs, lateIntervals)) return Number.POSITIVE_INFINITY
    if (before === undefined || watchOf(trigger) === 'check') return Number.NEGATIVE_INFINITY
    const windowMs = windowOf(trigger, config, startMs, undefined) - startMs
    return startMs + windowMs * (isCrowded(startMs) ? 1 : 0.25 + clock.random() / 2)
  }
  const trustedMs = trustUntilMs()
  /** Until there is something to do about a writer that has moved, and to read for it. */
  const isTrusted = ({ latest, writer, stepsDone }: Progress): boolean =>
    clock.now() < trustedMs &&
    stepsDone.length === 0 &&
    (latest?.writer.kind !== 'settled' || isSameSet(writer, addressesOf(before)))

  const mayWait: Pace['isHeld'] = (step, look) => servesNobody && !isByHand && isReplaced(step, look)
  const isHolding = (): boolean => clock.now() < (memory.held?.untilMs ?? 0)
  const heldUntilMs: Pace['heldUntilMs'] = ({ latest, pending }) => {
    const isAll = latest !== undefined && pending.length > 0 && pending.every(step => mayWait(step, latest))
    return isAll ? memory.held?.untilMs : undefined
  }

  return {
    ages(progress) {
      const spareMaxMs = isByHand ? 0 : config.rememberMs
      const { latest } = progress
      if (isTrusted(progress)) return asRemembered
      if (latest?.isRemembered === false && isHolding() && heldUntilMs(progress) !== undefined) return asRemembered
      const tagMaxMs = watchOf(trigger) === 'check' ? 0 : config.rememberMs
      const leftMs = windowOf(trigger, config, startMs, progress.lastStepMs) - clock.now()
      const patienceMs = Math.max(leftMs, leastPatienceIntervals * intervalMs)
      if (latest === undefined) {
        return { maxMs: begun === undefined ? 0 : startMs - begun.sinceMs + 1, spareMaxMs, tagMaxMs, patienceMs }
      }
      const isKnown = !latest.isRemembered && !isAwaitingHealth(progress) && isWriterHealthy(latest)
      if (isKnown && isCrowded(clock.now())) return asRemembered
      const usualMs = intervalMs * doorIntervals(progress, clock.now(), intervalMs)
      const sinceMs = Math.max(1, clock.now() - latest.sinceMs)
      return {
        maxMs: latest.isRemembered ? Math.min(usualMs, sinceMs) : usualMs,
        spareMaxMs: Math.max(usualMs, spareMaxMs),
        tagMaxMs,
        patienceMs,
      }
    },
    isHeld: (step, look) => isHolding() && mayWait(step, look),
    heldUntilMs,
    turnedAway(steps) {
      memory.refusedMs = clock.now()
      memory.held = heldFor(memory.held, steps, { intervalMs, nowMs: clock.now(), random: clock.random() })
    },
  }
}

interface Refusal extends Now {
  /** 0 inclusive to 1 exclusive. */
  readonly random: number
}

const heldFor = (held: Held | undefined, steps: readonly Step[], { intervalMs, nowMs, random }: Refusal): Held => {
  const drawn = ({ least, most }: { readonly least: number; readonly most: number }) =>
    nowMs + (least + random * (most - least)) * intervalMs
  const { first, timesAsLong, most } = heldIntervals
  const isOwn = steps.some(({ kind }) => kind === 'register')
  // What is left of an earlier crowd says nothing of this one.
  if (held === undefined || (isOwn && nowMs >= held.mostMs)) {
    return { sinceMs: nowMs, untilMs: nowMs + first * intervalMs, mostMs: drawn(most) }
  }
  if (isOwn) {
    const untilMs = nowMs + Math.max(first * intervalMs, timesAsLong * (nowMs - held.sinceMs))
    return { ...held, untilMs: Math.min(untilMs, held.mostMs) }
  }
  const isLate = steps.some(({ kind }) => kind === 'deregister') && nowMs >= held.untilMs
  return isLate ? { ...held, untilMs: drawn(heldAgainIntervals) } : held
}

/**
 * From when on what earlier runs read counts for this one. An event asks for what was read after it. A scheduled run goes on
 * where AWS turned the one before it away.
 *
 * Hazard that this is for: 1. A thousand functions are new, and each has several target groups to read. 2. AWS serves some
 * of the reads of each scheduled run. 3. The next runs read the same again: nobody ever gets to the end.
 */
export const begunBefore = (
  trigger: Trigger,
  { calm, unfinished }: Memory,
  { intervalMs, nowMs }: Now,
): Begun | undefined => {
  if (trigger.kind === 'rds-event') {
    const { atMs: sinceMs = nowMs } = trigger
    const isKnown = calm !== undefined && sinceMs <= calm.readMs && calm.readMs <= nowMs && nowMs < calm.untilMs
    return isKnown ? { sinceMs, writer: addressesOf(calm) } : undefined
  }
  const isTick = trigger.kind === 'resync' && trigger.isTick
  const ageMs = nowMs - (unfinished?.sinceMs ?? nowMs)
  return isTick && ageMs > 0 && ageMs <= begunIntervals * intervalMs ? unfinished : undefined
}

interface Now {
  readonly intervalMs: number
  readonly nowMs: number
}

/** What a run leaves that AWS turned away. */
export const unfinishedOf = ({ latest, hindrance, stepsDone }: Progress): Begun | undefined => {
  if (latest === undefined || hindrance?.kind !== 'throttled' || stepsDone.length > 0) return undefined
  const { writer, sinceMs } = latest
  return 'addresses' in writer ? { sinceMs, writer: writer.addresses } : undefined
}

const addressesOf = (before: Calm | undefined): readonly string[] => {
  const writer = before?.observation.writer
  return writer !== undefined && 'addresses' in writer ? writer.addresses : []
}

/** Of a front door with one writer's address: the registration that is left over. */
const isReplaced = (step: Step, { doors }: Pick<Look, 'doors'>): boolean =>
  step.kind === 'deregister' &&
  doors.some(
    ({ targetGroupArn, role, strategy }) =>
      targetGroupArn === step.targetGroupArn && role === 'writer' && strategy === 'swap',
  )

/** Waiting for health, a target group is read less and less often: many may wait at once. */
const doorIntervals = (progress: Progress, nowMs: number, intervalMs: number): number => {
  if (!isAwaitingHealth(progress)) return 30
  const waitedMs = nowMs - (progress.lastStepMs ?? nowMs)
  return Math.min(Math.max(waitedMs / (8 * intervalMs), 5), 20)
}

/** Full jitter over a growing pause: many functions meet the same bucket when a zone fails. */
export const backOffMs = (attempt: number, intervalMs: number, random: number): number =>
  intervalMs * (0.25 + random * Math.min(2 ** attempt, 8))
