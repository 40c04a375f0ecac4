import type { Config } from './config.ts'
import { placeOf, type Step } from './core/model.ts'
import { dueSteps, plan } from './core/plan.ts'
import { type Policy, permit } from './core/policies.ts'
import { outcomeOf } from './core/reasons.ts'
import { judge, type Verdict } from './core/verdict.ts'
import type { Look, Observer } from './observe.ts'
import type { Ages } from './observe-doors.ts'
import type { Clock } from './ports.ts'
import { isRefused, type Progress, saw, situationOf, unseen } from './progress.ts'
import type { Trigger } from './triggers.ts'
import { watchOf } from './watch.ts'

/** One look at the database and its front doors, and its judgement. */
export interface Inspection {
  readonly look: Look
  /** What is to be done, before policies. */
  readonly steps: readonly Step[]
  /** What may be done now: permitted, the next one at its place, and decided on a fresh view of it. */
  readonly due: readonly Step[]
  readonly progress: Progress
  /** What would be reported if nothing was written and this was the last look. */
  readonly verdict: Verdict
}

export interface Question {
  readonly observer: Observer
  readonly trigger: Trigger
  readonly config: Config
  readonly clock: Pick<Clock, 'now'>
  readonly policies: readonly Policy[]
  /** How old the view of the front doors may be, where nothing is written. */
  readonly ages: Ages
  /** Whether a step waits for others'; where it is absent, none does. */
  readonly isHeld?: (step: Step, look: Look) => boolean
}

/**
 * Observe, settle, plan, permit, judge: what the loop decides from, and what whoever only wants to know is answered with.
 * Reads and never writes.
 */
export const inspect = async (progress: Progress, question: Question): Promise<Inspection> => {
  const { observer, trigger, policies, clock, ages, isHeld = () => false } = question
  let look = await observer.look(ages)
  if (!progress.isOurs && isForeign(trigger, look)) {
    return { look, steps: [], due: [], progress, verdict: { reason: 'other-database', isFinal: true } }
  }
  const proved = async (seen: Look): Promise<Look> => observer.prove(seen, plan(seen))
  look = await proved(look)
  let steps = plan(look)
  let permission = permit(steps, policies)
  // Look again right before each write.
  const waiting = unseen(progress, look, clock.now())
  const next = dueSteps(permission.permitted).filter(step => !isAwaiting(waiting, step) && !isHeld(step, look))
  if (next.some(step => !look.isFresh(step))) {
    look = await proved(await observer.lookAgain(look, next))
    steps = plan(look)
    permission = permit(steps, policies)
  }
  const seen = saw(progress, { look, steps, permission, nowMs: clock.now() })
  const missing = unseen(seen, look, clock.now())
  const due = dueSteps(permission.permitted).filter(
    step => look.isFresh(step) && !isRefused(seen, step) && !isAwaiting(missing, step) && !isHeld(step, look),
  )
  return { look, steps, due, progress: seen, verdict: judgeNow(seen, question) }
}

/** What would be reported if the invocation ended now, and whether it may. */
export const judgeNow = (
  progress: Progress,
  { trigger, config, clock }: Pick<Question, 'trigger' | 'config' | 'clock'>,
): Verdict => {
  const verdict = judge(
    situationOf(progress, {
      watch: watchOf(trigger),
      isScheduled: trigger.kind === 'resync',
      spanMs: config.settle.spanMs,
      nowMs: clock.now(),
    }),
  )
  // That all is well is not taken from a memory.
  const isGood = ['in-sync', 'repointed'].includes(outcomeOf(verdict.reason))
  return isGood && progress.latest?.isRemembered ? { ...verdict, isFinal: false } : verdict
}

/** The first thing that could not be read, where there is one. */
export const failureOf = ({ faults, hindrance }: Pick<Look, 'faults' | 'hindrance'>): unknown =>
  [...faults.values()][0] ?? hindrance

/** One step is seen before the next is planned at the same place. */
const isAwaiting = (missing: readonly Step[], step: Step): boolean =>
  missing.some(other => placeOf(other) === placeOf(step))

const isForeign = (trigger: Trigger, look: Look): boolean =>
  trigger.kind === 'rds-event' &&
  trigger.ours === 'if-member' &&
  look.memberIds !== undefined &&
  !look.memberIds.some(id => id.toLowerCase() === trigger.instanceId?.toLowerCase())
