import type { Account } from './account.ts'
import { ApiFailure } from './failure.ts'
import type { RestService } from './rest.ts'

const namespace = 'https://route53.amazonaws.com/doc/2013-04-01/'

/** Route 53's list of the private hosted zones that a VPC sees. */
export const route53Service = (account: Account): RestService => ({
  protocol: 'xml',
  routes: [
    {
      method: 'GET',
      path: /^\/2013-04-01\/hostedzonesbyvpc\/?$/,
      action: 'ListHostedZonesByVPC',
      run: (_, { query }) => {
        const vpcId = query.get('vpcid') ?? ''
        if (!account.surroundings?.vpcs.some(({ id }) => id === vpcId)) {
          throw new ApiFailure('InvalidVPCId', `The VPC ${vpcId} is not valid`)
        }
        const zones = account.surroundings.hostedZones.filter(({ vpcIds }) => vpcIds.includes(vpcId))
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
  ],
})
