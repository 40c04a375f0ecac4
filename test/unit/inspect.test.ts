import { describe, expect, it } from 'vitest'
import type { Step } from '../../functions/reconciler/core/model.ts'
import type { Policy } from '../../functions/reconciler/core/policies.ts'
import { failureOf, inspect, judgeNow, type Question } from '../../functions/reconciler/inspect.ts'
import type { Look, Observer } from '../../functions/reconciler/observe.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { did, type Progress } from '../../functions/reconciler/progress.ts'
import { aConfig, anEvent, failoverStarted, resync, tick } from '../fakes/world.ts'
import { A, aDoor, B, healthy, unused } from './core/builders.ts'
import { aLook, applied, beginning, deregisterA, onA, onB, registerB, seeing } from './rounds.ts'

const nowMs = 102_000
const ages = { maxMs: 1000, spareMaxMs: 2000, tagMaxMs: 3000, patienceMs: 4000 }
const moved = aLook(onB, [aDoor(healthy(A))])
const inSync = aLook(onB, [aDoor(healthy(B))])

/** An inspection of what is seen, and of what is seen on a second look; with what was asked of the observer. */
const inspecting = async (seen: Look, question: Partial<Question> = {}, rest: Rest = {}) => {
  const asked: unknown[][] = []
  const { again = { ...seen, isFresh: () => true }, proven = (look: Look) => look, progress = beginning } = rest
  const observer: Pick<Observer, 'look' | 'lookAgain' | 'prove'> = {
    look: async given => {
      asked.push(['look', given])
      return seen
    },
    lookAgain: async (last, steps) => {
      asked.push(['again', steps])
      expect(last).toBe(proven(seen))
      return again
    },
    prove: async (look, steps) => {
      asked.push(['prove', steps])
      return proven(look)
    },
  }
  const inspection = await inspect(progress, {
    observer: observer as Observer,
    trigger: resync,
    config: aConfig(),
    clock: { now: () => nowMs },
    policies: [],
    ages,
    ...question,
  })
  return { ...inspection, asked }
}
interface Rest {
  again?: Look
  proven?: (look: Look) => Look
  progress?: Progress
}
const stale = (look: Look, ...steps: Step[]): Look => ({
  ...look,
  isFresh: step => !steps.some(other => JSON.stringify(other) === JSON.stringify(step)),
})

describe('an inspection', () => {
  it('looks, proves and judges, with nothing to do where all is well', async () => {
    const { look, steps, due, verdict, progress, asked } = await inspecting(inSync)
    expect({ look, steps, due, verdict }).toEqual({
      ...{ look: inSync, steps: [], due: [] },
      verdict: { reason: 'already-in-sync', isFinal: true },
    })
    expect(progress).toMatchObject({ looks: 1, latest: inSync })
    expect(asked).toEqual([
      ['look', ages],
      ['prove', []],
    ])
  })

  it('gives the first step of each place as due', async () => {
    const second = aDoor(healthy(A))
    const doors = [...moved.doors, { ...second, targetGroupArn: 'second' }]
    const { steps, due } = await inspecting(aLook(onB, doors))
    expect(steps).toHaveLength(4)
    expect(due).toEqual([registerB, { ...registerB, targetGroupArn: 'second' }])
  })

  it('goes on from what is proved', async () => {
    const refused = aLook({ kind: 'not-proved', addresses: [B], proof: 'disproved', why: 'a stranger' }, moved.doors)
    const { look, steps, due, verdict, asked } = await inspecting(moved, {}, { proven: () => refused })
    expect({ look, steps, due }).toEqual({ look: refused, steps: [], due: [] })
    expect(verdict.reason).toBe('owner-disproved')
    expect(asked[1]).toEqual(['prove', [registerB, deregisterA]])
  })
})

describe('before a write', () => {
  it.each<[string, Look, Partial<Question>, Rest, readonly Step[] | undefined]>([
    ['what it rests on is read again where it is old', stale(moved, registerB), {}, {}, [registerB]],
    ['nothing is read again that is fresh', moved, {}, {}, undefined],
    ['nothing is read for a step that is not next', stale(moved, deregisterA), {}, {}, undefined],
    [
      'nothing is read for a step that a policy withholds',
      stale(moved, registerB),
      { policies: ['paused'] },
      {},
      undefined,
    ],
    [
      'nothing is read for a step that waits for others’',
      stale(moved, registerB),
      { isHeld: () => true },
      {},
      undefined,
    ],
    [
      'nothing is read for a step where an earlier one is not shown',
      stale(moved, registerB),
      {},
      { progress: did(seeing(beginning, moved), applied({ done: [registerB] }), 101_000) },
      undefined,
    ],
  ])('%s', async (_what, look, question, rest, expected) => {
    const { asked } = await inspecting(look, question, rest)
    expect(asked.filter(([kind]) => kind === 'again')).toEqual(expected ? [['again', expected]] : [])
  })

  it('all is decided anew on what is read again', async () => {
    const old = stale(moved, registerB)
    const { look, steps, due, verdict, asked } = await inspecting(old, {}, { again: inSync })
    expect({ look, steps, due, reason: verdict.reason }).toEqual({
      ...{ look: inSync, steps: [], due: [], reason: 'already-in-sync' },
    })
    expect(asked.map(([kind]) => kind)).toEqual(['look', 'prove', 'again', 'prove'])
  })

  it('policies count for what is read again', async () => {
    const again = aLook(onB, [aDoor(healthy(A), healthy(B))])
    const policies: Policy[] = ['add-only']
    const { steps, due, verdict } = await inspecting(stale(moved, registerB), { policies }, { again })
    expect({ steps, due, reason: verdict.reason }).toEqual({ steps: [deregisterA], due: [], reason: 'add-only' })
  })
})

describe('a step is due', () => {
  const registered = did(seeing(beginning, moved), applied({ done: [registerB] }), 101_000)
  const refused = did(
    seeing(beginning, moved),
    applied({ refused: [{ step: registerB, error: new AwsError('other', 'no') }] }),
    101_000,
  )
  it.each<[string, Partial<Question>, Rest, readonly Step[]]>([
    ['when it may be done', {}, {}, [registerB]],
    ['not when a policy withholds it', { policies: ['dry-run'] }, {}, []],
    ['not when it is held', { isHeld: step => step.kind === 'register' }, {}, []],
    ['when another one is held', { isHeld: step => step.kind === 'deregister' }, {}, [registerB]],
    ['not when AWS refused it', {}, { progress: refused }, []],
    ['not while the one before is not shown', {}, { progress: registered }, []],
  ])('%s', async (_when, question, rest, expected) => {
    expect((await inspecting(moved, question, rest)).due).toEqual(expected)
  })

  it('not when what it rests on could not be read', async () => {
    const old = stale(moved, registerB)
    expect((await inspecting(old, {}, { again: old })).due).toEqual([])
  })

  it('not where the step before is lost in what is read again', async () => {
    const both = aLook(onB, [aDoor(healthy(A), healthy(B))])
    const { due } = await inspecting(stale(both, deregisterA), {}, { progress: registered, again: moved })
    expect(due).toEqual([])
  })

  it('where a step elsewhere is not shown', async () => {
    const elsewhere = { ...registerB, targetGroupArn: 'elsewhere' }
    const progress = { ...beginning, awaited: [{ step: elsewhere, sinceMs: 101_000 }] }
    expect((await inspecting(moved, {}, { progress })).due).toEqual([registerB])
  })
})

describe('an event of an instance is another database’s', () => {
  const ofInstance = anEvent({ ours: 'if-member', instanceId: 'orders-2' })
  const withMembers = (memberIds: string[] | undefined) => aLook(onB, moved.doors, memberIds && { memberIds })
  const ours: Progress = { ...beginning, isOurs: true }

  it.each<[string, Partial<Question>, string[] | undefined, Progress, boolean]>([
    ['where the instance is no member', { trigger: ofInstance }, ['orders-1'], beginning, true],
    ['not where it is one', { trigger: ofInstance }, ['orders-1', 'orders-2'], beginning, false],
    ['not where it is one in another case', { trigger: ofInstance }, ['Orders-2'], beginning, false],
    ['not where the members are not known', { trigger: ofInstance }, undefined, beginning, false],
    ['not where it was a member before', { trigger: ofInstance }, ['orders-1'], ours, false],
    ['not where the event is ours', { trigger: failoverStarted }, ['orders-1'], beginning, false],
    ['not where no event woke us', { trigger: resync }, ['orders-1'], beginning, false],
  ])('%s', async (_where, question, memberIds, progress, isForeign) => {
    const look = withMembers(memberIds)
    const { asked, ...found } = await inspecting(look, question, { progress })
    if (isForeign) {
      const verdict = { reason: 'other-database', isFinal: true }
      expect(found).toEqual({ look, steps: [], due: [], progress: beginning, verdict })
      expect(asked).toEqual([['look', ages]])
    } else expect(found.verdict.reason).not.toBe('other-database')
  })
})

describe('the judgement', () => {
  const now = () => nowMs
  const judged = (look: Look, trigger: Question['trigger'] = resync, config = aConfig()) =>
    judgeNow(seeing(beginning, look), { trigger, config, clock: { now } })
  const throttled = new TransientError('throttled', 'Rate exceeded')

  it.each<[string, Look, Question['trigger'], object]>([
    ['is final where all is well', inSync, resync, { reason: 'already-in-sync', isFinal: true }],
    [
      'is not final from memory',
      { ...inSync, isRemembered: true },
      resync,
      { reason: 'already-in-sync', isFinal: false },
    ],
    [
      'is as final as ever from memory where not all is well',
      { ...aLook(onB, [aDoor(unused(B))]), isRemembered: true },
      resync,
      { reason: 'target-not-in-use', isFinal: true },
    ],
    [
      'ends the schedule’s run that AWS turns away',
      { ...inSync, hindrance: throttled },
      tick,
      { reason: 'throttled', isFinal: true },
    ],
    [
      'goes on for an event that AWS turns away',
      { ...inSync, hindrance: throttled },
      failoverStarted,
      { reason: 'throttled', isFinal: false },
    ],
    [
      'goes on for a plan that AWS turns away',
      { ...inSync, hindrance: throttled },
      { kind: 'plan' },
      { reason: 'throttled', isFinal: false },
    ],
    [
      'goes on after a start until the writer moves',
      inSync,
      failoverStarted,
      { reason: 'no-move-seen', isFinal: false },
    ],
  ])('%s', (_how, look, trigger, expected) => {
    expect(judged(look, trigger)).toEqual(expected)
  })

  it('of a repoint is not final from memory either', () => {
    const done = did(seeing(beginning, moved), applied({ done: [registerB, deregisterA] }), 101_000)
    const over = (isRemembered: boolean) =>
      judgeNow(seeing(done, { ...inSync, isRemembered }), { trigger: resync, config: aConfig(), clock: { now } })
    expect([over(false), over(true)]).toEqual([
      { reason: 'failover-followed', isFinal: true },
      { reason: 'failover-followed', isFinal: false },
    ])
  })

  it('waits a whole span until a registration that is not used is no matter of time', () => {
    const used = did(seeing(beginning, moved), applied({ done: [registerB, deregisterA] }), 101_000)
    const lasting = seeing(used, aLook(onB, [aDoor(unused(B))]), 101_000)
    const isFinalAfter = (ms: number) =>
      judgeNow(lasting, { trigger: resync, config: aConfig(), clock: { now: () => 101_000 + ms } }).isFinal
    expect([isFinalAfter(5999), isFinalAfter(6000)]).toEqual([false, true])
  })
})

describe('what could not be read', () => {
  const fault = new AwsError('access-denied', 'denied')
  const hindrance = new TransientError('unavailable', 'socket hang up')
  it.each<[string, Partial<Look>, unknown]>([
    ['is nothing where all was', {}, undefined],
    ['is what AWS hinders', { hindrance }, hindrance],
    [
      'is the first fault, before what AWS hinders',
      {
        hindrance,
        faults: new Map<string, unknown>([
          ['a', fault],
          ['b', 'b'],
        ]),
      },
      fault,
    ],
  ])('%s', (_what, look, expected) => {
    expect(failureOf(aLook(onA, [], look))).toBe(expected)
  })
})
