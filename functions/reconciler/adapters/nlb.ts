import {
  AddTagsCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeTagsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type Listener,
  ModifyListenerCommand,
  RegisterTargetsCommand,
  type TargetDescription,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Registration, RegistrationState, Remembered, Target, Weight } from '../core/model.ts'
import { pairTag } from '../names.ts'
import { AwsError, type FrontDoor } from '../ports.ts'
import { readAwsError } from './aws-errors.ts'
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
  const registerAnywhere = async (targetGroupArn: string, target: TargetDescription): Promise<void> => {
    try {
      await register(targetGroupArn, [{ ...target, AvailabilityZone: 'all' }])
    } catch (error) {
      if (!isInvalid(error)) throw error
      await register(targetGroupArn, [target])
    }
  }
  return {
    async registrations(targetGroupArn) {
      const call = { action: 'elasticloadbalancing:DescribeTargetHealth', resource: targetGroupArn }
      const answer = await calling(call, () =>
        client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })),
      )
      return (answer.TargetHealthDescriptions ?? []).filter(isListed).map(toRegistration)
    },
    async register(targetGroupArn, targets) {
      try {
        await register(targetGroupArn, targets.map(describe))
      } catch (error) {
        if (!isInvalid(error)) throw error
        // One by one: the zone that an address outside the VPC needs is refused for one inside.
        for (const target of targets) await registerAnywhere(targetGroupArn, describe(target))
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
      return weightsOf(answer.Listeners?.[0])
    },
    async setWeights(listenerArn, weights) {
      const call = { action: 'elasticloadbalancing:ModifyListener', resource: listenerArn }
      const TargetGroups = weights.map(({ targetGroupArn, weight }) => ({
        TargetGroupArn: targetGroupArn,
        Weight: weight,
      }))
      const DefaultActions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups } }]
      const command = new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions })
      // "Information about the modified listener"
      // (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html).
      const { Listeners: [modified] = [] } = await calling(call, () => client.send(command))
      return modified && weightsOf(modified)
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

/** A weight that is not said is 1, as for a listener with one group. */
const weightsOf = (listener: Listener | undefined): readonly Weight[] => {
  const action = listener?.DefaultActions?.[0]
  const groups = action?.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action?.TargetGroupArn }]
  return groups.flatMap(({ TargetGroupArn: targetGroupArn, Weight: weight = 1 }) =>
    targetGroupArn === undefined ? [] : [{ targetGroupArn, weight }],
  )
}

/**
 * `ip interface subnet / ip interface subnet`, with `disproved` behind what was disproved: in the characters that a tag may
 * have, and with three entries below its 256 (https://docs.aws.amazon.com/general/latest/gr/aws_tagging.html).
 */
const writePair = (pair: readonly Remembered[]): string =>
  pair
    .map(({ ip, interfaceId, subnetId, isDisproved }) =>
      [ip, interfaceId, subnetId, ...(isDisproved ? [disproved] : [])].join(' '),
    )
    .join(' / ')

const disproved = 'disproved'

/** What cannot be read is not remembered: it is learnt again. */
const readPair = (text = ''): readonly Remembered[] =>
  text.split(' / ').flatMap(entry => {
    const [ip, interfaceId, subnetId, mark, ...rest] = entry.split(' ')
    if (!ip || !interfaceId || !subnetId || rest.length > 0) return []
    if (mark === undefined) return [{ ip, interfaceId, subnetId }]
    return mark === disproved ? [{ ip, interfaceId, subnetId, isDisproved: true }] : []
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

/**
 * What AWS answers for an address outside the load balancer's VPC without a zone, and for one inside with the zone `all`. Both
 * have only the code `ValidationError`, and for the first AWS has at least two texts, so the code alone decides; a request that
 * is wrong otherwise is refused again, with AWS's own words.
 * - "The Availability Zone is required for IP address '10.4.40.87' because it is not in the VPC"
 *   (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/3714)
 * - "You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address ... is
 *   outside the VPC" (https://github.com/PaloAltoNetworks/terraform-aws-vmseries-modules/pull/293)
 * - "The IP address ... is within the VPC, and cannot have its Availability Zone overridden to 'all' from 'us-east-1b'"
 *   (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/561)
 */
const isInvalid = (error: unknown): boolean =>
  error instanceof AwsError && readAwsError(error.cause).code === 'ValidationError'
