import { describe, expect, it } from 'vitest'
import { logMessages } from '../../functions/reconciler/names.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { failover, one, second, started, swapDoor, three, two, weigh, weightedDoor } from '../fakes/cluster-world.ts'
import { answers } from '../fakes/fake-dns.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import { A, aCluster, aConfig, aWorld, B, C, failoverCompleted, failoverStarted, port, resync } from '../fakes/world.ts'
import { interfaceAt } from '../unit/core/builders.ts'

const target = (ip: string) => `${ip}:5432`
const throttled = () => new TransientError('throttled', 'Rate exceeded')
const noReply = () => new TransientError('unavailable', 'socket hang up')
const denied = () => new AwsError('access-denied', 'AccessDenied')

const failedOver = (config = aConfig()) => aWorld({ config, dns: [[0, answers(B)]], registered: { [A]: 'unhealthy' } })

describe('the log of a run', () => {
  const linesOf = (world: ReturnType<typeof aWorld>, message: string) => world.log.filter(it => it.message === message)

  it('tells that the writer moved, and not where it was found first', async () => {
    const found = failedOver()
    await found.invoke(failoverCompleted)
    expect(linesOf(found, logMessages.writerMoved)).toEqual([])

    const world = aWorld({
      dns: [
        [0, answers(A)],
        [5000, answers(B)],
        [30_000, answers(C)],
      ],
      registered: { [A]: 'healthy' },
    })
    await world.invoke(failoverStarted)
    expect(linesOf(world, logMessages.writerMoved)).toHaveLength(2)
  })

  it('tells once in a row that AWS did not answer, and again after it has', async () => {
    const world = failedOver()
    for (let times = 0; times < 5; times++) world.frontDoor.failNext('registrations', noReply())
    world.frontDoor.failNext('deregister', noReply())
    await world.invoke(failoverCompleted)

    expect(linesOf(world, logMessages.retry)).toHaveLength(2)
  })

  it('tells that AWS asked to wait, though it had not answered before', async () => {
    const world = failedOver()
    world.frontDoor.failNext('registrations', noReply())
    world.frontDoor.failNext('registrations', throttled())
    await world.invoke(failoverCompleted)

    expect(linesOf(world, logMessages.retry).map(({ fields: [hindrance] }) => hindrance)).toMatchObject([
      { kind: 'unavailable' },
      { kind: 'throttled' },
    ])
  })
})

describe('AWS throttles', () => {
  it('is asked again with a growing pause until it serves', async () => {
    const world = failedOver()
    for (let times = 0; times < 4; times++) world.frontDoor.failNext('register', throttled())

    const report = await world.invoke(failoverCompleted)

    expect(report.outcome).toBe('repointed')
    expect(world.writes()).toEqual([...Array(5).fill(`+${target(B)}`), `-${target(A)}`])
    const tries = world.frontDoor.calls.filter(({ kind }) => kind === 'register').map(({ atMs }) => atMs)
    const pauses = tries.slice(1).map((atMs, index) => atMs - (tries[index] ?? 0))
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b))
    expect(pauses).toHaveLength(4)
    expect(world.log.filter(line => line.message === 'AWS asked us to wait')).toHaveLength(1)
  })

  it('is left to the next run by a scheduled one: it yields to those that follow a failover', async () => {
    const world = failedOver()
    world.frontDoor.failNext('registrations', throttled())

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'waiting', reason: 'throttled', timings: { looks: 1 } })
    expect(world.frontDoor.calls).toHaveLength(1)
  })

  it('is a waiting outcome when it lasts for the whole budget: the old target stays', async () => {
    const world = failedOver()
    for (let times = 0; times < 500; times++) world.frontDoor.failNext('register', throttled())

    const report = await world.invoke(resync)

    expect(report).toMatchObject({ outcome: 'waiting', reason: 'throttled' })
    expect(world.frontDoor.states()).toEqual({ [target(A)]: 'unhealthy' })
  })

  it('does not pass for being in sync when not even the look succeeds', async () => {
    const world = aWorld({ dns: [[0, answers(A)]], registered: { [A]: 'healthy' } })
    for (let times = 0; times < 500; times++) world.frontDoor.failNext('registrations', throttled())

    expect(await world.invoke(resync)).toMatchObject({ outcome: 'waiting', reason: 'throttled' })
  })
})

describe('a reply is lost', () => {
  it('on register: the next look finds it done', async () => {
    const world = failedOver()
    world.frontDoor.failNext('register', noReply(), 'after')

    const report = await world.invoke(resync)

    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
    expect(report.stepsDone.map(step => step.kind)).toEqual(['register', 'deregister'])
    expect(report.outcome).toBe('repointed')
  })

  it('on deregister: the next look finds it done', async () => {
    const world = failedOver()
    world.frontDoor.failNext('deregister', noReply(), 'after')

    expect((await world.invoke(resync)).outcome).toBe('repointed')
    expect(world.writes()).toEqual([`+${target(B)}`, `-${target(A)}`])
  })

  it('and AWS stays out of reach: the invocation fails', async () => {
    const world = failedOver()
    for (let times = 0; times < 500; times++) world.frontDoor.failNext('registrations', noReply())

    await expect(world.invoke(resync)).rejects.toThrow('socket hang up')
    expect(world.log.at(-1)?.message).toBe('Reconcile failed')
    expect(world.published).toEqual([])
  })

  it('and AWS stays out of reach for a minute after a step: the invocation fails', async () => {
    const world = failedOver()
    world.clock.at(500, () => {
      for (let times = 0; times < 500; times++) world.frontDoor.failNext('registrations', noReply())
    })

    await expect(world.invoke(failoverCompleted)).rejects.toThrow('socket hang up')
    expect(world.frontDoor.states()).toMatchObject({ [target(B)]: 'healthy' })
  })
})

describe('AWS refuses', () => {
  it('a register: nothing is deregistered and the invocation fails', async () => {
    const world = failedOver()
    world.frontDoor.failNext('register', denied())

    await expect(world.invoke(resync)).rejects.toThrow(AwsError)
    expect(world.writes()).toEqual([`+${target(B)}`])
    expect(world.frontDoor.states()[target(A)]).toBe('unhealthy')
  })

  it('every read, and DNS says what is not allowed: the failure is told, and no refusal', async () => {
    const world = aWorld({ dns: [[0, answers('54.84.181.60')]], registered: { [A]: 'healthy' } })
    for (let times = 0; times < 500; times++) world.frontDoor.failNext('registrations', denied())

    await expect(world.invoke(resync)).rejects.toThrow(AwsError)
    expect(world.published).toEqual([])
  })

  describe('one of two front doors', () => {
    const twoDoors = () => {
      const { frontDoors } = aConfig()
      const world = failedOver(
        aConfig({
          frontDoors: [...frontDoors, { role: 'writer', strategy: 'swap', targetGroupArn: second, port: 5432 }],
        }),
      )
      world.frontDoor.put({ ip: A, port: 5432 }, 'unhealthy', second)
      return world
    }

    it.each(['registrations', 'register'] as const)(
      'at %s: the other one is kept right, this one is left alone, and the invocation fails',
      async kind => {
        const world = twoDoors()
        world.frontDoor.failNext(kind, denied(), 'before', second)

        await expect(world.invoke(resync)).rejects.toThrow(AwsError)
        expect(world.frontDoor.states()).toMatchObject({ [target(B)]: 'healthy' })
        expect(world.frontDoor.states(second)).toEqual({ [target(A)]: 'unhealthy' })
      },
    )
  })
})

describe('the report', () => {
  it('that cannot be published neither undoes nor fails the repoint', async () => {
    const world = failedOver()
    world.failPublishing(new Error('no route to the bus'))

    const report = await world.invoke(failoverStarted)

    expect(report.outcome).toBe('repointed')
    expect(world.log.map(line => line.message)).toContain('Report not published')
  })
})

describe('a target group that shows a registration late', () => {
  it('is not flooded with the same call', async () => {
    const world = failedOver()
    const { frontDoor } = world.ports
    const late = {
      ...frontDoor,
      registrations: async (arn: string) => {
        const seen = await frontDoor.registrations(arn)
        const registeredMs =
          world.frontDoor.calls.find(call => call.kind === 'register')?.atMs ?? Number.POSITIVE_INFINITY
        return world.clock.now() - registeredMs < 5000 ? seen.filter(held => held.ip !== B) : seen
      },
    }
    Object.assign(world.ports, { frontDoor: late })

    await world.invoke(resync)

    expect(world.writes().filter(write => write.startsWith('+')).length).toBeLessThanOrEqual(7)
  })
})

describe('a fault of one thing leaves the others alone: it', () => {
  it('goes on at a front door while the other cannot be read', async () => {
    const world = aWorld({
      config: aConfig({ frontDoors: [swapDoor(writerGroup), swapDoor(second)] }),
      dns: [[0, answers(B)]],
      registered: { [A]: 'unhealthy' },
    })
    world.frontDoor.put({ ip: A, port }, 'unhealthy', second)
    for (let n = 0; n < 1000; n++)
      world.frontDoor.failNext('registrations', new TransientError('throttled', 'Rate exceeded'), 'before', second)
    await world.invoke(failoverCompleted)
    expect(world.writes()).toContain(`+${target(B)}`)
  })

  it('follows the failover although AWS refuses to register a reader', async () => {
    const world = aWorld({
      config: aCluster({ frontDoors: [weightedDoor] }),
      ...failover,
    })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    weigh(world, 1, 0, 0)
    world.frontDoor.failNext('register', new AwsError('invalid-target', 'InvalidTarget'), 'before', three)
    await world.invoke(started).catch(() => undefined)
    expect(world.writes()).toContain('=2')
  })

  it('follows the failover although a tag may not be written', async () => {
    const config = aConfig({ frontDoors: [{ role: 'writer', strategy: 'standby', targetGroupArn: writerGroup, port }] })
    const world = aWorld({
      config,
      dns: [
        [0, answers(A)],
        [14_000, answers(B)],
      ],
      owners: [[0, [interfaceAt(A), interfaceAt(B)]]],
      registered: { [A]: 'healthy' },
    })
    world.frontDoor.failNext('remember', new AwsError('access-denied', 'elasticloadbalancing:AddTags'))
    await world.invoke(failoverStarted).catch(() => undefined)
    expect(world.writes()).toContain(`+${target(B)}`)
  })

  it('clears a stale one at a front door while the writer is unused at the other', async () => {
    const world = aWorld({
      config: aConfig({ frontDoors: [swapDoor(writerGroup), swapDoor(second)] }),
      dns: [[0, answers(B)]],
      registered: { [B]: 'unused' },
    })
    world.frontDoor.put({ ip: A, port }, 'unhealthy', second)
    world.frontDoor.put({ ip: B, port }, 'healthy', second)
    for (let tick = 0; tick < 5; tick++) await world.invoke(resync)
    expect(world.writes()).toEqual([`-${target(A)}`])
  })
})

describe('the end', () => {
  it('does not fail what has been done for a hiccup at the last look', async () => {
    const world = aWorld({
      dns: [[0, answers(B)]],
      registered: { [A]: 'unhealthy' },
      frontDoor: { registrationMs: 10_000_000 },
    })
    world.clock.at(364_000, () => {
      for (let n = 0; n < 50; n++)
        world.frontDoor.failNext('registrations', new TransientError('unavailable', 'socket hang up'))
    })
    const report = await world.invoke(resync)
    expect(report.outcome).toBe('waiting')
  })
})

describe('AWS out of reach', () => {
  it('is called that, and not throttling', async () => {
    const world = failedOver()
    for (let times = 0; times < 500; times++) world.frontDoor.failNext('registrations', noReply())

    await expect(world.invoke(resync)).rejects.toThrow('socket hang up')

    const failed = world.log.find(({ message }) => message === 'Reconcile failed')
    expect(failed?.fields[1]).toMatchObject({
      reason: 'aws-unreachable',
      remedy: expect.stringContaining('VPC endpoint'),
    })
  })
})

describe('a weighted front door in a throttled account', () => {
  it('keeps what was read before AWS refused the next part', async () => {
    const world = aWorld({ config: aCluster({ frontDoors: [weightedDoor] }), ...failover })
    world.frontDoor.put({ ip: A, port }, 'healthy', one)
    world.frontDoor.put({ ip: B, port }, 'healthy', two)
    world.frontDoor.put({ ip: C, port }, 'healthy', three)
    weigh(world, 1, 0, 0)
    let asked = 0
    const { frontDoor } = world.ports
    const everySecond =
      <T>(read: (arn: string) => Promise<T>) =>
      async (arn: string): Promise<T> => {
        if (asked++ % 2 === 1) throw throttled()
        return read(arn)
      }
    Object.assign(world.ports, {
      frontDoor: {
        ...frontDoor,
        weights: everySecond(frontDoor.weights),
        registrations: everySecond(frontDoor.registrations),
      },
    })

    const report = await world.invoke(started)

    expect(world.writes()).toEqual(['=2'])
    expect(report.reason).toBe('failover-followed')
  })
})
