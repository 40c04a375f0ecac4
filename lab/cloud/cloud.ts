import type { NetworkInterface } from '../api/account.ts'
import { type Api, openApi } from '../api/api-server.ts'
import type { AccountResources } from '../api/resources.ts'
import { type Application, startApplication } from '../client/application.ts'
import type { Driver } from '../client/connection.ts'
import { locateBy } from '../client/locate.ts'
import { endpointNames } from '../consumer/private-zones.ts'
import type { AuroraCluster } from '../database/aurora-cluster.ts'
import { controlOf } from '../database/create-database.ts'
import type { Database } from '../database/database.ts'
import type { MultiAzInstance } from '../database/multi-az-instance.ts'
import type { RdsView } from '../database/rds-view.ts'
import { type DnsServer, startDns } from '../dns/dns-server.ts'
import { type OwnName, openOwnName } from '../dns/own-name.ts'
import type { ZoneView } from '../dns/zone.ts'
import type { Bus } from '../events/bus.ts'
import * as fixture from '../fixture.ts'
import type { GatewaySettings } from '../gateway/gateway-settings.ts'
import type { LambdaFunction } from '../lambda/lambda-function.ts'
import type { Closable, LabTime, Network, Timeline } from '../model.ts'
import { openNetwork } from '../network.ts'
import type { LoadBalancer } from '../nlb/load-balancer.ts'
import type { Propagation } from '../nlb/propagation.ts'
import type { LabTargetGroup } from '../nlb/target-group.ts'
import type { Operations } from '../operations/operations.ts'
import type { WakeState } from '../operations/wake.ts'
import type { Deployment } from '../template/deployment.ts'
import { accountOf } from './account-view.ts'
import { connectToOf, endpointAddresses } from './connect-to.ts'
import { type GatewayPath, openGatewayPath } from './gateway-path.ts'
import { balancerInterfaces, layOut } from './initial-resources.ts'
import { type FrontDoor, type LoadBalancing, openLoadBalancing } from './load-balancing.ts'
import {
  type Neighbour,
  type NeighbourDeployment,
  neighbourAddresses,
  openNeighbour,
  openNeighbourDatabase,
} from './neighbour.ts'
import { driverOf, type EngineChoice, rdsEngineOf } from './open-engine.ts'
import { databaseAddresses, openRds } from './open-rds.ts'
import { type Keep, opening } from './opening.ts'
import { redeploy, retire } from './redeploy.ts'
import { openStackFunction } from './stack-function.ts'

export interface CloudOptions extends EngineChoice {
  readonly deployment: Deployment
  readonly time: LabTime
  readonly timeline: Timeline
  /** Folder of the built artefact. */
  readonly codeFolder: string
  /** How fast the load balancer's data plane follows, where it differs from the published figures. */
  readonly propagation?: Partial<Propagation> | undefined
  /** How a resource gateway's data plane behaves, where it differs from what is known. */
  readonly gatewaySettings?: Partial<GatewaySettings> | undefined
  /** Other databases behind the same load balancer. */
  readonly neighbours?: readonly NeighbourDeployment[]
}

/** Through the load balancer itself, or by the database's name as the consumer's VPC resolves it. */
export type Approach = 'load-balancer' | 'by-name'

/** A database, a load balancer in front of it, and what Repoint's stack adds, all on loopback. */
export interface Cloud extends Closable, Omit<GatewayPath, 'close'> {
  readonly time: LabTime
  readonly timeline: Timeline
  readonly kind: fixture.DatabaseKind
  readonly database: MultiAzInstance | AuroraCluster
  readonly storage: Database
  /** The writer's, or the first of its groups. */
  readonly targetGroup: LabTargetGroup
  readonly loadBalancer: LoadBalancer
  /** Present where there is a front door for readers. */
  readonly readers?: FrontDoor
  /** Other databases behind the same load balancer. */
  readonly neighbours: readonly Neighbour[]
  /** Who owns which address of the VPC now: a plain list to change. */
  readonly interfaces: NetworkInterface[]
  /** Of target groups, by ARN. */
  readonly tags: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly network: Network
  readonly api: Api
  readonly dns: DnsServer
  /** Beside RDS's names: one that its owner moves. */
  readonly ownName: OwnName
  readonly bus: Bus
  readonly lambda: LambdaFunction
  /** Rules and schedule, as an operator switches them. */
  readonly wake: WakeState
  readonly operations: Operations
  /** Networks, parameter groups, endpoints, roles: plain values to break. */
  readonly resources: AccountResources
  readonly writerIp: () => string
  /** How clients speak to the database. */
  readonly connect: Driver
  /** As RDS calls it. */
  readonly engineName: string
  /** Where on loopback the private addresses and the load balancer's name are: `HOST:PORT=HOST:PORT`. */
  readonly connectTo: () => readonly string[]
  /** The writer runs and holds the application's table; the others of a cluster read. */
  startDatabase(): Promise<void>
  /** Lets the function register the writer, as a deployment does. @throws Error where it could not */
  seed(): Promise<void>
  /** Rules and schedule invoke the function from now on. */
  connectRepoint(): void
  /** Another version of the stack, in the template's order: function, seed, listener, seed; or listener, function, seed. */
  redeploy(deployment: Deployment): Promise<void>
  /** `onConnect` hears the private address of each new connection. */
  startApplication(options?: ApplicationOptions): Application
}

export interface ApplicationOptions {
  readonly approach?: Approach
  /** Of the pool, in scenario time. */
  readonly maxLifetimeMs?: number
  readonly mostSamples?: number
  readonly onConnect?: (ip: string) => void
}

const inTurn = async <In, Out>(all: readonly In[], open: (it: In) => Promise<Out>): Promise<Out[]> => {
  const opened: Out[] = []
  for (const it of all) opened.push(await open(it))
  return opened
}

/** What RDS shows of all databases of the account. */
const together = (views: readonly RdsView[]): RdsView => ({
  instances: () => views.flatMap(it => it.instances()),
  clusters: () => views.flatMap(it => it.clusters()),
})

/** The listeners of one load balancer, whoever's they are. */
const share = ({ groups, views }: LoadBalancing, own: LoadBalancing): void => {
  groups.push(...own.groups)
  const [whole] = views
  if (whole) views[0] = { ...whole, listeners: [...whole.listeners, ...own.views.flatMap(it => it.listeners)] }
}

/** Opens one part after the other, each over what it needs of those before it. */
export const openCloud = (options: CloudOptions): Promise<Cloud> => opening(keep => openParts(options, keep))

const openParts = async (options: CloudOptions, keep: Keep): Promise<Omit<Cloud, 'close'>> => {
  const { kind, engine, replication, deployment, time, timeline, codeFolder, propagation, gatewaySettings } = options
  const { neighbours: named = [] } = options
  const choice = { kind, ...(engine && { engine }), ...(replication && { replication }) }
  const { ip } = fixture.loadBalancer
  const ports = deployment.listeners.map(({ port }) => port)
  const nodes = databaseAddresses(kind)
  const fronts = fixture.loadBalancer.nodes.flatMap(node => ports.map(port => ({ ip: node.ip, port })))
  const network = keep(await openNetwork([...nodes, ...fronts, ...named.flatMap(neighbourAddresses)]))
  const consumerNetwork = keep(await openNetwork(endpointAddresses(ports)))
  const rds = keep(await openRds({ ...choice, time, timeline, network, nodes }))
  const { storage, database, bus } = rds
  const besides = await inTurn(named, async it => keep(await openNeighbourDatabase(it, { time, network, bus })))
  const ownName = openOwnName(fixture.ownName, fixture.endpoints[kind], timeline)
  const zones: ZoneView[] = [database.zoneView, ownName.zoneView, ...besides.map(({ instance }) => instance.zoneView)]
  const dns = keep(await startDns(zones, timeline))
  const dialer = { network, time, isReachable: storage.isReachable }
  const balancing = keep(
    await openLoadBalancing({
      deployment,
      dialer: { ...dialer, from: network.listenAt(ip, fixture.port).host },
      timeline,
      propagation,
    }),
  )
  const callers = {
    AKIAPEERLAB: 'peer',
    [fixture.operatorKey]: 'operator',
    ...Object.fromEntries(named.map(({ accessKey, id }) => [accessKey, id])),
  }
  const api = keep(await openApi({ time, timeline, callers }))
  const stack = keep(
    await openStackFunction({ deployment, time, timeline, codeFolder, api, dns, bus, frontDoor: balancing.writer }),
  )
  const world = { time, network, bus, api, dns, codeFolder, propagation }
  const neighbours = await inTurn(besides, async it => keep(await openNeighbour(it, world)))
  for (const { balancing: own } of neighbours) share(balancing, own)
  const resources = layOut({ kind, deployment, neighbours: named, deadLetters: () => stack.lambda.failures.length })
  zones.push(endpointNames(resources))
  const interfaces = [
    ...fixture.rdsInterfaces(kind, fixture.networkNames.databaseGroup),
    ...balancerInterfaces,
    ...named.flatMap(({ id, hosts, securityGroupId }) =>
      hosts.map((host, index) => fixture.rdsInterface(`eni-0lab${id}${index}`, host, securityGroupId)),
    ),
  ]
  const databases = together([database, ...besides.map(({ instance }) => instance)].map(({ rdsView }) => rdsView))
  const gatewayPath = keep(
    await openGatewayPath({
      ...{ dialer, consumerNetwork, time, timeline, resources, interfaces, ports, zones, databases },
      ...{ gatewaySettings, retire: () => retire({ time, timeline, balancing, stack }, resources) },
    }),
  )
  const tags = new Map<string, Map<string, string>>()
  api.serve(
    accountOf({
      balancing,
      databases,
      rds,
      stack,
      resources,
      interfaces,
      gatewayPath,
      tags,
      control: controlOf(database),
    }),
  )

  const writerIp = () => database.writer().node.ip
  const { lambda, wake, operations } = stack
  const connect = driverOf(storage.engine)
  const { consumer, accessLogs, hasFrontDoor, deploy } = gatewayPath
  return {
    ...{
      time,
      timeline,
      kind,
      network,
      interfaces,
      tags,
      database,
      storage,
      api,
      dns,
      ownName,
      bus,
      lambda,
      wake,
      operations,
    },
    neighbours,
    ...{ resources, consumer, accessLogs, hasFrontDoor, deploy, writerIp },
    ...balancing.writer,
    ...(balancing.readers && { readers: balancing.readers }),
    startDatabase: rds.start,
    engineName: rdsEngineOf(choice),
    connect,
    ...{ seed: stack.seed, connectRepoint: stack.connect },
    redeploy: next => redeploy({ time, timeline, balancing, stack }, next, writerIp),
    connectTo: () => connectToOf({ network, consumerNetwork, kind, front: { ip, port: fixture.port }, nodes, ports }),
    startApplication: ({ approach = 'load-balancer', onConnect, ...keeping } = {}) => {
      const byName = locateBy({ hostname: fixture.endpoints[kind], server: consumer.dns.address, time })
      const locate = async () => {
        const isByName = approach === 'by-name'
        const address = isByName ? await byName() : ip
        onConnect?.(address)
        return (isByName ? consumerNetwork : network).connectTo(address, fixture.port)
      }
      return startApplication({ locate, connect, time, timeline, ...keeping })
    },
  }
}
