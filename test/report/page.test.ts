import { describe, expect, it } from 'vitest'
import { numberPhases } from '../../report/chart/phase-numbers.ts'
import { compareRecords, sayDifference, sayTime } from '../../report/compare.ts'
import { buildComparisonPage } from '../../report/comparison-page.ts'
import { phasesBetween } from '../../report/measure.ts'
import { extractRecord } from '../../report/page/frame.ts'
import { style } from '../../report/page/style.ts'
import { timelineLegend } from '../../report/page/timeline.ts'
import { buildPage } from '../../report/page.ts'
import { drawPicture } from '../../report/picture.ts'
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

  it('lets no text of the record turn a line around, or end the picture before it is drawn', () => {
    const turning = 'failed \u202edessap\u001b]0;x\u0007\u009b\u200b'
    const [one, ...others] = aRecord().spans
    const record = aRecord({
      title: turning,
      notes: [turning],
      spans: one === undefined ? [] : [{ ...one, subject: turning, state: turning }, ...others],
    })
    const [shown = ''] = buildPage(record).split('<script')
    for (const text of [shown, drawPicture(record)]) {
      expect(text).toContain('failed \ufffddessap')
      expect(text.replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    }
  })

  it('shows the verdict before everything else', () => {
    const body = buildPage(aRecord()).split('<main>')[1] ?? ''
    expect(body.indexOf('Passed')).toBeLessThan(body.indexOf('94.0 s'))
    expect(body.indexOf('94.0 s')).toBeLessThan(body.indexOf('What took how long'))
  })
})

describe('a picture', () => {
  it('stands for itself: its colours for light and dark, its title, no script and no address', () => {
    const picture = drawPicture(aRecord({ title: 'orders <b>: failover drill' }))
    expect(picture).toMatch(/^<svg [^>]*role="img"><title>orders &lt;b&gt;: failover drill: 94\.0 s, /)
    expect(picture).toContain('prefers-color-scheme:dark')
    const used = new Set([...picture.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name))
    for (const name of used) expect(picture).toContain(`${name}:#`)
    expect(picture).not.toMatch(/<script|href=|url\(/)
    expect(drawPicture(aRecord())).toBe(drawPicture(aRecord()))
  })
})

describe('the colours of the legend', () => {
  it.each(['light', 'dark'])('differ from each other (%s)', scheme => {
    const rules = style.split('prefers-color-scheme:dark')[scheme === 'dark' ? 1 : 0] ?? ''
    const colours = timelineLegend.map(([name]) => new RegExp(`${name}:(#[0-9a-f]+)`).exec(rules)?.[1])
    expect(colours).not.toContain(undefined)
    expect(new Set(colours).size).toBe(colours.length)
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
    expect(outages.map(({ name }) => name)).toEqual([
      'Longest outage, front door: TCP, a new connection each time',
      'All outages, front door: TCP, a new connection each time',
      'Longest outage, endpoint: TCP, a new connection each time',
      'All outages, endpoint: TCP, a new connection each time',
    ])
    expect(times.find(({ name }) => name === 'DNS changed after')).toMatchObject({ before: 13_500, after: 13_500 })
    expect(times.find(({ name }) => name === 'New writer registered after')).toMatchObject({ before: 14_400 })
  })

  it.each([
    [{ name: 'a', before: 94_000, after: 14_000 }, '80.0 s less, 85 %'],
    [{ name: 'a', before: 1_000, after: 3_000 }, '2.0 s more, 200 %'],
    [{ name: 'a', before: 1_000, after: 1_050 }, 'the same'],
    [{ name: 'a', before: 1_000 }, '–'],
    [{ name: 'a', before: 320_000, after: 141_000 }, '179.0 s less, 56 %'],
    [{ name: 'a', before: 320_000, after: 141_000, atLeast: ['before'] as const }, 'at least 179.0 s less'],
    [{ name: 'a', before: 141_000, after: 320_000, atLeast: ['after'] as const }, 'at least 179.0 s more'],
    [{ name: 'a', before: 141_000, after: 320_000, atLeast: ['before'] as const }, '–'],
    [{ name: 'a', before: 320_000, after: 141_000, atLeast: ['after'] as const }, '–'],
    [{ name: 'a', before: 320_000, after: 141_000, atLeast: ['before', 'after'] as const }, '–'],
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

  it('puts failed attempts and the checks of both beside each other', () => {
    const lossy = aRecord({
      verdict: {
        ...slower.verdict,
        checks: [{ what: 'no acknowledged write is lost', holds: false, found: '3 lost' }],
      },
    })
    expect(compareRecords(slower, lossy).beside).toEqual([
      {
        name: 'Failed attempts, front door: TCP, a new connection each time',
        before: '376 of 492 (376 timeout)',
        after: '376 of 492 (376 timeout)',
      },
      {
        name: 'Failed attempts, endpoint: TCP, a new connection each time',
        before: '56 of 492 (56 timeout)',
        after: '56 of 492 (56 timeout)',
      },
      { name: 'The writer moved', before: 'kept: 10.0.1.10 to 10.0.2.20' },
      { name: 'No acknowledged write is lost', after: 'BROKEN: 3 lost' },
    ])
  })

  it('shows an outage that did not end as a bound', () => {
    const probes = slower.probes.map(probe => ({ ...probe, outages: [{ fromMs: 20_000, errors: {} }] }))
    const [pair] = compareRecords(slower, aRecord({ probes })).outages
    expect(pair && sayTime(pair, 'after')).toBe('more than 100.0 s')
  })

  it('gives a phase one number and one colour on both sides, and a gap where it is missing', () => {
    const stuck = aRecord({
      title: 'orders without Repoint',
      phases: phasesBetween([
        { name: 'writer-ready', atMs: 10_600 },
        { name: 'dns-changed', atMs: 13_500 },
        { name: 'registered' },
      ]),
    })
    const page = buildComparisonPage(stuck, slower)
    const cards = [...page.matchAll(/<ol class="phases">(.*?)<\/ol>/gs)].map(([, list = '']) =>
      [...list.matchAll(/--phase-(\d)\)"( class="gap")?>.*?<i>(\d)<\/i>(.*?)<\/span><b>(.*?)<\/b>/g)].map(
        ([, colour, gap, number, name, took]) => [colour, number, name, gap === undefined ? took : 'gap'],
      ),
    )
    expect(cards).toEqual([
      [
        ['1', '1', 'Database fails over', '10.6 s'],
        ['2', '2', 'DNS follows', '2.9 s'],
        ['3', '3', 'Repoint reacts', 'never'],
        ['4', '4', 'Load balancer takes it in', 'gap'],
        ['5', '5', 'Clients come back', 'gap'],
      ],
      [
        ['1', '1', 'Database fails over', '10.6 s'],
        ['2', '2', 'DNS follows', '2.9 s'],
        ['3', '3', 'Repoint reacts', '0.9 s'],
        ['4', '4', 'Load balancer takes it in', '77.6 s'],
        ['5', '5', 'Clients come back', '3.3 s'],
      ],
    ])
  })

  it('keeps a phase’s number where it came in another order', () => {
    const numbers = numberPhases([
      {
        phases: phasesBetween([
          { name: 'healthy', atMs: 3 },
          { name: 'client-works', atMs: 2 },
        ]),
      },
      { phases: phasesBetween([{ name: 'dns-changed', atMs: 1 }]) },
    ])
    expect([...numbers]).toEqual([
      ['client-works', 1],
      ['healthy', 2],
      ['dns-changed', 3],
    ])
  })

  it('shows both on one page', () => {
    const page = buildComparisonPage(slower, faster)
    expect(page).toContain('orders through a resource gateway')
    expect(page).toContain('80.0 s less, 85 %')
  })
})
