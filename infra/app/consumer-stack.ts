import { Annotations, CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnVPCEndpoint, type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2'
import type { CfnHostedZone } from 'aws-cdk-lib/aws-route53'
import type { Construct } from 'constructs'
import { letClientsIn } from '../constructs/client-access.ts'
import {
  type AliasTarget,
  createZone,
  leadReaders,
  nameOfZone,
  writeWeightedRecords,
} from '../constructs/consumer-zone.ts'
import { holdToGuardrails } from '../constructs/guardrails.ts'
import { RedshiftEndpoint } from '../constructs/redshift-endpoint.ts'
import { endpointHash, ResourceEndpoint } from '../constructs/resource-endpoint.ts'
import { StageGuard } from '../constructs/stage-guard.ts'
import { hashOf } from './settings/hash-of.ts'
import { weightsOf } from './settings/stage-weights.ts'
import { hasGateway, hasLoadBalancer } from './settings/stages.ts'
import type { ConsumerSettings } from './settings.ts'

interface LoadBalancerPath {
  readonly endpoint: CfnVPCEndpoint
  readonly target: AliasTarget
}

/** Of what an interface endpoint keeps for good: another value is another endpoint. */
const interfaceEndpointHash = ({ vpcId, serviceName, serviceRegion }: ConsumerSettings): string =>
  hashOf({ vpcId, serviceName, serviceRegion })

export interface ConsumerStackProps extends StackProps {
  readonly consumer: ConsumerSettings
}

/**
 * The consumer's side, in its own account or VPC: an endpoint for each path to the database, in the zones that both sides
 * have, and a private hosted zone named exactly as the RDS endpoint, so that a client checks the server's certificate, and
 * signs its IAM token, for the name that the server really has. Overlapping networks do no harm: nothing is routed.
 *
 * CloudFormation removes what a stage leaves out at the very end, and a record before the endpoint that it names.
 */
export class ConsumerStack extends Stack {
  constructor(scope: Construct, id: string, props: ConsumerStackProps) {
    super(scope, id, props)
    const { consumer } = props
    const { stage } = consumer.gateway
    holdToGuardrails(this, consumer.guardrails)
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: consumer.vpcId,
      availabilityZones: consumer.subnets.map(it => it.zone),
    })
    if (consumer.redshift) new RedshiftEndpoint(this, 'Redshift', { consumer, redshift: consumer.redshift, vpc })
    const nlb =
      hasLoadBalancer(stage) && consumer.serviceName !== undefined
        ? this.#openLoadBalancerPath(consumer, vpc)
        : undefined
    new CfnOutput(this, 'Stage', {
      value: stage,
      description: 'Of the migration from load balancer to resource gateway',
    })
    if (nlb === undefined && !hasGateway(stage)) return
    this.#namePaths(consumer, vpc, nlb)
    this.#warnAboutOwnVpc(consumer)
  }

  #openLoadBalancerPath(consumer: ConsumerSettings, vpc: IVpc): LoadBalancerPath {
    const { port, readerPort } = consumer
    const ports = [port, ...(readerPort === undefined ? [] : [readerPort])]
    const endpoint = new CfnVPCEndpoint(this, 'Endpoint', {
      vpcEndpointType: 'Interface',
      vpcId: consumer.vpcId,
      ...(consumer.serviceName === undefined ? {} : { serviceName: consumer.serviceName }),
      ...(consumer.serviceRegion === undefined ? {} : { serviceRegion: consumer.serviceRegion }),
      subnetIds: consumer.commonSubnets.map(it => it.id),
      securityGroupIds: [letClientsIn(this, 'SecurityGroup', { consumer, vpc, ports }).securityGroupId],
      // Private DNS would give the service's own name; the hosted zone below gives the database's.
      privateDnsEnabled: false,
      tags: [{ key: 'Name', value: `repoint-${consumer.name}` }],
    })
    // Entries are `<hosted zone id>:<name>`; the first is the regional name, which covers every zone.
    const regional = Fn.split(':', Fn.select(0, endpoint.attrDnsEntries))
    new CfnOutput(this, 'EndpointName', {
      value: Fn.select(1, regional),
      description: 'Resolves anywhere; peered networks and transit gateways reach it by this name',
    })
    new CfnOutput(this, 'EndpointId', { value: endpoint.ref, description: 'For the provider to accept' })
    return { endpoint, target: { hostedZoneId: Fn.select(0, regional), dnsName: Fn.select(1, regional) } }
  }

  #openGatewayPath(consumer: ConsumerSettings, vpc: IVpc, resourceConfigurationArn: string): ResourceEndpoint {
    const endpoint = new ResourceEndpoint(this, 'Gateway', { consumer, resourceConfigurationArn, vpc })
    new CfnOutput(this, 'ResourceEndpointId', { value: endpoint.endpointId })
    new CfnOutput(this, 'ResourceEndpointName', {
      value: endpoint.writer.dnsName,
      description: 'Resolves anywhere; peered networks and transit gateways reach the gateway by this name',
    })
    return endpoint
  }

  /**
   * A zone answers for its name from the moment that it is there, and without a record it answers that there is none, for
   * minutes and cached: it comes after the guard and after whatever its records lead to. That of a changed name does too,
   * and the one before it goes at the very end, when the new one answers.
   */
  #namePaths(consumer: ConsumerSettings, vpc: IVpc, nlb: LoadBalancerPath | undefined): void {
    const { stage, from, resourceConfigurationArn, readerHostname, replaceInUse } = consumer.gateway
    const hasEndpoint = hasGateway(stage) && resourceConfigurationArn !== undefined
    const name = nameOfZone(consumer)
    const weights = weightsOf(consumer.gateway)
    const zone = createZone(this, consumer, vpc)
    const guard = consumer.isMigrating
      ? new StageGuard(this, 'StageGuard', {
          side: 'consumer',
          stage,
          from,
          replaceInUse,
          zone: this.getLogicalId(zone.node.defaultChild as CfnHostedZone),
          recordName: name,
          weights,
          // Asked for on the command line, and never in the settings, which may be older than a rollback.
          raisesShare: this.node.tryGetContext('raise') === consumer.name,
          ...(nlb === undefined ? {} : { interfaceEndpointHash: interfaceEndpointHash(consumer) }),
          ...(hasEndpoint ? { endpointHash: endpointHash(consumer, resourceConfigurationArn) } : {}),
        })
      : undefined
    const gateway = hasEndpoint ? this.#openGatewayPath(consumer, vpc, resourceConfigurationArn) : undefined
    for (const it of [nlb?.endpoint, guard, gateway]) if (it) zone.node.addDependency(it)
    const changed: Construct[] = [
      ...writeWeightedRecords(this, { zone, name, weights, nlb: nlb?.target, gateway: gateway?.writer }),
    ]
    if (gateway) changed.push(gateway)
    if (gateway?.readers && readerHostname !== undefined) {
      changed.push(...leadReaders(this, vpc, { name: readerHostname, target: gateway.readers, after: gateway }))
    }
    if (guard) for (const it of changed) it.node.addDependency(guard)
    this.#sayWhereToConnect(consumer, nlb !== undefined)
  }

  #sayWhereToConnect(consumer: ConsumerSettings, hasLoadBalancerPath: boolean): void {
    const { port, readerPort, gateway } = consumer
    const name = nameOfZone(consumer)
    new CfnOutput(this, 'Connect', { value: `${name}:${port}`, description: 'Inside the VPC' })
    if (hasLoadBalancerPath && readerPort !== undefined) {
      new CfnOutput(this, 'ConnectReaders', { value: `${name}:${readerPort}`, description: 'Inside the VPC' })
    }
    if (hasGateway(gateway.stage) && gateway.readerHostname !== undefined) {
      new CfnOutput(this, 'ConnectReadersByGateway', {
        value: `${gateway.readerHostname}:${port}`,
        description: 'Inside the VPC; where reader clients go before the writer’s name moves',
      })
    }
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
