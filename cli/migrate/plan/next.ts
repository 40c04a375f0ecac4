import { type Origin, progressOf, type Stage, stages, whyNotStage } from '../../../infra/app/settings/stages.ts'
import type { MigrationFacts } from '../../facts/migration-facts.ts'
import type { Standing } from '../../facts/standing.ts'

/** The deployed stage as the table of transitions names it; `undefined` between stages, or where it is not known. */
export const originOf = (standing: Standing): Origin | undefined => {
  if (standing.kind === 'new') return 'new'
  return standing.kind === 'at' ? standing.stage : undefined
}

/** The stage that the migration as a whole is in: the consumer's, whose weights move the traffic, where there is one. */
export const currentOf = ({ provider, consumerSide }: MigrationFacts): Origin | undefined =>
  originOf((consumerSide ?? provider).standing)

/**
 * The next stage forward: the provider's gateway first, then the consumer stage by stage, and at the end the provider's
 * load balancer. `undefined`: everything is done, or it is not known where things stand.
 */
export const nextStage = (facts: MigrationFacts): Stage | undefined => {
  const [provider, now] = [originOf(facts.provider.standing), currentOf(facts)]
  if (provider === undefined || now === undefined) return undefined
  if (now === 'new') return provider === 'retired' ? 'retired' : 'nlb'
  if (now === 'retired') return provider === 'retired' ? undefined : 'retired'
  return stages[progressOf(now) + 1]
}

/** Deployments that lead from one stage to another, without the first; `undefined` where none do. */
export const pathTo = (from: Origin, to: Stage): readonly Stage[] | undefined => {
  if (from === to) return []
  const paths: { at: Origin; path: readonly Stage[] }[] = [{ at: from, path: [] }]
  const seen = new Set<Origin>([from])
  for (const { at, path } of paths) {
    for (const next of stages) {
      if (seen.has(next) || whyNotStage(at, next) !== undefined) continue
      if (next === to) return [...path, next]
      seen.add(next)
      paths.push({ at: next, path: [...path, next] })
    }
  }
  return undefined
}

export const isBackward = (from: Origin, to: Stage): boolean => from !== 'new' && progressOf(to) < progressOf(from)

/**
 * Where the provider has to be for the consumer's next stage. Other consumers may be further: it goes forward with the
 * first of them, and back only to `nlb`, when nobody uses the gateway. Between the two its resources are the same.
 */
export const providerStageFor = (facts: MigrationFacts, to: Stage): Stage | undefined => {
  const { provider, consumerSide } = facts
  const at = originOf(provider.standing)
  const consumerAt = consumerSide && originOf(consumerSide.standing)
  if (consumerAt === undefined || at === undefined || at === 'new') return to
  if (isBackward(consumerAt, to)) return to === 'nlb' ? 'nlb' : at
  return progressOf(at) > progressOf(to) ? at : to
}
