import { whatChanged } from '../facts/about.ts'
import type { About, MigrationRecord, MigrationStep } from '../facts/migration-record.ts'
import { ago, showSpan } from '../text/durations.ts'
import { type Judgement, ok, problem } from './finding.ts'

/** What has been found out before, and is gone by instead of finding it out again. */
export type EvidenceKind = 'preflight' | 'verify' | 'drill'

const dayMs = 86_400_000

/** What was verified a week ago is verified again in minutes; a drill costs an outage. */
export const longestMs: Readonly<Record<EvidenceKind, number>> = {
  preflight: 7 * dayMs,
  verify: 7 * dayMs,
  drill: 30 * dayMs,
}

/** Clocks of two people differ; a step of tomorrow is no evidence at all. */
const clockMs = 5 * 60_000

export interface Recorded {
  readonly record: MigrationRecord
  readonly database: string
  /** Whose steps count; a step of everybody's where it is left out. */
  readonly consumer?: string | undefined
  /** The resources of now that the evidence of a step has to be about. */
  readonly about: (step: MigrationStep) => About
  readonly nowMs: number
}

/**
 * Whether the newest recorded result of a kind can be gone by: it passed, is recent, was about the very resources that are
 * there now, and nothing that was recorded since speaks against it. For `shift` and `retire` alike.
 *
 * @param counts which results count at all; those that do not are passed over, unless they failed
 */
export const judgeRecorded = (
  kind: EvidenceKind,
  { record, database, consumer, about, nowMs }: Recorded,
  { remedy, counts = () => true }: { remedy: string; counts?: (step: MigrationStep) => boolean },
): Judgement => {
  const whose = consumer === undefined ? '' : ` of ${consumer}`
  const steps = record.steps.filter(
    it => it.database === database && (consumer === undefined || it.consumer === consumer),
  )
  const own = steps.filter(it => it.kind === kind && (it.outcome !== 'passed' || counts(it)))
  const last = own.at(-1)
  const not = (fact: string) => problem(`The record has no ${kind}${whose} to go by: ${fact}.`, remedy)
  if (last === undefined) return not(whyNone(kind, steps))
  const atMs = Date.parse(last.at)
  const who = last.inLaboratory ? `${last.by}, in a laboratory` : last.by
  const result = `the last one ${sayOutcome(last)} ${ago(atMs, nowMs)} (${who})`
  if (last.outcome !== 'passed') return not(result)
  if (atMs > nowMs + clockMs) return not(`the last one is dated ${last.at}, which is still to come`)
  if (nowMs - atMs > longestMs[kind]) return not(`${result}, and ${showSpan(longestMs[kind])} is the limit`)
  const then = 'about' in (last.evidence ?? {}) ? (last.evidence as { about?: About }).about : undefined
  if (then === undefined) return not(`${result}, and does not say which resources it was about`)
  const changed = whatChanged(then, about(last))
  if (changed !== undefined) return not(`${result}, about other resources: ${changed}`)
  const since = steps.filter((it, index) => index > steps.indexOf(last) || Date.parse(it.at) > atMs)
  const against = whatSpeaksAgainst(kind, since)
  if (against !== undefined) return not(`${result}, and since then ${sayAgainst(against)}`)
  return ok(`The last ${kind}${whose} passed ${ago(atMs, nowMs)} (${who}), about the resources that are there now.`)
}

const whyNone = (kind: EvidenceKind, steps: readonly MigrationStep[]): string =>
  steps.some(it => it.kind === kind) ? 'those that it has do not count' : 'there is none'

/** @param since what stands after it in the file, or is dated after it: two people's files may have been put together */
const whatSpeaksAgainst = (kind: EvidenceKind, since: readonly MigrationStep[]): MigrationStep | undefined => {
  const ofKind = since.findLast(it => it.kind === kind && it.outcome !== 'passed')
  if (ofKind !== undefined || kind === 'preflight') return ofKind
  // One that still waits for the access log takes back nothing that an earlier one has seen.
  const verify = since.findLast(it => it.kind === 'verify' && (it.outcome === 'passed' || it.outcome === 'failed'))
  return since.findLast(isAgainstGateway) ?? (verify?.outcome === 'failed' ? verify : undefined)
}

/** Somebody saw the gateway's path fail, or went back from it. */
const isAgainstGateway = ({ kind, outcome, applied }: MigrationStep): boolean =>
  kind === 'drill' ? outcome === 'failed' : applied && (kind === 'rollback' || outcome === 'rolled-back')

const sayAgainst = ({ kind, by, consumer, outcome }: MigrationStep): string =>
  kind === 'drill' || kind === 'preflight' || kind === 'verify'
    ? `a ${kind} ${sayOutcome({ outcome })} (${by})${kind === 'verify' ? ', and none has passed after it' : ''}`
    : `a ${kind} took all of it back${consumer === undefined ? '' : ` for ${consumer}`} (${by})`

const sayOutcome = ({ outcome }: Pick<MigrationStep, 'outcome'>): string =>
  outcome === 'waiting' || outcome === 'interrupted' ? `was ${outcome}` : outcome
