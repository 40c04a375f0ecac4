import type { Listener, LoadBalancer as LoadBalancerView, NetworkInterface, Weight } from '../api/account.ts'
import { type Api, startApi } from '../api/api-server.ts'
import type { AccountResources } from '../api/resources.ts'
import { type Application, startApplication } from '../client/application.ts'
import { locateBy } from '../client/locate.ts'
import { createTable } from '../client/writes-table.ts'
import type { AuroraCluster } from '../database/aurora-cluster.ts'
import { issueCertificate } from '../database/certificate.ts'
import { controlOf, createDatabase } from '../database/create-database.ts'
import { type Database, openDatabase } from '../database/database.ts'
import type { MultiAzInstance } from '../database/multi-az-instance.ts'
import type { RdsEvent } from '../database/rds-event.ts'
import { type DnsServer, startDns } from '../dns/dns-server.ts'
import { type Bus, type BusEvent, openBus } from '../events/bus.ts'
import { startSchedule } from '../events/scheduler.ts'
import * as fixture from '../fixture.ts'
import type { GatewaySettings } from '../gateway/gateway-settings.ts'
import { createFunction, type LambdaFunction } from '../lambda/lambda-function.ts'
import type { Closable, LabTime, Network, Timeline } from '../model.ts'
import { openNetwork } from '../network.ts'
import { openFlowSeries } from '../nlb/flow-series.ts'
import { nameOf, type Share } from '../nlb/forward.ts'
import { LoadBalancer } from '../nlb/load-balancer.ts'
import type { Propagation } from '../nlb/propagation.ts'
import { LabTargetGroup } from '../nlb/target-group.ts'
import { type Operations, openOperations } from '../operations/operations.ts'
import { openWake, tickPayload, type WakeState } from '../operations/wake.ts'
import type { Deployment } from '../template/deployment.ts'
import { connectToOf, endpointAddresses } from './connect-to.ts'
import { functionOptions } from './function-options.ts'
import { type GatewayPath, openGatewayPath } from './gateway-path.ts'
import { balancerInterfaces, layOut, networkNames } from './initial-resources.ts'
import { redeploy } from './redeploy.ts'
import { retire } from './retire.ts'

export interface CloudOptions {
  readonly kind: fixture.DatabaseKind
  readonly deployment: Deployment
  readonly time: LabTime
  readonly timeline: Timeline
  /** Folder of the built artefact. */
  readonly codeFolder: string
  /** How fast the load balancer's data plane follows, where it differs from the published figures. */
  readonly propagation?: Partial<Propagation>
  /** How a resource gateway's data plane behaves, where it differs from what is known. */
  readonly gatewaySettings?: Partial<GatewaySettings>
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
  readonly readers?: { readonly targetGroup: LabTargetGroup; readonly loadBalancer: LoadBalancer }
  /** Who owns which address of the VPC now: a plain list to change. */
  readonly interfaces: NetworkInterface[]
  /** Of target groups, by ARN. */
  readonly tags: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly network: Network
  readonly api: Api
  readonly dns: DnsServer
  readonly bus: Bus
  readonly lambda: LambdaFunction
  /** Rules and schedule, as an operator switches them. */
  readonly wake: WakeState
  readonly operations: Operations
  /** Networks, parameter groups, endpoints, roles: plain values to break. */
  readonly resources: AccountResources
  readonly writerIp: () => string
  /** Where on loopback the private addresses and the load balancer's name are: `HOST:PORT=HOST:PORT`. */
  readonly connectTo: () => readonly string[]
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
  readonly onConnect?: (ip: string) => void
}

export const openCloud = async (options: CloudOptions): Promise<Cloud> => {
  const { kind, deployment, time, timeline } = options
  const { region, account, port, zoneOf } = fixture
  const opened: Closable[] = []
  const keep = <T extends Closable>(closable: T): T => {
    opened.push(closable)
    return closable
  }
  const close = async () => {
    for (const closable of opened.toReversed()) await closable.close()
  }

  try {
    const spares = kind === 'instance' ? [fixture.spareHost] : []
    const nodes = [...fixture.hosts[kind], ...spares].map(ip => ({ ip, port }))
    const front = { ip: fixture.loadBalancer.ip, port }
    const fronts = deployment.listeners.map(listener => ({ ip: front.ip, port: listener.port }))
    const ports = fronts.map(({ port: its }) => its)
    const network = keep(await openNetwork([...nodes, ...fronts, ...endpointAddresses(ports)]))
    const { cluster, readers, member } = fixture.endpoints
    const certificate = await issueCertificate([fixture.endpoints[kind], cluster, readers, member('*')])
    const storage = keep(await openDatabase({ network, nodes, certificate }))
    await createTable(storage.dataSet)
    const bus = keep(openBus({ time, timeline, account, region }))
    const happened: RdsEvent[] = []
    const emit = (event: RdsEvent) => {
      happened.push(event)
      bus.send(event as unknown as BusEvent)
    }
    const database = keep(createDatabase(options, storage.nodes, emit))
    const dns = keep(await startDns([database.zoneView], timeline))
    const dialer = { network, time, isReachable: storage.isReachable }
    const groups: LabTargetGroup[] = []
    const groupFor = (arn: string, { targetGroups, targetGroup: first } = deployment): LabTargetGroup => {
      const known = groups.find(group => group.arn === arn)
      if (known) return known
      const { attributes, healthCheck } = targetGroups.find(group => group.arn === arn) ?? first
      const naming = targetGroups.length > 1 ? { name: nameOf(arn) } : {}
      const group = new LabTargetGroup({
        ...naming,
        ...(options.propagation && { propagation: options.propagation }),
        ...{ arn, port, dialer, timeline, attributes, healthCheck, zoneOf },
      })
      groups.push(keep(group))
      return group
    }
    const sharesOf = (weights: readonly Weight[], from = deployment) =>
      weights.map(({ targetGroupArn, weight }) => ({ group: groupFor(targetGroupArn, from), weight }))
    const { ip } = fixture.loadBalancer
    const { zones } = deployment
    const balancers = new Map<string, LoadBalancer>()
    const series = openFlowSeries()
    for (const listener of deployment.listeners) {
      const shares = sharesOf(listener.weights)
      const { propagation } = options
      const balancer = await LoadBalancer.open({
        ...{ ip, port: listener.port, dialer, timeline, zones, shares, idleTimeoutMs: listener.idleTimeoutMs, series },
        ...(propagation && { propagation }),
      })
      balancers.set(listener.arn, keep(balancer))
    }
    const [loadBalancer, readerBalancer] = [...balancers.values()]
    if (!loadBalancer) throw new Error('the deployment has no listener')
    const targetGroup = groupFor(deployment.targetGroup.arn)
    const readerGroup = readerBalancer?.forward.shares[0]?.group
    const interfaces = [...fixture.rdsInterfaces(kind, networkNames.databaseGroup), ...balancerInterfaces]
    const tags = new Map<string, Map<string, string>>()
    const resources = layOut({ kind, deployment, deadLetters: () => lambda.failures.length })
    const views: LoadBalancerView[] = [
      {
        ...fixture.loadBalancer,
        zones,
        listeners: [...balancers].map(([arn, balancer]) => listenerOf(arn, balancer, sharesOf)),
      },
    ]
    const door = () => ({ balancers, groups, views, resources, operations, lambda, time, timeline })
    const gatewayPath = keep(
      await openGatewayPath({
        ...{ dialer, time, timeline, resources, interfaces, ports, databases: database.rdsView },
        zones: [database.zoneView],
        retire: () => retire(door()),
        ...(options.gatewaySettings && { gatewaySettings: options.gatewaySettings }),
      }),
    )
    const { consumer, accessLogs } = gatewayPath
    const api = keep(
      await startApi({
        time,
        timeline,
        callers: { AKIAPEERLAB: 'peer', [fixture.operatorKey]: 'operator' },
        services: () => operations.services,
        account: {
          id: account,
          region,
          vpc: fixture.vpc,
          targetGroups: groups,
          tags,
          loadBalancers: views,
          accessLogs: logGroup => accessLogs.get(logGroup) ?? (isSubscribed(resources, logGroup) ? [] : undefined),
          flows: {
            endpoint: consumer.endpoints.flows,
            loadBalancer: arn => (arn === fixture.loadBalancer.arn ? series : undefined),
          },
          interfaces,
          databases: database.rdsView,
          events: bus,
          resources,
          rdsEvents: () => happened,
          control: controlOf(database),
        },
      }),
    )
    const { settings, ...handling } = functionOptions(options, { api, dns })
    const lambda = keep(createFunction({ settings, ...handling }))
    const { rules, schedule, functionName } = deployment
    const wake = openWake({ ...schedule, rules, functionName, account, region })
    const operations: Operations = keep(
      openOperations({
        asynchronous: deployment.asynchronous,
        database: 'orders',
        account,
        region,
        time,
        wake,
        settings,
        lambda,
        targetGroup,
        loadBalancer,
      }),
    )

    const connectRepoint = () => {
      for (const rule of wake.rules) {
        bus.addRule({ ...rule, isEnabled: () => rule.isEnabled, target: event => lambda.invokeAsync(event) })
      }
      const { everyMs, asynchronous } = deployment.schedule
      const tick = () => {
        const payload = tickPayload(wake)
        if (payload !== undefined) lambda.invokeAsync(payload, asynchronous)
      }
      keep(startSchedule(time, everyMs, tick))
    }
    return {
      time,
      timeline,
      kind,
      network,
      interfaces,
      tags,
      redeploy: next =>
        redeploy(
          {
            ...{ time, timeline, lambda, balancers, groupFor, sharesOf },
            writerIp: () => database.writer().node.ip,
            environmentOf: it => functionOptions({ ...options, deployment: it }, { api, dns }).settings.environment,
          },
          next,
        ),
      ...(readerBalancer && readerGroup && { readers: { loadBalancer: readerBalancer, targetGroup: readerGroup } }),
      database,
      storage,
      targetGroup,
      loadBalancer,
      api,
      dns,
      bus,
      lambda,
      wake,
      operations,
      resources,
      consumer,
      accessLogs,
      hasFrontDoor: gatewayPath.hasFrontDoor,
      deploy: gatewayPath.deploy,
      connectRepoint,
      writerIp: () => database.writer().node.ip,
      connectTo: () => connectToOf({ network, kind, front, nodes, ports }),
      startApplication: ({ approach = 'load-balancer', onConnect, maxLifetimeMs } = {}) => {
        const hostname = fixture.endpoints[kind]
        const byName = locateBy({ hostname, server: consumer.dns.address, time })
        const locate = async () => {
          const address = approach === 'by-name' ? await byName() : ip
          onConnect?.(address)
          return network.connectTo(address, port)
        }
        return startApplication({ locate, time, timeline, ...(maxLifetimeMs === undefined ? {} : { maxLifetimeMs }) })
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const isSubscribed = ({ accessLogSubscriptions }: AccountResources, logGroup: string): boolean =>
  accessLogSubscriptions.some(({ destinationArn }) => destinationArn.split(':')[6] === logGroup)

/** A listener as the API sees it, over the data plane that forwards for it. */
const listenerOf = (
  arn: string,
  { forward, port }: LoadBalancer,
  sharesOf: (weights: readonly Weight[]) => readonly Share[],
): Listener => ({
  arn,
  port,
  targetGroupArn: forward.shares[0]?.group.arn ?? '',
  weights: () => forward.shares.map(({ group, weight }) => ({ targetGroupArn: group.arn, weight })),
  setWeights: weights => forward.change(sharesOf(weights)),
})
