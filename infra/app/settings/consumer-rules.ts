import type { ConsumerEntry } from './consumer-fields.ts'
import { ofConsumerFields, type Rule, unless } from './settings-rule.ts'
import { percentOf, whyNotStage } from './stages.ts'

type Gateway = ConsumerEntry['gateway']

/** Redshift's endpoint alone has neither zone nor records, so there is nothing that a stage could have left behind. */
const neverLeftNlb = (gateway: Gateway): boolean =>
  gateway === undefined || (gateway.stage === 'nlb' && ['new', 'nlb'].includes(gateway.from))

const shareOf = (gateway: Gateway): number => (gateway === undefined ? 0 : percentOf(gateway.stage, gateway.percent))

const serviceRules: readonly Rule[] = [
  ofConsumerFields(['serviceName', 'gateway', 'redshift'], it => {
    const isNamed = it.serviceName !== undefined || it.gateway?.stage === 'retired'
    const isRedshiftAlone = it.redshift !== undefined && neverLeftNlb(it.gateway)
    return unless(isNamed || isRedshiftAlone, 'serviceName', 'the provider stack’s output EndpointServiceName')
  }),
  ofConsumerFields(['redshift'], ({ redshift }) =>
    unless(
      redshift === undefined || (redshift.subnetGroupName === undefined) !== (redshift.subnetId === undefined),
      'redshift',
      'with either subnetGroupName or subnetId: one says where the endpoint is',
    ),
  ),
  ofConsumerFields(['redshift', 'subnets'], ({ redshift, subnets }) =>
    unless(
      redshift?.subnetId === undefined || subnets.some(({ id }) => id === redshift.subnetId),
      'redshift.subnetId',
      'one of subnets, whose zone is known',
    ),
  ),
  ofConsumerFields(['serviceRegion', 'gateway'], it =>
    unless(
      it.serviceRegion === undefined || (it.gateway?.stage ?? 'nlb') === 'nlb',
      'gateway',
      'stage nlb: a resource endpoint reaches no other Region, so a consumer in another one stays with the load balancer',
    ),
  ),
  ofConsumerFields(['database', 'hostname'], it =>
    unless(it.database !== undefined || it.hostname !== undefined, 'hostname', 'the RDS endpoint’s name, or database'),
  ),
  ofConsumerFields(['database', 'port'], it =>
    unless(it.database !== undefined || it.port !== undefined, 'port', 'a port, or database'),
  ),
  ofConsumerFields(['clientCidrs', 'clientSecurityGroupIds'], it =>
    unless(
      it.clientCidrs.length + it.clientSecurityGroupIds.length > 0,
      'clientCidrs',
      'at least one network, or a group in clientSecurityGroupIds',
    ),
  ),
  ofConsumerFields(['region', 'subnets'], ({ region = '', subnets }) =>
    unless(
      subnets.every(subnet => subnet.zone.startsWith(region)),
      'subnets',
      'zones of the consumer’s Region',
    ),
  ),
  ofConsumerFields(['vpcId', 'peeredVpcIds'], ({ vpcId, peeredVpcIds }) =>
    unless(
      new Set([vpcId, ...peeredVpcIds]).size === peeredVpcIds.length + 1,
      'peeredVpcIds',
      'other VPCs than vpcId, each once',
    ),
  ),
  // "For each Resolver endpoint, you specify two or more IP addresses in different Availability Zones"
  // (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-choose-vpc.html).
  ofConsumerFields(['subnets', 'inboundResolver'], ({ subnets, inboundResolver }) =>
    unless(
      inboundResolver === undefined || subnets.length > 1,
      'inboundResolver',
      'nothing, or subnets in two zones at least: Route 53 makes no endpoint with one address',
    ),
  ),
  ofConsumerFields(['serviceName', 'gateway', 'redshift', 'inboundResolver', 'peeredVpcIds'], it => {
    const isRedshiftAlone = it.redshift !== undefined && it.serviceName === undefined && neverLeftNlb(it.gateway)
    return [
      ...unless(
        !isRedshiftAlone || it.inboundResolver === undefined,
        'inboundResolver',
        'nothing: Redshift’s endpoint alone has no hosted zone to answer from',
      ),
      ...unless(
        !isRedshiftAlone || it.peeredVpcIds.length === 0,
        'peeredVpcIds',
        'nothing: Redshift’s endpoint alone has no hosted zone',
      ),
    ]
  }),
]

const gatewayRules: readonly Rule[] = [
  ofConsumerFields(['gateway'], ({ gateway }) => {
    const why = gateway && whyNotStage(gateway.from, gateway.stage)
    return why ? [{ at: 'gateway.stage', allowed: `from ${gateway.from}, ${why}` }] : []
  }),
  ofConsumerFields(['gateway'], ({ gateway }) =>
    unless(
      (gateway?.stage === 'shift') === (gateway?.percent !== undefined),
      'gateway.percent',
      'a share from 1 to 99 with stage shift, and nothing with any other stage',
    ),
  ),
  ofConsumerFields(['gateway'], ({ gateway }) =>
    unless(
      gateway === undefined || gateway.stage === 'nlb' || gateway.resourceConfigurationArn !== undefined,
      'gateway.resourceConfigurationArn',
      'the provider stack’s output ResourceConfigurationArn',
    ),
  ),
  ofConsumerFields(['readerPort', 'gateway'], it =>
    unless(
      it.readerPort === undefined || it.gateway?.readerHostname !== undefined || shareOf(it.gateway) === 0,
      'gateway.readerHostname',
      'the cluster’s reader endpoint, where the gateway leads to readers (target arn): it has no port for them, so their clients move to that name before the writer’s does; elsewhere stage nlb or shadow',
    ),
  ),
  ofConsumerFields(['region', 'gateway'], ({ region, gateway }) => {
    const arn = gateway?.resourceConfigurationArn
    return unless(
      region === undefined || arn === undefined || arn.split(':')[3] === region,
      'gateway.resourceConfigurationArn',
      'a resource configuration of the consumer’s Region: a resource endpoint reaches no other',
    )
  }),
]

export const consumerRules: readonly Rule[] = [...serviceRules, ...gatewayRules]
