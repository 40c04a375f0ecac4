import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildPage } from '../../report/page.ts'
import { aRecord } from '../report/a-record.ts'
import { runProcess } from './doctor-lab.ts'

describe('repoint report', { timeout: 30_000 }, () => {
  let folder: string
  const file = (name: string) => join(folder, name)
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'))
    await writeFile(file('a.json'), JSON.stringify(aRecord()))
    await writeFile(file('a.html'), buildPage(aRecord()))
    await writeFile(file('other.json'), '{"databases":[]}')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('tells a record in the terminal, verdict first, without AWS and without colours', async () => {
    const { code, stdout, stderr } = await runProcess(['report', file('a.json')])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^PASSED {2}orders: failover drill\n/)
    expect(stdout).toContain('94.0 s: the longest outage of a client')
    expect(stdout).toMatch(/Repoint reacts +0\.9 s +13\.5 s +14\.4 s/)
    expect(stdout).not.toContain('\u001b[')
  })

  it('reads a page like the record that it holds', async () => {
    const [fromPage, fromFile] = await Promise.all(
      ['a.html', 'a.json'].map(name => runProcess(['report', '--json', file(name)])),
    )
    expect(JSON.parse(fromPage?.stdout ?? '')).toEqual(aRecord())
    expect(fromPage?.stdout).toBe(fromFile?.stdout)
  })

  it('writes a page', async () => {
    const { code, stdout, stderr } = await runProcess(['report', file('a.json'), '-o', file('out.html')])
    expect([code, stdout, stderr]).toEqual([0, '', `Wrote ${file('out.html')}\n`])
    expect(await readFile(file('out.html'), 'utf8')).toBe(buildPage(aRecord()))
  })

  it('compares two', async () => {
    const { code, stdout } = await runProcess(['report', file('a.json'), file('a.html')])
    expect(code).toBe(0)
    expect(stdout).toMatch(/Longest outage, front door: TCP, a new connection each time +94\.0 s +94\.0 s +the same/)
  })

  it.each([
    ['missing.json', 'cannot be read: ENOENT'],
    ['other.json', 'is no record'],
  ])('says what is wrong with %s', async (name, complaint) => {
    const { code, stdout, stderr } = await runProcess(['report', file(name)])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(complaint)
  })
})
