import type { TargetGroup } from '../model.ts'
import type { Account } from './account.ts'
import { ApiFailure } from './failure.ts'

export const findGroup = (account: Account, arn: string | undefined): TargetGroup => {
  if (!arn) throw new ApiFailure('ValidationError', 'A target group ARN must be specified')
  if (!/^arn:aws[a-z-]*:elasticloadbalancing:[^:]+:\d{12}:targetgroup\/[^/]+\/[0-9a-f]+$/.test(arn)) {
    throw new ApiFailure('ValidationError', `'${arn}' is not a valid target group ARN`)
  }
  const group = account.targetGroups.find(candidate => candidate.arn === arn)
  if (!group) throw new ApiFailure('TargetGroupNotFound', 'One or more target groups not found')
  return group
}

export const findLoadBalancer = (account: Account, arn: string | undefined) => {
  const balancer = account.loadBalancers.find(candidate => candidate.arn === arn)
  if (!balancer) throw new ApiFailure('LoadBalancerNotFound', 'One or more load balancers not found')
  return balancer
}

export const findListener = (account: Account, arn: string | undefined) => {
  if (!arn) throw new ApiFailure('ValidationError', 'A listener ARN must be specified')
  const found = account.loadBalancers
    .flatMap(balancer => balancer.listeners.map(listener => ({ balancer, listener })))
    .find(({ listener }) => listener.arn === arn)
  if (!found) throw new ApiFailure('ListenerNotFound', 'One or more listeners not found')
  return found
}
