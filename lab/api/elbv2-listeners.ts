import type { Account, Listener, LoadBalancer, Weight } from './account.ts'
import { findGroup, findListener, findLoadBalancer } from './elbv2-find.ts'
import { elbv2Errors } from './errors/elbv2-errors.ts'
import { ApiFailure } from './errors/failure.ts'
import { type Actions, field, list, type Parameters, strings, text } from './query-protocol.ts'

/** ELBv2's actions over listeners, as far as they are about what is forwarded where. */
export const listenerActions = (account: Account): Actions => ({
  DescribeListeners: parameters => {
    const arns = strings(parameters.ListenerArns)
    const found =
      arns.length > 0
        ? arns.map(arn => findListener(account, arn))
        : listenersOf(findLoadBalancer(account, text(parameters.LoadBalancerArn)))
    const weights = found.map(({ listener }) => showWeights(listener.weights()))
    return { result: { Listeners: { member: found.map(describe) } }, brief: { weights: weights.join('; ') } }
  },
  ModifyListener: parameters => {
    const found = findListener(account, text(parameters.ListenerArn))
    const weights = readWeights(account, parameters)
    found.listener.setWeights(weights)
    return { result: { Listeners: { member: [describe(found)] } }, brief: { weights: showWeights(weights) } }
  },
})

const listenersOf = (balancer: LoadBalancer) => balancer.listeners.map(listener => ({ balancer, listener }))

/** A listener with one group names it beside the configuration; one with several cannot. */
const describe = ({ balancer, listener }: { balancer: LoadBalancer; listener: Listener }) => {
  const groups = listener.weights()
  const [only] = groups.length === 1 ? groups : []
  const TargetGroups = {
    member: groups.map(({ targetGroupArn: TargetGroupArn, weight: Weight }) => ({ TargetGroupArn, Weight })),
  }
  const action = { Type: 'forward', ForwardConfig: { TargetGroups } }
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: balancer.arn,
    Port: listener.port,
    Protocol: 'TCP',
    DefaultActions: { member: [only ? { ...action, TargetGroupArn: only.targetGroupArn } : action] },
  }
}

/** Up to five target groups an action (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html). */
const mostGroups = 5

const readWeights = (account: Account, parameters: Parameters): readonly Weight[] => {
  const [action, ...more] = list(parameters.DefaultActions)
  if (action === undefined || more.length > 0) throw new ApiFailure(elbv2Errors.oneAction)
  const tuples = list(field(field(action, 'ForwardConfig'), 'TargetGroups'))
  const single = text(field(action, 'TargetGroupArn'))
  const weights =
    tuples.length === 0 && single
      ? [{ targetGroupArn: single, weight: 1 }]
      : tuples.map(tuple => ({
          targetGroupArn: text(field(tuple, 'TargetGroupArn')) ?? '',
          weight: Number(text(field(tuple, 'Weight')) ?? 1),
        }))
  if (weights.length === 0) throw new ApiFailure(elbv2Errors.noForward)
  if (weights.length > mostGroups) {
    throw new ApiFailure(elbv2Errors.tooManyGroups, String(mostGroups))
  }
  for (const { targetGroupArn, weight } of weights) {
    findGroup(account, targetGroupArn)
    if (!Number.isInteger(weight) || weight < 0 || weight > 999) {
      throw new ApiFailure(elbv2Errors.weightOutOfRange, String(weight))
    }
  }
  return weights
}

const showWeights = (weights: readonly Weight[]): string =>
  weights.map(({ targetGroupArn, weight }) => `${targetGroupArn.split('/')[1]} ${weight}`).join(', ')
