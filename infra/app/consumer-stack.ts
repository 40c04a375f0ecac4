import { Annotations, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'
import { holdToGuardrails } from '../constructs/guardrails.ts'
import { acknowledge } from '../constructs/nag.ts'
import type { ConsumerGatewayOptions, RdsConsumerProps } from '../consumer-props.ts'
import { RdsConsumer } from '../rds-consumer.ts'
import type { SharedEndpoint } from '../shared-endpoint.ts'
import { optional, vpcOf } from './front-door-of-settings.ts'
import type { ConsumerSettings } from './settings.ts'

export interface ConsumerStackProps extends StackProps {
  readonly consumer: ConsumerSettings
  /** Where its interface endpoint is one that others use too. */
  readonly shared: SharedEndpoint | undefined
}

/** A consumer's settings as a stack of its own. */
export class ConsumerStack extends Stack {
  constructor(scope: Construct, id: string, props: ConsumerStackProps) {
    super(scope, id, props)
    const { consumer, shared } = props
    holdToGuardrails(this, consumer.guardrails)
    acknowledge(this, { 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'Nothing here reads a route table.' })
    // A construct of this id leaves no trace in the logical ids below it: those that are deployed stay.
    const { endpointId } = new RdsConsumer(this, 'Default', consumerPropsOf(this, consumer, shared))
    new CfnOutput(this, 'Stage', {
      value: consumer.gateway.stage,
      description: 'Of the migration from load balancer to resource gateway',
    })
    if (endpointId !== undefined || shared || consumer.gateway.stage !== 'nlb') this.#warnAboutOwnVpc(consumer)
  }

  /**
   * 1. The function is inside the database's VPC and resolves the database's name there.
   * 2. A hosted zone of that name in the same VPC answers with the endpoint.
   * 3. The function registers the endpoint's address with the load balancer that the endpoint leads to.
   */
  #warnAboutOwnVpc(consumer: ConsumerSettings): void {
    if (!consumer.isInDatabaseVpc || consumer.dnsName !== undefined) return
    Annotations.of(this).addWarningV2(
      'repoint:zone-in-database-vpc',
      `${consumer.name}: its hosted zone gives ${consumer.hostname} another address in the database’s own VPC. A function inside that VPC would register the endpoint instead of the writer; ` +
        'keep the function outside the VPC, or give the consumer a dnsName of its own.',
    )
  }
}

const consumerPropsOf = (
  scope: Stack,
  consumer: ConsumerSettings,
  shared: SharedEndpoint | undefined,
): RdsConsumerProps => {
  const imports = new Construct(scope, 'Imported')
  const { name, vpcId, hostname, port, redshift, clientCidrs, inboundResolver } = consumer
  const { vpc, vpcSubnets } = vpcOf(imports, { vpcId, subnets: consumer.commonSubnets })
  const { vpcSubnets: gatewaySubnets } = vpcOf(new Construct(imports, 'Gateway'), {
    vpcId,
    subnets: consumer.gatewaySubnets,
  })
  const resolver = vpcOf(new Construct(imports, 'Resolver'), { vpcId, subnets: consumer.subnets })
  if (vpc === undefined) throw new Error(`${name} has no VPC`)
  return {
    name,
    vpc,
    ...(vpcSubnets === undefined ? {} : { vpcSubnets }),
    ...(gatewaySubnets === undefined ? {} : { gatewaySubnets }),
    hostname,
    port,
    ...optional('readerPort', consumer.readerPort),
    ...optional('dnsName', consumer.dnsName),
    ...(shared
      ? { sharedEndpoint: shared }
      : {
          ...optional('serviceName', consumer.serviceName),
          ...optional('serviceRegion', consumer.serviceRegion),
        }),
    clientCidrs,
    clients: consumer.clientSecurityGroupIds.map((id, index) =>
      SecurityGroup.fromSecurityGroupId(imports, `Client${index}`, id),
    ),
    ...optional('gateway', consumer.isMigrating ? gatewayOptionsOf(scope, consumer) : undefined),
    ...(redshift === undefined ? {} : { redshift: redshiftOf(imports, consumer, redshift) }),
    peeredVpcs: consumer.peeredVpcIds.map(id =>
      Vpc.fromVpcAttributes(imports, id, { vpcId: id, availabilityZones: ['unknown'] }),
    ),
    ...(inboundResolver === undefined
      ? {}
      : { inboundResolver: { ...inboundResolver, ...optional('vpcSubnets', resolver.vpcSubnets) } }),
  }
}

const gatewayOptionsOf = (scope: Stack, { name, gateway }: ConsumerSettings): ConsumerGatewayOptions => ({
  stage: gateway.stage,
  from: gateway.from,
  ...optional('resourceConfigurationArn', gateway.resourceConfigurationArn),
  ...optional('percent', gateway.percent),
  ...optional('readerHostname', gateway.readerHostname),
  ...optional('replaceInUse', gateway.replaceInUse),
  // Asked for on the command line, and never in the settings, which may be older than a rollback.
  raisesShare: scope.node.tryGetContext('raise') === name,
})

const redshiftOf = (
  imports: Construct,
  { subnets }: ConsumerSettings,
  { clusterIdentifier, subnetId, ...more }: NonNullable<ConsumerSettings['redshift']>,
) => {
  const pinned = subnets.find(({ id }) => id === subnetId)
  return {
    clusterIdentifier,
    ...optional('subnetGroupName', more.subnetGroupName),
    ...(pinned === undefined
      ? {}
      : {
          subnet: Subnet.fromSubnetAttributes(imports, 'RedshiftSubnet', {
            subnetId: pinned.id,
            availabilityZone: pinned.zone,
          }),
        }),
    ...optional('ownerAccount', more.ownerAccount),
    ...optional('endpointName', more.endpointName),
  }
}
