import { describe, expect, it } from 'vitest'
import { watchPauses } from '../../lab/pauses.ts'
import { outcomeOf } from '../../lab/rehearsal/rehearsal-result.ts'
import { notJudged } from '../../lab/report/result-text.ts'
import { dnsChange, failoversOf, registeredMs } from '../../lab/scenarios/run-queries.ts'
import type { RunRecord } from '../../lab/scenarios/scenario.ts'

const kept = { what: 'no write is lost', holds: true }
const broken = { what: 'no write is lost', holds: false }
const late = (lateMs: number) => ({ what: 'registered within 3 s', holds: false, lateMs })

describe('a rehearsal', () => {
  it.each([
    ['kept where every promise is', [kept], 0, 'kept'],
    ['kept although the machine stood still', [kept], 9_000, 'kept'],
    [
      'not judged where the machine stood still for longer than a promise is late',
      [kept, late(300)],
      2_000,
      'not-judged',
    ],
    ['broken where it is later than that', [late(2_001)], 2_000, 'broken'],
    ['broken on a machine that ran all the time', [late(1)], 0, 'broken'],
    ['broken where a promise names no seconds', [broken, late(300)], 60_000, 'broken'],
  ] as const)('is %s', (_, expectations, totalMs, outcome) => {
    expect(outcomeOf(expectations, { totalMs })).toBe(outcome)
  })

  it('that is not judged says why, and what to do', () => {
    expect(notJudged({ pauses: { totalMs: 24_000, longestMs: 9_000 }, speed: 20 })).toBe(
      'not judged: this machine paused for 1.2 s (24.0 s of the story), run again or with --speed 5',
    )
    expect(notJudged({ pauses: { totalMs: 24_000, longestMs: 9_000 }, speed: 1 })).toMatch(/, run again$/)
  })
})

describe('a pause of the machine', () => {
  it('is what a timer is late by, beyond the work of the process itself', async () => {
    // The clock of a machine that stands still twice: for 500 ms and, within its usual work, for 20.
    const times = [0, 510, 510, 540, 540]
    const watch = watchPauses(() => times.shift() ?? 550)
    while (times.length > 0) await new Promise(resolve => setTimeout(resolve, 5))

    expect(watch.stop()).toEqual({ totalMs: 500, longestMs: 500 })
  })
})

describe('the numbers of a summary', () => {
  const moment = (atMs: number, lane: string, what: string, fields = {}) => ({ atMs, lane, what, fields })
  const flip = (atMs: number, ip: string) => moment(atMs, 'dns', 'The endpoint points elsewhere', { ip })
  const call = (atMs: number) => ({ atMs, action: 'RegisterTargets', status: 200 })
  const record = {
    writerIp: '10.0.1.10',
    moments: [
      moment(0, 'rds', 'The writer stops answering'),
      flip(13_000, '10.0.2.20'),
      moment(30_000, 'rds', 'The writer stops answering'),
      flip(43_000, '10.0.1.10'),
      flip(47_000, '10.0.2.20'),
      flip(51_000, '10.0.1.10'),
    ],
    calls: [call(14_000), call(44_000)],
  } as unknown as RunRecord

  it('belong to the last failover, and to its first change to the final writer', () => {
    expect(failoversOf(record)).toEqual([0, 30_000])
    expect(dnsChange(record)?.atMs).toBe(43_000)
    expect(registeredMs(record)).toBe(44_000)
  })
})
