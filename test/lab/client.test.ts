import { createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Application, startApplication } from '../../lab/client/application.ts'
import { summarise } from '../../lab/client/client-summary.ts'
import { classifyError, GaveUp } from '../../lab/client/errors.ts'
import { OutageWatch } from '../../lab/client/outages.ts'
import { probePath } from '../../lab/client/path-probe.ts'
import { connectPostgres } from '../../lab/client/postgres-driver.ts'
import { createTable } from '../../lab/client/writes-table.ts'
import { openPglite, type PgliteDatabase } from '../../lab/database/pglite/pglite-database.ts'
import type { LabTime, Timeline } from '../../lab/model.ts'
import { openNetwork } from '../../lab/network.ts'
import { LoadBalancer } from '../../lab/nlb/load-balancer.ts'
import { losePatience } from '../../lab/nlb/patience.ts'
import { LabTargetGroup } from '../../lab/nlb/target-group.ts'
import { startTime } from '../../lab/time.ts'
import { startTimeline } from '../../lab/timeline.ts'

// Real sockets and scaled time: a slow machine takes longer and is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const port = 5432
const a = { ip: '10.0.1.10', port }
const b = { ip: '10.0.2.20', port }
const front = { ip: '10.0.9.5', port }
const patient = { timeout: 40_000, interval: 5 }

let network: Awaited<ReturnType<typeof openNetwork>>
let database: PgliteDatabase
let time: LabTime
let timeline: Timeline
let application: Application | undefined
let silent: Server | undefined

beforeAll(async () => {
  network = await openNetwork([a, b, front])
  database = await openPglite({ network, nodes: [a, b] })
})

beforeEach(async () => {
  time = startTime({ speed: 60 })
  timeline = startTimeline(time)
  await database.rows.query('DROP TABLE IF EXISTS application_writes')
  await createTable(database.rows)
})

afterEach(async () => {
  await application?.stop()
  application = undefined
  silent?.close()
  silent = undefined
  for (const node of database.nodes) await node.become('silent')
})

afterAll(async () => {
  await database.close()
  await network.close()
})

const nodeA = () => database.nodeAt(a.ip, port)
const nodeB = () => database.nodeAt(b.ip, port)

const start = (at: { ip: string; port: number }): Application => {
  application = startApplication({
    connect: connectPostgres,
    locate: () => network.connectTo(at.ip, at.port),
    time,
    timeline,
  })
  return application
}

const works = (client: Application) => expect.poll(() => client.isWorking(), patient).toBe(true)
const fails = (client: Application) =>
  expect.poll(() => Object.values(client.summary().connections).every(({ isDown }) => isDown), patient).toBe(true)
const told = () =>
  timeline.moments.filter(({ lane }) => lane === 'client').map(({ what, fields }) => `${fields.connection}: ${what}`)

describe('the application', () => {
  it('opens another kept connection when the pool’s maximum lifetime is over, and nobody notices', async () => {
    await nodeA().become('writer')
    const locate = () => network.connectTo(a.ip, a.port)
    const client = startApplication({ connect: connectPostgres, locate, time, timeline, maxLifetimeMs: 30_000 })
    application = client
    await expect.poll(() => client.summary().connections['long-lived'].connects, patient).toBeGreaterThan(2)
    const { connects, writesOk } = client.summary().connections['long-lived']
    expect(writesOk).toBeGreaterThan(connects)
    expect(told()).toEqual([])
  })

  it('of the readers reads alone, and its connections are told as theirs', async () => {
    await nodeA().become('reader')
    const locate = () => network.connectTo(a.ip, a.port)
    const client = startApplication({ connect: connectPostgres, locate, time, timeline, readsOnly: true })
    application = client
    await expect.poll(() => client.summary().readsOk, patient).toBeGreaterThan(5)
    expect(client.summary()).toMatchObject({ writesOk: 0, errorsByKind: {} })
    expect([...client.acknowledged]).toEqual([])
    await nodeA().become('silent')
    await fails(client)
    expect(told()).toContain('readers, fresh: The application fails')
  })

  it('writes and reads on a kept and on a fresh connection, and tells nothing while all is well', async () => {
    await nodeA().become('writer')
    const client = start(a)
    await expect.poll(() => client.summary().writesOk, patient).toBeGreaterThan(10)
    const { connections, longestOutageSeconds, errorsByKind } = client.summary()
    expect(connections['long-lived'].connects).toBe(1)
    expect(connections.fresh.connects).toBeGreaterThan(3)
    expect(connections.fresh.readsOk).toBeGreaterThan(3)
    expect({ longestOutageSeconds, errorsByKind }).toEqual({ longestOutageSeconds: 0, errorsByKind: {} })
    expect(told()).toEqual([])
  })

  it('names the kinds of a restart: reset or refused, starting up, working again', async () => {
    await nodeA().become('writer')
    const client = start(a)
    await works(client)
    await nodeA().become('silent')
    await fails(client)
    await expect.poll(() => client.summary().errorsByKind['connection refused'] ?? 0, patient).toBeGreaterThan(2)
    await nodeA().become('starting')
    await expect.poll(() => client.summary().errorsByKind['starting up'] ?? 0, patient).toBeGreaterThan(2)
    await nodeA().become('writer')
    await works(client)
    expect(told()).toEqual(
      expect.arrayContaining(['fresh: The application fails', 'fresh: The application works again']),
    )
    const { outages } = client.summary().connections.fresh
    expect(outages).toHaveLength(1)
    expect(client.summary().longestOutageSeconds).toBeGreaterThan(1)
    await client.stop()
    expect(await client.verifyNoLostWrites(database.rows)).toMatchObject({ lost: [] })
  })

  it('sees a reader as read-only and keeps its connection', async () => {
    await nodeA().become('reader')
    const client = start(a)
    await fails(client)
    await expect.poll(() => client.summary().errorsByKind['read-only'] ?? 0, patient).toBeGreaterThan(6)
    expect(client.summary().connections['long-lived'].connects).toBe(1)
    expect(client.summary().writesOk).toBe(0)
  })

  it('gives up on a server that never answers', async () => {
    silent = createServer(socket => socket.on('error', () => undefined).resume())
    await new Promise<void>(resolve => silent?.listen(network.listenAt(a.ip, port), resolve))
    const client = start(a)
    await fails(client)
    expect(client.summary().errorsByKind).toEqual({ timeout: expect.any(Number) })
    const [first] = client.samples
    expect(first).toMatchObject({ step: 'connect', ok: false, errorKind: 'timeout' })
    expect(first?.latencyMs).toBeGreaterThanOrEqual(5_000)
  })

  it('finds out when an acknowledged write is lost', async () => {
    await nodeA().become('writer')
    const client = start(a)
    await expect.poll(() => client.acknowledged.size, patient).toBeGreaterThan(4)
    await client.stop()
    await database.rows.query('DELETE FROM application_writes WHERE number = 2')
    await database.rows.query("INSERT INTO application_writes VALUES (100000, 'nobody')")
    expect(await client.verifyNoLostWrites(database.rows)).toMatchObject({ lost: [2], storedUnacknowledged: 1 })
  })
})

describe('a failover behind a load balancer', () => {
  it('costs the time of a registration and loses no acknowledged write', async () => {
    const dialer = { network, time, isReachable: database.isReachable }
    const attributes = {
      'deregistration_delay.timeout_seconds': '5',
      'deregistration_delay.connection_termination.enabled': 'true',
    }
    const group = new LabTargetGroup({ arn: 'arn', port, dialer, timeline, attributes })
    const balancer = await LoadBalancer.open({
      ...front,
      dialer,
      timeline,
      zones: ['eu-west-1a', 'eu-west-1b'],
      shares: [{ group, weight: 1 }],
    })
    await nodeA().become('writer')
    group.seed([a])
    const client = start(front)
    await works(client)

    await nodeA().become('fenced')
    await nodeB().become('starting')
    await fails(client)
    await nodeB().become('writer')
    group.register([b])
    group.deregister([a])
    await expect.poll(() => group.describe([b])[0]?.state, patient).toBe('healthy')
    await expect.poll(() => group.route().to.map(({ key }) => key), patient).toEqual(['10.0.2.20:5432'])
    await works(client)
    await client.stop()
    await balancer.close()
    await group.close()

    const { connections, errorsByKind } = client.summary()
    expect(connections.fresh.isDown).toBe(false)
    expect(errorsByKind.timeout).toBeGreaterThan(0)
    expect(client.summary().longestOutageSeconds).toBeGreaterThan(100)
    const verdict = await client.verifyNoLostWrites(database.rows)
    expect(verdict.lost).toEqual([])
    expect(verdict.acknowledged).toBe(client.summary().acknowledgedWrites)
  })
})

describe('an outage', () => {
  it('is told when it begins, when its errors become others, and when it ends', () => {
    let nowMs = 0
    const told = startTimeline({ now: () => nowMs })
    const watch = new OutageWatch(told, 'fresh')
    watch.worked(500)
    watch.failed(1_000, 'timeout')
    watch.failed(6_000, 'timeout')
    watch.failed(11_000, 'connection reset')
    watch.failed(12_000, 'timeout')
    nowMs = 13_250
    watch.worked(13_250)
    watch.worked(14_000)
    const errors = { timeout: 3, 'connection reset': 1 }
    expect(watch.outages).toEqual([{ fromMs: 1_000, toMs: 13_250, errors }])
    expect(told.moments.map(({ what, fields }) => [what, fields])).toEqual([
      ['The application fails', { connection: 'fresh', error: 'timeout' }],
      ['The application fails in another way', { connection: 'fresh', error: 'connection reset' }],
      ['The application works again', { connection: 'fresh', outageSeconds: 12.3, errors }],
    ])
  })

  it('that still lasts counts until now', () => {
    const watch = () => new OutageWatch(startTimeline({ now: () => 0 }), 'fresh')
    const watches = { fresh: watch(), 'long-lived': watch() }
    watches.fresh.failed(1_000, 'timeout')
    watches.fresh.worked(1_500)
    watches.fresh.failed(2_000, 'read-only')
    const { connections, longestOutageSeconds } = summarise([], watches, 9_000)
    expect(connections.fresh).toMatchObject({ isDown: true, longestOutageSeconds: 7, totalOutageSeconds: 7.5 })
    expect(connections['long-lived']).toMatchObject({ isDown: false, longestOutageSeconds: 0 })
    expect(longestOutageSeconds).toBe(7)
  })
})

describe('patience', () => {
  it('is not lost by a process that was too busy to look', async () => {
    let isLost = false
    const cancel = losePatience(startTime({ speed: 1 }), 500, () => {
      isLost = true
    })
    const untilMs = performance.now() + 700
    while (performance.now() < untilMs);
    await new Promise(resolve => setImmediate(resolve))
    expect(isLost).toBe(false)
    await expect.poll(() => isLost, patient).toBe(true)
    cancel()
  })
})

describe('the kind of an error', () => {
  it.each([
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'connection refused'],
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'connection reset'],
    [new Error('Connection terminated unexpectedly'), 'connection reset'],
    [new GaveUp('x'), 'timeout'],
    [Object.assign(new Error('x'), { code: '57P03' }), 'starting up'],
    [Object.assign(new Error('x'), { code: '25006' }), 'read-only'],
    [Object.assign(new Error('x'), { code: '42P01' }), 'other'],
    ['a string', 'other'],
  ] as const)('%s is told as %s', (error, kind) => {
    expect(classifyError(error)).toBe(kind)
  })
})

describe('the probe of a path', () => {
  it('takes a reader’s answer for none, and the writer’s for one', async () => {
    await nodeA().become('reader')
    const probe = probePath(network.connectTo(a.ip, a.port), time, connectPostgres)
    try {
      await expect.poll(() => probe.longestMs(), patient).toBeGreaterThan(2_000)
      expect(probe.isAnswered()).toBe(false)
      await nodeA().become('writer')
      await expect.poll(() => probe.isAnswered(), patient).toBe(true)
    } finally {
      await probe.stop()
    }
  })
})
