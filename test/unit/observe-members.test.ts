import { describe, expect, it } from 'vitest'
import type { ClusterVote, MemberView, WriterView } from '../../functions/reconciler/core/model.ts'
import { createFaultLog } from '../../functions/reconciler/faults.ts'
import { createMemberReader } from '../../functions/reconciler/observe-members.ts'
import { AwsError, type Member, TransientError } from '../../functions/reconciler/ports.ts'
import { host, members as listed, names, swapDoor, weightedDoor } from '../fakes/cluster-world.ts'
import { answers } from '../fakes/fake-dns.ts'
import { A, aCluster, aWorld, B, C, port } from '../fakes/world.ts'
import { credible, notAllowed, settled, unknown, writerGroup } from './core/builders.ts'

const readers = { role: 'reader', strategy: 'swap', targetGroupArn: writerGroup, port } as const
const denied = new AwsError('access-denied', 'denied')

/** A reader of members for which the RDS API says one thing after the other. */
const aReader = (said: readonly (readonly Member[] | Error)[] = [listed], doors = [weightedDoor] as object[]) => {
  const config = aCluster({ frontDoors: doors as ReturnType<typeof aCluster>['frontDoors'] })
  const script = [...said]
  let nowMs = 1_000_000
  let asked = 0
  const ports = aWorld({ dns: [], names: { ...names, [host('abroad')]: answers('54.84.181.60', C) } }).ports
  const clusters = {
    ...ports.clusters,
    members: async (id: string) => {
      asked += 1
      const next = script.length > 1 ? script.shift() : script[0]
      if (next instanceof Error) throw next
      return id === 'orders' && next ? next : []
    },
  }
  const faults = createFaultLog()
  const members = createMemberReader(
    config,
    { ...ports, clusters, clock: { ...ports.clock, now: () => nowMs } },
    faults,
  )
  return {
    ...members,
    faults,
    /** Asks after a while. @returns whether the API was asked. */
    async after(ms: number, maxAgeMs = 30_000) {
      const before = asked
      nowMs += ms
      await members.read(maxAgeMs)
      return asked > before
    },
    wait: (ms: number) => {
      nowMs += ms
    },
  }
}

const voteFor = (writerId: string | undefined, memberIds = ['one', 'two', 'three']): ClusterVote => ({
  atMs: 0,
  status: 'available',
  memberIds,
  ...(writerId && { writerId }),
})
const shown = (view: readonly MemberView[] | undefined) =>
  view?.map(({ id, isWriter, addresses }) => `${isWriter ? '*' : ''}${id} ${addresses}`)

describe('the members are needed', () => {
  it.each([
    ['behind a listener with weights', [weightedDoor], true],
    ['by readers', [swapDoor(writerGroup.replace('orders', 'other')), readers], true],
    ['not where only the writer is followed', [swapDoor(writerGroup)], false],
  ])('%s', async (_where, doors, expected) => {
    const reader = aReader([listed], doors)
    expect(reader.isNeeded).toBe(expected)
    expect(await reader.after(0)).toBe(expected)
  })
})

describe('the RDS API is asked for the members', () => {
  it('again when the list is as old as it may be', async () => {
    const reader = aReader()
    expect([await reader.after(0), await reader.after(29_999), await reader.after(1)]).toEqual([true, false, true])
  })

  it.each<[string, Error, boolean]>([
    ['asked it to wait', new TransientError('throttled', 'Rate exceeded'), true],
    ['found nothing', new AwsError('not-found', 'gone'), true],
    ['refused it', denied, false],
  ])('after five intervals where AWS %s', async (_what, error, isAsked) => {
    const reader = aReader([error])
    expect([await reader.after(0), await reader.after(4999), await reader.after(1)]).toEqual([true, false, isAsked])
  })

  it('after five intervals where something contradicts the list, and then as usual', async () => {
    const reader = aReader()
    await reader.after(0)
    reader.doubt()
    expect([await reader.after(4999), await reader.after(1)]).toEqual([false, true])
    expect([await reader.after(5000), await reader.after(25_000)]).toEqual([false, true])
  })
})

describe('the list is fresh', () => {
  it('until it is older than it may be, and where there is none', async () => {
    const reader = aReader()
    reader.wait(99_999)
    expect(reader.isFresh(10_000)).toBe(true)
    await reader.after(0)
    reader.wait(10_000)
    expect(reader.isFresh(10_000)).toBe(true)
    reader.wait(1)
    expect(reader.isFresh(10_000)).toBe(false)
  })
})

describe('the members are', () => {
  const all = [`*one ${A}`, `two ${B}`, `three ${C}`]
  const nobody = [`one ${A}`, `two ${B}`, `three ${C}`]

  it.each<[string, ClusterVote | undefined, WriterView, string[] | undefined]>([
    ['known with the writer of the vote', voteFor('one'), settled(A), all],
    ['known with the writer of the vote before it is settled', voteFor('one'), credible(A), all],
    ['known with the writer of the vote where DNS does not answer', voteFor('one'), unknown, all],
    ['known with the writer of the vote where DNS is refused', voteFor('one'), notAllowed, all],
    ['known whatever the case of the names', voteFor('ONE', ['One', 'Two', 'Three']), settled(A), all],
    ['known without a writer where the vote names none', voteFor(undefined), settled(A), nobody],
    ['known without a writer where there is no vote', undefined, settled(A), nobody],
    ['not known without a vote before the writer is settled', undefined, credible(A), undefined],
    ['not known without a vote where DNS does not answer', undefined, unknown, undefined],
    ['not known where the vote has one more', voteFor('one', ['one', 'two', 'three', 'four']), settled(A), undefined],
    ['not known where the vote has one less', voteFor('one', ['one', 'two']), settled(A), undefined],
    ['not known where the vote has another one', voteFor('one', ['one', 'two', 'four']), settled(A), undefined],
    ['not known where the writer is none of them', voteFor('one'), settled('10.0.9.9'), undefined],
    ['not known where the writer may be none of them', voteFor('one'), credible('10.0.9.9'), undefined],
    ['known where one of the writer’s addresses is a member’s', voteFor('one'), settled('10.0.9.9', A), all],
  ])('%s', async (_how, vote, writer, expected) => {
    const reader = aReader()
    await reader.after(0)
    expect(shown(reader.view(vote, writer))).toEqual(expected)
  })

  it('not known before they were asked for', () => {
    expect(aReader().view(voteFor('one'), settled(A))).toBeUndefined()
  })

  it.each<[string, Member, readonly string[]]>([
    ['without endpoint', { id: 'one', status: 'creating' }, []],
    ['with an endpoint that has no address', { id: 'one', status: 'available', endpoint: host('none') }, []],
    ['with an address outside the allowed networks', { id: 'one', status: 'available', endpoint: host('abroad') }, [C]],
  ])('known %s, with the status that the API gives', async (_how, member, addresses) => {
    const reader = aReader([[member]])
    await reader.after(0)
    expect(reader.view(voteFor('one', ['one']), unknown)).toEqual([
      { id: 'one', status: member.status, addresses, isWriter: true },
    ])
  })

  it('forgotten after an error, which is a fault until the next answer', async () => {
    const reader = aReader([listed, new AwsError('not-found', 'gone'), listed])
    await reader.after(0)
    await reader.after(30_000)
    expect(reader.view(voteFor('one'), settled(A))).toBeUndefined()
    expect(reader.faults.has('members')).toBe(true)
    await reader.after(5000)
    expect(shown(reader.view(voteFor('one'), settled(A)))).toEqual(all)
    expect(reader.faults.has('members')).toBe(false)
  })
})
