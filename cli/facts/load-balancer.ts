import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import { everyPage } from './every-page.ts'
import { andThen, type Gathered, known, none } from './gathered.ts'
import type { TargetGroupFacts } from './target-groups.ts'
import { readAttributes } from './target-groups.ts'

export interface LoadBalancerFacts {
  readonly arn: string
  readonly type: string
  readonly scheme: string
  readonly state: string
  readonly vpcId: string
  readonly zones: readonly { readonly zone: string; readonly subnetId: string }[]
  readonly securityGroupIds: readonly string[]
  /** Whether its security groups judge PrivateLink traffic; AWS's default is on. Meaningless without groups. */
  readonly enforcesOnPrivateLink: boolean
  /** Private addresses of its nodes. */
  readonly addresses: Gathered<readonly string[]>
  readonly attributes: Readonly<Record<string, string>>
}

export interface ListenerFacts {
  readonly arn: string
  readonly port: number
  readonly protocol: string
  readonly targetGroupArns: readonly string[]
  /** Of each group, by ARN, where the listener weighs them. */
  readonly weights?: Readonly<Record<string, number>>
  readonly idleTimeoutSeconds: number
}

/** The load balancer that the group is behind, or the one that the settings name. */
export const gatherLoadBalancer = (
  clients: Clients,
  group: Gathered<Pick<TargetGroupFacts, 'loadBalancerArns'>>,
  named: string | undefined,
): Promise<Gathered<LoadBalancerFacts>> =>
  andThen(group, ({ loadBalancerArns: [first = named] }) => {
    if (first === undefined) return none('The target group is behind no load balancer.')
    return attempt(async () => {
      const elbv2 = await clients.elbv2()
      const [{ LoadBalancers: [balancer] = [] }, { Attributes }, addresses] = await Promise.all([
        elbv2.describeLoadBalancers({ LoadBalancerArns: [first] }),
        elbv2.describeLoadBalancerAttributes({ LoadBalancerArn: first }),
        addressesOf(clients, first),
      ])
      const zones = balancer?.AvailabilityZones ?? []
      const fixed = zones.flatMap(zone => (zone.LoadBalancerAddresses ?? []).flatMap(it => it.PrivateIPv4Address ?? []))
      return {
        arn: first,
        type: balancer?.Type ?? 'unknown',
        scheme: balancer?.Scheme ?? 'unknown',
        state: balancer?.State?.Code ?? 'unknown',
        vpcId: balancer?.VpcId ?? '',
        zones: zones.map(it => ({ zone: it.ZoneName ?? '', subnetId: it.SubnetId ?? '' })),
        securityGroupIds: balancer?.SecurityGroups ?? [],
        enforcesOnPrivateLink: balancer?.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic !== 'off',
        addresses: await andThen(addresses, found => known([...new Set([...fixed, ...found])].sort())),
        attributes: readAttributes(Attributes),
      }
    })
  })

/**
 * The private addresses of the nodes: the API shows only fixed ones, the network interfaces of the load balancer all
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html#target-security-groups).
 */
const addressesOf = (clients: Clients, arn: string): Promise<Gathered<readonly string[]>> =>
  attempt(async () => {
    const ec2 = await clients.ec2()
    const Filters = [{ Name: 'description', Values: [`ELB ${arn.split(':loadbalancer/')[1]}`] }]
    const interfaces = await everyPage('NetworkInterfaces', NextToken =>
      ec2.describeNetworkInterfaces({ Filters, NextToken }),
    )
    return interfaces.flatMap(it => it.PrivateIpAddress ?? [])
  })

/** Listeners that forward to one of the groups. */
export const gatherListeners = (
  clients: Clients,
  balancer: Gathered<LoadBalancerFacts>,
  groupArns: readonly string[],
): Promise<Gathered<readonly ListenerFacts[]>> =>
  andThen(balancer, ({ arn: LoadBalancerArn }) =>
    attempt(async () => {
      const elbv2 = await clients.elbv2()
      const listeners = await everyPage('Listeners', Marker => elbv2.describeListeners({ LoadBalancerArn, Marker }))
      const ours = listeners
        .map(listener => {
          const actions = listener.DefaultActions ?? []
          const weighed = actions.flatMap(({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? [])
          const arns = [...weighed, ...actions].flatMap(({ TargetGroupArn }) => TargetGroupArn ?? [])
          return {
            arn: listener.ListenerArn ?? '',
            port: listener.Port ?? 0,
            protocol: listener.Protocol ?? 'unknown',
            targetGroupArns: [...new Set(arns)],
            weights: Object.fromEntries(weighed.map(it => [it.TargetGroupArn ?? '', it.Weight ?? 1])),
          }
        })
        .filter(({ targetGroupArns }) => targetGroupArns.some(it => groupArns.includes(it)))
      return Promise.all(
        ours.map(async listener => {
          const { Attributes } = await elbv2.describeListenerAttributes({ ListenerArn: listener.arn })
          return {
            ...listener,
            idleTimeoutSeconds: Number(readAttributes(Attributes)['tcp.idle_timeout.seconds'] ?? 350),
          }
        }),
      )
    }),
  )
