import { describe, expect, it } from 'vitest'
import type { Step } from '../../../functions/reconciler/core/model.ts'
import { plan } from '../../../functions/reconciler/core/plan.ts'
import { type Policy, permit } from '../../../functions/reconciler/core/policies.ts'
import { A, anObservation, B, healthy, settled } from './builders.ts'

const steps = plan(anObservation(settled(B), healthy(A)))

describe('policies', () => {
  it.each<[Policy[], string[], Policy | undefined]>([
    [[], ['register', 'deregister'], undefined],
    [['add-only'], ['register'], 'add-only'],
    [['paused'], [], 'paused'],
    [['dry-run'], [], 'dry-run'],
    [['add-only', 'paused'], [], 'paused'],
    [['dry-run', 'paused'], [], 'dry-run'],
  ])('%j permits %j', (policies, kinds, withheldBy) => {
    const permission = permit(steps, policies)
    expect(permission.permitted.map(step => step.kind)).toEqual(kinds)
    expect(permission.withheldBy).toBe(withheldBy)
  })

  it('add-only permits to remember', () => {
    const remember: Step = { kind: 'remember', targetGroupArn: 'group', pair: [] }
    expect(permit([remember], ['add-only'])).toEqual({ permitted: [remember] })
  })

  it.each<Policy>(['add-only', 'paused', 'dry-run'])('%s withholds nothing when there is nothing to do', policy => {
    expect(permit([], [policy])).toEqual({ permitted: [] })
  })
})
