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

describe('the migration of a live client', () => {
  let codeFolder: string
  let verdict: RehearsalResult
  beforeAll(async () => {
    codeFolder = await mkdtemp(join(tmpdir(), 'artefact-'))
    await buildReconciler({ outdir: codeFolder })
    const time = startTime({ speed: 40 })
    verdict = await rehearse({
      ...{
        scenario: findScenario('migration'),
        updater: { kind: 'repoint' },
        time,
        timeline: startTimeline(time),
        codeFolder,
      },
    })
  }, 400_000)
  afterAll(() => rm(codeFolder, { recursive: true }))

  /** The promises that name seconds depend on how busy the machine is: `npm start` checks those. */
  it('keeps its promises, forward and back, with a failover in the middle of each stage', () => {
    const timeless = verdict.expectations.filter(({ what }) => !/ \d+(\.\d)? s/.test(what))
    expect(timeless.length).toBeGreaterThanOrEqual(10)
    expect(timeless.filter(({ holds }) => !holds)).toEqual([])
    expect(verdict.writes.acknowledged).toBeGreaterThan(0)
  })

  it('shows that a failover costs less by the gateway than by the load balancer, in every stage that has both', () => {
    const [headings = [], ...rows] = verdict.table ?? []
    const [byBalancer, byGateway] = [headings.indexOf('Failover by NLB, s'), headings.indexOf('by gateway, s')]
    const both = rows.filter(cells => cells[byBalancer] !== '-' && cells[byGateway] !== '-')
    expect(both.map(([stage]) => stage)).toEqual(['shadow', 'shift', 'gateway'])
    for (const cells of both) expect(Number(cells[byGateway])).toBeLessThan(Number(cells[byBalancer]))
  })
})
