import type { Config } from './config.ts'
import { placeOf, type Step } from './core/model.ts'
import { isSameSet } from './core/settle.ts'
import type { Calm, Memory } from './memory.ts'
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
  /** AWS turned these steps away. */
  turnedAway(steps: readonly Step[]): void
}

interface Subject {
  readonly trigger: Trigger
  readonly config: Config
  readonly clock: Pick<Clock, 'now' | 'random'>
  readonly memory: Memory
  /** What the run before left. */
  readonly before: Calm | undefined
}

/** AWS turned calls away not long ago: others of the account are busy. */
const crowdedIntervals = 120
/** For how long the registration that was replaced stays, when registrations are turned away: it is drawn from this range. */
const heldIntervals = { least: 90, most: 270 }

export const createPace = ({ trigger, config, clock, memory, before }: Subject): Pace => {
  const { intervalMs } = config.settle
  const startMs = clock.now()
  const heldUntilMs = new Map<string, number>()
  /** An instance's other node has no listener; what a cluster, a proxy or a host name left may go on answering. */
  const servesNobody = config.database.kind === 'instance'
  const isByHand = watchOf(trigger) === 'check' && trigger.kind !== 'rds-event' && !trigger.isTick

  const trustUntilMs = (): number => {
    if (before === undefined || watchOf(trigger) === 'check') return Number.NEGATIVE_INFINITY
    const windowMs = windowOf(trigger, config, startMs, undefined) - startMs
    const isCrowded = startMs - (memory.refusedMs ?? Number.NEGATIVE_INFINITY) < crowdedIntervals * intervalMs
    return startMs + windowMs * (isCrowded ? 1 : 0.25 + clock.random() / 2)
  }
  const trustedMs = trustUntilMs()
  /** Until there is something to do about a writer that has moved, and to read for it. */
  const isTrusted = ({ latest, writer, stepsDone }: Progress): boolean =>
    clock.now() < trustedMs &&
    stepsDone.length === 0 &&
    (latest?.writer.kind !== 'settled' || isSameSet(writer, addressesOf(before)))

  return {
    ages(progress) {
      const spareMaxMs = isByHand ? 0 : config.rememberMs
      if (isTrusted(progress)) return { maxMs: Number.POSITIVE_INFINITY, spareMaxMs: Number.POSITIVE_INFINITY }
      const { latest } = progress
      if (latest === undefined) return { maxMs: 0, spareMaxMs }
      const usualMs = intervalMs * doorIntervals(progress, clock.now(), intervalMs)
      const sinceMs = Math.max(1, clock.now() - latest.sinceMs)
      return {
        maxMs: latest.isRemembered ? Math.min(usualMs, sinceMs) : usualMs,
        spareMaxMs: Math.max(usualMs, spareMaxMs),
      }
    },
    isHeld: (step, look) =>
      servesNobody &&
      isReplaced(step, look) &&
      clock.now() < (heldUntilMs.get(placeOf(step)) ?? Number.NEGATIVE_INFINITY),
    turnedAway(steps) {
      memory.refusedMs = clock.now()
      for (const step of steps) {
        const { least, most } = heldIntervals
        const heldMs = (least + clock.random() * (most - least)) * intervalMs
        heldUntilMs.set(placeOf(step), clock.now() + heldMs)
      }
    },
  }
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
