import { BlockList } from 'node:net'
import type { TargetGroup, TargetId } from '../model.ts'
import type { Account } from './account.ts'
import { networkOf } from './elbv2-attributes.ts'
import { findGroup, findLoadBalancer } from './elbv2-find.ts'
import { listenerActions } from './elbv2-listeners.ts'
import { tagActions } from './elbv2-tags.ts'
import { elbv2Errors } from './errors/elbv2-errors.ts'
import { ApiFailure } from './errors/failure.ts'
import { type Actions, field, list, type Parameter, type Parameters, strings, text } from './query-protocol.ts'

/** ELBv2's actions over the target groups of the account. */
export const elbv2Actions = (account: Account): Actions => {
  const groupFor = (parameters: Parameters): TargetGroup => findGroup(account, text(parameters.TargetGroupArn))
  return {
    DescribeTargetHealth: parameters => {
      const group = groupFor(parameters)
      const asked = targetsIn(parameters, group)
      const health = group.describe(asked.length > 0 ? asked : undefined)
      return {
        result: { TargetHealthDescriptions: { member: health.map(target => describeHealth(target)) } },
        brief: { targets: health.map(target => `${target.ip}:${target.port} ${target.state}`).join(', ') || 'none' },
      }
    },
    RegisterTargets: parameters => {
      const group = groupFor(parameters)
      const targets = requireTargets(parameters, group)
      for (const target of targets) checkAddress(account, target)
      group.register(targets)
      return { result: {}, brief: { targets: targets.map(showTarget).join(', ') } }
    },
    DeregisterTargets: parameters => {
      const group = groupFor(parameters)
      const targets = requireTargets(parameters, group)
      group.deregister(targets)
      return { result: {}, brief: { targets: targets.map(showTarget).join(', ') } }
    },
    DescribeTargetGroups: parameters => {
      const arns = strings(parameters.TargetGroupArns)
      const groups = arns.length > 0 ? arns.map(arn => findGroup(account, arn)) : account.targetGroups
      return { result: { TargetGroups: { member: groups.map(group => describeGroup(account, group)) } } }
    },
    DescribeTargetGroupAttributes: parameters => {
      const attributes = Object.entries(groupFor(parameters).attributes)
      return { result: { Attributes: { member: attributes.map(([Key, Value]) => ({ Key, Value })) } } }
    },
    DescribeLoadBalancers: parameters => {
      const arns = strings(parameters.LoadBalancerArns)
      for (const arn of arns) findLoadBalancer(account, arn)
      const shown = account.loadBalancers.filter(({ arn }) => arns.length === 0 || arns.includes(arn))
      return {
        result: { LoadBalancers: { member: shown.map(balancer => describeBalancer(account, balancer)) } },
      }
    },
    ...listenerActions(account),
    ...tagActions(account),
  }
}

const showTarget = (target: TargetId): string => `${target.ip}:${target.port}`

const targetsIn = (parameters: Parameters, group: TargetGroup): TargetId[] =>
  list(parameters.Targets).map(target => readTarget(target, group))

/** The group's port stands in where a target names none. */
const readTarget = (target: Parameter, group: TargetGroup): TargetId => {
  const ip = text(field(target, 'Id'))
  if (!ip) throw new ApiFailure(elbv2Errors.noTargetId)
  const port = Number(text(field(target, 'Port')) ?? group.port)
  const zone = text(field(target, 'AvailabilityZone'))
  return zone === undefined ? { ip, port } : { ip, port, zone }
}

const requireTargets = (parameters: Parameters, group: TargetGroup): TargetId[] => {
  const targets = targetsIn(parameters, group)
  if (targets.length === 0) throw new ApiFailure(elbv2Errors.noTargets)
  return targets
}

const block = (cidrs: readonly string[]): BlockList => {
  const networks = new BlockList()
  for (const cidr of cidrs) {
    const [ip = '', bits] = cidr.split('/')
    networks.addSubnet(ip, Number(bits), 'ipv4')
  }
  return networks
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html */
const privateNetworks = block(['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'])

const zoneOf = ({ interfaces, region }: Account, ip: string): string =>
  interfaces.find(owner => owner.ip === ip)?.zone ?? `${region}a`

const checkAddress = (account: Account, target: TargetId): void => {
  if (block(account.vpc.cidrs).check(target.ip, 'ipv4')) {
    if (target.zone === 'all') throw new ApiFailure(elbv2Errors.insideVpc, target.ip, zoneOf(account, target.ip))
    return
  }
  if (!privateNetworks.check(target.ip, 'ipv4')) {
    throw new ApiFailure(elbv2Errors.notPrivate)
  }
  if (!target.zone) throw new ApiFailure(elbv2Errors.outsideVpc, target.ip)
}

const describeHealth = (target: ReturnType<TargetGroup['describe']>[number]) => ({
  Target: { Id: target.ip, Port: target.port, ...(target.zone ? { AvailabilityZone: target.zone } : {}) },
  HealthCheckPort: target.port,
  TargetHealth: {
    State: target.state,
    ...(target.reason ? { Reason: target.reason } : {}),
    ...(target.description ? { Description: target.description } : {}),
  },
})

const describeGroup = (account: Account, group: TargetGroup) => ({
  TargetGroupArn: group.arn,
  TargetGroupName: group.arn.split('/')[1],
  Protocol: 'TCP',
  Port: group.port,
  VpcId: account.vpc.id,
  TargetType: 'ip',
  IpAddressType: 'ipv4',
  HealthCheckProtocol: 'TCP',
  HealthCheckPort: 'traffic-port',
  HealthCheckEnabled: true,
  ...(group.healthCheck
    ? {
        HealthCheckIntervalSeconds: group.healthCheck.intervalMs / 1000,
        HealthCheckTimeoutSeconds: group.healthCheck.timeoutMs / 1000,
        HealthyThresholdCount: group.healthCheck.healthyThreshold,
        UnhealthyThresholdCount: group.healthCheck.unhealthyThreshold,
      }
    : {}),
  LoadBalancerArns: {
    member: account.loadBalancers
      .filter(balancer =>
        balancer.listeners.some(({ weights }) => weights().some(it => it.targetGroupArn === group.arn)),
      )
      .map(balancer => balancer.arn),
  },
})

const describeBalancer = (account: Account, balancer: Account['loadBalancers'][number]) => ({
  LoadBalancerArn: balancer.arn,
  LoadBalancerName: balancer.name,
  DNSName: balancer.dnsName,
  Type: 'network',
  Scheme: 'internal',
  VpcId: account.vpc.id,
  State: { Code: 'active' },
  ...networkOf(account, balancer.arn, balancer.zones),
})
