import { describe, expect, it } from 'vitest'
import { openAccountRates, openRates } from '../../cli/aws/rates.ts'
import { exitCodes, worstOf } from '../../cli/exit-codes.ts'
import { descriptionBefore, readPause, writePause } from '../../cli/facts/pause-note.ts'
import { eachOf } from '../../cli/run-each.ts'
import { stepText } from '../../cli/text/core-terms.ts'
import { readDuration, showDuration } from '../../cli/text/durations.ts'
import type { Step } from '../../functions/reconciler/core/model.ts'

/** A clock that only waiting moves. */
const manualTiming = () => {
  let nowMs = 0
  const now = () => nowMs
  const wait = async (ms: number) => {
    nowMs += ms
  }
  return { now, wait }
}

const manualRates = () => {
  const timing = manualTiming()
  return { rates: openRates(timing), now: timing.now }
}

describe('request rates', () => {
  it('let a burst through at once, and then as many a second as there may be', async () => {
    const { rates, now } = manualRates()
    for (let call = 0; call < 30; call++) await rates.take('elasticloadbalancing:DescribeTargetHealth')
    expect(now()).toBe(0)

    for (let call = 0; call < 80; call++) await rates.take('elasticloadbalancing:DescribeTargetHealth')
    expect(now()).toBeCloseTo(10_000, -2)
  })

  it('keep a fleet of 300 under what AWS publishes for an account', async () => {
    const { rates, now } = manualRates()
    for (let database = 0; database < 300; database++) await rates.take('elasticloadbalancing:DescribeTargetHealth')

    // 40 at once and 10 a second, of which the reconcilers keep their share.
    expect(300).toBeLessThan(40 + (now() / 1000) * 10)
    expect(now()).toBeLessThan(60_000)
  })

  it('of Route 53 are one for all Regions of an account, below its five a second', async () => {
    const timing = manualTiming()
    const ratesIn = openAccountRates(timing)
    for (let call = 0; call < 20; call++) await ratesIn(call % 2 ? 'eu-west-1' : 'us-east-1').take('route53:GetChange')
    expect(timing.now()).toBeCloseTo(19_000 / 4, -2)

    for (let call = 0; call < 10; call++)
      await ratesIn(call % 2 ? 'eu-west-1' : 'us-east-1').take('logs:FilterLogEvents')
    expect(timing.now()).toBeCloseTo(19_000 / 4, -2)
  })

  it('of one service do not hold up another', async () => {
    const { rates, now } = manualRates()
    for (let call = 0; call < 5; call++) await rates.take('logs:FilterLogEvents')
    await rates.take('scheduler:GetSchedule')

    expect(now()).toBe(0)
  })

  it('end when interrupted', async () => {
    const { rates } = manualRates()

    await expect(rates.take('logs:FilterLogEvents', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})

describe('a fleet', () => {
  it('is asked side by side, answers in its order, and says how far it is', async () => {
    let atOnce = 0
    let most = 0
    const seen: number[] = []
    const work = async (item: number) => {
      atOnce += 1
      most = Math.max(most, atOnce)
      await new Promise(resolve => setImmediate(resolve))
      atOnce -= 1
      return item * 2
    }
    const items = Array.from({ length: 100 }, (_, index) => index)

    expect(await eachOf(items, work, done => seen.push(done), 8)).toEqual(items.map(item => item * 2))
    expect(most).toBe(8)
    expect(seen.at(-1)).toBe(100)
  })
})

describe('durations', () => {
  it.each([
    [420, '420 ms'],
    [1_234, '1.2 s'],
    [59_000, '59 s'],
    [59_960, '0 min 59 s'],
    [245_000, '4 min 05 s'],
    [11_520_000, '3 h 12 min'],
    [439_200_000, '5 d 2 h'],
  ])('%i ms is %s', (ms, text) => {
    expect(showDuration(ms)).toBe(text)
  })

  it.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['10min', 600_000],
  ])('%s is read', (text, ms) => {
    expect(readDuration(text)).toBe(ms)
  })

  it.each(['', '2', 'h', '2 h', '1x', '0s', '2h!'])('%j is none', text => {
    expect(() => readDuration(text)).toThrow('Expected a duration')
  })
})

describe('a pause in a description', () => {
  const untilMs = Date.parse('2026-11-21T04:00:00Z')
  const note = { reason: 'by hand, see “CHG-1”', untilMs, by: 'jane doe', before: 'Looks whether it still points' }

  it('is read as it was written, and what was there before comes back', () => {
    const text = writePause(note)

    expect(readPause(text, untilMs - 1)).toEqual({
      reason: note.reason,
      until: '2026-11-21T04:00:00.000Z',
      by: 'jane_doe',
      isOverdue: false,
    })
    expect(readPause(text, untilMs)?.isOverdue).toBe(true)
    expect(descriptionBefore(text)).toBe(note.before)
  })

  it('is replaced by another, and not wrapped in it', () => {
    const again = writePause({ ...note, reason: 'longer', before: descriptionBefore(writePause(note)) })

    expect(descriptionBefore(again)).toBe(note.before)
  })

  it('fits, however long it is', () => {
    expect(writePause({ ...note, reason: 'x'.repeat(900), before: 'y'.repeat(500) }).length).toBeLessThanOrEqual(512)
  })

  it.each([undefined, '', 'Looks whether it still points'])('is not in %j', text => {
    expect(readPause(text, 0)).toBeUndefined()
    expect(descriptionBefore(text)).toBe(text ?? '')
  })
})

describe('a step', () => {
  it('of a kind from a newer function is told by its fields', () => {
    const step = { kind: 'polish', listenerArn: 'arn:x', shine: 3 } as unknown as Step

    expect(stepText(step)).toBe('polish listenerArn "arn:x" shine 3')
  })
})

describe('the exit code of several databases', () => {
  it('is that of the one that needs the most attention', () => {
    expect(worstOf([exitCodes.ok, exitCodes.held, exitCodes.refused])).toBe(exitCodes.refused)
    expect(worstOf([exitCodes.findings, exitCodes.noAccess])).toBe(exitCodes.noAccess)
    expect(worstOf([])).toBe(exitCodes.ok)
  })
})
