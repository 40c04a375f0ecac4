import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explain } from '../../cli/aws/explain.ts'
import { type ReportOptions, runReport } from '../../cli/commands/report.ts'
import { openOutput } from '../../cli/output.ts'
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

  /** The command in this process, which has loaded what draws pages. */
  const report = async (files: readonly [string, string?], options: ReportOptions = {}) => {
    const written = { stdout: '', stderr: '' }
    const into = (name: keyof typeof written) =>
      new Writable({
        write(chunk, _, done) {
          written[name] += String(chunk)
          done()
        },
      })
    const out = openOutput({ json: options.json === true, stdout: into('stdout'), stderr: into('stderr'), env: {} })
    await runReport(out, files[0], files[1], options)
    return written
  }

  it('tells a record in the terminal, verdict first, without AWS and without colours', async () => {
    const { code, stdout, stderr } = await runProcess(['report', file('a.json')])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^PASSED {2}orders: failover drill\n/)
    expect(stdout).toContain('94.0 s: the longest outage of a client')
    expect(stdout).toMatch(/Repoint reacts +0\.9 s +13\.5 s +14\.4 s/)
    expect(stdout).not.toContain('\u001b[')
  })

  it('reads a page like the record that it holds', async () => {
    const fromPage = await runProcess(['report', '--json', file('a.html')])
    expect(JSON.parse(fromPage.stdout)).toEqual(aRecord())
    expect((await report([file('a.json')], { json: true })).stdout).toBe(fromPage.stdout)
  })

  it('writes a page', async () => {
    const written = await report([file('a.json')], { output: file('out.html') })
    expect(written).toEqual({ stdout: '', stderr: `Wrote ${file('out.html')}\n` })
    expect(await readFile(file('out.html'), 'utf8')).toBe(buildPage(aRecord()))
  })

  it('compares two', async () => {
    const { stdout } = await report([file('a.json'), file('a.html')])
    expect(stdout).toMatch(/Longest outage, front door: TCP, a new connection each time +94\.0 s +94\.0 s +the same/)
  })

  it('ends with what is wrong', async () => {
    const { code, stdout, stderr } = await runProcess(['report', file('missing.json')])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('cannot be read: ENOENT')
  })

  it('says what is wrong with another file', async () => {
    const { message, exitCode } = explain(await report([file('other.json')]).catch((error: unknown) => error))
    expect(message).toContain('is no record')
    expect(exitCode).toBe(2)
  })
})
