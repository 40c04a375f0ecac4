import { describe, expect, it } from 'vitest'
import type { Answer, Owner } from '../../functions/reconciler/core/model.ts'
import type { Reason } from '../../functions/reconciler/core/reasons.ts'
import { type Calm, createMemory, type Memory } from '../../functions/reconciler/memory.ts'
import type { Look } from '../../functions/reconciler/observe.ts'
import { AwsError } from '../../functions/reconciler/ports.ts'
import type { Progress } from '../../functions/reconciler/progress.ts'
import { calmAfter, recordAnswers, stillCalm } from '../../functions/reconciler/quiet.ts'
import { aliasTo, answers, createFakeDns, nothing } from '../fakes/fake-dns.ts'
import { A, aConfig, B } from '../fakes/world.ts'
import { aDoor, healthy, initial } from './core/builders.ts'
import { aCalm, aLook, beginning, deregisterA, deregisterB, endpoint, onB, registerB, seeing } from './rounds.ts'

const clockAt = (nowMs: number) => ({ now: () => nowMs, sleep: async () => undefined, random: () => 0 })

describe('all is still calm', () => {
  /** Asked at `nowMs`, when DNS says this of the endpoint and of other names. */
  const asked = async (memory: Memory, { nowMs = 100_000, now = answers(A), names = {} }: Asked = {}) => {
    const clock = clockAt(nowMs)
    return stillCalm(aConfig(), { dns: createFakeDns(clock, [[0, now]], names), clock }, memory)
  }
  interface Asked {
    nowMs?: number
    now?: Answer
    names?: Record<string, Answer>
  }
  const remembering = (calm?: Calm): Memory => ({ ...createMemory(), ...(calm && { calm }) })
  const member = 'one.abc123.eu-west-1.rds.amazonaws.com'
  const withMember = aCalm({
    answers: new Map([
      [endpoint, answers(A)],
      [member, answers(B)],
    ]),
  })

  it.each<[string, Calm | undefined, Asked, boolean]>([
    ['never without a memory', undefined, {}, false],
    ['from the moment of the read on', aCalm(), { nowMs: 90_000 }, true],
    ['not before it: the clock was set back', aCalm(), { nowMs: 89_999 }, false],
    ['until the memory ends', aCalm(), { nowMs: 389_999 }, true],
    ['no longer than that', aCalm(), { nowMs: 390_000 }, false],
    ['not when DNS names another address', aCalm(), { now: answers(B) }, false],
    ['not when DNS names one more', aCalm(), { now: answers(A, B) }, false],
    ['when DNS names the same in another order', aCalm({ answers: of(answers(A, B)) }), { now: answers(B, A) }, true],
    ['not when DNS has no answer', aCalm(), { now: nothing() }, false],
    ['not when DNS had none then either', aCalm({ answers: of(nothing()) }), { now: nothing() }, false],
    ['not when DNS had none then', aCalm({ answers: of(nothing()) }), {}, false],
    [
      'not when the path there is another',
      aCalm({ answers: of(aliasTo('one', A)) }),
      { now: aliasTo('two', A) },
      false,
    ],
    ['when every other name says the same', withMember, { names: { [member]: answers(B) } }, true],
    ['not when another name has moved', withMember, { names: { [member]: answers(A) } }, false],
    [
      'not when the endpoint was not asked then',
      aCalm({ answers: new Map([[member, answers(B)]]) }),
      { names: { [member]: answers(B) } },
      false,
    ],
    ['not when nothing was asked then', aCalm({ answers: new Map() }), {}, false],
  ])('%s', async (_when, calm, ask, expected) => {
    expect(await asked(remembering(calm), ask)).toBe(expected ? calm : undefined)
  })

  it('and leaves a sighting of the endpoint, which a later move is compared with', async () => {
    const memory = remembering(withMember)
    await asked(memory, { names: { [member]: answers(B) } })
    expect(memory.sightings).toEqual([{ atMs: 100_000, answer: answers(A) }])
  })

  it('and leaves none where AWS is asked: that run looks itself', async () => {
    const memory = remembering(aCalm())
    await asked(memory, { now: answers(B) })
    expect(memory.sightings).toEqual([])
  })
})

const of = (answer: Answer): ReadonlyMap<string, Answer> => new Map([[endpoint, answer]])

describe('what a run leaves', () => {
  const found = (more: Partial<Look> = {}): Progress => seeing(beginning, aLook(onB, [aDoor(healthy(B))], more))
  const all = of(answers(B))
  const left = (progress: Progress, { reason = 'already-in-sync', before, random = 0 }: End = {}) =>
    calmAfter(progress, { reason, before, answers: all, rememberMs: 300_000, nowMs: 101_000, random })
  interface End {
    reason?: Reason
    before?: Calm
    random?: number
  }
  const calm = {
    observation: { writer: onB, doors: [aDoor(healthy(B))] },
    answers: all,
    readMs: 100_000,
    untilMs: 100_000,
  }
  const owned = (owner: object): Partial<Look> => ({ owners: [{ ip: B, ...owner } as Owner] })
  const read = { readMs: 100_000 }
  const reader = { ...aDoor(), role: 'reader' as const, targetGroupArn: 'readers' }

  it.each<[string, Progress, End, Partial<Calm> | undefined]>([
    ['is over at once after the first run that finds all well', found(read), {}, {}],
    ['lasts after the second', found(read), { before: aCalm() }, { untilMs: 400_000 }],
    ['lasts less by chance, up to a quarter', found(read), { before: aCalm(), random: 0.5 }, { untilMs: 362_500 }],
    ['is well after a repoint, too', found(read), { reason: 'failover-followed' }, {}],
    [
      'is well where the owner is proved',
      found({ ...read, ...owned({ proof: 'proved', interfaceId: 'eni-1' }) }),
      {},
      {},
    ],
    [
      'has the members that were read',
      found({ ...read, members: [] }),
      {},
      { observation: { ...calm.observation, members: [] } },
    ],
    ['is nothing before a look', beginning, {}, undefined],
    ['is nothing where the run waits', found(read), { reason: 'throttled' }, undefined],
    ['is nothing where the run was held', found(read), { reason: 'paused' }, undefined],
    [
      'is nothing while the address of another database is in the pair',
      found(read),
      { reason: 'partner-disproved' },
      undefined,
    ],
    ['is nothing where the run itself only remembered', found({ ...read, isRemembered: true }), {}, undefined],
    [
      'is nothing while AWS does not say whose the address is',
      found({ ...read, ...owned({ proof: 'unanswered', why: 'denied' }) }),
      {},
      undefined,
    ],
    [
      'is nothing where one of several owners is not proved',
      found({
        ...read,
        owners: [
          { ip: A, proof: 'proved', interfaceId: 'eni-1' },
          { ip: B, proof: 'disproved', why: 'nobody' },
        ],
      }),
      {},
      undefined,
    ],
    [
      'is nothing while a write is not shown',
      { ...found(read), awaited: [{ step: deregisterB, sinceMs: 100_000 }] },
      {},
      undefined,
    ],
    ['is well once a write is shown', { ...found(read), awaited: [{ step: registerB, sinceMs: 100_000 }] }, {}, {}],
    ['is nothing while a write has no answer', { ...found(read), uncertain: [deregisterA] }, {}, undefined],
    [
      'is nothing after a refusal',
      { ...found(read), refused: [{ step: deregisterA, error: new Error('no') }] },
      {},
      undefined,
    ],
    [
      'is nothing with a fault',
      found({ ...read, faults: new Map([['vote', new AwsError('other', 'x')]]) }),
      {},
      undefined,
    ],
    [
      'is nothing while the writer is not healthy',
      seeing(beginning, aLook(onB, [aDoor(initial(B))], read)),
      {},
      undefined,
    ],
    [
      'is well however readers are',
      seeing(beginning, aLook(onB, [aDoor(healthy(B)), reader], read)),
      {},
      { observation: { writer: onB, doors: [aDoor(healthy(B)), reader] } },
    ],
  ])('%s', (_what, progress, end, expected) => {
    expect(left(progress, end)).toEqual(expected && { ...calm, ...expected })
  })

  it('does not change when later names are asked', () => {
    const asked = new Map(all)
    const end = {
      reason: 'already-in-sync',
      before: undefined,
      answers: asked,
      rememberMs: 1,
      nowMs: 0,
      random: 0,
    } as const
    const kept = calmAfter(found(), end)
    asked.set('later', answers(A))
    expect(kept?.answers).toEqual(all)
  })
})

describe('a recorded DNS', () => {
  it('answers as the one behind it, and keeps the last answer to each name', async () => {
    const script = [answers(A), answers(B), nothing()]
    const { dns, answers: kept } = recordAnswers({ resolve: async () => script.shift() ?? nothing('none left') })
    expect(await dns.resolve('one')).toEqual(answers(A))
    expect(await dns.resolve('one')).toEqual(answers(B))
    expect(await dns.resolve('two')).toEqual(nothing())
    expect([...kept]).toEqual([
      ['one', answers(B)],
      ['two', nothing()],
    ])
  })
})
