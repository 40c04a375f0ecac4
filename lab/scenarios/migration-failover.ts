import type { Application } from '../client/application.ts'
import type { HabitSummary } from '../client/client-summary.ts'
import { probePath } from '../client/path-probe.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { isServed } from '../cloud/served.ts'
import * as fixture from '../fixture.ts'
import type { FrontDoorPlan } from '../template/front-door-plan.ts'
import { waitUntil } from '../time.ts'
import { migrationMoments } from './migration-moments.ts'
import type { Scene } from './scenario.ts'

export interface FailoverSetting {
  readonly stage: string
  readonly plan: FrontDoorPlan
  /** Where there are clients of the readers. */
  readonly readers?: Application
}

/** Until a failover is over for everybody: a registration takes the load balancer minutes. */
const failoverMs = 600_000

/** In a row. */
const quietMs = 10_000

/** Fails the database over with clients on every path that there is, and records what each of them met. */
export const failOver = async (cloud: Cloud, { application }: Scene, setting: FailoverSetting): Promise<void> => {
  const { time, timeline, consumer } = cloud
  const { stage, plan, readers } = setting
  const at = (ip: string) => consumer.network.connectTo(ip, fixture.port)
  const endpoint = (type: string) => cloud.resources.vpcEndpoints.find(it => (it.type ?? 'Interface') === type)
  const paths = [
    ['nlb', endpoint('Interface')?.addresses?.[0]],
    ['gateway', endpoint('Resource')?.addresses?.[0]],
  ] as const
  const probes = paths.flatMap(([path, ip]) =>
    ip === undefined ? [] : [{ path, probe: probePath(at(ip), time, cloud.connect) }],
  )
  const isEverybodyServed = (): boolean =>
    isServed(cloud, plan) &&
    application.isWorking() &&
    (readers?.isWorking() ?? true) &&
    probes.every(({ probe }) => probe.isAnswered())
  await waitUntil(time, failoverMs, isEverybodyServed)
  timeline.record('lab', migrationMoments.failoverBegins, { stage })
  const beganMs = time.now()
  await cloud.database.failover()
  let quietSinceMs: number | undefined
  const isOver = await waitUntil(time, failoverMs, () => {
    quietSinceMs = isEverybodyServed() ? (quietSinceMs ?? time.now()) : undefined
    return quietSinceMs !== undefined && time.now() - quietSinceMs >= quietMs
  })
  await Promise.all(probes.map(({ probe }) => probe.stop()))
  const longest = ({ outages }: HabitSummary) => {
    const ended = outages.map(({ fromMs, toMs = time.now() }) => ({ fromMs, toMs }))
    return Math.round(Math.max(0, ...ended.filter(({ toMs }) => toMs >= beganMs).map(it => it.toMs - it.fromMs)))
  }
  const { fresh, 'long-lived': kept } = application.summary().connections
  timeline.record('lab', migrationMoments.failoverEnds, {
    stage,
    isOver,
    freshMs: longest(fresh),
    keptMs: longest(kept),
    ...(readers && { readersMs: longest(readers.summary().connections.fresh) }),
    ...Object.fromEntries(probes.map(({ path, probe }) => [`${path}Ms`, Math.round(probe.longestMs())])),
  })
}
