import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** Packs this repository as a release does, and installs it as a user does. */

export const root = fileURLToPath(new URL('../..', import.meta.url))

export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

export interface Packed {
  readonly file: string
  readonly paths: readonly string[]
}

export const pack = (folder: string): Packed => {
  const output = execFileSync('npm', ['pack', '--ignore-scripts=false', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // What the scripts print comes first.
  const [packed] = JSON.parse(output.slice(output.search(/^\[\s*\{/m))) as {
    filename: string
    files: { path: string }[]
  }[]
  if (packed === undefined) throw new Error(`npm packed nothing: ${output}`)
  return { file: join(folder, packed.filename), paths: packed.files.map(({ path }) => path) }
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** A folder in which `npm install` is run, with a Node of its own first on PATH. */
export interface Place {
  readonly folder: string
  run(command: string, args: readonly string[]): Ended
  /** Without waiting in this process. */
  start(command: string, args: readonly string[], env: Environment): Promise<Ended>
}

export const placeWith = (folder: string, nodeFolder: string): Place => {
  mkdirSync(folder, { recursive: true })
  const path = [nodeFolder, join(folder, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const options = (env: Environment) => ({ cwd: folder, env: { ...withoutNpm(process.env), ...env, PATH: path } })
  return {
    folder,
    run: (command, args) => {
      const { status, stdout, stderr, error } = spawnSync(command, args, { ...options({}), encoding: 'utf8' })
      if (error) throw error
      return { code: status, stdout, stderr }
    },
    start: async (command, args, env) => {
      const child = spawn(command, args, options(env))
      const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
      return { code, stdout, stderr }
    },
  }
}

/** This test may itself be run by npm, whose settings are not the user's. */
const withoutNpm = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_(package|lifecycle|command)/.test(name)))

const platform = process.platform === 'win32' ? 'win' : process.platform

/** The newest Node of a major version, from npm. A sentence where it cannot be had. */
export const fetchNode = (folder: string, major: number): { readonly bin: string } | string => {
  const name = `node-${platform}-${process.arch}`
  mkdirSync(folder, { recursive: true })
  const installed = spawnSync('npm', ['install', '--prefix', folder, '--no-save', `${name}@${major}`], {
    encoding: 'utf8',
  })
  return installed.status === 0
    ? { bin: join(folder, 'node_modules', name, 'bin') }
    : `${name}@${major} could not be installed: ${installed.stderr.trim().split('\n')[0]}`
}
