import { describe, expect, it } from 'vitest'
import type { ClusterVote, Sighting } from '../../../functions/reconciler/core/model.ts'
import { instanceInChain, isSameSet, settle } from '../../../functions/reconciler/core/settle.ts'
import { A, aliasTo, answers, B, nothing, seen } from './builders.ts'

const rules = {
  kind: 'instance' as const,
  answers: 3,
  spanMs: 6000,
  flapMs: 35_000,
  isAllowed: (ip: string) => ip.startsWith('10.0.'),
}
const every = (stepMs: number, count: number, answer: Sighting['answer'], fromMs = 0) =>
  Array.from({ length: count }, (_, index) => seen(fromMs + index * stepMs, answer))
const vote = (atMs: number, writerId: string | undefined, more: Partial<ClusterVote> = {}): ClusterVote => ({
  atMs,
  status: 'available',
  memberIds: ['orders-1', 'orders-2'],
  ...(writerId && { writerId }),
  ...more,
})

const chainOf = (answer: Sighting['answer']) => (answer.kind === 'addresses' ? answer.chain : [])

describe('an instance', () => {
  it.each<[string, Sighting[], object]>([
    ['is unknown before the first look', [], { kind: 'unknown', why: 'no-answer', detail: 'not looked yet' }],
    ['is unknown when DNS fails', [seen(0, nothing('ESERVFAIL'))], { kind: 'unknown', detail: 'ESERVFAIL' }],
    [
      'is unknown when the answer is empty',
      [seen(0, answers())],
      { kind: 'unknown', why: 'no-answer', detail: 'an answer without addresses' },
    ],
    [
      'is unknown as soon as DNS fails, whatever it said before',
      [...every(1000, 9, answers(A)), seen(9000, nothing())],
      { kind: 'unknown' },
    ],
    [
      'is ambiguous with two addresses',
      [seen(0, answers(A, B))],
      { kind: 'unknown', why: 'ambiguous', detail: `${A}, ${B}` },
    ],
    [
      'is refused outside the allowed networks',
      [seen(0, answers('54.84.181.60'))],
      { kind: 'not-allowed', outside: ['54.84.181.60'] },
    ],
    [
      'is credible after one good answer',
      [seen(0, answers(A))],
      { kind: 'credible', addresses: [A], missing: 'more-answers' },
    ],
    ['is not settled by many answers in a short time', every(100, 50, answers(A)), { kind: 'credible' }],
    ['is not settled by few answers over a long time', every(6000, 2, answers(A)), { kind: 'credible' }],
    [
      'is settled by enough answers over more than the TTL',
      every(1000, 7, answers(A)),
      { kind: 'settled', because: 'answers-agree' },
    ],
    [
      'is settled in spite of a failed look in between',
      [...every(1000, 3, answers(A)), seen(3000, nothing()), ...every(1000, 3, answers(A), 4000)],
      { kind: 'settled' },
    ],
    [
      'begins anew with every change',
      [...every(1000, 20, answers(A)), ...every(1000, 5, answers(B), 20_000)],
      { kind: 'credible', addresses: [B] },
    ],
  ])('%s', (_fact, sightings, view) => {
    expect(settle(sightings, rules)).toMatchObject(view)
  })
})

describe('a proxy', () => {
  it('may have several addresses, in any order', () => {
    const sightings = [...every(1000, 6, answers(A, B)), seen(6000, answers(B, A))]
    expect(settle(sightings, { ...rules, kind: 'proxy' })).toMatchObject({ kind: 'settled', addresses: [A, B] })
  })

  const set = { ...rules, kind: 'hostname' as const }
  const C = '10.0.3.30'
  /** Two of three, in turn. */
  const rotating = (count: number, fromMs = 0) =>
    Array.from({ length: count }, (_, index) =>
      seen(fromMs + index * 1000, [answers(A, B), answers(B, C), answers(A, C)][index % 3] ?? answers(A)),
    )

  it.each<[string, Sighting[], object]>([
    ['is all that it answered within a span', rotating(7), { kind: 'settled', addresses: [A, B, C] }],
    ['is credible before a span has passed', rotating(6), { kind: 'credible', addresses: [A, B, C] }],
    ['is not settled by few answers', [seen(0, answers(A)), seen(6000, answers(A))], { kind: 'credible' }],
    ['counts the same record twice as one', every(1000, 7, answers(A, A)), { kind: 'settled', addresses: [A] }],
    [
      'does not take what left half a minute ago for an address again',
      [
        ...every(1000, 30, answers(A)),
        ...every(1000, 20, answers(B), 30_000),
        seen(50_000, answers(C)),
        seen(51_000, answers(B)),
      ],
      { addresses: [B, C] },
    ],
    [
      'keeps what has just left',
      [...every(1000, 7, answers(A, B)), ...every(1000, 5, answers(A), 7000)],
      { kind: 'settled', addresses: [A, B] },
    ],
    [
      'lets go of what was not answered for a span',
      [...every(1000, 7, answers(A, B)), ...every(1000, 7, answers(A), 7000)],
      { kind: 'settled', addresses: [A] },
    ],
    [
      'removes nothing for longer when an address came and went: DNS flaps',
      [...every(1000, 10, answers(A)), seen(10_000, answers(B)), ...every(1000, 40, answers(A), 11_000)],
      { kind: 'credible', addresses: [A] },
    ],
    [
      'lets go of what did not come back after a flap',
      [...every(1000, 10, answers(A)), seen(10_000, answers(B)), ...every(1000, 42, answers(A), 11_000)],
      { kind: 'settled', addresses: [A] },
    ],
    ['is unknown when the last answer is empty', [...rotating(7), seen(7000, answers())], { kind: 'unknown' }],
    ['is unknown when DNS fails', [...rotating(7), seen(7000, nothing())], { kind: 'unknown' }],
    ['is refused for one public address of several', [seen(0, answers(A, '54.84.181.60'))], { kind: 'not-allowed' }],
  ])('%s', (_fact, sightings, view) => {
    expect(settle(sightings, set)).toMatchObject(view)
  })

  it('is asked for longer than its TTL, in which it gives the same answer', () => {
    const slow = (count: number) =>
      every(1000, count, { ...answers(A), kind: 'addresses', addresses: [A], ttlSeconds: 20, chain: [] })
    expect(settle(slow(20), set)).toMatchObject({ kind: 'credible' })
    expect(settle(slow(22), set)).toMatchObject({ kind: 'settled' })
  })
})

describe('a cluster', () => {
  const cluster = { ...rules, kind: 'cluster' as const }
  const first = aliasTo('orders-1', A)
  const second = aliasTo('orders-2', B)

  it.each<[string, Sighting[], object]>([
    [
      'is settled when DNS and the API agree',
      [seen(0, first, vote(0, 'orders-1'))],
      { kind: 'settled', because: 'dns-and-rds-agree' },
    ],
    [
      'compares instance names without case',
      [seen(0, aliasTo('ORDERS-1', A), vote(0, 'Orders-1'))],
      { kind: 'settled' },
    ],
    [
      'is unsettled while they disagree',
      every(1000, 35, second).map(sighting => ({ ...sighting, vote: vote(sighting.atMs, 'orders-1') })),
      { kind: 'credible', missing: 'agreement' },
    ],
    [
      'is settled by DNS that agrees with itself for longer than it flaps, and says so',
      every(1000, 36, second).map(sighting => ({ ...sighting, vote: vote(sighting.atMs, 'orders-1') })),
      { kind: 'settled', because: 'dns-outlasts-rds' },
    ],
    [
      'is not settled by DNS as long against an API that has just changed its opinion',
      every(1000, 40, second).map(sighting => ({
        ...sighting,
        vote: vote(sighting.atMs, sighting.atMs < 10_000 ? 'orders-2' : 'orders-1'),
      })),
      { kind: 'credible', missing: 'agreement' },
    ],
    [
      'does not count a vote from before the change',
      [seen(0, first, vote(0, 'orders-1')), seen(1000, second, vote(0, 'orders-2'))],
      { kind: 'credible', missing: 'more-answers' },
    ],
    [
      'does not count agreement while it is failing over',
      [seen(0, first, vote(0, 'orders-1', { status: 'failing-over' }))],
      { kind: 'credible' },
    ],
    [
      'does not count a vote that names nobody',
      [seen(0, first, vote(0, undefined))],
      { kind: 'credible', missing: 'more-answers' },
    ],
    [
      'does not count a vote that cannot be compared',
      [seen(0, answers(A), vote(0, 'orders-1'))],
      { kind: 'credible', missing: 'more-answers' },
    ],
    [
      'compares addresses when the chain names no instance',
      [seen(0, answers(A), vote(0, 'orders-1', { writerAddresses: [A] }))],
      { kind: 'settled', because: 'dns-and-rds-agree' },
    ],
    [
      'disagrees when the writer instance has another address',
      [seen(0, answers(A), vote(0, 'orders-2', { writerAddresses: [B] }))],
      { kind: 'credible', missing: 'agreement' },
    ],
    [
      'disagrees when the answer names another instance, whatever address the API has for the writer',
      [seen(0, first, vote(0, 'orders-2', { writerAddresses: [A] }))],
      { kind: 'credible', missing: 'agreement' },
    ],
    ['is ambiguous with two addresses', [seen(0, answers(A, B))], { kind: 'unknown', why: 'ambiguous' }],
    [
      'is only settled by time after the answer came back',
      [seen(0, first), seen(1000, second), seen(2000, first, vote(2000, 'orders-1'))],
      { kind: 'credible', missing: 'more-answers' },
    ],
    [
      'is settled by time after the answer came back and stayed',
      [seen(0, first), seen(1000, second), ...every(1000, 36, first, 2000)],
      { kind: 'settled', because: 'answers-agree' },
    ],
    [
      'is not settled by less time than a flap may last after the answer came back',
      [seen(0, first), seen(1000, second), ...every(1000, 35, first, 2000)],
      { kind: 'credible', missing: 'more-answers' },
    ],
    [
      'is settled at once after the answer came back long after it had left: a fail-back',
      [seen(0, first), ...every(1000, 36, second, 1000), seen(37_000, first, vote(37_000, 'orders-1'))],
      { kind: 'settled', because: 'dns-and-rds-agree' },
    ],
    [
      'finds the instance behind two names of one’s own',
      [
        seen(
          0,
          { kind: 'addresses', addresses: [A], ttlSeconds: 5, chain: ['db.corp', 'db-a.prod.corp', ...chainOf(first)] },
          vote(0, 'orders-1'),
        ),
      ],
      { kind: 'settled', because: 'dns-and-rds-agree' },
    ],
    [
      'finds the instance by a member’s id where no cluster’s name is in the chain',
      [
        seen(
          0,
          { kind: 'addresses', addresses: [A], ttlSeconds: 5, chain: ['db.corp', 'other.corp', 'Orders-1.abc123.rds'] },
          vote(0, 'orders-1'),
        ),
      ],
      { kind: 'settled', because: 'dns-and-rds-agree' },
    ],
    [
      'takes no other name for an instance',
      [
        seen(
          0,
          { kind: 'addresses', addresses: [A], ttlSeconds: 5, chain: ['orders-1.corp', 'other.corp'] },
          vote(0, 'orders-1'),
        ),
      ],
      { kind: 'credible', missing: 'more-answers' },
    ],
    [
      'is credible by the API alone',
      [seen(0, nothing(), vote(0, 'orders-2', { writerAddresses: [B] }))],
      { kind: 'credible', addresses: [B], missing: 'agreement' },
    ],
    [
      'is credible by the API alone, whatever DNS said before',
      [seen(0, second), seen(1000, nothing(), vote(0, 'orders-2', { writerAddresses: [B] }))],
      { kind: 'credible', missing: 'agreement' },
    ],
    [
      'is unknown when the API does not know where the writer is',
      [seen(0, nothing(), vote(0, 'orders-2'))],
      { kind: 'unknown' },
    ],
  ])('%s', (_fact, sightings, view) => {
    expect(settle(sightings, cluster)).toMatchObject(view)
  })
})

describe('the instance in a chain', () => {
  const behind = (...chain: string[]) => instanceInChain({ kind: 'addresses', addresses: [A], ttlSeconds: 5, chain })

  it.each([
    ['the endpoint’s alias', ['orders.cluster-abc.example', 'Orders-1.abc.example'], 'orders-1'],
    [
      'behind a name of one’s own',
      ['db.shop.example', 'orders.cluster-abc.example', 'orders-1.abc.example'],
      'orders-1',
    ],
    [
      'behind a global endpoint',
      ['x.global-abc.global.example', 'y.cluster-abc.example', 'orders-2.abc.example'],
      'orders-2',
    ],
    [
      'whose second label only ends like a cluster’s',
      ['orders.cluster-abc.example', 'orders-1.my-cluster-abc.example'],
      'orders-1',
    ],
    ['not there', ['orders.cluster-abc.example'], undefined],
  ])('is %s', (_fact, chain, instance) => {
    expect(behind(...chain)).toBe(instance)
  })
})

describe('sets of addresses', () => {
  it.each([
    [[A, B], [B, A], true],
    [[A], [A, B], false],
    [[A, B], [A], false],
    [[A, B], [A, '10.0.9.9'], false],
  ])('%j and %j: the same is %s', (a, b, expected) => {
    expect(isSameSet(a, b)).toBe(expected)
  })
})

describe('a flap', () => {
  it.each([
    ['instance', 'credible'],
    ['hostname', 'credible'],
  ] as const)('is also a return after a name of an %s that meant nothing at first: %s', (kind, expected) => {
    const flapping = [
      seen(0, nothing('ENOTFOUND')),
      ...every(1000, 9, answers(B), 30_000),
      ...every(1000, 9, answers(A), 39_000),
    ]
    expect(settle(flapping, { ...rules, kind })).toMatchObject({ kind: expected })
    expect(settle(flapping.slice(1), { ...rules, kind })).toMatchObject({ kind: 'settled' })
  })

  it.each(['instance', 'cluster', 'hostname'] as const)(
    'of an %s may go on while nobody looks: only what was watched counts',
    kind => {
      const own = { ...rules, kind }
      const seenBack = [...every(1000, 9, answers(A)), seen(9000, answers(B)), ...every(1000, 2, answers(A), 10_000)]
      const looked = (count: number) => [...seenBack, ...every(1000, count, answers(A), 60_000)]
      expect(settle(looked(8), own)).toMatchObject({ kind: 'credible', addresses: [A] })
      expect(settle(looked(45), own)).toMatchObject({ kind: 'settled', addresses: [A] })
    },
  )

  it.each(['instance', 'cluster', 'hostname'] as const)(
    'of an %s may have begun at once after an address was seen last',
    kind => {
      const moved = [...every(1000, 9, answers(A)), ...every(1000, 2, answers(B), 9000)]
      const seenBack = [...moved, ...every(1000, 10, answers(A), 60_000)]
      expect(settle(seenBack, { ...rules, kind })).toMatchObject({ kind: 'credible', addresses: [A] })
    },
  )

  it('of a host name may be within its first millisecond', () => {
    const own = { ...rules, kind: 'hostname' as const }
    const looked = [seen(0, answers(A)), seen(0, answers(B)), ...every(1000, 9, answers(A), 1000)]
    expect(settle(looked, own)).toMatchObject({ kind: 'credible', addresses: [A] })
  })

  it('is waited out for as long as the configuration says', () => {
    const flapping = [
      seen(0, answers(A)),
      seen(1000, answers(B)),
      seen(2000, answers(A)),
      ...every(1000, 20, answers(B), 3000),
    ]
    expect(settle(flapping, rules)).toMatchObject({ kind: 'credible' })
    expect(settle(flapping, { ...rules, flapMs: 10_000 })).toMatchObject({ kind: 'settled', because: 'answers-agree' })
  })
})
