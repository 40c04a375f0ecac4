import type { Account } from './account.ts'
import { findListener, findLoadBalancer } from './elbv2-find.ts'
import { type Actions, text } from './query-protocol.ts'

/** Attributes of load balancers and listeners, and what of a load balancer lies in the network. */
export const elbv2AttributeActions = (account: Account): Actions => ({
  DescribeLoadBalancerAttributes: parameters => {
    const arn = text(parameters.LoadBalancerArn) ?? ''
    findLoadBalancer(account, arn)
    return { result: { Attributes: members(account.resources?.loadBalancers[arn]?.attributes ?? {}) } }
  },
  DescribeListenerAttributes: parameters => {
    const arn = text(parameters.ListenerArn) ?? ''
    findListener(account, arn)
    return { result: { Attributes: members(account.resources?.listeners[arn] ?? {}) } }
  },
})

const members = (attributes: Readonly<Record<string, string>>) => ({
  member: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })),
})

/** Fields of DescribeLoadBalancers that the resources know. */
export const networkOf = (account: Account, arn: string, zones: readonly string[]) => {
  const around = account.resources
  const own = around?.loadBalancers[arn]
  const subnetIn = (zone: string) => around?.subnets.find(it => it.zone === zone && own?.subnetIds.includes(it.id))?.id
  return {
    AvailabilityZones: {
      member: zones.map(ZoneName => {
        const SubnetId = subnetIn(ZoneName)
        return { ZoneName, ...(SubnetId ? { SubnetId } : {}) }
      }),
    },
    ...(own && own.securityGroupIds.length > 0
      ? {
          SecurityGroups: { member: own.securityGroupIds },
          EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: own.enforcesOnPrivateLink ? 'on' : 'off',
        }
      : {}),
  }
}
