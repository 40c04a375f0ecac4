import { describe, expect, it } from 'vitest'
import { compareRecords, sayDifference } from '../../report/compare.ts'
import { buildComparisonPage } from '../../report/comparison-page.ts'
import { extractRecord } from '../../report/page/frame.ts'
import { buildPage } from '../../report/page.ts'
import { parseRecord } from '../../report/record.ts'
import { aRecord } from './a-record.ts'

const nasty = '</script><script>alert(1)</script><!-- "\' & <img src=x onerror=alert(1)>\u2028'

describe('a page', () => {
  it('holds the record that it shows', () => {
    const page = buildPage(aRecord())
    expect(parseRecord('page', extractRecord(page) ?? '')).toEqual(aRecord())
  })

  it('holds nothing executable, whatever the record says', () => {
    const record = aRecord({
      title: nasty,
      cause: nasty,
      notes: [nasty],
      moments: [{ atMs: 1, lane: 'client', what: nasty, fields: { [nasty]: nasty } }],
    })
    const page = buildPage(record)
    expect(page).not.toContain('<img')
    expect(page.match(/<script/g)).toHaveLength(1)
    expect(page).not.toContain('<!--')
    expect(parseRecord('page', extractRecord(page) ?? '')).toEqual(record)
  })

  it('shows the verdict before everything else', () => {
    const body = buildPage(aRecord()).split('<main>')[1] ?? ''
    expect(body.indexOf('Passed')).toBeLessThan(body.indexOf('94.0 s'))
    expect(body.indexOf('94.0 s')).toBeLessThan(body.indexOf('What took how long'))
  })
})

describe('a comparison', () => {
  const slower = aRecord()
  const faster = aRecord({
    title: 'orders through a resource gateway',
    milestones: [{ name: 'dns-changed', atMs: 13_500 }],
    probes: aRecord().probes.map(probe => ({ ...probe, outages: [{ fromMs: 1_000, toMs: 15_000, errors: {} }] })),
  })

  it('pairs outages and milestones of the same name', () => {
    const { outages, times } = compareRecords(slower, faster)
    expect(outages[0]).toEqual({
      name: 'Longest outage, front door: TCP, a new connection each time',
      before: 94_005,
      after: 14_000,
    })
    expect(times.find(({ name }) => name === 'DNS changed after')).toMatchObject({ before: 13_500, after: 13_500 })
    expect(times.find(({ name }) => name === 'New writer registered after')).toMatchObject({ before: 14_400 })
  })

  it.each([
    [{ name: 'a', before: 94_000, after: 14_000 }, '80.0 s less, 85 %'],
    [{ name: 'a', before: 1_000, after: 3_000 }, '2.0 s more, 200 %'],
    [{ name: 'a', before: 1_000, after: 1_050 }, 'the same'],
    [{ name: 'a', before: 1_000 }, '–'],
  ])('of %o says %s', (pair, said) => {
    expect(sayDifference(pair)).toBe(said)
  })

  it('says what makes two records hard to compare', () => {
    const other = aRecord({ kind: 'rehearsal', database: { ...slower.database, id: 'billing' } })
    expect(compareRecords(slower, other).caveats).toEqual([
      'They are about different databases.',
      'One is a drill on AWS, the other a rehearsal in the lab.',
    ])
  })

  it('shows both on one page', () => {
    const page = buildComparisonPage(slower, faster)
    expect(page).toContain('orders through a resource gateway')
    expect(page).toContain('80.0 s less, 85 %')
  })
})
