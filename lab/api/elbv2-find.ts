import type { TargetGroup } from '../model.ts'
import type { Account } from './account.ts'
import { elbv2Errors } from './errors/elbv2-errors.ts'
import { ApiFailure } from './errors/failure.ts'

export const findGroup = (account: Account, arn: string | undefined): TargetGroup => {
  if (!arn) throw new ApiFailure(elbv2Errors.noGroupArn)
  if (!/^arn:aws[a-z-]*:elasticloadbalancing:[^:]+:\d{12}:targetgroup\/[^/]+\/[0-9a-f]+$/.test(arn)) {
    throw new ApiFailure(elbv2Errors.malformedGroupArn, arn)
  }
  const group = account.targetGroups.find(candidate => candidate.arn === arn)
  if (!group) throw new ApiFailure(elbv2Errors.targetGroupNotFound)
  return group
}

export const findLoadBalancer = (account: Account, arn: string | undefined) => {
  const balancer = account.loadBalancers.find(candidate => candidate.arn === arn)
  if (!balancer) throw new ApiFailure(elbv2Errors.loadBalancerNotFound)
  return balancer
}

export const findListener = (account: Account, arn: string | undefined) => {
  if (!arn) throw new ApiFailure(elbv2Errors.noListenerArn)
  const found = account.loadBalancers
    .flatMap(balancer => balancer.listeners.map(listener => ({ balancer, listener })))
    .find(({ listener }) => listener.arn === arn)
  if (!found) throw new ApiFailure(elbv2Errors.listenerNotFound)
  return found
}
