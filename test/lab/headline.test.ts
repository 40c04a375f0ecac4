import { describe, expect, it } from 'vitest'
import type { Outage } from '../../lab/client/outages.ts'
import { type HeadlineFacts, headlineOf } from '../../lab/standing/headline.ts'

const facts = (changes: Partial<HeadlineFacts> = {}): HeadlineFacts => ({
  nowMs: 100_000,
  beganAtMs: 10_000,
  outages: { fresh: [], 'long-lived': [] },
  writerIp: '10.0.2.20',
  dnsIp: '10.0.2.20',
  isWriterHealthy: true,
  ...changes,
})
const outage = (fromMs: number, toMs?: number): Outage => ({
  fromMs,
  ...(toMs === undefined ? {} : { toMs }),
  errors: { timeout: 1 },
})
const fresh = (...outages: Outage[]) => ({ outages: { fresh: outages, 'long-lived': [] } })

describe('the answer of the page', () => {
  it.each([
    ['up since the client began, where nothing has failed', facts(), 'up', 10_000],
    ['up since the last outage ended', facts(fresh(outage(20_000, 50_000))), 'up', 50_000],
    ['down since the first attempt that failed', facts(fresh(outage(20_000))), 'down', 20_000],
    [
      'down since the first of both kinds of connection',
      facts({ outages: { fresh: [outage(22_000)], 'long-lived': [outage(21_000)] } }),
      'down',
      21_000,
    ],
    [
      'down while one kind of connection works',
      facts({ outages: { fresh: [outage(22_000, 30_000)], 'long-lived': [outage(21_000)] } }),
      'down',
      21_000,
    ],
    [
      'by turns where failures follow on successes within seconds, since the first of them',
      facts(fresh(outage(20_000, 95_000), outage(96_000, 97_000), outage(98_000, 99_000))),
      'by-turns',
      20_000,
    ],
    [
      'up when the turns have ended some seconds ago',
      facts(fresh(outage(20_000, 90_000), outage(91_000, 92_000), outage(93_000, 94_000))),
      'up',
      94_000,
    ],
    [
      'down since the second outage where the first ended long before it',
      facts(fresh(outage(20_000, 30_000), outage(60_000))),
      'down',
      60_000,
    ],
  ])('is %s', (_, given, state, sinceAtMs) => {
    expect(headlineOf(given)).toMatchObject({ state, sinceAtMs })
  })

  it.each([
    ['the database', { phase: { until: 'writer-ready' } as const }, 'nobody accepts writes'],
    [
      'DNS',
      { phase: { until: 'dns-changed' } as const, dnsIp: '10.0.1.10' },
      "10.0.2.20 accepts writes now, but the database's DNS name still leads to 10.0.1.10",
    ],
    ['Repoint', { phase: { until: 'registered' } as const }, 'Repoint has to notice it'],
    ['the load balancer', { phase: { until: 'healthy' } as const }, '120 s here, 90 to 300 s on AWS'],
    ['its health check', { isWriterHealthy: false }, 'health check has to find 10.0.2.20'],
  ])('names what a client waits for: %s', (_, changes, why) => {
    expect(headlineOf(facts({ ...fresh(outage(20_000)), ...changes })).why).toContain(why)
  })

  it('says of each kind of connection how it fails', () => {
    const { connections } = headlineOf(facts(fresh(outage(20_000))))
    expect(connections).toEqual([
      { name: 'New connections', isDown: true, says: 'fail: timeout' },
      { name: 'Kept connections', isDown: false, says: 'work' },
    ])
  })
})
