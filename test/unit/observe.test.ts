import { describe, expect, it } from 'vitest'
import type { Answer, Step } from '../../functions/reconciler/core/model.ts'
import { createMemory } from '../../functions/reconciler/memory.ts'
import { createObserver } from '../../functions/reconciler/observe.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import {
  full,
  groups,
  host,
  members,
  names,
  one,
  swapDoor,
  two,
  vote,
  weigh,
  weightedDoor,
} from '../fakes/cluster-world.ts'
import { aliasTo, answers, nothing } from '../fakes/fake-dns.ts'
import { aCluster, aConfig, aWorld } from '../fakes/world.ts'
import { A, B, port, writerGroup } from './core/builders.ts'
import { endpoint } from './rounds.ts'

type Said = ReturnType<typeof vote> | Error
const any = { maxMs: 1e9, spareMaxMs: 1e9, tagMaxMs: 1e9, patienceMs: 1e9 }
const denied = new AwsError('access-denied', 'denied')
const gone = new AwsError('not-found', 'gone')
const throttled = new TransientError('throttled', 'Rate exceeded')
const clusterEndpoint = aCluster().database.endpoint
const readers = { role: 'reader', strategy: 'swap', targetGroupArn: two, port } as const

/** An observer at a time of ours, to which DNS and the RDS API say what we set. */
const anObserver = (config = aCluster({ frontDoors: [weightedDoor], ownerProof: 'off' })) => {
  const world = aWorld({ dns: [], config, members: [[0, members]] })
  full(world)
  weigh(world, 1, 0, 0)
  const state = {
    nowMs: 1_000_000,
    dns: aliasTo('one', A) as Answer,
    vote: vote('one') as Said,
    located: [] as string[],
  }
  const asked = { vote: 0, members: 0, owners: [] as string[] }
  const { clusters, interfaces, clock } = world.ports
  const observer = createObserver(
    config,
    {
      ...world.ports,
      clock: { ...clock, now: () => state.nowMs },
      dns: {
        resolve: async name => (name === clusterEndpoint || name === endpoint ? state.dns : (names[name] ?? nothing())),
      },
      interfaces: {
        ...interfaces,
        owners: async ips => {
          asked.owners.push(ips.join())
          return []
        },
      },
      clusters: {
        vote: async () => {
          asked.vote += 1
          if (state.vote instanceof Error) throw state.vote
          return state.vote
        },
        members: async id => {
          asked.members += 1
          return clusters.members(id)
        },
        endpointOf: async id => {
          state.located.push(id)
          return id === 'nowhere' ? undefined : host(id)
        },
      },
    },
    createMemory(),
  )
  return {
    state,
    asked,
    observer,
    /** @returns the look, and whether the API was asked for its vote and the members. */
    lookingAfter: async (ms: number) => {
      const before = { ...asked }
      state.nowMs += ms
      const look = await observer.look(any)
      return { look, isAsked: asked.vote > before.vote, isListed: asked.members > before.members }
    },
  }
}

describe('the RDS API is asked for its vote', () => {
  it.each<[string, Said, number, boolean]>([
    ['not again where it settles the writer', vote('one'), 60_000, false],
    ['not yet again where it names another writer', vote('two'), 4999, false],
    ['again after five intervals where it names another writer', vote('two'), 5000, true],
    ['not yet again where it knows no cluster', gone, 4999, false],
    ['again after five intervals where it knows no cluster', gone, 5000, true],
    ['not yet again where it asks to wait', throttled, 4999, false],
    ['again after five intervals where it asks to wait', throttled, 5000, true],
    ['never again where it refuses', denied, 60_000, false],
  ])('%s', async (_when, said, ms, expected) => {
    const { state, lookingAfter } = anObserver()
    state.vote = said
    expect((await lookingAfter(0)).isAsked).toBe(true)
    expect((await lookingAfter(ms)).isAsked).toBe(expected)
  })

  it('at the look after DNS moved, however lately it was asked', async () => {
    const { state, lookingAfter } = anObserver()
    await lookingAfter(0)
    state.dns = aliasTo('two', B)
    expect([
      (await lookingAfter(1000)).isAsked,
      (await lookingAfter(1000)).isAsked,
      (await lookingAfter(1000)).isAsked,
    ]).toEqual([false, true, false])
  })

  it('never about an instance', async () => {
    const { state, lookingAfter, asked } = anObserver(aConfig())
    state.dns = answers(A)
    await lookingAfter(0)
    await lookingAfter(60_000)
    expect(asked.vote).toBe(0)
  })

  it.each([
    ['counts for fifteen intervals', 15_000, true],
    ['counts no longer than that', 15_001, false],
  ])('and its vote %s', async (_howLong, ms, isKept) => {
    const { lookingAfter } = anObserver()
    await lookingAfter(0)
    expect('vote' in (await lookingAfter(ms)).look.sighting).toBe(isKept)
  })
})

describe('where the writer is', () => {
  const located = async (dns: Answer, writerId: string) => {
    const { state, lookingAfter } = anObserver()
    Object.assign(state, { dns, vote: vote(writerId, ['one', 'two', 'nowhere']) })
    const { look } = await lookingAfter(0)
    await lookingAfter(1000)
    return { located: state.located, addresses: look.sighting.vote?.writerAddresses }
  }
  it.each<[string, Answer, string, string[], readonly string[] | undefined]>([
    ['is not asked where DNS names the instance', aliasTo('one', A), 'one', [], undefined],
    ['is asked once a vote where DNS does not', nothing(), 'two', ['two'], [B]],
    ['is not known where the instance has no endpoint', nothing(), 'nowhere', ['nowhere'], undefined],
  ])('%s', async (_what, dns, writerId, expected, addresses) => {
    expect(await located(dns, writerId)).toEqual({ located: expected, addresses })
  })
})

describe('the members are asked for', () => {
  it.each<[string, Said, number, boolean]>([
    ['every thirty intervals', vote('one'), 30_000, true],
    ['not sooner', vote('one'), 29_999, false],
    ['after five intervals where the vote has other members', vote('one', ['one', 'two']), 5000, true],
    ['after five intervals where there is no vote', gone, 5000, true],
  ])('%s', async (_when, said, ms, expected) => {
    const { state, lookingAfter } = anObserver()
    state.vote = said
    expect((await lookingAfter(0)).isListed).toBe(true)
    expect((await lookingAfter(ms)).isListed).toBe(expected)
  })

  it('right before a write where the list is older than five intervals', async () => {
    const { state, lookingAfter, asked, observer } = anObserver()
    const { look } = await lookingAfter(0)
    state.nowMs += 4999
    await observer.lookAgain(look, [])
    expect(asked.members).toBe(1)
    state.nowMs += 1
    await observer.lookAgain(look, [])
    expect(asked.members).toBe(2)
  })
})

describe('what a step rests on is fresh', () => {
  const step = (kind: 'register' | 'deregister', targetGroupArn: string, listenerArn?: string): Step => ({
    ...{ kind, targetGroupArn, targets: [{ ip: B, port }] },
    ...(listenerArn && { listenerArn }),
  })
  const listener = weightedDoor.listenerArn
  const weighted = [weightedDoor]
  const both = [swapDoor(one), readers]
  const toTwo: Step = {
    kind: 'set-weights',
    listenerArn: listener,
    weights: groups.map(targetGroupArn => ({ targetGroupArn, weight: targetGroupArn === two ? 1 : 0 })),
  }

  it.each<[string, object[], Step, boolean]>([
    ['not where a member is registered behind weights', weighted, step('register', two, listener), false],
    ['not where a reader is registered', both, step('register', two), false],
    ['where the writer is registered', both, step('register', one), true],
    ['where a member leaves', weighted, step('deregister', two, listener), true],
    ['where a reader leaves', both, step('deregister', two), true],
    ['where weights are set', weighted, toTwo, true],
  ])('with a list of members older than ten intervals %s', async (_where, doors, what, expected) => {
    const frontDoors = doors as (typeof weightedDoor)[]
    const { lookingAfter, state } = anObserver(aCluster({ frontDoors, ownerProof: 'off' }))
    const { look } = await lookingAfter(0)
    state.nowMs += 10_000
    expect(look.isFresh(what)).toBe(true)
    state.nowMs += 1
    expect(look.isFresh(what)).toBe(expected)
  })
})

describe('whose the addresses of a pair are', () => {
  it.each<[string, Answer, string[]]>([
    ['is asked with the writer’s that DNS has just named', answers(B), [B]],
    ['is not asked where nothing is known', nothing(), []],
  ])('%s', async (_what, dns, expected) => {
    const standby = { ...swapDoor(writerGroup), strategy: 'standby' as const }
    const { state, lookingAfter, asked } = anObserver(aConfig({ frontDoors: [swapDoor(one), standby] }))
    state.dns = dns
    await lookingAfter(0)
    expect(asked.owners).toEqual(expected)
  })
})
