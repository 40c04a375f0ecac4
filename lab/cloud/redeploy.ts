import type { Weight } from '../api/account.ts'
import type { LambdaFunction } from '../lambda/lambda-function.ts'
import type { LabTime, Timeline } from '../model.ts'
import type { Share } from '../nlb/forward.ts'
import type { LoadBalancer } from '../nlb/load-balancer.ts'
import type { LabTargetGroup } from '../nlb/target-group.ts'
import type { Deployment } from '../template/deployment.ts'

export interface Redeployed {
  readonly time: LabTime
  readonly timeline: Timeline
  readonly lambda: LambdaFunction
  /** By the listener's ARN. */
  readonly balancers: ReadonlyMap<string, LoadBalancer>
  readonly writerIp: () => string
  readonly groupFor: (arn: string, from: Deployment) => LabTargetGroup
  readonly sharesOf: (weights: readonly Weight[], from: Deployment) => readonly Share[]
  readonly environmentOf: (deployment: Deployment) => Readonly<Record<string, string>>
}

/** Between two tries of the seed, which the stack's provider takes too. */
const seedPauseMs = 10_000
const seedLimitMs = 900_000

/** Another version of the stack, in the template's order: function, seed, listener, seed; or listener, function, seed. */
export const redeploy = async (
  { time, timeline, lambda, balancers, writerIp, groupFor, sharesOf, environmentOf }: Redeployed,
  next: Deployment,
): Promise<void> => {
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
