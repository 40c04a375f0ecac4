import { beforeEach, describe, expect, it } from 'vitest'
import { rdsEvent } from '../../lab/database/rds-event.ts'
import { type Bus, type BusEvent, openBus } from '../../lab/events/bus.ts'
import { matchesPattern, type Pattern } from '../../lab/events/pattern.ts'
import { startSchedule } from '../../lab/events/schedule.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { type ManualTime, manualTime } from './manual-time.ts'

const arn = 'arn:aws:rds:eu-west-1:111122223333:db:orders'
const source = { kind: 'instance', id: 'orders', arn } as const
const started = () => rdsEvent(source, 'failoverStarted', new Date()) as unknown as BusEvent
const completed = () => rdsEvent(source, 'failoverCompleted', new Date()) as unknown as BusEvent

describe('an event pattern', () => {
  it.each<[string, Pattern, boolean]>([
    [
      'takes what all its fields name',
      { source: ['aws.rds'], resources: [arn], detail: { EventID: ['RDS-EVENT-0013'] } },
      true,
    ],
    ['refuses when one field differs', { source: ['aws.rds'], resources: [`${arn}-2`] }, false],
    ['matches any element of a list', { resources: ['arn:other', arn] }, true],
    ['looks for prefixes', { detail: { Message: [{ prefix: 'Multi-AZ' }] } }, true],
    ['looks for suffixes', { resources: [{ suffix: ':orders' }] }, true],
    ['refuses another prefix', { detail: { Message: [{ prefix: 'Aurora' }] } }, false],
    ['takes anything but', { detail: { EventID: [{ 'anything-but': ['RDS-EVENT-0049'] }] } }, true],
    ['refuses what is excluded', { detail: { EventID: [{ 'anything-but': 'RDS-EVENT-0013' }] } }, false],
    ['excludes prefixes', { detail: { EventID: [{ 'anything-but': { prefix: 'RDS-' } }] } }, false],
    ['ignores case where told', { source: [{ 'equals-ignore-case': 'AWS.RDS' }] }, true],
    ['asks for presence', { detail: { EventID: [{ exists: true }] } }, true],
    ['asks for absence', { detail: { Tags: [{ exists: false }] } }, true],
    ['refuses an absent field', { detail: { Tags: ['a'] } }, false],
  ])('%s', (_, pattern, expected) => {
    expect(matchesPattern(pattern, started())).toBe(expected)
  })

  it('matches numbers and null by value', () => {
    expect(matchesPattern({ a: [1], b: [null] }, { a: 1, b: null })).toBe(true)
    expect(matchesPattern({ a: ['1'] }, { a: 1 })).toBe(false)
  })
})

describe('the event bus', () => {
  let time: ManualTime
  let bus: Bus
  let delivered: string[]

  beforeEach(() => {
    time = manualTime()
    delivered = []
    bus = openBus(time, startTimeline(time))
    const target = (event: BusEvent) => delivered.push((event.detail as { EventID: string }).EventID.slice(-4))
    bus.addRule({ name: 'failover', pattern: { source: ['aws.rds'], resources: [arn] }, target })
  })

  it('delivers what a rule matches, a moment later', async () => {
    bus.send(started())
    bus.send(rdsEvent({ ...source, arn: `${arn}-2` }, 'restarted', new Date()) as unknown as BusEvent)
    expect(delivered).toEqual([])
    await time.advance(2_000)
    expect(delivered).toEqual(['0013'])
  })

  it('delivers late, twice, in another order and not at all', async () => {
    const id = (event: BusEvent) => (event.detail as { EventID: string }).EventID
    bus.deliverAs(event => (id(event) === 'RDS-EVENT-0013' ? [5_000, 9_000] : [1_000]))
    bus.send(started())
    bus.send(completed())
    await time.advance(10_000)
    expect(delivered).toEqual(['0049', '0013', '0013'])
    bus.deliverAs(() => [])
    bus.send(started())
    await time.advance(10_000)
    expect(delivered).toHaveLength(3)
  })

  it('keeps what callers put and gives it to rules', async () => {
    bus.addRule({
      name: 'reports',
      pattern: { source: ['repoint'] },
      target: event => delivered.push(event['detail-type']),
    })
    bus.put({ Source: 'repoint', DetailType: 'Repoint Repointed', Detail: '{"reason":"failover-followed"}' })
    await time.advance(1_000)
    expect(bus.received.map(event => event.detail)).toEqual([{ reason: 'failover-followed' }])
    expect(delivered).toEqual(['Repoint Repointed'])
  })
})

describe('the schedule', () => {
  it('runs once a period until it is closed', async () => {
    const time = manualTime()
    const runs: number[] = []
    const schedule = startSchedule(time, 60_000, () => runs.push(time.now()))
    await time.advance(185_000)
    await schedule.close()
    await time.advance(120_000)
    expect(runs).toEqual([60_000, 120_000, 180_000])
  })
})
