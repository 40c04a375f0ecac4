import type { ChangeBatch, ResourceRecordSet } from '@aws-sdk/client-route-53'
import type { Stage } from '../../../infra/settings/stages.ts'
import type { Weights } from '../../../infra/settings/weights.ts'
import { exitCodes } from '../../exit-codes.ts'
import { CliError } from '../../failure.ts'

/** The two records of a consumer's hosted zone, just as Route 53 has them. */
export interface WeightedRecords {
  readonly zoneId: string
  readonly name: string
  readonly nlb?: ResourceRecordSet
  readonly gateway?: ResourceRecordSet
}

export type BothWeights = Readonly<Record<'nlb' | 'gateway', number>>

export const liveWeights = ({ nlb, gateway }: WeightedRecords): Weights => ({
  ...(nlb === undefined ? {} : { nlb: nlb.Weight ?? 0 }),
  ...(gateway === undefined ? {} : { gateway: gateway.Weight ?? 0 }),
})

/** Together 100, so that a weight is a percentage. */
export const weightsFor = (percent: number): BothWeights => ({ nlb: 100 - percent, gateway: percent })

/** The stage that a share of the gateway means. */
export const stageFor = (percent: number): Stage => {
  if (percent === 0) return 'shadow'
  return percent === 100 ? 'gateway' : 'shift'
}

/** The gateway's share of new lookups. Where every weight is 0, Route 53 answers with all records alike. */
export const shareOf = ({ nlb = 0, gateway = 0 }: Weights): number =>
  nlb + gateway === 0 ? 50 : Math.round((100 * gateway) / (nlb + gateway))

export const areSame = (one: Weights, other: Weights): boolean => one.nlb === other.nlb && one.gateway === other.gateway

export const showWeights = ({ nlb, gateway }: Weights): string =>
  `load balancer ${nlb ?? 'no record'}, gateway ${gateway ?? 'no record'}`

/**
 * Both records with their new weights, and nothing else about them changed. Route 53 does a batch as a whole or not at
 * all (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html).
 *
 * @throws CliError where one of the records is missing.
 */
export const changeBatch = ({ name, nlb, gateway }: WeightedRecords, weights: BothWeights): ChangeBatch => {
  if (nlb === undefined || gateway === undefined) {
    throw new CliError(
      `${name} has no record ${nlb === undefined ? 'repoint-nlb' : 'repoint-gateway'}: there is no second way to share with. \`repoint migrate plan\` says where the consumer stands.`,
      exitCodes.refused,
    )
  }
  return {
    Comment: `repoint: ${weights.gateway} % through the gateway`,
    Changes: [
      { Action: 'UPSERT', ResourceRecordSet: { ...nlb, Weight: weights.nlb } },
      { Action: 'UPSERT', ResourceRecordSet: { ...gateway, Weight: weights.gateway } },
    ],
  }
}
