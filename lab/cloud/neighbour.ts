import type { Api } from '../api/api-server.ts'
import { type Application, startApplication } from '../client/application.ts'
import { createTable } from '../client/writes-table.ts'
import { issueCertificate } from '../database/certificate.ts'
import type { Database } from '../database/database.ts'
import { createMultiAzInstance, type MultiAzInstance } from '../database/multi-az-instance.ts'
import type { DnsServer } from '../dns/dns-server.ts'
import type { Bus, BusEvent } from '../events/bus.ts'
import * as fixture from '../fixture.ts'
import type { LambdaFunction } from '../lambda/lambda-function.ts'
import type { Closable, LabTime, Network } from '../model.ts'
import type { Address } from '../network.ts'
import type { Propagation } from '../nlb/propagation.ts'
import type { SharedDeployment } from '../template/deployment.ts'
import { startTimeline } from '../timeline.ts'
import { type LoadBalancing, openLoadBalancing } from './load-balancing.ts'
import { driverOf, openEngine, rdsEngineOf } from './open-engine.ts'
import { opening } from './opening.ts'
import { openStackFunction, type StackFunction } from './stack-function.ts'

export type NeighbourDeployment = SharedDeployment['neighbours'][number]

/** Wherever it may run, and where the load balancer listens for it. */
export const neighbourAddresses = ({ hosts, listenerPort }: fixture.Neighbour): Address[] => [
  ...hosts.map(ip => ({ ip, port: fixture.port })),
  ...fixture.loadBalancer.nodes.map(({ ip }) => ({ ip, port: listenerPort })),
]

/** Its database, before anything stands in front of it. */
export interface NeighbourDatabase extends Closable {
  readonly named: NeighbourDeployment
  readonly storage: Database
  readonly instance: MultiAzInstance
}

/** Another database behind the load balancer of `orders`: its storage, listener, target group and function are its own. */
export interface Neighbour {
  readonly id: string
  readonly accessKey: string
  readonly instance: MultiAzInstance
  readonly storage: Database
  readonly balancing: LoadBalancing
  readonly lambda: LambdaFunction
  readonly seed: StackFunction['seed']
  readonly writerIp: () => string
  /** Its writer, and nobody else, gets the connections of its listener, and is healthy. */
  readonly isServed: () => boolean
  start(): Promise<void>
  /** Rules and schedule invoke its function from now on. */
  connectRepoint: StackFunction['connect']
  startApplication(): Application
}

interface NeighbourWorld {
  readonly time: LabTime
  readonly network: Network
  readonly bus: Bus
}

/** What it does is not told in the timeline, which is that of `orders`; its calls are. */
export const openNeighbourDatabase = (
  named: NeighbourDeployment,
  { time, network, bus }: NeighbourWorld,
): Promise<NeighbourDatabase> =>
  opening(async keep => {
    const { id, endpoint, hosts } = named
    const timeline = startTimeline(time)
    const storage = keep(
      await openEngine(
        { kind: 'instance' },
        {
          network,
          nodes: hosts.map(ip => ({ ip, port: fixture.port })),
          certificate: await issueCertificate([endpoint]),
          onFault: error => timeline.record('lab', 'The database failed', { error: String(error) }),
        },
      ),
    )
    const [first, second] = storage.nodes
    if (!first || !second) throw new Error('a database of the lab has two nodes')
    const host = (node: typeof first) => ({ node, zone: fixture.zoneOf(node.ip) ?? '' })
    const instance = keep(
      createMultiAzInstance({
        ...{ id, endpoint, time, timeline },
        engine: rdsEngineOf({ kind: 'instance' }),
        hosts: [host(first), host(second)],
        emit: event => bus.send(event as unknown as BusEvent),
      }),
    )
    return { named, storage, instance }
  })

interface DoorWorld extends NeighbourWorld {
  readonly api: Api
  readonly dns: DnsServer
  readonly codeFolder: string
  readonly propagation?: Partial<Propagation> | undefined
}

export const openNeighbour = (
  { named, storage, instance }: NeighbourDatabase,
  world: DoorWorld,
): Promise<Neighbour & Closable> =>
  opening(async keep => {
    const { id, accessKey, deployment, listenerPort } = named
    const { time, network, propagation } = world
    const timeline = startTimeline(time)
    const { ip } = fixture.loadBalancer
    const balancing = keep(
      await openLoadBalancing({
        deployment,
        dialer: { network, time, isReachable: storage.isReachable, from: network.listenAt(ip, fixture.port).host },
        ...{ timeline, propagation },
      }),
    )
    const { writer } = balancing
    const stack = keep(await openStackFunction({ ...world, deployment, timeline, accessKey, frontDoor: writer }))
    const writerIp = () => instance.writer().node.ip
    return {
      ...{ id, accessKey, instance, storage, balancing, writerIp },
      ...{ lambda: stack.lambda, seed: stack.seed },
      isServed: () => writer.targetGroup.servesOnly(writerIp()),
      start: async () => {
        await storage.nodes[0]?.become('writer')
        await createTable(storage.rows)
      },
      connectRepoint: stack.connect,
      startApplication: () =>
        startApplication({
          locate: () => network.connectTo(ip, listenerPort),
          connect: driverOf(storage.engine),
          time,
          timeline,
        }),
    }
  })
