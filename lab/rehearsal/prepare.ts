import type { Cloud } from '../cloud/cloud.ts'
import { untilServed } from '../cloud/served.ts'
import * as fixture from '../fixture.ts'
import type { FrontDoorPlan } from '../template/front-door-plan.ts'
import type { Updater } from './updater.ts'

export interface Preparation {
  readonly updater: Updater
  readonly plan: FrontDoorPlan
  /** The targets stand in the load balancer already, so that nobody waits for their first registration. */
  readonly startsRegistered: boolean
}

/** The database runs and its writer is registered: by the function, as at a deployment, or by hand. */
export const prepare = async (cloud: Cloud, { updater, plan, startsRegistered }: Preparation): Promise<void> => {
  await cloud.startDatabase()
  if (startsRegistered) seedTargets(cloud, plan)
  if (updater.kind === 'repoint') {
    await cloud.seed()
  } else if (!startsRegistered) {
    cloud.targetGroup.register([{ ip: cloud.writerIp(), port: fixture.port }])
  }
  await untilServed(cloud, plan)
  // A target that was marked unhealthy a moment ago still gets connections.
  if (startsRegistered) await cloud.time.sleep(45_000)
}

const seedTargets = (cloud: Cloud, plan: FrontDoorPlan): void => {
  const targets = fixture.hosts[cloud.kind].map(ip => ({ ip, port: fixture.port }))
  const groups = cloud.loadBalancer.forward.shares.map(({ group }) => group)
  if (plan === 'weighted') for (const [index, group] of groups.entries()) group.seed(targets.slice(index, index + 1))
  else groups[0]?.seed(plan === 'standby' ? targets : targets.slice(0, 1))
  if (plan === 'reader') cloud.readers?.targetGroup.seed(targets.slice(1))
}
