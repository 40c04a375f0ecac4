import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noticesOf } from '../../functions/build/notices.ts'
import { builtOnce } from './built-once.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repoint-notices-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the artefact’s NOTICE', () => {
  it('names every package inside, and nobody else’s', async () => {
    const { metafile, folder: built } = await builtOnce()
    const notice = await readFile(join(built, 'NOTICE'), 'utf8')
    const inside = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).filter(path => (inputs[path]?.bytesInOutput ?? 0) > 0),
    )
    const names = inside.flatMap(path => /.*node_modules\/((@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
    expect(new Set([...notice.matchAll(/^(\S+) \d+\.\d+\.\d+\S* \([\w.-]+\)$/gm)].map(([, name]) => name))).toEqual(
      new Set(names),
    )
    expect(notice).toContain('Apache License')
    expect(notice).toContain('Middy contributors')
  }, 120_000)
})

describe('a package in the bundle', () => {
  const bundled = async (about: object, files: Record<string, string> = {}) => {
    const own = join(folder, 'node_modules/@scope/lib')
    await rm(own, { recursive: true, force: true })
    await mkdir(own, { recursive: true })
    await writeFile(join(own, 'package.json'), JSON.stringify({ name: '@scope/lib', version: '1.2.3', ...about }))
    for (const [name, text] of Object.entries(files)) await writeFile(join(own, name), text)
    const inputs = {
      'node_modules/@scope/lib/src/a.js': { bytesInOutput: 7 },
      'node_modules/shaken-off/a.js': { bytesInOutput: 0 },
      'functions/reconciler/handler.ts': { bytesInOutput: 9 },
    }
    const outputs = { 'reconciler.mjs': { bytes: 16, imports: [], exports: [], inputs } }
    return noticesOf({ inputs: {}, outputs }, folder)
  }

  it('has its licence and its notice in the artefact’s', async () => {
    const notice = await bundled({ license: 'Apache-2.0' }, { LICENSE: 'terms\r\n', NOTICE: 'by somebody' })
    expect(notice).toContain('@scope/lib 1.2.3 (Apache-2.0)\n\nterms\n\nby somebody\n')
  })

  it('has the terms of MIT with its author’s name where it brings none', async () => {
    expect(await bundled({ license: 'MIT', author: 'Somebody' })).toContain(
      'Copyright (c) Somebody\n\nPermission is hereby granted',
    )
  })

  it.each([
    ['GPL-3.0', { license: 'GPL-3.0' }],
    ['none', {}],
  ])('fails the build with the licence %s', async (_name, about) => {
    await expect(bundled(about, { LICENSE: 'terms' })).rejects.toThrow(
      /^@scope\/lib: its licence is .* not on the list/,
    )
  })

  it('fails the build without the terms of its licence', async () => {
    await expect(bundled({ license: 'BSD-3-Clause' })).rejects.toThrow('@scope/lib: it has no file with its licence')
    await expect(bundled({ license: 'MIT' })).rejects.toThrow('@scope/lib: it has no file with its licence')
  })
})
