import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Forward } from '../../lab/nlb/forward.ts'
import { LabTargetGroup } from '../../lab/nlb/target-group.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { type ManualTime, manualTime } from './manual-time.ts'

const weightChangeMs = 75_000
const network = { listenAt: () => ({ host: '127.0.0.1', port: 1 }), connectTo: () => ({ host: '127.0.0.1', port: 1 }) }
const target = { ip: '10.0.1.10', port: 5432, zone: 'eu-west-1a' }

describe('what a listener forwards to', () => {
  let time: ManualTime
  let cuts: string[]
  let groups: { one: LabTargetGroup; two: LabTargetGroup; three: LabTargetGroup }
  let forward: Forward

  beforeEach(() => {
    time = manualTime()
    cuts = []
    const timeline = startTimeline(time)
    const aGroup = (name: string) =>
      new LabTargetGroup({ arn: `arn:targetgroup/${name}/1`, port: 5432, dialer: { network, time }, timeline })
    groups = { one: aGroup('one'), two: aGroup('two'), three: aGroup('three') }
    forward = new Forward({
      shares: [
        { group: groups.one, weight: 1 },
        { group: groups.two, weight: 0 },
      ],
      zones: ['eu-west-1a'],
      time,
      timeline,
      propagation: { weightChangeMs },
      cut: (group, key) => cuts.push(`${group.arn.split('/')[1]} ${key ?? 'all'}`),
    })
  })
  afterEach(async () => {
    await forward.close()
    for (const group of Object.values(groups)) await group.close()
  })

  const to = (one: number, two: number) =>
    forward.change([
      { group: groups.one, weight: one },
      { group: groups.two, weight: two },
    ])
  const turns = (count: number) =>
    Array.from({ length: count }, () => forward.next()?.group.arn.split('/')[1] ?? 'nowhere')

  it('is shown as changed at once, and followed after a while', async () => {
    to(0, 1)
    expect(forward.shares.map(({ weight }) => weight)).toEqual([0, 1])
    await time.advance(weightChangeMs - 1)
    expect(turns(2)).toEqual(['one', 'one'])

    await time.advance(1)
    expect(turns(2)).toEqual(['two', 'two'])
  })

  it('shares new connections by weight', async () => {
    to(3, 1)
    await time.advance(weightChangeMs)
    expect(turns(8).filter(name => name === 'one')).toHaveLength(6)
  })

  it('leads nowhere where no group has weight', async () => {
    to(0, 0)
    await time.advance(weightChangeMs)
    expect(turns(1)).toEqual(['nowhere'])
  })

  it('loses its connections through a group when that has no weight any more, and not before', async () => {
    to(0, 1)
    await time.advance(weightChangeMs - 1)
    expect(cuts).toEqual([])

    await time.advance(1)
    expect(cuts).toEqual(['one all'])
  })

  it('keeps its connections through a group whose weight only changes', async () => {
    to(5, 1)
    await time.advance(weightChangeMs)
    expect(cuts).toEqual([])
  })

  it('follows two changes in their order', async () => {
    to(0, 1)
    await time.advance(10_000)
    to(1, 0)
    await time.advance(weightChangeMs - 10_000)
    expect(turns(1)).toEqual(['two'])

    await time.advance(10_000)
    expect(turns(1)).toEqual(['one'])
  })

  it('has the targets of a group without weight registered and probed', () => {
    groups.two.register([target])
    expect(groups.two.describe()[0]).toMatchObject({ state: 'initial', reason: 'Elb.RegistrationInProgress' })
  })

  it('uses a group from the change on that names it, and leaves one alone that is gone', async () => {
    groups.three.register([target])
    expect(groups.three.describe()[0]?.state).toBe('unused')

    forward.change([
      { group: groups.one, weight: 1 },
      { group: groups.three, weight: 0 },
    ])
    expect(groups.three.describe()[0]?.state).toBe('initial')

    await time.advance(weightChangeMs)
    groups.two.register([target])
    expect(groups.two.describe()[0]?.state).toBe('unused')
  })
})
