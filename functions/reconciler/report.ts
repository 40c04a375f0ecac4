import type { Config } from './config.ts'
import type { Step } from './core/model.ts'
import { servingDoors } from './core/plan.ts'
import { outcomeOf, type Reason } from './core/reasons.ts'
import { remedies } from './core/remedies.ts'
import { isWriterHealthy } from './core/verdict.ts'
import type { Calm } from './memory.ts'
import type { Report, TriggerSummary } from './ports.ts'
import { isOfNow, type Progress } from './progress.ts'
import type { Trigger } from './triggers.ts'

/** An event and a log line may have 256 KB: where somebody undoes each step, the last ones tell the story. */
const mostSteps = 50

interface Subject {
  readonly config: Pick<Config, 'database'>
  readonly trigger: Trigger
  readonly nowMs: number
}

/** How an invocation is reported, at any moment of it: the reply, the event, the summary line. */
export const reportOf = (progress: Progress, reason: Reason, { config, trigger, nowMs }: Subject): Report => {
  const { startMs, invokedMs, latest, times } = progress
  const stepsDone: readonly Step[] = progress.stepsDone.slice(-mostSteps)
  const remedy = remedies[reason]
  const isRemembered = latest !== undefined && !isOfNow(progress, nowMs)
  return {
    outcome: outcomeOf(reason),
    reason,
    ...(remedy && { remedy }),
    database: config.database.id,
    trigger: summarize(trigger),
    writer: latest?.writer ?? { kind: 'unknown', why: 'no-answer', detail: 'not looked' },
    before: progress.before,
    plan: [...stepsDone, ...progress.pending],
    stepsDone,
    after: latest?.doors ?? [],
    ...(latest?.owners && { owners: latest.owners }),
    ...(!isRemembered && healthOf(progress)),
    ...(isRemembered && Number.isFinite(latest.readMs) && { rememberedMs: nowMs - latest.readMs }),
    timings: {
      startedAt: new Date(startMs).toISOString(),
      invokedMs: invokedMs - startMs,
      ...times,
      totalMs: nowMs - startMs,
      looks: progress.looks,
    },
  }
}

/** How a run is reported that asked nothing of AWS. */
export const quietReport = ({ observation, readMs }: Calm, invokedMs: number, subject: Subject): Report => {
  const { config, trigger, nowMs } = subject
  const { writer, doors } = observation
  const reason = 'already-in-sync'
  return {
    outcome: outcomeOf(reason),
    reason,
    database: config.database.id,
    trigger: summarize(trigger),
    writer,
    before: doors,
    plan: [],
    stepsDone: [],
    after: doors,
    rememberedMs: nowMs - readMs,
    timings: { startedAt: new Date(invokedMs).toISOString(), invokedMs: 0, totalMs: nowMs - invokedMs, looks: 0 },
  }
}

/**
 * Absent where it is not known: no front door was read in this run, or not lately, or the writer was not found and may be any
 * of the targets that answer. Where none of them answers, it does not either.
 */
const healthOf = ({ latest }: Progress): Pick<Report, 'isWriterHealthy'> => {
  const doors = servingDoors(latest?.doors ?? [])
  if (latest === undefined || doors.length === 0) return {}
  if (latest.writer.kind === 'settled' || latest.writer.kind === 'credible') {
    return { isWriterHealthy: isWriterHealthy(latest) }
  }
  const isAnyHealthy = doors.some(door => door.registrations.some(({ state }) => state === 'healthy'))
  return isAnyHealthy ? {} : { isWriterHealthy: false }
}

const summarize = (trigger: Trigger): TriggerSummary => {
  if (trigger.kind !== 'rds-event') return { kind: trigger.kind }
  const { kind, eventId, meaning, source } = trigger
  return { kind, ...(eventId && { eventId }), meaning, source }
}
