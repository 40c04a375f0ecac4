import type { BothWeights, Weights } from '../../../infra/app/settings/stage-weights.ts'
import { exactShareOf, shareOf, stageOfShare, weightsOfShare } from '../../../infra/app/settings/stage-weights.ts'
import type { Stage } from '../../../infra/app/settings/stages.ts'
import { explain, isInterruption } from '../../aws/explain.ts'
import { exitCodes } from '../../exit-codes.ts'
import { areSame, liveWeights, readRecords, type WeightedRecords } from '../../facts/weighted-records.ts'
import { CliError } from '../../failure.ts'
import type { Output } from '../../output.ts'
import { showDuration } from '../../text/durations.ts'
import { showWeights } from '../../text/weights.ts'
import type { Mover } from '../open.ts'
import { type OwnStep, sayRecorded } from '../record-step.ts'
import { fromOf, type GatewayText, writeEdit } from './edit-settings.ts'
import { keepTrying } from './keep-trying.ts'
import { awaitInSync, isOvertaken, writeWeights } from './write-weights.ts'

/**
 * Moves a consumer's weights: one batch, then waits until Route 53 has it everywhere, then the record. The settings are
 * written before a share falls and after it has risen: killed in between, they hold no more than what is live, and no
 * deployment makes it worse.
 *
 * What can interrupt it: Ctrl-C or a failure after the batch went out. The weights are moved then whatever follows, so
 * settings and record are still written, and what is said last is how the weights really stand. Going back is tried as long
 * as AWS is only busy.
 */

export interface Move {
  readonly percent: number
  readonly step: Pick<OwnStep, 'outcome'> & {
    readonly kind: 'shift' | 'rollback' | 'watch'
    readonly summary?: string
    readonly evidence?: unknown
  }
  /** What the decision was made upon: where it is no longer so, nothing is written. */
  readonly expected?: Weights
  readonly records: WeightedRecords
  /** They have just been read: nothing is read again. */
  readonly isFresh?: boolean
  /** Route 53 has taken it; it is not everywhere yet. */
  readonly onWritten?: () => void
}

export interface Moved {
  readonly before: Weights
  readonly after: Weights
  readonly isInSync: boolean
  /** Why it is not known whether Route 53 has it everywhere. */
  readonly whyNotInSync?: string
  readonly notes: readonly string[]
}

/** Interrupted after the batch went out: the weights are moved, and settings and record written. */
class InterruptedMove extends CliError {
  readonly moved: Moved
  constructor(message: string, moved: Moved) {
    super(message, exitCodes.interrupted)
    this.moved = moved
  }
}

/** For programs, before the sentence on stderr: the move was made all the same. */
export const sayInterrupted = (
  { isJson, result }: Pick<Output, 'isJson' | 'result'>,
  error: unknown,
  subject: object,
): void => {
  if (isJson && error instanceof InterruptedMove) result('', { ...subject, outcome: 'interrupted', moved: error.moved })
}

/** What the consumer's settings are to say for a share. */
export const settingsFor = (migration: Mover, live: Weights, percent: number): GatewayText => {
  const to = stageOfShare(percent)
  const { gateway } = migration.consumer
  const from = fromOf(gateway, stageOfShare(shareOf(live)), to)
  return { stage: to, from, ...(to === 'shift' ? { percent } : {}) }
}

/**
 * @throws CliError where somebody else has moved them meanwhile, or Route 53 did not take it.
 * @throws InterruptedMove with how the weights stand, for an interruption after it did.
 */
export const moveWeights = async (migration: Mover, move: Move): Promise<Moved> => {
  const { context, consumerClientsAfterAll: lasting } = migration
  const wanted = weightsOfShare(move.percent)
  const records = move.isFresh ? move.records : await readRecords(lasting, move.records)
  const before = liveWeights(records)
  if (move.expected !== undefined && !areSame(before, move.expected)) {
    throw new CliError(
      `The weights have changed since they were looked at (${showWeights(move.expected)} then, ${showWeights(before)} now): somebody else moves them. Nothing was done; look again.`,
      exitCodes.refused,
    )
  }
  context.signal.throwIfAborted()
  const change = settingsFor(migration, before, move.percent)
  const isLess = move.percent < exactShareOf(before)
  const notes = isLess ? [writeSettings(migration, change)] : []
  const moving = `Moving the weights to ${showWeights(wanted)}`
  const synced = await context.out.progress(moving, async (progress): Promise<Synced> => {
    // Not the clients that Ctrl-C ends: whether a batch went out has to be known.
    const write = () => writeWeights(lasting, records, wanted)
    const onRetry = (why: string) => context.out.warn(`Not written yet, trying again: ${why}`)
    const written = isLess ? keepTrying(write, { signal: context.signal, onWait: onRetry }) : write()
    const changeId = await written.catch(async error => {
      if (isOvertaken(error, wanted) && (await isMadeAlready(migration, records, wanted))) return undefined
      for (const note of notes) context.out.note(note)
      throw await sayWhyNotWritten(migration, { records, wanted }, error)
    })
    move.onWritten?.()
    const onWait = (ms: number) =>
      progress.update(`Written; waiting until Route 53 has it everywhere (${showDuration(ms)})`)
    return changeId === undefined
      ? { isInSync: false, whyNotInSync: "Route 53's answer was lost; the weights are as asked for." }
      : awaitOrSay(() => awaitInSync(lasting, changeId, { signal: context.signal, onWait }))
  })
  const { isInSync, isInterrupted, whyNotInSync } = synced
  if (!isLess) notes.push(writeSettings(migration, change))
  notes.push(await writeStep(migration, move, { before, isInSync, to: change.stage }))
  const moved = { before, after: wanted, isInSync, ...(whyNotInSync === undefined ? {} : { whyNotInSync }), notes }
  if (!isInterrupted) return moved
  for (const note of notes) context.out.note(note)
  const stands = await sayWeights(migration, records)
  const why =
    'Interrupted after the weights were written: Route 53 may need up to a minute more to have them everywhere.'
  throw new InterruptedMove(`${why} ${stands}`, moved)
}

/** The answer to the first attempt was lost, and the next one found the records as they were wanted. */
const isMadeAlready = (migration: Mover, records: WeightedRecords, wanted: Weights): Promise<boolean> =>
  readRecords(migration.consumerClientsAfterAll, records).then(
    now => areSame(liveWeights(now), wanted),
    () => false,
  )

const sayWhyNotWritten = async (
  migration: Mover,
  { records, wanted }: { readonly records: WeightedRecords; readonly wanted: BothWeights },
  cause: unknown,
): Promise<CliError> => {
  const { message, exitCode } = explain(cause)
  const stands = await sayWeights(migration, records)
  if (!isOvertaken(cause, wanted)) return new CliError(`${message} ${stands}`, exitCode, { cause })
  const why = 'The weights are no longer as they were read: somebody else has moved them meanwhile. Nothing was moved.'
  return new CliError(`${why} ${stands} Look again. (${message})`, exitCodes.refused, { cause })
}

interface Synced {
  readonly isInSync: boolean
  readonly isInterrupted?: boolean
  readonly whyNotInSync?: string
}

/** The batch is out: that Route 53 cannot be asked about it (no route53:GetChange, say) makes it no failure. */
const awaitOrSay = async (wait: () => Promise<boolean>): Promise<Synced> => {
  try {
    const isInSync = await wait()
    return { isInSync, ...(isInSync ? {} : { whyNotInSync: 'Route 53 has not said so within 5 min.' }) }
  } catch (error) {
    const why = explain(error).message
    return { isInSync: false, whyNotInSync: why, isInterrupted: isInterruption(error) }
  }
}

const writeSettings = ({ consumer, consumerFile }: Mover, change: GatewayText): string =>
  writeEdit(consumerFile, { list: 'consumers', name: consumer.name }, change).note

const writeStep = (
  migration: Mover,
  { percent, step }: Move,
  { before, isInSync, to }: { before: Weights; isInSync: boolean; to: Stage },
): Promise<string> => {
  const { kind, outcome, evidence } = step
  const after = weightsOfShare(percent)
  return sayRecorded(migration, {
    kind,
    applied: true,
    from: stageOfShare(shareOf(before)),
    to,
    percent,
    outcome,
    summary: step.summary ?? `${showWeights(before)} → ${showWeights(after)}`,
    evidence: { before, after, isInSync, ...(evidence === undefined ? {} : { found: evidence }) },
  })
}

/** How the weights really stand, for somebody who cannot know. */
export const sayWeights = async (
  { consumerClientsAfterAll }: Pick<Mover, 'consumerClientsAfterAll'>,
  where: Pick<WeightedRecords, 'zoneId' | 'name'>,
): Promise<string> => {
  try {
    const weights = liveWeights(await readRecords(consumerClientsAfterAll, where))
    return `The weights of ${where.name} are: ${showWeights(weights)}.`
  } catch (error) {
    return `How the weights of ${where.name} stand could not be read: ${explain(error).message}`
  }
}
