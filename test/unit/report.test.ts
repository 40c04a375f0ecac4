import { describe, expect, it } from 'vitest'
import type { DoorView, WriterView } from '../../functions/reconciler/core/model.ts'
import { did } from '../../functions/reconciler/progress.ts'
import { quietReport, reportOf } from '../../functions/reconciler/report.ts'
import { anEvent, resync, tick } from '../fakes/world.ts'
import {
  A,
  aDoor,
  B,
  credible,
  healthy,
  initial,
  notAllowed,
  port,
  unhealthy,
  unknown,
  writerGroup,
} from './core/builders.ts'
import { aCalm, aLook, applied, beginning, deregisterA, onA, onB, registerB, seeing } from './rounds.ts'

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
    expect(reportOf(later, 'throttled', at(0, trigger)).trigger).toStrictEqual(expected)
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

  it.each([
    ['only remembered', { isRemembered: true, readMs: 95_000 }, { rememberedMs: 8000 }],
    ['remembered, and nobody knows from when', { isRemembered: true, readMs: Number.NEGATIVE_INFINITY }, {}],
    ['read in time', { readMs: 101_000 }, { isWriterHealthy: true }],
  ])('says nothing of the writer’s health that was not read: it was %s', (_what, look, expected) => {
    const remembered = seeing(beginning, aLook(onB, [aDoor(healthy(B))], look))
    expect(reportOf(remembered, 'already-in-sync', at(103_000))).toStrictEqual({
      outcome: 'in-sync',
      reason: 'already-in-sync',
      database: 'orders',
      trigger: { kind: 'resync' },
      writer: onB,
      before: [aDoor(healthy(B))],
      plan: [],
      stepsDone: [],
      after: [aDoor(healthy(B))],
      ...expected,
      timings: { startedAt: '1970-01-01T00:01:30.000Z', invokedMs: 10_000, totalMs: 13_000, looks: 1 },
    })
  })

  const twoDoors = (...second: Parameters<typeof aDoor>): DoorView[] => [
    aDoor(unhealthy(A)),
    { ...aDoor(...second), targetGroupArn: 'second' },
  ]
  const readers = (...held: Parameters<typeof aDoor>): DoorView => ({ ...aDoor(...held), role: 'reader' })

  it.each<[string, WriterView, DoorView[], boolean | undefined]>([
    ['where its registration is', onB, [aDoor(healthy(B))], true],
    ['where it is not settled and its registration is', credible(B), [aDoor(healthy(B))], true],
    ['not where its registration is not', onB, [aDoor(healthy(A), initial(B))], false],
    ['not where it is not registered', onB, [aDoor(healthy(A))], false],
    [
      'of nobody who knows where it is, where any target may be it',
      unknown,
      [aDoor(unhealthy(A), healthy(B))],
      undefined,
    ],
    ['of nobody who knows, where any target of any front door may be it', unknown, twoDoors(healthy(B)), undefined],
    ['not where nobody knows where it is and no target answers', unknown, [aDoor(unhealthy(A), initial(B))], false],
    ['not where nobody knows and no target of any front door answers', unknown, twoDoors(initial(B)), false],
    ['not where its address is refused and no target answers', notAllowed, [aDoor(unhealthy(A))], false],
    ['of nobody where no front door was read', onB, [], undefined],
    ['of nobody where it has no front door', onB, [readers(healthy(B))], undefined],
    ['not by the health of readers', unknown, [readers(healthy(B)), aDoor(unhealthy(A))], false],
  ])('says that the writer is healthy %s', (_where, writer, doors, expected) => {
    const { isWriterHealthy } = reportOf(seeing(beginning, aLook(writer, doors)), 'throttled', at(101_000))
    expect(isWriterHealthy).toBe(expected)
  })

  it('has whose new addresses are, where AWS was asked', () => {
    const owners = [{ ip: B, proof: 'proved', interfaceId: 'eni-b' }] as const
    const asked = seeing(beginning, aLook(onB, [aDoor(healthy(B))], { owners }))
    expect(reportOf(asked, 'already-in-sync', at(101_000)).owners).toEqual(owners)
    expect(reportOf(later, 'already-in-sync', at(101_000))).not.toHaveProperty('owners')
  })

  it('names the database and its group', () => {
    const report = reportOf(later, 'throttled', at(0))
    expect(report.database).toBe('orders')
    expect(report.after[0]?.targetGroupArn).toBe(writerGroup)
  })
})

describe('the report of a run that asked nothing of AWS', () => {
  it('has the front doors as they were read, and how long ago', () => {
    const doors = [aDoor(healthy(A))]
    expect(quietReport(aCalm(), 100_000, at(100_250, tick))).toStrictEqual({
      outcome: 'in-sync',
      reason: 'already-in-sync',
      database: 'orders',
      trigger: { kind: 'resync' },
      writer: onA,
      before: doors,
      plan: [],
      stepsDone: [],
      after: doors,
      rememberedMs: 10_250,
      timings: { startedAt: '1970-01-01T00:01:40.000Z', invokedMs: 0, totalMs: 250, looks: 0 },
    })
  })
})
