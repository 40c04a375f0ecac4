import { describe, expect, it } from 'vitest'
import type { Config } from '../../functions/reconciler/config.ts'
import type {
  DoorView,
  Neighbourhood,
  NetworkInterface,
  Remembered,
  Step,
} from '../../functions/reconciler/core/model.ts'
import { createFaultLog } from '../../functions/reconciler/faults.ts'
import { createMemory, type Memory } from '../../functions/reconciler/memory.ts'
import { type Ages, createDoorReader } from '../../functions/reconciler/observe-doors.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { full, groups, listenerArn, one, swapDoor, three, two, weigh, weightedDoor } from '../fakes/cluster-world.ts'
import { aCluster, aConfig, aWorld } from '../fakes/world.ts'
import { A, B, C, interfaceAt, port, writerGroup } from './core/builders.ts'
import { deregisterA, registerB } from './rounds.ts'

const startMs = 10_000_000
const throttled = new TransientError('throttled', 'Rate exceeded')
const unreachable = new TransientError('unavailable', 'socket hang up')
const denied = new AwsError('access-denied', 'denied')
const minute: Ages = { maxMs: 60_000, spareMaxMs: 600_000, tagMaxMs: 600_000, patienceMs: 600_000 }
const always: Ages = { maxMs: 0, spareMaxMs: 0, tagMaxMs: 0, patienceMs: 600_000 }
const forLong: Ages = { maxMs: 1e9, spareMaxMs: 1e9, tagMaxMs: 1e9, patienceMs: 600_000 }

/** A reader of front doors, at a time of ours, and what it asks of AWS: the kind of call, and the end of the ARN. */
const aReader = (config: Config, memory: Memory = createMemory()) => {
  const world = aWorld({ dns: [], config })
  const faults = createFaultLog()
  const time = { nowMs: startMs, random: 0.5 }
  const asked: string[] = []
  const said: Said = { owners: [], neighbourhood: { isMultiAz: true, interfaces: [] } }
  const answer = <T>(found: T | Error): T => {
    if (found instanceof Error) throw found
    return found
  }
  const { interfaces: before, clock, frontDoor } = world.ports
  const interfaces = {
    ...before,
    owners: async (ips: readonly string[]) => {
      asked.push(`owners ${ips}`)
      return answer(said.owners)
    },
    neighbourhood: async () => {
      asked.push('neighbourhood')
      return answer(said.neighbourhood)
    },
  }
  const noted = <T>(kind: string, read: (arn: string) => Promise<T>) => {
    return (arn: string) => {
      asked.push(`${kind} ${arn.slice(-1)}`)
      return read(arn)
    }
  }
  const ports = {
    ...world.ports,
    interfaces,
    clock: { ...clock, now: () => time.nowMs, random: () => time.random },
    frontDoor: {
      ...frontDoor,
      registrations: noted('group', frontDoor.registrations),
      weights: noted('listener', frontDoor.weights),
      remembered: noted('tag', frontDoor.remembered),
    },
  }
  const doors = createDoorReader(config, ports, { faults, memory })
  const since = async (read: () => Promise<TransientError | undefined>) => {
    const before = asked.length
    const hindrance = await read()
    return { asked: asked.slice(before), hindrance }
  }
  return {
    ...doors,
    world,
    faults,
    memory,
    time,
    said,
    /** Reads after a while. @returns what was asked of AWS. */
    after: async (ms: number, ages: Ages = minute, writerIps: readonly string[] = []) => {
      time.nowMs += ms
      return (await since(() => doors.read(ages, writerIps))).asked
    },
    reading: (ages: Ages = minute, writerIps: readonly string[] = []) => since(() => doors.read(ages, writerIps)),
    readingFor: (steps: readonly Step[], writerIps: readonly string[] = []) =>
      since(() => doors.readFor(steps, writerIps)),
  }
}
interface Said {
  owners: readonly NetworkInterface[] | undefined | Error
  neighbourhood: Neighbourhood | undefined | Error
}

const aSwap = (memory?: Memory) => {
  const reader = aReader(aConfig(), memory)
  reader.world.frontDoor.put({ ip: A, port }, 'healthy')
  return reader
}
const aWeighted = (door: object = weightedDoor, memory?: Memory) => {
  const reader = aReader(aCluster({ frontDoors: [door as typeof weightedDoor] }), memory)
  full(reader.world)
  weigh(reader.world, 1, 0, 0)
  return reader
}
const registerIn = (targetGroupArn: string): Step => ({
  kind: 'register',
  targetGroupArn,
  listenerArn,
  targets: [{ ip: B, port }],
})
const toTwo: Step = {
  kind: 'set-weights',
  listenerArn,
  weights: groups.map(targetGroupArn => ({ targetGroupArn, weight: targetGroupArn === two ? 1 : 0 })),
}
const everything = ['listener f', 'group 1', 'group 2', 'group 3']

describe('a target group is read', () => {
  it.each<[string, number, boolean]>([
    ['not again before it is as old as it may be', 59_999, false],
    ['again when it is', 60_000, true],
  ])('%s', async (_when, ms, isRead) => {
    const reader = aSwap()
    expect(await reader.after(0)).toEqual(['group f'])
    expect(await reader.after(ms)).toEqual(isRead ? ['group f'] : [])
  })

  it('not again by a later run that may take it from memory, which is not fresh', async () => {
    const first = aSwap()
    await first.after(0)
    const later = aSwap(first.memory)
    expect(await later.after(59_999)).toEqual([])
    expect(later.views()).toEqual(first.views())
    expect(later.readMs()).toBe(startMs)
    expect([first.isFresh(registerB), later.isFresh(registerB)]).toEqual([true, false])
  })

  it('again by a later run when the clock was set back', async () => {
    const first = aSwap()
    await first.after(0)
    expect(await aSwap(first.memory).after(-1)).toEqual(['group f'])
    expect(await aSwap(first.memory).after(0)).toEqual([])
  })

  it('again after it was written', async () => {
    const reader = aSwap()
    await reader.after(0)
    reader.forget({ ...registerB, targetGroupArn: 'another' })
    expect(await reader.after(1)).toEqual([])
    const before = reader.views()
    reader.forget(registerB)
    expect(reader.views()).toEqual(before)
    expect(reader.readMs()).toBe(Number.NEGATIVE_INFINITY)
    expect(await reader.after(1)).toEqual(['group f'])
  })
})

describe('a target group that was not read', () => {
  it('has no age and is not seen, though it was written', () => {
    for (const reader of [aSwap(), aWeighted()]) {
      for (const step of [registerB, toTwo]) reader.forget(step)
      expect(reader.readMs()).toBe(Number.NEGATIVE_INFINITY)
      expect(reader.views()).toEqual([])
    }
  })
})

describe('behind a listener with weights', () => {
  it.each<[string, number, string[]]>([
    ['nothing is read again that is young enough', 59_999, []],
    ['the listener and the group with weight are read again', 60_000, ['listener f', 'group 1']],
    ['those without weight not before the longer time', 599_999, ['listener f', 'group 1']],
    ['all is read again after the longer time', 600_000, everything],
  ])('%s', async (_what, ms, expected) => {
    const reader = aWeighted()
    expect(await reader.after(0)).toEqual(everything)
    expect(await reader.after(ms)).toEqual(expected)
  })

  it('the group that has got weight is read, and the one that lost it is not', async () => {
    const reader = aWeighted()
    await reader.after(0)
    weigh(reader.world, 0, 0, 1)
    expect(await reader.after(60_000)).toEqual(['listener f', 'group 3'])
  })

  it('what serves the writer is as old as its oldest part, and the groups without weight do not count', async () => {
    const reader = aWeighted()
    await reader.after(0)
    await reader.after(60_000)
    expect(reader.readMs()).toBe(startMs + 60_000)
    reader.learn(listenerArn, [{ targetGroupArn: two, weight: 1 }])
    expect(reader.readMs()).toBe(startMs)
  })

  it('the answer to a write is as good as a read', async () => {
    const reader = aWeighted()
    reader.learn('another', [])
    await reader.after(0)
    reader.forget(toTwo)
    reader.time.nowMs += 1000
    weigh(reader.world, 0, 1, 0)
    reader.learn(listenerArn, [{ targetGroupArn: two, weight: 1 }])
    expect(reader.views().map(({ weight }) => weight)).toEqual([0, 1, 0])
    expect(reader.isFresh(toTwo)).toBe(true)
    expect(await reader.after(59_999)).toEqual(['group 2'])
    expect(await reader.after(1)).toEqual(['listener f'])
  })

  it('the answer to a write is fresh though this run has not read the listener', async () => {
    const first = aWeighted()
    await first.after(0)
    const later = aWeighted(weightedDoor, first.memory)
    later.learn(listenerArn, [{ targetGroupArn: two, weight: 1 }])
    expect((await later.readingFor([toTwo])).asked).toEqual(['group 2'])
    expect(later.isFresh(toTwo)).toBe(true)
  })

  it('a change of weights is forgotten without the groups', async () => {
    const reader = aWeighted()
    await reader.after(0)
    reader.forget(toTwo)
    expect(await reader.after(1)).toEqual(['listener f'])
  })
})

describe('a front door is seen', () => {
  const base = { role: 'writer', strategy: 'weighted', listenerArn, port } as const
  const member = (targetGroupArn: string, ip: string, weight: number): DoorView => ({
    ...base,
    targetGroupArn,
    registrations: [{ ip, port, state: 'healthy' }],
    weight,
    hasStrays: false,
  })
  const all = [member(one, A, 1), member(two, B, 0), member(three, C, 0)]

  it.each<[string, object, readonly DoorView[]]>([
    ['group by group, with its weight', {}, all],
    ['with its overlap', { overlap: true }, all.map(door => ({ ...door, overlap: true }))],
    ['without an overlap that is off', { overlap: false }, all],
    ['with the members to leave out', { exclude: ['three'] }, all.map(door => ({ ...door, exclude: ['three'] }))],
  ])('%s', async (_how, settings, expected) => {
    const reader = aWeighted({ ...weightedDoor, ...settings })
    await reader.after(0)
    expect(reader.views()).toEqual(expected)
  })

  it.each<[string, number, boolean]>([
    ['with strays where the listener sends to another group', 1, true],
    ['without strays where another group has no weight', 0, false],
  ])('%s', async (_how, weight, hasStrays) => {
    const reader = aWeighted()
    reader.world.frontDoor.putWeights(listenerArn, [
      { targetGroupArn: one, weight: 1 },
      { targetGroupArn: 'x', weight },
    ])
    await reader.after(0)
    expect(reader.views().map(door => door.hasStrays)).toEqual([hasStrays, hasStrays, hasStrays])
  })

  it.each<[string, object, object]>([
    ['for readers', {}, {}],
    ['for readers, or the writer where there is none', { writerWhenAlone: true }, { writerWhenAlone: true }],
    ['for readers alone', { writerWhenAlone: false }, {}],
    ['for readers but one', { exclude: ['three'] }, { exclude: ['three'] }],
  ])('%s', async (_who, settings, expected) => {
    const door = { role: 'reader', strategy: 'swap', targetGroupArn: writerGroup, port } as const
    const reader = aReader(aCluster({ frontDoors: [{ ...door, ...settings }] }))
    await reader.after(0)
    expect(reader.views()).toEqual([{ ...door, registrations: [], ...expected }])
  })

  it('only when every part was read once', async () => {
    const reader = aWeighted()
    reader.world.frontDoor.failNext('registrations', throttled, 'before', three)
    expect(await reader.reading()).toEqual({ asked: everything, hindrance: throttled })
    expect(reader.views()).toEqual([])
    await reader.after(1000)
    expect(reader.views()).toEqual(all)
  })

  it('not where AWS refused it, which is a fault, while the others go on', async () => {
    const reader = aReader(aConfig({ frontDoors: [swapDoor(one), swapDoor(two)] }))
    reader.world.frontDoor.failNext('registrations', denied, 'before', one)
    expect((await reader.reading()).hindrance).toBeUndefined()
    expect([...reader.faults.all()]).toEqual([[one, denied]])
    expect(reader.views().map(({ targetGroupArn }) => targetGroupArn)).toEqual([two])
    expect(await reader.after(60_000)).toEqual(['group 2'])
    expect((await reader.readingFor([{ ...registerB, targetGroupArn: one }])).asked).toEqual([])
    expect(reader.isFresh({ ...registerB, targetGroupArn: one })).toBe(false)
  })
})

describe('a reading that AWS turned away', () => {
  const broken = async () => {
    const reader = aWeighted()
    reader.world.frontDoor.failNext('registrations', throttled, 'before', two)
    expect(await reader.reading(always)).toEqual({ asked: everything.slice(0, 3), hindrance: throttled })
    return reader
  }

  it.each<[string, number, string[]]>([
    ['goes on where it was', 180_000, ['group 2', 'group 3']],
    ['begins again after three minutes', 180_001, everything],
  ])('%s', async (_how, ms, expected) => {
    const reader = await broken()
    expect(await reader.after(ms, always)).toEqual(expected)
  })

  it('counts as fresh where it was read', async () => {
    const reader = await broken()
    expect([reader.isFresh(registerIn(one)), reader.isFresh(registerIn(two))]).toEqual([true, false])
    await reader.after(180_000, always)
    expect([reader.isFresh(registerIn(one)), reader.isFresh(registerIn(two))]).toEqual([true, true])
  })

  it('is remembered by later runs', async () => {
    expect((await broken()).memory.refusedMs).toBe(startMs)
  })

  it('is not remembered where AWS was out of reach', async () => {
    const reader = aSwap()
    reader.world.frontDoor.failNext('registrations', unreachable)
    expect((await reader.reading()).hindrance).toBe(unreachable)
    expect(reader.memory.refusedMs).toBeUndefined()
  })

  /** All was read; then AWS turns away what only confirms. @returns for how long it is left alone, by 5 s. */
  const pauseAfter = async (reader: ReturnType<typeof aSwap>, error = throttled) => {
    reader.world.frontDoor.failNext('registrations', error)
    await reader.after(60_000)
    for (let ms = 5000; ms < 1_000_000; ms += 5000) if ((await reader.after(5000, always)).length > 0) return ms
    return Number.NaN
  }

  it.each<[string, number, TransientError, number]>([
    ['is left alone for 75 s on average, where it only confirms', 0.5, throttled, 75_000],
    ['is left alone for 150 s at most', 0.999, throttled, 150_000],
    ['is asked for again at once where AWS was out of reach', 0.5, unreachable, 5000],
  ])('%s', async (_how, random, error, expected) => {
    const reader = aSwap()
    reader.time.random = random
    await reader.after(0)
    expect(await pauseAfter(reader, error)).toBe(expected)
  })

  it('is left alone for longer the second time, and says each time that AWS asked to wait', async () => {
    const reader = aSwap()
    await reader.after(0)
    reader.world.frontDoor.failNext('registrations', throttled)
    await reader.after(60_000)
    expect(await reader.reading(always)).toEqual({ asked: [], hindrance: throttled })
    reader.world.frontDoor.failNext('registrations', throttled)
    expect(await reader.after(75_000)).toEqual(['group f'])
    expect(await reader.after(119_999, always)).toEqual([])
    expect(await reader.after(1, always)).toEqual(['group f'])
  })

  it('is not spoken of while nothing is old', async () => {
    const reader = aSwap()
    await reader.after(0)
    reader.world.frontDoor.failNext('registrations', throttled)
    await reader.after(60_000)
    expect(await reader.reading(forLong)).toEqual({ asked: [], hindrance: undefined })
  })

  it('is left alone as the first time once AWS has served it', async () => {
    const reader = aSwap()
    await reader.after(0)
    expect(await pauseAfter(reader)).toBe(75_000)
    expect(await pauseAfter(reader)).toBe(75_000)
  })

  it('is asked for at once where a step depends on it', async () => {
    const reader = aSwap()
    await reader.after(0)
    reader.world.frontDoor.failNext('registrations', throttled)
    await reader.after(60_000)
    expect(await reader.readingFor([registerB])).toEqual({ asked: ['group f'], hindrance: undefined })
  })

  it('is asked for at once where it was never read', async () => {
    const reader = aSwap()
    reader.world.frontDoor.failNext('registrations', throttled)
    await reader.after(0)
    expect(await reader.after(1)).toEqual(['group f'])
  })
})

describe('right before a write is read', () => {
  it.each<[string, Step, string[]]>([
    ['the listener and the group of a registration', registerIn(two), ['listener f', 'group 2']],
    ['the listener and the group that gets weight', toTwo, ['listener f', 'group 2']],
    ['nothing for a step elsewhere', registerB, []],
  ])('%s', async (_what, step, expected) => {
    const reader = aWeighted()
    await reader.after(0)
    reader.time.nowMs += 1
    expect((await reader.readingFor([step])).asked).toEqual(expected)
    expect(reader.isFresh(step)).toBe(expected.length > 0)
  })

  it('what two steps depend on, once', async () => {
    const reader = aWeighted()
    expect((await reader.readingFor([registerIn(two), toTwo])).asked).toEqual(['listener f', 'group 2'])
  })

  it('nothing of another front door, which stays as fresh as it was', async () => {
    const reader = aReader(aConfig({ frontDoors: [swapDoor(one), swapDoor(two)] }))
    const first = { ...registerB, targetGroupArn: one }
    const second = { ...registerB, targetGroupArn: two }
    await reader.after(0)
    reader.time.nowMs += 1
    expect((await reader.readingFor([second])).asked).toEqual(['group 2'])
    expect([reader.isFresh(first), reader.isFresh(second)]).toEqual([true, true])
    expect((await reader.readingFor([first, second])).asked).toEqual(['group 1'])
  })

  it('what AWS hinders is said', async () => {
    const reader = aSwap()
    reader.world.frontDoor.failNext('registrations', unreachable)
    expect((await reader.readingFor([registerB])).hindrance).toBe(unreachable)
  })
})

describe('what a step was decided on', () => {
  it.each<[string, Step | undefined, number, boolean]>([
    ['is old at the next look', undefined, 1, false],
    ['stays fresh where AWS turned the step away', registerB, 1, true],
    ['stays fresh for three minutes', registerB, 180_000, true],
    ['is old after that', registerB, 180_001, false],
    ['is old where a step elsewhere was turned away', { ...registerB, targetGroupArn: 'another' }, 1, false],
  ])('%s', async (_how, kept, ms, isFresh) => {
    const reader = aSwap()
    await reader.after(0)
    if (kept) reader.keep(kept)
    await reader.after(ms, forLong)
    expect(reader.isFresh(registerB)).toBe(isFresh)
  })

  it('is fresh in the look itself, until it is written', async () => {
    const reader = aSwap()
    await reader.after(0)
    expect([reader.isFresh(registerB), reader.isFresh(deregisterA)]).toEqual([true, true])
    reader.forget(registerB)
    expect(reader.isFresh(deregisterA)).toBe(false)
  })
})

describe('of a pair', () => {
  const standby = { ...swapDoor(writerGroup), strategy: 'standby' as const }
  const remember: Step = { kind: 'remember', targetGroupArn: writerGroup, pair: [] }
  const remembered = (ip: string): Remembered => ({ ip, interfaceId: `eni-${ip}`, subnetId: `subnet-${ip}` })
  const abroad = interfaceAt('54.84.181.60')
  const aPair = (...ips: string[]) => aLaterPair(undefined, ...ips)
  const aLaterPair = (memory: Memory | undefined, ...ips: string[]) => {
    const reader = aReader(aConfig({ frontDoors: [standby] }), memory)
    reader.world.frontDoor.put({ ip: A, port }, 'healthy')
    reader.world.frontDoor.put({ ip: C, port }, 'draining')
    reader.world.frontDoor.putPair(writerGroup, ips.map(remembered))
    reader.said.owners = [interfaceAt(A), interfaceAt(B)]
    return reader
  }
  const pairOf = ({ views }: ReturnType<typeof aPair>) => views()[0]?.pair

  it('whose the remembered, the registered and the writer’s addresses are is asked once each', async () => {
    const reader = aPair(A, B)
    expect(await reader.after(0, minute, [A])).toEqual(['group f', 'tag f', `owners ${A},${B}`])
    expect(pairOf(reader)).toEqual({ remembered: [A, B].map(remembered), owners: [interfaceAt(A), interfaceAt(B)] })
  })

  it.each<[string, string[], string[], string[]]>([
    ['who else is around is not asked where the partner is known', [A, B], [A], [`owners ${A},${B}`]],
    ['who else is around is asked where it is not', [A], [A], [`owners ${A}`, 'neighbourhood']],
    ['who else is around is asked where one of two partners is not', [A, B], [A, C], [`owners ${A},${B},${C}`]],
    ['who else is around is not asked where the writer is not known', [], [], [`owners ${A}`]],
  ])('%s', async (_who, pair, writerIps, expected) => {
    expect((await aPair(...pair).after(0, minute, writerIps)).slice(2)).toEqual(expected)
  })

  it('nobody is asked for where there is no address', async () => {
    const reader = aReader(aConfig({ frontDoors: [standby] }))
    expect(await reader.after(0)).toEqual(['group f', 'tag f'])
    expect(pairOf(reader)).toEqual({ remembered: [], owners: [] })
  })

  it.each<[string, Said['owners'], object]>([
    [
      'who has addresses outside the allowed networks is left out',
      [interfaceAt(A), abroad],
      { owners: [interfaceAt(A)] },
    ],
    ['nothing is said where RDS names no VPC', undefined, {}],
  ])('%s', async (_what, owners, expected) => {
    const reader = aPair(A, B)
    reader.said.owners = owners
    await reader.after(0)
    expect(pairOf(reader)).toEqual({ remembered: [A, B].map(remembered), ...expected })
    expect([...reader.faults.all()]).toEqual([])
  })

  it('the registrations are worth having without whose they are, which is a fault until AWS answers', async () => {
    const reader = aPair(A, B)
    reader.said.owners = denied
    expect((await reader.reading()).hindrance).toBeUndefined()
    expect(reader.views()).toEqual([
      { ...standby, registrations: [expect.objectContaining({ ip: A }), expect.objectContaining({ ip: C })] },
    ])
    expect([...reader.faults.all()]).toEqual([['pair', denied]])
    reader.said.owners = []
    await reader.after(60_000)
    expect(reader.faults.has('pair')).toBe(false)
    expect(pairOf(reader)).toEqual({ remembered: [A, B].map(remembered), owners: [] })
  })

  describe('who else is around', () => {
    const around: Neighbourhood = { isMultiAz: true, interfaces: [interfaceAt(A), abroad] }
    const found: Neighbourhood = { isMultiAz: true, interfaces: [interfaceAt(A)] }
    const asking = async (neighbourhood: Said['neighbourhood'], ms: number) => {
      const reader = aPair(A)
      reader.said.neighbourhood = neighbourhood
      await reader.after(0, minute, [A])
      const seen = pairOf(reader)?.neighbourhood
      return { seen, isAsked: (await reader.after(ms, always, [A])).includes('neighbourhood'), reader }
    }

    it.each<[string, Said['neighbourhood'], number, Neighbourhood | undefined, boolean]>([
      ['is not asked again for five times the time that proves a pair', around, 300_000, found, false],
      ['is asked again after that', around, 300_001, found, true],
      [
        'is not asked again where others share the groups',
        { ...around, sharedWith: ['b'] },
        1,
        { ...found, sharedWith: ['b'] },
        false,
      ],
      [
        'is asked each time where that could prove an address',
        { ...around, sharedWith: [] },
        1,
        { ...found, sharedWith: [] },
        true,
      ],
      ['is asked each time where RDS names no VPC', undefined, 1, undefined, true],
      ['is asked each time where AWS refuses', denied, 1, undefined, true],
    ])('%s', async (_what, neighbourhood, ms, seen, isAsked) => {
      expect(await asking(neighbourhood, ms)).toMatchObject({ seen, isAsked })
    })

    it('is asked again by a later run when the clock was set back', async () => {
      const { reader } = await asking(around, 1)
      const later = aLaterPair(reader.memory, A)
      expect(await later.after(-1, minute, [A])).toContain('neighbourhood')
      expect(await aLaterPair(reader.memory, A).after(-1, always, [A])).not.toContain('neighbourhood')
    })

    it('is no fault where RDS names no VPC', async () => {
      const { reader } = await asking(undefined, 1)
      expect([...reader.faults.all()]).toEqual([])
    })

    it('is a fault where AWS refuses, and the rest is known all the same', async () => {
      const { reader } = await asking(denied, 1)
      expect([...reader.faults.all()]).toEqual([['pair', denied]])
      expect(pairOf(reader)).toEqual({ remembered: [remembered(A)], owners: [interfaceAt(A), interfaceAt(B)] })
    })

    it('is forgotten once it could prove an address', async () => {
      const { reader } = await asking(around, 1)
      reader.said.neighbourhood = { ...around, sharedWith: [] }
      await reader.after(300_001, always, [A])
      expect(reader.memory).not.toHaveProperty('neighbourhood')
    })
  })

  describe('the tag', () => {
    it.each<[string, number, Ages, boolean]>([
      ['is not read again with the registrations', 60_000, minute, false],
      ['is not read again for the longer time', 599_999, minute, false],
      ['is read again after it', 600_000, minute, true],
    ])('%s', async (_what, ms, ages, isRead) => {
      const reader = aPair(A, B)
      await reader.after(0)
      const asked = await reader.after(ms, ages)
      expect(asked[0]).toBe('group f')
      expect(asked.includes('tag f')).toBe(isRead)
      expect(pairOf(reader)?.remembered).toEqual([A, B].map(remembered))
    })

    it('is read again by a later run when the clock was set back', async () => {
      const first = aPair(A, B)
      await first.after(0)
      expect(await aLaterPair(first.memory, A, B).after(-1)).toContain('tag f')
    })

    it('has to be new for a step, which rests on it', async () => {
      const reader = aPair(A, B)
      await reader.after(0)
      expect(reader.isFresh(remember)).toBe(true)
      await reader.after(60_000)
      expect(reader.isFresh(remember)).toBe(false)
      expect((await reader.readingFor([remember], [C])).asked.slice(0, 3)).toEqual([
        'group f',
        'tag f',
        `owners ${A},${B},${C}`,
      ])
      expect(reader.isFresh(remember)).toBe(true)
    })

    it('is read again after it was written', async () => {
      const reader = aPair(A, B)
      await reader.after(0)
      reader.forget(remember)
      expect(await reader.after(1)).toContain('tag f')
    })
  })

  describe('for how long both have been healthy', () => {
    const bothHealthy = (forMs: number) => ({ forMs, enoughMs: 60_000 })
    const both = async () => {
      const reader = aPair(A, B)
      reader.world.frontDoor.put({ ip: B, port }, 'healthy')
      await reader.after(0)
      return reader
    }

    it('counts from the first look that finds it', async () => {
      const reader = await both()
      expect(pairOf(reader)?.bothHealthy).toEqual(bothHealthy(0))
      await reader.after(60_000)
      expect(pairOf(reader)?.bothHealthy).toEqual(bothHealthy(60_000))
    })

    it('is nothing where the clock was set back', async () => {
      const reader = await both()
      await reader.after(-5000)
      expect(pairOf(reader)?.bothHealthy).toEqual(bothHealthy(0))
    })

    it('is not said while one alone is, and counts anew after that', async () => {
      const reader = await both()
      reader.world.frontDoor.put({ ip: B, port }, 'unhealthy')
      await reader.after(60_000)
      expect(pairOf(reader)).not.toHaveProperty('bothHealthy')
      reader.world.frontDoor.put({ ip: B, port }, 'healthy')
      await reader.after(60_000)
      expect(pairOf(reader)?.bothHealthy).toEqual(bothHealthy(0))
    })
  })
})
