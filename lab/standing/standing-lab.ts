import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stage } from '../../infra/app/settings/stages.ts'
import { type Application, poolLifetimeMs } from '../client/application.ts'
import { type Cloud, openCloud } from '../cloud/cloud.ts'
import { pathByZone, startReaders } from '../cloud/reader-clients.ts'
import * as fixture from '../fixture.ts'
import type { Closable, Timeline } from '../model.ts'
import { type DatabaseSettings, deploymentOf, settingsFor } from '../template/deployment.ts'
import { frontDoorSettings } from '../template/front-door-plan.ts'
import { settingsAt } from '../template/migration-stacks.ts'
import { startTime } from '../time.ts'
import { startTimeline } from '../timeline.ts'
import { createDeployer, type Stacks, synthesizeFile } from './deploy.ts'

export interface StandingOptions {
  readonly kind?: fixture.DatabaseKind
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
  /** With an application at work that finds the database by its name in the consumer's VPC. */
  readonly hasClient?: boolean
  /** Told from the first moment on. */
  readonly timeline?: (timeline: Timeline) => void
}

/** A lab that goes on until it is closed: the stack is deployed, the writer registered, events and schedule arrive. */
export interface StandingLab extends Closable {
  readonly cloud: Cloud
  readonly settingsFile: string
  /** What a command needs in its environment to work against this lab. */
  readonly variables: Readonly<Record<string, string>>
  /** Until the writer alone is registered and healthy. */
  served(): Promise<void>
  /** Deploys what the settings file says now. @throws Error with what synthesis or the deployed stage refuses */
  deploy(): Promise<void>
}

const patienceMs = 600_000

/** @throws Error when the function cannot register the writer. */
export const openStandingLab = async (options: StandingOptions): Promise<StandingLab> => {
  const { kind = 'instance', speed = 20, codeFolder } = options
  const time = startTime({ speed })
  const timeline = startTimeline(time)
  options.timeline?.(timeline)
  const folder = await mkdtemp(join(tmpdir(), 'repoint-lab-'))
  const cloud = await openCloud({
    kind,
    deployment: await deploymentOf(kind, frontDoorAt(options)),
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
    const seed = await cloud.lambda.invoke({ action: 'resync' })
    if (seed?.kind !== 'answered') {
      throw new Error(`the function could not register the writer: ${JSON.stringify(seed)}`)
    }
    cloud.connectRepoint()
    const settingsFile = join(folder, 'repoint.json')
    await writeFile(settingsFile, JSON.stringify(settingsOf(options, cloud.dns.address), null, 2))
    const deployed = await synthesizeFile(settingsFile)
    await deployAll(cloud, deployed)
    cloud.consumer.zones.settle()
    if (options.hasClient) applications.push(...startClients(cloud))
    const { deploy } = createDeployer({ cloud, settingsFile, deployed })
    return {
      cloud,
      settingsFile,
      deploy,
      variables: {
        AWS_ENDPOINT_URL: cloud.api.url,
        AWS_REGION: fixture.region,
        AWS_ACCESS_KEY_ID: fixture.operatorKey,
        AWS_SECRET_ACCESS_KEY: 'lab-secret-that-signs-nothing-real',
        REPOINT_SETTINGS: settingsFile,
        REPOINT_CONNECT_TO: cloud.connectTo().join(','),
        REPOINT_CONSUMER_DNS: cloud.consumer.dns.address,
      },
      served: async () => {
        const end = time.now() + patienceMs
        while (!isServed(cloud)) {
          if (time.now() > end) throw new Error('the lab did not come to rest')
          await time.sleep(1_000)
        }
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** At the writer, and where there are readers at those. */
const startClients = (cloud: Cloud): Application[] => {
  const maxLifetimeMs = poolLifetimeMs
  const writes = cloud.startApplication({ approach: 'by-name', maxLifetimeMs })
  return cloud.readers ? [writes, startReaders(cloud, { path: pathByZone(cloud), maxLifetimeMs })] : [writes]
}

/** In a migration to a gateway a cluster has readers too, for what no weight moves. */
const frontDoorAt = ({ kind, stage }: StandingOptions): DatabaseSettings =>
  kind === 'cluster' && stage !== undefined ? frontDoorSettings('reader') : {}

/** What was deployed before, on the route that leads to a stage. */
const origins = { nlb: 'nlb', shadow: 'nlb', shift: 'shadow', gateway: 'shift', retired: 'gateway' } as const

const settingsOf = (options: StandingOptions, dnsServer: string) => {
  const { kind = 'instance', databases = [], stage, percent = 50 } = options
  const own = (database: object) => ({ ...database, dnsServers: [dnsServer] })
  if (stage === undefined) return { databases: [own(settingsFor(kind, {})), ...databases] }
  const here = { stage, from: origins[stage], ...(stage === 'shift' ? { percent } : {}) }
  const { databases: ours, consumers } = settingsAt(kind, here, frontDoorAt(options))
  return { databases: [...ours.map(own), ...databases], consumers }
}

/** The provider first, also where it has no load balancer any more: nobody is connected yet. */
const deployAll = async (cloud: Cloud, { provider, consumer }: Stacks): Promise<void> => {
  if (provider) await cloud.deploy('provider', provider)
  if (consumer) await cloud.deploy('consumer', consumer)
}

/** The writer alone is registered, and healthy; nobody has to be where there is no load balancer. */
export const isServed = (cloud: Cloud): boolean => {
  if (!cloud.hasFrontDoor()) return true
  const live = cloud.targetGroup.describe().filter(({ state }) => state !== 'draining')
  return live.length === 1 && live[0]?.ip === cloud.writerIp() && live[0].state === 'healthy'
}
