import { expect, it } from 'vitest'
import type { AccessRecord } from '../../cli/facts/access-log.ts'
import type { Incident } from '../../cli/history/incidents.ts'
import { spanOf, throughGateway } from '../../cli/history/through-gateway.ts'

const minute = 60_000
const begin = Date.parse('2026-11-21T02:00:00Z')
const at = (minutes: number) => begin + minutes * minute
const [was, becomes] = ['10.0.1.10', '10.0.2.20']

/** From minute 0 to minute 1. */
const failover: Incident = { startedMs: at(0), endedMs: at(1), events: [], answer: { kind: 'never' } }
const to = (resourceIp: string, minutes: number): AccessRecord => ({
  atMs: at(minutes),
  endpointId: 'vpce-1',
  resource: `${resourceIp}:5432`,
  resourceIp,
})
const later = at(60)

it.each<[string, readonly AccessRecord[], number, object]>([
  [
    'was followed where connections go elsewhere than before, after so long',
    [to(was, -1), to(becomes, 0.5), to(becomes, 2)],
    later,
    { kind: 'gateway-followed', from: [was], to: becomes, afterMs: 30_000 },
  ],
  [
    'was followed although the old writer was reached for a while',
    [to(was, -1), to(was, 0.2), to(becomes, 3)],
    later,
    { kind: 'gateway-followed', from: [was], to: becomes, afterMs: 180_000 },
  ],
  [
    'was followed, counted from the last writer before it and not from one of earlier',
    [to(becomes, -9), to(was, -1), to(becomes, 2)],
    later,
    { kind: 'gateway-followed', from: [was], to: becomes, afterMs: 120_000 },
  ],
  [
    'was not followed where connections after it go on to the address of before',
    [to(was, -1), to(was, 2), to(was, 5)],
    later,
    { kind: 'gateway-stayed', at: [was], connections: 2 },
  ],
  ['may still be followed', [to(was, -1), to(was, 2)], at(5), { kind: 'open' }],
  ['may still be followed where nobody has connected yet', [to(was, -1)], at(5), { kind: 'open' }],
  [
    'is not known to have been followed where nobody connected after it',
    [to(was, -1)],
    later,
    { kind: 'gateway-unseen', why: 'no connection came through the gateway after it' },
  ],
  [
    'is not known to have been followed where nobody had connected before it',
    [to(becomes, 2)],
    later,
    { kind: 'gateway-unseen', why: `connections went to ${becomes} after it, and the log has none of before` },
  ],
  [
    'is not known to have been followed by a log without lines',
    [],
    later,
    { kind: 'gateway-unseen', why: 'no connection came through the gateway after it' },
  ],
])('a failover %s', (_, records, nowMs, answer) => {
  expect(throughGateway(failover, records, nowMs)).toEqual(answer)
})

it('what the log is read for ends where the next failover begins, and 15 minutes after the last event', () => {
  expect(spanOf(failover, at(4))).toEqual({ sinceMs: at(-10), untilMs: at(4) })
  expect(spanOf(failover, Number.POSITIVE_INFINITY)).toEqual({ sinceMs: at(-10), untilMs: at(16) })
})
