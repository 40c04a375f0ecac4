import { type IVpc, Peer, type Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { Construct } from 'constructs'
import { registrableCidrs } from '../../functions/reconciler/config.ts'
import type { DatabaseSettings } from '../app/settings.ts'
import { acknowledge } from './nag.ts'
import { importSubnets } from './network-mode.ts'

export interface BalancerProps {
  readonly vpc: IVpc
  readonly subnets: DatabaseSettings['subnets']
  /** Of the security group. */
  readonly description: string
  /** Where it may connect to; by default everything that a target group accepts. */
  readonly allowedCidrs?: readonly string[] | undefined
  readonly outgoing: Port
  readonly enforceSecurityGroup: boolean
  readonly deletionProtection: boolean
}

export interface Balancer {
  readonly loadBalancer: NetworkLoadBalancer
  /** Of the load balancer; it lets nobody in. */
  readonly group: SecurityGroup
}

/** A Network Load Balancer in every zone of the subnets, cross-zone: one writer serves every zone. */
export const createBalancer = (scope: Construct, props: BalancerProps): Balancer => {
  const { vpc, description, outgoing, deletionProtection, enforceSecurityGroup } = props
  const group = new SecurityGroup(scope, 'SecurityGroup', { vpc, description, allowAllOutbound: false })
  for (const network of props.allowedCidrs ?? registrableCidrs) {
    group.addEgressRule(Peer.ipv4(network), outgoing, 'The database, and its health check')
  }
  const subnets = importSubnets(scope, props.subnets)
  const hasAddresses = props.subnets.some(it => it.address !== undefined)
  const loadBalancer = new NetworkLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    internetFacing: false,
    crossZoneEnabled: true,
    ...(deletionProtection ? { deletionProtection: true } : {}),
    securityGroups: [group],
    enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: enforceSecurityGroup,
    ...(hasAddresses
      ? {
          subnetMappings: props.subnets.flatMap((it, index) => {
            const subnet = subnets[index]
            return subnet ? [{ subnet, ...(it.address === undefined ? {} : { privateIpv4Address: it.address }) }] : []
          }),
        }
      : { vpcSubnets: { subnets } }),
  })
  acknowledge(loadBalancer, {
    'AwsSolutions-ELB2':
      'A Network Load Balancer writes access logs for TLS listeners only; this one passes TCP through.',
  })
  return { loadBalancer, group }
}
