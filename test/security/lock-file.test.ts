import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Locked {
  readonly integrity?: string
  /** Inside the tarball of another one, whose hash covers it. */
  readonly inBundle?: boolean
  /** A folder of ours. */
  readonly link?: boolean
  readonly os?: string
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
const { optionalDependencies } = read('release/node/package.json')
const packages: Record<string, Locked> = read('package-lock.json').packages

/** All that `npm ci` brings is what the lock file has the hash of, or it fails. */
describe('the lock file', () => {
  it('has the hash of every package', () => {
    const fetched = Object.entries(packages).filter(
      ([path, { inBundle, link }]) => path.startsWith('node_modules/') && !inBundle && !link,
    )
    const without = fetched.filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-'))
    expect(without.map(([path]) => path)).toEqual([])
  })

  it('lets no install script run, which could fetch anything', () => {
    // `allowScripts` of package.json is advice to npm 11 and nothing to npm 10, which comes with Node 22.
    const cwd = fileURLToPath(new URL('../..', import.meta.url))
    const env = { ...process.env, npm_config_ignore_scripts: undefined }
    expect(execFileSync('npm', ['config', 'get', 'ignore-scripts'], { cwd, env, encoding: 'utf8' }).trim()).toBe('true')
  })

  it('brings a Node for each platform as a package of its own', () => {
    const nodes = Object.keys(optionalDependencies)
    expect(nodes.length).toBeGreaterThan(0)
    expect(nodes.filter(name => packages[`node_modules/${name}`]?.os === undefined)).toEqual([])
  })
})
