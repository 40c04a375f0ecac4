import type { Applied } from '../../functions/reconciler/apply.ts'
import type { DoorView, Step, WriterView } from '../../functions/reconciler/core/model.ts'
import { plan } from '../../functions/reconciler/core/plan.ts'
import { permit } from '../../functions/reconciler/core/policies.ts'
import type { Calm } from '../../functions/reconciler/memory.ts'
import type { Look } from '../../functions/reconciler/observe.ts'
import { begin, type Progress, saw } from '../../functions/reconciler/progress.ts'
import { answers } from '../fakes/fake-dns.ts'
import { aConfig } from '../fakes/world.ts'
import { A, aDoor, B, healthy, port, settled, writerGroup } from './core/builders.ts'

/** Rounds of an invocation that began at 100 s, woken by an event of 90 s. */
export const invokedMs = 100_000
export const startMs = 90_000
export const beginning = begin({ invokedMs, startMs, isEvent: true, readLagMs: 6000 })

export const registerB = {
  kind: 'register',
  targetGroupArn: writerGroup,
  targets: [{ ip: B, port }],
} as const satisfies Step
export const deregisterA = {
  kind: 'deregister',
  targetGroupArn: writerGroup,
  targets: [{ ip: A, port }],
} as const satisfies Step
export const deregisterB = {
  kind: 'deregister',
  targetGroupArn: writerGroup,
  targets: [{ ip: B, port }],
} as const satisfies Step

export const aLook = (writer: WriterView, doors: readonly DoorView[] = [aDoor()], more: Partial<Look> = {}): Look => ({
  writer,
  doors,
  isFresh: () => true,
  readMs: invokedMs,
  sinceMs: 0,
  isRemembered: false,
  isBlind: false,
  sighting: { atMs: 0, answer: answers(A) },
  sightings: [],
  faults: new Map(),
  ...more,
})

/** One look further, with what `plan` makes of it. */
export const seeing = (progress: Progress, look: Look, nowMs = 101_000): Progress => {
  const steps = plan(look)
  return saw(progress, { look, steps, permission: permit(steps, []), nowMs })
}

export const applied = (more: Partial<Applied> = {}): Applied => ({
  ...{ done: [], answers: [], uncertain: [], turnedAway: [], refused: [] },
  ...more,
})

export const onA = settled(A)
export const onB = settled(B)

export const { endpoint } = aConfig().database

/** What a run that found all well on A left at 90 s, for five minutes. */
export const aCalm = (more: Partial<Calm> = {}): Calm => ({
  observation: { writer: settled(A), doors: [aDoor(healthy(A))] },
  answers: new Map([[endpoint, answers(A)]]),
  readMs: 90_000,
  untilMs: 390_000,
  ...more,
})
