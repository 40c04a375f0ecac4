import { setTimeout as delay } from 'node:timers/promises'
import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { waySetIdentifiers } from '../../../infra/settings/resource-names.ts'
import type { ConsumerSettings } from '../../../infra/settings.ts'
import type { Clients } from '../../aws/clients.ts'
import { exitCodes } from '../../exit-codes.ts'
import { CliError } from '../../failure.ts'
import { type BothWeights, changeBatch, type WeightedRecords } from './weights.ts'

/** The weights of a consumer's two ways, read and written with as few calls as there can be: a rollback waits for nothing. */

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '')

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
  const all = (await readNamed(clients, { zoneId, name })).filter(
    it => it.Type === 'A' && plain(it.Name ?? '') === plain(name),
  )
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

/** From the name on, as far as the name goes. */
const readNamed = async (
  clients: Clients,
  { zoneId, name }: { readonly zoneId: string; readonly name: string },
): Promise<ResourceRecordSet[]> => {
  const route53 = await clients.route53()
  const all: ResourceRecordSet[] = []
  let from: object = { StartRecordName: name, StartRecordType: 'A' }
  for (;;) {
    const page = await route53.listResourceRecordSets({ HostedZoneId: zoneId, ...from })
    all.push(...(page.ResourceRecordSets ?? []))
    if (!page.IsTruncated || plain(page.NextRecordName ?? '') !== plain(name)) return all
    from = {
      StartRecordName: page.NextRecordName,
      StartRecordType: page.NextRecordType,
      ...(page.NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: page.NextRecordIdentifier }),
    }
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
