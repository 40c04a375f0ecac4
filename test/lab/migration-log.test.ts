import { describe, expect, it } from 'vitest'
import type { Moment } from '../../lab/model.ts'
import { loggedIn, type Reached, unfollowed } from '../../lab/scenarios/migration-log.ts'
import { migrationMoments } from '../../lab/scenarios/migration-moments.ts'
import { tableOf } from '../../lab/scenarios/migration-passages.ts'
import { readersExpectations } from '../../lab/scenarios/migration-readers.ts'
import type { RunRecord } from '../../lab/scenarios/scenario.ts'

const [first, second] = ['10.0.1.11', '10.0.2.22']

const moment = (atMs: number, what: string, fields: Moment['fields'] = {}, lane: Moment['lane'] = 'lab'): Moment => ({
  ...{ atMs, lane, what, fields },
})

/** The writer is the first member, and from 100 s on the second. */
const flip = moment(100_000, 'The endpoint points elsewhere', { ip: second }, 'dns')

const reached = (name: Reached['name'], ip: string, [fromMs, toMs]: readonly [number, number]): Reached => ({
  ...{ name, ip, fromMs, toMs, connections: 10 },
})

const sound = [
  reached('writer', first, [10_000, 90_000]),
  reached('readers', second, [10_000, 99_000]),
  reached('readers', first, [100_100, 150_000]),
  reached('writer', second, [100_100, 150_000]),
]

const aRecord = (log: readonly Reached[], moments: readonly Moment[] = []): RunRecord => ({
  ...{ calls: [], reports: [], failures: [], targets: [], plan: 'reader', registrationMs: 0, gatewayKeepsMs: 0 },
  moments: [flip, ...moments, moment(200_000, migrationMoments.accessLog, { reached: log })],
  firstTargets: [`${first}:5432`],
  engineName: 'aurora-postgresql',
  losesWrites: false,
  ...{ writerIp: second, addresses: [], hasFrontDoor: false, isApplicationWorking: true },
  neighbours: [],
  writes: { acknowledged: 0, stored: 0, lost: [], storedUnacknowledged: 0 },
  client: {
    connections: { fresh: habit, 'long-lived': habit },
    ...{ longestOutageSeconds: 0, errorsByKind: {}, writesOk: 0, readsOk: 0, acknowledgedWrites: 0 },
  },
})

const habit = {
  ...{ outages: [], longestOutageSeconds: 0, totalOutageSeconds: 0, isDown: false, errorsByKind: {} },
  ...{ connects: 0, writesOk: 0, readsOk: 0 },
}

describe('the access log of a cluster’s gateway', () => {
  it('is in order when each name reached its member before and after the failover', () => {
    const record = aRecord(sound)
    expect(loggedIn(record, 'writer')).toEqual({ all: 20, astray: [] })
    expect(loggedIn(record, 'readers')).toEqual({ all: 20, astray: [] })
    expect(unfollowed(record)).toEqual([])
  })

  it.each([
    ['the writer’s name at a reader', reached('writer', second, [20_000, 30_000])],
    ['the readers’ name at the writer', reached('readers', first, [20_000, 30_000])],
    ['the writer’s name at the old writer after the change', reached('writer', first, [110_000, 120_000])],
    ['the writer’s name at one address across the change', reached('writer', first, [10_000, 120_000])],
  ])('shows %s', (_, stray) => {
    expect(loggedIn(aRecord([...sound, stray]), stray.name).astray).toEqual([stray])
  })

  it('allows a gateway that is told to go by an old answer as long as it is told', () => {
    const late = reached('writer', first, [10_000, 155_000])
    const astrayIn = (gatewayKeepsMs: number) => loggedIn({ ...aRecord([late]), gatewayKeepsMs }, 'writer').astray
    expect([astrayIn(60_000), astrayIn(30_000)]).toEqual([[], [late]])
  })

  it.each(['writer', 'readers'] as const)('shows a failover that no connection of the %s followed', name => {
    const log = sound.filter(it => it.name !== name || it.toMs < flip.atMs)
    expect(unfollowed(aRecord(log))).toEqual([flip])
  })
})

describe('the promises to the clients of the readers', () => {
  const deployed = (atMs: number, stage: string) => moment(atMs, migrationMoments.deployed, { stage })
  const none = { nlb: 0, gateway: 0 }
  const passed = (atMs: number, stage: string) =>
    moment(atMs, migrationMoments.passed, { stage, isSettled: true, connections: none, settled: none })
  const met = (outagesAtMs: readonly number[]) =>
    moment(190_000, migrationMoments.readers, { readsOk: 5, isWorking: true, outagesAtMs })
  const moved = moment(5_000, migrationMoments.readersMove)
  const broken = (moments: readonly Moment[], log = sound) =>
    readersExpectations(aRecord(log, moments)).flatMap(({ what, holds }) => (holds ? [] : [what]))
  const failover = [
    deployed(80_000, 'gateway'),
    moment(90_000, migrationMoments.failoverBegins),
    moment(130_000, migrationMoments.failoverEnds, { stage: 'gateway', readersMs: 6_000 }),
    passed(131_000, 'gateway'),
  ]
  const path = [deployed(0, 'shadow'), passed(6_000, 'shadow'), deployed(7_000, 'shift'), passed(79_000, 'shift')]

  it('are kept by those who moved before the first share, and failed in a failover alone', () => {
    expect(broken([...path, ...failover, moved, met([95_000])])).toEqual([])
  })

  it.each([
    ['an outage outside every failover', [...path, ...failover, moved, met([40_000])]],
    ['a move after the first share', [...path, ...failover, moment(8_000, migrationMoments.readersMove), met([])]],
    ['clients that never moved', [...path, ...failover, met([])]],
  ])('are broken by %s', (_, moments) => {
    expect(broken(moments)).toEqual([
      'the readers’ clients move before the first share, and nothing fails them outside the failovers',
    ])
  })

  it('are broken by a log in which they reached the writer', () => {
    expect(
      broken([...path, ...failover, moved, met([])], [...sound, reached('readers', first, [20_000, 30_000])]),
    ).toEqual(['the access log shows each connection of the readers’ name at a reader of its moment'])
  })

  it('have a column of their own in the table, and none where there are no such clients', () => {
    expect(tableOf(aRecord(sound, [...path, ...failover])).map(cells => cells.at(-1))).toEqual([
      'readers, s',
      '-',
      '-',
      '6.0',
    ])
    expect(tableOf(aRecord(sound, path))[0]).not.toContain('readers, s')
  })
})
