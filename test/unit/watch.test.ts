import { describe, expect, it } from 'vitest'
import type { Watch } from '../../functions/reconciler/core/model.ts'
import type { RdsEventTrigger, Trigger } from '../../functions/reconciler/triggers.ts'
import { startOf, watchOf, windowOf } from '../../functions/reconciler/watch.ts'
import { aConfig, anEvent, resync, tick } from '../fakes/world.ts'

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
