import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { route53Errors } from './errors/route53-errors.ts'
import type { HostedZone } from './resources.ts'
import type { RestRoute } from './rest-protocol.ts'
import { dotted, namespace, plain } from './route53-xml.ts'

/** The account's own hosted zone. @throws ApiFailure NoSuchHostedZone */
export const ownZone = (account: Account, id = ''): HostedZone => {
  const found = ownZones(account).find(zone => zone.id === id)
  if (found === undefined) throw new ApiFailure(route53Errors.zoneNotFound, id)
  return found
}

/** Zones that a service made are in the lists of their VPCs alone. */
const ownZones = ({ resources, id }: Account): readonly HostedZone[] =>
  (resources?.hostedZones ?? []).filter(({ owner }) => 'account' in owner && owner.account === id)

/** Route 53's operations on zones: which a VPC sees, which there are by name, one of them. */
export const zoneRoutes = (account: Account): readonly RestRoute[] => [
  {
    method: 'GET',
    path: /^\/2013-04-01\/hostedzonesbyvpc\/?$/,
    action: 'ListHostedZonesByVPC',
    run: (_, { query }) => {
      const vpcId = query.get('vpcid') ?? ''
      if (!account.resources?.vpcs.some(({ id }) => id === vpcId)) {
        throw new ApiFailure(route53Errors.badVpc, vpcId)
      }
      const zones = account.resources.hostedZones.filter(({ vpcIds }) => vpcIds.includes(vpcId))
      const HostedZoneSummary = zones.map(({ id, name, owner }) => ({
        HostedZoneId: id,
        Name: name,
        Owner: 'account' in owner ? { OwningAccount: owner.account } : { OwningService: owner.service },
      }))
      const result = {
        '@_xmlns': namespace,
        HostedZoneSummaries: { HostedZoneSummary },
        MaxItems: query.get('maxitems') ?? '100',
      }
      return { result: { ListHostedZonesByVPCResponse: result }, brief: {} }
    },
  },
  {
    method: 'GET',
    path: /^\/2013-04-01\/hostedzonesbyname\/?$/,
    action: 'ListHostedZonesByName',
    run: (_, { query }) => {
      const [fromName, fromId] = [query.get('dnsname'), query.get('hostedzoneid')]
      const from = fromName === null ? '' : sortKey(fromName, fromId ?? '')
      const sorted = ownZones(account)
        .map(zone => ({ zone, key: sortKey(zone.name, zone.id) }))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1))
        .filter(({ key }) => key >= from)
        .map(({ zone }) => zone)
      const max = Number(query.get('maxitems') ?? 100)
      const next = sorted[max]
      const result = {
        '@_xmlns': namespace,
        HostedZones: { HostedZone: sorted.slice(0, max).map(writeZone) },
        ...(fromName === null ? {} : { DNSName: fromName }),
        IsTruncated: next !== undefined,
        ...(next ? { NextDNSName: dotted(next.name), NextHostedZoneId: next.id } : {}),
        MaxItems: max,
      }
      return { result: { ListHostedZonesByNameResponse: result }, brief: { zones: sorted.length } }
    },
  },
  {
    method: 'GET',
    path: /^\/2013-04-01\/hostedzone\/(?<id>[^/]+)$/,
    action: 'GetHostedZone',
    run: ({ id }) => {
      const zone = ownZone(account, id)
      const VPC = zone.vpcIds.map(VPCId => ({ VPCRegion: account.region, VPCId }))
      const result = { '@_xmlns': namespace, HostedZone: writeZone(zone), VPCs: { VPC } }
      return { result: { GetHostedZoneResponse: result }, brief: { zone: zone.name } }
    },
  },
]

/** "in ASCII order by domain name" with the labels reversed; zones of one name by their ids. */
const sortKey = (name: string, id: string): string => `${plain(name).split('.').toReversed().join('.')} ${id}`

const writeZone = (zone: HostedZone) => ({
  Id: `/hostedzone/${zone.id}`,
  Name: dotted(zone.name),
  CallerReference: zone.id,
  Config: { PrivateZone: zone.vpcIds.length > 0 },
  // NS and SOA are there from the beginning.
  ResourceRecordSetCount: (zone.records ?? []).length + 2,
})
