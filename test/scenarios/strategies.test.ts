import { beforeEach, describe, expect, it } from 'vitest'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
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
  type World,
} from '../fakes/world.ts'
import { interfaceAt } from '../unit/core/builders.ts'

const target = (ip: string) => `${ip}:5432`

describe('standby: a Multi-AZ instance whose other address stays registered', () => {
  const config = aConfig({ frontDoors: [{ role: 'writer', strategy: 'standby', targetGroupArn: writerGroup, port }] })
  const both = [interfaceAt(A), interfaceAt(B)]
  const remembered = (world: World, ...ips: string[]) =>
    world.frontDoor.putPair(
      writerGroup,
      ips.map(ip => ({ ip, interfaceId: `eni-${ip}`, subnetId: `subnet-${ip}` })),
    )

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
    expect(world.asked.neighbourhood).toBe(1)
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
})

describe('clusters', () => {
  const started = anEvent({ eventId: 'RDS-EVENT-0073', meaning: 'Failover across zones started' })
  const ids = ['one', 'two', 'three']
  const vote = (writerId: string) => ({ status: 'available', memberIds: ids, writerId })
  const host = (id: string) => `${id}.abc123.eu-west-1.rds.amazonaws.com`
  const members = ids.map(id => ({ id, status: 'available', endpoint: host(id) }))
  const names = { [host('one')]: answers(A), [host('two')]: answers(B), [host('three')]: answers(C) }
  const failover = {
    dns: [
      [0, aliasTo('one', A)],
      [17_000, aliasTo('two', B)],
    ] as const,
    votes: [
      [0, vote('one')],
      [17_500, vote('two')],
    ] as const,
    members: [[0, members]] as const,
    names,
  }

  describe('weighted: each member in a target group of its own', () => {
    const listenerArn =
      'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/orders/0123456789abcdef/0123456789abcdef'
    const groups = ['1', '2', '3'].map(end => `${writerGroup.slice(0, -1)}${end}`)
    const [one = '', two = '', three = ''] = groups
    const config = aCluster({
      frontDoors: [{ role: 'writer', strategy: 'weighted', listenerArn, targetGroupArns: groups, port }],
    })
    const weigh = (world: World, ...weights: number[]) =>
      world.frontDoor.putWeights(
        listenerArn,
        groups.map((targetGroupArn, index) => ({ targetGroupArn, weight: weights[index] ?? 0 })),
      )
    const full = (world: World) => {
      world.frontDoor.put({ ip: A, port }, 'healthy', one)
      world.frontDoor.put({ ip: B, port }, 'healthy', two)
      world.frontDoor.put({ ip: C, port }, 'healthy', three)
    }

    it('follows a failover with one call', async () => {
      const world = aWorld({ config, ...failover })
      full(world)
      weigh(world, 1, 0, 0)

      const report = await world.invoke(started)

      expect(world.writes()).toEqual(['=2'])
      expect(report).toMatchObject({ outcome: 'repointed', reason: 'failover-followed' })
      expect(report.timings.healthyMs).toBeLessThan(25_000)
    })

    it('fills its groups at the first run', async () => {
      const world = aWorld({
        config,
        dns: [[0, aliasTo('one', A)]],
        votes: [[0, vote('one')]],
        members: [[0, members]],
        names,
      })
      weigh(world, 1, 0, 0)

      const report = await world.invoke(resync)

      expect(world.writes()).toEqual([`+${target(A)}`, `+${target(B)}`, `+${target(C)}`])
      expect(report).toMatchObject({ outcome: 'repointed', reason: 'first-registration' })
    })

    it('mends the weights that a deployment has put back', async () => {
      const world = aWorld({
        config,
        dns: [[0, aliasTo('two', B)]],
        votes: [[0, vote('two')]],
        members: [[0, members]],
        names,
      })
      full(world)
      weigh(world, 1, 0, 0)

      const report = await world.invoke(resync)

      expect(world.writes()).toEqual(['=2'])
      expect(report).toMatchObject({ outcome: 'repointed', reason: 'drift-corrected' })
    })

    it('costs a look at each group, the listener, the cluster and its members when all is well', async () => {
      const world = aWorld({
        config,
        dns: [[0, aliasTo('one', A)]],
        votes: [[0, vote('one')]],
        members: [[0, members]],
        names,
      })
      full(world)
      weigh(world, 1, 0, 0)

      expect(await world.invoke(resync)).toMatchObject({ outcome: 'in-sync' })
      expect(world.frontDoor.calls).toHaveLength(4)
      expect(world.asked).toEqual({ vote: 1, members: 1 })
    })

    it('leaves the weights alone when the endpoint flaps and the API still names the old writer', async () => {
      const world = aWorld({
        config,
        ...failover,
        dns: [
          [0, aliasTo('one', A)],
          [10_000, aliasTo('two', B)],
          [12_000, aliasTo('one', A)],
          [16_000, aliasTo('two', B)],
        ],
      })
      full(world)
      weigh(world, 1, 0, 0)

      await world.invoke(started)

      expect(world.writes()).toEqual(['=2'])
    })
  })

  describe('readers', () => {
    let world: World
    const config = aCluster({ frontDoors: [{ role: 'reader', strategy: 'swap', targetGroupArn: writerGroup, port }] })
    beforeEach(() => {
      world = aWorld({ config, ...failover, registered: { [B]: 'healthy', [C]: 'healthy' } })
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
})
