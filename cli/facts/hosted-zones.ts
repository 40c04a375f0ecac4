import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import { everyPage } from './every-page.ts'
import { andThen, type Gathered } from './gathered.ts'

export interface HostedZoneFacts {
  readonly id: string
  readonly name: string
  readonly owner: string
}

/** Private zones that a VPC sees. Route 53 knows no filter by Region: the VPC's own is part of the question. */
export const gatherHostedZones = (
  clients: Clients,
  vpc: Gathered<{ readonly vpcId: string }>,
  region: string,
): Promise<Gathered<readonly HostedZoneFacts[]>> =>
  andThen(vpc, ({ vpcId }) =>
    attempt(async () => {
      const route53 = await clients.route53()
      const zones = await everyPage('HostedZoneSummaries', NextToken =>
        route53.listHostedZonesByVPC({ VPCId: vpcId, VPCRegion: region as 'eu-west-1', NextToken }),
      )
      return zones.map(({ HostedZoneId: id = '', Name: name = '', Owner }) => ({
        id,
        name,
        owner: Owner?.OwningService ?? Owner?.OwningAccount ?? 'unknown',
      }))
    }),
  )
