import { describe, expect, it } from 'vitest'
import type { NeighbourRecord, RunRecord } from '../../lab/scenarios/scenario.ts'
import { zoneFailureShared } from '../../lab/scenarios/zone-failure.ts'

const habit = {
  outages: [],
  longestOutageSeconds: 0,
  totalOutageSeconds: 0,
  isDown: false,
  errorsByKind: {},
  connects: 1,
  writesOk: 1,
  readsOk: 1,
}
const client = (longestOutageSeconds: number) => ({
  connections: { fresh: habit, 'long-lived': habit },
  ...{ longestOutageSeconds, errorsByKind: {}, writesOk: 1, readsOk: 1, acknowledgedWrites: 1 },
})
const kept = { acknowledged: 1, stored: 1, lost: [], storedUnacknowledged: 0 }
const healthy = (ip: string) => [{ ip, port: 5432, state: 'healthy' as const }]

const moved: NeighbourRecord = {
  ...{ id: 'bills', zones: ['eu-west-1a', 'eu-west-1b'], writerIp: '10.0.2.12', targets: healthy('10.0.2.12') },
  ...{ calls: [], client: client(150), isApplicationWorking: true, writes: kept },
}
const untouched: NeighbourRecord = {
  ...moved,
  ...{ id: 'carts', zones: ['eu-west-1b', 'eu-west-1b'], writerIp: '10.0.2.13', targets: healthy('10.0.2.13') },
  client: client(0),
}
const call = (action: string) => ({ action }) as NeighbourRecord['calls'][number]

/** What is broken of the other databases. */
const broken = (...neighbours: readonly NeighbourRecord[]): string[] => {
  const record = { calls: [], moments: [], reports: [], registrationMs: 120_000, client: client(150), neighbours }
  return zoneFailureShared
    .expectations(record as unknown as RunRecord)
    .filter(({ what, holds }) => !holds && /^(bills|carts):/.test(what))
    .map(({ what }) => what)
}

describe('the other databases behind the load balancer', () => {
  it('keep their promises where each is followed, and who is in another zone is left alone', () => {
    expect(broken(moved, untouched)).toEqual([])
  })

  it.each<[string, NeighbourRecord, string]>([
    ['the old writer stays registered', { ...moved, targets: healthy('10.0.1.12') }, 'the writer alone is registered'],
    [
      'another database’s address is registered',
      { ...moved, targets: [...moved.targets, ...healthy('10.0.2.20')] },
      'the writer alone is registered',
    ],
    ['an acknowledged write is lost', { ...moved, writes: { ...kept, lost: [1] } }, 'no acknowledged write'],
    ['the application stays down', { ...moved, isApplicationWorking: false }, 'the application works in the end'],
    ['it is down for longer than its registration takes', { ...moved, client: client(400) }, 'is down for at most'],
    [
      'something is written where nothing was lost',
      { ...untouched, calls: [call('RegisterTargets')] },
      'nothing is written',
    ],
    ['somebody fails where nothing was lost', { ...untouched, client: client(5) }, 'nobody fails'],
  ])('break one where %s', (_, neighbour, promise) => {
    const [first, ...more] = broken(neighbour)
    expect(first).toContain(promise)
    expect(more).toEqual([])
  })

  it('are shown in a table of their own rows', () => {
    const record = { firstTargets: ['10.0.1.10:5432'], writerIp: '10.0.2.20', targets: healthy('10.0.2.20') }
    const rows = zoneFailureShared.table?.({
      ...record,
      client: client(150),
      neighbours: [moved],
    } as unknown as RunRecord)
    expect(rows?.slice(1)).toEqual([
      ['orders', 'eu-west-1a', 'eu-west-1b', '10.0.2.20 healthy', '150 s'],
      ['bills', 'eu-west-1a', 'eu-west-1b', '10.0.2.12 healthy', '150 s'],
    ])
  })
})
