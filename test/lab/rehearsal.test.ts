import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import type { RehearsalResult } from '../../lab/rehearsal/rehearsal-result.ts'
import { rehearse } from '../../lab/rehearsal/rehearse.ts'
import type { Updater } from '../../lab/rehearsal/updater.ts'
import { paintFor } from '../../lab/report/paint.ts'
import { resultText } from '../../lab/report/result-text.ts'
import { momentText } from '../../lab/report/timeline-text.ts'
import { findScenario, scenarios, whyNotOn } from '../../lab/scenarios/catalogue.ts'
import { startTime } from '../../lab/time.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { missingFrom, shownOutputs } from '../docs/shown-output.ts'

/** Played by tests of their own; those that need a real server by real-rehearsals.test.ts. */
const elsewhere = ['failover', 'migration', 'migration-aurora', 'migration-hostile']
const played = scenarios
  .filter(scenario => whyNotOn(scenario, 'pglite') === undefined)
  .map(({ name }) => name)
  .filter(name => !elsewhere.includes(name))

/** A promise in seconds that is late may be this machine's fault: `npm start` says whether it is. */
const broken = ({ expectations }: RehearsalResult) =>
  expectations.filter(({ holds, lateMs }) => !holds && lateMs === undefined)

/** What `npm start` prints of it. */
const printed = (result: RehearsalResult): string => {
  const plain = paintFor({ isTTY: false }, {})
  const textOf = momentText(plain, result)
  return [...result.moments.map(moment => textOf(moment, 0)), resultText(result, plain)].join('\n')
}

const command = 'npm start -- --scenario '

/** What the pages from write-ups show of it. */
const shownOf = (name: string): readonly string[] =>
  shownOutputs.filter(it => it.command === `${command}${name}`).flatMap(({ lines }) => lines)

/** One after the other: a laboratory that starts holds the others of its process up for seconds. */
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
  it('of a failover ends on the new writer, without a lost write', { timeout: 120_000 }, async () => {
    const verdict = await run('failover', { kind: 'repoint' })
    expect(verdict.expectations.length).toBeGreaterThanOrEqual(7)
    expect(broken(verdict)).toEqual([])
    expect(verdict.writes.acknowledged).toBeGreaterThan(0)
    expect(verdict.calls).toMatchObject({ RegisterTargets: 1, DeregisterTargets: 1 })
  })

  it.each(played)('of %s keeps its promises', { timeout: 180_000 }, async name => {
    const result = await run(name, { kind: 'repoint' })
    expect(broken(result)).toEqual([])
    expect(missingFrom(printed(result), shownOf(name))).toEqual([])
  })

  it('without Repoint leaves the application down', { timeout: 120_000 }, async () => {
    const { client, calls, healthyMs } = await run('failover', { kind: 'nobody' })
    expect(client.connections.fresh.isDown).toBe(true)
    expect([calls, healthyMs]).toEqual([{}, undefined])
  })
})

describe('the scenarios', () => {
  it('have names of their own', () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length)
  })

  it('that the pages from write-ups show are played here', () => {
    const shown = shownOutputs.flatMap(it => (it.command.startsWith(command) ? [it.command.slice(command.length)] : []))
    expect(shown).toEqual(expect.arrayContaining(['same-network', 'zones', 'host-name-moves']))
    expect(shown.filter(name => !played.includes(name))).toEqual([])
  })

  it('are told when one is unknown', () => {
    expect(() => findScenario('other')).toThrow('no scenario is called other: there are failover, ')
  })
})
