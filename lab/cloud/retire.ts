import type { AccountResources } from '../api/resources.ts'
import * as fixture from '../fixture.ts'
import type { LabTime, Timeline } from '../model.ts'
import type { LoadBalancing } from './load-balancing.ts'
import type { StackFunction } from './stack-function.ts'

/** What a stack has for its load balancer. */
export interface Retired {
  readonly balancing: LoadBalancing
  readonly stack: StackFunction
  readonly resources: AccountResources
  readonly time: LabTime
  readonly timeline: Timeline
}

/**
 * Takes the load balancer away, in the order in which CloudFormation does: endpoint service, listeners, and then what kept
 * them right. Connections through it are cut.
 */
export const retire = async ({ balancing, stack, resources, time, timeline }: Retired): Promise<void> => {
  const { balancers, groups, views } = balancing
  const { lambda, operations } = stack
  resources.endpointServices.splice(0)
  for (const balancer of balancers.values()) await balancer.close()
  for (const { listeners } of views) for (const { arn } of listeners) delete resources.listeners[arn]
  delete resources.loadBalancers[fixture.loadBalancer.arn]
  views.splice(0)
  operations.retire()
  // What runs has begun while there was something to do.
  while (lambda.running() > 0) await time.sleep(500)
  await lambda.close()
  for (const group of groups.splice(0)) await group.close()
  resources.roles.splice(0)
  resources.queues.splice(0)
  timeline.record('targets', 'Load balancer, endpoint service and function are gone')
}
