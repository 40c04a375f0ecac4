import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { route53Errors } from './errors/route53-errors.ts'
import type { HostedZone } from './resources.ts'
import { get, type RestRoute } from './rest-protocol.ts'
import { namespace } from './route53-xml.ts'

/** The account's own hosted zone: one that a service made is in its VPCs' lists alone. @throws ApiFailure NoSuchHostedZone */
export const ownZone = ({ resources, id: account }: Account, id = ''): HostedZone => {
  const own = resources?.hostedZones.filter(({ owner }) => 'account' in owner && owner.account === account)
  const found = own?.find(zone => zone.id === id)
  if (found === undefined) throw new ApiFailure(route53Errors.zoneNotFound, id)
  return found
}

/** Route 53's operations on zones: which a VPC sees. */
export const zoneRoutes = (account: Account): readonly RestRoute[] => [
  get(/^\/2013-04-01\/hostedzonesbyvpc\/?$/, 'ListHostedZonesByVPC', (_, { query }) => {
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
    return { result: { ListHostedZonesByVPCResponse: result } }
  }),
]
