import { describe, expect, it } from 'vitest'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { answers } from '../fakes/fake-dns.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import {
  A,
  aConfig,
  anEvent,
  aWorld,
  B,
  C,
  failoverStarted,
  port,
  resync,
  settledWorld,
  type World,
} from '../fakes/world.ts'
import { interfaceAt } from '../unit/core/builders.ts'

const D = '10.0.4.40'
const target = (ip: string) => `${ip}:5432`

describe('standby: a Multi-AZ instance whose other address stays registered', () => {
  const config = aConfig({ frontDoors: [{ role: 'writer', strategy: 'standby', targetGroupArn: writerGroup, port }] })
  const both = [interfaceAt(A), interfaceAt(B)]
  const remembered = (world: World, ...ips: string[]) =>
    world.frontDoor.putPair(
      writerGroup,
      ips.map(ip => ({ ip, interfaceId: `eni-${ip}`, subnetId: `subnet-${ip}` })),
    )

  const wellUntilItFailsOver = async () => {
    const world = aWorld({
      config,
      dns: [
        [0, answers(A)],
        [134_000, answers(B)],
      ],
      owners: [[0, both]],
      registered: { [A]: 'healthy', [B]: 'unhealthy' },
    })
    remembered(world, A, B)
    await settledWorld(world)
    return world
  }

  it('needs no write at a failover: the health check selects', async () => {
    const world = aWorld({
      config,
      dns: [
        [0, answers(A)],
        [14_000, answers(B)],
      ],
      owners: [[0, both]],
      registered: { [A]: 'unhealthy', [B]: 'healthy' },
    })
    remembered(world, A, B)

    const report = await world.invoke(failoverStarted)

    expect(world.writes()).toEqual([])
    expect(report).toMatchObject({ outcome: 'in-sync', reason: 'failover-selected', writer: { addresses: [B] } })
    expect(world.published.map(({ detailType }) => detailType)).toEqual(['Repoint Target Healthy'])
    expect(report.timings.healthyMs).toBeLessThan(30_000)
    expect(report.timings.totalMs).toBeLessThan(30_000)
  })

  it('confirms a failover by the registrations and their owners: the tag of the pair is our own, and was read', async () => {
    const world = await wellUntilItFailsOver()
    world.frontDoor.put({ ip: A, port }, 'unhealthy')
    world.frontDoor.put({ ip: B, port }, 'healthy')
    const before = world.frontDoor.calls.length
    const asked = world.asked.owners ?? 0

    expect(await world.invoke(failoverStarted)).toMatchObject({ reason: 'failover-selected' })
    expect(world.frontDoor.calls.slice(before).map(({ kind }) => kind)).toEqual(['registrations'])
    expect(world.asked.owners).toBe(asked + 1)
  })

  it('reads the tag again before a write, whatever it remembers of it', async () => {
    const world = await wellUntilItFailsOver()
    // Somebody takes the new writer out, and marks the old one as not ours.
    await world.frontDoor.deregister(writerGroup, [{ ip: B, port }])
    const [first, second] = [A, B].map(ip => ({ ip, interfaceId: `eni-${ip}`, subnetId: `subnet-${ip}` }))
    if (first && second) world.frontDoor.putPair(writerGroup, [second, { ...first, isDisproved: true }])
    const before = world.frontDoor.calls.length
    await world.invoke(failoverStarted)

    const calls = world.frontDoor.calls.slice(before).map(({ kind }) => kind)
    expect(calls.slice(0, calls.indexOf('register'))).toContain('remembered')
    expect(world.writes()).toContain(`+${target(B)}`)
    expect(world.writes()).not.toContain(`+${target(A)}`)
  })

  it('learns the pair from the first failover, and keeps the old writer as the next one', async () => {
    const world = aWorld({
      config,
      dns: [
        [0, answers(A)],
        [14_000, answers(B)],
      ],
      owners: [[0, both]],
      registered: { [A]: 'unhealthy' },
    })
    remembered(world, A)

    const report = await world.invoke(failoverStarted)

    expect(world.writes()).toEqual([`+${target(B)}`, `~${B} ${A}`])
    expect(world.frontDoor.states()).toEqual({ [target(A)]: 'unhealthy', [target(B)]: 'healthy' })
    expect(report).toMatchObject({ outcome: 'repointed', reason: 'failover-followed' })
  })

  it('adopts the second interface without waiting for a failover, when it can be nobody else’s', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [[0, both]],
      neighbourhood: { isMultiAz: true, sharedWith: [], interfaces: both },
      registered: { [A]: 'healthy' },
    })

    const report = await world.invoke(resync)

    expect(world.writes()).toEqual([`+${target(B)}`, `~${A} ${B}`])
    expect(report).toMatchObject({ outcome: 'repointed', reason: 'members-kept' })
    expect(world.published).toEqual([])
    // What proves an address is asked for again before each of the two writes.
    expect(world.asked.neighbourhood).toBe(3)
  })

  it('asks who else is around only while the other one is not known', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [[0, both]],
      registered: { [A]: 'healthy', [B]: 'unhealthy' },
    })
    remembered(world, A, B)

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'in-sync' })
    expect(world.asked).toEqual({ owners: 1 })
  })

  it('drops the remembered address that belongs to somebody else now', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [[0, [interfaceAt(A), interfaceAt(B, { interfaceId: 'eni-somebody', requesterId: '111122223333' })]]],
      registered: { [A]: 'healthy', [B]: 'healthy' },
    })
    remembered(world, A, B)

    const report = await world.invoke(failoverStarted)

    expect(world.writes()).toEqual([`-${target(B)}`, `~${A}`])
    expect(report.after[0]?.registrations.filter(({ state }) => state !== 'draining')).toEqual([
      { ip: A, port, state: 'healthy' },
    ])
  })

  it('keeps both, and says that it proves nothing, where RDS names no VPC to ask in', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [[0, both]],
      registered: { [A]: 'healthy', [B]: 'unhealthy' },
    })
    remembered(world, A, B)
    Object.assign(world.ports.interfaces, { owners: async () => undefined, neighbourhood: async () => undefined })

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'waiting', reason: 'partner-unproved' })
    expect(world.writes()).toEqual([])
  })

  it('keeps both while EC2 turns us away', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [[0, new TransientError('throttled', 'RequestLimitExceeded')]],
      registered: { [A]: 'healthy', [B]: 'unhealthy' },
    })
    remembered(world, A, B)

    await world.invoke(resync)

    expect(world.writes()).toEqual([])
  })

  it('follows the writer without permission to ask EC2, and fails the invocation so that it is noticed', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(B)]],
      owners: [[0, new AwsError('access-denied', 'ec2:DescribeNetworkInterfaces')]],
      registered: { [A]: 'healthy' },
    })

    await expect(world.invoke(resync)).rejects.toThrow('ec2:DescribeNetworkInterfaces')
    expect(world.writes()).toEqual([`+${target(B)}`])
  })

  it('does not keep the old database of a switchover or a rename as the partner', async () => {
    const all = [interfaceAt(A), interfaceAt(B), interfaceAt(C), interfaceAt(D)]
    const world = aWorld({
      config,
      dns: [
        [0, answers(A)],
        [14_000, answers(C)],
      ],
      owners: [[0, all]],
      neighbourhood: { isMultiAz: true, sharedWith: ['orders-old1'], interfaces: all },
      registered: { [A]: 'healthy', [B]: 'unhealthy' },
      frontDoor: { registrationMs: 90_000 },
    })
    remembered(world, A, B)
    await world.invoke(anEvent({ eventId: 'RDS-EVENT-0250', meaning: 'Switchover of the instance started' }))
    for (let tick = 0; tick < 5; tick++) await world.invoke(resync)
    expect(
      Object.entries(world.frontDoor.states())
        .filter(([, state]) => state === 'healthy')
        .map(([key]) => key),
    ).toEqual([target(C)])
  })

  it.each([
    ['throttled', new TransientError('throttled', 'Rate exceeded')],
    ['denied', new AwsError('access-denied', 'rds:DescribeDBInstances')],
  ] as const)('lets a disproved address go while DescribeDBInstances is %s', async (_w, error) => {
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [[0, [interfaceAt(A), interfaceAt(B, { interfaceId: 'eni-x', requesterId: '111122223333' })]]],
      registered: { [A]: 'healthy', [B]: 'healthy' },
    })
    Object.assign(world.ports.interfaces, { neighbourhood: () => Promise.reject(error) })
    remembered(world, A, B)
    await world.invoke(failoverStarted).catch(() => undefined)
    expect(world.writes()[0]).toBe(`-${target(B)}`)
  })

  it('registers no partner outside the allowed networks', async () => {
    const both = [interfaceAt(A), interfaceAt(B)]
    const world = aWorld({
      config: aConfig({ allowedCidrs: ['10.0.1.0/24'], frontDoors: config.frontDoors }),
      dns: [[0, answers(A)]],
      owners: [[0, both]],
      neighbourhood: { isMultiAz: true, sharedWith: [], interfaces: both },
      registered: { [A]: 'healthy' },
    })
    await world.invoke(resync)
    expect(world.writes().filter(w => w.includes(B) && w.startsWith('+'))).toEqual([])
  })

  it('does not call the tag alone drift', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [[0, [interfaceAt(A)]]],
      registered: { [A]: 'healthy' },
    })
    await world.invoke(resync)
    expect(world.published.map(p => p.detailType)).not.toContain('Repoint Drift Corrected')
  })
})

describe('whose the other address is', () => {
  const config = aConfig({ frontDoors: [{ role: 'writer', strategy: 'standby', targetGroupArn: writerGroup, port }] })
  const pair = [interfaceAt(A), interfaceAt(B)]
  const remembering = (world: World, ...ips: string[]) =>
    world.frontDoor.putPair(
      writerGroup,
      ips.map(ip => ({ ip, interfaceId: `eni-${ip}`, subnetId: `subnet-${ip}` })),
    )
  const live = (world: World) =>
    Object.entries(world.frontDoor.states())
      .filter(([, state]) => state !== 'draining')
      .map(([key]) => key)
  const minutes = async (world: World, count: number) => {
    const reasons: string[] = []
    for (let minute = 0; minute < count; minute++) {
      reasons.push((await world.invoke(resync)).reason)
      await world.clock.run(world.clock.sleep(60_000))
    }
    return reasons
  }

  it('is not the old database’s after a switchover: its pair leaves within seconds of the new writer', async () => {
    const all = [...pair, interfaceAt(C), interfaceAt(D)]
    const world = aWorld({
      config,
      dns: [
        [0, answers(A)],
        [10_000, answers(C)],
      ],
      owners: [[0, all]],
      neighbourhood: { isMultiAz: true, sharedWith: ['orders-old1'], interfaces: all },
      registered: { [A]: 'healthy', [B]: 'unhealthy' },
    })
    remembering(world, B, A)

    await world.invoke(anEvent({ eventId: 'RDS-EVENT-0250' }))

    const removal = world.frontDoor.calls.find(({ kind }) => kind === 'deregister')
    expect(removal?.targets).toEqual([target(A), target(B)])
    expect((removal?.atMs ?? 0) - 1_800_000_000_000).toBeLessThan(20_000)
    await minutes(world, 3)
    expect(live(world)).toEqual([target(C)])
  })

  it('is not told by another VPC’s interface with the writer’s address', async () => {
    const theirs = interfaceAt(A, { interfaceId: 'eni-dev', subnetId: 'subnet-dev', securityGroupIds: ['sg-dev'] })
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [
        [0, [theirs, ...pair]],
        [100_000, [...pair, theirs]],
      ],
      registered: { [A]: 'healthy', [B]: 'unhealthy' },
    })
    remembering(world, A, B)

    await minutes(world, 4)

    expect(world.writes()).toEqual([])
  })

  it('is said to be unproved when EC2 shows no interface at the writer’s address', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(B)]],
      owners: [[0, []]],
      registered: { [A]: 'healthy', [B]: 'healthy' },
    })

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'waiting', reason: 'partner-unproved' })
    expect(world.writes()).toEqual([])
  })

  it('registers what DNS alone names beside the old one, and removes nothing without proof', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(C)]],
      owners: [[0, []]],
      registered: { [A]: 'healthy' },
    })

    expect(await world.invoke(resync)).toMatchObject({ reason: 'drift-corrected' })
    expect(await world.invoke(resync)).toMatchObject({ reason: 'partner-unproved' })
    expect(world.writes()).toEqual([`+${target(C)}`])
  })

  it('is given up once when it goes on answering, and not adopted again', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [[0, pair]],
      neighbourhood: { isMultiAz: true, sharedWith: [], interfaces: pair },
      registered: { [A]: 'healthy', [B]: 'healthy' },
      frontDoor: { registrationMs: 0, drainMs: 0 },
    })
    remembering(world, A, B)

    const reasons = await minutes(world, 6)

    expect(world.writes()).toEqual([`~${A} ${B}`, `-${target(B)}`])
    expect(reasons.slice(1)).toEqual(Array(5).fill('partner-disproved'))
  })

  it('is given up after the time that the settings name, and a laboratory divides by its speed', async () => {
    const world = aWorld({
      config: { ...config, settle: { ...config.settle, bothHealthyMs: 6_000 } },
      dns: [[0, answers(A)]],
      owners: [[0, pair]],
      registered: { [A]: 'healthy', [B]: 'healthy' },
    })
    remembering(world, A, B)
    const beganMs = world.clock.now()

    await world.invoke(resync)

    const left = world.frontDoor.calls.find(({ kind }) => kind === 'deregister')
    expect(left?.targets).toEqual([target(B)])
    // The next time that the group is read.
    expect((left?.atMs ?? 0) - beganMs).toBe(30_000)
  })

  it('is kept when both were healthy for a moment, as after a failover', async () => {
    const world = aWorld({
      config,
      dns: [[0, answers(A)]],
      owners: [[0, pair]],
      registered: { [A]: 'healthy', [B]: 'healthy' },
    })
    remembering(world, A, B)
    world.clock.at(30_000, () => world.frontDoor.put({ ip: B, port }, 'unhealthy'))

    await minutes(world, 2)

    expect(world.writes()).toEqual([])
  })
})
