import { describe, expect, it } from 'vitest'
import type { Outage } from '../../lab/client/outages.ts'
import { changeToWeighted } from '../../lab/scenarios/change-strategy.ts'
import type { RunRecord } from '../../lab/scenarios/scenario.ts'

const moment = (atMs: number, lane: string, what: string) => ({ atMs, lane, what, fields: {} })

/** The failover begins at 100 s, the return at 300 s. */
const recordOf = (outages: readonly Pick<Outage, 'fromMs' | 'toMs'>[]) =>
  ({
    moments: [moment(100_000, 'rds', 'The writer stops answering'), moment(300_000, 'lab', 'The return begins')],
    client: { connections: { fresh: { outages }, 'long-lived': { outages: [] } } },
    isApplicationWorking: true,
  }) as unknown as RunRecord

const noticed = (outages: readonly Pick<Outage, 'fromMs' | 'toMs'>[]) =>
  changeToWeighted.expectations(recordOf(outages)).find(({ what }) => what.startsWith('the change is noticed'))

describe('a change to weighted and back', () => {
  it.each([
    ['is not noticed where the failover alone is', [{ fromMs: 99_000, toMs: 140_000 }], { holds: true }],
    [
      'is noticed by what fails before the failover, for as long as that lasts',
      [
        { fromMs: 20_000, toMs: 26_000 },
        { fromMs: 101_000, toMs: 140_000 },
      ],
      { holds: false, lateMs: 6000 },
    ],
    ['is noticed by what fails on the return', [{ fromMs: 300_000, toMs: 305_000 }], { holds: false, lateMs: 5000 }],
    ['is not merely late where it still fails', [{ fromMs: 310_000 }], { holds: false }],
  ])('%s', (_fact, outages, expected) => {
    const { holds, lateMs } = noticed(outages) ?? {}
    expect({ holds, ...(lateMs === undefined ? {} : { lateMs }) }).toEqual(expected)
  })
})
