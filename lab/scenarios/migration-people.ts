import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cloud } from '../cloud/cloud.ts'
import { type Ended, type RunningCommand, startCommand, variablesFor } from '../operator/command-line.ts'
import { createDeployer, liveWeights } from '../operator/deploy.ts'
import { synthesizeBeside } from '../operator/synthesize-file.ts'

/**
 * Operators of a migration who share a repository: each runs the real command line, as a process, and deploys what the
 * settings file, or an older copy of it, gives; the guard decides as in CloudFormation.
 */

export const peopleMoments = {
  runs: 'An operator runs a command',
  ended: 'The command has ended',
  deploys: 'A deployment is tried',
} as const

/** The weights of the consumer's two records. */
export interface BothPaths {
  readonly nlb: number
  readonly gateway: number
}

export const bothWeights = (cloud: Cloud): BothPaths => ({ nlb: 0, gateway: 0, ...liveWeights(cloud) })

export interface Tried {
  readonly what: string
  /** In the guard's words; absent where it let the deployment through. */
  readonly why?: string
  readonly before: BothPaths
  readonly after: BothPaths
}

export interface People {
  /** `repoint migrate …`. */
  start(who: string, ...args: readonly string[]): RunningCommand
  /** The same until its end; `code` is absent where it was killed. */
  run(who: string, ...args: readonly string[]): Promise<Ended>
  /** What the settings say of the consumer's `gateway` now. */
  said(): Promise<Said>
  /** A copy of the settings as they are now, at a share of its own where one is given. */
  copy(name: string, percent?: number): Promise<string>
  /** @param file the settings file where it is left out */
  deploy(what: string, file?: string): Promise<Tried>
  close(): Promise<void>
}

export interface Said {
  readonly stage: string
  readonly percent?: number
}

interface Settings {
  readonly consumers: { gateway: Said }[]
}

/** @param settings what `repoint.json` says, of what is deployed */
export const gatherPeople = async (
  cloud: Cloud,
  settings: { readonly databases: readonly object[] },
): Promise<People> => {
  const { timeline } = cloud
  const folder = await mkdtemp(join(tmpdir(), 'repoint-people-'))
  const settingsFile = join(folder, 'repoint.json')
  const databases = settings.databases.map(it => ({ ...it, dnsServers: [cloud.dns.address] }))
  await writeFile(settingsFile, JSON.stringify({ ...settings, databases }, null, 2))
  const deployer = createDeployer({ cloud, settingsFile, deployed: await synthesizeBeside(settingsFile) })
  const running = new Set<RunningCommand>()
  const read = async (file: string): Promise<Settings> => JSON.parse(await readFile(file, 'utf8'))

  const start: People['start'] = (who, ...args) => {
    timeline.record('lab', peopleMoments.runs, { who, command: `repoint migrate ${args.join(' ')}` })
    const command = startCommand(['migrate', ...args, '-d', 'orders'], variablesFor(cloud, settingsFile))
    running.add(command)
    const ended = command.ended.then(end => {
      running.delete(command)
      const says = end.stderr.trim().split('\n').at(-1) ?? ''
      timeline.record('lab', peopleMoments.ended, { who, code: end.code ?? 'killed', says: says.slice(0, 200) })
      return end
    })
    return { ...command, ended }
  }
  return {
    start,
    run: (who, ...args) => start(who, ...args).ended,
    said: async () => (await read(settingsFile)).consumers[0]?.gateway ?? { stage: 'none' },
    copy: async (name, percent) => {
      const file = join(folder, `${name}.json`)
      await copyFile(settingsFile, file)
      if (percent === undefined) return file
      const { consumers, ...rest } = await read(file)
      const shift = { stage: 'shift', from: 'shadow', percent }
      const own = consumers.map(it => ({ ...it, gateway: { ...it.gateway, ...shift } }))
      await writeFile(file, JSON.stringify({ ...rest, consumers: own }, null, 2))
      return file
    },
    deploy: async (what, file) => {
      const before = bothWeights(cloud)
      const why = await deployer.deploy(file).then(
        () => undefined,
        (error: Error) => error.message.replaceAll(/\s+/g, ' '),
      )
      const tried = { what, ...(why === undefined ? {} : { why }), before, after: bothWeights(cloud) }
      timeline.record('lab', peopleMoments.deploys, { ...tried })
      return tried
    },
    close: async () => {
      for (const command of running) command.kill()
      await Promise.allSettled([...running].map(it => it.ended))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
