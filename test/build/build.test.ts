import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'

describe('the build', { timeout: 30_000 }, () => {
  let folder: string
  let entry: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'repoint-build-'))
    entry = join(folder, 'entry.ts')
    await writeFile(entry, 'export const handler = () => 1')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('makes an artefact that is above its budget, and warns with the figures', async () => {
    const warnings: string[] = []
    const warn = (text: string) => warnings.push(text)
    const built = await buildReconciler({ entry, outdir: join(folder, 'large'), budgetBytes: 100, warn })

    expect(await readdir(built.folder)).toEqual(expect.arrayContaining(['index.mjs', 'reconciler.mjs']))
    const kb = (bytes: number) => (bytes / 1000).toFixed(1)
    expect(warnings).toEqual([expect.stringContaining('WARNING')])
    expect(warnings[0]).toContain(
      `a swap loads ${kb(built.swapBytes)} KB, which is ${kb(built.swapBytes - 100)} KB more`,
    )
  })

  it('says nothing of an artefact within its budget', async () => {
    const warnings: string[] = []
    await buildReconciler({ entry, outdir: join(folder, 'small'), warn: text => warnings.push(text) })
    expect(warnings).toEqual([])
  })

  it('fails where the source cannot be bundled, and leaves the last good artefact', async () => {
    const outdir = join(folder, 'kept')
    await buildReconciler({ entry, outdir })
    const good = await readFile(join(outdir, 'reconciler.mjs'))
    const broken = join(folder, 'broken.ts')
    await writeFile(broken, "export { handler } from './nowhere.ts'")
    await expect(buildReconciler({ entry: broken, outdir })).rejects.toThrow('nowhere.ts')
    expect(await readFile(join(outdir, 'reconciler.mjs'))).toEqual(good)
    expect((await readdir(outdir)).sort()).toEqual(['index.mjs', 'reconciler.mjs', 'reconciler.mjs.map'])
  })

  it('takes away the files of an earlier build', async () => {
    const outdir = join(folder, 'again')
    const inChunks = join(folder, 'in-chunks.ts')
    await writeFile(inChunks, "export const handler = () => import('./entry.ts')")
    await buildReconciler({ entry: inChunks, outdir })
    expect((await readdir(outdir)).length).toBeGreaterThan(3)
    await buildReconciler({ entry, outdir })
    expect((await readdir(outdir)).sort()).toEqual(['index.mjs', 'reconciler.mjs', 'reconciler.mjs.map'])
  })

  it('leaves no workshop behind', async () => {
    expect((await readdir(folder)).filter(name => /^(large|small|kept|again)-/.test(name))).toEqual([])
  })
})
