import { consumerStackName } from '../../infra/app/settings/resource-names.ts'
import { type BothWeights, type Weights, weightsOfShare } from '../../infra/app/settings/stage-weights.ts'
import type { ConsumerSettings, DatabaseSettings } from '../../infra/app/settings.ts'
import type { Finding } from '../checks/finding.ts'
import type { WeightedRecords } from '../facts/weighted-records.ts'
import type { Moved } from '../migrate/shift/move.ts'
import type { Output, Paint } from '../output.ts'
import { inline } from '../terminal.ts'
import { showCheckList } from './findings.ts'
import { showWeights } from './weights.ts'

export interface Intended {
  readonly database: Pick<DatabaseSettings, 'id'>
  readonly consumer: Pick<ConsumerSettings, 'name'>
  readonly live: Weights
  readonly wanted: BothWeights
  readonly findings: readonly Finding[]
  readonly paint: Paint
}

/** What will be, and what it means, before anybody says --apply. */
export const showIntended = ({ database, consumer, live, wanted, findings, paint }: Intended): string => {
  const { nlb, gateway } = wanted
  const share =
    gateway === 0
      ? 'New connections all go through the load balancer.'
      : nlb === 0
        ? 'New connections all go through the gateway.'
        : `Of a hundred lookups about ${gateway} lead through the gateway, ${nlb} through the load balancer; resolvers and pools cache, so the share comes in lumps.`
  return [
    inline(`${consumer.name} to ${database.id}`),
    `  now   ${showWeights(live)}`,
    `  then  ${showWeights(wanted)}`,
    share,
    'Connections that are open stay on their path until they are closed: pools move as they recycle. Both paths end at the same writer.',
    ...(findings.length === 0 ? [] : [showCheckList(findings, paint)]),
  ].join('\n')
}

/** What was written down, and what is not known of the move. */
export const sayMoved = (
  { note, warn }: Pick<Output, 'note' | 'warn'>,
  { notes, isInSync, whyNotInSync }: Moved,
): void => {
  for (const it of notes) note(inline(it))
  if (!isInSync) {
    warn(
      inline(
        `Written; whether Route 53 has it everywhere is not known (usually within 60 s): ${whyNotInSync ?? ''}`,
      ).trimEnd(),
    )
  }
}

/** What has to follow a move that was made. */
export const showNext = (consumer: Pick<ConsumerSettings, 'name'>): string =>
  inline(`To make it stay, deploy the stack (it changes no weight): npx cdk deploy ${consumerStackName(consumer)}`)

export interface Access {
  readonly profile?: string | undefined
  readonly region?: string
}

/** The same change by the AWS command line alone, for a machine without this one. */
export const showRollbackCommand = (records: WeightedRecords, { profile, region }: Access = {}): string => {
  const { nlb, gateway } = weightsOfShare(0)
  const Changes = [
    { Action: 'UPSERT', ResourceRecordSet: { ...records.nlb, Weight: nlb } },
    { Action: 'UPSERT', ResourceRecordSet: { ...records.gateway, Weight: gateway } },
  ]
  return inline(
    [
      'aws route53 change-resource-record-sets',
      `--hosted-zone-id ${records.zoneId}`,
      ...(profile === undefined ? [] : [`--profile ${profile}`]),
      ...(region === undefined ? [] : [`--region ${region}`]),
      `--change-batch '${JSON.stringify({ Changes }).replaceAll("'", '\\u0027')}'`,
    ].join(' '),
  )
}
