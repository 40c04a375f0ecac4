import type {
  Answer,
  Neighbourhood,
  Observation,
  Ownership,
  PairView,
  Registration,
  Sighting,
  Step,
  Weight,
} from './core/model.ts'

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
  /** What AWS said of who has an address, by address. */
  readonly owners: Map<string, AskedOwner>
  /** Who else is around, where that leaves nothing to adopt. */
  neighbourhood?: { readonly found: Neighbourhood; readonly atMs: number }
  /** All was well when AWS was asked last. */
  calm?: Calm
  /** What was read last, by the ARN of the listener or target group: where to look first, and never what a write rests on. */
  readonly parts: Map<string, Part>
  /** When AWS last turned a call away. */
  refusedMs?: number
  /** For how long a registration that was replaced stays, because AWS turned calls away. */
  held?: Held
  /** The last run, where AWS turned it away. */
  unfinished?: Begun
}

/** How long registrations have been turned away tells how many others there are. */
export interface Held {
  readonly sinceMs: number
  readonly untilMs: number
  /** No longer than until then, however many there are. */
  readonly mostMs: number
}

/** Reading that another run goes on with: from when on what was read counts, while the writer stays where it was. */
export interface Begun {
  readonly sinceMs: number
  readonly writer: readonly string[]
}

/** A listener's weights or one target group, as one call reads it. */
export interface Part {
  readonly atMs: number
  readonly weights?: readonly Weight[]
  readonly registrations?: readonly Registration[]
  readonly pair?: PairView
  /** When the pair's tag was read. */
  readonly tagMs?: number
}

/** When AWS was asked last, and since when it has given no other answer than none. */
export type AskedOwner = Ownership & { readonly atMs: number; readonly silentSinceMs: number }

/** A write of which the reads may not know yet. */
export interface Awaited {
  readonly step: Step
  readonly sinceMs: number
}

/** All was found in sync. While DNS answers as it did then, AWS is not asked again before `untilMs`. */
export interface Calm {
  readonly observation: Observation
  /** What DNS said of each name that led there. */
  readonly answers: ReadonlyMap<string, Answer>
  /** When the oldest part of it was read. */
  readonly readMs: number
  readonly untilMs: number
}

export const createMemory = (): Memory => ({
  sightings: [],
  awaited: [],
  answeringSinceMs: new Map(),
  parts: new Map(),
  owners: new Map(),
})

/** Longer than any flap, and than two runs of the schedule: earlier sightings tell whether an address came back. */
const sightingsMs = 150_000

export const addSighting = (memory: Memory, sighting: Sighting): void => {
  const recent = memory.sightings.filter(earlier => isRecent(earlier, sighting.atMs))
  memory.sightings = [...recent, sighting]
}

/** The clock may have been set back since: what comes from later is of no use. */
const isRecent = (earlier: Sighting, nowMs: number): boolean =>
  earlier.atMs <= nowMs && nowMs - earlier.atMs <= sightingsMs
