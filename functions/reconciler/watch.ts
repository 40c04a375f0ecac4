import type { Config } from './config.ts'
import type { Watch } from './core/model.ts'
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
