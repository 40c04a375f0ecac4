import { describe, expect, it } from 'vitest'
import type { DoorView, Step } from '../../functions/reconciler/core/model.ts'
import { type Begun, type Calm, createMemory, type Memory } from '../../functions/reconciler/memory.ts'
import { backOffMs, begunBefore, createPace, unfinishedOf } from '../../functions/reconciler/pace.ts'
import { TransientError } from '../../functions/reconciler/ports.ts'
import type { Progress } from '../../functions/reconciler/progress.ts'
import type { Trigger } from '../../functions/reconciler/triggers.ts'
import { aCluster, aConfig, anEvent, failoverCompleted, failoverStarted, resync, tick } from '../fakes/world.ts'
import { A, aDoor, B, credible, healthy, initial, unknown } from './core/builders.ts'
import { aCalm, aLook, beginning, deregisterA, onA, onB, registerB, seeing } from './rounds.ts'

/** Runs begin at 100 s; one look takes a second. */
const startMs = 100_000
const config = aConfig({ rememberMs: 240_000 })
const plan: Trigger = { kind: 'plan' }
const check = anEvent({ watch: 'check' })

interface Run {
  trigger?: Trigger
  own?: ReturnType<typeof aConfig>
  before?: Calm
  begun?: Begun
  /** When AWS turned a call away. */
  refusedMs?: number
  random?: number
  /** When the view's age is asked for. */
  nowMs?: number
}
const aRun = ({ trigger = tick, own = config, before, begun, refusedMs, random = 0.5 }: Run = {}) => {
  const time = { nowMs: startMs }
  const memory: Memory = { ...createMemory(), ...(refusedMs !== undefined && { refusedMs }) }
  const clock = { now: () => time.nowMs, random: () => random }
  return { pace: createPace({ trigger, config: own, clock, memory, before, begun }), time, memory }
}
const agesOf = (progress: Progress, run: Run) => {
  const { pace, time } = aRun(run)
  time.nowMs = run.nowMs ?? startMs
  const { maxMs, spareMaxMs } = pace.ages(progress)
  return [maxMs, spareMaxMs]
}

const any = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
/** Read by this run, at its start. */
const looked = seeing(beginning, aLook(onA, [aDoor(healthy(A))], { sinceMs: startMs }))
const begun = { sinceMs: 90_000, writer: [A] }

describe('at the first look, the view of what serves the writer and of the rest may be', () => {
  it.each<[string, Run, number[]]>([
    ['new for somebody who asks: both', { trigger: resync }, [0, 0]],
    ['new for a plan: both', { trigger: plan }, [0, 0]],
    ['new for the schedule, the rest as old as the memory', {}, [0, 240_000]],
    ['new for an event that asks for a look', { trigger: check }, [0, 240_000]],
    ['new for a failover that somebody announces', { trigger: { kind: 'watch' } }, [0, 240_000]],
    ['new for a failover that is reported first', { trigger: failoverStarted }, [0, 240_000]],
    ['new for a look, however well all was', { before: aCalm() }, [0, 240_000]],
    ['as old as the run that AWS turned away', { begun }, [10_001, 240_000]],
    ['new for a completion where nothing was well', { trigger: failoverCompleted }, [0, 240_000]],
    ['of any age for the start of a failover of what was well', { trigger: failoverStarted, before: aCalm() }, any],
    ['of any age for its completion, which comes soon after', { trigger: failoverCompleted, before: aCalm() }, any],
    ['of any age for an event before all was read', { trigger: failoverCompleted, before: aCalm(), begun }, any],
  ])('%s', (_how, run, expected) => {
    expect(agesOf(beginning, run)).toEqual(expected)
  })
})

describe('a writer that has not moved is believed to be served as it was', () => {
  const started = { trigger: failoverStarted, before: aCalm() }
  const crowded = { ...started, refusedMs: startMs }
  const completed = { trigger: failoverCompleted, before: aCalm(), begun }

  it.each<[string, Run, boolean]>([
    ['for a quarter of the watch at least', { ...started, random: 0, nowMs: 174_999 }, true],
    ['for no longer by chance', { ...started, random: 0, nowMs: 175_000 }, false],
    ['for half of it on average', { ...started, random: 0.5, nowMs: 249_999 }, true],
    ['for no longer than that on average', { ...started, random: 0.5, nowMs: 250_000 }, false],
    ['for the whole watch where AWS turned calls away', { ...crowded, nowMs: 399_999 }, true],
    ['for no longer than the watch', { ...crowded, nowMs: 400_000 }, false],
    ['for the whole watch two minutes after that', { ...started, refusedMs: startMs - 119_999, nowMs: 399_999 }, true],
    ['for its usual part later than that', { ...started, refusedMs: startMs - 120_000, nowMs: 250_000 }, false],
    [
      'to the end where all was read after the event, and AWS turned calls away within a quarter of an hour',
      { ...completed, refusedMs: startMs - 899_999, nowMs: 1e9 },
      true,
    ],
    ['for its part after the event where AWS did not', { ...completed, nowMs: 250_000 }, false],
    ['for its part where that is longer ago', { ...completed, refusedMs: startMs - 900_000, nowMs: 250_000 }, false],
    ['for its part after a start, though all was read after it', { ...started, begun, nowMs: 250_000 }, false],
  ])('%s', (_howLong, run, isBelieved) => {
    const ages = agesOf(looked, run)
    if (isBelieved) expect(ages).toEqual(any)
    else expect(ages).toEqual([30_000, 240_000])
  })

  it.each<[string, Progress, Run, boolean]>([
    ['while its address is settled where it was', looked, started, true],
    ['while another address is only credible', seeing(looked, aLook(credible(B))), started, true],
    ['while DNS says nothing', seeing(looked, aLook(unknown)), started, true],
    ['not once it is settled elsewhere', seeing(looked, aLook(onB)), started, false],
    ['not once something was done', { ...looked, stepsDone: [registerB] }, started, false],
    ['not where nobody remembers where it was', looked, { trigger: failoverCompleted, begun }, false],
    [
      'not where it was not known',
      looked,
      { ...started, before: aCalm({ observation: { writer: unknown, doors: [] } }) },
      false,
    ],
  ])('%s', (_while, progress, run, isBelieved) => {
    expect(agesOf(progress, { ...run, nowMs: 101_000 })[0] === Number.POSITIVE_INFINITY).toBe(isBelieved)
  })
})

describe('at later looks, the view may be', () => {
  const remembered = (sinceMs: number) =>
    seeing(beginning, aLook(onA, [aDoor(healthy(A))], { isRemembered: true, sinceMs }))
  const waiting = (lastStepMs?: number): Progress => ({
    ...looked,
    stepsDone: [registerB],
    isHealthAnnounced: false,
    ...(lastStepMs !== undefined && { lastStepMs }),
  })
  const nowMs = 300_000

  it.each<[string, Progress, Run, number[]]>([
    ['30 intervals old, the rest as old as the memory', looked, {}, [30_000, 240_000]],
    ['30 intervals old, the rest, too, for somebody who asks', looked, { trigger: resync }, [30_000, 30_000]],
    [
      '30 intervals old, the rest, too, where the memory is short',
      looked,
      { own: aConfig({ rememberMs: 29_999 }) },
      [30_000, 30_000],
    ],
    ['30 of longer intervals old', looked, { own: aConfig({ settle: { intervalMs: 2000 } }) }, [60_000, 300_000]],
    [
      'as usual where AWS turned calls away and the writer is not healthy',
      seeing(beginning, aLook(onA, [aDoor(initial(A))], { sinceMs: startMs })),
      { refusedMs: nowMs },
      [30_000, 240_000],
    ],
    ['any age where AWS turned calls away', looked, { refusedMs: nowMs - 119_999 }, any],
    ['as usual two minutes after that', looked, { refusedMs: nowMs - 120_000 }, [30_000, 240_000]],
    [
      'as usual where AWS turned calls away and nothing was read yet',
      remembered(299_000),
      { refusedMs: nowMs },
      [1000, 240_000],
    ],
    [
      'as usual where AWS turned calls away and health is awaited',
      waiting(nowMs),
      { refusedMs: nowMs },
      [5000, 240_000],
    ],
    ['as old as the run where it is only remembered', remembered(290_000), {}, [10_000, 240_000]],
    ['a millisecond old at the start of such a run', remembered(300_000), {}, [1, 240_000]],
    ['30 intervals old in the long run', remembered(1000), {}, [30_000, 240_000]],
    ['5 intervals old right after a step', waiting(nowMs), {}, [5000, 240_000]],
    ['5 intervals old 40 s after it', waiting(nowMs - 40_000), {}, [5000, 240_000]],
    ['10 intervals old 80 s after it', waiting(nowMs - 80_000), {}, [10_000, 240_000]],
    ['20 intervals old 160 s after it', waiting(nowMs - 160_000), {}, [20_000, 240_000]],
    ['20 intervals old for as long as health is awaited', waiting(nowMs - 290_000), {}, [20_000, 240_000]],
    ['5 intervals old where the step’s time is not known', waiting(), {}, [5000, 240_000]],
  ])('%s', (_how, progress, run, expected) => {
    expect(agesOf(progress, { nowMs, ...run })).toEqual(expected)
  })
})

describe('where AWS turns registrations away, the one that was replaced', () => {
  const readers = { ...deregisterA, targetGroupArn: 'readers' }
  const doors: DoorView[] = [
    aDoor(healthy(A), healthy(B)),
    { ...aDoor(healthy(A)), role: 'reader', targetGroupArn: 'readers' },
    { ...aDoor(healthy(A)), strategy: 'standby', targetGroupArn: 'standby' },
  ]
  type Refusals = readonly (readonly [seconds: number, steps: readonly Step[]])[]
  /** Its registration was turned away for two minutes. */
  const forTwoMinutes: Refusals = [
    [0, []],
    [120, [registerB]],
  ]
  interface Held extends Run {
    refusals?: Refusals
    /** When it is asked, in seconds after the first refusal. */
    at?: number
  }
  const isHeld = (step: Step, { refusals = forTwoMinutes, at = 120, ...run }: Held = {}) => {
    const { pace, time } = aRun(run)
    for (const [seconds, steps] of refusals) {
      time.nowMs = startMs + seconds * 1000
      pace.turnedAway(steps)
    }
    time.nowMs = startMs + at * 1000
    return pace.isHeld(step, { doors })
  }
  const onceAndAgain: Refusals = [
    [0, []],
    [2, [registerB]],
  ]
  const longAgo: Refusals = [
    [0, []],
    [700, [registerB]],
  ]
  const leaving: Refusals = [
    [0, []],
    [10, [deregisterA]],
  ]

  it.each<[string, Step, Held, boolean]>([
    ['waits', deregisterA, {}, true],
    ['waits for four minutes at least, where that lasted', deregisterA, { random: 0, at: 239.999 }, true],
    ['waits no longer than that by chance', deregisterA, { random: 0, at: 240 }, false],
    ['waits for seven minutes on average', deregisterA, { at: 419.999 }, true],
    ['waits no longer than that on average', deregisterA, { at: 420 }, false],
    ['waits for ten minutes at most', deregisterA, { random: 0.999, at: 600 }, false],
    ['waits for eight times as long as its registration', deregisterA, { refusals: onceAndAgain, at: 17.999 }, true],
    ['waits no longer than that', deregisterA, { refusals: onceAndAgain, at: 18 }, false],
    ['waits for 10 s after one refusal', deregisterA, { refusals: [[0, [registerB]]], at: 9.999 }, true],
    ['waits no longer after one', deregisterA, { refusals: [[0, [registerB]]], at: 10 }, false],
    ['waits anew where an earlier crowd is over', deregisterA, { refusals: longAgo, at: 709.999 }, true],
    ['waits no longer then than after one refusal', deregisterA, { refusals: longAgo, at: 710 }, false],
    ['waits for 75 s more where AWS turns it away itself', deregisterA, { refusals: leaving, at: 84.999 }, true],
    ['waits no longer then', deregisterA, { refusals: leaving, at: 85 }, false],
    [
      'waits no longer where reads are turned away',
      deregisterA,
      {
        refusals: [
          [0, []],
          [9, []],
        ],
        at: 10,
      },
      false,
    ],
    [
      'waits for as many of longer intervals',
      deregisterA,
      { own: aConfig({ settle: { intervalMs: 2000 } }), at: 839.999 },
      true,
    ],
    ['does not wait before that', deregisterA, { refusals: [] }, false],
    ['does not wait for somebody who asks', deregisterA, { trigger: resync }, false],
    ['does not wait where it may go on answering', deregisterA, { own: aCluster() }, false],
    ['does not wait where it is a reader', readers, {}, false],
    ['does not wait where it is of a pair', { ...deregisterA, targetGroupArn: 'standby' }, {}, false],
    ['does not wait in a group that was not read', { ...deregisterA, targetGroupArn: 'unknown' }, {}, false],
    ['does not keep the new one waiting', registerB, {}, false],
  ])('%s', (_how, step, held, expected) => {
    expect(isHeld(step, held)).toBe(expected)
  })

  it.each<[string, Partial<Progress>, number | undefined]>([
    ['it alone is left', { pending: [deregisterA] }, startMs + 10_000],
    ['nothing is left', { pending: [] }, undefined],
    ['another step is left', { pending: [deregisterA, registerB] }, undefined],
    ['nobody has looked', { pending: [deregisterA], latest: undefined } as object, undefined],
  ])('is waited for where %s', (_where, left, expected) => {
    const { pace } = aRun({ trigger: failoverStarted })
    pace.turnedAway([])
    const progress = { ...seeing(beginning, aLook(onB, doors)), ...left }
    expect(pace.heldUntilMs(progress)).toBe(expected)
    expect(pace.ages(progress as Progress).maxMs === Number.POSITIVE_INFINITY).toBe(expected !== undefined)
  })

  it('has waited until then, afterwards: the run that waited has time left to do it', () => {
    const { pace, time } = aRun({ trigger: failoverStarted })
    pace.turnedAway([])
    time.nowMs += 10_000
    const progress = { ...seeing(beginning, aLook(onB, doors)), pending: [deregisterA] }
    expect(pace.isHeld(deregisterA, { doors })).toBe(false)
    expect(pace.heldUntilMs(progress)).toBe(startMs + 10_000)
    expect(pace.ages(progress).maxMs).toBe(30_000)
  })

  it('is remembered for later runs', () => {
    const { pace, memory, time } = aRun()
    time.nowMs += 500
    pace.turnedAway([])
    expect(memory.refusedMs).toBe(startMs + 500)
  })
})

describe('what was read before counts', () => {
  const event = (atMs?: number): Trigger => anEvent(atMs === undefined ? {} : { atMs })
  const calm = aCalm()
  const unfinished = begun
  const fromCalm = (sinceMs: number) => ({ sinceMs, writer: [A] })

  it.each<[string, Trigger, Partial<Memory>, number, Begun | undefined]>([
    ['for an event that happened before it', event(80_000), { calm }, 100_000, fromCalm(80_000)],
    ['for an event of that moment', event(90_000), { calm }, 100_000, fromCalm(90_000)],
    ['not for a later event', event(90_001), { calm }, 100_000, undefined],
    ['not for an event of unknown time', event(), { calm }, 100_000, undefined],
    ['for an event of now, where all was read just now', event(), { calm }, 90_000, fromCalm(90_000)],
    ['not before it was read: the clock was set back', event(80_000), { calm }, 89_999, undefined],
    ['for an event until the memory ends', event(80_000), { calm }, 389_999, fromCalm(80_000)],
    ['not for an event after that', event(80_000), { calm }, 390_000, undefined],
    ['not for an event where nothing was well', event(80_000), { unfinished }, 100_000, undefined],
    ['for the schedule where AWS turned the run away', tick, { unfinished }, 100_000, unfinished],
    ['for the schedule until three minutes later', tick, { unfinished }, 270_000, unfinished],
    ['not for the schedule after that', tick, { unfinished }, 270_001, undefined],
    ['not for the schedule when the clock stands still or was set back', tick, { unfinished }, 90_000, undefined],
    ['not for the schedule where no run was turned away', tick, { calm }, 100_000, undefined],
    ['not for somebody who asks', resync, { unfinished }, 100_000, undefined],
    ['not for a plan', plan, { unfinished }, 100_000, undefined],
    ['not for a failover that somebody announces', { kind: 'watch' }, { unfinished }, 100_000, undefined],
  ])('%s', (_who, trigger, memory, nowMs, expected) => {
    expect(begunBefore(trigger, { ...createMemory(), ...memory }, { intervalMs: 1000, nowMs })).toEqual(expected)
  })

  it('for the schedule as long as longer intervals last', () => {
    const now = { intervalMs: 2000, nowMs: 450_000 }
    expect(begunBefore(tick, { ...createMemory(), unfinished }, now)).toEqual(unfinished)
  })
})

describe('a run leaves to the next what it has read', () => {
  const throttled = new TransientError('throttled', 'Rate exceeded')
  const hindered = (kind: 'throttled' | 'unavailable', writer = onA): Progress =>
    seeing(beginning, aLook(writer, [], { sinceMs: 95_000, hindrance: new TransientError(kind, 'no') }))

  it.each<[string, Progress, Begun | undefined]>([
    ['where AWS turned it away', hindered('throttled'), { sinceMs: 95_000, writer: [A] }],
    ['not where AWS was out of reach', hindered('unavailable'), undefined],
    ['not where all was read', looked, undefined],
    ['not where nothing was read', { ...beginning, hindrance: throttled }, undefined],
    ['not where something was done', { ...hindered('throttled'), stepsDone: [registerB] }, undefined],
    ['not where the writer is not known', hindered('throttled', unknown), undefined],
  ])('%s', (_where, progress, expected) => {
    expect(unfinishedOf(progress)).toEqual(expected)
  })
})

describe('the pause before AWS is asked again', () => {
  it.each([
    [1, 0, 250],
    [1, 0.5, 1250],
    [2, 0.5, 2250],
    [3, 0.5, 4250],
    [4, 0.5, 4250],
    [9, 1, 8250],
  ])('for the attempt %i at chance %d is %i ms', (attempt, random, expected) => {
    expect(backOffMs(attempt, 1000, random)).toBe(expected)
  })
})
