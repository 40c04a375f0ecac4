import type { Cloud } from '../cloud/cloud.ts'
import { delays } from '../delays.ts'
import * as fixture from '../fixture.ts'
import type { FrontDoorPlan } from '../template/front-door-plan.ts'
import type { StageSettings } from '../template/migration-stacks.ts'
import { waitUntil } from '../time.ts'
import { recordAccessLog, recordLeftovers } from './migration-evidence.ts'
import { failOver } from './migration-failover.ts'
import { migrationMoments } from './migration-moments.ts'
import type { Connections, Passed } from './migration-passages.ts'
import type { ReaderClients } from './migration-readers.ts'
import type { Templates } from './migration-templates.ts'
import type { Scene } from './scenario.ts'

/** Settings are what `repoint.json` would say then. */
export interface MigrationStep extends StageSettings {
  /** In the middle of the stage. */
  readonly failsOver?: true
  /** The clients of the readers change name and port, once the stage is known everywhere. */
  readonly movesReaders?: true
}

export interface Migration {
  readonly plan: FrontDoorPlan
  /** In their order; the first is what stands when the play begins. */
  readonly steps: readonly [MigrationStep, ...MigrationStep[]]
  readonly templates: Templates
  readonly readers?: ReaderClients
}

/** From a change of weights until the last client that has the old answer asks again. */
export const knownMs = delays.route53Change.value + delays.endpointNameTtl.value + 15_000

/** A kept connection is as old as its pool lets it become. */
const drainedMs = 600_000

/** So long both paths are looked at in a shift, whose draws are one a TTL. */
const sharedMs = 4 * delays.endpointNameTtl.value

const restMs = 10_000

/** Puts the consumer in front of a stage. */
export const openStage = async (cloud: Cloud, templates: Templates, stage: StageSettings): Promise<void> => {
  await templates.deploy(cloud, stage)
  cloud.consumer.zones.settle()
}

/** Goes through the stages with the clients at work, and records what each cost and where its connections went. */
export const playMigration = async (cloud: Cloud, scene: Scene, migration: Migration): Promise<void> => {
  const { timeline, time } = cloud
  const { steps, templates, plan, readers } = migration
  const beganMs = time.now()
  for (const [index, step] of steps.entries()) {
    const { stage } = step
    const before = connectionsOf(scene)
    if (index > 0) await templates.deploy(cloud, step)
    timeline.record('lab', migrationMoments.deployed, { stage, from: step.from })
    const isSettled = index === 0 || (await settle(cloud, step))
    if (step.movesReaders) await readers?.move(drainedMs)
    const settled = connectionsOf(scene)
    if (step.failsOver) await failOver(cloud, scene, { stage, plan, ...(readers && { readers: readers.application }) })
    else if (stage === 'shadow' || stage === 'nlb') await time.sleep(restMs)
    const after = connectionsOf(scene)
    const since = (then: Connections) => ({ nlb: after.nlb - then.nlb, gateway: after.gateway - then.gateway })
    const passed: Passed = { stage, isSettled, connections: since(before), settled: since(settled) }
    timeline.record('lab', migrationMoments.passed, { ...passed })
  }
  recordLeftovers(cloud)
  await time.sleep(delays.gatewayAccessLog.value + 5_000)
  recordAccessLog(cloud, beganMs)
}

const connectionsOf = ({ reached }: Scene) => {
  const nlb = reached.filter(ip => fixture.consumer.addressesOf('interface').includes(ip)).length
  return { nlb, gateway: reached.length - nlb }
}

/** Nobody is connected on that path any more, and the traffic is where the stage says. Clients of the readers stay. */
const settle = async (cloud: Cloud, { stage }: StageSettings): Promise<boolean> => {
  await cloud.time.sleep(stage === 'shift' ? knownMs + sharedMs : knownMs)
  if (stage !== 'shadow' && stage !== 'gateway') return true
  const { endpoints } = cloud.consumer
  const addresses = fixture.consumer.addressesOf(stage === 'shadow' ? 'resource' : 'interface')
  return waitUntil(cloud.time, drainedMs, () =>
    cloud.resources.vpcEndpoints.every(({ id }) => addresses.every(ip => endpoints.active(id, { ip }) === 0)),
  )
}
