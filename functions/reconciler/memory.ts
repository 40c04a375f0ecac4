import type { Neighbourhood, Ownership, Sighting, Step } from './core/model.ts'

/**
 * What an execution environment keeps from one invocation to the next. There is no state but AWS's: forgetting all of
 * this only costs calls and time.
 */
export interface Memory {
  /** The last minutes', oldest first: whether an address came back is told by them. */
  sightings: readonly Sighting[]
  /** Steps that AWS has not shown yet. */
  awaited: readonly Awaited[]
  /** Since when a place has had several healthy registrations, by place. */
  readonly answeringSinceMs: Map<string, number>
  /** Whose addresses are, by address, and when AWS said so. */
  readonly owners: Map<string, Ownership & { readonly atMs: number }>
  /** Who else is around, where that leaves nothing to adopt. */
  neighbourhood?: { readonly found: Neighbourhood; readonly atMs: number }
}

/** A write of which the reads may not know yet. */
export interface Awaited {
  readonly step: Step
  readonly sinceMs: number
}

export const createMemory = (): Memory => ({
  sightings: [],
  awaited: [],
  answeringSinceMs: new Map(),
  owners: new Map(),
})
