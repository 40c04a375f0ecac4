import type { ChangeBatch, ResourceRecordSet } from '@aws-sdk/client-route-53'
import { percentOf, type Stage } from '../../../infra/app/settings/stages.ts'
import type { Weights } from '../../../infra/app/settings/weights.ts'
import { exitCodes } from '../../exit-codes.ts'
import { CliError } from '../../failure.ts'

/** The two records of a consumer's hosted zone, just as Route 53 has them. */
export interface WeightedRecords {
  readonly zoneId: string
  readonly name: string
  readonly nlb?: ResourceRecordSet
  readonly gateway?: ResourceRecordSet
  /** A records of the same name that are not ours: they keep a share, whatever ours have. Absent where there are none. */
  readonly others?: readonly ResourceRecordSet[]
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

/** The gateway's share of new lookups, in percent. Where every weight is 0, Route 53 answers with all records alike. */
export const exactShareOf = ({ nlb = 0, gateway = 0 }: Weights): number =>
  nlb + gateway === 0 ? 50 : (100 * gateway) / (nlb + gateway)

/** The same as a whole number: 0 and 100 only where one of the paths really has nothing. */
export const shareOf = (weights: Weights): number => {
  const exact = exactShareOf(weights)
  return exact === 0 || exact === 100 ? exact : Math.min(99, Math.max(1, Math.round(exact)))
}

/** What the settings' stage gives the gateway and what is asked for are the same share. */
export const isSaid = ({ stage, percent }: { stage: Stage; percent?: number | undefined }, share: number): boolean =>
  percentOf(stage, percent) === share

/** Of other people's records what each keeps of new lookups once ours together weigh 100. */
export const showOthers = (others: readonly ResourceRecordSet[] = []): string => {
  const total = 100 + others.reduce((sum, { Weight = 0 }) => sum + Weight, 0)
  return others
    .map(
      ({ SetIdentifier, Weight = 0 }) =>
        `${SetIdentifier ?? 'a record without identifier'} (weight ${Weight}, ${Math.round((100 * Weight) / total)} % of new connections)`,
    )
    .join(', ')
}

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
