import type { Application } from '../client/application.ts'
import type { HabitSummary } from '../client/client-summary.ts'
import { probeWay } from '../client/path-probe.ts'
import type { Cloud } from '../cloud/cloud.ts'
import * as estate from '../fixture.ts'
import { waitUntil } from '../rehearsal/prepare.ts'
import { isServed } from '../rehearsal/served.ts'
import type { DoorPlan } from '../template/front-door-plan.ts'
import { told } from './migration-moments.ts'
import type { Scene } from './scenario.ts'

export interface FailoverSetting {
  readonly stage: string
  readonly plan: DoorPlan
  /** Where there are clients of the readers. */
  readonly readers?: Application
}

/** Until a failover is over for everybody: a registration takes the load balancer minutes. */
const failoverMs = 600_000

/** In a row. */
const quietMs = 10_000

/** Fails the database over with clients on every way that there is, and tells what each of them met. */
export const failOver = async (cloud: Cloud, { application }: Scene, setting: FailoverSetting): Promise<void> => {
  const { time, story, network } = cloud
  const { stage, plan, readers } = setting
  const at = (ip: string) => network.connectTo(ip, estate.port)
  const endpoint = (type: string) => cloud.surroundings.vpcEndpoints.find(it => (it.type ?? 'Interface') === type)
  const ways = [
    ['nlb', endpoint('Interface')?.addresses?.[0]],
    ['gateway', endpoint('Resource')?.addresses?.[0]],
  ] as const
  const probes = ways.flatMap(([way, ip]) => (ip === undefined ? [] : [{ way, probe: probeWay(at(ip), time) }]))
  const isEverybodyServed = (): boolean =>
    isServed(cloud, plan) &&
    application.isWorking() &&
    (readers?.isWorking() ?? true) &&
    probes.every(({ probe }) => probe.isAnswered())
  await waitUntil(time, failoverMs, isEverybodyServed)
  story.record('lab', told.failoverBegins, { stage })
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
  story.record('lab', told.failoverEnds, {
    stage,
    isOver,
    freshMs: longest(fresh),
    keptMs: longest(kept),
    ...(readers && { readersMs: longest(readers.summary().connections.fresh) }),
    ...Object.fromEntries(probes.map(({ way, probe }) => [`${way}Ms`, Math.round(probe.longestMs())])),
  })
}
