import { CfnOutput, Fn, Stack, Tokenization } from 'aws-cdk-lib'
import {
  type CfnVPCEndpoint,
  Connections,
  type IConnectable,
  type InterfaceVpcEndpoint,
  InterfaceVpcEndpointService,
  type IVpc,
  Port,
} from 'aws-cdk-lib/aws-ec2'
import type { CfnHostedZone, PrivateHostedZone } from 'aws-cdk-lib/aws-route53'
import { Construct, type IConstruct } from 'constructs'
import { hashOf } from './app/settings/hash-of.ts'
import { type Weights, weightsOf } from './app/settings/stage-weights.ts'
import { hasGateway, hasLoadBalancer } from './app/settings/stages.ts'
import { letClientsIn, letClientsIntoShared } from './constructs/client-access.ts'
import type { AliasTarget, ConsumerModel } from './constructs/consumer-model.ts'
import { createZone, leadReaders, nameOfZone, writeWeightedRecords } from './constructs/consumer-zone.ts'
import { InboundResolver } from './constructs/inbound-resolver.ts'
import { createInterfaceEndpoint, warnAboutOneZone } from './constructs/interface-endpoint.ts'
import { logicalIdOf } from './constructs/logical-id.ts'
import { acknowledge } from './constructs/nag.ts'
import { importSubnets } from './constructs/network-mode.ts'
import { RedshiftEndpoint } from './constructs/redshift-endpoint.ts'
import { endpointHash, ResourceEndpoint } from './constructs/resource-endpoint.ts'
import { StageGuard } from './constructs/stage-guard.ts'
import type { RdsConsumerProps } from './consumer-props.ts'
import { consumerModel } from './consumer-settings.ts'

interface LoadBalancerPath {
  /** Of the stack's own; none where consumers share one. */
  readonly endpoint: InterfaceVpcEndpoint | undefined
  /** Stands before the zone that leads there. */
  readonly before: IConstruct
  readonly target: AliasTarget
}

/**
 * The consumer's side, in its own account or VPC: an endpoint for each path to the database, and a private hosted zone
 * named exactly as the RDS endpoint, so that a client checks the server's certificate, and signs its IAM token, for the
 * name that the server really has. Overlapping networks do no harm: nothing is routed.
 *
 * CloudFormation removes what a stage leaves out at the very end, and a record before the endpoint that it names.
 *
 * @example
 * const consumer = new RdsConsumer(this, 'Consumer', {
 *   vpc,
 *   hostname: 'orders.abc123def456.eu-west-1.rds.amazonaws.com',
 *   port: 5432,
 *   serviceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718',
 * })
 * consumer.connections.allowDefaultPortFrom(application)
 */
export class RdsConsumer extends Construct implements IConnectable {
  /** What clients connect to, inside the VPC and its peers. */
  readonly hostname: string
  /** Of the load balancer's endpoint, where the construct makes it: for the provider to accept. */
  readonly endpointId: string | undefined
  /** Of the load balancer's endpoint, in the public DNS. */
  readonly endpointName: string | undefined
  /** Of every endpoint, on the database's port. */
  readonly connections: Connections

  /** @throws Error naming every property that does not fit */
  constructor(scope: Construct, id: string, props: RdsConsumerProps) {
    super(scope, id)
    acknowledge(this, { 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'Nothing here reads a route table.' })
    const consumer = consumerModel(this, props)
    const { stage } = consumer.gateway
    const { vpc } = props
    this.connections = new Connections({ defaultPort: Port.tcp(consumer.port) })
    this.hostname = nameOfZone(consumer)
    if (consumer.redshift) {
      const { group } = new RedshiftEndpoint(this, 'Redshift', { consumer, redshift: consumer.redshift, vpc })
      this.connections.addSecurityGroup(group)
    }
    const nlb =
      hasLoadBalancer(stage) && consumer.serviceName !== undefined
        ? (this.#takeSharedPath(consumer) ?? this.#openLoadBalancerPath(consumer, vpc))
        : undefined
    this.endpointId = nlb?.endpoint?.vpcEndpointId
    this.endpointName = nlb?.target.dnsName
    if (nlb !== undefined || hasGateway(stage)) this.#namePaths(consumer, vpc, nlb)
    if (consumer.inboundResolver) new InboundResolver(this, 'InboundResolver', consumer, vpc)
    this.#sayWhatClientsLetOut(consumer)
    this.#warnAboutOneZone(consumer)
  }

  /** A client whose own group limits what goes out needs a rule there too, which nothing here can make. */
  #sayWhatClientsLetOut(consumer: ConsumerModel): void {
    const groups = Fn.join(', ', [...this.connections.securityGroups.map(it => it.securityGroupId)])
    const ports = portsOf(consumer).map(it => Tokenization.stringifyNumber(it))
    new CfnOutput(this, 'EndpointSecurityGroups', { value: groups, description: 'Of every endpoint' })
    new CfnOutput(this, 'ClientsLetOut', {
      value: `TCP ${ports.join(' and ')} to ${groups}`,
      description:
        'What a client’s own security group needs where it limits what goes out; from another VPC, to the endpoints’ subnets',
    })
  }

  #warnAboutOneZone({ name, gateway: { stage }, ...consumer }: ConsumerModel): void {
    const alone = [
      ...(this.endpointId !== undefined && consumer.commonSubnets.length === 1 ? ['the load balancer’s endpoint'] : []),
      ...(hasGateway(stage) && consumer.gatewaySubnets.length === 1 ? ['the gateway’s endpoint'] : []),
    ]
    if (alone.length === 0) return
    warnAboutOneZone(this, `${name}: ${alone.join(' and ')}`, 'the database')
  }

  #takeSharedPath(consumer: ConsumerModel): LoadBalancerPath | undefined {
    const shared = consumer.shared?.seenFrom(this)
    if (shared === undefined) return undefined
    const { securityGroupId, target } = shared
    const ports = portsOf(consumer)
    const group = letClientsIntoShared(this, 'SharedSecurityGroup', { consumer, securityGroupId, ports })
    this.connections.addSecurityGroup(group)
    return { endpoint: undefined, before: group, target }
  }

  #openLoadBalancerPath(consumer: ConsumerModel, vpc: IVpc): LoadBalancerPath {
    const group = letClientsIn(this, 'SecurityGroup', { consumer, vpc, ports: portsOf(consumer) })
    this.connections.addSecurityGroup(group)
    // Under another logical id it would be another endpoint, whose consumers are cut off.
    const logicalId = logicalIdOf(this, 'Endpoint')
    const { endpoint, target } = createInterfaceEndpoint(this, {
      vpc,
      service: new InterfaceVpcEndpointService(consumer.serviceName ?? '', consumer.port),
      ...(consumer.serviceRegion && { serviceRegion: consumer.serviceRegion }),
      subnets: { subnets: importSubnets(this, consumer.commonSubnets) },
      group,
      name: consumer.name,
    })
    ;(endpoint.node.defaultChild as CfnVPCEndpoint).overrideLogicalId(logicalId)
    return { endpoint, before: endpoint, target }
  }

  #openGatewayPath(consumer: ConsumerModel, vpc: IVpc, resourceConfigurationArn: string): ResourceEndpoint {
    const endpoint = new ResourceEndpoint(this, 'Gateway', { consumer, resourceConfigurationArn, vpc })
    this.connections.addSecurityGroup(endpoint.group)
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
  #namePaths(consumer: ConsumerModel, vpc: IVpc, nlb: LoadBalancerPath | undefined): void {
    const { stage, resourceConfigurationArn, readerHostname } = consumer.gateway
    const configurationArn = hasGateway(stage) ? resourceConfigurationArn : undefined
    const name = nameOfZone(consumer)
    const weights = weightsOf(consumer.gateway)
    const zone = createZone(this, consumer, vpc)
    const guard = this.#guard(consumer, { weights, zone, nlb, configurationArn })
    const gateway = configurationArn ? this.#openGatewayPath(consumer, vpc, configurationArn) : undefined
    for (const it of [nlb?.before, guard, gateway]) if (it) zone.node.addDependency(it)
    const changed: Construct[] = [
      ...writeWeightedRecords(this, { zone, name, weights, nlb: nlb?.target, gateway: gateway?.writer }),
    ]
    if (gateway) changed.push(gateway)
    if (gateway?.readers && readerHostname !== undefined) {
      changed.push(
        ...leadReaders(this, consumer, vpc, { name: readerHostname, target: gateway.readers, after: gateway }),
      )
    }
    if (guard) for (const it of changed) it.node.addDependency(guard)
    this.#sayWhereToConnect(consumer, nlb !== undefined)
  }

  #guard(
    consumer: ConsumerModel,
    now: {
      readonly weights: Weights
      readonly zone: PrivateHostedZone
      readonly nlb: LoadBalancerPath | undefined
      readonly configurationArn: string | undefined
    },
  ): StageGuard | undefined {
    if (!consumer.isMigrating) return undefined
    const { stage, from, replaceInUse } = consumer.gateway
    const { weights, zone, nlb, configurationArn } = now
    const leadsTo = leadsToOf(consumer, { nlb, hasEndpoint: configurationArn !== undefined })
    return new StageGuard(this, 'StageGuard', {
      Side: 'consumer',
      Stage: stage,
      From: from,
      Zone: Stack.of(this).getLogicalId(zone.node.defaultChild as CfnHostedZone),
      RecordName: nameOfZone(consumer),
      Weights: JSON.stringify(weights),
      RaiseShare: consumer.raisesShare ? 'true' : undefined,
      SharesEndpoint: consumer.shared ? 'true' : undefined,
      EndpointHash: configurationArn && endpointHash(this, consumer, configurationArn),
      InterfaceEndpointHash: nlb && interfaceEndpointHash(this, consumer),
      LeadsToHash: leadsTo.length > 0 ? hashOf(Stack.of(this).resolve(leadsTo)) : undefined,
      ReplaceInUse: replaceInUse ? 'true' : undefined,
    })
  }

  #sayWhereToConnect(consumer: ConsumerModel, hasLoadBalancerPath: boolean): void {
    const { gateway } = consumer
    const port = Tokenization.stringifyNumber(consumer.port)
    const readerPort = consumer.readerPort && Tokenization.stringifyNumber(consumer.readerPort)
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
}

/** What changes where clients come to, and is no endpoint of its own: a shared one, the readers' name, and other networks. */
const leadsToOf = (
  { shared, gateway, peeredVpcs }: ConsumerModel,
  { nlb, hasEndpoint }: { readonly nlb: LoadBalancerPath | undefined; readonly hasEndpoint: boolean },
): readonly unknown[] => [
  ...(shared && nlb ? [nlb.target] : []),
  ...(hasEndpoint && gateway.readerHostname !== undefined ? [{ readers: gateway.readerHostname }] : []),
  ...peeredVpcs.map(it => ({ vpc: it.vpcId })),
]

/** Of what an interface endpoint keeps for good: another value is another endpoint. */
const interfaceEndpointHash = (scope: Construct, consumer: ConsumerModel): string => {
  const { vpcId, serviceName, serviceRegion, shared } = consumer
  return hashOf(Stack.of(scope).resolve({ vpcId, serviceName, serviceRegion, ...(shared ? { isShared: true } : {}) }))
}

const portsOf = ({ port, readerPort }: ConsumerModel): readonly number[] =>
  readerPort === undefined ? [port] : [port, readerPort]
