import { execFile } from 'node:child_process'
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** Another local user can make a folder whose name he can guess, and what is read from it as code runs as ours. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const shell = promisify(execFile)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shared-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const isSynthesis = (name: string) => name.startsWith('cdk.out')

describe('the temporary folder, prepared by somebody else', () => {
  /** The names under which Node and its loaders keep compiled code. */
  const prepared = ['node-compile-cache', 'repoint', 'tsx', `tsx-${userInfo().uid}`]

  const commands = async (): Promise<Record<string, string>> => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const { app } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8'))
    return {
      repoint: 'node cli/repoint.mjs --version',
      'npm run build': scripts.build,
      'cdk synth': app,
      // Their code is loaded, and no laboratory opened.
      'npm start': `${scripts.start} --list`,
      'npm run lab': `${scripts.lab} --help`,
    }
  }

  const names = ['repoint', 'npm run build', 'cdk synth', 'npm start', 'npm run lab']

  it.each(names)('%s takes no code from it, and leaves none', async name => {
    for (const each of prepared) {
      await mkdir(join(folder, each))
      await chmod(join(folder, each), 0o777)
    }
    const PATH = [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env.PATH].join(':')
    const env = { ...process.env, PATH, TMPDIR: folder, CDK_OUTDIR: join(folder, 'cdk.out') }
    await shell('/bin/sh', ['-c', String((await commands())[name])], { cwd: root, env })

    const found = await readdir(folder, { recursive: true })
    expect(found.filter(path => !isSynthesis(path)).sort()).toEqual([...prepared].sort())
  })
})

describe('the cache of compiled code', () => {
  const cache = () => join(folder, 'node_modules/.cache/repoint')
  /** The launcher, with a command line of one line. */
  const run = async () => {
    await mkdir(join(folder, 'cli'), { recursive: true })
    await copyFile(join(root, 'cli/repoint.mjs'), join(folder, 'cli/repoint.mjs'))
    await writeFile(join(folder, 'cli/main.ts'), "export const main = async () => console.log('ran')\n")
    const { stdout } = await shell(process.execPath, [join(folder, 'cli/repoint.mjs')])
    expect(stdout).toBe('ran\n')
  }

  it('lies beside the sources, for us alone', async () => {
    await run()
    expect((await stat(cache())).mode & 0o777).toBe(0o700)
    expect(await readdir(cache(), { recursive: true })).not.toEqual([])
  })

  it('is not used where others may write', async () => {
    await mkdir(cache(), { recursive: true })
    await chmod(cache(), 0o770)
    await run()
    expect(await readdir(cache())).toEqual([])
  })

  it.runIf(process.getuid?.() === 0)('is not used where another user has made it', async () => {
    await mkdir(cache(), { recursive: true, mode: 0o700 })
    await chown(cache(), 65_534, 65_534)
    await run()
    expect(await readdir(cache())).toEqual([])
  })

  it('is done without where none can be made', async () => {
    await mkdir(dirname(dirname(cache())), { recursive: true })
    await writeFile(dirname(cache()), 'a file')
    await run()
  })
})
