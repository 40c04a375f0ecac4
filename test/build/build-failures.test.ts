import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sdkTrim, trimSdk } from '../../functions/build/trim-sdk.ts'
import { buildReconciler } from '../../functions/build.ts'

const entry = fileURLToPath(new URL('every-call.ts', import.meta.url))
const installed = (module: string) => fileURLToPath(new URL(`../../node_modules/${module}`, import.meta.url))

describe('the build', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'repoint-build-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('fails when a module that it trims is gone from the SDK', async () => {
    const trim = { ...sdkTrim, '@smithy/core/dist-es/submodules/gone.js': (source: string) => source }
    const build = buildReconciler({ entry, outdir: join(folder, 'out'), plugins: [trimSdk(trim)] })
    await expect(build).rejects.toThrow(/gone\.js is no longer part of the bundle; revise/)
  })

  it.each(Object.keys(sdkTrim))('fails when %s is not what it expects', async module => {
    const rewrite = sdkTrim[module] as (source: string) => string
    const other = { [module]: () => rewrite(module.endsWith('.json') ? '{}' : 'export const other = 1') }
    // The module alone: everything around it would be bundled to no purpose.
    const build = buildReconciler({ entry: installed(module), outdir: join(folder, 'out'), plugins: [trimSdk(other)] })
    await expect(build).rejects.toThrow(`${module}: `)
    await expect(build).rejects.toThrow(/; revise functions\/build\/trim-sdk\.ts/)
  })

  it('fails above its budget, and leaves the last good artefact', async () => {
    const outdir = join(folder, 'kept')
    await buildReconciler({ entry, outdir })
    const good = await readFile(join(outdir, 'reconciler.cjs'))
    await expect(buildReconciler({ entry, outdir, budgetBytes: good.length - 1 })).rejects.toThrow(/its budget is \d+/)
    expect(await readFile(join(outdir, 'reconciler.cjs'))).toEqual(good)
    expect((await readdir(outdir)).sort()).toEqual(['index.mjs', 'reconciler.cjs', 'reconciler.cjs.map'])
  })

  it('leaves no workshop behind', async () => {
    expect((await readdir(folder)).filter(name => name !== 'kept' && name !== 'out')).toEqual([])
  })
})
