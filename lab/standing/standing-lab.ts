import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stage } from '../../infra/app/settings/stages.ts'
import { type Application, poolLifetimeMs } from '../client/application.ts'
import { type Cloud, openCloud } from '../cloud/cloud.ts'
import { rdsEngineOf } from '../cloud/open-engine.ts'
import { pathByZone, startReaders } from '../cloud/reader-clients.ts'
import type { Engine } from '../database/database.ts'
import * as fixture from '../fixture.ts'
import type { Closable, Timeline } from '../model.ts'
import { variablesFor } from '../operator/command-line.ts'
import { createDeployer } from '../operator/deploy.ts'
import { synthesizeFile } from '../operator/synthesize-file.ts'
import { type DatabaseSettings, deploymentOf, settingsFor } from '../template/deployment.ts'
import { type FrontDoorPlan, frontDoorSettings } from '../template/front-door-plan.ts'
import { settingsAt } from '../template/migration-stacks.ts'
import type { Stacks } from '../template/synthesis.ts'
import { startTime, waitUntil } from '../time.ts'
import { startTimeline } from '../timeline.ts'

export interface StandingOptions {
  readonly kind?: fixture.DatabaseKind
  /** Repoint knows the database by a name of somebody's own alone, and is woken by the database's events. */
  readonly hasHostName?: boolean
  /** PGlite by default. */
  readonly engine?: Engine
  /** How many times faster than AWS. */
  readonly speed?: number
  /** Folder of the built artefact. */
  readonly codeFolder: string
  /** More entries for the settings file, for databases that are not there. */
  readonly databases?: readonly Readonly<Record<string, unknown>>[]
  /** With a consumer beside the database, and both at this stage of the migration to a resource gateway. */
  readonly stage?: Stage
  /** With stage `shift`; 50 by default. */
  readonly percent?: number
  /** With an application at work: through the load balancer, or at a stage by the database's name in the consumer's VPC. */
  readonly hasClient?: boolean
  /** Told from the first moment on. */
  readonly timeline?: (timeline: Timeline) => void
}

/** A lab that goes on until it is closed: the stack is deployed, the writer registered, events and schedule arrive. */
export interface StandingLab extends Closable {
  readonly cloud: Cloud
  readonly settingsFile: string
  /** What proves the database, as AWS's bundle of certificates does. */
  readonly caFile: string
  /** Present with `hasClient`: the one that writes. */
  readonly application?: Application
  /** What a command needs in its environment to work against this lab. */
  readonly variables: Readonly<Record<string, string>>
  /** Until the writer alone is registered and healthy. */
  served(): Promise<void>
  /** Deploys what the settings file says now. @throws Error with what synthesis or the deployed stage refuses */
  deploy(): Promise<void>
  /** Writes the strategy into the settings file and deploys it. @throws Error with what is refused */
  changeStrategy(plan: FrontDoorPlan): Promise<void>
}

const patienceMs = 600_000

/** @throws Error when the function cannot register the writer. */
export const openStandingLab = async (options: StandingOptions): Promise<StandingLab> => {
  const { kind = 'instance', engine = 'pglite', speed = 20, codeFolder } = options
  const time = startTime({ speed })
  const timeline = startTimeline(time)
  options.timeline?.(timeline)
  const folder = await mkdtemp(join(tmpdir(), 'repoint-lab-'))
  const cloud = await openCloud({
    ...{ kind, engine },
    deployment: await deploymentOf(kind, databaseAt(options)),
    time,
    timeline,
    codeFolder,
  })
  const applications: Application[] = []
  const close = async () => {
    for (const application of applications) await application.stop()
    await cloud.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await cloud.startDatabase()
    await cloud.seed()
    cloud.connectRepoint()
    const settingsFile = join(folder, 'repoint.json')
    await writeFile(settingsFile, JSON.stringify(settingsOf(options, cloud.dns.address), null, 2))
    const caFile = join(folder, 'ca.pem')
    await writeFile(caFile, cloud.storage.certificate?.authority ?? '')
    const deployed = await synthesizeFile(settingsFile)
    await deployAll(cloud, deployed)
    cloud.consumer.zones.settle()
    if (options.hasClient) applications.push(...startClients(cloud, options.stage))
    const { deploy } = createDeployer({ cloud, settingsFile, deployed })
    const [application] = applications
    return {
      ...(application && { application }),
      cloud,
      settingsFile,
      caFile,
      deploy,
      changeStrategy: async plan => {
        const before = await readFile(settingsFile, 'utf8')
        const settings = JSON.parse(before)
        Object.assign(settings.databases[0].frontDoor, { slots: undefined }, frontDoorSettings(plan).frontDoor)
        await writeFile(settingsFile, JSON.stringify(settings, null, 2))
        try {
          await deploy()
        } catch (error) {
          await writeFile(settingsFile, before)
          throw error
        }
      },
      variables: variablesFor(cloud, settingsFile),
      served: async () => {
        const isAtRest = await waitUntil(time, patienceMs, () => isServed(cloud))
        if (!isAtRest) throw new Error('the lab did not come to rest')
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Of half an hour and more, for a lab that goes on for days. */
const mostSamples = 20_000

/** At the writer, and where there are readers at those. */
const startClients = (cloud: Cloud, stage: Stage | undefined): Application[] => {
  const maxLifetimeMs = poolLifetimeMs
  const approach = stage === undefined ? 'load-balancer' : 'by-name'
  const writes = cloud.startApplication({ approach, mostSamples, ...(stage && { maxLifetimeMs }) })
  return cloud.readers ? [writes, startReaders(cloud, { path: pathByZone(cloud), maxLifetimeMs })] : [writes]
}

/** In a migration to a gateway a cluster has readers too, for what no weight moves. */
const databaseAt = ({ kind = 'instance', engine, stage, hasHostName }: StandingOptions): DatabaseSettings => ({
  ...(hasHostName ? { hostName: { wakeOn: [fixture.databaseArn(kind)] } } : {}),
  engine: rdsEngineOf({ kind, ...(engine && { engine }) }),
  ...(kind === 'cluster' && stage !== undefined ? frontDoorSettings('reader') : {}),
})

/** What was deployed before, on the route that leads to a stage. */
const origins = { nlb: 'nlb', shadow: 'nlb', shift: 'shadow', gateway: 'shift', retired: 'gateway' } as const

const settingsOf = (options: StandingOptions, dnsServer: string) => {
  const { kind = 'instance', databases = [], stage, percent = 50 } = options
  const own = (database: object) => ({ ...database, dnsServers: [dnsServer] })
  if (stage === undefined) return { databases: [own(settingsFor(kind, databaseAt(options))), ...databases] }
  const here = { stage, from: origins[stage], ...(stage === 'shift' ? { percent } : {}) }
  const { databases: ours, consumers } = settingsAt(kind, here, databaseAt(options))
  return { databases: [...ours.map(own), ...databases], consumers }
}

/** The provider first, also where it has no load balancer any more: nobody is connected yet. */
const deployAll = async (cloud: Cloud, { provider, consumer }: Stacks): Promise<void> => {
  if (provider) await cloud.deploy('provider', provider)
  if (consumer) await cloud.deploy('consumer', consumer)
}

/** The writer alone is registered, and healthy; nobody has to be where there is no load balancer. */
const isServed = (cloud: Cloud): boolean => !cloud.hasFrontDoor() || cloud.targetGroup.servesOnly(cloud.writerIp())
