import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { allowedLicences } from '../../functions/build/notices.ts'

interface Locked {
  readonly license?: string
  readonly dev?: boolean
  readonly link?: boolean
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
const packages: Record<string, Locked> = read('package-lock.json').packages

/** What npm installs beside the tarball, with all that it brings. */
const installed = Object.entries(packages).filter(
  ([path, { dev, link }]) => path.startsWith('node_modules/') && !dev && !link,
)

describe('what a user of the tarball gets', () => {
  it('is under licences of the list', () => {
    expect(installed.length).toBeGreaterThan(50)
    const others = installed.filter(([, { license = 'none' }]) => !allowedLicences.has(license))
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([])
  })

  it('carries the notices of what is bundled, the function’s and the command line’s', () => {
    expect(read('package.json').files).toEqual(expect.arrayContaining(['dist/NOTICE', 'dist/reconciler']))
  })
})
