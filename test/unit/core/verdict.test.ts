import { describe, expect, it } from 'vitest'
import type { Observation, PairView, Registration, WriterView } from '../../../functions/reconciler/core/model.ts'
import { isUnprovedPair, plan, provingForMs } from '../../../functions/reconciler/core/plan.ts'
import { outcomeOf, type Reason, reasons } from '../../../functions/reconciler/core/reasons.ts'
import { remedies } from '../../../functions/reconciler/core/remedies.ts'
import { isWriterHealthy, judge, repointReason, type Situation } from '../../../functions/reconciler/core/verdict.ts'
import {
  A,
  aDoor,
  anObservation,
  B,
  C,
  credible,
  healthy,
  initial,
  interfaceAt,
  notAllowed,
  port,
  settled,
  unhealthy,
  unknown,
  unused,
  writerGroup,
} from './builders.ts'

const disagreeing: WriterView = { kind: 'credible', addresses: [B], missing: 'agreement' }
const followed = [{ kind: 'register' as const, targetGroupArn: writerGroup, targets: [{ ip: A, port }] }]
const done = [{ kind: 'register' as const, targetGroupArn: writerGroup, targets: [{ ip: B, port }] }]

/** A schedule's look that found the writer in place; `more` shows what matters to the case. */
const aSituation = (observation: Observation, more: Partial<Situation> = {}): Situation => ({
  watch: 'check',
  isEvent: false,
  observation,
  steps: plan(observation),
  stepsDone: [],
  isScheduled: true,
  hasMoved: false,
  wasEmpty: false,
  unusedForMs: 0,
  spanMs: 6000,
  ...more,
})

const inSync = anObservation(settled(A), healthy(A))

/** A reader's front door in which a reader has joined. */
const joined = [{ kind: 'register' as const, targetGroupArn: 'readers', targets: [{ ip: B, port }] }]
const aSet: Observation = {
  writer: settled(A),
  doors: [aDoor(healthy(A)), { ...aDoor(healthy(B)), role: 'reader', targetGroupArn: 'readers' }],
  members: [
    { id: 'one', status: 'available', isWriter: true, addresses: [A] },
    { id: 'two', status: 'available', isWriter: false, addresses: [B] },
  ],
}

const withStranger = {
  ...aSet,
  refused: [{ ip: '10.0.9.66', proof: 'disproved', why: 'of a stranger' }],
} satisfies Observation

const both = [interfaceAt(A), interfaceAt(B)]
const answering = (forMs: number): Partial<PairView> => ({ bothHealthy: { forMs, enoughMs: 60_000 } })
const known = (ip: string) => ({ ip, interfaceId: `eni-${ip}`, subnetId: `subnet-${ip}` })

/** A standby front door whose writer is healthy. */
const aPair = (pair: Partial<PairView> | undefined, ...others: Registration[]): Observation => ({
  writer: settled(A),
  doors: [
    {
      ...aDoor(healthy(A), ...others),
      strategy: 'standby',
      ...(pair && { pair: { remembered: [known(A), known(B)], ...pair } }),
    },
  ],
})

const [alone] = aSet.members ?? []
const withoutReader: Observation = {
  writer: settled(A),
  doors: [aDoor(healthy(A)), { ...aDoor(), role: 'reader', targetGroupArn: 'readers' }],
  members: alone ? [alone] : [],
}

describe('the verdict', () => {
  it.each<[string, Situation, Reason, boolean]>([
    ['all is well: nothing more to learn', aSituation(inSync), 'already-in-sync', true],
    [
      'one answer is enough where nothing is to be done',
      aSituation(anObservation(credible(A), healthy(A))),
      'already-in-sync',
      true,
    ],
    [
      'a started watch waits for the move',
      aSituation(inSync, { watch: 'started', isEvent: true }),
      'no-move-seen',
      false,
    ],
    [
      'a restart is watched for a while',
      aSituation(inSync, { watch: 'restart', isEvent: true }),
      'no-move-seen',
      false,
    ],
    [
      'a completed failover may still flip',
      aSituation(inSync, { watch: 'completed', isEvent: true }),
      'already-in-sync',
      false,
    ],
    [
      'somebody else has followed the move',
      aSituation(inSync, { watch: 'started', hasMoved: true }),
      'already-in-sync',
      true,
    ],
    [
      'somebody else has followed, and it is not healthy yet',
      aSituation(anObservation(settled(A), initial(A)), { watch: 'started', hasMoved: true }),
      'target-not-healthy',
      false,
    ],
    ['steps were taken and the target is healthy', aSituation(inSync, { stepsDone: done }), 'drift-corrected', true],
    [
      'steps were taken after an event',
      aSituation(inSync, { stepsDone: followed, isEvent: true }),
      'failover-followed',
      true,
    ],
    [
      'steps of an event followed nobody: the watch goes on',
      aSituation(inSync, { stepsDone: done, isEvent: true, watch: 'started' }),
      'drift-corrected',
      false,
    ],
    ['the members are not known', aSituation(inSync, { isBlind: true, isScheduled: false }), 'members-unknown', false],
    ['the members are not known, for the schedule', aSituation(inSync, { isBlind: true }), 'members-unknown', true],
    ['a reader joined', aSituation(aSet, { stepsDone: joined }), 'members-kept', true],
    ['a reader joined beside a stranger', aSituation(withStranger, { stepsDone: joined }), 'owner-disproved', true],
    [
      'the writer was followed, whoever a reader is',
      aSituation({ ...inSync, refused: withStranger.refused }, { stepsDone: followed, isEvent: true }),
      'failover-followed',
      true,
    ],
    [
      'a pair was learnt',
      aSituation(aSet, { stepsDone: [{ kind: 'remember', targetGroupArn: writerGroup, pair: [] }] }),
      'members-kept',
      true,
    ],
    [
      'weights were mended',
      aSituation(aSet, { stepsDone: [{ kind: 'set-weights', listenerArn: 'l', weights: [] }] }),
      'drift-corrected',
      true,
    ],
    [
      'steps at a front door that is gone from view',
      aSituation({ ...inSync, doors: [{ ...aDoor(healthy(A)), targetGroupArn: 'other' }] }, { stepsDone: done }),
      'drift-corrected',
      true,
    ],
    ['the group was empty', aSituation(inSync, { stepsDone: done, wasEmpty: true }), 'first-registration', true],
    [
      'steps were taken and the target is not healthy yet',
      aSituation(anObservation(settled(B), initial(B)), { stepsDone: done }),
      'target-not-healthy',
      false,
    ],
    [
      'steps were taken and the writer is not settled yet',
      aSituation(anObservation(credible(B), healthy(B)), { stepsDone: done }),
      'writer-unsettled',
      false,
    ],
    [
      'another is still registered',
      aSituation(anObservation(credible(B), healthy(A), initial(B))),
      'writer-unsettled',
      false,
    ],
    ['steps are left', aSituation(anObservation(settled(B), healthy(A))), 'writer-unsettled', false],
    ['evidence disagrees', aSituation(anObservation(disagreeing, healthy(B))), 'evidence-disagrees', false],
    ['the only target is unhealthy', aSituation(anObservation(settled(A), unhealthy(A))), 'target-not-healthy', true],
    [
      'the only target is unhealthy, in a watch',
      aSituation(anObservation(settled(A), unhealthy(A)), { watch: 'completed', isEvent: true }),
      'target-not-healthy',
      false,
    ],
    [
      'nothing is at the name',
      aSituation(anObservation({ kind: 'unknown', why: 'no-answer', detail: 'ENOTFOUND' }, healthy(A))),
      'writer-unknown',
      true,
    ],
    [
      'nothing is at the name, in a watch',
      aSituation(anObservation({ kind: 'unknown', why: 'no-answer', detail: 'ENODATA' }, healthy(A)), {
        watch: 'started',
      }),
      'writer-unknown',
      false,
    ],
    [
      'nothing is at the name, after steps',
      aSituation(anObservation({ kind: 'unknown', why: 'no-answer', detail: 'ENODATA' }), { stepsDone: done }),
      'writer-unknown',
      false,
    ],
    ['AWS turns a scheduled run away: it yields', aSituation(inSync, { hindrance: 'throttled' }), 'throttled', true],
    [
      'AWS turns a scheduled run away that has acted',
      aSituation(inSync, { hindrance: 'throttled', stepsDone: done }),
      'throttled',
      false,
    ],
    ['AWS is out of reach', aSituation(inSync, { hindrance: 'unavailable' }), 'aws-unreachable', false],
    [
      'an address of nobody left a group of readers',
      aSituation(aSet, { stepsDone: [{ kind: 'deregister', targetGroupArn: 'readers', targets: [{ ip: C, port }] }] }),
      'foreign-removed',
      true,
    ],
    [
      'a member left a group of readers',
      aSituation(aSet, { stepsDone: [{ kind: 'deregister', targetGroupArn: 'readers', targets: [{ ip: B, port }] }] }),
      'members-kept',
      true,
    ],
    ['the pair is not proved', aSituation(aPair({ owners: [] })), 'partner-unproved', true],
    ['the owners of the pair are not known', aSituation(aPair(undefined)), 'partner-unproved', true],
    [
      'both of the pair answer, for a moment',
      aSituation(aPair({ owners: both, ...answering(0) }, healthy(B))),
      'partner-unproved',
      false,
    ],
    ['the pair is proved', aSituation(aPair({ owners: both }, unhealthy(B))), 'already-in-sync', true],
    [
      'one of the pair was disproved',
      aSituation(aPair({ owners: both, remembered: [known(A), { ...known(B), isDisproved: true }] })),
      'partner-disproved',
      true,
    ],
    ['the writer is unknown', aSituation(anObservation(unknown, healthy(A))), 'writer-unknown', false],
    [
      'the writer is ambiguous',
      aSituation(anObservation({ kind: 'unknown', why: 'ambiguous', detail: `${A}, ${B}` }, healthy(A))),
      'writer-ambiguous',
      false,
    ],
    ['AWS turns us away', aSituation(inSync, { hindrance: 'throttled', isScheduled: false }), 'throttled', false],
    ['a public answer', aSituation(anObservation(notAllowed, healthy(A))), 'address-not-allowed', true],
    [
      'a public answer in a watch may be replaced',
      aSituation(anObservation(notAllowed, healthy(A)), { watch: 'started' }),
      'address-not-allowed',
      false,
    ],
    [
      'a public answer after steps',
      aSituation(anObservation(notAllowed, healthy(A)), { stepsDone: done }),
      'address-not-allowed',
      false,
    ],
    ['the writer gets no traffic', aSituation(anObservation(settled(A), unused(A))), 'target-not-in-use', true],
    [
      'the writer gets no traffic, in a watch',
      aSituation(anObservation(settled(A), unused(A)), { watch: 'started' }),
      'target-not-in-use',
      false,
    ],
    [
      'the new target is not used, for a moment',
      aSituation(anObservation(settled(B), unused(B)), { stepsDone: done, unusedForMs: 1000 }),
      'target-not-in-use',
      false,
    ],
    [
      'the new target is not used, and stays so',
      aSituation(anObservation(settled(B), unused(B)), { stepsDone: done, unusedForMs: 6000 }),
      'target-not-in-use',
      true,
    ],
    [
      'the writer gets no traffic, and steps are left',
      aSituation(anObservation(settled(A), unused(A)), { steps: followed }),
      'target-not-in-use',
      false,
    ],
    ['there is no reader', aSituation(withoutReader), 'no-reader', true],
    ['there is no reader, in a watch', aSituation(withoutReader, { watch: 'started' }), 'no-reader', false],
    [
      'the health check of a pair has selected, whatever other front doors there are',
      aSituation(
        { ...aSet, doors: [...aPair({ owners: both }).doors, ...aSet.doors.filter(door => door.role === 'reader')] },
        { watch: 'started', hasMoved: true, steps: [] },
      ),
      'failover-selected',
      true,
    ],
    [
      'a policy holds a settled plan',
      aSituation(anObservation(settled(B), healthy(A)), { withheldBy: 'paused' }),
      'paused',
      true,
    ],
    [
      'a policy holds, in a watch that saw the move',
      aSituation(anObservation(settled(B), healthy(A)), { withheldBy: 'paused', watch: 'started', hasMoved: true }),
      'paused',
      true,
    ],
    [
      'a policy holds, in a watch',
      aSituation(anObservation(settled(B), healthy(A)), { withheldBy: 'add-only', watch: 'started' }),
      'add-only',
      false,
    ],
    [
      'a dry run waits until the plan is whole',
      aSituation(anObservation(credible(B), healthy(A)), { withheldBy: 'dry-run' }),
      'dry-run',
      false,
    ],
  ])('%s', (_fact, situation, reason, isFinal) => {
    expect(judge(situation)).toEqual({ reason, isFinal })
  })
})

describe('the writer is healthy', () => {
  it.each<[string, Observation, boolean]>([
    ['when its registration is', anObservation(settled(A), healthy(A), unhealthy(B)), true],
    ['not when it is not', anObservation(settled(A), unhealthy(A)), false],
    ['not when one of several is not', anObservation(settled(A, B), healthy(A), unhealthy(B)), false],
    ['not when it is not registered', anObservation(settled(A), healthy(B)), false],
    ['not when one front door lacks it', { writer: settled(A), doors: [aDoor(healthy(A)), aDoor()] }, false],
    ['not when no front door could be read', { writer: settled(A), doors: [] }, false],
  ])('%s', (_fact, observation, expected) => {
    expect(isWriterHealthy(observation)).toBe(expected)
  })
})

describe('reasons', () => {
  it('name the outcome that they belong to', () => {
    expect(outcomeOf('drift-corrected')).toBe('repointed')
    expect(outcomeOf(repointReason(aSituation(inSync, { stepsDone: followed, isEvent: true })))).toBe('repointed')
  })

  it('name a remedy wherever somebody has to act', () => {
    const needed = Object.entries(reasons).filter(([, outcome]) => outcome === 'waiting' || outcome === 'refused')
    expect(needed.map(([reason]) => reason).filter(reason => !(reason in remedies))).toEqual([])
    expect(Object.values(remedies).filter(text => !/^[A-Z].*\.$/.test(text))).toEqual([])
  })
})

describe('a pair', () => {
  const { doors } = aPair({ owners: both }, healthy(B))

  it('is watched for a minute while both answer', () => {
    expect(provingForMs(aPair({ owners: both, ...answering(0) }, healthy(B)))).toBe(60_000)
    expect(provingForMs(aPair({ owners: both, ...answering(20_000) }, healthy(B)))).toBe(40_000)
    expect(provingForMs(aPair({ owners: both, ...answering(90_000) }, healthy(B)))).toBe(0)
  })

  it('is not proved while the writer is not known, or nobody said who owns what', () => {
    expect(isUnprovedPair({ writer: unknown, doors })).toBe(true)
    expect(isUnprovedPair(aPair({}))).toBe(true)
    expect(isUnprovedPair(aPair({ owners: both }))).toBe(false)
  })
})
