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
