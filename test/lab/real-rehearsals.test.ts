import { describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import { isInstalled } from '../../lab/cloud/open-engine.ts'
import type { Engine } from '../../lab/database/database.ts'
import { rehearse } from '../../lab/rehearsal/rehearse.ts'
import { findScenario } from '../../lab/scenarios/catalogue.ts'
import { startTime } from '../../lab/time.ts'
import { startTimeline } from '../../lab/timeline.ts'

/** Whole rehearsals over servers that are installed; the speed leaves them the time to start. */
const play = async (name: string, engine: Engine) => {
  const { folder: codeFolder } = await buildReconciler()
  const time = startTime({ speed: 5 })
  const scenario = findScenario(name)
  return rehearse({ scenario, engine, updater: { kind: 'repoint' }, time, timeline: startTimeline(time), codeFolder })
}

const named = (engine: Engine): string => (isInstalled(engine) ? engine : `${engine}, which is not installed here`)

for (const engine of ['postgres', 'mariadb'] as const) {
  describe.skipIf(!isInstalled(engine))(`with ${named(engine)}`, { timeout: 300_000 }, () => {
    it('a failover is followed, and nothing that was acknowledged is lost', async () => {
      const result = await play('failover', engine)

      expect(result.expectations.filter(({ holds }) => !holds)).toEqual([])
      expect(result.writes.acknowledged).toBeGreaterThan(0)
      expect(result.writes.lost).toEqual([])
    })
  })
}

describe.skipIf(!isInstalled('postgres'))(`a cut replica of ${named('postgres')}`, { timeout: 300_000 }, () => {
  it('costs acknowledged writes, and the rehearsal says which', async () => {
    const result = await play('replica-cut-off', 'postgres')

    expect(result.expectations.filter(({ holds }) => !holds)).toEqual([])
    expect(result.writes.lost.length).toBeGreaterThan(0)
  })
})
