import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { zipFolder } from '../../functions/build/zip.ts'

/** Reads with somebody else's implementation: every machine that builds has Python or unzip. */
const unzip = (file: string, into: string): void => {
  try {
    execFileSync('python3', ['-m', 'zipfile', '-t', file])
    execFileSync('python3', ['-m', 'zipfile', '-e', file, into])
  } catch {
    execFileSync('unzip', ['-q', file, '-d', into])
  }
}

describe('the zip of a folder', () => {
  let folder: string
  const source = () => join(folder, 'source')
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'repoint-zip-'))
    execFileSync('mkdir', [source()])
    writeFileSync(join(source(), 'index.mjs'), "export const handler = 'ä'\n".repeat(1000))
    writeFileSync(join(source(), 'empty.cjs'), '')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds the folder’s files, byte for byte', async () => {
    const file = join(folder, 'made.zip')
    writeFileSync(file, await zipFolder(source()))
    unzip(file, join(folder, 'read'))
    execFileSync('diff', ['-r', source(), join(folder, 'read')])
    expect(statSync(file).size).toBeLessThan(1000)
  })

  it('is the same for the same content, whenever and by whomever it was written', async () => {
    const first = await zipFolder(source())
    utimesSync(join(source(), 'index.mjs'), 0, 0)
    chmodSync(join(source(), 'index.mjs'), 0o600)
    expect((await zipFolder(source())).equals(first)).toBe(true)
  })
})
