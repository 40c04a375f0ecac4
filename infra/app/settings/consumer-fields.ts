import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import * as aws from './aws-values.ts'
import { tags } from './database-fields.ts'
import { described } from './described.ts'
import { vpcName } from './fleet-fields.ts'
import { consumerGateway } from './gateway-fields.ts'
import { consumerGuardrails } from './guardrails-fields.ts'
import { subnets } from './subnet-fields.ts'

const networkList = values.listOf(values.network, 'networks')
const groupList = values.listOf(aws.securityGroupId, 'security groups')

const redshift = values.closed({
  clusterIdentifier: described('Of the cluster; it has to allow relocation or be in several zones.', aws.shortName),
  ownerAccount: v.optional(described('Of the cluster, if not the consumer’s.', aws.accountId)),
  subnetGroupName: v.optional(
    described(
      'A Redshift subnet group of the consumer’s VPC, of whose zones Redshift chooses one. Instead of subnetId.',
      values.matching(/^[a-z0-9._-]{1,255}$/, 'the name of a subnet group'),
    ),
  ),
  subnetId: v.optional(
    described(
      'One of subnets: the stack makes a Redshift subnet group of it alone, and so the endpoint is in its zone. Instead of subnetGroupName. Another one is another endpoint.',
      aws.subnetId,
    ),
  ),
  endpointName: v.optional(
    described(
      'By default repoint-<name>, cut, and a hash of what can only be replaced; 30 characters at most.',
      values.matching(
        /^[a-z](?:[a-z0-9]|-(?!-)){0,29}(?<!-)$/,
        'a name of at most 30 letters, digits and single hyphens',
      ),
    ),
  ),
})

export const consumer = values.closed({
  name: described('Names the stack: Repoint-consumer-<name>.', aws.shortName),
  serviceName: v.optional(described('The provider stack’s output EndpointServiceName.', aws.serviceName)),
  endpoint: v.optional(
    described('One of endpoints, which other consumers share, instead of one of its own.', aws.shortName),
  ),
  serviceRegion: v.optional(described('Where the service is, if not in the consumer’s Region.', aws.regionName)),
  database: v.optional(described('A database of this file: gives hostname, port and zones.', aws.shortName)),
  hostname: v.optional(described('The RDS endpoint’s name, which becomes the hosted zone’s name.', values.hostName)),
  port: v.optional(described('By default the database’s; at stage nlb that of its listener.', values.portNumber)),
  readerPort: v.optional(
    described('Of the service’s readers, where it has them; by default the database’s.', values.portNumber),
  ),
  serviceZoneIds: v.optional(
    described('Zones of the service, where the database is not of this file.', values.listOf(aws.zoneId, 'zone ids')),
  ),
  account: v.optional(described('Of the consumer; by default the deployment’s.', aws.accountId)),
  region: v.optional(described('Of the consumer; by default the deployment’s.', aws.regionName)),
  vpc: v.optional(described('One of vpcs, which gives vpcId and subnets.', vpcName)),
  vpcId: described('Where the consumer’s clients are.', aws.vpcId),
  subnets: described('Of the endpoints: one in each zone where clients are.', subnets),
  clientCidrs: v.optional(described('Networks whose clients may connect to the endpoints.', networkList), []),
  clientSecurityGroupIds: v.optional(described('Security groups whose clients may.', groupList), []),
  peeredVpcIds: v.optional(
    described(
      'Other VPCs of the account and Region that are routed to this one: the hosted zone answers there too.',
      values.listOf(aws.vpcId, 'VPC ids'),
    ),
    [],
  ),
  inboundResolver: v.optional(
    described(
      'A Route 53 Resolver endpoint in the consumer’s subnets, to which networks without the hosted zone forward the name. About $91 a month for each subnet.',
      values.closed({
        clientCidrs: described(
          'Networks whose DNS servers and clients may ask it.',
          values.fullListOf(values.network, 'networks'),
        ),
      }),
    ),
  ),
  dnsName: v.optional(described('A name of your own instead of the RDS endpoint’s.', values.hostName)),
  gateway: v.optional(described('The migration from the load balancer to a resource gateway.', consumerGateway)),
  redshift: v.optional(
    described('Redshift’s own managed endpoint, beside the other paths or instead of them.', redshift),
  ),
  guardrails: v.optional(
    described(
      'What the organization asks of every stack: boundary, role path, key, helpers in a VPC.',
      consumerGuardrails,
    ),
    {},
  ),
  tags: v.optional(described('Of every resource of this stack, beside the file’s own.', tags), {}),
})

export type ConsumerEntry = v.InferOutput<typeof consumer>
