import type { AccountResources } from '../api/resources.ts'
import * as fixture from '../fixture.ts'
import type { LabTime, Timeline } from '../model.ts'
import type { Deployment } from '../template/deployment.ts'
import type { LoadBalancing } from './load-balancing.ts'
import type { StackFunction } from './stack-function.ts'

/** What a stack has made for a load balancer. */
export interface StackParts {
  readonly time: LabTime
  readonly timeline: Timeline
  readonly balancing: LoadBalancing
  readonly stack: StackFunction
}

/** Between two tries of the seed, which the stack's provider takes too. */
const seedPauseMs = 10_000
const seedLimitMs = 900_000

/** Another version of the stack, in the template's order: function, seed, listener, seed; or listener, function, seed. */
export const redeploy = async (
  { time, timeline, balancing, stack }: StackParts,
  next: Deployment,
  writerIp: () => string,
): Promise<void> => {
  const { balancers, groupFor, sharesOf } = balancing
  const { lambda, environmentOf } = stack
  timeline.record('lab', 'The stack is deployed again')
  const seed = async () => {
    let result = await lambda.invoke({ action: 'resync' })
    // Throttled: a tick is running. The seed waits its turn.
    for (; result === undefined; result = await lambda.invoke({ action: 'resync' })) await time.sleep(seedPauseMs)
    if (result.kind !== 'answered') throw new Error(JSON.stringify(result))
  }
  const isHandedOver = () =>
    groupFor(next.targetGroup.arn, next)
      .describe()
      .some(({ ip: target, state }) => target === writerIp() && state === 'healthy')
  const writeListeners = () => {
    for (const { arn, weights } of next.listeners) balancers.get(arn)?.forward.change(sharesOf(weights, next))
  }
  const isListenerFirst = next.order === 'listener-first'
  if (isListenerFirst) writeListeners()
  for (const { arn } of next.targetGroups) groupFor(arn, next)
  await lambda.configure(environmentOf(next))
  await seed()
  if (isListenerFirst) return
  for (const endMs = time.now() + seedLimitMs; !isHandedOver(); await time.sleep(seedPauseMs)) {
    if (time.now() > endMs) throw new Error('the writer was never healthy in the first target group')
  }
  writeListeners()
  await seed()
}

/**
 * Takes the load balancer away, in the order in which CloudFormation does: endpoint service, listeners, and then what kept
 * them right. Connections through it are cut.
 */
export const retire = async (
  { time, timeline, balancing, stack }: StackParts,
  resources: AccountResources,
): Promise<void> => {
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
