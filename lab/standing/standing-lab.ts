import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cloud, openCloud } from '../cloud.ts'
import { deploymentOf, settingsFor } from '../deployment.ts'
import * as estate from '../estate.ts'
import type { Closable, Story } from '../model.ts'
import { beginStory } from '../story.ts'
import { startTime } from '../time.ts'

export interface StandingOptions {
  readonly kind?: estate.DatabaseKind
  /** How many times faster than AWS. */
  readonly speed?: number
  /** Folder of the built artefact. */
  readonly codeFolder: string
  /** More entries for the settings file, for databases that are not there. */
  readonly databases?: readonly Readonly<Record<string, unknown>>[]
  /** Told from the first moment on. */
  readonly story?: (story: Story) => void
}

/** A lab that goes on until it is closed: the stack is deployed, the writer registered, events and schedule arrive. */
export interface StandingLab extends Closable {
  readonly cloud: Cloud
  readonly settingsFile: string
  /** What a command needs in its environment to work against this lab. */
  readonly variables: Readonly<Record<string, string>>
  /** Until the writer alone is registered and healthy. */
  served(): Promise<void>
}

const patienceMs = 600_000

/** @throws Error when the function cannot register the writer. */
export const openStandingLab = async (options: StandingOptions): Promise<StandingLab> => {
  const { kind = 'instance', speed = 20, codeFolder, databases = [] } = options
  const time = startTime({ speed })
  const story = beginStory(time)
  options.story?.(story)
  const folder = await mkdtemp(join(tmpdir(), 'repoint-lab-'))
  const cloud = await openCloud({ kind, deployment: await deploymentOf(kind), time, story, codeFolder })
  const close = async () => {
    await cloud.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const [writer, ...others] = cloud.storage.nodes
    await writer?.become('writer')
    if (kind === 'cluster') for (const other of others) await other.become('reader')
    const seed = await cloud.lambda.invoke({ action: 'resync' })
    if (seed?.kind !== 'answered') {
      throw new Error(`the function could not register the writer: ${JSON.stringify(seed)}`)
    }
    cloud.connectRepoint()
    const settingsFile = join(folder, 'repoint.json')
    const own = { ...settingsFor(kind, {}), dnsServers: [cloud.dns.address] }
    await writeFile(settingsFile, JSON.stringify({ databases: [own, ...databases] }, null, 2))
    return {
      cloud,
      settingsFile,
      variables: {
        AWS_ENDPOINT_URL: cloud.api.url,
        AWS_REGION: estate.region,
        AWS_ACCESS_KEY_ID: estate.operatorKey,
        AWS_SECRET_ACCESS_KEY: 'lab-secret-that-signs-nothing-real',
        REPOINT_SETTINGS: settingsFile,
        REPOINT_CONNECT_TO: cloud.detours().join(','),
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

/** The writer alone is registered, and healthy. */
export const isServed = (cloud: Cloud): boolean => {
  const live = cloud.targetGroup.describe().filter(({ state }) => state !== 'draining')
  return live.length === 1 && live[0]?.ip === cloud.writerIp() && live[0].state === 'healthy'
}
