import { describe, expect, it } from 'vitest'
import { createAnnouncer } from '../../functions/reconciler/announce.ts'
import { detailTypes } from '../../functions/reconciler/names.ts'
import { AwsError, type Report, TransientError } from '../../functions/reconciler/ports.ts'
import { createFakeClock } from '../fakes/fake-clock.ts'
import { aWorld, resync } from '../fakes/world.ts'

const report = { reason: 'failover-followed' } as Report
const throttled = new TransientError('throttled', 'Rate exceeded')
const refused = new AwsError('access-denied', 'events:PutEvents')

/** A bus that fails with these, one after the other, and then takes everything. */
const aBus = (...errors: Error[]) => {
  const clock = createFakeClock(0)
  const attempts: { atMs: number; detailType: string; report: Report }[] = []
  const notPublished: unknown[] = []
  const { telemetry } = aWorld({ dns: [] }).ports
  const announcer = createAnnouncer(
    {
      clock,
      publisher: {
        publish: async (detailType, about) => {
          attempts.push({ atMs: clock.now(), detailType, report: about })
          const error = errors.shift()
          if (error) throw error
        },
      },
      telemetry: { ...telemetry, reportNotPublished: error => notPublished.push(error) },
    },
    1000,
  )
  return { clock, announcer, attempts, notPublished }
}

describe('an announcement', () => {
  it.each<[string, Error[], number[], unknown[]]>([
    ['goes out at once', [], [0], []],
    ['is tried once more after a pause when the bus asks to wait', [throttled], [0, 1000], []],
    ['is given up after the second time', [throttled, throttled], [0, 1000], [throttled]],
    ['is given up when the second time is refused', [throttled, refused], [0, 1000], [refused]],
    ['is given up at once when the bus refuses it', [refused], [0], [refused]],
  ])('%s', async (_fact, errors, attemptsMs, notPublished) => {
    const bus = aBus(...errors)
    bus.announcer.announce(detailTypes.repointed, report)
    await bus.clock.run(bus.announcer.finish())
    expect(bus.attempts.map(({ atMs }) => atMs)).toEqual(attemptsMs)
    expect(bus.attempts.every(attempt => attempt.detailType === 'Repoint Repointed' && attempt.report === report)).toBe(
      true,
    )
    expect(bus.notPublished).toEqual(notPublished)
  })

  it('does not keep the next one waiting', async () => {
    const bus = aBus(throttled)
    bus.announcer.announce(detailTypes.repointed, report)
    bus.announcer.announce(detailTypes.targetHealthy, report)
    await bus.clock.run(bus.announcer.finish())
    expect(bus.attempts.map(({ atMs, detailType }) => `${atMs} ${detailType}`)).toEqual([
      '0 Repoint Repointed',
      '0 Repoint Target Healthy',
      '1000 Repoint Repointed',
    ])
  })

  it('that nobody made is finished at once', async () => {
    await expect(aBus().announcer.finish()).resolves.toBeUndefined()
  })
})

describe('the end of an invocation', () => {
  it('waits until its reports are out', async () => {
    const world = aWorld({ dns: [[0, { kind: 'none', why: 'ESERVFAIL' }]] })
    let isOut = false
    Object.assign(world.ports.publisher, {
      publish: async () => {
        await world.clock.sleep(5000)
        isOut = true
      },
    })
    await world.invoke(resync)
    expect(isOut).toBe(true)
  })
})
