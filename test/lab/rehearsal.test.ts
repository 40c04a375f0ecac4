import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import { rehearse } from '../../lab/rehearsal/rehearse.ts'
import type { Updater } from '../../lab/rehearsal/updater.ts'
import { findScenario, scenarios } from '../../lab/scenarios/catalogue.ts'
import { startTime } from '../../lab/time.ts'
import { startTimeline } from '../../lab/timeline.ts'

describe('a rehearsal', () => {
  let codeFolder: string
  beforeAll(async () => {
    codeFolder = await mkdtemp(join(tmpdir(), 'artefact-'))
    await buildReconciler({ outdir: codeFolder })
  }, 60_000)
  afterAll(() => rm(codeFolder, { recursive: true }))

  const run = (name: string, updater: Updater) => {
    const time = startTime({ speed: 40 })
    return rehearse({ scenario: findScenario(name), updater, time, timeline: startTimeline(time), codeFolder })
  }

  /** The promises that name seconds depend on how busy the machine is: `npm start` checks those. */
  it.concurrent('of a failover ends on the new writer, without a lost write', { timeout: 120_000 }, async () => {
    const verdict = await run('failover', { kind: 'repoint' })
    const timeless = verdict.expectations.filter(({ what }) => !/ \d+(\.\d)? s/.test(what))
    expect(timeless.length).toBeGreaterThanOrEqual(7)
    expect(timeless.filter(({ holds }) => !holds)).toEqual([])
    expect(verdict.writes.acknowledged).toBeGreaterThan(0)
    expect(verdict.calls).toMatchObject({ RegisterTargets: 1, DeregisterTargets: 1 })
  })

  it.concurrent.each([
    'standby-address-reused',
    'dns-poisoned',
    'aurora-reader',
    'change-to-standby',
    'change-to-weighted',
  ])('of %s keeps its promises', { timeout: 180_000 }, async name => {
    const { expectations } = await run(name, { kind: 'repoint' })
    const timeless = expectations.filter(({ what }) => !/ \d+(\.\d)? s/.test(what))
    expect(timeless.filter(({ holds }) => !holds)).toEqual([])
  })

  it.concurrent('without Repoint leaves the application down', { timeout: 120_000 }, async () => {
    const { client, calls, healthyMs } = await run('failover', { kind: 'nobody' })
    expect(client.connections.fresh.isDown).toBe(true)
    expect([calls, healthyMs]).toEqual([{}, undefined])
  })
})

describe('the scenarios', () => {
  it('have names of their own', () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length)
  })

  it('are told when one is unknown', () => {
    expect(() => findScenario('other')).toThrow('no scenario is called other: there are failover, ')
  })
})
