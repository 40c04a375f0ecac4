import type { Cloud } from '../cloud/cloud.ts'
import { isServed } from '../cloud/served.ts'
import { deploymentOf } from '../template/deployment.ts'
import { type FrontDoorPlan, frontDoorSettings } from '../template/front-door-plan.ts'
import { waitUntil } from '../time.ts'
import { clusterOf } from './cluster.ts'
import { outageAtMost } from './expectations.ts'
import type { Scenario } from './scenario.ts'

/** A live database is moved from one strategy to another and back, by a setting and a deployment. */

/** A member's first registration takes the load balancer minutes. */
const patienceMs = 400_000

const changeTo = async (cloud: Cloud, plan: FrontDoorPlan): Promise<void> => {
  await cloud.redeploy(await deploymentOf(cloud.kind, { ...frontDoorSettings(plan), engine: cloud.engineName }))
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
  play: async cloud => {
    await changeTo(cloud, 'standby')
    await changeTo(cloud, 'swap')
  },
  expectations: neverDown(2),
}

export const changeToWeighted: Scenario = {
  name: 'change-to-weighted',
  database: 'cluster',
  promise: 'A live cluster goes from swap to weighted, fails over there, and goes back: only the failover is noticed.',
  play: async cloud => {
    await changeTo(cloud, 'weighted')
    await clusterOf(cloud).failover()
    await waitUntil(cloud.time, patienceMs, () => isServed(cloud, 'weighted'))
    cloud.timeline.record('lab', 'The return begins')
    await changeTo(cloud, 'swap')
  },
  expectations: record => {
    const backMs = record.moments.find(({ what }) => what === 'The return begins')?.atMs ?? 0
    const all = Object.values(record.client.connections).flatMap(({ outages }) => outages)
    const late = all.filter(({ fromMs }) => fromMs >= backMs)
    return [
      ...neverDown(2)(record).slice(0, 1),
      {
        what: 'the change is noticed by nobody, and neither is the return',
        holds: backMs > 0 && late.length === 0 && all.length <= 2,
        found: `${all.length} outages, ${late.length} of them on the return`,
      },
    ]
  },
}
