import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import type { RehearsalResult } from '../../lab/rehearsal/rehearsal-result.ts'
import { rehearse } from '../../lab/rehearsal/rehearse.ts'
import { findScenario } from '../../lab/scenarios/catalogue.ts'
import { startTime } from '../../lab/time.ts'
import { startTimeline } from '../../lab/timeline.ts'

describe('the migration of an Aurora cluster’s clients', () => {
  let codeFolder: string
  let verdict: RehearsalResult
  beforeAll(async () => {
    codeFolder = await mkdtemp(join(tmpdir(), 'artefact-'))
    await buildReconciler({ outdir: codeFolder })
    const time = startTime({ speed: 40 })
    verdict = await rehearse({
      scenario: findScenario('migration-aurora'),
      updater: { kind: 'repoint' },
      time,
      timeline: startTimeline(time),
      codeFolder,
      startsRegistered: true,
    })
  }, 300_000)
  afterAll(() => rm(codeFolder, { recursive: true }))

  /** The promises that name seconds depend on how busy the machine is: `npm start` checks those. */
  it('keeps its promises: each name reaches its member, and nothing is lost', () => {
    const timeless = verdict.expectations.filter(({ what }) => !/ \d+(\.\d)? s/.test(what))
    expect(timeless.length).toBeGreaterThanOrEqual(14)
    expect(timeless.filter(({ holds }) => !holds)).toEqual([])
    expect(verdict.writes.acknowledged).toBeGreaterThan(0)
  })

  it('shows what a failover costs the clients of the readers, and that new connections gain by the gateway', () => {
    const [headings = [], ...rows] = verdict.table ?? []
    const cellsOf = (heading: string) => rows.map(cells => cells[headings.indexOf(heading)])
    expect(cellsOf('readers, s').filter(cell => cell !== '-')).toHaveLength(2)
    const both = rows.find(([, byBalancer, byGateway]) => byBalancer !== '-' && byGateway !== '-') ?? []
    expect(both[0]).toBe('gateway')
    expect(Number(both[2])).toBeLessThan(Number(both[1]))
  })
})
