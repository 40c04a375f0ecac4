import { isInPlace, servingDoors } from './core/plan.ts'
import type { Reason } from './core/reasons.ts'
import { isWriterHealthy, type Verdict } from './core/verdict.ts'
import { type DetailType, detailTypes } from './names.ts'
import { openLook, type Progress, reasonForSteps } from './progress.ts'

/** Something that a round has reached, with the progress of that moment. */
export interface Milestone {
  readonly progress: Progress
  /** Absent where there is nothing to announce: that a reader came or a pair was learnt is for the log. */
  readonly news?: { readonly detailType: DetailType; readonly reason: Reason }
}

/** In order: the front doors hold what they should; the writer's registration is healthy. */
export const milestones = (progress: Progress, verdict: Verdict, nowMs: number): readonly Milestone[] => {
  const look = openLook(progress)
  if (progress.pending.length > 0 || progress.latest?.isRemembered || !isInPlace(look)) return []
  const reached: Milestone[] = []
  if (progress.stepsDone.length > progress.announcedSteps) reached.push(repointed(progress, nowMs))
  const latest = reached.at(-1)?.progress ?? progress
  const isSelected = verdict.reason === 'failover-selected'
  const isServed = servingDoors(look.doors).length > 0 && isWriterHealthy(look)
  if ((!latest.isHealthAnnounced || isSelected) && isServed) reached.push(healthy(latest, isSelected, nowMs))
  return reached
}

const repointed = (progress: Progress, nowMs: number): Milestone => {
  const reason = reasonForSteps(progress)
  return {
    progress: {
      ...progress,
      announcedSteps: progress.stepsDone.length,
      isHealthAnnounced: false,
      times: { ...progress.times, repointedMs: nowMs - progress.startMs },
    },
    ...newsOf(
      reason === 'drift-corrected' || reason === 'foreign-removed' ? detailTypes.driftCorrected : detailTypes.repointed,
      reason,
    ),
  }
}

const healthy = (progress: Progress, isSelected: boolean, nowMs: number): Milestone => ({
  progress: {
    ...progress,
    isHealthAnnounced: true,
    times: { ...progress.times, healthyMs: nowMs - progress.startMs },
  },
  ...newsOf(detailTypes.targetHealthy, isSelected ? 'failover-selected' : reasonForSteps(progress)),
})

const newsOf = (detailType: DetailType, reason: Reason): Pick<Milestone, 'news'> =>
  reason === 'members-kept' ? {} : { news: { detailType, reason } }
