import { type Weights, weightsOf, weightsOfShare } from '../../../infra/app/settings/stage-weights.ts'
import { percentOf, type Stage } from '../../../infra/app/settings/stages.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { areSame } from '../../facts/weighted-records.ts'
import type { Output } from '../../output.ts'
import { showNext } from '../../text/weight-move.ts'
import { showWeights } from '../../text/weights.ts'
import type { Mover } from '../open.ts'
import { sayRecorded } from '../record-step.ts'
import { writeEdit } from './edit-settings.ts'
import { settingsFor } from './move.ts'

/**
 * Live weights and settings that differ. What goes wrong without this:
 * 1. shift 25 --apply writes `"percent": 25` into the settings; the stack is still deployed with 0.
 * 2. Somebody goes back in Route 53 itself, or a rollback dies before it has written the settings.
 * 3. The next deployment finds the weights that it deployed last, and moves 25 % to the gateway again.
 */

const hasBoth = ({ nlb, gateway }: Weights): boolean => nlb !== undefined && gateway !== undefined

/** What the settings' stage gives the gateway and what is asked for are the same share. */
const isSaid = ({ stage, percent }: { stage: Stage; percent?: number | undefined }, share: number): boolean =>
  percentOf(stage, percent) === share

/** The settings are what the next deployment writes. */
export const sayDrift = (out: Pick<Output, 'warn'>, migration: Mover, live: Weights): void => {
  const { gateway } = migration.consumer
  const said = weightsOf(gateway)
  const share = percentOf(gateway.stage, gateway.percent)
  if (!hasBoth(live) || areSame(live, weightsOfShare(share))) return
  out.warn(
    `The live weights (${showWeights(live)}) are not those of the settings (${showWeights(said)}): somebody has moved them since, or the settings are not deployed. A deployment would send ${share} % of new connections through the gateway.`,
  )
}

export interface Repaired {
  readonly isWritten: boolean
  readonly notes: readonly string[]
}

/** The weights are as wanted and the settings say otherwise: settings and record follow. `undefined`: they agree. */
export const repairSettings = async (
  migration: Mover,
  { live, percent, kind }: { readonly live: Weights; readonly percent: number; readonly kind: 'shift' | 'rollback' },
): Promise<Repaired | undefined> => {
  const consumer = migration.consumer
  if (!hasBoth(live) || isSaid(consumer.gateway, percent)) return undefined
  const change = settingsFor(migration, live, percent)
  const entry = { list: 'consumers', name: consumer.name } as const
  const { note, isWritten } = writeEdit(migration.consumerFile, entry, change)
  const { stage, from } = consumer.gateway
  const summary = `${showWeights(live)} already; the settings said ${stage}${stage === 'shift' ? ` ${consumer.gateway.percent}` : ''}${isWritten ? '' : ' and could not be changed'}`
  const evidence = { before: live, after: live, settings: { before: { stage, from }, after: change, isWritten } }
  const step = {
    kind,
    applied: true,
    from: stage,
    to: change.stage,
    percent,
    outcome: 'done',
    summary,
    evidence,
  } as const
  return { isWritten, notes: [note, await sayRecorded(migration, step)] }
}

export interface NothingToMove {
  readonly live: Weights
  readonly percent: number
  /** What was put right, with --apply. */
  readonly repaired: Repaired | undefined
  /** For programs. */
  readonly subject: object
  /** What is added to the sentence. */
  readonly also?: string
}

/** The weights are as wanted; what was done about the settings. */
export const sayNothingToMove = (
  migration: Mover,
  { live, percent, repaired, subject, also = '' }: NothingToMove,
): ExitCode => {
  const { out } = migration.context
  const consumer = migration.consumer
  if (repaired === undefined) {
    const says =
      !hasBoth(live) || isSaid(consumer.gateway, percent)
        ? 'nothing to do.'
        : 'nothing to move; --apply puts the settings right.'
    out.result(`${showWeights(live)}: ${says}${also}`, { ...subject, outcome: 'nothing-to-do' })
    return exitCodes.ok
  }
  for (const note of repaired.notes) out.note(note)
  const { isWritten } = repaired
  const says = isWritten ? 'the settings say so now, too.' : 'the settings say otherwise.'
  out.result(`${showWeights(live)}: nothing to move; ${says}${also}\n${showNext(consumer)}`, {
    ...subject,
    outcome: isWritten ? 'settings-repaired' : 'settings-differ',
  })
  return isWritten ? exitCodes.ok : exitCodes.failure
}
