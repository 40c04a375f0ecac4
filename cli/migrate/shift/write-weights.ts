import { setTimeout as delay } from 'node:timers/promises'
import type { ChangeAction, ChangeBatch, ResourceRecordSet } from '@aws-sdk/client-route-53'
import type { BothWeights } from '../../../infra/app/settings/stage-weights.ts'
import type { Clients } from '../../aws/clients.ts'
import { exitCodes } from '../../exit-codes.ts'
import type { WeightedRecords } from '../../facts/weighted-records.ts'
import { CliError } from '../../failure.ts'

/**
 * Both records with their new weights, and nothing else about them changed. Route 53 does a batch as a whole or not at
 * all, and deletes a record only where all of its values are given as they are
 * (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html). So a share is written in the
 * place of the one that was read, and of no other:
 * 1. One operator's `shift 50` has read a share of 25.
 * 2. Another one's rollback writes 0.
 * 3. `shift 50` writes, and would send half of the traffic back to what had just been left.
 * A rollback itself asks for nothing to be as it was.
 *
 * @throws CliError where one of the records is missing.
 */
export const changeBatch = ({ name, nlb, gateway }: WeightedRecords, weights: BothWeights): ChangeBatch => {
  if (nlb === undefined || gateway === undefined) {
    throw new CliError(
      `${name} has no record ${nlb === undefined ? 'repoint-nlb' : 'repoint-gateway'}: there is no second path to share with. \`repoint migrate plan\` says where the consumer stands.`,
      exitCodes.refused,
    )
  }
  const wanted = [
    { ...nlb, Weight: weights.nlb },
    { ...gateway, Weight: weights.gateway },
  ]
  const change = (Action: ChangeAction) => (ResourceRecordSet: ResourceRecordSet) => ({ Action, ResourceRecordSet })
  return {
    Comment: `repoint: ${weights.gateway} % through the gateway`,
    Changes:
      weights.gateway === 0
        ? wanted.map(change('UPSERT'))
        : [...[nlb, gateway].map(change('DELETE')), ...wanted.map(change('CREATE'))],
  }
}

/** The records are no longer as they were read, or not any more what was asked for. */
export const isOvertaken = (error: unknown, { gateway }: BothWeights): boolean =>
  gateway > 0 && Object(error).name === 'InvalidChangeBatch'

/** One batch, both records. Answers with the change's id, before Route 53 has it everywhere. */
export const writeWeights = async (
  clients: Clients,
  records: WeightedRecords,
  weights: BothWeights,
): Promise<string> => {
  const { ChangeInfo } = await (await clients.route53()).changeResourceRecordSets({
    HostedZoneId: records.zoneId,
    ChangeBatch: changeBatch(records, weights),
  })
  return ChangeInfo?.Id ?? ''
}

const pauseMs = 1_000
/** Usually within 60 s (https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html). */
const longestMs = 300_000

export interface Waiting {
  readonly signal: AbortSignal
  readonly onWait: (waitedMs: number) => void
}

/** Until all of Route 53's servers have it. `false` where that took too long. @throws when interrupted. */
export const awaitInSync = async (
  clients: Clients,
  changeId: string,
  { signal, onWait }: Waiting,
): Promise<boolean> => {
  const route53 = await clients.route53()
  const begunMs = performance.now()
  for (;;) {
    signal.throwIfAborted()
    const { ChangeInfo } = await route53.getChange({ Id: changeId.replace(/^\/change\//, '') }, { abortSignal: signal })
    if (ChangeInfo?.Status === 'INSYNC') return true
    const waitedMs = performance.now() - begunMs
    if (waitedMs > longestMs) return false
    onWait(waitedMs)
    await delay(pauseMs, undefined, { signal })
  }
}
