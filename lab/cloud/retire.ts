import type { LoadBalancer as LoadBalancerView } from '../api/account.ts'
import type { Surroundings } from '../api/resources.ts'
import * as estate from '../fixture.ts'
import type { LambdaFunction } from '../lambda/lambda-function.ts'
import type { LabTime, Story } from '../model.ts'
import type { LoadBalancer } from '../nlb/load-balancer.ts'
import type { LabTargetGroup } from '../nlb/target-group.ts'
import type { Operations } from '../operations/operations.ts'

/** What a stack has for its load balancer. The lists are the API's own. */
export interface FrontDoor {
  readonly balancers: ReadonlyMap<string, LoadBalancer>
  readonly groups: LabTargetGroup[]
  readonly views: LoadBalancerView[]
  readonly surroundings: Surroundings
  readonly operations: Operations
  readonly lambda: LambdaFunction
  readonly time: LabTime
  readonly story: Story
}

/**
 * Takes the load balancer away, in the order in which CloudFormation does: endpoint service, listeners, and then what kept
 * them right. Connections through it are cut.
 */
export const retire = async (door: FrontDoor): Promise<void> => {
  const { balancers, groups, views, surroundings, operations, lambda, time, story } = door
  surroundings.endpointServices.splice(0)
  for (const balancer of balancers.values()) await balancer.close()
  for (const { listeners } of views) for (const { arn } of listeners) delete surroundings.listeners[arn]
  delete surroundings.loadBalancers[estate.loadBalancer.arn]
  views.splice(0)
  operations.retire()
  // What runs has begun while there was something to do.
  while (lambda.running() > 0) await time.sleep(500)
  await lambda.close()
  for (const group of groups.splice(0)) await group.close()
  surroundings.roles.splice(0)
  surroundings.queues.splice(0)
  story.record('targets', 'Load balancer, endpoint service and function are gone')
}
