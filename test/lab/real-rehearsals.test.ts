import { describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import { isInstalled } from '../../lab/cloud/open-engine.ts'
import type { Engine } from '../../lab/database/database.ts'
import { rehearse } from '../../lab/rehearsal/rehearse.ts'
import { findScenario, whyNotOn } from '../../lab/scenarios/catalogue.ts'
import type { Expectation } from '../../lab/scenarios/scenario.ts'
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

/** Promises that name seconds depend on how busy the machine is: `npm start` checks those. */
const broken = (expectations: readonly Expectation[]) =>
  expectations.filter(({ what, holds }) => !holds && !/ \d+(\.\d)? s/.test(what))

for (const engine of ['postgres', 'mariadb'] as const) {
  describe.skipIf(!isInstalled(engine))(`with ${named(engine)}`, { timeout: 400_000 }, () => {
    it.each(['failover', 'aurora-failover', 'commits-wait'])(
      '%s is followed, and nothing that was acknowledged is lost',
      async name => {
        const result = await play(name, engine)

        expect(broken(result.expectations)).toEqual([])
        expect(result.writes.acknowledged).toBeGreaterThan(0)
        expect(result.writes.lost).toEqual([])
      },
    )

    it('a cut replica costs acknowledged writes, and the rehearsal says which', async () => {
      const result = await play('replica-cut-off', engine)

      expect(broken(result.expectations)).toEqual([])
      expect(result.writes.lost.length).toBeGreaterThan(0)
    })

    it('a reconnect storm meets max_connections, and the record names the refusals', async () => {
      const result = await play('reconnect-storm', engine)

      expect(broken(result.expectations)).toEqual([])
      expect(result.client.errorsByKind['too many connections']).toBeGreaterThan(0)
    })
  })
}

describe.skipIf(!isInstalled('mariadb'))(`a quiet time of ${named('mariadb')}`, { timeout: 600_000 }, () => {
  it('lets health checks block the load balancer, and each remedy ends it', async () => {
    const result = await play('host-blocked', 'mariadb')

    expect(broken(result.expectations)).toEqual([])
  })
})

it.each([
  ['reconnect-storm', 'pglite', 'reconnect-storm needs another database: --database postgres or mariadb'],
  ['host-blocked', 'postgres', 'host-blocked needs another database: --database mariadb'],
  ['aurora-failover', 'mariadb', undefined],
] as const)('%s on %s: %s', (name, engine, why) => {
  expect(whyNotOn(findScenario(name), engine)).toBe(why)
})
