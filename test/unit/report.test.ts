import { describe, expect, it } from 'vitest'
import { did } from '../../functions/reconciler/progress.ts'
import { reportOf } from '../../functions/reconciler/report.ts'
import { anEvent, resync } from '../fakes/world.ts'
import { A, aDoor, B, healthy, initial, port, writerGroup } from './core/builders.ts'
import { aLook, applied, beginning, deregisterA, onB, registerB, seeing } from './rounds.ts'

const config = { database: { kind: 'instance', id: 'orders', endpoint: 'orders.example.com', port } } as const
const at = (nowMs: number, trigger: Parameters<typeof reportOf>[2]['trigger'] = resync) => ({ config, trigger, nowMs })
const seen = seeing(beginning, aLook(onB, [aDoor(healthy(A))]))
const written = did(seen, applied({ done: [registerB] }), 101_500)
const later = seeing(written, aLook(onB, [aDoor(healthy(A), initial(B))]), 102_000)

describe('a report', () => {
  it('before any look says that nobody looked', () => {
    expect(reportOf(beginning, 'other-database', at(100_500))).toEqual({
      outcome: 'held',
      reason: 'other-database',
      database: 'orders',
      trigger: { kind: 'resync' },
      writer: { kind: 'unknown', why: 'no-answer', detail: 'not looked' },
      before: [],
      plan: [],
      stepsDone: [],
      after: [],
      timings: { startedAt: '1970-01-01T00:01:30.000Z', invokedMs: 10_000, totalMs: 10_500, looks: 0 },
    })
  })

  it('has what was done before what is left to do, and the group before and after', () => {
    const report = reportOf(later, 'writer-unsettled', at(103_000))
    expect(report.plan).toEqual([registerB, deregisterA])
    expect(report.stepsDone).toEqual([registerB])
    expect(report.writer).toEqual(onB)
    expect(report.before).toEqual([aDoor(healthy(A))])
    expect(report.after).toEqual([aDoor(healthy(A), initial(B))])
    expect(report.timings).toMatchObject({ registeredMs: 11_500, totalMs: 13_000, looks: 2 })
  })

  it.each([
    ['throttled', true],
    ['already-in-sync', false],
  ] as const)('with the reason %s names a remedy: %s', (reason, expected) => {
    expect('remedy' in reportOf(later, reason, at(0))).toBe(expected)
  })

  it('keeps the last fifty of a thousand steps, as done and as planned', () => {
    const steps = Array.from({ length: 1000 }, (_, index) => ({
      ...registerB,
      targets: [{ ip: B, port: index }],
    }))
    const report = reportOf({ ...later, stepsDone: steps, pending: [deregisterA] }, 'writer-unsettled', at(0))
    expect(report.stepsDone).toEqual(steps.slice(950))
    expect(report.plan).toEqual([...steps.slice(950), deregisterA])
  })

  it.each([
    [
      'an event',
      anEvent(),
      { kind: 'rds-event', eventId: 'RDS-EVENT-0013', meaning: expect.any(String), source: expect.any(String) },
    ],
    [
      'an event without id',
      anEvent({ eventId: '' }),
      { kind: 'rds-event', meaning: expect.any(String), source: expect.any(String) },
    ],
    ['a plan', { kind: 'plan' } as const, { kind: 'plan' }],
  ])('says that %s woke us', (_what, trigger, expected) => {
    expect(reportOf(later, 'throttled', at(0, trigger)).trigger).toEqual(expected)
  })

  it.each<[string, { readMs: number; isRemembered?: boolean }, number, object]>([
    ['in this run, three minutes ago', { readMs: 101_000 }, 281_000, { isWriterHealthy: true }],
    ['longer ago, which it says instead', { readMs: 101_000 }, 281_001, { rememberedMs: 180_001 }],
    ['when the run began', { readMs: 100_000 }, 101_000, { isWriterHealthy: true }],
    ['before this run, which it says instead', { readMs: 99_999 }, 101_000, { rememberedMs: 1001 }],
    ['before the writer moved', { readMs: 101_000, isRemembered: true }, 102_000, { rememberedMs: 1000 }],
  ])('says of the writer’s health what was read %s', (_when, read, nowMs, expected) => {
    const healthyB = seeing(beginning, aLook(onB, [aDoor(healthy(B))], read))
    const { isWriterHealthy, rememberedMs } = reportOf(healthyB, 'already-in-sync', at(nowMs))
    expect({ isWriterHealthy, rememberedMs }).toEqual({
      isWriterHealthy: undefined,
      rememberedMs: undefined,
      ...expected,
    })
  })

  it('names the database and its group', () => {
    const report = reportOf(later, 'throttled', at(0))
    expect(report.database).toBe('orders')
    expect(report.after[0]?.targetGroupArn).toBe(writerGroup)
  })
})
