import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attemptsOf, figuresOf, findOutages, phasesBetween, probeOf } from '../../report/measure.ts'

const about = { id: 'tcp', name: 'TCP', path: 'front-door', everyMs: 250 } as const

describe('an outage', () => {
  it('lasts from the start of the first failure to the end of the first success', () => {
    const attempts = [
      { atMs: 0, tookMs: 5 },
      { atMs: 250, tookMs: 3_000, error: 'timeout' },
      { atMs: 500, tookMs: 1, error: 'connection refused' },
      { atMs: 750, tookMs: 20 },
    ]
    expect(findOutages(attempts)).toEqual([{ fromMs: 250, toMs: 770, errors: { timeout: 1, 'connection refused': 1 } }])
  })

  it('has no end while every attempt fails', () => {
    const probe = probeOf(about, [{ atMs: 100, tookMs: 10, error: 'timeout' }])
    expect(probe.outages).toEqual([{ fromMs: 100, errors: { timeout: 1 } }])
    expect(figuresOf(probe, 5_100)).toMatchObject({ isDown: true, longestOutageMs: 5_000, failures: 1, attempts: 1 })
  })

  it('is not there where every attempt works', () => {
    const figures = figuresOf(probeOf(about, [{ atMs: 0, tookMs: 7 }]), 1_000)
    expect(figures).toMatchObject({ isDown: false, longestOutageMs: 0, totalOutageMs: 0, medianMs: 7, slowestMs: 7 })
  })

  it('counts every failure once, and outages do not overlap', () => {
    const attempt = fc.record({
      atMs: fc.nat(100_000),
      tookMs: fc.nat(3_000),
      error: fc.option(fc.constantFrom('timeout', 'read-only'), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(attempt), given => {
        const attempts = given.map(({ error, ...rest }) => (error === undefined ? rest : { ...rest, error }))
        const outages = findOutages(attempts)
        const counted = outages.flatMap(({ errors }) => Object.values(errors)).reduce((sum, count) => sum + count, 0)
        expect(counted).toBe(attempts.filter(one => 'error' in one).length)
        for (const [index, { fromMs }] of outages.entries()) {
          const before = outages[index - 1]
          if (before) expect(fromMs).toBeGreaterThanOrEqual(before.fromMs)
        }
      }),
    )
  })
})

describe('a probe', () => {
  it('keeps every attempt in its packed form', () => {
    const attempts = [
      { atMs: -250, tookMs: 3 },
      { atMs: 0, tookMs: 9, error: 'timeout' },
      { atMs: 250, tookMs: 1, error: 'read-only' },
    ]
    expect(attemptsOf(probeOf(about, attempts))).toEqual(attempts)
  })
})

describe('the phases', () => {
  it('follow each other without a gap, in the order in which the milestones came', () => {
    const phases = phasesBetween([
      { name: 'dns-changed', atMs: 13_000 },
      { name: 'writer-ready', atMs: 9_000 },
      { name: 'registered', atMs: 14_000 },
      { name: 'client-works', atMs: 130_000 },
      { name: 'healthy', atMs: 140_000 },
    ])
    expect(phases.map(({ name, fromMs, toMs }) => [name, fromMs, toMs])).toEqual([
      ['Database fails over', 0, 9_000],
      ['DNS follows', 9_000, 13_000],
      ['Repoint reacts', 13_000, 14_000],
      ['Load balancer takes it in', 14_000, 130_000],
      ['Health checks agree', 130_000, 140_000],
    ])
  })

  it('end with what is waited for when a milestone never came', () => {
    const phases = phasesBetween(
      [{ name: 'dns-changed', atMs: 13_000 }, { name: 'registered' }, { name: 'healthy' }],
      'Nobody',
    )
    expect(phases).toEqual([
      { name: 'DNS follows', until: 'dns-changed', fromMs: 0, toMs: 13_000 },
      { name: 'Nobody reacts', until: 'registered', fromMs: 13_000 },
    ])
  })
})
