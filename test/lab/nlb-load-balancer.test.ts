import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Timeline } from '../../lab/model.ts'
import { openNetwork } from '../../lab/network.ts'
import { LoadBalancer, type LoadBalancerOptions } from '../../lab/nlb/load-balancer.ts'
import { LabTargetGroup, type TargetGroupOptions } from '../../lab/nlb/target-group.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { becomes, type ManualTime, manualTime } from './manual-time.ts'

const port = 5432
const a = { ip: '10.0.1.10', port }
const b = { ip: '10.0.2.20', port }
const front = { ip: '10.0.9.5', port }

/** Of what only sockets bring: a slow machine takes longer and is not wrong. */
const patient = { timeout: 30_000, interval: 2 }

let time: ManualTime
let timeline: Timeline
let network: Awaited<ReturnType<typeof openNetwork>>
let group: LabTargetGroup
let balancer: LoadBalancer
const echoes: Map<string, { server: Server; sockets: Set<Socket> }> = new Map()

beforeEach(async () => {
  time = manualTime()
  timeline = startTimeline(time)
  network = await openNetwork([a, b, front])
})

afterEach(async () => {
  await balancer.close()
  await group.close()
  for (const ip of [...echoes.keys()]) await silence(ip)
  await network.close()
})

/** Answers each packet with its own address. */
const answer = (target: typeof a): Promise<void> =>
  new Promise(resolve => {
    const sockets = new Set<Socket>()
    const server = createServer(socket => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('data', chunk => socket.write(`${target.ip} ${chunk}`))
    })
    echoes.set(target.ip, { server, sockets })
    server.listen(network.listenAt(target.ip, target.port), () => resolve())
  })

const silence = async (ip: string) => {
  const echo = echoes.get(ip)
  if (echo === undefined) return
  echoes.delete(ip)
  const closed = new Promise(resolve => echo.server.close(resolve))
  for (const socket of echo.sockets) socket.resetAndDestroy()
  await closed
}

const never = 1e8
const ever = [0, Number.POSITIVE_INFINITY] as const

const open = async (options: Partial<LoadBalancerOptions & TargetGroupOptions> = {}) => {
  const shared = { ...front, dialer: { network, time }, timeline, idleTimeoutMs: never, ...options }
  group = new LabTargetGroup({ arn: 'arn', ...shared })
  balancer = await LoadBalancer.open({ zones: ['eu-west-1a'], shares: [{ group, weight: 1 }], ...shared })
}

/** What the other end answers, or how the connection ended. */
const ask = async (socket: Socket, text: string): Promise<string> => {
  socket.write(text)
  return Promise.race([
    once(socket, 'data').then(
      ([chunk]) => String(chunk),
      error => error.code as string,
    ),
    new Promise<string>(resolve => socket.once('close', () => resolve('closed'))),
  ])
}

const call = () => {
  const socket = connect(network.connectTo(front.ip, front.port))
  socket.on('error', () => undefined)
  return socket
}

const askOnce = async (): Promise<string> => {
  const socket = call()
  const said = await ask(socket, 'hello')
  socket.destroy()
  return said
}

const reach = (target: typeof a, state: string) => becomes(time, () => group.describe([target])[0]?.state, state)

describe('a load balancer', () => {
  it('resets connections while its group is empty', async () => {
    await open()
    expect(await askOnce()).toBe('ECONNRESET')
    const { series, unhealthyRouted } = balancer
    expect([series.countOpened(...ever), unhealthyRouted, series.countResets('balancer', ...ever)]).toEqual([1, 1, 1])
  })

  it('takes new connections to the group that has weight, and ends those through one that has none', async () => {
    await answer(a)
    await answer(b)
    const shared = {
      ...front,
      dialer: { network, time },
      timeline,
      idleTimeoutMs: never,
      propagation: { weightChangeMs: 3_000 },
    }
    group = new LabTargetGroup({ arn: 'arn:targetgroup/one/1', ...shared })
    const second = new LabTargetGroup({ arn: 'arn:targetgroup/two/2', ...shared })
    const weighing = (one: number, two: number) => [
      { group, weight: one },
      { group: second, weight: two },
    ]
    balancer = await LoadBalancer.open({ zones: ['eu-west-1a'], ...shared, shares: weighing(1, 0) })
    group.seed([a])
    second.seed([b])
    const kept = call()
    expect(await ask(kept, 'hello')).toBe(`${a.ip} hello`)

    balancer.forward.change(weighing(0, 1))

    await becomes(time, askOnce, `${b.ip} hello`)
    await expect.poll(() => kept.destroyed, patient).toBe(true)
    await second.close()
  })

  it('forwards nothing to a target whose registration is in progress', async () => {
    await answer(a)
    await open({ propagation: { registrationMs: never } })
    group.register([a])
    expect(await askOnce()).toBe('ECONNRESET')
  })

  it('forwards bytes both ways to the healthy target', async () => {
    await answer(a)
    await open()
    group.register([a])
    await reach(a, 'healthy')
    const socket = call()
    expect(await ask(socket, 'one')).toBe('10.0.1.10 one')
    expect(await ask(socket, 'two')).toBe('10.0.1.10 two')
    expect(balancer.series.activeAt(Date.now())).toBe(1)
    socket.end()
    await once(socket, 'close')
    await expect.poll(() => balancer.series.activeAt(Date.now()), patient).toBe(0)
  })

  it('carries more than the buffers hold', async () => {
    await answer(a)
    await open()
    group.register([a])
    await reach(a, 'healthy')
    const socket = call()
    const size = 4_000_000
    let received = 0
    socket.on('data', chunk => {
      received += chunk.length
    })
    socket.write(Buffer.alloc(size, 'x'))
    await expect.poll(() => received, patient).toBeGreaterThanOrEqual(size)
    socket.destroy()
  })

  it('passes the reset of a target on', async () => {
    await answer(a)
    await open()
    group.register([a])
    await reach(a, 'healthy')
    const socket = call()
    await ask(socket, 'hello')
    const reset = new Promise<NodeJS.ErrnoException>(resolve => socket.once('error', resolve))
    await silence(a.ip)
    expect((await reset).code).toBe('ECONNRESET')
    expect(balancer.series.countResets('target', ...ever)).toBe(1)
  })

  it('goes on sending new connections to a target that is deregistered and gone from the list', async () => {
    await answer(a)
    await open({
      attributes: { 'deregistration_delay.timeout_seconds': '0' },
      propagation: { deregistrationMs: never },
    })
    group.register([a])
    await reach(a, 'healthy')
    group.deregister([a])
    await becomes(time, () => group.describe(), [])
    expect(await askOnce()).toBe('10.0.1.10 hello')
  })

  it('sends new connections to the new target of a swap in the end', async () => {
    await answer(a)
    await answer(b)
    await open({ attributes: { 'deregistration_delay.timeout_seconds': '0' } })
    group.register([a])
    await reach(a, 'healthy')
    group.register([b])
    group.deregister([a])
    await becomes(time, askOnce, '10.0.2.20 hello')
    await reach(b, 'healthy')
    await becomes(time, () => group.route().to.map(({ key }) => key), ['10.0.2.20:5432'])
    expect(await askOnce()).toBe('10.0.2.20 hello')
  })

  it('cuts established connections of a deregistered target when termination is on', async () => {
    await answer(a)
    await open({
      attributes: {
        'deregistration_delay.timeout_seconds': '1',
        'deregistration_delay.connection_termination.enabled': 'true',
      },
    })
    group.register([a])
    await reach(a, 'healthy')
    const socket = call()
    await ask(socket, 'hello')
    const reset = new Promise<NodeJS.ErrnoException>(resolve => socket.once('error', resolve))
    group.deregister([a])
    await becomes(time, () => socket.destroyed, true)
    expect((await reset).code).toBe('ECONNRESET')
    expect(timeline.moments.map(({ what }) => what)).toContain('connections to a deregistered target were cut')
  })

  it('keeps established connections of a deregistered target when termination is off', async () => {
    await answer(a)
    await open({ attributes: { 'deregistration_delay.timeout_seconds': '1' } })
    group.register([a])
    await reach(a, 'healthy')
    const socket = call()
    await ask(socket, 'hello')
    group.deregister([a])
    await becomes(time, () => group.route().to, [])
    expect(await ask(socket, 'still there')).toBe('10.0.1.10 still there')
    socket.destroy()
  })

  it('answers packets for an unhealthy target by reset while another one is healthy', async () => {
    await answer(a)
    await answer(b)
    await open()
    group.register([a])
    await reach(a, 'healthy')
    const socket = call()
    await ask(socket, 'hello')
    group.register([b])
    await reach(b, 'healthy')
    echoes.get(a.ip)?.server.close()
    await reach(a, 'unhealthy')
    expect(await ask(socket, 'anybody?')).toBe('ECONNRESET')
  })

  it('keeps connections to the only target although it is unhealthy: it fails open', async () => {
    await answer(a)
    await open()
    group.register([a])
    await reach(a, 'healthy')
    const socket = call()
    await ask(socket, 'hello')
    echoes.get(a.ip)?.server.close()
    await reach(a, 'unhealthy')
    expect(await ask(socket, 'anybody?')).toBe('10.0.1.10 anybody?')
    const flows = balancer.unhealthyRouted
    expect(await askOnce()).toBe('ECONNRESET')
    expect(balancer.unhealthyRouted).toBe(flows + 1)
    socket.destroy()
  })

  it('forgets an idle connection and resets its next packet', async () => {
    await answer(a)
    await open({ idleTimeoutMs: 5_000 })
    group.register([a])
    await reach(a, 'healthy')
    const socket = call()
    await once(socket, 'connect')
    await time.advance(20_000)
    expect(await ask(socket, 'late')).toBe('ECONNRESET')
  })
})
