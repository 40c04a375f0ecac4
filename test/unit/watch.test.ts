import { describe, expect, it } from 'vitest'
import type { DoorView, Watch } from '../../functions/reconciler/core/model.ts'
import { TransientError } from '../../functions/reconciler/ports.ts'
import { begin, type Progress } from '../../functions/reconciler/progress.ts'
import type { RdsEventTrigger, Trigger } from '../../functions/reconciler/triggers.ts'
import { endOf, hasNothingToWaitFor, startOf, watchOf, windowOf } from '../../functions/reconciler/watch.ts'
import { second, swapDoor } from '../fakes/cluster-world.ts'
import { aConfig, anEvent, resync, tick } from '../fakes/world.ts'
import { A, aDoor, B, healthy, interfaceAt, writerGroup } from './core/builders.ts'
import { aLook, onA, registerB } from './rounds.ts'

const config = aConfig({ watch: { startedMs: 300_000, completedMs: 60_000, rebootMs: 30_000, healthyMs: 360_000 } })
const invokedMs = 10_000_000
/** An event that happened so long before the invocation; a negative age is of the future. */
const event = (watch: Watch, ageMs?: number, more: Partial<RdsEventTrigger> = {}): Trigger =>
  anEvent({ watch, ...(ageMs !== undefined && { atMs: invokedMs - ageMs }), ...more })

describe('what a trigger asks to be watched', () => {
  it.each<[string, Trigger, Watch]>([
    ['an event, as long as its kind says', event('restart'), 'restart'],
    ['a failover that somebody announces, as one that has started', { kind: 'watch' }, 'started'],
    ['a wish, for a look', resync, 'check'],
    ['the schedule, for a look', tick, 'check'],
    ['a plan, for a look', { kind: 'plan' }, 'check'],
  ])('%s', (_who, trigger, expected) => {
    expect(watchOf(trigger)).toBe(expected)
  })
})

describe('the window, in milliseconds after the invocation', () => {
  it.each<[string, Trigger, number | undefined, number]>([
    ['of a start without a time is that of a start', event('started'), undefined, 300_000],
    ['of a start counts from the event', event('started', 100_000), undefined, 200_000],
    ['of a start that comes late is that of a completion at least', event('started', 240_001), undefined, 60_000],
    ['of a start in the future counts from now', event('started', -5000), undefined, 300_000],
    ['of a failover that somebody announces is that of a start', { kind: 'watch' }, undefined, 300_000],
    ['of a completion counts from now, however late it comes', event('completed', 50_000), undefined, 60_000],
    ['of a restart is short', event('restart', 20_000), undefined, 30_000],
    ['of a look is that of a completion', resync, undefined, 60_000],
    ['of a start lasts until what was registered is healthy', event('started'), 10_000, 370_000],
    ['of a completion lasts until what was registered is healthy', event('completed'), 10_000, 370_000],
    ['of a restart lasts until what was registered is healthy', event('restart'), 10_000, 370_000],
    ['of a look lasts until what was registered is healthy', resync, 10_000, 370_000],
    ['of a start is not shortened by an early step', event('started'), -100_000, 300_000],
    ['of a completion is not shortened by an early step', event('completed'), -310_000, 60_000],
    ['of a restart is not shortened by an early step', event('restart'), -340_000, 30_000],
  ])('%s', (_what, trigger, stepMs, expected) => {
    const lastStepMs = stepMs === undefined ? undefined : invokedMs + stepMs
    expect(windowOf(trigger, config, invokedMs, lastStepMs) - invokedMs).toBe(expected)
  })
})

describe('times are counted, in milliseconds before the invocation', () => {
  it.each<[string, Trigger, number]>([
    ['from the event', event('started', 4000), 4000],
    ['from the invocation where the event has no time', event('started'), 0],
    ['from the invocation where the event comes from the future', event('started', -4000), 0],
    ['from an event of less than an hour ago', event('started', 3_599_999), 3_599_999],
    ['from the invocation where the event is an hour old: it is replayed', event('started', 3_600_000), 0],
    ['from the invocation where there is no event', { kind: 'watch' }, 0],
  ])('%s', (_from, trigger, expected) => {
    expect(invokedMs - startOf(trigger, invokedMs)).toBe(expected)
  })
})

describe('a run ends, in milliseconds after the invocation,', () => {
  const throttled = new TransientError('throttled', 'Rate exceeded')
  const unavailable = new TransientError('unavailable', 'socket hang up')
  const deadlineMs = invokedMs + 900_000
  const nowMs = invokedMs + 50_000
  const so = (more: Partial<Progress>): Progress => ({
    ...begin({ invokedMs, startMs: invokedMs, isEvent: true }),
    latest: aLook(onA),
    ...more,
  })
  const moved = { planned: [registerB], hindrance: throttled }
  /** Both have answered for so long; a minute is enough. */
  const pair = (forMs: number): DoorView => ({
    ...aDoor(healthy(A), healthy(B)),
    strategy: 'standby',
    pair: {
      remembered: [A, B].map(ip => ({ ip, interfaceId: `eni-${ip}`, subnetId: `subnet-${ip}` })),
      owners: [A, B].map(ip => interfaceAt(ip)),
      bothHealthy: { forMs, enoughMs: 60_000 },
    },
  })

  it.each<[string, Partial<Progress>, Trigger, number | undefined, number]>([
    ['with its window', {}, event('completed'), undefined, 60_000],
    ['later where its step came later', { lastStepMs: invokedMs + 10_000 }, event('completed'), undefined, 370_000],
    ['with Lambda’s deadline at the latest', { lastStepMs: invokedMs + 800_000 }, event('started'), undefined, 900_000],
    ['with the deadline where AWS turns its first step away', moved, event('completed'), undefined, 900_000],
    ['with its window where that is only looked for', moved, resync, undefined, 60_000],
    [
      'with its window where AWS cannot be reached',
      { ...moved, hindrance: unavailable },
      event('completed'),
      undefined,
      60_000,
    ],
    ['with its window where nothing is to be done', { ...moved, planned: [] }, event('completed'), undefined, 60_000],
    [
      'with its window where a step was taken',
      { ...moved, stepsDone: [registerB] },
      event('completed'),
      undefined,
      60_000,
    ],
    ['a minute after what it holds may go', {}, event('completed'), invokedMs + 100_000, 160_000],
    ['with its window where what it holds goes before', {}, event('started'), invokedMs + 100_000, 300_000],
    ['without what is held where that is only looked for', {}, tick, invokedMs + 100_000, 60_000],
    [
      'two looks after a pair has answered for long enough',
      { latest: aLook(onA, [pair(20_000)]) },
      resync,
      undefined,
      92_000,
    ],
    ['with its window where the pair has', { latest: aLook(onA, [pair(60_000)]) }, resync, undefined, 60_000],
  ])('%s', (_when, progress, trigger, heldUntilMs, expected) => {
    const run = { trigger, config, invokedMs, nowMs, heldUntilMs, deadlineMs }
    expect(endOf(so(progress), run) - invokedMs).toBe(expected)
  })
})

describe('there is nothing to wait for', () => {
  const [one, other] = [writerGroup, second]
  const two = aConfig({ frontDoors: [swapDoor(one), swapDoor(other)] })
  const doors = [one, other].map(targetGroupArn => ({ ...aDoor(healthy(A)), targetGroupArn }))
  const latest = aLook(onA, doors)
  const unread = (...places: string[]) => ({ ...latest, faults: new Map(places.map(it => [it, new Error('denied')])) })
  const stuck = (...places: string[]) => new Set(places)

  it.each<[boolean, string, Pick<Progress, 'latest' | 'stuck'>, Trigger]>([
    [false, 'before the first look', { stuck: stuck() }, resync],
    [false, 'where every front door can be read', { latest, stuck: stuck() }, resync],
    [false, 'where one of two cannot be read', { latest: unread(one), stuck: stuck() }, resync],
    [true, 'where none can be read', { latest: unread(one, other), stuck: stuck() }, resync],
    [
      true,
      'where none can be read, after an event too',
      { latest: unread(one, other), stuck: stuck() },
      event('started'),
    ],
    [false, 'where one of two refuses its step', { latest, stuck: stuck(one) }, resync],
    [true, 'where both refuse their step', { latest, stuck: stuck(one, other) }, resync],
    [
      false,
      'where both do, after an event: it may be done meanwhile',
      { latest, stuck: stuck(one, other) },
      event('started'),
    ],
    [false, 'where there is no front door to see yet', { latest: aLook(onA, []), stuck: stuck() }, resync],
  ])('%s: %s', (expected, _where, progress, trigger) => {
    expect(hasNothingToWaitFor(progress, trigger, two)).toBe(expected)
  })
})
