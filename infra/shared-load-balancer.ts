import { CfnOutput, Stack } from 'aws-cdk-lib'
import type { Alarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch'
import {
  type Connections,
  type IConnectable,
  type IVpc,
  Port,
  type SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2'
import type { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { Construct } from 'constructs'
import type { Exposure } from './app/settings/front-door-fields.ts'
import type { Subnet } from './app/settings/subnet-fields.ts'
import { parseSettings } from './app/settings.ts'
import { createSharedAlarms } from './constructs/alarms.ts'
import { createBalancer } from './constructs/balancer.ts'
import { EndpointService } from './constructs/endpoint-service.ts'
import type { SharedBalancer } from './constructs/front-door-model.ts'
import { sayWhereItIs } from './constructs/load-balancer-path.ts'
import { acknowledge } from './constructs/nag.ts'
import type { FrontDoorExposure, LoadBalancerOptions } from './front-door-props.ts'
import { chooseSubnets, exampleSubnets, exampleVpc, exposureEntry, exposureOf, standIn } from './front-door-settings.ts'

export interface SharedLoadBalancerProps {
  /** The databases'. */
  readonly vpc: IVpc
  /**
   * One subnet in every zone that any of its databases may have its writer in.
   * @default - the VPC's isolated subnets, or those that CDK chooses
   */
  readonly vpcSubnets?: SubnetSelection
  /** Where it may connect to: the networks of its databases. @default - everything that a target group accepts */
  readonly allowedCidrs?: readonly string[]
  /** Of the load balancer. @default - as each option says */
  readonly loadBalancerOptions?: Pick<LoadBalancerOptions, 'addresses' | 'deletionProtection' | 'enforceSecurityGroup'>
  /** An endpoint service for consumers of other VPCs. @default - one without principals; false for none */
  readonly endpointService?: FrontDoorExposure | false
  /** What its alarm does, and its end too. @default - nothing */
  readonly alarmActions?: readonly IAlarmAction[]
  /** Part of physical names. @default - CloudFormation makes every name */
  readonly name?: string
}

/** What the front doors behind it are made from. */
interface SharedModel {
  /** In the words of repoint.json. */
  readonly entry: Readonly<Record<string, unknown>> & { readonly name: string }
  readonly vpc: IVpc
  readonly subnets: readonly Subnet[]
  readonly exposure: Exposure
}

/**
 * One load balancer and one endpoint service for up to 50 listeners, so for up to 50 databases: `RdsFrontDoor` takes it as
 * `sharedLoadBalancer`, and a consumer reaches all of them through one endpoint. It knows none of its databases: what
 * they add to it are resources of their own stacks, and its own stack is the same before and after. What they refer to is
 * exported from the beginning and for good: a database that goes leaves nothing to be changed here, and this stack cannot
 * go from under a database.
 *
 * Whoever is let in to the endpoint service reaches the port of every database behind it: with `enforceSecurityGroup` the
 * clients of each (`loadBalancerOptions.clientCidrs` of its front door) reach its own port alone.
 *
 * @example
 * const shared = new SharedLoadBalancer(this, 'Shared', {
 *   vpc,
 *   endpointService: { allowedPrincipals: ['arn:aws:iam::444455556666:root'] },
 * })
 * new RdsFrontDoor(this, 'FrontDoor', {
 *   target: FrontDoorTarget.instance(orders),
 *   sharedLoadBalancer: shared,
 *   loadBalancerOptions: { listenerPort: 6001 },
 * })
 */
export class SharedLoadBalancer extends Construct implements IConnectable {
  readonly loadBalancer: NetworkLoadBalancer
  /** Of the load balancer; each front door lets its own clients in. */
  readonly securityGroup: SecurityGroup
  /** What consumers connect to; absent without an endpoint service. */
  readonly endpointServiceName: string | undefined
  /** Its own; those of each database are the front door's. */
  readonly alarms: readonly Alarm[]
  /** @internal */
  readonly model: SharedModel
  readonly #imported: SharedBalancer

  /** @throws Error naming every property that does not fit */
  constructor(scope: Construct, id: string, props: SharedLoadBalancerProps) {
    super(scope, id)
    acknowledge(this, { 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'Nothing here reads a route table.' })
    const { vpc, allowedCidrs, loadBalancerOptions = {}, name, alarmActions = [] } = props
    this.model = modelOf(props)
    const { subnets, exposure } = this.model
    const { loadBalancer, group } = createBalancer(this, {
      vpc,
      subnets,
      description: name === undefined ? 'Shared load balancer' : `Shared load balancer ${name}`,
      allowedCidrs,
      // Its databases have ports of their own, and another one may join: what it connects to is their target groups' alone.
      outgoing: Port.allTcp(),
      enforceSecurityGroup: exposure.enforceSecurityGroup,
      deletionProtection: loadBalancerOptions.deletionProtection ?? false,
    })
    this.loadBalancer = loadBalancer
    this.securityGroup = group
    sayWhereItIs(this, loadBalancer, group)
    const stack = Stack.of(this)
    this.#imported = {
      loadBalancerArn: stack.exportValue(loadBalancer.loadBalancerArn),
      securityGroupId: stack.exportValue(group.securityGroupId),
    }
    const owner = { name: name === undefined ? undefined : `load-balancer-${name}`, alarmActions }
    this.alarms = createSharedAlarms(this, owner, loadBalancer.loadBalancerFullName)
    if (!exposure.endpointService) return
    const service = new EndpointService(this, 'EndpointService', { id: name ?? 'shared', exposure }, loadBalancer)
    // It goes first: AWS does not remove it while a consumer is connected, and what went beside it is gone.
    service.node.addDependency(...this.alarms)
    this.endpointServiceName = service.serviceName
    new CfnOutput(this, 'EndpointServiceName', {
      value: service.serviceName,
      description: 'What consumers connect to, for every database behind it',
    })
  }

  /**
   * Whatever references are by default, these are exports: CloudFormation removes no stack whose exports another one
   * imports, and with the load balancer would go the listeners of every database.
   * @internal
   */
  seenFrom(scope: Construct): SharedBalancer {
    const [own, other] = [Stack.of(this), Stack.of(scope)]
    if (own === other) {
      const { loadBalancerArn } = this.loadBalancer
      return { loadBalancerArn, securityGroupId: this.securityGroup.securityGroupId }
    }
    other.addStackDependency(own)
    return this.#imported
  }

  /** Of the load balancer, without a port of its own. */
  get connections(): Connections {
    return this.loadBalancer.connections
  }
}

/** @throws SettingsError naming every problem at once */
const modelOf = (props: SharedLoadBalancerProps): SharedModel => {
  const { vpc, vpcSubnets, allowedCidrs, loadBalancerOptions = {} } = props
  const { addresses, deletionProtection } = loadBalancerOptions
  const subnets = chooseSubnets(vpc, vpcSubnets, addresses)
  const entry = {
    name: 'shared',
    account: '111122223333',
    region: 'eu-west-1',
    vpcId: exampleVpc,
    subnets: exampleSubnets(subnets),
    allowedCidrs: allowedCidrs?.map(standIn('10.0.0.0/8')),
    deletionProtection,
    exposure: exposureEntry(props),
  }
  const { loadBalancers } = parseSettings('props', JSON.stringify({ loadBalancers: [entry] }))
  const [parsed] = loadBalancers
  if (parsed === undefined) throw new Error('No load balancer')
  return {
    entry,
    vpc,
    subnets,
    exposure: { ...parsed.exposure, ...exposureOf(props), clientCidrs: [] },
  }
}
