import { setTimeout as delay } from 'node:timers/promises'
import { shareOf, weightsOfShare } from '../../../infra/app/settings/stage-weights.ts'
import { explain, isInterruption } from '../../aws/explain.ts'
import { judge, type Verdict } from '../../checks/path-health.ts'
import { liveWeights, type WeightedRecords } from '../../facts/weighted-records.ts'
import { showWeights } from '../../text/weights.ts'
import type { Mover } from '../open.ts'
import { recordStep } from '../record-step.ts'
import { moveWeights } from '../shift/move.ts'
import type { Look } from './looks.ts'
import { type Glancing, moveWatched } from './move-watched.ts'
import {
  type Act,
  advance,
  begin,
  dueInMs,
  moved,
  type StepPlan,
  type StepState,
  type WatchEnd,
} from './share-steps.ts'

/**
 * Looks, judges, and moves: the loop of `migrate watch`.
 *
 * What can interrupt it: Ctrl-C between two looks leaves the weights as the last step set them; during a move, see move.ts.
 * Going back is tried several times, and nothing is looked at in between: while it fails, clients fail.
 */

export interface Watching extends Glancing {
  readonly plan: StepPlan
  /** Whether it may move weights at all. */
  readonly applies: boolean
  readonly isForced: boolean
  readonly lookEveryMs: number
  readonly records: WeightedRecords
  readonly look: () => Promise<Look>
  readonly onLook: (look: Look, verdict: Verdict, dueInMs: number | undefined) => void
  /** Why a next share may not be taken now; `undefined` where it may. */
  readonly whyNotStep: (percent: number) => Promise<string | undefined>
}

export const watch = async (watching: Watching): Promise<WatchEnd> => {
  const { migration, plan, limits, records } = watching
  let state = begin(shareOf(liveWeights(records)))
  try {
    for (;;) {
      const seen = await watching.look()
      const verdict = judge(seen, limits)
      const nowMs = migration.context.now()
      const share = seen.live.kind === 'known' ? shareOf(seen.live.value) : undefined
      const next = advance(plan, state, { nowMs, share, verdict })
      watching.onLook(seen, verdict, dueInMs(plan, next.state, nowMs))
      const done = await act(watching, next, seen)
      if (done.kind !== 'on') return done
      state = done.state
      await untilNextLook(watching, verdict)
    }
  } catch (error) {
    if (isInterruption(error)) return { kind: 'interrupted' }
    throw error
  }
}

/** Sooner where our own clients show what must not wait. */
const untilNextLook = async (
  { migration, lookEveryMs, glanceEveryMs, glance, limits }: Watching,
  last: Verdict,
): Promise<void> => {
  const endMs = performance.now() + lookEveryMs
  for (let leftMs = lookEveryMs; leftMs > 0; leftMs = endMs - performance.now()) {
    await delay(Math.min(glanceEveryMs, leftMs), undefined, { signal: migration.context.signal })
    if (last.kind !== 'go-back' && judge(glance(), limits).kind === 'go-back') return
  }
}

type On = { readonly kind: 'on'; readonly state: StepState }

const act = async (
  watching: Watching,
  { act: order, state }: { readonly act: Act; readonly state: StepState },
  seen: Look,
): Promise<WatchEnd | On> => {
  switch (order.kind) {
    case 'wait':
      return { kind: 'on', state }
    case 'move':
      return takeStep(watching, order.percent, seen)
    case 'go-back':
      // The look has told it; whoever only watches may have somebody else at the weights.
      if (!watching.applies) return { kind: 'on', state }
      await goBack(watching, order.why, seen)
      return { kind: 'rolled-back', why: order.why }
    default:
      return order
  }
}

const takeStep = async (watching: Watching, percent: number, { live }: Look): Promise<WatchEnd | On> => {
  const { migration, records, isForced, whyNotStep } = watching
  const why = await whyNotStep(percent)
  if (why !== undefined) return { kind: 'stopped', why: `${percent} % is not taken: ${why}` }
  const expected = live.kind === 'known' ? live.value : liveWeights(records)
  const wanted = weightsOfShare(percent)
  const summary = `watch: ${showWeights(expected)} → ${showWeights(wanted)}${isForced ? ', with --force' : ''}`
  const step = { kind: 'watch', outcome: 'done', summary } as const
  const notes = await moveWatched(watching, { percent, records, expected, step })
  for (const note of [...notes, `Moved: ${showWeights(wanted)}.`]) migration.context.out.note(note)
  return { kind: 'on', state: moved(percent) }
}

const tries = 5
const pauseMs = 1_000

/** @throws what the last try said */
const goBack = async ({ migration, records }: Watching, why: string, seen: Look): Promise<void> => {
  const { context } = migration
  context.out.warn(`Going back: ${why}.`)
  const { live, runs, resets, strays, reached, writer, traffic } = seen
  const evidence = { why, live, runs, resets, strays, reached, writer, traffic }
  const step = { kind: 'watch', outcome: 'rolled-back', summary: `watch went back: ${why}`, evidence } as const
  for (let attempt = 1; ; attempt++) {
    try {
      const { notes } = await moveWeights(migration, { percent: 0, records, step })
      for (const note of notes) context.out.note(note)
      return
    } catch (error) {
      if (isInterruption(error) || attempt === tries || context.signal.aborted) throw error
      context.out.warn(`Going back failed, trying again: ${explain(error).message}`)
      await delay(pauseMs, undefined, { signal: context.signal })
    }
  }
}

/** Why a watch stopped, for the record. A roll-back and each step are there already. */
export const recordEnd = async (migration: Mover, end: WatchEnd): Promise<void> => {
  if (end.kind !== 'stopped') return
  await recordStep(migration, {
    kind: 'watch',
    applied: false,
    outcome: 'failed',
    summary: `watch stopped: ${end.why}`,
  })
}
