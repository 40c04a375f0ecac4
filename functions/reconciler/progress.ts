import type { Applied } from './apply.ts'
import { type DoorView, isRegistered, placeOf, type Step } from './core/model.ts'
import { dueSteps, followsWriter, isOverwritten, isReflected, unusedWriters } from './core/plan.ts'
import type { Permission } from './core/policies.ts'
import { isSameSet } from './core/settle.ts'
import { repointReason, type Situation } from './core/verdict.ts'
import type { Awaited } from './memory.ts'
import type { Look } from './observe.ts'
import type { TransientError } from './ports.ts'

/**
 * What one invocation has seen and done. A value: `saw` takes it one look further, `did` one round of writes, and
 * nothing else changes it.
 */
export interface Progress {
  readonly invokedMs: number
  /** What times are counted from: the event's own time where there is one. */
  readonly startMs: number
  readonly isEvent: boolean
  /** For how long a read may not show a write. */
  readonly readLagMs: number
  readonly looks: number
  readonly latest?: Look
  /** The front doors as they were when we came. */
  readonly before: readonly DoorView[]
  /** Where the writer was at the first look, and where it is. */
  readonly firstWriter?: readonly string[]
  readonly writer: readonly string[]
  /** What the last look gave to do, before policies, and what is left of that. */
  readonly planned: readonly Step[]
  readonly pending: readonly Step[]
  readonly permission: Permission
  readonly stepsDone: readonly Step[]
  /** Sent without a good answer: the next look at their place tells whether they took effect. */
  readonly uncertain: readonly Step[]
  /** Written so lately that a read may not show it: nothing else is done at that place on the word of such a read. */
  readonly awaited: readonly Awaited[]
  /** AWS refused these for good: they are not asked again, and what is planned behind them waits. */
  readonly refused: readonly Refused[]
  /** The places where the next step is a refused one. */
  readonly stuck: ReadonlySet<string>
  /** Steps since the writer's last move, as JSON. */
  readonly written: ReadonlySet<string>
  /** The last write was made before, with the writer where it is: AWS has not shown it yet, or somebody undoes it. */
  readonly isRepeating: boolean
  readonly hindrance?: TransientError
  readonly hinderedSinceMs: number
  readonly lastStepMs?: number
  /** Since when the load balancer does not use the writer's registration. */
  readonly unusedSinceMs?: number
  /** Once ours, always ours: a member that fails may leave the cluster during its own watch. */
  readonly isOurs: boolean
  /** How many steps were announced, and whether the writer's health was announced after them. */
  readonly announcedSteps: number
  readonly isHealthAnnounced: boolean
  readonly times: Times
}

type Refused = Applied['refused'][number]

/** In milliseconds since `startMs`, of the last move. */
interface Times {
  readonly registeredMs?: number
  readonly repointedMs?: number
  readonly healthyMs?: number
}

interface Beginning {
  /** What an earlier invocation wrote last. */
  readonly awaited?: readonly Awaited[]
  readonly invokedMs: number
  readonly startMs: number
  readonly isEvent: boolean
  /** Who writes nothing awaits nothing. */
  readonly readLagMs?: number
}

export const begin = ({ invokedMs, startMs, isEvent, readLagMs = 0, awaited = [] }: Beginning): Progress => ({
  invokedMs,
  startMs,
  isEvent,
  readLagMs,
  looks: 0,
  before: [],
  writer: [],
  planned: [],
  pending: [],
  permission: { permitted: [] },
  stepsDone: [],
  uncertain: [],
  awaited,
  refused: [],
  stuck: new Set(),
  written: new Set(),
  isRepeating: false,
  hinderedSinceMs: invokedMs,
  isOurs: false,
  announcedSteps: 0,
  isHealthAnnounced: true,
  times: {},
})

interface Seen {
  readonly look: Look
  readonly steps: readonly Step[]
  readonly permission: Permission
  readonly nowMs: number
}

/** One look further. */
export const saw = (progress: Progress, { look, steps, permission, nowMs }: Seen): Progress => {
  const { uncertain, hindrance, hinderedSinceMs, before, latest, ...rest } = followed(progress, look)
  const stuck = dueSteps(permission.permitted).filter(step => isRefused(progress, step))
  const seen: Progress = {
    ...rest,
    looks: progress.looks + 1,
    latest: look,
    before: before.length === 0 ? look.doors : before,
    planned: steps,
    pending: steps,
    permission,
    // What the place does not show because it could not be read, it may still show.
    uncertain: uncertain.filter(step => !look.isFresh(step) && !isReflected(step, look.doors)),
    awaited: progress.awaited.filter(({ sinceMs }) => isWithin(nowMs - sinceMs, progress.readLagMs)),
    stuck: new Set(stuck.map(placeOf)),
    isRepeating: false,
    ...(look.hindrance && { hindrance: look.hindrance }),
    hinderedSinceMs: hindrance === undefined ? nowMs : hinderedSinceMs,
    isOurs: progress.isOurs || look.memberIds !== undefined,
  }
  const confirmed = taken(
    seen,
    uncertain.filter(step => isReflected(step, look.doors)),
    nowMs,
  )
  return withUnused(confirmed, nowMs)
}

/** One round of writes further. */
export const did = (progress: Progress, applied: Applied, nowMs: number): Progress => {
  const keys = applied.done.map(keyOf)
  const sent = [...applied.done, ...applied.uncertain]
  const isRepeating = keys.some(key => progress.written.has(key))
  const hindrance = progress.hindrance ?? applied.hindrance
  const written = taken({ ...progress, isRepeating }, applied.done, nowMs)
  return withUnused(
    {
      ...written,
      pending: progress.planned.filter(step => !keys.includes(keyOf(step))),
      uncertain: [...progress.uncertain, ...applied.uncertain],
      awaited: [
        ...progress.awaited.filter(({ step }) => !sent.some(other => isOverwritten(step, other))),
        ...sent.map(step => ({ step, sinceMs: nowMs })),
      ],
      refused: [...progress.refused, ...applied.refused],
      stuck: new Set([...progress.stuck, ...applied.refused.map(({ step }) => placeOf(step))]),
      written: new Set([...progress.written, ...keys]),
      ...(hindrance && { hindrance }),
    },
    nowMs,
  )
}

/** What is judged: what AWS refused, and what waits behind it, is left out. */
export const situationOf = (
  progress: Progress,
  { nowMs, ...given }: Pick<Situation, 'watch' | 'spanMs' | 'isScheduled'> & { readonly nowMs: number },
): Situation => {
  const { latest, permission, planned, stuck, unusedSinceMs } = progress
  const { permitted, withheldBy } = permission
  return {
    ...given,
    isEvent: progress.isEvent,
    observation: openLook(progress),
    steps: planned.filter(step => !stuck.has(placeOf(step))),
    stepsDone: progress.stepsDone,
    isBlind: latest?.isBlind ?? false,
    ...hindranceOf(progress),
    hasMoved: hasMoved(progress),
    wasEmpty: wasEmpty(progress),
    unusedForMs: unusedSinceMs === undefined ? 0 : nowMs - unusedSinceMs,
    ...(withheldBy && permitted.length === 0 && { withheldBy }),
  }
}

/** A front door that nobody could read yet is as good as out of reach. */
const hindranceOf = ({ hindrance, latest }: Progress): Pick<Situation, 'hindrance'> => {
  if (hindrance !== undefined) return { hindrance: hindrance.kind }
  return latest === undefined || latest.doors.length === 0 ? { hindrance: 'unavailable' } : {}
}

/** The last look without the places that are stuck. */
export const openLook = ({
  latest,
  stuck,
}: Pick<Progress, 'latest' | 'stuck'>): Pick<Look, 'writer' | 'doors' | 'members'> => {
  if (latest === undefined) return { writer: { kind: 'unknown', why: 'no-answer', detail: 'not looked' }, doors: [] }
  return { ...latest, doors: latest.doors.filter(door => !stuck.has(placeOf(door))) }
}

/**
 * What was written lately and this look does not show. Reads come from several places: one that shows a write may be
 * followed by one that does not.
 */
export const unseen = (
  { awaited, readLagMs }: Pick<Progress, 'awaited' | 'readLagMs'>,
  { doors }: Pick<Look, 'doors'>,
  nowMs: number,
): readonly Step[] =>
  awaited
    .filter(({ step, sinceMs }) => isWithin(nowMs - sinceMs, readLagMs) && !isReflected(step, doors))
    .map(({ step }) => step)

const isWithin = (ageMs: number, longestMs: number): boolean => ageMs >= 0 && ageMs < longestMs

export const isRefused = ({ refused }: Pick<Progress, 'refused'>, step: Step): boolean =>
  refused.some(other => keyOf(other.step) === keyOf(step))

/** Nothing is left of where it was: of a name with several addresses, some may come and go. */
export const hasMoved = ({ firstWriter, writer }: Progress): boolean =>
  firstWriter !== undefined && !firstWriter.some(ip => writer.includes(ip))

/** Of a name with several addresses, one that has gone is enough to tell of. */
export const hasJustMoved = (before: Pick<Progress, 'writer'>, after: Pick<Progress, 'writer'>): boolean =>
  before.writer.some(ip => !after.writer.includes(ip))

export const isAwaitingHealth = ({ stepsDone, isHealthAnnounced, unusedSinceMs }: Progress): boolean =>
  stepsDone.length > 0 && (!isHealthAnnounced || unusedSinceMs !== undefined)

/** What was read longer ago says nothing of now, though the run goes on with it. Milliseconds. */
const longestKnownMs = 180_000

/** Whether the front doors were read in this run, and lately. */
export const isOfNow = ({ latest, invokedMs }: Progress, nowMs: number): boolean =>
  latest !== undefined && !latest.isRemembered && latest.readMs >= invokedMs && nowMs - latest.readMs <= longestKnownMs

/**
 * What the invocation fails with after everything has been announced: what AWS refused, or the last hindrance where AWS
 * was out of reach not for a moment but to the end, for `patienceMs` or from the beginning on.
 */
export const failureAtEnd = (
  progress: Progress,
  { nowMs, patienceMs }: { readonly nowMs: number; readonly patienceMs: number },
): unknown => {
  const { latest, refused, hindrance, hinderedSinceMs, stepsDone } = progress
  const fault = [...(latest?.faults.values() ?? []), ...refused.map(({ error }) => error)][0]
  if (fault !== undefined) return fault
  const isOutOfReach = stepsDone.length === 0 || nowMs - hinderedSinceMs >= patienceMs
  return hindrance?.kind === 'unavailable' && isOutOfReach ? hindrance : undefined
}

/** Why the steps so far were taken. */
export const reasonForSteps = (progress: Progress) =>
  repointReason({
    isEvent: progress.isEvent,
    wasEmpty: wasEmpty(progress),
    hasMoved: hasMoved(progress),
    stepsDone: progress.stepsDone,
    observation: openLook(progress),
  })

const wasEmpty = ({ before }: Progress): boolean => !before.some(door => door.registrations.some(isRegistered))

/** An answer that is refused or ambiguous is no place that the writer has moved to. What is timed is the last move. */
const followed = (progress: Progress, { writer }: Look): Progress => {
  if (writer.kind !== 'credible' && writer.kind !== 'settled') return progress
  const seen = writer.addresses
  if (progress.firstWriter === undefined) return { ...progress, firstWriter: seen, writer: seen }
  if (isSameSet(seen, progress.writer)) return progress
  return { ...progress, writer: seen, written: new Set(), times: {} }
}

/** The steps took effect. */
const taken = (progress: Progress, steps: readonly Step[], nowMs: number): Progress => {
  if (steps.length === 0) return progress
  const observation = openLook(progress)
  const isTimed = progress.times.registeredMs === undefined && steps.some(step => followsWriter(step, observation))
  return {
    ...progress,
    stepsDone: [...progress.stepsDone, ...steps],
    ...(!progress.isRepeating && { lastStepMs: nowMs }),
    ...(isTimed && { times: { ...progress.times, registeredMs: nowMs - progress.startMs } }),
  }
}

const withUnused = ({ unusedSinceMs, ...progress }: Progress, nowMs: number): Progress => {
  const isUnused = unusedWriters(openLook(progress)).length > 0
  return isUnused ? { ...progress, unusedSinceMs: unusedSinceMs ?? nowMs } : progress
}

const keyOf = (step: Step): string => JSON.stringify(step)
