import { hasGateway, hasLoadBalancer, percentOf, type Stage } from './stages.ts'

/** Weights of a consumer's records, by path. A path without a record has none. */
export interface Weights {
  readonly nlb?: number
  readonly gateway?: number
}

/** What a consumer's stage gives its records. Together they are 100, so that a weight is a percentage. */
export const weightsOf = ({
  stage,
  percent,
}: {
  readonly stage: Stage
  readonly percent?: number | undefined
}): Weights => {
  const share = percentOf(stage, percent)
  return {
    ...(hasLoadBalancer(stage) ? { nlb: 100 - share } : {}),
    ...(hasGateway(stage) ? { gateway: share } : {}),
  }
}

export type BothWeights = Readonly<Record<'nlb' | 'gateway', number>>

/** Together 100, so that a weight is a percentage. */
export const weightsOfShare = (percent: number): BothWeights => ({ nlb: 100 - percent, gateway: percent })

/** The gateway's share of new lookups, in percent. Where every weight is 0, Route 53 answers with all records alike. */
export const exactShareOf = ({ nlb = 0, gateway = 0 }: Weights): number =>
  nlb + gateway === 0 ? 50 : (100 * gateway) / (nlb + gateway)

/** The same as a whole number: 0 and 100 only where one of the paths really has nothing. */
export const shareOf = (weights: Weights): number => {
  const exact = exactShareOf(weights)
  return exact === 0 || exact === 100 ? exact : Math.min(99, Math.max(1, Math.round(exact)))
}

/** The stage that a share of the gateway means. */
export const stageOfShare = (percent: number): Stage => {
  if (percent === 0) return 'shadow'
  return percent === 100 ? 'gateway' : 'shift'
}
