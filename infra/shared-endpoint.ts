import { Stack } from 'aws-cdk-lib'
import { InterfaceVpcEndpointService, type IVpc, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'
import type { SharedInterface } from './constructs/consumer-model.ts'
import { createInterfaceEndpoint, regionalTarget, warnAboutOneZone } from './constructs/interface-endpoint.ts'
import { acknowledge } from './constructs/nag.ts'
import { oneInEachZone } from './front-door-settings.ts'

export interface SharedEndpointProps {
  /** The consumers'. */
  readonly vpc: IVpc
  /** In zones that the service has; one in each is taken. @default - those that CDK chooses */
  readonly vpcSubnets?: SubnetSelection
  /** `SharedLoadBalancer.endpointServiceName`. */
  readonly serviceName: string
  /** Where the service is, if in another Region. @default - the endpoint's */
  readonly serviceRegion?: string
  /** In tags. @default - the construct's place in the app */
  readonly name?: string
}

/**
 * One interface endpoint for every database behind a shared load balancer. `RdsConsumer` takes it as `sharedEndpoint`: each
 * name has a hosted zone of its own that leads here, and lets its clients in on its own port. It knows none of them: its
 * own stack is the same whoever comes through it, and cannot go from under a consumer.
 *
 * @example
 * const endpoint = new SharedEndpoint(this, 'Shared', {
 *   vpc,
 *   serviceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718',
 * })
 * new RdsConsumer(this, 'Consumer', {
 *   vpc,
 *   hostname: 'orders.abc123def456.eu-west-1.rds.amazonaws.com',
 *   port: 6001,
 *   sharedEndpoint: endpoint,
 *   clientCidrs: ['10.1.0.0/16'],
 * })
 */
export class SharedEndpoint extends Construct {
  /** For the provider to accept. */
  readonly endpointId: string
  readonly serviceName: string
  readonly serviceRegion: string | undefined
  readonly #own: SharedInterface
  readonly #imported: SharedInterface

  constructor(scope: Construct, id: string, props: SharedEndpointProps) {
    super(scope, id)
    acknowledge(this, { 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'Nothing here reads a route table.' })
    const { vpc, vpcSubnets, serviceName, serviceRegion, name = this.node.path } = props
    this.serviceName = serviceName
    this.serviceRegion = serviceRegion
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: `Clients of what is behind ${name}`,
      allowAllOutbound: false,
    })
    const { endpoint, target } = createInterfaceEndpoint(this, {
      vpc,
      // Nobody is let in by it: each consumer has a port of its own.
      service: new InterfaceVpcEndpointService(serviceName),
      ...(serviceRegion && { serviceRegion }),
      subnets: oneInEachZone(vpcSubnets),
      group,
      name,
    })
    if (vpc.selectSubnets(oneInEachZone(vpcSubnets)).subnets.length === 1) {
      warnAboutOneZone(this, `${name}: the endpoint`, 'any database behind it')
    }
    this.endpointId = endpoint.vpcEndpointId
    this.#own = { target, securityGroupId: group.securityGroupId }
    const stack = Stack.of(this)
    this.#imported = {
      target: regionalTarget(stack.exportStringListValue(endpoint.vpcEndpointDnsEntries)),
      securityGroupId: stack.exportValue(group.securityGroupId),
    }
  }

  /**
   * By exports, as those of a shared load balancer: CloudFormation does not remove the endpoint while a hosted zone leads to it.
   * @internal
   */
  seenFrom(scope: Construct): SharedInterface {
    const [own, other] = [Stack.of(this), Stack.of(scope)]
    if (own === other) return this.#own
    other.addStackDependency(own)
    return this.#imported
  }
}
