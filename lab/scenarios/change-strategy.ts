import type { Cloud } from '../cloud/cloud.ts'
import { isServed } from '../cloud/served.ts'
import type { FrontDoorPlan } from '../template/front-door-plan.ts'
import { waitUntil } from '../time.ts'
import { clusterOf } from './cluster.ts'
import { outageAtMost } from './expectations.ts'
import { failoversOf } from './run-queries.ts'
import type { Scenario, Scene } from './scenario.ts'

/** A live database is moved from one strategy to another and back, by a setting and a deployment. */

/** A member's first registration takes the load balancer minutes; a busy machine adds to it. */
const patienceMs = 1_200_000

const changeTo = async (cloud: Cloud, { deployments }: Scene, plan: FrontDoorPlan): Promise<void> => {
  const deployment = deployments.get(plan)
  if (deployment === undefined) throw new Error(`the scenario does not name ${plan} in redeploys`)
  await cloud.redeploy(deployment)
  const isThere = await waitUntil(cloud.time, patienceMs, () => isServed(cloud, plan))
  cloud.timeline.record('lab', isThere ? 'The strategy is in place' : 'The strategy never came into place', { plan })
}

const neverDown =
  (plans: number): Scenario['expectations'] =>
  record => [
    {
      what: 'each strategy comes into place',
      holds: record.moments.filter(({ what }) => what === 'The strategy is in place').length === plans,
    },
    outageAtMost(record, 0),
  ]

export const changeToStandby: Scenario = {
  name: 'change-to-standby',
  database: 'instance',
  promise: 'A live instance goes from swap to standby and back: nobody notices.',
  redeploys: ['standby', 'swap'],
  play: async (cloud, scene) => {
    await changeTo(cloud, scene, 'standby')
    await changeTo(cloud, scene, 'swap')
  },
  expectations: neverDown(2),
}

export const changeToWeighted: Scenario = {
  name: 'change-to-weighted',
  database: 'cluster',
  promise: 'A live cluster goes from swap to weighted, fails over there, and goes back: only the failover is noticed.',
  redeploys: ['weighted', 'swap'],
  play: async (cloud, scene) => {
    await changeTo(cloud, scene, 'weighted')
    await clusterOf(cloud).failover()
    await waitUntil(cloud.time, patienceMs, () => isServed(cloud, 'weighted'))
    cloud.timeline.record('lab', 'The return begins')
    await changeTo(cloud, scene, 'swap')
  },
  expectations: record => {
    const beganMs = failoversOf(record)[0] ?? 0
    const backMs = record.moments.find(({ what }) => what === 'The return begins')?.atMs ?? 0
    const all = Object.values(record.client.connections).flatMap(({ outages }) => outages)
    const stray = all.filter(({ fromMs, toMs }) => (toMs !== undefined && toMs < beganMs) || fromMs >= backMs)
    const lateMs = stray.reduce((sum, { fromMs, toMs = Number.POSITIVE_INFINITY }) => sum + toMs - fromMs, 0)
    return [
      ...neverDown(2)(record).slice(0, 1),
      {
        what: 'the change is noticed by nobody, and neither is the return',
        holds: backMs > 0 && stray.length === 0,
        found: `${all.length} outages, ${stray.length} of them outside the failover`,
        // A machine that stands still is one that answers nobody.
        ...(stray.length > 0 && Number.isFinite(lateMs) ? { lateMs } : {}),
      },
    ]
  },
}
