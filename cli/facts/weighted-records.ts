import { setTimeout as delay } from 'node:timers/promises'
import { waySetIdentifiers } from '../../infra/app/settings/resource-names.ts'
import type { ConsumerSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { exitCodes } from '../exit-codes.ts'
import { CliError } from '../failure.ts'
import { type BothWeights, changeBatch, type WeightedRecords } from '../migrate/shift/weights.ts'
import { plain } from './dns-name.ts'
import { readNamed } from './zone-records.ts'

/** The weights of a consumer's two ways, read and written with as few calls as there can be: a rollback waits for nothing. */

export const zoneNameOf = ({ dnsName, hostname }: Pick<ConsumerSettings, 'dnsName' | 'hostname'>): string =>
  plain(dnsName ?? hostname)

/** @throws CliError where the consumer's VPC sees no such zone. */
export const findZone = async (clients: Clients, consumer: ConsumerSettings): Promise<string> => {
  const route53 = await clients.route53()
  const name = zoneNameOf(consumer)
  const region = consumer.place.region ?? clients.region ?? process.env.AWS_REGION ?? ''
  let NextToken: string | undefined
  do {
    const page = await route53.listHostedZonesByVPC({
      VPCId: consumer.vpcId,
      VPCRegion: region as 'eu-west-1',
      ...(NextToken === undefined ? {} : { NextToken }),
    })
    const zone = page.HostedZoneSummaries?.find(it => plain(it.Name ?? '') === name)
    if (zone?.HostedZoneId !== undefined) return zone.HostedZoneId
    NextToken = page.NextToken
  } while (NextToken)
  throw new CliError(
    `The VPC ${consumer.vpcId} sees no hosted zone ${name}, so there are no weights to move. Deploy the consumer’s stack, or check --consumer-profile and --region.`,
    exitCodes.notFound,
  )
}

/** A zone of ours holds these two and its own NS and SOA: one page, unless somebody has added to them. */
export const readRecords = async (
  clients: Clients,
  { zoneId, name }: { readonly zoneId: string; readonly name: string },
): Promise<WeightedRecords> => {
  const all = (await readNamed(clients, { zoneId, name })).filter(it => it.Type === 'A')
  const nlb = all.find(it => it.SetIdentifier === waySetIdentifiers.nlb)
  const gateway = all.find(it => it.SetIdentifier === waySetIdentifiers.gateway)
  const others = all.filter(it => it !== nlb && it !== gateway)
  return {
    zoneId,
    name,
    ...(nlb === undefined ? {} : { nlb }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(others.length === 0 ? {} : { others }),
  }
}

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
