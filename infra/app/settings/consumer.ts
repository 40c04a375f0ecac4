import * as v from 'valibot'
import { tags } from './database.ts'
import { described } from './described.ts'
import { type ConsumerGateway, consumerGateway } from './gateway.ts'
import { percentOf } from './stages.ts'
import { subnets } from './subnets.ts'
import * as words from './words.ts'

const networkList = words.listOf(words.network, 'a list of networks')
const groupList = words.listOf(words.securityGroupId, 'a list of security groups')

const redshift = words.closed({
  clusterIdentifier: described('Of the cluster; it has to allow relocation or be in several zones.', words.shortName),
  ownerAccount: v.optional(described('Of the cluster, if not the consumer’s.', words.accountId)),
  subnetGroupName: described(
    'A Redshift subnet group of the consumer’s VPC.',
    words.matching(/^[a-z0-9._-]{1,255}$/, 'the name of a subnet group'),
  ),
  endpointName: v.optional(
    described(
      'By default repoint-<name>, cut, and a hash of what can only be replaced; 30 characters at most.',
      words.matching(
        /^[a-z](?:[a-z0-9]|-(?!-)){0,29}(?<!-)$/,
        'a name of at most 30 letters, digits and single hyphens',
      ),
    ),
  ),
})

type SaidGateway = ConsumerGateway | undefined

/** Redshift's endpoint alone has neither zone nor records, so there is nothing that a stage could have left behind. */
const neverLeftNlb = (gateway: SaidGateway): boolean =>
  gateway === undefined || (gateway.stage === 'nlb' && ['new', 'nlb'].includes(gateway.from))

const shareOf = (gateway: SaidGateway): number =>
  gateway === undefined ? 0 : percentOf(gateway.stage, gateway.percent)

export const consumer = v.pipe(
  words.closed({
    name: described('Names the stack: Repoint-consumer-<name>.', words.shortName),
    serviceName: v.optional(described('The provider stack’s output EndpointServiceName.', words.serviceName)),
    serviceRegion: v.optional(described('Where the service is, if not in the consumer’s Region.', words.regionName)),
    database: v.optional(described('A database of this file: gives hostname, port and zones.', words.shortName)),
    hostname: v.optional(described('The RDS endpoint’s name, which becomes the hosted zone’s name.', words.hostName)),
    port: v.optional(words.portNumber),
    readerPort: v.optional(
      described('Of the service’s readers, where it has them; by default the database’s.', words.portNumber),
    ),
    serviceZoneIds: v.optional(words.listOf(words.zoneId, 'a list of zone ids')),
    account: v.optional(words.accountId),
    region: v.optional(words.regionName),
    vpcId: words.vpcId,
    subnets,
    clientCidrs: v.optional(networkList, []),
    clientSecurityGroupIds: v.optional(groupList, []),
    dnsName: v.optional(described('A name of your own instead of the RDS endpoint’s.', words.hostName)),
    gateway: v.optional(described('The way from the load balancer to a resource gateway.', consumerGateway)),
    redshift: v.optional(
      described('Redshift’s own managed endpoint, beside the other ways or instead of them.', redshift),
    ),
    tags: v.optional(tags, {}),
  }),
  v.forward(
    v.partialCheck(
      [['serviceName'], ['gateway'], ['redshift']],
      it =>
        it.serviceName !== undefined ||
        it.gateway?.stage === 'retired' ||
        (it.redshift !== undefined && neverLeftNlb(it.gateway)),
      'the provider stack’s output EndpointServiceName',
    ),
    ['serviceName'],
  ),
  v.forward(
    v.partialCheck(
      [['readerPort'], ['gateway']],
      it => it.readerPort === undefined || it.gateway?.readerHostname !== undefined || shareOf(it.gateway) === 0,
      'the cluster’s reader endpoint, where the gateway leads to readers (target arn): it has no port for them, so their clients move to that name before the writer’s does; elsewhere stage nlb or shadow',
    ),
    ['gateway', 'readerHostname'],
  ),
  v.forward(
    v.partialCheck(
      [['serviceRegion'], ['gateway']],
      it => it.serviceRegion === undefined || (it.gateway?.stage ?? 'nlb') === 'nlb',
      'stage nlb: a resource endpoint reaches no other Region, so a consumer in another one stays with the load balancer',
    ),
    ['gateway'],
  ),
  v.forward(
    v.partialCheck(
      [['region'], ['gateway']],
      it =>
        it.region === undefined ||
        it.gateway?.resourceConfigurationArn === undefined ||
        it.gateway.resourceConfigurationArn.split(':')[3] === it.region,
      'a resource configuration of the consumer’s Region: a resource endpoint reaches no other',
    ),
    ['gateway', 'resourceConfigurationArn'],
  ),
  v.forward(
    v.partialCheck(
      [['database'], ['hostname']],
      it => it.database !== undefined || it.hostname !== undefined,
      'the RDS endpoint’s name, or database',
    ),
    ['hostname'],
  ),
  v.forward(
    v.partialCheck(
      [['database'], ['port']],
      it => it.database !== undefined || it.port !== undefined,
      'a port, or database',
    ),
    ['port'],
  ),
  v.forward(
    v.partialCheck(
      [['clientCidrs'], ['clientSecurityGroupIds']],
      it => (it.clientCidrs ?? []).length + (it.clientSecurityGroupIds ?? []).length > 0,
      'at least one network, or a group in clientSecurityGroupIds',
    ),
    ['clientCidrs'],
  ),
  v.forward(
    v.partialCheck(
      [['region'], ['serviceRegion'], ['subnets']],
      it => it.region === undefined || it.subnets.every(subnet => subnet.zone.startsWith(it.region ?? '')),
      'zones of the consumer’s Region',
    ),
    ['subnets'],
  ),
)

export type ConsumerEntry = v.InferOutput<typeof consumer>
