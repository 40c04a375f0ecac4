import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import * as aws from './aws-values.ts'
import { described } from './described.ts'
import { origins, stages } from './stages.ts'

/** The migration to a resource gateway: `gateway` of a database (provider) and of a consumer. */

const stage = described(
  'Where this side is in the migration from the load balancer to the resource gateway; see docs/migrating.md.',
  v.picklist(stages, `one of ${stages.join(', ')}`),
)

const from = v.optional(
  described(
    'The stage before this one: what is deployed now. Jumps, and returns that no longer exist, are refused by it.',
    v.picklist(origins, `one of ${origins.join(', ')}`),
  ),
  'nlb',
)

const replaceInUse = (what: string) => v.optional(described(what, values.flag))

/** Zones where VPC Lattice is not offered (its user guide, quotas). Zone ids, which mean the same in every account. */
export const zonesWithoutLattice: readonly string[] = [
  'use1-az3',
  'usw1-az2',
  'apne1-az3',
  'apne2-az2',
  'euc1-az2',
  'euw1-az4',
  'cac1-az3',
  'ilc1-az2',
]

export const provider = values.closed({
  stage,
  from,
  target: v.optional(
    described(
      'What the resource configuration names: the database itself (arn; instances and clusters) or the endpoint’s name (dns; everything else). By default arn where it can be.',
      v.picklist(['arn', 'dns'], 'arn or dns'),
    ),
  ),
  dnsResolution: v.optional(
    described(
      'target dns: where the gateway resolves the name. public (the default) knows what the internet knows; in-vpc asks the VPC’s DNS, for private hosted zones. Fixed: the other one is another gateway.',
      v.picklist(['public', 'in-vpc'], 'public or in-vpc'),
    ),
  ),
  subnetIds: v.optional(
    described(
      'Of the database’s subnets, those that get a gateway interface; all in zones that VPC Lattice knows by default. Fixed: another list is another gateway.',
      v.pipe(values.listOf(aws.subnetId, 'subnets'), v.minLength(1, 'at least one subnet')),
    ),
  ),
  ipv4AddressesPerEni: v.optional(
    described(
      'Addresses of each gateway interface, 55,000 connections to the database each. Fixed: another number is another gateway. AWS’s default is 16.',
      aws.between(1, 62, 'addresses'),
    ),
    4,
  ),
  databaseSecurityGroupId: v.optional(
    described(
      'The stack lets the gateway in through this group; false where you do that elsewhere. By default the front door’s.',
      v.union([aws.securityGroupId, v.literal(false)], 'a security group id, or false'),
    ),
  ),
  replaceInUse: replaceInUse(
    'Lets the next deployment make another gateway or resource configuration although consumers use the present one. AWS keeps that one then, outside the stack and without log or share, until the last of them has moved to the new one.',
  ),
  listenerUnused: v.optional(
    described(
      'On a shared load balancer: you have checked that nobody comes by this database’s listener, which AWS does not count for each. Lets it retire while other databases are in use; docs/migrating.md says how to check.',
      values.flag,
    ),
  ),
  principals: v.optional(
    described(
      'Who gets the resource configuration shared over RAM: accounts, or ARNs of an organization or unit. None for consumers in this account.',
      values.listOf(aws.sharePrincipal, 'accounts or organization ARNs'),
    ),
    [],
  ),
  allowExternalPrincipals: v.optional(
    described('Whether accounts outside the organization may be among the principals.', values.flag),
    false,
  ),
  accessLogDays: v.optional(
    described(
      'How long the gateway’s access log is kept.',
      v.picklist([1, 3, 5, 7, 14, 30, 60, 90, 180, 365], 'days, one of 1, 3, 5, 7, 14, 30, 60, 90, 180, 365'),
    ),
    30,
  ),
  connectionEveryMinutes: v.optional(
    described(
      'An alarm goes off when the access log shows no new connection for so many minutes. Leave it out where clients may be idle for longer, as pools are, and until consumers come through the gateway.',
      aws.between(5, 1440, 'minutes'),
    ),
  ),
})

export const consumerGateway = values.closed({
  stage,
  from,
  percent: v.optional(
    described(
      'stage shift: the share of new connections that goes through the gateway.',
      aws.between(1, 99, 'percent'),
    ),
  ),
  resourceConfigurationArn: v.optional(
    described('The provider stack’s output ResourceConfigurationArn.', aws.resourceConfigurationArn),
  ),
  replaceInUse: replaceInUse(
    'Lets the next deployment make another resource endpoint although clients use the present one: their connections are cut.',
  ),
  readerHostname: v.optional(
    described(
      'A cluster’s reader endpoint, which gets a hosted zone of its own that leads to the gateway.',
      values.hostName,
    ),
  ),
})

export type ProviderGateway = v.InferOutput<typeof provider>
export type ConsumerGateway = v.InferOutput<typeof consumerGateway>
