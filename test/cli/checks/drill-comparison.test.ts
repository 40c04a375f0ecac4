import { describe, expect, it } from 'vitest'
import {
  checkGateway,
  type DrillEvidence,
  type DrillOutcome,
  judgeDrill,
  type LogStory,
  type OutagePair,
  type PendingCheck,
  pairOutages,
  tellLog,
} from '../../../cli/checks/drill-comparison.ts'
import { type Attempt, probeOf } from '../../../report/measure.ts'
import { aRecord } from '../../report/a-record.ts'

const [oldIp, newIp] = ['10.0.1.10', '10.0.2.20']
const atMs = (time: string) => Date.parse(`2026-11-21T${time}Z`)
const log = (changes: Partial<LogStory> = {}): LogStory => ({
  reached: [
    { ip: oldIp, firstMs: atMs('03:00:00'), lastMs: atMs('03:00:09'), connections: 9 },
    { ip: newIp, firstMs: atMs('03:00:20'), lastMs: atMs('03:02:00'), connections: 99 },
  ],
  before: [oldIp],
  after: [newIp],
  ...changes,
})
const story = `${oldIp} from 2026-11-21 03:00:00 to 2026-11-21 03:00:09, then ${newIp} from 2026-11-21 03:00:20 to 2026-11-21 03:02:00`
const settled = { kind: 'settled', addresses: [newIp], by: 'DNS and the RDS API agree' } as const
const evidence = (changes: Partial<DrillEvidence> = {}): DrillEvidence => ({
  ...{ log: log(), oldWriter: oldIp, writer: settled, marginMs: 0, resolutionMs: 500 },
  ...changes,
})
const { oldWriter: _, ...withoutOldWriter } = evidence()

describe('the access log of a failover', () => {
  const shownBefore = (holds: boolean | undefined, found: string): PendingCheck => ({
    what: 'the access log shows the old writer before the failover',
    holds,
    found,
  })
  const shownAfter = (holds: boolean | undefined, found: string): PendingCheck => ({
    what: 'the access log shows the new writer after the failover',
    holds,
    found,
  })
  const wasOld = shownBefore(true, `${oldIp}; the writer was ${oldIp}`)
  const isNew = shownAfter(true, `${story}; the writer is ${newIp}`)
  const { before: __, ...withoutBefore } = log()
  const { after: ___, ...withoutAfter } = log()

  it.each<[string, DrillEvidence, PendingCheck[]]>([
    ['shows the old writer, then the new one', evidence(), [wasOld, isNew]],
    [
      'shows each address of a proxy',
      evidence({
        ...{
          log: log({ before: [oldIp, '10.0.1.11'], after: [newIp, '10.0.2.21'] }),
          oldWriter: `${oldIp}, 10.0.1.11`,
        },
        writer: { ...settled, addresses: ['10.0.2.21', newIp] },
      }),
      [
        shownBefore(true, `${oldIp}, 10.0.1.11; the writer was ${oldIp}, 10.0.1.11`),
        shownAfter(true, `${story}; the writer is 10.0.2.21, ${newIp}`),
      ],
    ],
    [
      'shows another address beside the old writer',
      evidence({ log: log({ before: [oldIp, newIp] }) }),
      [shownBefore(false, `${oldIp}, ${newIp}; the writer was ${oldIp}`), isNew],
    ],
    [
      'shows the old writer beside the new one',
      evidence({ log: log({ after: [newIp, oldIp] }) }),
      [wasOld, shownAfter(false, `${story}; the writer is ${newIp}`)],
    ],
    [
      'shows nothing of the time before',
      evidence({ log: withoutBefore }),
      [shownBefore(undefined, 'it has no connection of that time'), isNew],
    ],
    [
      'cannot be compared with an old writer that nobody knows',
      withoutOldWriter,
      [shownBefore(undefined, `${oldIp}; where the writer was is not known`), isNew],
    ],
    [
      'shows nothing of the time after',
      evidence({ log: withoutAfter }),
      [wasOld, shownAfter(undefined, 'nothing of that time has been delivered yet')],
    ],
    [
      'cannot be compared with a writer that is not settled',
      evidence({ writer: { kind: 'unsettled', why: 'two answers disagree' } }),
      [wasOld, shownAfter(undefined, 'two answers disagree')],
    ],
  ])('%s', (_name, found, expected) => {
    expect(checkGateway(found)).toEqual(expected)
  })

  it('is told by address, with times in between that count for neither end', () => {
    const line = (time: number, resourceIp: string) => ({
      ...{ atMs: time, endpointId: 'vpce-1', resourceIp },
      resource: `${resourceIp}:5432`,
    })
    const lines = [line(1, oldIp), line(9, oldIp), line(10, '10.0.3.30'), line(49, oldIp), line(50, newIp)]
    const reached = [
      { ip: oldIp, firstMs: 1, lastMs: 49, connections: 3 },
      { ip: '10.0.3.30', firstMs: 10, lastMs: 10, connections: 1 },
      { ip: newIp, firstMs: 50, lastMs: 50, connections: 1 },
    ]

    expect(tellLog(lines, { begunMs: 10, recoveredMs: 50 })).toEqual({ reached, before: [oldIp], after: [newIp] })
    expect(tellLog(lines, { begunMs: 1, recoveredMs: 51 })).toEqual({ reached })
    expect(tellLog([], { begunMs: 10, recoveredMs: undefined })).toEqual({ reached: [] })
  })
})

describe('the outages through the gateway', () => {
  const pair = (name: string, nlbMs: number, gatewayMs: number, down: Partial<OutagePair['isDown']> = {}) => ({
    ...{ id: name, name, nlbMs, gatewayMs },
    isDown: { nlb: false, gateway: false, ...down },
  })
  const longer = 'no outage through the gateway is longer than through the load balancer'

  it.each<[string, OutagePair[], number, boolean, string]>([
    ['are shorter', [pair('TCP', 94_000, 31_000)], 0, true, 'TCP: 31.0 s against 94.0 s'],
    ['are as long as a prober can tell', [pair('TCP', 30_000, 30_500)], 0, true, 'TCP: 30.5 s against 30.0 s'],
    ['are longer than that', [pair('TCP', 30_000, 30_501)], 0, false, 'TCP: 30.5 s against 30.0 s'],
    ['are longer by the margin', [pair('TCP', 30_000, 35_500)], 5_000, true, 'TCP: 35.5 s against 30.0 s'],
    ['are longer by more than the margin', [pair('TCP', 30_000, 35_600)], 5_000, false, 'TCP: 35.6 s against 30.0 s'],
    [
      'are told of each client where none is longer',
      [pair('TCP', 30_000, 1_000), pair('SQL', 200_000, 2_000)],
      0,
      true,
      'TCP: 1.0 s against 30.0 s; SQL: 2.0 s against 3 min 20 s',
    ],
    [
      'are told of those clients that were out longer',
      [pair('TCP', 30_000, 1_000), pair('SQL', 1_000, 2_000), pair('SQL kept', 1_000, 3_000)],
      0,
      false,
      'SQL: 2.0 s against 1.0 s; SQL kept: 3.0 s against 1.0 s',
    ],
    ['do not end', [pair('TCP', 9_000, 1_000, { gateway: true })], 0, false, 'TCP: 1.0 s against 9.0 s'],
    [
      'do not end on either path',
      [pair('TCP', 9_000, 9_000, { gateway: true, nlb: true })],
      0,
      false,
      'TCP: 9.0 s against 9.0 s',
    ],
    [
      'end, and those of the load balancer do not',
      [pair('TCP', 9_000, 90_000, { nlb: true })],
      0,
      true,
      'TCP: 90.0 s against 9.0 s',
    ],
    ['are compared with nothing', [], 0, false, 'no client was on both paths'],
  ])('%s', (_name, outages, marginMs, holds, found) => {
    const by = marginMs === 0 ? '' : ' by more than 5.0 s'

    expect(checkGateway(evidence({ outages, marginMs })).slice(2)).toEqual([{ what: `${longer}${by}`, holds, found }])
  })

  it('are the longest of each client that was on both paths, and whether it still fails', () => {
    const probe = (id: string, path: 'front-door' | 'database', attempts: readonly Attempt[]) =>
      probeOf({ id, name: id.toUpperCase(), path, everyMs: 250 }, attempts)
    const fails = (time: number) => ({ atMs: time, tookMs: 10, error: 'timeout' })
    const works = (time: number) => ({ atMs: time, tookMs: 10 })
    const nlb = aRecord({
      endedMs: 9_000,
      probes: [
        probe('sql', 'front-door', [fails(0), works(1_000), fails(2_000)]),
        probe('tcp', 'database', [fails(0), works(8_000)]),
        probe('tcp', 'front-door', [fails(0), works(1_000), fails(2_000), works(5_000)]),
      ],
    })
    const gateway = aRecord({
      endedMs: 8_000,
      probes: [
        probe('tcp', 'front-door', [fails(0), works(500), fails(6_000)]),
        probe('sql', 'front-door', [works(0)]),
        probe('sql', 'database', [fails(0), works(7_000)]),
        probe('other', 'front-door', [fails(0), works(500)]),
      ],
    })

    expect(pairOutages(nlb, gateway)).toEqual([
      { id: 'tcp', name: 'TCP', nlbMs: 3_010, gatewayMs: 2_000, isDown: { nlb: false, gateway: true } },
      { id: 'sql', name: 'SQL', nlbMs: 7_000, gatewayMs: 0, isDown: { nlb: true, gateway: false } },
    ])
  })
})

describe('a drill', () => {
  const check = (holds: boolean | undefined): PendingCheck => ({ what: 'it is so', holds, found: 'so' })
  const [yes, no, open] = [check(true), check(false), check(undefined)]

  it.each<['passed' | 'failed' | 'interrupted', PendingCheck[], DrillOutcome]>([
    ['passed', [], 'passed'],
    ['passed', [yes, yes], 'passed'],
    ['passed', [yes, open], 'waiting'],
    ['passed', [open, no], 'failed'],
    ['failed', [yes], 'failed'],
    ['failed', [open], 'failed'],
    ['interrupted', [yes], 'interrupted'],
    ['interrupted', [no], 'interrupted'],
  ])('that %s itself, with the checks %j, has %s', (own, checks, outcome) => {
    const record = aRecord({ verdict: { outcome: own, sentence: 'It is so.', checks: [] } })

    expect(judgeDrill(record, checks)).toBe(outcome)
  })
})
