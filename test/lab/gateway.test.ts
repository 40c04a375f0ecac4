import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AccountResources } from '../../lab/api/resources.ts'
import { type Endpoints, openEndpoints } from '../../lab/consumer/endpoints.ts'
import { delays } from '../../lab/delays.ts'
import * as fixture from '../../lab/fixture.ts'
import type { AccessLogs } from '../../lab/gateway/access-log.ts'
import { type Gateway, openGateway } from '../../lab/gateway/gateway.ts'
import type { GatewaySettings } from '../../lab/gateway/gateway-settings.ts'
import { openNetwork } from '../../lab/network.ts'
import { startTimeline } from '../../lab/timeline.ts'
import { type ManualTime, manualTime } from './manual-time.ts'
import { configurationArn, gatewayGroup, logGroup, resourceEndpoint, withGateway } from './some-resources.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const { port } = fixture
const [home, standby] = fixture.hosts.instance
const [entry = ''] = fixture.consumer.addressesOf('resource')
const [readers = ''] = fixture.consumer.addressesOf('readers')
const patient = { timeout: 30_000, interval: 2 }

let time: ManualTime
let network: Awaited<ReturnType<typeof openNetwork>>
let around: AccountResources
let logs: AccessLogs
let gateway: Gateway
let endpoints: Endpoints
let writer: string
const databases: { server: Server; sockets: Set<Socket> }[] = []

/** Answers each packet with its own address. */
const answer = async (ip: string) => {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', chunk => socket.write(`${ip} ${chunk}`))
  })
  databases.push({ server, sockets })
  server.listen(network.listenAt(ip, port))
  await once(server, 'listening')
  return sockets
}

const open = async (settings: Partial<GatewaySettings> = {}) => {
  const dialer = { network, time }
  const timeline = startTimeline(time)
  gateway = openGateway({
    ...{ dialer, timeline, resources: around, logs, settings },
    interfaces: fixture.rdsInterfaces('instance', fixture.networkNames.databaseGroup),
    zones: [{ lookup: () => ({ type: 'A', addresses: [writer], ttlSeconds: 5 }) }],
    databases: {
      clusters: () => [],
      instances: () => [
        {
          ...{ id: 'orders', arn: fixture.databaseArn('instance'), engine: 'postgres', status: 'available', port },
          ...{ multiAz: true, zone: 'eu-west-1a', endpoint: fixture.endpoints.instance },
        },
      ],
    },
  })
  endpoints = openEndpoints({ network, dialer, resources: around, gateway, nodeFor: () => '10.0.1.5', ports: [port] })
  await endpoints.follow()
}

beforeEach(async () => {
  time = manualTime()
  network = await openNetwork([home, standby, entry, readers].map(ip => ({ ip, port })))
  around = withGateway()
  around.vpcEndpoints.push({ ...resourceEndpoint, addresses: [entry] })
  logs = new Map()
  writer = home
})

afterEach(async () => {
  await endpoints.close()
  await gateway.close()
  for (const { server, sockets } of databases.splice(0)) {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  }
  await network.close()
})

const call = (ip = entry) => {
  const socket = connect(network.connectTo(ip, port))
  socket.on('error', () => undefined)
  return socket
}

/** What the other end answers, or how the connection ended. */
const ask = async (socket: Socket, text = 'hello'): Promise<string> => {
  socket.write(text)
  return Promise.race([
    once(socket, 'data').then(
      ([chunk]) => String(chunk),
      error => error.code as string,
    ),
    new Promise<string>(resolve => socket.once('close', () => resolve('closed'))),
  ])
}

const closing = (socket: Socket) => new Promise(resolve => socket.once('close', resolve))

const isOpen = (socket: Socket): boolean => socket.readyState === 'open'

describe('a resource gateway', () => {
  it('takes each new connection to where the name leads at that moment, and leaves the old ones', async () => {
    await answer(home)
    await answer(standby)
    await open()
    const kept = call()
    expect(await ask(kept)).toBe(`${home} hello`)

    writer = standby

    const fresh = call()
    expect([await ask(fresh), await ask(kept)]).toEqual([`${standby} hello`, `${home} hello`])
    for (const socket of [kept, fresh]) socket.destroy()
  })

  it('goes by an old answer for as long as it is told to', async () => {
    await answer(home)
    await answer(standby)
    await open({ keepsAnswerMs: 30_000 })
    const first = call()
    await ask(first)
    writer = standby

    await time.advance(29_000)
    const second = call()
    expect(await ask(second)).toBe(`${home} hello`)
    await time.advance(2_000)
    const third = call()
    expect(await ask(third)).toBe(`${standby} hello`)
    for (const socket of [first, second, third]) socket.destroy()
  })

  it.each<[string, () => void]>([
    [
      'the database’s group does not let it in',
      () => {
        const group = around.securityGroups.find(({ id }) => id === fixture.networkNames.databaseGroup)
        if (group) group.incoming = group.incoming.filter(({ groupIds = [] }) => !groupIds.includes(gatewayGroup))
      },
    ],
    [
      'its own group lets nothing out on the port',
      () => {
        const group = around.securityGroups.find(({ id }) => id === gatewayGroup)
        if (group) group.outgoing = [{ protocol: 'tcp', fromPort: 3306, toPort: 3306, cidrs: ['0.0.0.0/0'] }]
      },
    ],
  ])('leaves a connection hanging, and logs nothing, while %s', async (_, breakIt) => {
    await answer(home)
    breakIt()
    await open({ connectTimeoutMs: 127_000 })
    const socket = call()
    const said = ask(socket)
    await expect.poll(() => endpoints.active(resourceEndpoint.id), patient).toBe(1)

    await time.advance(120_000)
    expect(isOpen(socket)).toBe(true)
    await time.advance(20_000)

    expect(await said).not.toContain('hello')
    await time.advance(delays.gatewayAccessLog.value)
    expect(logs.size).toBe(0)
  })

  it('writes a record of each connection, late, with every documented field', async () => {
    await answer(home)
    await open()
    const socket = call()
    await ask(socket)

    await time.advance(delays.gatewayAccessLog.value - 1)
    expect(logs.get(logGroup)).toBeUndefined()
    await time.advance(1)

    const [event] = logs.get(logGroup) ?? []
    expect(event?.record).toEqual({
      eventTimestamp: new Date(event?.atMs ?? 0).toISOString(),
      serviceNetworkArn: '-',
      serviceNetworkResourceAssociationId: '-',
      vpcEndpointId: resourceEndpoint.id,
      sourceVpcArn: 'arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0c0a5ade000000001',
      resourceConfigurationArn: configurationArn,
      protocol: 'tcp',
      sourceIpPort: `10.1.1.100:${socket.localPort}`,
      destinationIpPort: '10.1.1.50:5432',
      gatewayIpPort: expect.stringMatching(/^10\.0\.1\.60:\d+$/),
      resourceIpPort: `${home}:5432`,
    })
    socket.destroy()
  })

  it('lets an established connection hang when the database dies, and passes its reset on only when told so', async () => {
    const outcomes: boolean[] = []
    for (const whenTargetResets of ['hangs', 'passes-on'] as const) {
      const sockets = await answer(home)
      await open({ whenTargetResets })
      const socket = call()
      await ask(socket)
      const closed = closing(socket)
      for (const target of sockets) target.resetAndDestroy()
      if (whenTargetResets === 'passes-on') await closed
      else await expect.poll(() => [...sockets].every(({ destroyed }) => destroyed), patient).toBe(true)
      outcomes.push(isOpen(socket))
      socket.destroy()
      await endpoints.close()
      await gateway.close()
      for (const { server } of databases.splice(0)) await new Promise(resolve => server.close(resolve))
    }
    expect(outcomes).toEqual([true, false])
  })

  it('forgets a connection that was idle for 350 s, and resets its next packet', async () => {
    await answer(home)
    await open()
    const socket = call()
    await ask(socket)
    await time.advance(340_000)
    expect(await ask(socket)).toBe(`${home} hello`)
    await time.advance(351_000)
    expect(await ask(socket)).not.toContain('hello')
  })
})

describe('an endpoint', () => {
  it('that is taken away ends the connections through it, and listens no more', async () => {
    await answer(home)
    await open()
    const socket = call()
    await ask(socket)
    const closed = closing(socket)

    around.vpcEndpoints.splice(0)
    await endpoints.follow()
    await closed

    expect(await ask(call())).not.toContain('hello')
    expect(endpoints.flows(resourceEndpoint.id)?.countOpened(0, Date.now() + 1)).toBe(1)
    await expect.poll(() => endpoints.active(resourceEndpoint.id), patient).toBe(0)
  })

  it('leads from each of its addresses to what is associated there', async () => {
    const nowhere = { ...resourceEndpoint.names[0], dnsName: 'elsewhere', hostedZoneId: 'Z', addresses: [readers] }
    around.vpcEndpoints.splice(0, 1, {
      ...resourceEndpoint,
      addresses: [entry, readers],
      names: [{ ...nowhere, resourceConfigurationArn: 'arn:of:nothing' }, ...resourceEndpoint.names],
    })
    await answer(home)
    await open({ connectTimeoutMs: 5_000 })
    const [here, there] = [call(), call(readers)]
    const said = ask(there)
    expect(await ask(here)).toBe(`${home} hello`)
    await expect.poll(() => endpoints.active(resourceEndpoint.id), patient).toBe(2)
    expect([entry, readers].map(ip => endpoints.active(resourceEndpoint.id, { ip }))).toEqual([1, 1])
    expect(endpoints.active(resourceEndpoint.id, { port: 5433 })).toBe(0)
    await time.advance(10_000)
    expect(await said).not.toContain('hello')
    here.destroy()
  })
})
