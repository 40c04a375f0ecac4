import { describe, expect, it } from 'vitest'
import { type DoorView, type Observation, placeOf, type Step } from '../../../functions/reconciler/core/model.ts'
import {
  dueSteps,
  followsWriter,
  hasPending,
  isInPlace,
  isOverwritten,
  isReflected,
  plan,
} from '../../../functions/reconciler/core/plan.ts'
import {
  A,
  aDoor,
  anObservation,
  B,
  C,
  credible,
  draining,
  healthy,
  initial,
  notAllowed,
  port,
  settled,
  shownSteps,
  unhealthy,
  unhealthyDraining,
  unknown,
  unused,
  writerGroup,
} from './builders.ts'

const cases: [fact: string, observation: Observation, steps: string[]][] = [
  ['an unknown writer does nothing', anObservation(unknown, healthy(A)), []],
  ['an unknown writer does nothing to an empty group', anObservation(unknown), []],
  ['a public answer does nothing', anObservation(notAllowed, healthy(A)), []],
  ['a credible writer is registered', anObservation(credible(B), healthy(A)), [`+${B}`]],
  ['a credible writer removes nothing', anObservation(credible(B), healthy(A), initial(B)), []],
  [
    'a settled writer is registered before the other is removed',
    anObservation(settled(B), healthy(A)),
    [`+${B}`, `-${A}`],
  ],
  [
    'a settled writer that is registered removes the other',
    anObservation(settled(B), healthy(A), initial(B)),
    [`-${A}`],
  ],
  [
    'every stale registration goes, not only the first',
    anObservation(settled(B), healthy(A), unhealthy(C), healthy(B)),
    [`-${A},${C}`],
  ],
  ['a draining writer is registered again', anObservation(settled(B), healthy(A), draining(B)), [`+${B}`, `-${A}`]],
  ['a draining other is left to drain', anObservation(settled(B), draining(A), healthy(B)), []],
  ['a group with nothing but a draining writer gets it again', anObservation(settled(A), draining(A)), [`+${A}`]],
  ['an unhealthy.draining writer is registered', anObservation(settled(A), unhealthyDraining(A)), []],
  ['an unhealthy.draining other is removed', anObservation(settled(B), unhealthyDraining(A), healthy(B)), [`-${A}`]],
  ['a writer that gets no traffic removes nothing', anObservation(settled(B), unhealthy(A), unused(B)), []],
  ['an unused other is removed', anObservation(settled(B), unused(A), healthy(B)), [`-${A}`]],
  [
    'the writer on another port is stale, named with its port',
    anObservation(settled(A), healthy(A, 3306), healthy(A)),
    [`-${A}:3306`],
  ],
  [
    'the writer on another port alone does not count',
    anObservation(settled(A), healthy(A, 3306)),
    [`+${A}`, `-${A}:3306`],
  ],
  ['in sync is nothing to do', anObservation(settled(A), healthy(A)), []],
  ['in sync and unhealthy is nothing to do', anObservation(settled(A), unhealthy(A)), []],
  ['all addresses of a proxy are registered', anObservation(settled(A, B), healthy(A), healthy(C)), [`+${B}`, `-${C}`]],
  ['an empty group gets the writer', anObservation(credible(A)), [`+${A}`]],
]

describe('plan', () => {
  it.each(cases)('%s', (_fact, observation, steps) => {
    expect(shownSteps(plan(observation))).toEqual(steps)
  })

  it('plans each front door by itself', () => {
    const other = { ...aDoor(healthy(B)), targetGroupArn: `${writerGroup}0` }
    const steps = plan({ writer: settled(B), doors: [aDoor(healthy(A)), other] })
    expect(steps.map(placeOf)).toEqual([writerGroup, writerGroup])
  })
})

describe('due steps', () => {
  it('are the first of each front door', () => {
    const other = { ...aDoor(healthy(A)), targetGroupArn: `${writerGroup}0` }
    const steps = plan({ writer: settled(B), doors: [aDoor(healthy(A)), other] })
    expect(steps).toHaveLength(4)
    expect(dueSteps(steps).map(step => step.kind)).toEqual(['register', 'register'])
  })
})

describe('in place', () => {
  it.each([
    ['the writer alone', anObservation(settled(A), healthy(A)), true],
    ['the writer and one draining', anObservation(settled(A), healthy(A), draining(B)), true],
    ['the writer not settled', anObservation(credible(A), healthy(A)), false],
    ['the writer missing', anObservation(settled(A)), false],
    ['another left over', anObservation(settled(A), healthy(A), healthy(B)), false],
    ['the writer unused', anObservation(settled(A), unused(A)), false],
    ['no front door that could be read', { writer: settled(A), doors: [] }, false],
  ])('%s: %#', (_fact, observation, expected) => {
    expect(isInPlace(observation)).toBe(expected)
  })
})

describe('a step is reflected', () => {
  const register: Step = { kind: 'register', targetGroupArn: writerGroup, targets: [{ ip: A, port }] }
  const deregister: Step = { ...register, kind: 'deregister' }
  const both: Step = { ...register, targets: [A, B].map(ip => ({ ip, port })) }
  const owner = { ip: A, interfaceId: 'eni-1', subnetId: 'subnet-1' }
  const remember: Step = { kind: 'remember', targetGroupArn: writerGroup, pair: [owner] }
  const partner = { ip: B, interfaceId: 'eni-2', subnetId: 'subnet-2' }
  const rememberBoth: Step = { ...remember, pair: [owner, partner] }
  const weights = [
    { targetGroupArn: 'x', weight: 0 },
    { targetGroupArn: 'y', weight: 1 },
  ]
  const weigh: Step = { kind: 'set-weights', listenerArn: 'listener', weights }
  const weighing = (targetGroupArn: string, weight: number): DoorView => ({ ...aDoor(), targetGroupArn, weight })

  it.each([
    ['register, registered', register, [aDoor(initial(A))], true],
    ['register, draining', register, [aDoor(draining(A))], false],
    ['register, absent', register, [aDoor()], false],
    ['deregister, draining', deregister, [aDoor(draining(A))], true],
    ['deregister, gone', deregister, [aDoor()], true],
    ['deregister, still there', deregister, [aDoor(healthy(A))], false],
    ['one of two registered', both, [aDoor(initial(A))], false],
    [
      'registered, at the second front door',
      register,
      [{ ...aDoor(), targetGroupArn: 'other' }, aDoor(initial(A))],
      true,
    ],
    ['the front door is not known', register, [], false],
    ['weights, set', weigh, [weighing('x', 0), weighing('y', 1)], true],
    ['weights, not set', weigh, [weighing('x', 1), weighing('y', 0)], false],
    ['weights, a group not known', weigh, [weighing('x', 0)], false],
    ['a pair, remembered', remember, [{ ...aDoor(), pair: { remembered: [owner] } }], true],
    ['a pair, not remembered', remember, [{ ...aDoor(), pair: { remembered: [] } }], false],
    ['a pair, another one remembered', remember, [{ ...aDoor(), pair: { remembered: [partner] } }], false],
    ['a pair, one of two remembered', rememberBoth, [{ ...aDoor(), pair: { remembered: [owner] } }], false],
    ['a pair, not read', remember, [aDoor()], false],
  ])('%s', (_fact, step, doors, expected) => {
    expect(isReflected(step, doors)).toBe(expected)
  })

  it.each([
    ['taken back', register, deregister, true],
    ['done again with another', register, both, true],
    ['about another address', register, { ...register, targets: [{ ip: B, port }] }, false],
    ['at another group', register, { ...deregister, targetGroupArn: 'other' }, false],
    ['followed by weights', register, weigh, false],
    ['followed by a pair', register, remember, false],
    ['weights, set anew', weigh, weigh, true],
    ['weights, of another listener', weigh, { ...weigh, listenerArn: 'other' }, false],
    ['weights, followed by a registration', weigh, register, false],
    ['a pair, remembered anew', remember, rememberBoth, true],
    ['a pair, followed by a registration', remember, register, false],
  ])('need not be shown any more, %s: %#', (_fact, earlier, later, expected) => {
    expect(isOverwritten(earlier, later as Step)).toBe(expected)
  })
})

describe('something is pending', () => {
  it.each([
    ['a removal, until the writer is settled', anObservation(credible(B), healthy(A), initial(B)), true],
    ['nothing, where the writer alone is registered', anObservation(credible(A), healthy(A)), false],
    ['nothing, where it is settled: then it is due', anObservation(settled(B), healthy(A)), false],
    ['nothing, where it is unknown', anObservation(unknown, healthy(A)), false],
  ])('%s', (_fact, observation, expected) => {
    expect(hasPending(observation)).toBe(expected)
  })
})

describe('a step follows the writer', () => {
  const targets = [{ ip: B, port }]
  const register: Step = { kind: 'register', targetGroupArn: writerGroup, targets }
  const doors: DoorView[] = [
    aDoor(healthy(A)),
    { ...aDoor(healthy(B), healthy(C)), role: 'reader', targetGroupArn: 'readers' },
  ]
  const weighted = (name: string, ...ips: string[]): DoorView => ({
    ...aDoor(...ips.map(ip => healthy(ip))),
    targetGroupArn: name,
    strategy: 'weighted',
  })
  const weigh = (x: number, y: number): Step => ({
    kind: 'set-weights',
    listenerArn: 'listener',
    weights: [
      { targetGroupArn: 'x', weight: x },
      { targetGroupArn: 'y', weight: y },
    ],
  })

  it.each<[string, Step, DoorView[], boolean]>([
    ['that registers it', register, doors, true],
    ['that registers it among others', { ...register, targets: [{ ip: C, port }, ...targets] }, doors, true],
    ['not one that registers another', { ...register, targets: [{ ip: C, port }] }, doors, false],
    [
      'not one that registers its address on another port',
      { ...register, targets: [{ ip: B, port: 3306 }] },
      doors,
      false,
    ],
    ['not one that deregisters it', { ...register, kind: 'deregister' }, doors, false],
    ['not one at a group that is none of ours', { ...register, targetGroupArn: 'elsewhere' }, doors, false],
    ['that makes it leave the readers', { kind: 'deregister', targetGroupArn: 'readers', targets }, doors, true],
    ['not one that lets it join the readers', { ...register, targetGroupArn: 'readers' }, doors, false],
    ['not one that remembers', { kind: 'remember', targetGroupArn: writerGroup, pair: [] }, doors, false],
    ['that gives weight to its group', weigh(0, 1), [weighted('x', A), weighted('y', B)], true],
    [
      'that gives weight to its group, whoever else is in it',
      weigh(0, 1),
      [weighted('x', A), weighted('y', B, C)],
      true,
    ],
    ['not one that gives weight to another group', weigh(1, 0), [weighted('x', A), weighted('y', B)], false],
    ['not one that gives weight to an empty group', weigh(1, 0), [weighted('x'), weighted('y')], false],
  ])('%s', (_fact, step, among, expected) => {
    expect(followsWriter(step, { writer: settled(B), doors: among })).toBe(expected)
  })
})
