import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Sample } from '../../lab/client/worker.ts'
import type { RehearsalResult } from '../../lab/rehearsal/rehearsal-result.ts'
import { attemptsOfHabit } from '../../lab/report/story.ts'
import { figuresOf } from '../../report/measure.ts'
import { extractRecord } from '../../report/page/frame.ts'
import { parseRecord } from '../../report/record.ts'

const rehearsal = fileURLToPath(new URL('../../lab/main.ts', import.meta.url))

describe('a rehearsal', () => {
  it('leaves a record and a page that say what its verdict says', { timeout: 90_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'))
    const [file, page] = [join(folder, 'record.json'), join(folder, 'page.html')]
    try {
      const args = [rehearsal, '--json', '--speed', '60', '--record', file, '--report', page]
      // Promises that name seconds may be broken on a busy machine: the exit code is no matter here.
      const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 }).catch(
        (failed: { stdout: string }) => failed,
      )
      const verdict = JSON.parse(stdout) as RehearsalResult
      const record = parseRecord(file, await readFile(file, 'utf8'))
      expect(record.kind).toBe('rehearsal')
      expect(record.verdict.checks).toEqual(verdict.expectations.map(({ lateMs: _, ...check }) => check))
      const outages = record.probes.map(probe => figuresOf(probe, record.endedMs).longestOutageMs / 1000)
      const { fresh, 'long-lived': kept } = verdict.client.connections
      expect(outages[0]).toBeCloseTo(fresh.longestOutageSeconds, 0)
      expect(outages[1]).toBeCloseTo(kept.longestOutageSeconds, 0)
      const at = (wanted: string) => record.milestones.find(({ name }) => name === wanted)?.atMs
      expect([at('dns-changed'), at('healthy')]).toEqual([verdict.dnsChangedMs, verdict.healthyMs])
      expect(parseRecord(page, extractRecord(await readFile(page, 'utf8')) ?? '')).toEqual(record)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('counts connect, write and read together as one attempt', () => {
    const sample = (atMs: number, step: Sample['step'], errorKind?: Sample['errorKind']): Sample => ({
      atMs,
      step,
      connection: 'fresh',
      latencyMs: 5,
      ok: errorKind === undefined,
      ...(errorKind === undefined ? {} : { errorKind }),
    })
    const samples = [
      sample(0, 'connect'),
      sample(5, 'write'),
      sample(10, 'read'),
      sample(1_000, 'connect', 'timeout'),
      sample(2_000, 'connect'),
      sample(2_005, 'write', 'read-only'),
      // The end of the run cut this one short.
      sample(3_000, 'connect'),
    ]
    expect(attemptsOfHabit(samples, 'fresh')).toEqual([
      { atMs: 0, tookMs: 15 },
      { atMs: 1_000, tookMs: 5, error: 'timeout' },
      { atMs: 2_000, tookMs: 10, error: 'read-only' },
    ])
  })
})
