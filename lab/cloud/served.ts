import type { TargetHealth } from '../model.ts'
import type { LabTargetGroup } from '../nlb/target-group.ts'
import type { FrontDoorPlan } from '../template/front-door-plan.ts'
import { waitUntil } from '../time.ts'
import type { Cloud } from './cloud.ts'

/** What the writer's listener sends to now: the targets of the groups that have weight. */
export const servingTargets = ({ loadBalancer, hasFrontDoor }: Cloud): TargetHealth[] =>
  hasFrontDoor()
    ? loadBalancer.forward.shares.filter(({ weight }) => weight > 0).flatMap(({ group }) => group.describe())
    : []

/** Everything that is registered behind the writer's listener. */
export const allTargets = ({ loadBalancer }: Cloud): TargetHealth[] =>
  loadBalancer.forward.shares.flatMap(({ group }) => group.describe())

/**
 * Every target is where the plan wants it, and the load balancer knows: the writer takes the connections, and what waits
 * beside it has been probed.
 */
export const isServed = (cloud: Cloud, plan: FrontDoorPlan): boolean => {
  // Without a load balancer there is nothing to serve: the gateway looks each time.
  if (!cloud.hasFrontDoor()) return true
  const { forward } = cloud.loadBalancer
  const writerIp = cloud.writerIp()
  const serving = liveIn(servingTargets(cloud))
  if (plan === 'addresses') {
    const addresses = cloud.ownName.addresses()
    return serving.length === addresses.length && serving.every(it => isHealthy(it) && addresses.includes(it.ip))
  }
  const isWriterServed = serving.some(({ ip, state }) => ip === writerIp && state === 'healthy')
  const others = serving.filter(({ ip }) => ip !== writerIp)
  if (!isWriterServed || forward.effective !== forward.shares) return false
  if (plan === 'standby') return others.length === 1 && others[0]?.state === 'unhealthy'
  if (others.length > 0) return false
  if (plan === 'weighted') return forward.shares.every(({ group }) => hasHealthy(group))
  if (plan === 'reader') {
    const readers = liveIn(cloud.readers?.targetGroup.describe() ?? [])
    return readers.length > 0 && readers.every(({ ip, state }) => ip !== writerIp && state === 'healthy')
  }
  return true
}

/** How long a registration and its health checks may take, in scenario time. */
const patienceMs = 600_000

/** @throws Error where the writer is not served as planned in the end */
export const untilServed = async (cloud: Cloud, plan: FrontDoorPlan): Promise<void> => {
  if (await waitUntil(cloud.time, patienceMs, () => isServed(cloud, plan))) return
  throw new Error(`the writer is not served as planned (${plan})`)
}

const liveIn = (targets: readonly TargetHealth[]): TargetHealth[] => targets.filter(({ state }) => state !== 'draining')

const isHealthy = ({ state }: TargetHealth): boolean => state === 'healthy'

const hasHealthy = (group: LabTargetGroup): boolean => group.describe().some(isHealthy)
