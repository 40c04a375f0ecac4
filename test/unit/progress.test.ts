import { describe, expect, it } from 'vitest'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import {
  begin,
  did,
  failureAtEnd,
  hasJustMoved,
  hasMoved,
  isAwaitingHealth,
  isRefused,
  openLook,
  type Progress,
  reasonForSteps,
  saw,
  situationOf,
  unseen,
} from '../../functions/reconciler/progress.ts'
import {
  A,
  aDoor,
  B,
  C,
  credible,
  draining,
  healthy,
  initial,
  notAllowed,
  settled,
  unknown,
  unused,
  writerGroup,
} from './core/builders.ts'
import {
  aLook,
  applied,
  beginning,
  deregisterA,
  deregisterB,
  invokedMs,
  onA,
  onB,
  registerB,
  seeing,
  startMs,
} from './rounds.ts'

const throttled = new TransientError('throttled', 'Rate exceeded')
const unreachable = new TransientError('unavailable', 'socket hang up')
const denied = new AwsError('access-denied', 'denied')
const second = { ...aDoor(healthy(A)), targetGroupArn: 'second' }

describe('the beginning', () => {
  it('has seen and done nothing, and owes no announcement', () => {
    expect(begin({ invokedMs, startMs, isEvent: false })).toStrictEqual({
      ...{ invokedMs, startMs, isEvent: false, readLagMs: 0, looks: 0, before: [], writer: [], times: {} },
      ...{ planned: [], pending: [], permission: { permitted: [] }, stepsDone: [], uncertain: [], awaited: [] },
      ...{ refused: [], stuck: new Set(), written: new Set(), isRepeating: false, hinderedSinceMs: invokedMs },
      ...{ isOurs: false, announcedSteps: 0, isHealthAnnounced: true },
    })
    expect(isAwaitingHealth(beginning)).toBe(false)
    expect(hasMoved(beginning)).toBe(false)
    expect(openLook(beginning)).toEqual({
      writer: { kind: 'unknown', why: 'no-answer', detail: 'not looked' },
      doors: [],
    })
  })

  it('counts as hindered until something was read, and not as blind', () => {
    const situation = situationOf(beginning, { watch: 'check', spanMs: 6000, isScheduled: false, nowMs: invokedMs })
    expect(situation).toMatchObject({ hindrance: 'unavailable', isBlind: false })
  })
})

describe('a look', () => {
  it('is counted, and gives what is to be done', () => {
    const progress = seeing(beginning, aLook(onB, [aDoor(healthy(A))]))
    expect(progress.looks).toBe(1)
    expect(progress.planned).toEqual([registerB, deregisterA])
    expect(progress.pending).toEqual([registerB, deregisterA])
    expect(progress.stepsDone).toEqual([])
  })

  it('keeps what the front doors held at first, from the first look that could read one', () => {
    const blind = seeing(beginning, aLook(onA, []))
    const first = seeing(blind, aLook(onA, [aDoor(healthy(A))]))
    const later = seeing(first, aLook(onA, [aDoor(healthy(B))]))
    expect(blind.before).toEqual([])
    expect(later.before).toEqual([aDoor(healthy(A))])
  })

  it.each([
    ['settled elsewhere', onB, true],
    ['credible elsewhere', credible(B), true],
    ['where it was', onA, false],
    ['unknown', unknown, false],
    ['refused', notAllowed, false],
  ])('shows a move of the writer only when it is %s', (_where, writer, expected) => {
    const progress = seeing(seeing(beginning, aLook(onA)), aLook(writer))
    expect(hasMoved(progress)).toBe(expected)
    expect(progress.writer).toEqual(expected ? [B] : [A])
  })

  it('that follows a move times that move alone, and forgets what was written before it', () => {
    const written = did(seeing(beginning, aLook(onB)), applied({ done: [registerB] }), 101_000)
    expect(written.times.registeredMs).toBe(11_000)
    const moved = seeing(written, aLook(credible(C)))
    expect(moved.times).toEqual({})
    expect(moved.written.size).toBe(0)
    expect(seeing(written, aLook(onB)).times.registeredMs).toBe(11_000)
    expect(hasMoved(moved)).toBe(true)
  })

  it.each([
    ['while one of several addresses is left', settled(B, C), false],
    ['when none of them is left', settled(C), true],
  ])('shows a move of a name with several addresses only when none is left: %s', (_when, writer, expected) => {
    const progress = seeing(seeing(beginning, aLook(settled(A, B))), aLook(writer))
    expect(hasMoved(progress)).toBe(expected)
  })

  it('that ends on the first address is no move', () => {
    const back = seeing(seeing(seeing(beginning, aLook(onA)), aLook(onB)), aLook(onA))
    expect(hasMoved(back)).toBe(false)
  })

  it('makes the invocation ours when the cluster is known, for good', () => {
    const ours = seeing(beginning, aLook(onA, [], { memberIds: ['one'] }))
    expect(seeing(beginning, aLook(onA)).isOurs).toBe(false)
    expect(ours.isOurs).toBe(true)
    expect(seeing(ours, aLook(onA)).isOurs).toBe(true)
  })

  it('remembers since when AWS is in the way, and forgets it after one good look', () => {
    const good = seeing(beginning, aLook(onA), 101_000)
    const first = seeing(good, aLook(onA, [], { hindrance: throttled }), 102_000)
    const next = seeing(first, aLook(onA, [], { hindrance: throttled }), 103_000)
    expect(first.hinderedSinceMs).toBe(102_000)
    expect(next).toMatchObject({ hindrance: throttled, hinderedSinceMs: 102_000 })
    expect(seeing(next, aLook(onA), 104_000)).not.toHaveProperty('hindrance')
  })

  it('remembers since when the load balancer does not use the writer’s registration', () => {
    const first = seeing(beginning, aLook(onA, [aDoor(unused(A))]), 102_000)
    const next = seeing(first, aLook(onA, [aDoor(unused(A))]), 105_000)
    const over = seeing(next, aLook(onA, [aDoor(healthy(A))]), 106_000)
    const situation = (progress: Progress, nowMs: number) =>
      situationOf(progress, { watch: 'check', spanMs: 1, isScheduled: false, nowMs })
    expect(situation(next, 107_000).unusedForMs).toBe(5000)
    expect(situation(over, 107_000).unusedForMs).toBe(0)
  })
})

describe('a round of writes', () => {
  const seen = seeing(beginning, aLook(onB, [aDoor(healthy(A))]))

  it('is done, and the rest is pending', () => {
    const progress = did(seen, applied({ done: [registerB] }), 101_500)
    expect(progress.stepsDone).toEqual([registerB])
    expect(progress.pending).toEqual([deregisterA])
    expect(progress.planned).toEqual([registerB, deregisterA])
    expect(progress.lastStepMs).toBe(101_500)
  })

  it('times the first registration of the writer, since the event', () => {
    const once = did(seen, applied({ done: [registerB] }), 101_500)
    const twice = did(seeing(once, aLook(onB)), applied({ done: [registerB] }), 103_000)
    expect(once.times.registeredMs).toBe(101_500 - startMs)
    expect(twice.times.registeredMs).toBe(101_500 - startMs)
    expect(did(seen, applied({ done: [deregisterA] }), 101_500).times).toEqual({})
  })

  it('that is made again prolongs nothing', () => {
    const once = did(seen, applied({ done: [registerB] }), 101_500)
    const again = did(seeing(once, aLook(onB)), applied({ done: [registerB] }), 103_000)
    expect(once.isRepeating).toBe(false)
    expect(again.isRepeating).toBe(true)
    expect(again.lastStepMs).toBe(101_500)
    expect(again.stepsDone).toHaveLength(2)
    expect(seeing(again, aLook(onB)).isRepeating).toBe(false)
  })

  it('of nothing leaves everything as it was', () => {
    expect(did(seen, applied(), 101_500)).toEqual(seen)
  })

  it('without a good answer is taken when the next look shows it', () => {
    const lost = did(seen, applied({ uncertain: [registerB], hindrance: unreachable }), 101_500)
    expect(lost.stepsDone).toEqual([])
    const shown = seeing(lost, aLook(onB, [aDoor(healthy(A), initial(B))]), 102_000)
    expect(shown).toMatchObject({ stepsDone: [registerB], uncertain: [], lastStepMs: 102_000 })
    expect(shown.times.registeredMs).toBe(12_000)
  })

  it('without a good answer is forgotten when the next look does not show it', () => {
    const lost = did(seen, applied({ uncertain: [registerB] }), 101_500)
    const gone = seeing(lost, aLook(onB, [aDoor(healthy(A))]))
    expect(gone).toMatchObject({ stepsDone: [], uncertain: [] })
  })

  it('without a good answer stays open while its place cannot be read', () => {
    const lost = did(seen, applied({ uncertain: [registerB] }), 101_500)
    const unread = seeing(lost, aLook(onB, [aDoor(healthy(A))], { isFresh: () => false }))
    const shown = seeing(unread, aLook(onB, [aDoor(healthy(A), initial(B))]))
    expect(unread.uncertain).toEqual([registerB])
    expect(shown.stepsDone).toEqual([registerB])
  })

  it('that AWS hinders keeps the hindrance of the look before it', () => {
    const hindered = seeing(beginning, aLook(onB, [aDoor(healthy(A))], { hindrance: throttled }))
    expect(did(seen, applied({ hindrance: unreachable }), 1).hindrance).toBe(unreachable)
    expect(did(hindered, applied({ hindrance: unreachable }), 1).hindrance).toBe(throttled)
  })
})

describe('what AWS refused', () => {
  const doors = [aDoor(healthy(A)), second]
  const refused = did(
    seeing(beginning, aLook(onB, doors)),
    applied({ refused: [{ step: registerB, error: denied }] }),
    101_500,
  )

  it('is known by its content, and its place is stuck', () => {
    expect(isRefused(refused, { ...registerB })).toBe(true)
    expect(isRefused(refused, deregisterA)).toBe(false)
    expect([...refused.stuck]).toEqual([writerGroup])
    expect(openLook(refused).doors).toEqual([second])
  })

  it('is left out of what is judged, with all that waits behind it', () => {
    const situation = situationOf(refused, { watch: 'check', spanMs: 6000, isScheduled: false, nowMs: 0 })
    expect(situation.steps.map(step => 'targetGroupArn' in step && step.targetGroupArn)).toEqual(['second', 'second'])
  })

  it('stays stuck at the next look, for as long as it is what is due there', () => {
    expect([...seeing(refused, aLook(onB, doors)).stuck]).toEqual([writerGroup])
    expect([...seeing(refused, aLook(onB, [aDoor(healthy(A), healthy(B)), second])).stuck]).toEqual([])
  })
})

describe('the situation', () => {
  it('names the policy only when it holds back everything', () => {
    const look = aLook(onB, [aDoor(healthy(A))])
    const under = (permitted: Progress['pending']) =>
      situationOf(
        saw(beginning, {
          look,
          steps: [registerB, deregisterA],
          permission: { permitted, withheldBy: 'add-only' },
          nowMs: 0,
        }),
        { watch: 'check', spanMs: 6000, isScheduled: false, nowMs: 0 },
      )
    expect(under([]).withheldBy).toBe('add-only')
    expect(under([registerB])).not.toHaveProperty('withheldBy')
  })

  it.each([
    ['no front door could be read', aLook(onA, []), 'unavailable'],
    ['AWS asks to wait', aLook(onA, [aDoor()], { hindrance: throttled }), 'throttled'],
    ['AWS is out of reach', aLook(onA, [aDoor()], { hindrance: unreachable }), 'unavailable'],
    ['all was read', aLook(onA), undefined],
  ])('is hindered when %s', (_when, look, expected) => {
    const situation = situationOf(seeing(beginning, look), {
      watch: 'check',
      spanMs: 6000,
      isScheduled: false,
      nowMs: 0,
    })
    expect(situation.hindrance).toBe(expected)
  })

  it.each([
    ['nothing was registered', [aDoor()], true],
    ['all that was registered was draining', [aDoor(draining(A))], true],
    ['one front door held something', [aDoor(), second], false],
  ])('was empty when %s', (_when, doors, expected) => {
    const situation = situationOf(seeing(beginning, aLook(onA, doors)), {
      watch: 'check',
      spanMs: 6000,
      isScheduled: false,
      nowMs: 0,
    })
    expect(situation.wasEmpty).toBe(expected)
  })

  it('passes on the watch, the event, and that the members are not known', () => {
    const progress = seeing(beginning, aLook(onA, [aDoor()], { isBlind: true }))
    expect(situationOf(progress, { watch: 'started', spanMs: 6000, isScheduled: true, nowMs: 0 })).toMatchObject({
      watch: 'started',
      spanMs: 6000,
      isScheduled: true,
      isEvent: true,
      isBlind: true,
    })
  })
})

describe('steps are explained', () => {
  it.each([
    ['by the failover that an event told of', true, [aDoor(healthy(A))], 'failover-followed'],
    ['as drift without an event', false, [aDoor(healthy(A))], 'drift-corrected'],
    ['by an empty group', true, [aDoor()], 'first-registration'],
  ] as const)('%s', (_how, isEvent, doors, expected) => {
    const begun = begin({ invokedMs, startMs, isEvent })
    const progress = did(seeing(begun, aLook(onB, doors)), applied({ done: [registerB] }), 101_000)
    expect(reasonForSteps(progress)).toBe(expected)
  })
})

describe('a write that reads may not show', () => {
  const written = did(seeing(beginning, aLook(onB)), applied({ done: [registerB] }), 101_000)
  const shows = { doors: [aDoor(healthy(A), healthy(B))] }
  const showsNot = { doors: [aDoor(healthy(A))] }

  it('is unseen while a look does not show it, and not when it does', () => {
    expect(unseen(written, showsNot, 102_000)).toEqual([registerB])
    expect(unseen(written, shows, 102_000)).toEqual([])
  })

  it('is unseen again when one read showed it and the next does not: reads come from several places', () => {
    const shown = seeing(written, aLook(onB, shows.doors), 102_000)
    expect(unseen(shown, showsNot, 103_000)).toEqual([registerB])
  })

  it('is no longer waited for after the time that reads may lag', () => {
    expect(unseen(written, showsNot, 106_999)).toEqual([registerB])
    expect(unseen(written, showsNot, 107_000)).toEqual([])
  })

  it('is not waited for when the clock was set back since', () => {
    expect(unseen(written, showsNot, 101_000)).toEqual([registerB])
    expect(unseen(written, showsNot, 100_999)).toEqual([])
  })

  it('is waited for beside a later write elsewhere', () => {
    const both = did(written, applied({ done: [deregisterA] }), 103_000)
    expect(unseen(both, showsNot, 104_000)).toEqual([registerB, deregisterA])
  })

  it('is not waited for once one of several later writes took it back', () => {
    const back = did(written, applied({ done: [deregisterA, deregisterB] }), 103_000)
    expect(unseen(back, showsNot, 104_000)).toEqual([deregisterA])
  })

  it('is not waited for once a later write took it back', () => {
    const back = did(written, applied({ done: [deregisterB] }), 103_000)
    expect(unseen(back, showsNot, 104_000)).toEqual([])
    expect(unseen(back, shows, 104_000)).toEqual([deregisterB])
  })
})

describe('health is awaited', () => {
  const written = did(seeing(beginning, aLook(onB)), applied({ done: [registerB] }), 101_000)
  it.each([
    ['not before a step', { ...beginning, isHealthAnnounced: false }, false],
    ['after a step', { ...written, isHealthAnnounced: false }, true],
    ['not once it was announced', written, false],
    ['again while the load balancer does not use the target', { ...written, unusedSinceMs: 1 }, true],
  ])('%s', (_when, progress, expected) => {
    expect(isAwaitingHealth(progress)).toBe(expected)
  })
})

describe('an invocation fails', () => {
  const end = (progress: Progress, nowMs = 200_000) => failureAtEnd(progress, { nowMs, patienceMs: 60_000 })
  const hinderedSince = (sinceMs: number, hindrance: TransientError, isDone: boolean): Progress => ({
    ...beginning,
    hindrance,
    hinderedSinceMs: sinceMs,
    stepsDone: isDone ? [registerB] : [],
  })

  it.each<[string, Progress, unknown]>([
    ['not when all was read and written', seeing(beginning, aLook(onA)), undefined],
    ['with a fault', seeing(beginning, aLook(onA, [], { faults: new Map([['rds', denied]]) })), denied],
    ['with a refused step', { ...beginning, refused: [{ step: registerB, error: denied }] }, denied],
    ['when AWS was out of reach and nothing was done', hinderedSince(199_999, unreachable, false), unreachable],
    ['when AWS was out of reach for long after a step', hinderedSince(140_000, unreachable, true), unreachable],
    ['not for a moment out of reach after a step', hinderedSince(140_001, unreachable, true), undefined],
    ['not when AWS only asked to wait', hinderedSince(0, throttled, false), undefined],
    ['not when AWS answers again', { ...beginning, hinderedSinceMs: 0 }, undefined],
  ])('%s', (_when, progress, expected) => {
    expect(end(progress)).toBe(expected)
  })

  it('with a fault rather than with what AWS refused', () => {
    const fault = new AwsError('not-found', 'gone')
    const progress = seeing(beginning, aLook(onA, [], { faults: new Map([['rds', fault]]) }))
    expect(end({ ...progress, refused: [{ step: registerB, error: denied }] })).toBe(fault)
  })
})

describe('the writer has just moved', () => {
  it.each<[boolean, string, string[], string[]]>([
    [false, 'where it was found first', [], [A]],
    [false, 'where it stays', [A], [A]],
    [true, 'where it is elsewhere', [A], [B]],
    [true, 'where one of its addresses has gone', [A, B], [B, C]],
    [false, 'where it has one more', [A], [A, B]],
  ])('%s: %s', (expected, _where, before, after) => {
    expect(hasJustMoved({ writer: before }, { writer: after })).toBe(expected)
  })
})
