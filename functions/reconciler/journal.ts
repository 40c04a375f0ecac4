import type { Applied } from './apply.ts'
import type { Config } from './config.ts'
import { type DoorView, isRegistered, placeOf, type Step } from './core/model.ts'
import { followsWriter, isInPlace, isReflected, servingDoors, unusedWriters } from './core/plan.ts'
import { outcomeOf, type Reason } from './core/reasons.ts'
import { remedies } from './core/remedies.ts'
import { isSameSet } from './core/settle.ts'
import { isWriterHealthy, repointReason, type Verdict } from './core/verdict.ts'
import { type DetailType, detailTypes } from './names.ts'
import type { Look } from './observe.ts'
import { type Ports, type Report, TransientError, type TriggerSummary } from './ports.ts'
import type { Trigger } from './triggers.ts'
import { startOf } from './watch.ts'

/** An event and a log line may have 256 KB: where somebody undoes each step, the last ones tell the story. */
const mostSteps = 50

/** What one invocation has seen and done, and how it is told: the reply, the events, the summary line, the metrics. */
export type Journal = ReturnType<typeof openJournal>

export const openJournal = (trigger: Trigger, config: Config, ports: Ports) => {
  const { clock, publisher, telemetry } = ports
  const invokedMs = clock.now()
  const startMs = startOf(trigger, invokedMs)
  const faults = new Map<string, unknown>()
  const stepsDone: Step[] = []
  const publications: Promise<void>[] = []
  let timings: { registeredMs?: number; repointedMs?: number; healthyMs?: number } = {}
  let looks = 0
  let latest: Look | undefined
  let before: readonly DoorView[] = []
  let firstCandidate: readonly string[] | undefined
  let candidate: readonly string[] = []
  let pending: readonly Step[] = []
  let uncertain: readonly Step[] = []
  let hindrance: TransientError | undefined
  let hinderedSinceMs = invokedMs
  let lastStepMs: number | undefined
  let unusedSinceMs: number | undefined
  const written = new Set<string>()
  const refusedSteps = new Map<string, unknown>()
  let isRepeating = false
  let toldSteps = 0
  let isHealthTold = true

  const sinceStart = () => clock.now() - startMs

  /** Not for a moment, but to the end: for as long as a short watch lasts, or from the beginning on. */
  const isOutOfReach = (): boolean =>
    hindrance?.kind === 'unavailable' &&
    (stepsDone.length === 0 || clock.now() - hinderedSinceMs >= config.watch.completedMs)

  const remember = (steps: readonly Step[], look: Look): void => {
    if (steps.length === 0) return
    stepsDone.push(...steps)
    if (!isRepeating) lastStepMs = clock.now()
    if (steps.some(step => followsWriter(step, look))) timings.registeredMs ??= sinceStart()
  }

  const movedTo = (seen: readonly string[]): void => {
    telemetry.writerMoved(candidate, seen)
    written.clear()
    // What is timed is the last move.
    timings = {}
  }

  const follow = (look: Look): void => {
    // An answer that is refused or ambiguous is no place that the writer has moved to.
    if (look.writer.kind !== 'credible' && look.writer.kind !== 'settled') return
    const seen = look.writer.addresses
    if (firstCandidate !== undefined && !isSameSet(seen, candidate)) movedTo(seen)
    firstCandidate ??= seen
    candidate = seen
  }

  const report = (reason: Reason): Report => {
    const remedy = remedies[reason]
    return {
      outcome: outcomeOf(reason),
      reason,
      ...(remedy && { remedy }),
      database: config.database.id,
      trigger: summarize(trigger),
      writer: latest?.writer ?? { kind: 'unknown', why: 'no-answer', detail: 'not looked' },
      before,
      plan: [...stepsDone.slice(-mostSteps), ...pending],
      stepsDone: stepsDone.slice(-mostSteps),
      after: latest?.doors ?? [],
      timings: {
        startedAt: new Date(startMs).toISOString(),
        invokedMs: invokedMs - startMs,
        ...timings,
        totalMs: sinceStart(),
        looks,
      },
    }
  }

  /** Goes out beside the watch: telling must neither delay nor undo a repoint. */
  const tell = (detailType: DetailType, about: Report): void => {
    const publish = () => publisher.publish(detailType, about)
    const again = async (error: unknown) => {
      if (!(error instanceof TransientError)) throw error
      await clock.sleep(config.settle.intervalMs)
      return publish()
    }
    publications.push(
      publish()
        .catch(again)
        .catch(error => telemetry.reportNotPublished(error)),
    )
  }

  const wasEmpty = () => !before.some(door => door.registrations.some(isRegistered))
  const hasMoved = () => firstCandidate !== undefined && !isSameSet(firstCandidate, candidate)
  const reasonForSteps = (observation: Look) =>
    repointReason({
      isEvent: trigger.kind === 'rds-event',
      wasEmpty: wasEmpty(),
      hasMoved: hasMoved(),
      stepsDone,
      observation,
    })

  return {
    faults,
    refuse: (step: Step, error: unknown): void => void refusedSteps.set(JSON.stringify(step), error),
    isRefused: (step: Step): boolean => refusedSteps.has(JSON.stringify(step)),
    stepsDone: stepsDone as readonly Step[],
    lastStepMs: () => lastStepMs,
    wasEmpty,
    hasMoved,
    isAwaitingHealth: () => stepsDone.length > 0 && (!isHealthTold || unusedSinceMs !== undefined),
    unusedForMs: () => (unusedSinceMs === undefined ? 0 : clock.now() - unusedSinceMs),
    hasOnlyFaults: () => config.frontDoors.every(door => faults.has(placeOf(door))),

    /**
     * The last write was made before, with the writer where it is: AWS has not shown it yet, or somebody undoes it.
     */
    isRepeating: () => isRepeating,

    note(look: Look, planned: readonly Step[], applied: Applied, hindered: TransientError | undefined): void {
      looks += 1
      follow(look)
      if (latest === undefined || before.length === 0) before = look.doors
      remember(
        uncertain.filter(step => isReflected(step, look.doors)),
        look,
      )
      const steps = applied.done.map(step => JSON.stringify(step))
      isRepeating = steps.some(step => written.has(step))
      remember(applied.done, look)
      // What the place does not show because it could not be read, it may still show.
      const unread = uncertain.filter(step => !look.isFresh(placeOf(step)))
      uncertain = [...unread, ...applied.uncertain]
      for (const step of steps) written.add(step)
      pending = planned.filter(step => !applied.done.includes(step))
      latest = look
      if (hindrance === undefined) hinderedSinceMs = clock.now()
      hindrance = hindered
      const isUnused = unusedWriters(look).length > 0
      unusedSinceMs = isUnused ? (unusedSinceMs ?? clock.now()) : undefined
    },

    /** Tells of what has just been reached: the group holds the writer alone; its registration is healthy. */
    celebrate(verdict: Verdict): void {
      if (latest === undefined || pending.length > 0 || !isInPlace(latest)) return
      if (stepsDone.length > toldSteps) {
        toldSteps = stepsDone.length
        isHealthTold = false
        timings.repointedMs = sinceStart()
        const reason = reasonForSteps(latest)
        const detailType = reason === 'drift-corrected' ? detailTypes.driftCorrected : detailTypes.repointed
        // That a reader came or a pair was learnt is for the log.
        if (reason !== 'members-kept') tell(detailType, report(reason))
      }
      const isSelected = verdict.reason === 'failover-selected'
      if ((!isHealthTold || isSelected) && servingDoors(latest.doors).length > 0 && isWriterHealthy(latest)) {
        isHealthTold = true
        timings.healthyMs = sinceStart()
        const reason = isSelected ? verdict.reason : reasonForSteps(latest)
        if (reason !== 'members-kept') tell(detailTypes.targetHealthy, report(reason))
      }
    },

    /**
     * @throws what AWS refused on the way, after everything has been told; or the last hindrance, when AWS could not be
     * reached to the end.
     */
    async close(reason: Reason): Promise<Report> {
      const final = report(reason)
      const fault = [...faults.values(), ...refusedSteps.values()][0] ?? (isOutOfReach() ? hindrance : undefined)
      if (fault === undefined && final.outcome === 'waiting') tell(detailTypes.waiting, final)
      if (fault === undefined && final.outcome === 'refused') tell(detailTypes.refused, final)
      await Promise.all(publications)
      if (fault !== undefined) {
        telemetry.failed(fault, final)
        throw fault
      }
      telemetry.summary(final)
      return final
    },
  }
}

const summarize = (trigger: Trigger): TriggerSummary =>
  trigger.kind === 'rds-event'
    ? {
        kind: trigger.kind,
        ...(trigger.eventId && { eventId: trigger.eventId }),
        meaning: trigger.meaning,
        source: trigger.source,
      }
    : { kind: trigger.kind }
