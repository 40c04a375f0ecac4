import type { Verdict } from '../../checks/path-health.ts'

/** When the next share is due. A pure machine: it is told the time, and says what to do. */

export interface StepPlan {
  /** Rising shares of the gateway, in percent. Empty: only watches. */
  readonly steps: readonly number[]
  /** How long both paths have to be well at a share before the next. */
  readonly everyMs: number
}

export interface StepState {
  /** The share that we set, or found. */
  readonly share: number
  /** Since when both paths are well at this share; absent while they are not. */
  readonly wellSinceMs?: number
  /** Nothing has been moved yet: the first step waits only until both paths work. */
  readonly isFirst: boolean
}

/** How a watch ends. */
export type WatchEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'rolled-back'; readonly why: string }
  /** Errors at share 0, where there is nothing to take back, or a step that may not be taken. */
  | { readonly kind: 'stopped'; readonly why: string }
  | { readonly kind: 'moved-by-others'; readonly share: number }

export type Act =
  | { readonly kind: 'wait' }
  | { readonly kind: 'move'; readonly percent: number }
  | { readonly kind: 'go-back'; readonly why: string }
  | Extract<WatchEnd, { kind: 'done' | 'stopped' | 'moved-by-others' }>

export interface Seen {
  readonly nowMs: number
  /** The live share; absent where it could not be read. */
  readonly share: number | undefined
  readonly verdict: Verdict
}

export const begin = (share: number): StepState => ({ share, isFirst: true })

/** After a look. The state after a `move` is `moved(state, …)`, once it has really been made. */
export const advance = (
  plan: StepPlan,
  state: StepState,
  seen: Seen,
): { readonly state: StepState; readonly act: Act } => {
  const { nowMs, share, verdict } = seen
  const hasSteps = plan.steps.length > 0
  if (share !== undefined && share !== state.share) {
    const now: StepState = { share, isFirst: state.isFirst }
    // Somebody who goes back by hand must not find the next step undoing it.
    return { state: now, act: hasSteps ? { kind: 'moved-by-others', share } : { kind: 'wait' } }
  }
  if (verdict.kind === 'go-back') {
    const { why } = verdict
    if (state.share > 0) return { state, act: { kind: 'go-back', why } }
    return { state, act: hasSteps ? { kind: 'stopped', why } : { kind: 'wait' } }
  }
  const { wellSinceMs: before, ...rest } = state
  if (verdict.kind === 'pause') return { state: rest, act: { kind: 'wait' } }
  const wellSinceMs = before ?? nowMs
  const well: StepState = { ...rest, wellSinceMs }
  if (!hasSteps) return { state: well, act: { kind: 'wait' } }
  // What is live could not be read: nothing is moved blindly.
  if (share === undefined) return { state: well, act: { kind: 'wait' } }
  const isDue = state.isFirst || nowMs - wellSinceMs >= plan.everyMs
  const next = plan.steps.find(step => step > state.share)
  if (!isDue) return { state: well, act: { kind: 'wait' } }
  return { state: well, act: next === undefined ? { kind: 'done' } : { kind: 'move', percent: next } }
}

export const moved = (percent: number): StepState => ({ share: percent, isFirst: false })

/** Until the next step is due, where the paths stay well; `undefined` where nothing is due. */
export const dueInMs = (plan: StepPlan, state: StepState, nowMs: number): number | undefined => {
  if (plan.steps.length === 0 || state.wellSinceMs === undefined || state.isFirst) return undefined
  return Math.max(0, plan.everyMs - (nowMs - state.wellSinceMs))
}
