import { describe, expect, it } from 'vitest'
import type { Config } from '../../functions/reconciler/config.ts'
import type { Ownership } from '../../functions/reconciler/core/model.ts'
import { logMessages } from '../../functions/reconciler/names.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { full, names, one, still, two, weigh, weightedDoor } from '../fakes/cluster-world.ts'
import { aliasTo, answers } from '../fakes/fake-dns.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import {
  A,
  aCluster,
  aConfig,
  anEvent,
  aWorld,
  B,
  C,
  failoverStarted,
  port,
  resync,
  tick,
  type WorldOptions,
} from '../fakes/world.ts'

/** Somebody controls what DNS answers, inside the allowed networks: whose the address is decides, before it is registered. */

/** The attacker's, in an allowed network. */
const X = '10.0.9.66'
const target = (ip: string) => `${ip}:5432`
const strangers = (ip: string): Ownership =>
  ip === X
    ? { proof: 'disproved', why: `${X} belongs to eni-0bad, which is not RDS's` }
    : { proof: 'proved', interfaceId: `eni-${ip}` }

const swap = { role: 'writer', strategy: 'swap', targetGroupArn: writerGroup, port } as const
const standby = { ...swap, strategy: 'standby' } as const
const readers = { role: 'reader', strategy: 'swap', targetGroupArn: writerGroup, port } as const

const poisoned: readonly [name: string, world: WorldOptions][] = [
  ['an instance behind swap', { config: aConfig({ frontDoors: [swap] }), dns: [[0, answers(X)]] }],
  [
    'an instance behind standby',
    { config: aConfig({ frontDoors: [standby] }), dns: [[0, answers(X)]], owners: [[0, []]] },
  ],
  ['a cluster behind swap', { ...still, config: aCluster({ frontDoors: [swap] }), dns: [[0, aliasTo('two', X)]] }],
  [
    'a cluster whose every name is poisoned, readers included',
    {
      ...still,
      config: aCluster({ frontDoors: [readers] }),
      dns: [[0, aliasTo('one', X)]],
      names: Object.fromEntries(Object.keys(names).map(name => [name, answers(X)])),
    },
  ],
]

describe('a poisoned answer of DNS', () => {
  it.each(poisoned)('moves nothing of %s, at a tick and during a failover', async (_, options) => {
    const world = aWorld({ ...options, registered: { [A]: 'healthy' }, ownership: strangers })
    const source = options.config?.database.arn ?? ''

    const tick = await world.invoke(resync)
    const failover = await world.invoke(anEvent({ source }))

    expect(world.writes()).toEqual([])
    for (const report of [tick, failover]) {
      expect(report).toMatchObject({ outcome: 'refused', reason: 'owner-disproved' })
    }
    expect(tick.remedy).toContain('whose address')
    expect(new Set(world.published.map(({ detailType }) => detailType))).toEqual(new Set(['Repoint Refused']))
  })

  it('gives no weight behind a listener to an address that is not the cluster’s', async () => {
    const world = aWorld({
      ...still,
      config: aCluster({ frontDoors: [weightedDoor] }),
      dns: [[0, aliasTo('two', X)]],
      ownership: strangers,
    })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    weigh(world, 1, 0, 0)

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'refused', reason: 'owner-disproved' })
    expect(world.writes()).toEqual([])
  })

  it.each([
    ['of a cluster', {}],
    ['of a cluster, and of its member', { [Object.keys(names)[1] ?? '']: answers(X) }],
  ])('%s gives no weight to what a deleted member left registered and a stranger has now', async (_, changed) => {
    const config = aCluster({ frontDoors: [weightedDoor] })
    const dns = [[0, aliasTo('two', X)]] as const
    const world = aWorld({ ...still, config, dns, names: { ...names, ...changed }, ownership: strangers })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: X, port }, 'healthy', two)
    weigh(world, 1, 0, 0)

    const failover = await world.invoke(anEvent({ source: config.database.arn ?? '' }))
    expect(failover).toMatchObject({ outcome: 'refused', reason: 'owner-disproved' })
    expect(world.writes().filter(write => write.startsWith('='))).toEqual([])
  })

  it('of one member registers no stranger beside the others', async () => {
    const [, second = ''] = Object.keys(names)
    const world = aWorld({
      ...still,
      config: aCluster({ frontDoors: [readers] }),
      names: { ...names, [second]: answers(X) },
      registered: { [B]: 'healthy', [C]: 'healthy' },
      ownership: strangers,
    })

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'refused', reason: 'owner-disproved' })
    expect(world.writes()).toEqual([])
  })

  it.each([0, 3_000, 9_000, 70_000])('moves nothing where AWS takes %i ms to say whose the address is', async ms => {
    const world = aWorld({
      dns: [[0, answers(X)]],
      registered: { [A]: 'healthy' },
      ownership: strangers,
      ownershipMs: ms,
    })

    expect(await world.invoke(resync)).toMatchObject({ reason: 'owner-disproved' })
    expect(await world.invoke(failoverStarted)).toMatchObject({ reason: 'owner-disproved' })
    expect(world.writes()).toEqual([])
  })

  it('is forgotten when it ends', async () => {
    const world = aWorld({
      dns: [
        [0, answers(X)],
        [500, answers(A)],
      ],
      registered: { [A]: 'healthy' },
      ownership: strangers,
    })
    await world.invoke(resync)
    await world.clock.run(world.clock.sleep(1_000))

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'in-sync' })
  })

  it('says in the report who has the address', async () => {
    const world = aWorld({ dns: [[0, answers(X)]], registered: { [A]: 'healthy' }, ownership: strangers })

    const report = await world.invoke(resync)

    expect(report.writer).toMatchObject({ kind: 'not-proved', proof: 'disproved', addresses: [X] })
    expect(report.owners).toEqual([{ ip: X, proof: 'disproved', why: `${X} belongs to eni-0bad, which is not RDS's` }])
  })

  it('is not followed by a first registration either', async () => {
    const world = aWorld({ dns: [[0, answers(X)]], ownership: strangers })

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'refused', reason: 'owner-disproved' })
    expect(world.writes()).toEqual([])
  })

  it('that ends is followed by the true one within the same watch', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [5_000, answers(X)],
        [20_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
      ownership: strangers,
    })

    expect(await world.invoke(failoverStarted)).toMatchObject({ outcome: 'repointed', reason: 'failover-followed' })
    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
  })

  it('is told by a dry run too', async () => {
    const world = aWorld({ dns: [[0, answers(X)]], registered: { [A]: 'healthy' }, ownership: strangers })

    const report = await world.invoke({ kind: 'plan' })

    expect(report).toMatchObject({ reason: 'owner-disproved', plan: [] })
  })
})

describe('an address that EC2 shows a moment late', () => {
  it('is asked about again and registered', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [5_000, answers(B)],
      ],
      registered: { [A]: 'healthy' },
      ownership: (ip, ms) =>
        ms < 15_000
          ? { proof: 'disproved', why: `EC2 shows nothing at ${ip}` }
          : { proof: 'proved', interfaceId: 'eni-b' },
    })

    expect(await world.invoke(failoverStarted)).toMatchObject({ reason: 'failover-followed' })
    expect(world.asked.ownership).toBeLessThan(6)
  })
})

const noAnswer: readonly [what: string, error: Error][] = [
  ['throttles', new TransientError('throttled', 'Rate exceeded')],
  ['does not answer', new TransientError('unavailable', 'connect ETIMEDOUT')],
]
const moving = {
  dns: [
    [0, answers(A)],
    [5_000, answers(B)],
  ] as const,
  registered: { [A]: 'healthy' as const },
}

describe('EC2 that gives no answer', () => {
  it.each(noAnswer)('and %s stops no failover, and the report says so', async (_, error) => {
    const world = aWorld({ ...moving, ownership: () => error })

    const report = await world.invoke(failoverStarted)

    expect(report).toMatchObject({
      outcome: 'repointed',
      reason: 'failover-followed',
      owners: [{ ip: B, proof: 'unanswered', why: error.message }],
    })
    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
    expect(world.log.map(({ message }) => message)).toContain(logMessages.notProved)
  })

  it.each(noAnswer)('and %s stops it where a proof is required', async (_, error) => {
    const world = aWorld({ ...moving, config: aConfig({ ownerProof: 'required' }), ownership: () => error })

    const report = await world.invoke(failoverStarted)

    expect(report).toMatchObject({ outcome: 'refused', reason: 'owner-unproved' })
    expect(world.writes()).toEqual([])
  })

  it('for lack of a permission goes on, and fails the run with the remedy', async () => {
    const denied = new AwsError('access-denied', "Allow ec2:DescribeNetworkInterfaces to the function's role")
    const world = aWorld({ ...moving, ownership: () => denied })

    await expect(world.invoke(failoverStarted)).rejects.toThrow('ec2:DescribeNetworkInterfaces')
    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
  })

  it('between two names of a database goes on without failing', async () => {
    const world = aWorld({ ...moving, ownership: () => new AwsError('not-found', 'DBInstanceNotFound') })

    expect(await world.invoke(failoverStarted)).toMatchObject({ reason: 'failover-followed' })
  })

  it('and disproves the address before the old one is gone lets the new one go instead', async () => {
    const world = aWorld({
      dns: [
        [0, answers(A)],
        [5_000, answers(X)],
      ],
      registered: { [A]: 'healthy' },
      ownership: (ip, ms) => (ms < 8_000 ? new TransientError('throttled', 'Rate exceeded') : strangers(ip)),
    })

    expect(await world.invoke(failoverStarted)).toMatchObject({ outcome: 'refused', reason: 'owner-disproved' })
    expect(world.writes()).toEqual([`+${target(X)}`, `-${target(X)}`])
  })
})

describe('an address that got connections without an answer, and is disproved', () => {
  const late = (ip: string, ms: number) =>
    ms < 100_000 ? new TransientError('throttled', 'Rate exceeded') : strangers(ip)
  const [, second = ''] = Object.keys(names)

  it.each([
    ['the cluster’s name', {}],
    ['the cluster’s name and that of its member', { [second]: answers(X) }],
  ])(
    'loses the weight of a listener to the member that RDS calls the writer, where %s led there',
    async (_, changed) => {
      const config = aCluster({ frontDoors: [weightedDoor] })
      const dns = [
        [0, aliasTo('one', A)],
        [5_000, aliasTo('two', X)],
      ] as const
      const world = aWorld({ ...still, config, dns, names: { ...names, ...changed }, ownership: late })
      full(world)
      weigh(world, 1, 0, 0)
      await world.invoke(anEvent({ source: config.database.arn ?? '' }))
      expect(world.writes().filter(write => write.startsWith('='))).toHaveLength(1)

      for (let minute = 0; minute < 3; minute++) {
        await world.clock.run(world.clock.sleep(60_000))
        expect(await world.invoke(tick)).toMatchObject({ outcome: 'refused', reason: 'owner-disproved' })
      }
      expect(world.writes().at(-1)).toBe('=1')
    },
  )

  it('leaves the readers beside another one', async () => {
    const world = aWorld({
      ...still,
      config: aCluster({ frontDoors: [readers] }),
      names: { ...names, [second]: answers(X) },
      registered: { [C]: 'healthy' },
      ownership: late,
    })
    await world.invoke(resync)
    await world.clock.run(world.clock.sleep(100_000))

    expect(await world.invoke(tick)).toMatchObject({ outcome: 'refused', reason: 'owner-disproved' })
    expect(world.writes()).toEqual([`+${target(X)}`, `-${target(X)}`])
  })
})

describe('an answer that disproves an address', () => {
  it('is not taken back by silence', async () => {
    const world = aWorld({
      dns: [[0, answers(X)]],
      registered: { [A]: 'healthy' },
      ownership: (ip, ms) => (ms < 10_000 ? strangers(ip) : new TransientError('throttled', 'Rate exceeded')),
    })
    await world.invoke(resync)
    for (let minute = 0; minute < 8; minute++) {
      await world.clock.run(world.clock.sleep(60_000))
      expect(await world.invoke(tick)).toMatchObject({ outcome: 'refused', reason: 'owner-disproved' })
    }
    expect(world.writes()).toEqual([])
  })

  it('is of no use for ever: after ten minutes of silence nothing is known', async () => {
    const world = aWorld({
      ...{ dns: [[0, answers(B)]], registered: { [A]: 'healthy' } },
      ownership: (ip, ms) =>
        ms < 10_000
          ? { proof: 'disproved', why: `EC2 shows nothing at ${ip}` }
          : new TransientError('throttled', 'Rate exceeded'),
    })
    await world.invoke(resync)
    for (let minute = 0; minute < 12; minute++) {
      await world.clock.run(world.clock.sleep(60_000))
      await world.invoke(tick)
    }
    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
  })
})

describe('an address that was registered without an answer', () => {
  const registeredBlindly = (untilMs: number) =>
    aWorld({
      ...moving,
      ownership: (_, ms) =>
        ms < untilMs
          ? new TransientError('unavailable', 'connect ETIMEDOUT')
          : { proof: 'proved', interfaceId: 'eni-b' },
    })

  it('is asked about again until AWS answers, and then no more', async () => {
    const world = registeredBlindly(400_000)
    await world.invoke(failoverStarted)
    const ticks = async (count: number) => {
      for (let tick = 0; tick < count; tick++) {
        await world.clock.run(world.clock.sleep(60_000))
        await world.invoke(resync)
      }
      return world.asked.ownership
    }
    const answered = await ticks(8)
    expect(await ticks(8)).toBe(answered)
  })

  it('is not asked about for ever where AWS cannot be reached', async () => {
    const world = registeredBlindly(Number.POSITIVE_INFINITY)
    await world.invoke(failoverStarted)
    for (let tick = 0; tick < 60; tick++) {
      await world.clock.run(world.clock.sleep(60_000))
      await world.invoke(resync)
    }
    const asked = Number(world.asked.ownership)
    await world.invoke(resync)
    expect(world.asked.ownership).toBe(asked)
  })
})

describe('a proof', () => {
  const config = (ownerProof: Config['ownerProof']) => aConfig({ ownerProof })

  it('is asked for once, when the address is new', async () => {
    const world = aWorld(moving)

    await world.invoke(failoverStarted)
    await world.invoke(resync)
    await world.invoke(resync)

    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
    expect(world.asked.ownership).toBe(1)
  })

  it('is not asked for while nothing is new', async () => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'healthy' } })
    await world.invoke(resync)
    expect(world.asked).toEqual({})
  })

  it('is one call for all members of a cluster', async () => {
    const world = aWorld({ ...still, config: aCluster({ frontDoors: [readers] }) })
    await world.invoke(resync)
    expect(world.asked.ownership).toBe(1)
  })

  it('of members is not asked for again while every group holds its own', async () => {
    const world = aWorld({ ...still, config: aCluster({ frontDoors: [weightedDoor] }) })
    full(world)
    weigh(world, 1, 0, 0)
    await world.invoke(resync)
    expect(world.asked.ownership).toBeUndefined()
  })

  it.each(['off'] as const)('that is %s asks nobody, and DNS alone decides', async ownerProof => {
    const world = aWorld({
      dns: [[0, answers(X)]],
      registered: { [A]: 'healthy' },
      config: config(ownerProof),
      ownership: strangers,
    })

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'repointed' })
    expect(world.asked.ownership).toBeUndefined()
  })

  it('is not asked for of a proxy or a host name', async () => {
    for (const database of [
      { kind: 'proxy', arn: 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-0123456789abcdef0' },
      { kind: 'hostname' },
    ] as const) {
      const world = aWorld({ dns: [[0, answers(B)]], config: aConfig({ database }), ownership: strangers })
      await world.invoke(resync)
      expect(world.asked.ownership).toBeUndefined()
    }
  })
})
