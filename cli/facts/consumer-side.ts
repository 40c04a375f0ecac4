import { zoneVpcsOf } from '../../infra/app/settings/complete.ts'
import type { ConsumerSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { explain } from '../aws/explain.ts'
import { exitCodes } from '../exit-codes.ts'
import type { EndpointName } from './client-path.ts'
import { plain } from './dns-name.ts'
import { andThen, type Gathered, known, none, notKnown } from './gathered.ts'
import { gatherHostedZones, type HostedZoneFacts } from './hosted-zones.ts'
import { gatherConsumer } from './migration.ts'
import type { ZoneFacts } from './zone-records.ts'

/** What AWS shows of a consumer: its endpoints by their own names, and where its hosted zone answers. */
export interface ConsumerSide {
  readonly endpoints: Gathered<readonly EndpointName[]>
  readonly weights: Gathered<ZoneFacts['weights']>
  /** Of the database's name, in each VPC where it should answer; the consumer's own first. */
  readonly zones: readonly { readonly vpcId: string; readonly zone: Gathered<HostedZoneFacts> }[]
}

/**
 * Read as the settings reach the consumer's account, or with the credentials at hand. A machine of the consumer's may have
 * neither, nor a Region: it goes on by what it sees itself, unless a profile was named.
 *
 * @throws an interruption, and what is wrong with the profile
 */
export const gatherConsumerSide = async (
  open: () => Clients,
  consumer: ConsumerSettings,
  { hasProfile = false } = {},
): Promise<ConsumerSide> => {
  try {
    return await readSide(open(), consumer)
  } catch (error) {
    const { message, exitCode } = explain(error)
    if (hasProfile || (exitCode !== exitCodes.noAccess && exitCode !== exitCodes.usage)) throw error
    const unread = notKnown(`AWS cannot be asked from here: ${message}`)
    return { endpoints: unread, weights: unread, zones: [{ vpcId: consumer.vpcId, zone: unread }] }
  }
}

const readSide = async (clients: Clients, consumer: ConsumerSettings): Promise<ConsumerSide> => {
  const host = plain(consumer.dnsName ?? consumer.hostname)
  const region = consumer.env.region ?? clients.region ?? ''
  const [{ nlb, gateway, zone }, ...zones] = await Promise.all([
    gatherConsumer(clients, consumer, undefined),
    ...zoneVpcsOf(consumer).map(async vpcId => {
      const all = await gatherHostedZones(clients, known({ vpcId }), region)
      return {
        vpcId,
        zone: await andThen(all, found => {
          const own = found.find(it => plain(it.name) === host)
          return own === undefined ? none(`${vpcId} sees no hosted zone ${host}.`) : known(own)
        }),
      }
    }),
  ])
  const paths = [nlb, gateway]
  const unread = paths.find(it => it.kind === 'unknown')
  const endpoints = paths.flatMap(it =>
    it.kind === 'known' && it.value.dnsName !== ''
      ? [{ name: plain(it.value.dnsName), interfaces: it.value.subnetIds.length }]
      : [],
  )
  return {
    endpoints: unread && endpoints.length === 0 ? unread : known(endpoints),
    weights: await andThen(zone, ({ weights }) => known(weights)),
    zones,
  }
}
