import { beforeEach, describe, expect, it } from 'vitest'
import { TransientError } from '../../functions/reconciler/ports.ts'
import { failover, members, names, started, vote } from '../fakes/cluster-world.ts'
import { aliasTo } from '../fakes/fake-dns.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import { A, aCluster, aWorld, B, C, failoverCompleted, port, resync, type World } from '../fakes/world.ts'

const target = (ip: string) => `${ip}:5432`
const config = aCluster({ frontDoors: [{ role: 'reader', strategy: 'swap', targetGroupArn: writerGroup, port }] })

describe('readers', () => {
  let world: World
  beforeEach(() => {
    world = aWorld({ config: config, ...failover, registered: { [B]: 'healthy', [C]: 'healthy' } })
  })

  it('take the old writer in and let the promoted one go', async () => {
    const report = await world.invoke(started)

    expect(world.writes()).toEqual([`+${target(A)}`, `-${target(B)}`])
    expect(report.outcome).toBe('repointed')
  })

  it('are in sync when nobody moved', async () => {
    expect(await world.invoke(resync)).toMatchObject({ outcome: 'in-sync', reason: 'already-in-sync' })
    expect(world.writes()).toEqual([])
  })

  it('keep what is registered while the members cannot be asked', async () => {
    Object.assign(world.ports.clusters, {
      members: () => Promise.reject(new TransientError('throttled', 'Rate exceeded')),
    })

    await world.invoke(started)

    expect(world.writes()).toEqual([])
  })

  it('say that there is none', async () => {
    const lonely = aWorld({
      config,
      dns: [[0, aliasTo('one', A)]],
      votes: [[0, { status: 'available', memberIds: ['one'], writerId: 'one' }]],
      members: [[0, members.slice(0, 1)]],
      names,
    })

    expect(await lonely.invoke(resync)).toMatchObject({ outcome: 'waiting', reason: 'no-reader' })
  })
})

describe('a front door for readers', () => {
  it('does not say that there is no reader while the members cannot be asked', async () => {
    const world = aWorld({
      config,
      dns: [[0, aliasTo('one', A)]],
      votes: [[0, vote('one')]],
      members: [[0, members]],
      names,
      registered: { [B]: 'healthy', [C]: 'healthy' },
    })
    Object.assign(world.ports.clusters, {
      members: () => Promise.reject(new TransientError('throttled', 'Rate exceeded')),
    })
    const report = await world.invoke(resync)
    expect(report.reason).not.toBe('no-reader')
  })

  it('asks again soon after one throttled listing', async () => {
    const world = aWorld({
      config,
      dns: [[0, aliasTo('two', B)]],
      votes: [[0, vote('two')]],
      members: [[0, members]],
      names,
      registered: { [B]: 'healthy', [C]: 'healthy' },
    })
    const { clusters } = world.ports
    const list = clusters.members
    let n = 0
    Object.assign(clusters, {
      members: (id: string) =>
        n++ === 0 ? Promise.reject(new TransientError('throttled', 'Rate exceeded')) : list(id),
    })
    await world.invoke(failoverCompleted)
    const at = world.frontDoor.calls.find(c => c.kind === 'register')?.atMs ?? 0
    expect(at - 1_800_000_000_000).toBeLessThan(10_000)
  })

  it('does not tell of a healthy target for an initial reader', async () => {
    const world = aWorld({
      config,
      dns: [[0, aliasTo('two', B)]],
      votes: [[0, vote('two')]],
      members: [[0, members]],
      names,
      registered: { [B]: 'healthy', [C]: 'healthy' },
    })
    await world.invoke(failoverCompleted)
    expect(world.published.map(p => p.detailType)).not.toContain('Repoint Target Healthy')
  })
})
