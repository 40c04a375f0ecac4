import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import { cases, strategies, swap } from '../../lab/compare/cases.ts'
import { settings, showComparison, showPauses, showSweep } from '../../lab/compare/comparison-table.ts'
import type { Row } from '../../lab/compare/row.ts'
import { type Measured, runCases } from '../../lab/compare/run.ts'
import { findScenario } from '../../lab/scenarios/catalogue.ts'

const plain = (_style: unknown, text: string) => text

const aRow = (longestOutageSeconds: number, isDown = false): Row => ({
  ...{ longestOutageSeconds, newConnectionsSeconds: longestOutageSeconds, keptConnectionSeconds: 0 },
  ...{ errorsForSeconds: longestOutageSeconds + 1, isDown, lostWrites: 0, pausedSeconds: 0.3 },
})

const measure = (row: Row, broken: readonly string[] = []): Measured[] => swap.map(one => ({ ...one, row, broken }))

describe('the comparison', () => {
  it('plays scenarios that exist, each on the database of its block', () => {
    for (const { scenario, block } of cases) {
      expect(findScenario(scenario).database).toBe(block === 'cluster' ? 'cluster' : 'instance')
    }
  })

  it('has every updater beside every strategy, and sweeps those that register nothing', () => {
    expect(new Set(cases.map(({ updater }) => updater.kind))).toEqual(
      new Set(['nobody', 'peer', 'event-peer', 'repoint']),
    )
    expect(strategies.map(({ scenario }) => findScenario(scenario).frontDoor)).toEqual(['standby', 'weighted'])
  })

  it('is shown in whole seconds, and a row that never came back as such', () => {
    const table = showComparison([...measure(aRow(135.5)), ...measure(aRow(300, true))], plain)
    expect(table).toMatch(/Repoint, swap +│ +136 s │ +137 s │ +0/)
    expect(table).toContain('until somebody acts')
  })

  it('marks a row whose promise was broken', () => {
    expect(showComparison(measure(aRow(1), ['something']), plain)).toContain('a promise was broken')
  })

  it('says when the machine was too busy for its figures', () => {
    expect(showPauses(measure(aRow(25)))).toBe('')
    expect(showPauses(measure({ ...aRow(25), pausedSeconds: 9.6 }))).toContain('1 of 1 rows paused for up to 10 s')
  })

  it('shows a sweep with a line a delay', () => {
    const table = showSweep(
      [60, 300].map(registrationSeconds => ({ registrationSeconds, measured: measure(aRow(25)) })),
    )
    expect(table).toMatch(/60 s +│ +25 s/)
    expect(table).toMatch(/300 s +│ +25 s/)
  })

  it('names where each delay comes from, and which of them nobody has confirmed', () => {
    for (const { source } of settings()) expect(source.length).toBeGreaterThan(20)
    expect(settings().find(({ name }) => name === 'nlbWeightChange')?.source).toContain('UNCONFIRMED')
  })
})

describe('a failover under each strategy', () => {
  let codeFolder: string
  beforeAll(async () => {
    codeFolder = await mkdtemp(join(tmpdir(), 'artefact-'))
    await buildReconciler({ outdir: codeFolder })
  }, 60_000)
  afterAll(() => rm(codeFolder, { recursive: true }))

  it('costs a registration under swap, and none under standby and weighted', { timeout: 180_000 }, async () => {
    // Far above the others: what a busy machine adds to them does not reach it.
    const propagation = { registrationMs: 600_000 }
    const [swapped, ...others] = await runCases([...swap, ...strategies], { speed: 40, codeFolder, propagation })
    expect(swapped?.row.longestOutageSeconds).toBeGreaterThan(500)
    for (const { row, broken } of others) {
      expect(row).toMatchObject({ isDown: false, lostWrites: 0 })
      expect(row.longestOutageSeconds).toBeLessThan(400)
      // Promises that name seconds depend on how busy the machine is.
      expect(broken.filter(what => !/ \d+(\.\d)? s/.test(what))).toEqual([])
    }
  })
})
