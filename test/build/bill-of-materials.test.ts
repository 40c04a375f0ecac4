import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { billOfMaterials } from '../../release/release.ts'
import { builtOnce } from './built-once.ts'

/** https://cyclonedx.org/docs/1.5/json/ */
interface Component {
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly licenses?: readonly ({ readonly license: { readonly id: string } } | { readonly expression: string })[]
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
}
interface Bill {
  readonly bomFormat: string
  readonly metadata: { readonly component: Pick<Component, 'purl'> }
  readonly components: readonly Component[]
}
interface Locked {
  readonly name?: string
  readonly version: string
  readonly integrity?: string
  /** Inside the tarball of another one. */
  readonly inBundle?: boolean
  /** A folder of ours. */
  readonly link?: boolean
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
const locked = Object.entries<Locked>(read('package-lock.json').packages)
  .filter(([path, { link }]) => path.startsWith('node_modules/') && !link)
  .map(([path, it]) => ({ ...it, id: `${it.name ?? path.replace(/.*node_modules\//, '')}@${it.version}` }))

let bill: Bill
let named: ReadonlyMap<string, Component>
beforeAll(async () => {
  bill = JSON.parse(await billOfMaterials())
  named = new Map(bill.components.map(it => [`${it.name}@${it.version}`, it]))
})

describe('the bill of materials of a release', () => {
  it('is of this version, in the format that its file name says', () => {
    expect(bill.bomFormat).toBe('CycloneDX')
    expect(bill.metadata.component.purl).toBe(`pkg:npm/repoint@${read('package.json').version}`)
  })

  it('names what the function contains', async () => {
    const { folder } = await builtOnce()
    const notice = await readFile(join(folder, 'NOTICE'), 'utf8')
    const contained = [...notice.matchAll(/^(\S+) (\d+\.\d+\.\d+\S*) \(([\w.-]+)\)$/gm)]
    expect(contained.length).toBeGreaterThan(10)
    for (const [, name, version, license] of contained) {
      expect(named.get(`${name}@${version}`)?.licenses, `${name} ${version}`).toEqual([{ license: { id: license } }])
    }
  }, 120_000)

  it('names every locked package', () => {
    expect(locked.length).toBeGreaterThan(100)
    expect(locked.filter(({ id }) => !named.has(id)).map(({ id }) => id)).toEqual([])
  })

  it('has the hash of every tarball that the lock file has', () => {
    // npm names a package once; where another one's tarball has a copy inside, without the hash of its own tarball.
    const copied = new Set(locked.filter(({ inBundle }) => inBundle).map(({ id }) => id))
    const hex = (integrity: string) => Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')
    const fetched = locked.filter(({ id }) => !copied.has(id))
    const others = fetched.filter(({ id, integrity = '' }) => named.get(id)?.hashes?.[0]?.content !== hex(integrity))
    expect(others.map(({ id }) => id)).toEqual([])
  })

  it('says the licence of each', () => {
    const without = bill.components.filter(
      ({ licenses = [] }) => licenses.length === 0 || !licenses.every(it => 'expression' in it || it.license.id),
    )
    expect(without.map(({ purl }) => purl)).toEqual([])
  })
})
