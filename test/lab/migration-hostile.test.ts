import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import { rehearse } from '../../lab/rehearsal/rehearse.ts'
import { findScenario } from '../../lab/scenarios/catalogue.ts'
import { startTime } from '../../lab/time.ts'
import { startTimeline } from '../../lab/timeline.ts'

describe('a migration with people and machines in its way', () => {
  let codeFolder: string
  beforeAll(async () => {
    codeFolder = await mkdtemp(join(tmpdir(), 'artefact-'))
    await buildReconciler({ outdir: codeFolder })
  }, 60_000)
  afterAll(() => rm(codeFolder, { recursive: true }))

  it('loses no connection beyond what the gateway drops, and no deployment raises a share', async () => {
    const time = startTime({ speed: 10 })
    const verdict = await rehearse({
      scenario: findScenario('migration-hostile'),
      updater: { kind: 'repoint' },
      time,
      timeline: startTimeline(time),
      codeFolder,
    })
    expect(verdict.expectations.filter(({ holds }) => !holds)).toEqual([])
    expect(verdict.expectations.map(({ what }) => what)).toContain('clients meet what the gateway drops')
    expect(verdict.writes.acknowledged).toBeGreaterThan(0)
  }, 900_000)
})
