import { describe, expect, it } from 'vitest'
import type { Config } from '../../functions/reconciler/config.ts'
import type { DoorView, Owner, Ownership, Step, Weight } from '../../functions/reconciler/core/model.ts'
import { createFaultLog } from '../../functions/reconciler/faults.ts'
import { type AskedOwner, createMemory } from '../../functions/reconciler/memory.ts'
import { createOwnerReader } from '../../functions/reconciler/observe-owners.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { aCluster, aConfig, aWorld } from '../fakes/world.ts'
import { A, aDoor, B, C, draining, healthy, unknown } from './core/builders.ts'
import { deregisterA, registerB } from './rounds.ts'

const atMs = 10_000_000
const proved: Ownership = { proof: 'proved', interfaceId: 'eni-b' }
const disproved: Ownership = { proof: 'disproved', why: 'it belongs to eni-0bad' }
const unanswered: Ownership = { proof: 'unanswered', why: 'EC2 shows nothing' }
const throttled = new TransientError('throttled', 'Rate exceeded')
const denied = new AwsError('access-denied', 'Allow it')
const gone = new AwsError('not-found', 'gone')

type Said = Ownership | Error
/** An owner reader for which AWS says of every address what is `said` now; `remembered` is of B. */
const aReader = ({ config = aConfig(), remembered }: { config?: Config; remembered?: AskedOwner } = {}) => {
  const faults = createFaultLog()
  const memory = createMemory()
  if (remembered) memory.owners.set(B, remembered)
  const state: { nowMs: number; said: Said } = { nowMs: atMs, said: proved }
  const calls: unknown[] = []
  const told: Owner[] = []
  const { ports } = aWorld({ dns: [] })
  const reader = createOwnerReader(
    config,
    {
      ...ports,
      clock: { ...ports.clock, now: () => state.nowMs },
      telemetry: { ...ports.telemetry, notProved: owner => told.push(owner) },
      interfaces: {
        ...ports.interfaces,
        ownership: async (ips, database) => {
          calls.push([ips, database])
          const { said } = state
          if (said instanceof Error) throw said
          return new Map(ips.map(ip => [ip, said]))
        },
      },
    },
    { faults, memory },
  )
  return {
    ...reader,
    faults,
    memory,
    calls,
    told,
    /** Asks about B after a while, and is told so. */
    async asking(said: Said, afterMs = 0) {
      Object.assign(state, { said, nowMs: state.nowMs + afterMs })
      await reader.ask([B])
      return reader.known([B])
    },
    wait: (ms: number) => {
      state.nowMs += ms
    },
  }
}
const asked = (ownership: Ownership, more: Partial<AskedOwner> = {}): AskedOwner =>
  ({ ...ownership, atMs, silentSinceMs: atMs, ...more }) as AskedOwner

describe('AWS is asked whose an address is', () => {
  it.each<[string, Config, object]>([
    ['instance', aConfig(), { kind: 'instance', id: 'orders' }],
    ['cluster', aCluster(), { kind: 'cluster', id: 'orders' }],
  ])('of the %s, all addresses in one call', async (_kind, config, database) => {
    const reader = aReader({ config })
    await reader.ask([A, B])
    expect(reader.calls).toEqual([[[A, B], database]])
    expect(reader.known([B, C, A])).toEqual([
      { ip: B, ...proved },
      { ip: A, ...proved },
    ])
  })

  it.each(['proxy', 'hostname'] as const)('but not of a %s', async kind => {
    const arn = 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-0123456789abcdef0'
    const reader = aReader({ config: aConfig({ database: kind === 'proxy' ? { kind, arn } : { kind } }) })
    expect(await reader.asking(proved)).toEqual([])
    expect(reader.calls).toEqual([])
  })

  it.each<[string, Error, boolean]>([
    ['asks to wait, which is no fault', throttled, false],
    ['refuses, which is a fault', denied, true],
    ['finds no database, which is no fault: it may be between two names', gone, false],
  ])('and does not answer where it %s', async (_what, error, isFault) => {
    const reader = aReader()
    expect(await reader.asking(error)).toEqual([{ ip: B, proof: 'unanswered', why: error.message }])
    expect(reader.faults.has('owner')).toBe(isFault)
  })

  it('and a fault is over when it answers', async () => {
    const reader = aReader()
    await reader.asking(denied)
    await reader.asking(proved)
    expect(reader.faults.has('owner')).toBe(false)
  })

  it('and an error of our own is not taken for no answer', async () => {
    await expect(aReader().asking(new TypeError('a defect'))).rejects.toThrow('a defect')
  })
})

describe('an answer is good', () => {
  it.each<[string, Ownership, number, boolean]>([
    ['for a minute where it proves the address', proved, 59_999, true],
    ['no longer than that', proved, 60_000, false],
    ['not when the clock was set back behind it', proved, -1, false],
    ['until there is another where it disproves the address', disproved, 10_000_000, true],
    ['until there is another where it is none', unanswered, 10_000_000, true],
  ])('%s', (_howLong, ownership, ageMs, isKnown) => {
    const reader = aReader({ remembered: asked(ownership) })
    reader.wait(ageMs)
    expect(reader.known([B])).toEqual(isKnown ? [{ ip: B, ...ownership }] : [])
  })

  it('for as long as it stays in memory: the next question about others drops those of ten minutes ago', async () => {
    const reader = aReader({ remembered: asked(disproved) })
    reader.wait(599_999)
    await reader.ask([A])
    expect([...reader.memory.owners.keys()]).toEqual([B, A])
    reader.wait(1)
    await reader.ask([A])
    expect([...reader.memory.owners.keys()]).toEqual([A])
  })
})

describe('silence after an answer', () => {
  const silent = { ip: B, proof: 'unanswered', why: 'Rate exceeded' }

  it.each<[string, AskedOwner | undefined, number, object]>([
    ['is silence where there was no answer', undefined, 0, silent],
    ['takes a proof back', asked(proved), 1000, silent],
    ['does not take a disproof back', asked(disproved), 599_999, { ip: B, ...disproved }],
    ['takes a disproof back after ten minutes of silence', asked(disproved), 600_000, silent],
    ['takes a disproof back where the clock was set back', asked(disproved), -1, silent],
  ])('%s', async (_how, remembered, afterMs, expected) => {
    const reader = aReader(remembered && { remembered })
    expect(await reader.asking(throttled, afterMs)).toEqual([expected])
  })

  it.each<[string, AskedOwner | undefined, Said, number]>([
    ['from the first answer that is missing', asked(unanswered, { silentSinceMs: atMs - 5000 }), throttled, 5000],
    ['from the disproof that still stands', asked(disproved, { silentSinceMs: atMs - 5000 }), throttled, 5000],
    ['from now where a proof is taken back', asked(proved, { silentSinceMs: atMs - 5000 }), throttled, 0],
    ['from now where nothing was known', undefined, throttled, 0],
    ['from now where the same is said again', asked(disproved, { silentSinceMs: atMs - 5000 }), disproved, 0],
    ['from now where another is said', asked(unanswered, { silentSinceMs: atMs - 5000 }), disproved, 0],
  ])('counts %s', async (_from, remembered, said, expected) => {
    const reader = aReader(remembered && { remembered })
    await reader.asking(said)
    const { atMs: askedMs, silentSinceMs = Number.NaN } = reader.memory.owners.get(B) ?? {}
    expect([askedMs, atMs - silentSinceMs]).toEqual([atMs, expected])
  })
})

describe('the log has of an address', () => {
  it.each<[string, readonly Said[], readonly Said[]]>([
    ['nothing where it is proved', [proved, proved], []],
    ['that there is no answer, once', [unanswered, unanswered], [unanswered]],
    ['that it is disproved, once, though silence follows', [disproved, disproved, throttled], [disproved]],
    ['each change for the worse', [unanswered, disproved, proved, disproved], [unanswered, disproved, disproved]],
  ])('%s', async (_what, said, expected) => {
    const reader = aReader()
    for (const answer of said) await reader.asking(answer)
    expect(reader.told).toEqual(expected.map(answer => ({ ...answer, ip: B })))
  })
})

const listenerArn = 'listener'
const group = (targetGroupArn: string, weight: number, ...registrations: DoorView['registrations']): DoorView => ({
  ...aDoor(...registrations),
  strategy: 'weighted',
  listenerArn,
  targetGroupArn,
  weight,
})
const weigh = (...weights: number[]): Step => ({
  kind: 'set-weights',
  listenerArn,
  weights: weights.map((weight, index): Weight => ({ targetGroupArn: `g${index + 1}`, weight })),
})
const remember: Step = {
  kind: 'remember',
  targetGroupArn: 'g1',
  pair: [{ ip: B, interfaceId: 'eni-b', subnetId: 's' }],
}

describe('before the steps, AWS is asked about', () => {
  const onA = [aDoor(healthy(A))]
  const onAandB = [aDoor(healthy(A), healthy(B))]
  const weighted = [group('g1', 1, healthy(A)), group('g2', 0, healthy(B), draining(C))]
  const old = (ownership: Ownership, ms: number, silentMs = 0) =>
    asked(ownership, { atMs: atMs - ms, silentSinceMs: atMs - silentMs })

  it.each<[string, readonly Step[], readonly DoorView[], readonly string[], AskedOwner | undefined, string[]]>([
    ['what they register', [registerB], onA, [], undefined, [B]],
    ['each address once', [registerB], onA, [B, B], undefined, [B]],
    ['nothing without steps', [], onA, [B], undefined, []],
    ['what DNS names and nobody registered, for which others leave', [deregisterA], onA, [B], undefined, [B]],
    ['what DNS names and is draining', [deregisterA], [aDoor(healthy(A), draining(B))], [B], undefined, [B]],
    ['nothing that is registered and leaves', [deregisterA], onAandB, [B], undefined, []],
    ['what gets weight', [weigh(0, 1)], weighted, [], undefined, [B]],
    ['nothing that has weight already', [weigh(1, 0)], weighted, [], undefined, []],
    ['nothing that gets none', [weigh(1, 0)], [group('g1', 1), group('g2', 0, healthy(B))], [], undefined, []],
    ['nothing that is remembered', [remember], onA, [], undefined, []],
    ['nothing that was proved just now', [registerB], onA, [], asked(proved), []],
    ['what was proved a minute ago', [registerB], onA, [], old(proved, 60_000), [B]],
    ['nothing that was proved, without steps', [], onA, [B], old(proved, 60_000), []],
    ['nothing that was disproved just now', [registerB], onA, [B], old(disproved, 4999), []],
    ['what was disproved five intervals ago', [registerB], onA, [], old(disproved, 5000), [B]],
    ['what was disproved and DNS names, without steps', [], onA, [B], old(disproved, 5000), [B]],
    [
      'what was disproved and is registered, for as long as that is',
      [],
      onAandB,
      [B],
      old(disproved, 5000, 900_000),
      [B],
    ],
    ['nothing that was not answered just now', [registerB], onA, [B], old(unanswered, 4999), []],
    ['what was not answered five intervals ago', [registerB], onA, [], old(unanswered, 5000), [B]],
    ['what was not answered and is not registered, however long', [], onA, [B], old(unanswered, 5000, 900_000), [B]],
    ['what was not answered and is registered', [], onAandB, [B], old(unanswered, 5000, 599_999), [B]],
    [
      'nothing that is registered and was not answered for ten minutes',
      [],
      onAandB,
      [B],
      old(unanswered, 5000, 600_000),
      [],
    ],
  ])('%s', (_what, steps, doors, named, remembered, expected) => {
    const reader = aReader(remembered && { remembered })
    expect(reader.open(steps, { writer: unknown, doors }, named)).toEqual(expected)
  })

  it('nothing where no proof is asked for', () => {
    const reader = aReader({ config: aConfig({ ownerProof: 'off' }) })
    expect(reader.open([registerB], { writer: unknown, doors: onA }, [B])).toEqual([])
  })

  it('first what is new, then what was asked about before', () => {
    const reader = aReader({ remembered: old(unanswered, 5000) })
    const registerAll = { ...registerB, targets: [B, C].map(ip => ({ ip, port: 5432 })) } as Step
    expect(reader.open([registerAll], { writer: unknown, doors: onA }, [])).toEqual([C, B])
  })
})

describe('a step is proved', () => {
  const doors = [group('g1', 1, healthy(A)), group('g2', 0, healthy(B))]

  it.each<[string, Step, Config['ownerProof'], AskedOwner | undefined, boolean]>([
    ['where its address is', registerB, 'when-possible', asked(proved), true],
    ['where its address is, and has to be', registerB, 'required', asked(proved), true],
    ['not where nobody asked', registerB, 'when-possible', undefined, false],
    ['not by a proof of a minute ago', registerB, 'when-possible', asked(proved, { atMs: atMs - 60_000 }), false],
    ['where AWS does not answer', registerB, 'when-possible', asked(unanswered), true],
    ['not where AWS does not answer, and has to', registerB, 'required', asked(unanswered), false],
    ['not where it is disproved', registerB, 'when-possible', asked(disproved), false],
    ['always where no proof is asked for', registerB, 'off', asked(disproved), true],
    ['where it removes', { ...registerB, kind: 'deregister' } as Step, 'required', undefined, true],
    ['not where it gives weight to what was not asked about', weigh(0, 1), 'when-possible', undefined, false],
    ['where it gives weight to what is proved', weigh(0, 1), 'when-possible', asked(proved), true],
    ['where it leaves the weight as it is', weigh(1, 0), 'when-possible', undefined, true],
  ])('%s', (_where, step, ownerProof, remembered, expected) => {
    const reader = aReader({ config: aConfig({ ownerProof }), ...(remembered && { remembered }) })
    expect(reader.isProved(step, doors)).toBe(expected)
  })

  it('only where each of its addresses is', async () => {
    const reader = aReader()
    const both = { ...registerB, targets: [B, C].map(ip => ({ ip, port: 5432 })) } as Step
    await reader.ask([B])
    expect(reader.isProved(both, [])).toBe(false)
    await reader.ask([C])
    expect(reader.isProved(both, [])).toBe(true)
  })
})
