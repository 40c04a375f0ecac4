import { describe, expect, it } from 'vitest'
import { fleetStrategies } from '../../lab/bench/fleet-database.ts'
import { type FleetResult, runFleet } from '../../lab/bench/fleet-run.ts'
import { missedTargets } from '../../lab/bench/fleet-targets.ts'

describe('the benchmark of a fleet', () => {
  it('gives the same figures for the same seed', async () => {
    const figures = await runFleet('weighted, 3 groups', 5, 7)
    expect(await runFleet('weighted, 3 groups', 5, 7)).toEqual(figures)
    expect(await runFleet('weighted, 3 groups', 5, 8)).not.toEqual(figures)
  })

  it.each(fleetStrategies)('finds a handful of databases followed at once and nothing refused (%s)', async strategy => {
    const result = await runFleet(strategy, 3, 1)
    const isSelected = strategy === 'standby'
    expect(result).toMatchObject({
      ...{ followed: isSelected ? 0 : 3, followedByEvent: isSelected ? 0 : 3 },
      ...{ refusedCalls: 0, gaveUp: 0, calmAfterSeconds: 0, limitSeconds: 0 },
    })
    expect(result.lastSeconds ?? 0).toBeLessThan(12)
  })

  it('finds sixty weighted databases that fail over together followed within two minutes', async () => {
    const { followed, followedByEvent, lastSeconds } = await runFleet('weighted, 3 groups', 60, 1)
    expect({ followed, followedByEvent }).toEqual({ followed: 60, followedByEvent: 60 })
    expect(lastSeconds).toBeLessThan(120)
  })
})

const aResult = (changes: Partial<FleetResult> = {}): FleetResult => ({
  strategy: 'swap',
  databases: 1000,
  rememberMs: 600_000,
  quietShare: { 'non-mutating': 0.2 },
  quietRdsCallsPerSecond: 0,
  followed: 1000,
  followedByEvent: 1000,
  lastSeconds: 306,
  medianSeconds: 120,
  limitSeconds: 245,
  refusedCalls: 4000,
  gaveUp: 0,
  calmAfterSeconds: 120,
  writes: 2000,
  logLinesADatabase: 10,
  ...changes,
})

describe('the targets for a fleet of a thousand', () => {
  it.each<[string, Partial<FleetResult>, string[]]>([
    ['are met at their edge', {}, []],
    [
      'miss a quiet load of more than a fifth of a bucket',
      { quietShare: { interfaces: 0.01, 'non-mutating': 0.33 } },
      ['swap, 1000 databases: quiet, it spends 33 % of a bucket, more than 20 %'],
    ],
    [
      'miss a database that a later run had to follow',
      { followedByEvent: 998 },
      ['swap, 1000 databases: 2 were not followed by a run for their own event'],
    ],
    [
      'miss a last write that is late',
      { lastSeconds: 310 },
      ['swap, 1000 databases: the last was followed after 310 s, more than 306 s'],
    ],
    [
      'miss refusals that go on',
      { calmAfterSeconds: 121 },
      ['swap, 1000 databases: calls were refused until 121 s after the last was followed, more than 120 s'],
    ],
    [
      'miss a write where the health check selects',
      { strategy: 'standby', followed: 0, writes: 1 },
      ['standby, 1000 databases: writes that were needed: 1'],
    ],
    ['say nothing of another size', { databases: 300, followedByEvent: 0 }, []],
  ])('%s', (_, changes, missed) => {
    expect(missedTargets(aResult(changes))).toEqual(missed)
  })
})
