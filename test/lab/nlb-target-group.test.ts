import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TargetHealth, Timeline } from '../../lab/model.ts'
import { openNetwork } from '../../lab/network.ts'
import { LabTargetGroup, type TargetGroupOptions } from '../../lab/nlb/target-group.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { becomes, type ManualTime, manualTime } from './manual-time.ts'

const port = 5432
const a = { ip: '10.0.1.10', port }
const b = { ip: '10.0.2.20', port }

let time: ManualTime
let timeline: Timeline
let network: Awaited<ReturnType<typeof openNetwork>>
let group: LabTargetGroup
const servers: Server[] = []
const cuts: string[] = []

beforeEach(async () => {
  time = manualTime()
  timeline = startTimeline(time)
  network = await openNetwork([a, b])
  cuts.length = 0
})

afterEach(async () => {
  await group.close()
  await Promise.all(servers.splice(0).map(server => new Promise(resolve => server.close(resolve))))
  await network.close()
})

const listen = (at: { ip: string; port: number }): Promise<Server> =>
  new Promise(resolve => {
    const server = createServer(socket => socket.on('error', () => undefined).resume())
    servers.push(server)
    server.listen(network.listenAt(at.ip, at.port), () => resolve(server))
  })

const aGroup = (options: Partial<TargetGroupOptions> = {}): LabTargetGroup => {
  group = new LabTargetGroup({ arn: 'arn', port, dialer: { network, time }, timeline, ...options })
  return group
}

const attached = (options: Partial<TargetGroupOptions> = {}): LabTargetGroup => {
  aGroup(options).attach({ zones: ['eu-west-1a', 'eu-west-1b'], cut: key => cuts.push(key) })
  return group
}

const states = () => group.describe().map(({ ip, state }) => `${ip} ${state}`)

/** The states that the timeline tells of one target, each with its moment. */
const dialer = (target: { ip: string; port: number }) =>
  timeline.moments
    .filter(
      ({ what, fields }) => what === 'A target changed its state' && fields.target === `${target.ip}:${target.port}`,
    )
    .map(({ atMs, fields }) => ({ atMs, state: fields.state, reason: fields.reason }))

const reach = (target: typeof a, state: TargetHealth['state']) =>
  becomes(time, () => group.describe([target])[0]?.state, state)

describe('a registration', () => {
  it('is not routed before it has reached the data plane, and healthy only after its probes', async () => {
    await listen(a)
    attached().register([a])
    expect(group.describe()).toEqual([
      {
        ...a,
        state: 'initial',
        reason: 'Elb.RegistrationInProgress',
        description: 'Target registration is in progress',
      },
    ])
    expect(group.route()).toEqual({ to: [], failsOpen: true })
    await reach(a, 'healthy')
    expect(group.describe()).toEqual([{ ...a, state: 'healthy' }])
    const [registering, checking, healthy] = dialer(a)
    expect(registering).toMatchObject({ state: 'initial', reason: 'Elb.RegistrationInProgress' })
    expect(checking).toMatchObject({ state: 'initial', reason: 'Elb.InitialHealthChecking' })
    expect(healthy).toMatchObject({ state: 'healthy', reason: undefined })
    expect((checking?.atMs ?? 0) - (registering?.atMs ?? 0)).toBeGreaterThanOrEqual(119_000)
    expect((healthy?.atMs ?? 0) - (checking?.atMs ?? 0)).toBeGreaterThanOrEqual(9_000)
  })

  it('takes connections before it is healthy when nothing else is: the group fails open', async () => {
    attached({ healthCheck: { unhealthyThreshold: 1_000 } }).register([a])
    await becomes(time, () => group.route().to.length, 1)
    expect(group.route().failsOpen).toBe(true)
    expect(states()).toEqual(['10.0.1.10 initial'])
  })

  it('turns unhealthy by failed connects and healthy again by good ones', async () => {
    attached().register([a])
    await reach(a, 'unhealthy')
    expect(group.describe([a])).toEqual([
      { ...a, state: 'unhealthy', reason: 'Target.FailedHealthChecks', description: 'Health checks failed' },
    ])
    await listen(a)
    await reach(a, 'healthy')
  })

  it('turns unhealthy when its host drops packets', async () => {
    await listen(a)
    let isReachable = true
    attached({ dialer: { network, time, isReachable: () => isReachable } }).register([a])
    await reach(a, 'healthy')
    isReachable = false
    await reach(a, 'unhealthy')
  })

  it('is unhealthy.draining for a while when unhealthy connections are to end by themselves', async () => {
    attached({
      attributes: {
        'target_health_state.unhealthy.connection_termination.enabled': 'false',
        'target_health_state.unhealthy.draining_interval_seconds': '60',
      },
    }).register([a])
    await becomes(time, () => dialer(a).map(({ state }) => state), [
      'initial',
      'initial',
      'unhealthy.draining',
      'unhealthy',
    ])
    expect(group.refusesEstablished('10.0.1.10:5432')).toBe(false)
  })

  it('that is seeded is healthy and routed to from the start', async () => {
    await listen(a)
    attached().seed([a])
    expect(group.describe()).toEqual([{ ...a, state: 'healthy' }])
    expect(group.route().to).toHaveLength(1)
    await new Promise<void>(resolve => servers.pop()?.close(() => resolve()))
    await reach(a, 'unhealthy')
  })

  it('is one of id and port', () => {
    attached().register([a, { ...a, port: 5433 }, a])
    expect(group.describe().map(target => target.port)).toEqual([5432, 5433])
    group.deregister([{ ...a, port: 9 }])
    expect(states()).toEqual(['10.0.1.10 initial', '10.0.1.10 initial'])
    group.deregister([{ ...a, port: 5433 }])
    expect(states()).toEqual(['10.0.1.10 initial', '10.0.1.10 draining'])
  })

  it('is unused in a zone that is not enabled on the load balancer', () => {
    attached({ zoneOf: ip => (ip === b.ip ? 'eu-west-1c' : 'eu-west-1a') }).register([a, b])
    expect(group.describe([b])).toEqual([
      {
        ...b,
        zone: 'eu-west-1c',
        state: 'unused',
        reason: 'Target.NotInUse',
        description: 'Target is in an Availability Zone that is not enabled for the load balancer',
      },
    ])
    expect(states()[0]).toBe('10.0.1.10 initial')
  })

  it('is unused until a listener forwards to the group', () => {
    aGroup().register([a])
    expect(group.describe()).toMatchObject([{ state: 'unused', reason: 'Target.NotInUse' }])
    group.attach({ zones: [], cut: () => undefined })
    expect(group.describe()).toMatchObject([{ state: 'initial', reason: 'Elb.RegistrationInProgress' }])
  })

  it('that is asked for and not there is unused', () => {
    expect(attached().describe([a])).toEqual([
      {
        ...a,
        state: 'unused',
        reason: 'Target.NotRegistered',
        description: 'Target is not registered to the target group',
      },
    ])
  })
})

describe('a deregistration', () => {
  const quick = { 'deregistration_delay.timeout_seconds': '5' }

  it('leaves no row after the delay, yet new connections arrive for two minutes', async () => {
    await listen(a)
    attached({ attributes: quick }).register([a])
    await reach(a, 'healthy')
    const calledAtMs = time.now()
    group.deregister([a])
    expect(group.describe()).toEqual([
      {
        ...a,
        state: 'draining',
        reason: 'Target.DeregistrationInProgress',
        description: 'Target deregistration is in progress',
      },
    ])
    await becomes(time, () => group.route().to, [])
    const order = timeline.moments.slice(-2)
    expect(order).toMatchObject([
      {
        what: 'A target changed its state',
        fields: { from: 'draining (Target.DeregistrationInProgress)', state: 'unused' },
      },
      { what: 'new connections get nowhere' },
    ])
    expect((order[1]?.atMs ?? 0) - calledAtMs).toBeGreaterThanOrEqual(119_000)
    expect(group.describe()).toEqual([])
    expect(cuts).toEqual([])
  })

  it('cuts established connections after the delay, and the late ones later, when termination is on', async () => {
    const attributes = { ...quick, 'deregistration_delay.connection_termination.enabled': 'true' }
    attached({ attributes }).register([a])
    await reach(a, 'unhealthy')
    group.deregister([a])
    await becomes(time, () => cuts, ['10.0.1.10:5432', '10.0.1.10:5432'])
    expect(group.route().to).toEqual([])
  })

  it('of a target that the data plane has not heard of keeps it out for good', async () => {
    attached({ attributes: quick, propagation: { registrationMs: 20_000 } }).register([a])
    group.deregister([a])
    group.register([b])
    await becomes(time, () => group.route().to.map(({ key }) => key), ['10.0.2.20:5432'])
    await reach(b, 'unhealthy')
    expect(states()).toEqual(['10.0.2.20 unhealthy'])
    expect(dialer(a).map(({ state }) => state)).toEqual(['initial', 'draining', 'unused'])
  })

  it('is undone by registering again, which takes the whole registration once more', async () => {
    await listen(a)
    const terminating = { ...quick, 'deregistration_delay.connection_termination.enabled': 'true' }
    attached({ attributes: terminating }).register([a])
    await reach(a, 'healthy')
    group.deregister([a])
    group.register([a])
    expect(group.describe()).toMatchObject([{ ...a, state: 'initial', reason: 'Elb.RegistrationInProgress' }])
    await reach(a, 'healthy')
    expect(dialer(a).map(({ state }) => state)).toEqual([
      'initial',
      'initial',
      'healthy',
      'draining',
      'initial',
      'initial',
      'healthy',
    ])
    expect(cuts).toEqual([])
  })

  it('is undone at once by registering again when the lab is told so', async () => {
    await listen(a)
    attached({ propagation: { reregistration: 'resumes-at-once', deregistrationMs: 60_000 } }).register([a])
    await reach(a, 'healthy')
    group.deregister([a])
    group.register([a])
    expect(states()).toEqual(['10.0.1.10 healthy'])
    await time.advance(30_000)
    group.deregister([a])
    const lastAtMs = time.now()
    await becomes(time, () => group.route().to, [])
    expect(time.now() - lastAtMs).toBeGreaterThanOrEqual(59_000)
  })
})
