import { type Application, poolLifetimeMs } from '../client/application.ts'
import type { ClientSummary, HabitSummary } from '../client/client-summary.ts'
import { type Cloud, openCloud } from '../cloud/cloud.ts'
import { rdsEngineOf } from '../cloud/open-engine.ts'
import { allTargets, isServed, servingTargets } from '../cloud/served.ts'
import type { Engine } from '../database/database.ts'
import { delays } from '../delays.ts'
import type { BusEvent } from '../events/bus.ts'
import * as fixture from '../fixture.ts'
import type { GatewaySettings } from '../gateway/gateway-settings.ts'
import type { Closable, LabTime, Timeline } from '../model.ts'
import { nameOf } from '../nlb/forward.ts'
import type { Propagation } from '../nlb/propagation.ts'
import { watchPauses } from '../pauses.ts'
import { common } from '../scenarios/expectations.ts'
import type { RunRecord, Scenario } from '../scenarios/scenario.ts'
import { type Deployment, deploymentOf, sharedDeployment } from '../template/deployment.ts'
import { type FrontDoorPlan, frontDoorSettings } from '../template/front-door-plan.ts'
import { waitUntil } from '../time.ts'
import { type Neighbourhood, openNeighbourhood } from './neighbours.ts'
import { startEventPeer, startPeer } from './peer.ts'
import { prepare } from './prepare.ts'
import { type Ending, judge, type RehearsalResult } from './rehearsal-result.ts'
import type { Updater } from './updater.ts'

export interface RehearsalOptions {
  readonly scenario: Scenario
  /** PGlite by default. */
  readonly engine?: Engine
  readonly updater: Updater
  readonly time: LabTime
  readonly timeline: Timeline
  readonly codeFolder: string
  /** Where the load balancer's data plane is faster or slower than the published figures. */
  readonly propagation?: Partial<Propagation>
  /** How a resource gateway's data plane behaves, where it differs from what is known. */
  readonly gatewaySettings?: Partial<GatewaySettings>
  /** Begin with targets that stand in the load balancer, instead of waiting for their first registration. */
  readonly startsRegistered?: boolean
  /** what is recorded from now on belongs to the scenario. */
  readonly onPlay?: (beganMs: number) => void
  /** Everything that a record of the rehearsal is made of. */
  readonly onEnd?: (ending: Ending) => void
}

/** How long to wait, in scenario time. */
const patienceMs = { start: 600_000, end: 900_000, endUnattended: 300_000 }

/**
 * Prepares the laboratory (the writer registered and healthy, the application at work), plays the scenario, waits until nothing
 * moves any more, and judges the record. @throws Error when it cannot be prepared.
 */
export const rehearse = async (options: RehearsalOptions): Promise<RehearsalResult> => {
  const {
    scenario,
    updater,
    time,
    timeline,
    codeFolder,
    propagation,
    startsRegistered = false,
    onPlay,
    onEnd,
  } = options
  const { gatewaySettings } = options
  const { replication } = scenario.needs ?? {}
  const choice = {
    kind: scenario.database,
    engine: options.engine ?? 'pglite',
    ...(replication && { replication }),
  }
  // Nobody else knows more than the one target group.
  const plan = updater.kind === 'repoint' ? (scenario.frontDoor ?? 'swap') : 'swap'
  const planInTheEnd = updater.kind === 'repoint' ? (scenario.endsWith ?? plan) : 'swap'
  const shared = scenario.hasNeighbours ? await sharedDeployment(rdsEngineOf(choice)) : undefined
  const deploy = (to: FrontDoorPlan) =>
    deploymentOf(scenario.database, { ...frontDoorSettings(to), ...scenario.settings, engine: rdsEngineOf(choice) })
  const deployed = shared?.orders ?? (await deploy(plan))
  const deployments = new Map<FrontDoorPlan, Deployment>()
  for (const to of scenario.redeploys ?? []) deployments.set(to, await deploy(to))
  const targetGroups = deployed.targetGroups.map(group => ({
    ...group,
    attributes: { ...group.attributes, ...scenario.attributes },
  }))
  const deployment = { ...deployed, targetGroups, targetGroup: targetGroups[0] ?? deployed.targetGroup }
  const cloud = await openCloud({
    ...{ ...choice, deployment, time, timeline, codeFolder, propagation, gatewaySettings },
    ...(shared && { neighbours: shared.neighbours }),
  })
  let application: Application | undefined
  let neighbourhood: Neighbourhood | undefined
  let peer: Closable | undefined
  try {
    await prepare(cloud, { updater, plan, startsRegistered })
    neighbourhood = await openNeighbourhood(cloud, updater)
    await scenario.open?.(cloud)
    const reached: string[] = []
    application = cloud.startApplication({
      approach: scenario.open ? 'by-name' : 'load-balancer',
      ...(scenario.open ? { maxLifetimeMs: scenario.poolLifetimeMs ?? poolLifetimeMs } : {}),
      onConnect: ip => reached.push(ip),
    })
    await waitUntil(time, patienceMs.start, () => application?.isWorking() === true)
    if (updater.kind === 'repoint') cloud.connectRepoint()
    if (updater.kind === 'peer') peer = startPeer(cloud, updater)
    if (updater.kind === 'event-peer') peer = startEventPeer(cloud)
    neighbourhood.begin()

    const beganMs = time.now()
    const from = { moments: timeline.moments.length, calls: callsOf(cloud).length, reports: cloud.bus.received.length }
    const firstTargets = allTargets(cloud).map(({ ip, port }) => `${ip}:${port}`)
    onPlay?.(beganMs)
    const pauses = watchPauses()
    await scenario.play(cloud, { application, reached, deployments })
    await waitUntil(
      time,
      isAttended(updater) ? patienceMs.end : patienceMs.endUnattended,
      isOver(cloud, planInTheEnd, { application, neighbourhood }),
    )

    const paused = pauses.stop()
    await application.stop()
    const neighbours = await neighbourhood.end()
    const record: RunRecord = {
      moments: timeline.moments
        .slice(from.moments)
        .map(moment => ({ ...moment, atMs: Math.round(moment.atMs - beganMs) })),
      calls: callsOf(cloud)
        .slice(from.calls)
        .map(call => ({ ...call, atMs: Math.round(call.atMs - beganMs) })),
      reports: cloud.bus.received.slice(from.reports).filter(isOfNoNeighbour),
      failures: cloud.lambda.failures,
      firstTargets,
      plan: planInTheEnd,
      registrationMs: propagation?.registrationMs ?? delays.nlbRegistration.value,
      targets: servingTargets(cloud),
      ...(cloud.readers && {
        readerGroup: nameOf(cloud.readers.targetGroup.arn),
        readers: cloud.readers.targetGroup.describe(),
      }),
      writerIp: cloud.writerIp(),
      addresses: cloud.ownName.addresses(),
      engineName: cloud.engineName,
      losesWrites: scenario.losesWrites ?? false,
      hasFrontDoor: cloud.hasFrontDoor(),
      gatewayKeepsMs: gatewaySettings?.keepsAnswerMs ?? delays.gatewayKeptAnswer.value,
      client: since(beganMs, application.summary()),
      isApplicationWorking: application.isWorking(),
      writes: await application.verifyNoLostWrites(cloud.storage.rows),
      neighbours: neighbours.map(it => ({ ...it, client: since(beganMs, it.client) })),
    }
    const expectations =
      updater.kind === 'repoint' ? [...common(record), ...scenario.expectations(record)] : common(record).slice(0, 1)
    const result = judge({
      scenario,
      updater,
      speed: time.speed,
      record,
      expectations,
      lastedMs: Math.round(time.now() - beganMs),
      pauses: paused,
    })
    const samples = application.samples.map(sample => ({ ...sample, atMs: sample.atMs - beganMs }))
    onEnd?.({ scenario, run: record, samples, result })
    return result
  } finally {
    await application?.stop()
    await neighbourhood?.close()
    await peer?.close()
    await cloud.close()
  }
}

/** Whether somebody goes on looking: who does not will not find anything later either. */
const isAttended = ({ kind }: Updater): boolean => kind === 'repoint' || kind === 'peer'

/** What an operator's commands call is their own affair, and so is what the functions of other databases do. */
const callsOf = ({ api }: Cloud) => api.calls.filter(({ accessKey }) => !others.includes(accessKey))

const others: readonly string[] = [fixture.operatorKey, ...fixture.neighbours.map(it => it.accessKey)]

const isOfNoNeighbour = ({ detail }: BusEvent): boolean =>
  !fixture.neighbours.some(({ id }) => id === (detail as { database?: string }).database)

/** The client counts from the start of the lab. */
const since = (beganMs: number, client: ClientSummary): ClientSummary => {
  const shift = (ms: number) => Math.round(ms - beganMs)
  const shifted = (habit: HabitSummary): HabitSummary => ({
    ...habit,
    outages: habit.outages.map(({ fromMs, toMs, errors }) => ({
      fromMs: shift(fromMs),
      ...(toMs === undefined ? {} : { toMs: shift(toMs) }),
      errors,
    })),
  })
  const { fresh, 'long-lived': kept } = client.connections
  return { ...client, connections: { fresh: shifted(fresh), 'long-lived': shifted(kept) } }
}

interface Watched {
  readonly application: Application
  readonly neighbourhood: Neighbourhood
}

/** Over for some seconds: the writer is served as planned, the application works, the function rests and has spoken. */
const isOver = (cloud: Cloud, plan: FrontDoorPlan, { application, neighbourhood }: Watched): (() => boolean) => {
  let since: number | undefined
  return () => {
    const isOwnQuiet = isServed(cloud, plan) && application.isWorking() && cloud.lambda.running() === 0
    const isQuiet = isOwnQuiet && neighbourhood.isQuiet()
    since = isQuiet ? (since ?? cloud.time.now()) : undefined
    return since !== undefined && cloud.time.now() - since >= 5_000
  }
}
