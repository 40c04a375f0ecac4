import { describe, expect, it } from 'vitest'
import { placeLabels, widthOf } from '../../report/chart/labels.ts'
import { drawTimeline } from '../../report/chart/timeline.ts'
import { sayDuration, tickMs, ticksOf } from '../../report/chart/window.ts'
import { aRecord } from './a-record.ts'

describe('labels', () => {
  it('never cover each other', () => {
    const wishes = [10, 14, 40, 60, 61, 300].map(x => ({ x, text: 'RegisterTargets 10.0.2.20' }))
    const places = placeLabels(wishes, { left: 0, right: 400, levels: 3 })
    const spans = places.flatMap(({ level, label }, index) => {
      if (!label) return []
      const width = widthOf(wishes[index]?.text ?? '')
      const from = label.align === 'left' ? label.x : label.x - width
      return [{ level, from, to: from + width }]
    })
    expect(spans.length).toBeGreaterThan(2)
    for (const a of spans) {
      for (const b of spans) if (a !== b && a.level === b.level) expect(a.to < b.from || b.to < a.from).toBe(true)
    }
  })

  it('are left out, dot kept, where there is no room', () => {
    const [place] = placeLabels([{ x: 5, text: 'far too long for this' }], { left: 0, right: 20, levels: 1 })
    expect(place).toEqual({ level: 0 })
  })
})

describe('the time axis', () => {
  it.each([
    [{ fromMs: 0, toMs: 10_000 }, 1_000],
    [{ fromMs: -5_000, toMs: 150_000 }, 15_000],
    [{ fromMs: 0, toMs: 1_200_000 }, 120_000],
  ])('of %o has a tick every %d ms', (window, step) => {
    expect(tickMs(window, 840)).toBe(step)
  })

  it('has the failover as a tick', () => {
    expect(ticksOf({ fromMs: -4_000, toMs: 31_000 }, 15_000)).toEqual([0, 15_000, 30_000].map(ms => ms + 0))
  })

  it.each([
    [900, '0.9 s'],
    [119_949, '119.9 s'],
    [119_950, '2 min 00 s'],
    [136_200, '2 min 16 s'],
  ])('%d ms are %s', (ms, said) => {
    expect(sayDuration(ms)).toBe(said)
  })
})

describe('the timeline', () => {
  const svg = (format: 'wide' | 'narrow') => drawTimeline(aRecord(), { fromMs: -3_000, toMs: 120_000 }, format)

  it.each(['wide', 'narrow'] as const)('is the same each time, needs no script and names no address (%s)', format => {
    expect(svg(format)).toBe(svg(format))
    expect(svg(format)).not.toMatch(/<script|<style|javascript:|url\(|href=/)
  })

  // Five events within twenty seconds, as a failover has them, in a story of minutes.
  const events = [1_000, 2_500, 10_000, 11_000, 20_000].map((atMs, index) => ({
    atMs,
    lane: 'rds' as const,
    what: `Something happened ${index + 1}`,
    fields: { eventId: `RDS-EVENT-000${index + 1}` },
  }))
  const crowded = aRecord({ moments: events, endedMs: 220_000 })

  it.each(['wide', 'narrow'] as const)('labels every event of a crowd (%s)', format => {
    const drawn = drawTimeline(crowded, { fromMs: -3_000, toMs: 220_000 }, format)
    for (const { what } of events) expect(drawn).toMatch(new RegExp(`>\\d{4} ${what}<`))
  })

  it.each(['wide', 'narrow'] as const)(
    'numbers every phase, also one that is too short for its number (%s)',
    format => {
      const drawn = drawTimeline(crowded, { fromMs: -3_000, toMs: 220_000 }, format)
      const numbers = [...drawn.matchAll(/font-weight:700[^>]*>(\d)</g)].map(([, number]) => number)
      expect(numbers).toEqual(['1', '2', '3', '4', '5'])
    },
  )

  it('has a ground under a label that a line passes', () => {
    const labels = [...drawTimeline(crowded, { fromMs: -3_000, toMs: 220_000 }, 'wide').matchAll(/Something/g)]
    const grounds = drawTimeline(crowded, { fromMs: -3_000, toMs: 220_000 }, 'wide').match(/fill="var\(--paper\)"/g)
    expect(grounds?.length).toBeGreaterThanOrEqual(labels.length)
  })

  it('tells lanes, states and outages', () => {
    for (const text of [
      'RDS',
      'DNS',
      'Targets',
      '10.0.2.20',
      'initial (RegistrationInProgress)',
      'down 94.0 s',
      'down 14.0 s',
    ]) {
      expect(svg('wide')).toContain(`>${text}<`)
    }
  })
})
