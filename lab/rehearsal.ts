import type { Application } from './client/application.ts'
import { type Cloud, openCloud } from './cloud.ts'
import { deploymentOf } from './deployment.ts'
import * as estate from './estate.ts'
import type { Closable, LabTime, Story } from './model.ts'
import { startPeer } from './peer.ts'
import { common } from './scenarios/expectations.ts'
import type { RunRecord, Scenario } from './scenarios/scenario.ts'
import { judge, type Keeper, type Verdict } from './verdict.ts'

export interface RehearsalOptions {
  readonly scenario: Scenario
  readonly keeper: Keeper
  readonly time: LabTime
  readonly story: Story
  readonly codeFolder: string
  /** The stage is set: what is told from now on belongs to the scenario. */
  readonly onPlay?: (beganMs: number) => void
}

/** How long to wait, in scenario time. */
const patienceMs = { stage: 600_000, end: 900_000, endWithoutKeeper: 300_000 }

/**
 * Sets the stage (the writer registered and healthy, the application at work), plays the scenario, waits until nothing
 * moves any more, and judges the record. @throws Error when the stage cannot be set.
 */
export const rehearse = async (options: RehearsalOptions): Promise<Verdict> => {
  const { scenario, keeper, time, story, codeFolder, onPlay } = options
  const deployed = deploymentOf(scenario.database)
  const attributes = { ...deployed.targetGroup.attributes, ...scenario.attributes }
  const deployment = { ...deployed, targetGroup: { ...deployed.targetGroup, attributes } }
  const cloud = await openCloud({ kind: scenario.database, deployment, time, story, codeFolder })
  let application: Application | undefined
  let peer: Closable | undefined
  try {
    await setStage(cloud, keeper)
    application = cloud.startApplication()
    await waitUntil(time, patienceMs.stage, () => application?.isWorking() === true)
    if (keeper.kind === 'repoint') cloud.connectRepoint()
    if (keeper.kind === 'peer') peer = startPeer(cloud, keeper.periodMs)

    const beganMs = time.now()
    const from = { moments: story.moments.length, calls: cloud.api.calls.length, reports: cloud.bus.received.length }
    const firstTargets = cloud.targetGroup.describe().map(({ ip, port }) => `${ip}:${port}`)
    onPlay?.(beganMs)
    await scenario.play(cloud)
    await waitUntil(
      time,
      keeper.kind === 'nobody' ? patienceMs.endWithoutKeeper : patienceMs.end,
      isOver(cloud, application),
    )

    await application.stop()
    const record: RunRecord = {
      moments: story.moments.slice(from.moments).map(moment => ({ ...moment, atMs: moment.atMs - beganMs })),
      calls: cloud.api.calls.slice(from.calls).map(call => ({ ...call, atMs: call.atMs - beganMs })),
      reports: cloud.bus.received.slice(from.reports),
      failures: cloud.lambda.failures,
      firstTargets,
      targets: cloud.targetGroup.describe(),
      writerIp: cloud.writerIp(),
      client: application.summary(),
      isApplicationWorking: application.isWorking(),
      writes: await application.verifyNoLostWrites(cloud.storage.dataSet),
    }
    const expectations =
      keeper.kind === 'repoint' ? [...common(record), ...scenario.expectations(record)] : common(record).slice(0, 1)
    return judge({ scenario, keeper, speed: time.speed, record, expectations, lastedMs: time.now() - beganMs })
  } finally {
    await application?.stop()
    await peer?.close()
    await cloud.close()
  }
}

/** The database runs and its writer is registered: by the function, as at a deployment, or by hand. */
const setStage = async (cloud: Cloud, keeper: Keeper): Promise<void> => {
  const [writer, ...others] = cloud.storage.nodes
  await writer?.become('writer')
  if (cloud.kind === 'cluster') for (const other of others) await other.become('reader')
  if (keeper.kind === 'repoint') {
    const seed = await cloud.lambda.invoke({ action: 'resync' })
    if (seed?.kind !== 'answered')
      throw new Error(`the function could not register the writer: ${JSON.stringify(seed)}`)
  } else {
    cloud.targetGroup.register([{ ip: cloud.writerIp(), port: estate.port }])
  }
  await waitUntil(cloud.time, patienceMs.stage, () => isServed(cloud))
}

const isServed = (cloud: Cloud): boolean => {
  const live = cloud.targetGroup.describe().filter(({ state }) => state !== 'draining')
  return live.length === 1 && live[0]?.ip === cloud.writerIp() && live[0].state === 'healthy'
}

/** Over for some seconds: the writer alone is served, the application works, the function rests and has spoken. */
const isOver = (cloud: Cloud, application: Application): (() => boolean) => {
  let since: number | undefined
  return () => {
    const isQuiet = isServed(cloud) && application.isWorking() && cloud.lambda.running() === 0
    since = isQuiet ? (since ?? cloud.time.now()) : undefined
    return since !== undefined && cloud.time.now() - since >= 5_000
  }
}

/** Answers when it is true, or when patience ends. */
const waitUntil = async (time: LabTime, limitMs: number, isTrue: () => boolean): Promise<void> => {
  const end = time.now() + limitMs
  while (!isTrue() && time.now() < end) await time.sleep(500)
}
