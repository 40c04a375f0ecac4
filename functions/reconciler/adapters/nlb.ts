import {
  AddTagsCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeTagsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  RegisterTargetsCommand,
  type TargetDescription,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Registration, RegistrationState, Remembered, Target } from '../core/model.ts'
import { pairTag } from '../names.ts'
import { AwsError, type FrontDoor } from '../ports.ts'
import { calling } from './calling.ts'

/**
 * A target group of a Network Load Balancer, as a front door.
 *
 * - Id *and* port, always: "If you specified a port override when you registered a target, you must specify both the
 *   target ID and the port when you deregister it", and a deregistration that matches nothing succeeds
 *   (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html).
 * - DescribeTargetHealth does not page. It lists draining targets too, and gives no reason for a healthy one.
 * - Never the zone: it is found from the address, and a stale one makes AWS miss the target. Only an address outside the
 *   load balancer's VPC needs one, `all`.
 */
export const createNlb = (client: ElasticLoadBalancingV2Client): FrontDoor => {
  const register = (targetGroupArn: string, targets: TargetDescription[]) =>
    calling({ action: 'elasticloadbalancing:RegisterTargets', resource: targetGroupArn }, () =>
      client.send(new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets: targets })),
    )
  return {
    async registrations(targetGroupArn) {
      const call = { action: 'elasticloadbalancing:DescribeTargetHealth', resource: targetGroupArn }
      const answer = await calling(call, () =>
        client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })),
      )
      return (answer.TargetHealthDescriptions ?? []).filter(isListed).map(toRegistration)
    },
    async register(targetGroupArn, targets) {
      const described = targets.map(describe)
      try {
        await register(targetGroupArn, described)
      } catch (error) {
        if (!isZoneWanted(error)) throw error
        await register(
          targetGroupArn,
          described.map(target => ({ ...target, AvailabilityZone: 'all' })),
        )
      }
    },
    async deregister(targetGroupArn, targets) {
      const call = { action: 'elasticloadbalancing:DeregisterTargets', resource: targetGroupArn }
      try {
        await calling(call, () =>
          client.send(new DeregisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets: targets.map(describe) })),
        )
      } catch (error) {
        // Gone already is what we wanted. The look that follows tells if it is not.
        if (!(error instanceof AwsError && error.kind === 'invalid-target')) throw error
      }
    },
    async weights(listenerArn) {
      const call = { action: 'elasticloadbalancing:DescribeListeners', resource: listenerArn }
      const answer = await calling(call, () =>
        client.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] })),
      )
      const action = answer.Listeners?.[0]?.DefaultActions?.[0]
      const groups = action?.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action?.TargetGroupArn }]
      // A weight that is not said is 1, as for a listener with one group.
      return groups.flatMap(({ TargetGroupArn: targetGroupArn, Weight: weight = 1 }) =>
        targetGroupArn === undefined ? [] : [{ targetGroupArn, weight }],
      )
    },
    async setWeights(listenerArn, weights) {
      const call = { action: 'elasticloadbalancing:ModifyListener', resource: listenerArn }
      const TargetGroups = weights.map(({ targetGroupArn, weight }) => ({
        TargetGroupArn: targetGroupArn,
        Weight: weight,
      }))
      const DefaultActions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups } }]
      await calling(call, () => client.send(new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions })))
    },
    async remembered(targetGroupArn) {
      const call = { action: 'elasticloadbalancing:DescribeTags', resource: targetGroupArn }
      const answer = await calling(call, () => client.send(new DescribeTagsCommand({ ResourceArns: [targetGroupArn] })))
      return readPair(answer.TagDescriptions?.[0]?.Tags?.find(({ Key: key }) => key === pairTag)?.Value)
    },
    async remember(targetGroupArn, pair) {
      const call = { action: 'elasticloadbalancing:AddTags', resource: targetGroupArn }
      const Tags = [{ Key: pairTag, Value: writePair(pair) }]
      await calling(call, () => client.send(new AddTagsCommand({ ResourceArns: [targetGroupArn], Tags })))
    },
  }
}

/** `ip interface subnet / ip interface subnet`: in the characters that a tag may have, far below its 256. */
const writePair = (pair: readonly Remembered[]): string =>
  pair.map(({ ip, interfaceId, subnetId }) => `${ip} ${interfaceId} ${subnetId}`).join(' / ')

/** What cannot be read is not remembered: it is learnt again. */
const readPair = (text = ''): readonly Remembered[] =>
  text.split(' / ').flatMap(entry => {
    const [ip, interfaceId, subnetId, ...rest] = entry.split(' ')
    return ip && interfaceId && subnetId && rest.length === 0 ? [{ ip, interfaceId, subnetId }] : []
  })

const describe = ({ ip, port }: Target): TargetDescription => ({ Id: ip, Port: port })

/** A target that we would ask for and that is not there answers `unused` with this reason: it is no registration. */
const isListed = (listed: TargetHealthDescription): boolean => listed.TargetHealth?.Reason !== 'Target.NotRegistered'

const toRegistration = ({ Target: target, TargetHealth: health }: TargetHealthDescription): Registration => {
  if (target?.Id === undefined || target.Port === undefined || health?.State === undefined) {
    throw new AwsError(
      'other',
      `elasticloadbalancing:DescribeTargetHealth gave a target without id, port or state: ${JSON.stringify({ target, health })}`,
    )
  }
  return {
    ip: target.Id,
    port: target.Port,
    state: health.State as RegistrationState,
    ...(health.Reason && { stateReason: health.Reason }),
  }
}

/** "you must specify an Availability Zone", as aws-load-balancer-controller matches it too. */
const isZoneWanted = (error: unknown): boolean =>
  error instanceof AwsError && error.message.includes('must specify an Availability Zone')
