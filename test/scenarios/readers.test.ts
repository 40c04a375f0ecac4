import { beforeEach, describe, expect, it } from 'vitest'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { failover, members, names, started, vote } from '../fakes/cluster-world.ts'
import { aliasTo, answers } from '../fakes/fake-dns.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import { A, aCluster, aWorld, B, C, failoverCompleted, port, resync, type World } from '../fakes/world.ts'

const D = '10.0.4.40'
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

describe('a reader that is gone', () => {
  const one = members.slice(0, 1)
  const lonely = { dns: [[0, aliasTo('one', A)]] as const, votes: [[0, vote('one', ['one'])]] as const, names }

  it('leaves as the last one too: its address may be somebody else’s', async () => {
    const world = aWorld({ config, ...lonely, members: [[0, one]], registered: { [B]: 'healthy' } })

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'repointed', reason: 'foreign-removed' })
    expect(world.writes()).toEqual([`-${target(B)}`])
    expect(world.published.map(({ detailType }) => detailType)).toContain('Repoint Drift Corrected')
    expect(await world.invoke(resync)).toMatchObject({ reason: 'no-reader' })
  })

  it('stays while it is still listed as a member', async () => {
    const stopped = { ...members[1], id: 'two', status: 'stopped' }
    const world = aWorld({
      config,
      ...lonely,
      votes: [[0, vote('one', ['one', 'two'])]],
      members: [[0, [...one, stopped]]],
      registered: { [B]: 'healthy' },
    })

    expect(await world.invoke(resync)).toMatchObject({ reason: 'no-reader' })
    expect(world.writes()).toEqual([])
  })
})

describe('the list of members', () => {
  const green = ['g1', 'g2']
  const greenNames = {
    ...names,
    'g1.abc123.eu-west-1.rds.amazonaws.com': answers(C),
    'g2.abc123.eu-west-1.rds.amazonaws.com': answers(D),
  }
  const greenMembers = green.map(id => ({
    id,
    status: 'available',
    endpoint: `${id}.abc123.eu-west-1.rds.amazonaws.com`,
  }))
  const blue = members.slice(0, 2)
  const switched = {
    config,
    names: greenNames,
    dns: [
      [0, aliasTo('one', A)],
      [30_000, aliasTo('g1', C)],
    ] as const,
    registered: { [B]: 'healthy' as const },
    frontDoor: { registrationMs: 20_000 },
  }

  it('is asked for again after a cluster was not found in the moment of a switchover', async () => {
    const world = aWorld({
      ...switched,
      votes: [
        [0, vote('one', ['one', 'two'])],
        [29_000, new AwsError('not-found', 'DBClusterNotFoundFault')],
        [32_000, vote('g1', green)],
      ],
      members: [
        [0, blue],
        [31_000, greenMembers],
      ],
    })

    await world.invoke(started)

    expect(world.writes()).toEqual([`+${target(D)}`, `-${target(B)}`])
  })

  it('is not believed while it lacks the writer: nobody of the old cluster is registered', async () => {
    const world = aWorld({
      ...switched,
      registered: {},
      votes: [[0, vote('g1', ['one', 'two'])]],
      dns: [[0, aliasTo('g1', C)]],
      members: [[0, blue]],
    })

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'waiting', reason: 'members-unknown' })
    expect(world.writes()).toEqual([])
  })

  it('that stays not found is a failure of the invocation', async () => {
    const world = aWorld({
      ...switched,
      dns: [[0, aliasTo('one', A)]],
      votes: [[0, new AwsError('not-found', 'rds:DescribeDBClusters did not list orders')]],
      members: [[0, blue]],
    })

    await expect(world.invoke(resync)).rejects.toThrow('did not list orders')
  })
})
