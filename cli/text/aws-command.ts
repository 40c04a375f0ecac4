import { type BothWeights, weightsOfShare } from '../../infra/app/settings/stage-weights.ts'
import type { WeightedRecords } from '../facts/weighted-records.ts'
import { inline } from '../terminal.ts'

export interface Access {
  readonly profile?: string | undefined
  readonly region?: string
}

const changeOf = ({ nlb, gateway }: WeightedRecords, weights: BothWeights) => ({
  Changes: [
    { Action: 'UPSERT', ResourceRecordSet: { ...nlb, Weight: weights.nlb } },
    { Action: 'UPSERT', ResourceRecordSet: { ...gateway, Weight: weights.gateway } },
  ],
})

/** The same change by the AWS command line alone, for a machine without this one. */
export const showRollbackCommand = (records: WeightedRecords, { profile, region }: Access = {}): string =>
  inline(
    [
      'aws route53 change-resource-record-sets',
      `--hosted-zone-id ${records.zoneId}`,
      ...(profile === undefined ? [] : [`--profile ${profile}`]),
      ...(region === undefined ? [] : [`--region ${region}`]),
      `--change-batch '${JSON.stringify(changeOf(records, weightsOfShare(0))).replaceAll("'", '\\u0027')}'`,
    ].join(' '),
  )
