import { describe, expect, it } from 'vitest'
import { findOurs, hasAll, type Matching } from '../../../cli/checks/our-connections.ts'

/** Two connections of ours, and a log whose lines are at whatever time and place a row says. */

const addresses = ['10.1.1.50', '10.1.2.50']
const [first, second] = [
  { ip: '10.1.1.7', port: 40_000, to: '10.1.1.50', atMs: 100_000 },
  { ip: '10.1.1.7', port: 40_001, to: '10.1.2.50', atMs: 101_000 },
]
const matching = (changes: Partial<Matching> = {}): Matching => ({
  ...{ endpointId: 'vpce-1', addresses, connections: [first, second], slackMs: 5_000 },
  ...changes,
})
const line = (atMs: number, changes: { source?: string; destinationIp?: string; endpointId?: string } = {}) => ({
  ...{ atMs, endpointId: 'vpce-1', resourceIp: '10.0.1.10', resource: '10.0.1.10:5432' },
  ...changes,
})
const ofFirst = line(100_500, { source: '10.1.1.7:40000', destinationIp: '10.1.1.50' })
const ofSecond = line(101_500, { source: '10.1.1.7:40001', destinationIp: '10.1.2.50' })
const others = line(102_000, { source: '10.1.9.9:41000', destinationIp: '10.1.1.50' })
const sinceMs = 100_000

describe('our connections in the log', () => {
  it.each<[string, ReturnType<typeof line>[], Partial<Matching>, ReturnType<typeof findOurs>]>([
    [
      'are told oldest first, whatever the order of the log and of ours',
      [ofSecond, others, ofFirst],
      { connections: [second, first] },
      { by: 'source', records: [ofFirst, ofSecond], found: 2, unreached: [], sinceMs },
    ],
    [
      'leave an address open that none of them came in at',
      [ofSecond],
      {},
      { by: 'source', records: [ofSecond], found: 1, unreached: ['10.1.1.50'], sinceMs },
    ],
    [
      'came in where we sent them where the log shows no destination',
      [line(100_500, { source: '10.1.1.7:40000' })],
      {},
      {
        by: 'source',
        records: [line(100_500, { source: '10.1.1.7:40000' })],
        found: 1,
        unreached: ['10.1.2.50'],
        sinceMs,
      },
    ],
    [
      'came in where the log says rather than where we sent them',
      [{ ...ofFirst, destinationIp: '10.1.2.50' }],
      {},
      {
        by: 'source',
        records: [{ ...ofFirst, destinationIp: '10.1.2.50' }],
        found: 1,
        unreached: ['10.1.1.50'],
        sinceMs,
      },
    ],
    [
      'are older than the log by as much as clocks differ',
      [{ ...ofFirst, atMs: 95_000 }],
      {},
      { by: 'source', records: [{ ...ofFirst, atMs: 95_000 }], found: 1, unreached: ['10.1.2.50'], sinceMs },
    ],
    ['are not older than that', [{ ...ofFirst, atMs: 94_999 }], {}, undefined],
    [
      'of one port are told apart by where they came in, whatever the time',
      [
        { ...ofSecond, source: '10.1.1.7:40000', atMs: 100_001 },
        { ...ofFirst, atMs: 109_000 },
      ],
      { connections: [first] },
      {
        by: 'source',
        records: [{ ...ofFirst, atMs: 109_000 }],
        found: 1,
        unreached: ['10.1.2.50'],
        sinceMs,
      },
    ],
    [
      'of one port and one address are told apart by the time',
      [
        { ...ofFirst, atMs: 130_000 },
        { ...ofFirst, atMs: 103_000 },
        { ...ofFirst, atMs: 96_000 },
      ],
      { connections: [first] },
      { by: 'source', records: [{ ...ofFirst, atMs: 103_000 }], found: 1, unreached: ['10.1.2.50'], sinceMs },
    ],
    [
      'have a line each, and no line is of two',
      [ofFirst],
      { connections: [first, { ...first, atMs: 100_100 }] },
      { by: 'source', records: [ofFirst], found: 1, unreached: ['10.1.2.50'], sinceMs },
    ],
    [
      'are found by the port alone where none has our address',
      [{ ...ofFirst, source: '10.1.0.1:40000' }, others],
      {},
      {
        by: 'source',
        records: [{ ...ofFirst, source: '10.1.0.1:40000' }],
        found: 1,
        unreached: ['10.1.2.50'],
        sinceMs,
      },
    ],
    [
      'are not found by the port of another address where one has ours',
      [ofFirst, { ...ofSecond, source: '10.1.0.1:40001' }],
      {},
      { by: 'source', records: [ofFirst], found: 1, unreached: ['10.1.2.50'], sinceMs },
    ],
    [
      'are found by the port of an IPv6 address',
      [{ ...ofFirst, source: 'fd00::7:40000' }],
      { connections: [first] },
      {
        by: 'source',
        records: [{ ...ofFirst, source: 'fd00::7:40000' }],
        found: 1,
        unreached: ['10.1.2.50'],
        sinceMs,
      },
    ],
    ['are not those of another endpoint', [{ ...ofFirst, endpointId: 'vpce-2' }], {}, undefined],
    [
      'are not told by their ports: all since the first count, oldest first',
      [{ ...others, atMs: 103_000 }, others, { ...others, atMs: 99_999 }, { ...others, atMs: 100_000 }],
      {},
      {
        by: 'endpoint',
        records: [{ ...others, atMs: 100_000 }, others, { ...others, atMs: 103_000 }],
        found: 0,
        unreached: ['10.1.2.50'],
        sinceMs,
      },
    ],
    [
      'are not told by their ports, and no address from another',
      [line(102_000)],
      {},
      { by: 'endpoint', records: [line(102_000)], found: 0, unreached: [], sinceMs },
    ],
    ['are not there where the log is empty', [], {}, undefined],
  ])('%s', (_, records, changes, expected) => {
    expect(findOurs(records, matching(changes))).toEqual(expected)
  })

  it.each<[string, ReturnType<typeof line>[], boolean]>([
    ['all there', [ofSecond, ofFirst], true],
    ['one of two', [ofFirst, others], false],
    ['none', [others, { ...others, atMs: 103_000 }], false],
  ])('are complete, or not: %s', (_, records, isComplete) => {
    expect(hasAll(records, matching())).toBe(isComplete)
  })
})
