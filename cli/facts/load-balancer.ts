import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import type { ListenerFacts, LoadBalancerFacts, TargetFacts, TargetGroupFacts } from './facts.ts'
import { andThen, type Gathered, none } from './gathered.ts'

type Attributes = Readonly<Record<string, string>>

const readAttributes = (list: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Attributes =>
  Object.fromEntries(list.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])))

export const gatherTargetGroup = (clients: Clients, arn: Gathered<string>): Promise<Gathered<TargetGroupFacts>> =>
  andThen(arn, TargetGroupArn =>
    attempt(async () => {
      const elbv2 = await clients.elbv2()
      const [{ TargetGroups: [group] = [] }, { Attributes }] = await Promise.all([
        elbv2.describeTargetGroups({ TargetGroupArns: [TargetGroupArn] }),
        elbv2.describeTargetGroupAttributes({ TargetGroupArn }),
      ])
      return {
        arn: TargetGroupArn,
        port: group?.Port ?? 0,
        protocol: group?.Protocol ?? 'unknown',
        targetType: group?.TargetType ?? 'unknown',
        vpcId: group?.VpcId ?? '',
        loadBalancerArns: group?.LoadBalancerArns ?? [],
        healthCheck: {
          protocol: group?.HealthCheckProtocol ?? 'TCP',
          port: group?.HealthCheckPort ?? 'traffic-port',
          intervalSeconds: group?.HealthCheckIntervalSeconds ?? 30,
          timeoutSeconds: group?.HealthCheckTimeoutSeconds ?? 10,
          healthyThreshold: group?.HealthyThresholdCount ?? 5,
          unhealthyThreshold: group?.UnhealthyThresholdCount ?? 2,
        },
        attributes: readAttributes(Attributes),
      }
    }),
  )

export const gatherTargets = (clients: Clients, arn: Gathered<string>): Promise<Gathered<readonly TargetFacts[]>> =>
  andThen(arn, TargetGroupArn =>
    attempt(async () => {
      const { TargetHealthDescriptions = [] } = await (await clients.elbv2()).describeTargetHealth({ TargetGroupArn })
      return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
        ip: Target?.Id ?? '',
        port: Target?.Port ?? 0,
        state: TargetHealth?.State ?? 'unknown',
        ...(TargetHealth?.Reason === undefined ? {} : { reason: TargetHealth.Reason }),
      }))
    }),
  )

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
        addresses: [...new Set([...fixed, ...addresses])].sort(),
        attributes: readAttributes(Attributes),
      }
    })
  })

/**
 * The private addresses of the nodes: the API shows only fixed ones, the network interfaces of the load balancer all
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html#target-security-groups).
 * Without the permission to look, the list is short.
 */
const addressesOf = async (clients: Clients, arn: string): Promise<string[]> => {
  const description = `ELB ${arn.split(':loadbalancer/')[1]}`
  const found = await attempt(async () => {
    const ec2 = await clients.ec2()
    return ec2.describeNetworkInterfaces({ Filters: [{ Name: 'description', Values: [description] }] })
  })
  if (found.kind !== 'known') return []
  return (found.value.NetworkInterfaces ?? []).flatMap(it => it.PrivateIpAddress ?? [])
}

/** Listeners that forward to one of the groups. */
export const gatherListeners = (
  clients: Clients,
  balancer: Gathered<LoadBalancerFacts>,
  groupArns: readonly string[],
): Promise<Gathered<readonly ListenerFacts[]>> =>
  andThen(balancer, ({ arn: LoadBalancerArn }) =>
    attempt(async () => {
      const elbv2 = await clients.elbv2()
      const { Listeners = [] } = await elbv2.describeListeners({ LoadBalancerArn })
      const ours = Listeners.map(listener => {
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
      }).filter(({ targetGroupArns }) => targetGroupArns.some(it => groupArns.includes(it)))
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
