import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { setIdentifiers } from '../../infra/app/settings/resource-names.ts'
import type { Clients } from '../aws/clients.ts'
import { find } from './attempt.ts'
import { plain } from './dns-name.ts'
import { andThen, type Gathered } from './gathered.ts'
import type { HostedZoneFacts } from './hosted-zones.ts'

/** The hosted zone whose weights say which way new connections take. */
export interface ZoneFacts {
  readonly id: string
  readonly name: string
  /** Of the A records at the zone's own name, by way; absent where there is no such record. */
  readonly weights: { readonly nlb?: number; readonly gateway?: number }
  /** At the zone's name, ours or not. */
  readonly records: readonly RecordFacts[]
}

export interface RecordFacts {
  readonly name: string
  readonly type: string
  readonly setIdentifier?: string
  readonly weight?: number
  readonly alias?: { readonly dnsName: string; readonly hostedZoneId: string; readonly evaluatesHealth: boolean }
  /** Where it is no alias. */
  readonly values?: readonly string[]
}

/** Types of records that lead a client somewhere. */
const leading: readonly string[] = ['A', 'AAAA', 'CNAME']

/** The zone of exactly this name, with its records. A VPC sees at most one of a name. */
export const gatherZone = (
  clients: Clients,
  zones: Gathered<readonly HostedZoneFacts[]>,
  name: string,
): Promise<Gathered<ZoneFacts>> =>
  andThen(zones, all => {
    // A service's own zone, for private DNS, shows nobody its records: it is no zone of the stack.
    const zone = all.find(it => plain(it.name) === plain(name) && /^(\d{12}|unknown)$/.test(it.owner))
    return find(
      async () => {
        if (zone === undefined) return undefined
        const named = await readNamed(clients, { zoneId: zone.id, name: plain(name) })
        const records = named.filter(({ Type = '' }) => leading.includes(Type)).map(readRecord)
        return { id: zone.id, name: plain(name), weights: weightsOf(records), records }
      },
      `The consumer’s VPC sees no hosted zone ${plain(name)}.`,
    )
  })

export const weightsOf = (records: readonly RecordFacts[]): ZoneFacts['weights'] => {
  const weightOf = (identifier: string) => records.find(it => it.setIdentifier === identifier)?.weight
  const nlb = weightOf(setIdentifiers.nlb)
  const gateway = weightOf(setIdentifiers.gateway)
  return { ...(nlb === undefined ? {} : { nlb }), ...(gateway === undefined ? {} : { gateway }) }
}

/** A records that are neither of ours, weighted as ours are: a simple one was deployed before records had weights. */
export const othersOf = (records: readonly RecordFacts[]): readonly RecordFacts[] =>
  records.filter(
    ({ type, setIdentifier }) =>
      type === 'A' &&
      setIdentifier !== undefined &&
      setIdentifier !== setIdentifiers.nlb &&
      setIdentifier !== setIdentifiers.gateway,
  )

/** Records of exactly this name, of every type: a zone of ours holds its two and its own NS and SOA. */
export const readNamed = async (
  clients: Clients,
  { zoneId, name }: { readonly zoneId: string; readonly name: string },
): Promise<ResourceRecordSet[]> => {
  const route53 = await clients.route53()
  const all: ResourceRecordSet[] = []
  let from: object = { StartRecordName: name, StartRecordType: 'A' }
  for (;;) {
    const page = await route53.listResourceRecordSets({ HostedZoneId: zoneId, ...from })
    all.push(...(page.ResourceRecordSets ?? []).filter(it => plain(it.Name ?? '') === plain(name)))
    if (!page.IsTruncated || plain(page.NextRecordName ?? '') !== plain(name)) return all
    from = {
      StartRecordName: page.NextRecordName,
      StartRecordType: page.NextRecordType,
      ...(page.NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: page.NextRecordIdentifier }),
    }
  }
}

const readRecord = (it: ResourceRecordSet): RecordFacts => ({
  name: it.Name ?? '',
  type: it.Type ?? '',
  ...(it.SetIdentifier === undefined ? {} : { setIdentifier: it.SetIdentifier }),
  ...(it.Weight === undefined ? {} : { weight: it.Weight }),
  ...(it.AliasTarget === undefined
    ? { values: (it.ResourceRecords ?? []).flatMap(({ Value }) => Value ?? []) }
    : {
        alias: {
          dnsName: it.AliasTarget.DNSName ?? '',
          hostedZoneId: it.AliasTarget.HostedZoneId ?? '',
          evaluatesHealth: it.AliasTarget.EvaluateTargetHealth === true,
        },
      }),
})
