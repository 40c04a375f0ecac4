import { Duration, Token } from 'aws-cdk-lib'
import { CfnSecurityGroupIngress, type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import {
  type NetworkListener,
  NetworkListenerAction,
  NetworkLoadBalancer,
  NetworkTargetGroup,
  Protocol,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { Construct } from 'constructs'
import type { CreatedDoor, DatabaseSettings } from '../app/settings.ts'
import { createBalancer } from './balancer.ts'
import { claim } from './claim.ts'
import type { SharedBalancer } from './front-door-model.ts'

export interface FrontDoorProps {
  readonly database: DatabaseSettings
  readonly door: CreatedDoor
  readonly vpc: IVpc
  /** Instead of a load balancer of the stack's own. */
  readonly shared: SharedBalancer | undefined
}

/**
 * A Network Load Balancer in every zone of the DB subnet group, or a listener of one that databases share, and target
 * groups without targets: the function registers them. A list in the template would put an old address back at the next
 * deployment.
 *
 * `swap` and `standby` have one target group, `weighted` one for each slot. The first is the same in all of them, so that
 * a change of the strategy replaces nothing. A listener's weights cannot be left out of a template: the first group has
 * weight 1 there and the others 0. Whenever CloudFormation writes that, the seed comes after it and lets the function put
 * the weights right.
 *
 * Reasons for the attributes:
 * - cross-zone on: one writer serves every zone; off, a consumer's zone without the writer is dead.
 * - connection termination with a delay near zero: an old writer that comes back as a reader must not keep sessions.
 * - client addresses and proxy protocol off: no database on RDS understands the header, probes included.
 * - unhealthy termination on: otherwise sessions to a dead writer hang until their own timeout.
 * - 6000 s idle: a pool's quiet connection is forgotten after 350 s by default, and learns of it by a reset.
 */
export class FrontDoor extends Construct {
  /** That the stack makes; none where databases share one. */
  readonly loadBalancer: NetworkLoadBalancer | undefined
  /** Of the load balancer. */
  readonly securityGroup: ISecurityGroup
  /** The writer's: one, or one for each slot. */
  readonly targetGroups: readonly [NetworkTargetGroup, ...NetworkTargetGroup[]]
  readonly listener: NetworkListener
  readonly readers: NetworkTargetGroup | undefined
  readonly readersListener: NetworkListener | undefined
  /** The database's own security group, with the rules for the load balancer; where the stack makes them. */
  readonly databaseGroup: ISecurityGroup | undefined

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id)
    const { database, door, vpc, shared } = props
    const { exposure } = database
    const readersPort = database.readers?.port
    const { loadBalancer, group } =
      shared === undefined
        ? createBalancer(this, {
            vpc,
            subnets: database.subnets,
            description: `Load balancer in front of ${database.id}`,
            allowedCidrs: database.allowedCidrs,
            outgoing: Port.tcp(database.port),
            enforceSecurityGroup: exposure.enforceSecurityGroup,
            deletionProtection: door.deletionProtection,
          })
        : importShared(this, shared)
    this.loadBalancer = loadBalancer instanceof NetworkLoadBalancer ? loadBalancer : undefined
    this.securityGroup = group
    for (const network of exposure.clientCidrs) {
      group.addIngressRule(Peer.ipv4(network), Port.tcp(door.listenerPort), 'Clients')
      if (readersPort !== undefined)
        group.addIngressRule(Peer.ipv4(network), Port.tcp(readersPort), 'Clients of readers')
    }
    const first = createTargetGroup(this, 'TargetGroup', props)
    const others = Array.from({ length: door.slots - 1 }, (_, index) =>
      createTargetGroup(this, `TargetGroup${index + 2}`, props),
    )
    this.targetGroups = [first, ...others]
    this.listener = loadBalancer.addListener('Listener', listenerProps(door.listenerPort, door, this.targetGroups))
    if (readersPort !== undefined) {
      this.readers = createTargetGroup(this, 'ReadersTargetGroup', props)
      this.readersListener = loadBalancer.addListener(
        'ReadersListener',
        listenerProps(readersPort, door, [this.readers]),
      )
    }
    if (door.databaseSecurityGroupId) {
      this.databaseGroup = letInto(this, door.databaseSecurityGroupId, database, group)
    }
  }
}

const listenerProps = (port: number, door: CreatedDoor, groups: readonly NetworkTargetGroup[]) => {
  const weighted = groups.map((targetGroup, index) => ({ targetGroup, weight: index === 0 ? 1 : 0 }))
  return {
    port,
    protocol: Protocol.TCP,
    tcpIdleTimeout: Duration.seconds(door.idleTimeoutSeconds),
    defaultAction:
      groups.length > 1 ? NetworkListenerAction.weightedForward(weighted) : NetworkListenerAction.forward([...groups]),
  }
}

/**
 * Of another stack, which nothing here changes: what it has to let in for this database are resources of this stack, told
 * apart by the listener's port, and go with it.
 */
const importShared = (scope: Construct, { loadBalancerArn, securityGroupId }: SharedBalancer) => ({
  loadBalancer: NetworkLoadBalancer.fromNetworkLoadBalancerAttributes(scope, 'Shared', { loadBalancerArn }),
  group: SecurityGroup.fromSecurityGroupId(scope, 'SharedSecurityGroup', securityGroupId, { allowAllOutbound: false }),
})

const createTargetGroup = (
  scope: Construct,
  id: string,
  { database, door, vpc }: FrontDoorProps,
): NetworkTargetGroup => {
  const { health } = door
  const group = new NetworkTargetGroup(scope, id, {
    vpc,
    targetType: TargetType.IP,
    protocol: Protocol.TCP,
    port: database.port,
    crossZoneEnabled: true,
    preserveClientIp: false,
    proxyProtocolV2: false,
    connectionTermination: true,
    deregistrationDelay: Duration.seconds(door.deregistrationDelaySeconds),
    targetGroupHealth: { dnsMinimumHealthyTargetCount: 1, routingMinimumHealthyTargetCount: 1 },
    healthCheck: {
      protocol: Protocol.TCP,
      interval: Duration.seconds(health.intervalSeconds),
      timeout: Duration.seconds(health.timeoutSeconds),
      healthyThresholdCount: health.healthyThreshold,
      unhealthyThresholdCount: health.unhealthyThreshold,
    },
  })
  group.setAttribute('target_health_state.unhealthy.connection_termination.enabled', 'true')
  group.setAttribute('stickiness.enabled', 'false')
  return group
}

/**
 * With enforcement off the database sees PrivateLink traffic from the load balancer's own addresses, which a reference
 * to the load balancer's group does not cover; the health checks it does cover
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html#target-security-groups).
 */
const letInto = (
  scope: Construct,
  groupId: string,
  database: DatabaseSettings,
  from: ISecurityGroup,
): ISecurityGroup => {
  const group = SecurityGroup.fromSecurityGroupId(scope, 'DatabaseSecurityGroup', groupId, { allowAllOutbound: true })
  const port = Port.tcp(database.port)
  group.addIngressRule(from, port, `Repoint ${database.id}: health checks`)
  if (database.exposure.enforceSecurityGroup) return group
  for (const subnet of database.subnets) {
    const network = subnet.address === undefined ? subnet.cidr : `${subnet.address}/32`
    const description = `Repoint ${database.id}: ${subnet.zone}`
    if (network === undefined) continue
    // Two that make the same rule, and the one that goes first takes it from the other.
    claim(scope, `the rule for ${network} on port ${database.port} in ${groupId}`, database.vpcId ?? '')
    if (Token.isUnresolved(network)) {
      // CDK tells rules apart by their networks, and leaves out the second one that is known only later.
      const ports = { ipProtocol: 'tcp', fromPort: database.port, toPort: database.port }
      const rule = { groupId, ...ports, cidrIp: network, description }
      new CfnSecurityGroupIngress(scope, `DatabaseRule-${subnet.zone}`, rule)
    } else group.addIngressRule(Peer.ipv4(network), port, description)
  }
  return group
}
