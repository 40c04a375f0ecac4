import type { Config } from './config.ts'
import { placeOf, type Watch } from './core/model.ts'
import { provingForMs } from './core/plan.ts'
import { openLook, type Progress } from './progress.ts'
import type { Trigger } from './triggers.ts'

export const watchOf = (trigger: Trigger): Watch => {
  switch (trigger.kind) {
    case 'rds-event':
      return trigger.watch
    case 'watch':
      return 'started'
    case 'resync':
    case 'plan':
      return 'check'
  }
}

/**
 * Until when to look, in epoch milliseconds. A *started* event is followed from its own time on, so that one delivered
 * late, by whatever time, does not hold the function for nothing; the others from now on, because the DNS may flip after the event. After a
 * step the new registration gets its time to become healthy.
 */
export const windowOf = (
  trigger: Trigger,
  config: Config,
  invokedMs: number,
  lastStepMs: number | undefined,
): number => {
  const { startedMs, completedMs, rebootMs, healthyMs } = config.watch
  const afterStepMs = lastStepMs === undefined ? 0 : lastStepMs + healthyMs
  switch (watchOf(trigger)) {
    case 'started':
      return Math.max(eventMsOf(trigger, invokedMs) + startedMs, invokedMs + completedMs, afterStepMs)
    case 'restart':
      return Math.max(invokedMs + rebootMs, afterStepMs)
    case 'completed':
    case 'check':
      return Math.max(invokedMs + completedMs, afterStepMs)
  }
}

interface Run {
  readonly trigger: Trigger
  readonly config: Config
  readonly invokedMs: number
  readonly nowMs: number
  /** Until when what is left waits for others' steps. */
  readonly heldUntilMs: number | undefined
  /** After it Lambda ends the run. */
  readonly deadlineMs: number
}

/** For the step that was held, and the look at it. */
const patienceAfterHoldMs = 60_000

/** Until when a run goes on that has come so far, in epoch milliseconds. */
export const endOf = (progress: Progress, run: Run): number => {
  const { trigger, config, invokedMs, nowMs, heldUntilMs, deadlineMs } = run
  const windowMs = windowOf(trigger, config, invokedMs, progress.lastStepMs)
  const patientMs = isTurnedAwayFirst(progress, trigger) ? deadlineMs : windowMs
  // `standby`: whether the other one goes on answering is watched to its end.
  const leftMs = provingForMs(openLook(progress))
  const provedMs = leftMs === 0 ? 0 : nowMs + leftMs + 2 * config.settle.intervalMs
  // The run that followed the writer ends it, too: another one would tell the rest as a drift.
  const isHeld = heldUntilMs !== undefined && watchOf(trigger) !== 'check'
  const heldMs = isHeld ? heldUntilMs + patienceAfterHoldMs : 0
  return Math.min(Math.max(patientMs, provedMs, heldMs), deadlineMs)
}

/** The writer has moved, and AWS serves others first: nobody else follows it sooner. */
const isTurnedAwayFirst = ({ hindrance, planned, stepsDone }: Progress, trigger: Trigger): boolean =>
  watchOf(trigger) !== 'check' && hindrance?.kind === 'throttled' && planned.length > 0 && stepsDone.length === 0

/** AWS refuses every front door for good: each read, or, where a look is all that was asked for, the next step at each. */
export const hasNothingToWaitFor = (
  progress: Pick<Progress, 'latest' | 'stuck'>,
  trigger: Trigger,
  { frontDoors }: Pick<Config, 'frontDoors'>,
): boolean => {
  const { latest, stuck } = progress
  if (latest !== undefined && frontDoors.every(door => latest.faults.has(placeOf(door)))) return true
  return watchOf(trigger) === 'check' && stuck.size > 0 && openLook(progress).doors.length === 0
}

/** An event that is replayed a day later says nothing about how long we took. */
const oldestEventMs = 3_600_000

/** When it began: the event's own time where there is a credible one, else the invocation. */
export const startOf = (trigger: Trigger, invokedMs: number): number => {
  const eventMs = eventMsOf(trigger, invokedMs)
  return invokedMs - eventMs < oldestEventMs ? eventMs : invokedMs
}

/** No event comes from the future: then a clock is wrong. */
const eventMsOf = (trigger: Trigger, invokedMs: number): number =>
  Math.min(trigger.kind === 'rds-event' ? (trigger.atMs ?? invokedMs) : invokedMs, invokedMs)
