import { Duration } from 'aws-cdk-lib'
import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import {
  NetworkListenerAction,
  NetworkLoadBalancer,
  NetworkTargetGroup,
  Protocol,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { Construct } from 'constructs'
import { acknowledge } from '../nag.ts'
import type { HealthCheck } from '../settings/engines.ts'
import type { CreatedFrontDoor } from '../settings/front-door.ts'
import type { DatabaseSettings } from '../settings.ts'
import { importSubnets } from './network-mode.ts'

export interface FrontDoorProps {
  readonly database: DatabaseSettings
  readonly door: CreatedFrontDoor & { readonly health: HealthCheck }
  readonly vpc: IVpc
}

/**
 * A Network Load Balancer in every zone of the DB subnet group, and one target group without targets: the function
 * registers them. A list in the template would put an old address back at the next deployment.
 *
 * Reasons for the attributes:
 * - cross-zone on: one writer serves every zone; off, a consumer's zone without the writer is dead.
 * - connection termination with a delay near zero: an old writer that comes back as a reader must not keep sessions.
 * - client addresses and proxy protocol off: no database on RDS understands the header, probes included.
 * - unhealthy termination on: otherwise sessions to a dead writer hang until their own timeout.
 * - 6000 s idle: a pool's quiet connection is forgotten after 350 s by default, and learns of it by a reset.
 */
export class FrontDoor extends Construct {
  readonly loadBalancer: NetworkLoadBalancer
  readonly targetGroup: NetworkTargetGroup
  readonly listenerPort: number

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id)
    const { database, door, vpc } = props
    const { exposure } = database
    this.listenerPort = door.listenerPort ?? database.port
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: `Load balancer in front of ${database.id}`,
      allowAllOutbound: false,
    })
    for (const network of database.allowedCidrs ?? privateNetworks) {
      group.addEgressRule(Peer.ipv4(network), Port.tcp(database.port), 'The database, and its health check')
    }
    for (const network of exposure.clientCidrs) {
      group.addIngressRule(Peer.ipv4(network), Port.tcp(this.listenerPort), 'Clients')
    }
    const subnets = importSubnets(this, database.subnets)
    const hasAddresses = database.subnets.some(it => it.address !== undefined)
    this.loadBalancer = new NetworkLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing: false,
      crossZoneEnabled: true,
      securityGroups: [group],
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: exposure.enforceSecurityGroup,
      ...(hasAddresses
        ? {
            subnetMappings: database.subnets.flatMap((it, index) => {
              const subnet = subnets[index]
              return subnet ? [{ subnet, ...(it.address === undefined ? {} : { privateIpv4Address: it.address }) }] : []
            }),
          }
        : { vpcSubnets: { subnets } }),
    })
    acknowledge(this.loadBalancer, {
      'AwsSolutions-ELB2':
        'A Network Load Balancer writes access logs for TLS listeners only; this one passes TCP through.',
    })
    this.targetGroup = createTargetGroup(this, props)
    this.loadBalancer.addListener('Listener', {
      port: this.listenerPort,
      protocol: Protocol.TCP,
      tcpIdleTimeout: Duration.seconds(door.idleTimeoutSeconds),
      defaultAction: NetworkListenerAction.forward([this.targetGroup]),
    })
    if (door.databaseSecurityGroupId !== undefined) letInto(this, door.databaseSecurityGroupId, database, group)
  }
}

/** What an IPv4 target group accepts. */
const privateNetworks = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16']

const createTargetGroup = (scope: Construct, { database, door, vpc }: FrontDoorProps): NetworkTargetGroup => {
  const { health } = door
  const group = new NetworkTargetGroup(scope, 'TargetGroup', {
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
const letInto = (scope: Construct, groupId: string, database: DatabaseSettings, from: SecurityGroup) => {
  const group = SecurityGroup.fromSecurityGroupId(scope, 'DatabaseSecurityGroup', groupId, { allowAllOutbound: true })
  const port = Port.tcp(database.port)
  group.addIngressRule(from, port, `Repoint ${database.id}: health checks`)
  if (database.exposure.enforceSecurityGroup) return
  for (const subnet of database.subnets) {
    const network = subnet.address === undefined ? subnet.cidr : `${subnet.address}/32`
    if (network) group.addIngressRule(Peer.ipv4(network), port, `Repoint ${database.id}: ${subnet.zone}`)
  }
}
