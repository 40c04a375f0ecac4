import type { LoadBalancer as LoadBalancerView } from '../api/account.ts'
import type { AccountResources } from '../api/resources.ts'
import * as fixture from '../fixture.ts'
import type { LambdaFunction } from '../lambda/lambda-function.ts'
import type { LabTime, Timeline } from '../model.ts'
import type { LoadBalancer } from '../nlb/load-balancer.ts'
import type { LabTargetGroup } from '../nlb/target-group.ts'
import type { Operations } from '../operations/operations.ts'

/** What a stack has for its load balancer. The lists are the API's own. */
export interface FrontDoor {
  readonly balancers: ReadonlyMap<string, LoadBalancer>
  readonly groups: LabTargetGroup[]
  readonly views: LoadBalancerView[]
  readonly resources: AccountResources
  readonly operations: Operations
  readonly lambda: LambdaFunction
  readonly time: LabTime
  readonly timeline: Timeline
}

/**
 * Takes the load balancer away, in the order in which CloudFormation does: endpoint service, listeners, and then what kept
 * them right. Connections through it are cut.
 */
export const retire = async (door: FrontDoor): Promise<void> => {
  const { balancers, groups, views, resources, operations, lambda, time, timeline } = door
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
