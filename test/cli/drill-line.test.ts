import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openOutput } from '../../cli/output.ts'
import { downSince, drillClock, drillLine, drillStanding } from '../../cli/text/drill.ts'

const zeroMs = Date.parse('2026-11-29T02:04:31.000Z')
const at = (seconds: number) => zeroMs + seconds * 1_000
const worked = (seconds: number) => ({ atMs: at(seconds), tookMs: 10 })
const failed = (seconds: number, error = 'timeout') => ({ atMs: at(seconds), tookMs: 3_000, error })

describe('a line of a drill', () => {
  it('has the clock of what happened, and the seconds since the failover once there is one', () => {
    expect(drillClock(at(12.34), zeroMs)).toBe('02:04:43   +12.3 s')
    expect(drillClock(at(-2), zeroMs)).toBe('02:04:29    -2.0 s')
    expect(drillClock(at(0), undefined).trimEnd()).toBe('02:04:31')
  })

  it.each([
    [
      'targets',
      'A target changed its state',
      { target: '10.0.2.20:5432', from: 'initial', state: 'healthy' },
      'Target 10.0.2.20:5432 is healthy, it was initial.',
    ],
    [
      'dns',
      'The endpoint points elsewhere',
      { name: 'orders', ip: '10.0.2.20', from: '10.0.1.10' },
      'The endpoint leads to 10.0.2.20, it led to 10.0.1.10.',
    ],
    ['event', 'Event delivered', { eventId: 'RDS-EVENT-0013' }, 'RDS-EVENT-0013 wakes the function.'],
    [
      'function',
      'Reconcile finished',
      { report: { outcome: 'repointed', reason: 'failover-followed', trigger: { eventId: 'RDS-EVENT-0013' } } },
      'The run that RDS-EVENT-0013 began ends: repointed, failover-followed.',
    ],
    ['function', 'Step done', { step: 'register 10.0.2.20:5432' }, 'Repoint has done this: register 10.0.2.20:5432.'],
    ['rds', 'Status', { status: 'rebooting' }, 'RDS calls the database rebooting.'],
    [
      'rds',
      'Multi-AZ instance failover started.',
      { source: 'orders', categories: 'failover' },
      'orders: Multi-AZ instance failover started.',
    ],
  ] as const)('is a sentence: %s, %s', (lane, what, fields, sentence) => {
    const line = drillLine({ atMs: at(1), lane, what, fields }, zeroMs)

    expect(line).toBe(`02:04:32    +1.0 s  ${lane.padEnd(8)}  ${sentence}`)
    expect(line).not.toMatch(/[{}[\]]/)
  })
})

describe('a client is down', () => {
  it('from its first failure after it last worked', () => {
    expect(downSince([worked(0), failed(1), failed(2, 'refused')])).toEqual({ sinceMs: at(1), error: 'refused' })
  })

  it('not by a slow attempt that began before it worked', () => {
    expect(downSince([failed(1), worked(2)])).toBeUndefined()
    expect(downSince([worked(2), failed(1)])).toBeUndefined()
  })

  it('not before it has ended an attempt', () => {
    expect(downSince([])).toBeUndefined()
  })

  it('for so many seconds, in the line that stays', () => {
    const clients = [
      { name: 'TCP', attempts: [worked(0), failed(1)] },
      { name: 'SQL', attempts: [worked(0)] },
    ]

    expect(drillStanding(clients, at(13.4))).toBe('down for 12 s (1 of 2 work): TCP: timeout')
    expect(drillStanding([{ name: 'SQL', attempts: [worked(0)] }], at(13))).toBe('up: SQL')
  })
})

describe('the line that stays', () => {
  const screenOf = (stream: object) => {
    const stderr = Object.assign(new PassThrough(), stream)
    const screen = openOutput({ stderr, env: {} }).screen()
    return { screen, written: () => String(stderr.read() ?? '') }
  }

  it('is written over on a terminal, below the lines, and cut to its width', () => {
    const { screen, written } = screenOf({ isTTY: true, columns: 20 })
    screen.standing('down for 1 s: a client with a long name')
    screen.line('something happens')
    screen.stop()

    const cut = 'down for 1 s: a cli'
    expect(written()).toBe(`\r\u001b[2K${cut}\r\u001b[2Ksomething happens\n\r\u001b[2K${cut}\r\u001b[2K`)
  })

  it('is silent elsewhere, where a log would fill with it', () => {
    const { screen, written } = screenOf({})
    screen.standing('down for 1 s')
    screen.line('something happens')
    screen.stop()

    expect(written()).toBe('something happens\n')
  })
})
