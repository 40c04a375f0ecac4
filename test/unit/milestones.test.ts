import { describe, expect, it } from 'vitest'
import { milestones } from '../../functions/reconciler/milestones.ts'
import { did, type Progress } from '../../functions/reconciler/progress.ts'
import { A, aDoor, B, credible, healthy, initial, unhealthy, unused } from './core/builders.ts'
import { aLook, applied, beginning, deregisterA, onB, registerB, seeing } from './rounds.ts'

const inSync = { reason: 'already-in-sync', isFinal: true } as const
const selected = { reason: 'failover-selected', isFinal: true } as const

/** The writer's registration and the old one's removal were written; then this was seen. */
const written = (look = aLook(onB, [aDoor(healthy(B))])): Progress => {
  const before = seeing(beginning, aLook(onB, [aDoor(healthy(A))]))
  return seeing(did(before, applied({ done: [registerB, deregisterA] }), 101_000), look, 102_000)
}
const told = (progress: Progress, verdict: Parameters<typeof milestones>[1] = inSync) =>
  milestones(progress, verdict, 110_000).map(({ news }) => news?.detailType.replace('Repoint ', '') ?? 'nothing')

describe('milestones', () => {
  it.each<[string, Progress, string[]]>([
    ['none before anything was done', seeing(beginning, aLook(onB, [aDoor(healthy(B))])), []],
    ['the repoint, and the health with it', written(), ['Repointed', 'Target Healthy']],
    ['the repoint alone while the target is not healthy', written(aLook(onB, [aDoor(initial(B))])), ['Repointed']],
    ['none while something is left to do', written(aLook(onB, [aDoor(healthy(B), healthy(A))])), []],
    ['none while the writer is not settled', written(aLook(credible(B), [aDoor(healthy(B))])), []],
    ['none while the load balancer does not use the target', written(aLook(onB, [aDoor(unused(B))])), []],
    ['none from memory', written(aLook(onB, [aDoor(healthy(B))], { isRemembered: true })), []],
    [
      'one without news, and no health, where no front door is the writer’s',
      written(aLook(onB, [{ ...aDoor(healthy(B)), role: 'reader' }])),
      ['nothing'],
    ],
    ['none where no front door can be read', written(aLook(onB, [])), []],
    ['no step twice', { ...written(), announcedSteps: 2, isHealthAnnounced: true }, []],
    [
      'the health that was still awaited',
      { ...written(), announcedSteps: 2, isHealthAnnounced: false },
      ['Target Healthy'],
    ],
    [
      'a step that came after',
      { ...written(), announcedSteps: 1, isHealthAnnounced: true },
      ['Repointed', 'Target Healthy'],
    ],
  ])('%s', (_what, progress, expected) => {
    expect(told(progress)).toEqual(expected)
  })

  it('are none in the round that writes', () => {
    const seen = seeing(beginning, aLook(onB, [aDoor(healthy(A))]))
    expect(told(did(seen, applied({ done: [registerB] }), 101_000))).toEqual([])
  })

  it('are drift where no event told of the move', () => {
    expect(told({ ...written(), isEvent: false })).toEqual(['Drift Corrected', 'Target Healthy'])
  })

  it('are drift where only an address left that is nobody’s of ours', () => {
    const standby = { ...aDoor(healthy(B)), strategy: 'standby' as const }
    const begun = seeing(beginning, aLook(onB, [standby]))
    const removed = seeing(did(begun, applied({ done: [deregisterA] }), 101_000), aLook(onB, [standby]))
    expect(milestones(removed, inSync, 110_000).map(({ news }) => news)).toEqual([
      { detailType: 'Repoint Drift Corrected', reason: 'foreign-removed' },
      { detailType: 'Repoint Target Healthy', reason: 'foreign-removed' },
    ])
  })

  it('are none before a look', () => {
    expect(told({ ...beginning, isHealthAnnounced: false })).toEqual([])
  })

  it('are the health alone where the load balancer selected the writer', () => {
    const progress = seeing(beginning, aLook(onB, [aDoor(healthy(B), unhealthy(A))]))
    const standby = seeing(beginning, aLook(onB, [{ ...aDoor(healthy(B)), strategy: 'standby' }]))
    expect(told(progress, selected)).toEqual([])
    expect(milestones(standby, selected, 110_000).map(({ news }) => news?.reason)).toEqual(['failover-selected'])
  })

  it('are quiet about a pair that was learnt', () => {
    const remember = { kind: 'remember' as const, targetGroupArn: 'g', pair: [] }
    const begun = seeing(beginning, aLook(onB, [aDoor(healthy(B))]))
    const learnt = seeing(did(begun, applied({ done: [remember] }), 101_000), aLook(onB, [aDoor(healthy(B))]))
    expect(told(learnt)).toEqual(['nothing', 'nothing'])
  })

  it('time the repoint and the health since the event, each with the progress of its moment', () => {
    const [repointed, healthyNow] = milestones(written(), inSync, 110_000)
    expect(repointed?.progress).toMatchObject({ announcedSteps: 2, isHealthAnnounced: false })
    expect(repointed?.progress.times).toEqual({ registeredMs: 11_000, repointedMs: 20_000 })
    expect(healthyNow?.progress.times).toEqual({ registeredMs: 11_000, repointedMs: 20_000, healthyMs: 20_000 })
    expect(healthyNow?.progress.isHealthAnnounced).toBe(true)
  })

  it('give the health the reason of the steps', () => {
    expect(milestones(written(), inSync, 0).map(({ news }) => news?.reason)).toEqual([
      'failover-followed',
      'failover-followed',
    ])
  })
})
