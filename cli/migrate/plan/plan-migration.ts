import { sharedName } from '../../../infra/app/settings/complete.ts'
import { type Origin, type Stage, whyNotStage } from '../../../infra/app/settings/stages.ts'
import { differences } from '../../checks/stage-drift.ts'
import type { MigrationFacts } from '../../facts/migration-facts.ts'
import { showStanding } from '../../text/standing.ts'
import { type Change, consumerChanges, providerChanges } from './changes.ts'
import { durationsTo, notUndone, undoOf, whenNot } from './consequences.ts'
import { costNotes, costsOf } from './costs.ts'
import { currentOf, nextStage, originOf, pathTo, providerStageFor } from './next.ts'
import { type Step, stepsTo } from './stage-steps.ts'

export type MigrationPlan = ReturnType<typeof planMigration>

export type Next =
  | { readonly kind: 'done'; readonly why: string }
  /** Something is odd, or cannot be read: first that. */
  | { readonly kind: 'first'; readonly why: string; readonly remedy: string }
  | { readonly kind: 'refused'; readonly from: Origin; readonly to: Stage; readonly why: string }
  | {
      readonly kind: 'stage'
      readonly from: Origin
      readonly to: Stage
      readonly changes: readonly Change[]
      readonly takes: readonly string[]
      readonly notUndone: readonly string[]
      readonly undo: string
      readonly steps: readonly Step[]
    }

export interface PlanOptions {
  readonly to?: Stage
  readonly gbPerMonth: number
  /** Of the interface endpoint; by default those of the settings. */
  readonly zones?: number
  /** For the commands that are shown: `-d orders --consumer analytics`. */
  readonly arguments: string
}

/** Where both sides stand and what comes next, from gathered facts alone. */
export const planMigration = (facts: MigrationFacts, options: PlanOptions) => {
  const { database, consumer, provider, consumerSide } = facts
  const zones = options.zones ?? consumer?.commonSubnets.length ?? database.subnets.length
  const standing = consumerSide?.standing
  return {
    database: database.id,
    ...(consumer === undefined ? {} : { consumer: consumer.name }),
    provider: provider.standing,
    ...(standing === undefined ? {} : { consumerSide: standing }),
    ...(consumerSide?.zone.kind === 'known' ? { weights: consumerSide.zone.value.weights } : {}),
    differences: differences(facts),
    whenNot: whenNot(facts),
    next: nextOf(facts, options),
    costs: {
      assumed: { gbPerMonth: options.gbPerMonth, zones },
      stages: costsOf({
        gbPerMonth: options.gbPerMonth,
        zones,
        ownsLoadBalancer: database.frontDoor.kind === 'create' && sharedName(database.frontDoor) === undefined,
        ownsEndpoint: consumer?.endpoint === undefined,
        percent: standing?.kind === 'at' && standing.stage === 'shift' ? (standing.percent ?? 50) : 50,
      }),
      notes: costNotes(database.env.region, database.kind, sharedName(database.frontDoor)),
    },
  }
}

const nextOf = (facts: MigrationFacts, options: PlanOptions): Next => {
  const { database, consumer, provider, consumerSide } = facts
  for (const [side, standing] of [
    ['provider', provider.standing],
    ['consumer', consumerSide?.standing],
  ] as const) {
    if (standing?.kind === 'between') {
      return { kind: 'first', why: `The ${side} is ${showStanding(standing)}.`, remedy: standing.remedy }
    }
    if (standing?.kind === 'unknown') {
      return {
        kind: 'first',
        why: `Where the ${side} stands is not known: ${standing.why}`,
        remedy:
          'Give whoever runs this that permission, or say the right credentials (--profile, --consumer-profile); it only reads.',
      }
    }
  }
  const from = currentOf(facts)
  const providerAt = originOf(provider.standing)
  if (from === undefined || providerAt === undefined) return { kind: 'done', why: 'Nothing is known to be next.' }
  const to = options.to ?? nextStage(facts)
  if (to === undefined) {
    return { kind: 'done', why: 'Both sides are retired: the gateway alone leads to the database.' }
  }
  const blocked = whenNot(facts).find(({ kind }) => kind === 'blocks')
  if (blocked !== undefined && to !== 'nlb') return { kind: 'refused', from, to, why: blocked.text }
  const providerTo = providerStageFor(facts, to) ?? to
  const whyNot =
    whyNotStage(from, to) ??
    (pathTo(providerAt, providerTo) === undefined ? whyNotStage(providerAt, providerTo) : undefined)
  if (whyNot !== undefined) return { kind: 'refused', from, to, why: whyNot }
  return {
    kind: 'stage',
    from,
    to,
    changes: [
      ...providerChanges(database, providerAt, providerTo),
      ...(consumer === undefined || consumerSide === undefined ? [] : consumerChanges(consumer, from, to)),
    ],
    takes: durationsTo(from, to),
    notUndone: notUndone(database, from, to),
    undo: undoOf(to),
    steps: stepsTo(facts, to, options),
  }
}
