import { describe, expect, it } from 'vitest'
import { withLaboratory } from '../../cli/facts/laboratory.ts'
import { showRecord } from '../../cli/text/drill-record.ts'
import { compareRecords } from '../../report/compare.ts'
import { isAlike, type Manner, sayManner, sayPatience } from '../../report/manner.ts'
import { headline } from '../../report/page/verdict.ts'
import { buildPage } from '../../report/page.ts'
import type { DrillRecord } from '../../report/record.ts'
import { aRecord } from './a-record.ts'

const parallel: Manner = { everyMs: 250, patienceMs: 3_000 }
const kept: Manner = { ...parallel, isSequential: true }
const unrecorded: Manner = { everyMs: 250 }

/** A front-door client of the manner, whose outage is longer than that of the record's own. */
const withClient = (manner: Manner): DrillRecord => {
  const record = aRecord()
  const [first] = record.probes
  if (first === undefined) throw new Error('a probe')
  const { patienceMs: _, ...probe } = first
  const outages = [{ fromMs: 1_000, toMs: 99_000, errors: { timeout: 1 } }]
  return { ...record, probes: [...record.probes, { ...probe, ...manner, id: 'sql-kept', name: 'SQL, kept', outages }] }
}

describe('how a client attempts', () => {
  it.each<[Manner, string, string]>([
    [parallel, 'an attempt every 250 ms, each step of it given up after 3.0 s', '3.0 s'],
    [
      kept,
      'an attempt every 250 ms or when the last one has ended, each step of it given up after 3.0 s',
      '3.0 s, in turn',
    ],
    [unrecorded, 'an attempt every 250 ms, how long one is waited for is not recorded', 'not recorded'],
  ])('%j is said in words and in a column', (manner, words, column) => {
    expect([sayManner(manner), sayPatience(manner)]).toEqual([words, column])
  })

  it.each<[string, Manner, Manner, boolean]>([
    ['the same', parallel, parallel, true],
    ['in turn and not', parallel, kept, false],
    ['another patience', parallel, { ...parallel, patienceMs: 5_000 }, false],
    ['another interval', parallel, { ...parallel, everyMs: 1_000 }, false],
    ['unknown twice', unrecorded, unrecorded, false],
  ])('is alike or not: %s', (_, a, b, expected) => {
    expect(isAlike(a, b)).toBe(expected)
  })

  it('stands with the headline figure, which says when other clients attempt in another way', () => {
    expect(headline(aRecord()).of).toBe(
      'the longest outage of a client (TCP, a new connection each time; an attempt every 250 ms, each step of it given up after 3.0 s: the figure is no finer)',
    )
    expect(headline(withClient(kept))).toMatchObject({
      figure: '98.0 s',
      of: expect.stringMatching(/SQL, kept; .* no finer; other clients attempt in another way, so that their outages/),
    })
  })

  it('stands with each client on the page and in the terminal', () => {
    const record = withClient(kept)
    expect(buildPage(record)).toContain('<td data-name="Patience" class="n">3.0 s, in turn</td>')
    expect(showRecord(record, (_, text) => text)).toMatch(/SQL, kept +front door +98\.0 s .* 250 ms +3\.0 s, in turn/)
  })

  it('is a caveat where two records differ in it, or do not say', () => {
    expect(compareRecords(aRecord(), aRecord()).caveats).toEqual([])
    const [caveat] = compareRecords(withClient(kept), withClient(parallel)).caveats
    expect(caveat).toMatch(/front door: SQL, kept\): A has .* or when the last one has ended, .*; B an attempt every/)
    expect(compareRecords(withClient(unrecorded), withClient(unrecorded)).caveats[0]).toContain('not recorded')
  })

  it('is stretched with the other times of a laboratory', () => {
    const record = withLaboratory(aRecord(), { notices: [], isInForce: true, speed: 5 })
    expect(record.probes.map(({ everyMs, patienceMs }) => [everyMs, patienceMs])).toEqual([
      [1_250, 15_000],
      [1_250, 15_000],
    ])
  })
})
