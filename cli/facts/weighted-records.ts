import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { setIdentifiers } from '../../infra/app/settings/resource-names.ts'
import type { Weights } from '../../infra/app/settings/stage-weights.ts'
import type { ConsumerSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { exitCodes } from '../exit-codes.ts'
import { CliError } from '../failure.ts'
import { plain } from './dns-name.ts'
import { readNamed } from './zone-records.ts'

/** The weights of a consumer's two paths, read with as few calls as there can be: a rollback waits for nothing. */

/** The two records of a consumer's hosted zone, just as Route 53 has them. */
export interface WeightedRecords {
  readonly zoneId: string
  readonly name: string
  readonly nlb?: ResourceRecordSet
  readonly gateway?: ResourceRecordSet
  /** A records of the same name that are not ours: they keep a share, whatever ours have. Absent where there are none. */
  readonly others?: readonly ResourceRecordSet[]
}

export const liveWeights = ({ nlb, gateway }: WeightedRecords): Weights => ({
  ...(nlb === undefined ? {} : { nlb: nlb.Weight ?? 0 }),
  ...(gateway === undefined ? {} : { gateway: gateway.Weight ?? 0 }),
})

export const areSame = (one: Weights, other: Weights): boolean => one.nlb === other.nlb && one.gateway === other.gateway

export const zoneNameOf = ({ dnsName, hostname }: Pick<ConsumerSettings, 'dnsName' | 'hostname'>): string =>
  plain(dnsName ?? hostname)

/** Where a consumer's zone is looked for. */
export const zoneOf = (consumer: ConsumerSettings) => ({
  vpcId: consumer.vpcId,
  region: consumer.env.region,
  zoneName: zoneNameOf(consumer),
})

/** @throws CliError where the consumer's VPC sees no such zone. */
export const findZone = async (
  clients: Clients,
  {
    vpcId,
    region: its,
    zoneName: name,
  }: { readonly vpcId: string; readonly region?: string | undefined; readonly zoneName: string },
): Promise<string> => {
  const route53 = await clients.route53()
  const region = its ?? clients.region ?? process.env.AWS_REGION ?? ''
  let NextToken: string | undefined
  do {
    const page = await route53.listHostedZonesByVPC({
      VPCId: vpcId,
      VPCRegion: region as 'eu-west-1',
      ...(NextToken === undefined ? {} : { NextToken }),
    })
    const zone = page.HostedZoneSummaries?.find(it => plain(it.Name ?? '') === name)
    if (zone?.HostedZoneId !== undefined) return zone.HostedZoneId
    NextToken = page.NextToken
  } while (NextToken)
  throw new CliError(
    `The VPC ${vpcId} sees no hosted zone ${name}, so there are no weights to move. Deploy the consumer's stack, or check --consumer-profile and --region.`,
    exitCodes.notFound,
  )
}

/** A zone of ours holds these two and its own NS and SOA: one page, unless somebody has added to them. */
export const readRecords = async (
  clients: Clients,
  { zoneId, name }: { readonly zoneId: string; readonly name: string },
): Promise<WeightedRecords> => {
  const all = (await readNamed(clients, { zoneId, name })).filter(it => it.Type === 'A')
  const nlb = all.find(it => it.SetIdentifier === setIdentifiers.nlb)
  const gateway = all.find(it => it.SetIdentifier === setIdentifiers.gateway)
  const others = all.filter(it => it !== nlb && it !== gateway)
  return {
    zoneId,
    name,
    ...(nlb === undefined ? {} : { nlb }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(others.length === 0 ? {} : { others }),
  }
}
