import type { Listener, NetworkInterface, Weight } from './aws/account.ts'
import type { RdsControl } from './aws/rds-failover.ts'
import { type Api, startApi } from './aws/server.ts'
import type { Surroundings } from './aws/surroundings.ts'
import { type Application, startApplication } from './client/application.ts'
import { createTable } from './client/table.ts'
import { type Database, openDatabase } from './database/database.ts'
import { type Deployment, speedUp } from './deployment.ts'
import { type DnsServer, startDns } from './dns/server.ts'
import * as estate from './estate.ts'
import { type Bus, type BusEvent, openBus } from './events/bus.ts'
import { startSchedule } from './events/scheduler.ts'
import { createFunction, type LambdaFunction } from './lambda/service.ts'
import type { Closable, DatabaseNode, LabTime, Network, Story } from './model.ts'
import { openNetwork } from './network.ts'
import { nameOf, type Share } from './nlb/forward.ts'
import { LoadBalancer } from './nlb/load-balancer.ts'
import type { Propagation } from './nlb/settings.ts'
import { LabTargetGroup } from './nlb/target-group.ts'
import { type Operations, openOperations } from './operations/operations.ts'
import { openWake, tickPayload, type WakeState } from './operations/wake.ts'
import { type AuroraCluster, createAuroraCluster } from './rds/aurora-cluster.ts'
import type { RdsEvent } from './rds/events.ts'
import { createMultiAzInstance, type MultiAzInstance } from './rds/multi-az-instance.ts'
import { balancerInterfaces, layOut, networkNames } from './surroundings.ts'

export interface CloudOptions {
  readonly kind: estate.DatabaseKind
  readonly deployment: Deployment
  readonly time: LabTime
  readonly story: Story
  /** Folder of the built artefact. */
  readonly codeFolder: string
  /** How fast the load balancer's data plane follows, where it differs from the published figures. */
  readonly propagation?: Partial<Propagation>
}

/** A database, a load balancer in front of it, and what Repoint's stack adds, all on loopback. */
export interface Cloud extends Closable {
  readonly time: LabTime
  readonly story: Story
  readonly kind: estate.DatabaseKind
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
  readonly surroundings: Surroundings
  readonly writerIp: () => string
  /** Where on loopback the private addresses and the load balancer's name are: `HOST:PORT=HOST:PORT`. */
  readonly detours: () => readonly string[]
  /** Rules and schedule invoke the function from now on. */
  connectRepoint(): void
  /** Another version of the stack, in the template's order: function, seed, listener, seed; or listener, function, seed. */
  redeploy(deployment: Deployment): Promise<void>
  startApplication(): Application
}

/** What the function keeps back of its time for its last words is wall time, whatever the speed. */
const lastWordsMs = 20_000

/** Between two tries of the seed, which the stack's provider takes too. */
const seedPauseMs = 10_000
const seedLimitMs = 900_000

export const openCloud = async (options: CloudOptions): Promise<Cloud> => {
  const { kind, deployment, time, story } = options
  const { region, account, port, zoneOf } = estate
  const opened: Closable[] = []
  const keep = <T extends Closable>(closable: T): T => {
    opened.push(closable)
    return closable
  }
  const close = async () => {
    for (const closable of opened.toReversed()) await closable.close()
  }

  try {
    const spares = kind === 'instance' ? [estate.spareHost] : []
    const nodes = [...estate.hosts[kind], ...spares].map(ip => ({ ip, port }))
    const front = { ip: estate.loadBalancer.ip, port }
    const fronts = deployment.listeners.map(listener => ({ ip: front.ip, port: listener.port }))
    const network = keep(await openNetwork([...nodes, ...fronts]))
    const storage = keep(await openDatabase({ network, nodes }))
    await createTable(storage.dataSet)
    const bus = keep(openBus({ time, story, account, region }))
    const happened: RdsEvent[] = []
    const emit = (event: RdsEvent) => {
      happened.push(event)
      bus.send(event as unknown as BusEvent)
    }
    const database = keep(createDatabase(options, storage.nodes, emit))
    const dns = keep(await startDns([database.zoneView], story))
    const path = { network, time, isReachable: storage.isReachable }
    const groups: LabTargetGroup[] = []
    const groupFor = (arn: string, { targetGroups, targetGroup: first } = deployment): LabTargetGroup => {
      const known = groups.find(group => group.arn === arn)
      if (known) return known
      const { attributes, healthCheck } = targetGroups.find(group => group.arn === arn) ?? first
      const naming = targetGroups.length > 1 ? { name: nameOf(arn) } : {}
      const group = new LabTargetGroup({
        ...naming,
        ...(options.propagation && { propagation: options.propagation }),
        ...{ arn, port, path, story, attributes, healthCheck, zoneOf },
      })
      groups.push(keep(group))
      return group
    }
    const sharesOf = (weights: readonly Weight[], from = deployment) =>
      weights.map(({ targetGroupArn, weight }) => ({ group: groupFor(targetGroupArn, from), weight }))
    const { ip } = estate.loadBalancer
    const { zones } = deployment
    const balancers = new Map<string, LoadBalancer>()
    for (const listener of deployment.listeners) {
      const shares = sharesOf(listener.weights)
      const { propagation } = options
      const balancer = await LoadBalancer.open({
        ...{ ip, port: listener.port, path, story, zones, shares, idleTimeoutMs: listener.idleTimeoutMs },
        ...(propagation && { propagation }),
      })
      balancers.set(listener.arn, keep(balancer))
    }
    const [loadBalancer, readerBalancer] = [...balancers.values()]
    if (!loadBalancer) throw new Error('the deployment has no listener')
    const targetGroup = groupFor(deployment.targetGroup.arn)
    const readerGroup = readerBalancer?.forward.shares[0]?.group
    const interfaces = [...estate.rdsInterfaces(kind, networkNames.databaseGroup), ...balancerInterfaces]
    const tags = new Map<string, Map<string, string>>()
    const surroundings = layOut({ kind, deployment, deadLetters: () => lambda.failures.length })
    const api = keep(
      await startApi({
        time,
        story,
        callers: { AKIAPEERLAB: 'peer', [estate.operatorKey]: 'operator' },
        services: () => operations.services,
        account: {
          id: account,
          region,
          vpc: estate.vpc,
          targetGroups: groups,
          tags,
          loadBalancers: [
            {
              ...estate.loadBalancer,
              zones,
              listeners: [...balancers].map(([arn, balancer]) => listenerOf(arn, balancer, sharesOf)),
            },
          ],
          interfaces,
          databases: database.rdsView,
          events: bus,
          surroundings,
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
    const redeploy = async (next: Deployment): Promise<void> => {
      story.record('lab', 'The stack is deployed again')
      const seed = async () => {
        let result = await lambda.invoke({ action: 'resync' })
        // Throttled: a tick is running. The seed waits its turn.
        for (; result === undefined; result = await lambda.invoke({ action: 'resync' })) await time.sleep(seedPauseMs)
        if (result.kind !== 'answered') throw new Error(JSON.stringify(result))
      }
      const isHandedOver = () =>
        groupFor(next.targetGroup.arn, next)
          .describe()
          .some(({ ip: target, state }) => target === database.writer().node.ip && state === 'healthy')
      const writeListeners = () => {
        for (const { arn, weights } of next.listeners) balancers.get(arn)?.forward.change(sharesOf(weights, next))
      }
      const isListenerFirst = next.order === 'listener-first'
      if (isListenerFirst) writeListeners()
      for (const { arn } of next.targetGroups) groupFor(arn, next)
      await lambda.configure(functionOptions({ ...options, deployment: next }, { api, dns }).settings.environment)
      await seed()
      if (isListenerFirst) return
      for (const endMs = time.now() + seedLimitMs; !isHandedOver(); await time.sleep(seedPauseMs)) {
        if (time.now() > endMs) throw new Error('the writer was never healthy in the first target group')
      }
      writeListeners()
      await seed()
    }
    return {
      time,
      story,
      kind,
      network,
      interfaces,
      tags,
      redeploy,
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
      surroundings,
      connectRepoint,
      writerIp: () => database.writer().node.ip,
      detours: () => {
        const at = (name: string, address: { ip: string; port: number }) => {
          const socket = network.connectTo(address.ip, address.port)
          return `${name}:${address.port}=${socket.host}:${socket.port}`
        }
        return [at(estate.loadBalancer.dnsName, front), ...[front, ...nodes].map(address => at(address.ip, address))]
      },
      startApplication: () => startApplication({ ...network.connectTo(ip, port), time, story }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** An order is answered at once; what it sets off goes on, until the lab closes. */
const controlOf = (database: MultiAzInstance | AuroraCluster): RdsControl => {
  const begin = (work: Promise<void>) => {
    work.catch(() => undefined)
  }
  return {
    reboot: (_id, withFailover) => {
      begin(withFailover ? database.failover() : database.rebootWithoutFailover())
    },
    failOver: (_id, to) => {
      if (database.kind === 'cluster') begin(database.failover(to === undefined ? {} : { to }))
    },
  }
}

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

const createDatabase = (
  { kind, time, story }: CloudOptions,
  nodes: readonly DatabaseNode[],
  emit: (event: RdsEvent) => void,
): MultiAzInstance | AuroraCluster => {
  const [first, second] = nodes
  if (!first || !second) throw new Error('a database of the lab has two nodes')
  const shared = { id: 'orders', account: estate.account, region: estate.region, time, story, emit }
  const zone = (node: DatabaseNode) => estate.zoneOf(node.ip) ?? ''
  if (kind === 'instance') {
    const host = (node: DatabaseNode) => ({ node, zone: zone(node) })
    return createMultiAzInstance({ ...shared, endpoint: estate.endpoints.instance, hosts: [host(first), host(second)] })
  }
  const member = (id: string, node: DatabaseNode) => ({
    id,
    node,
    zone: zone(node),
    endpoint: estate.endpoints.member(id),
  })
  return createAuroraCluster({
    ...shared,
    endpoint: estate.endpoints.cluster,
    readerEndpoint: estate.endpoints.readers,
    members: [member('orders-1', first), member('orders-2', second)],
  })
}

const functionOptions = (
  { deployment, time, story, codeFolder }: CloudOptions,
  { api, dns }: { api: Api; dns: DnsServer },
) => {
  const { functionName: name, handler, memoryMb, reservedConcurrency } = deployment
  const environment = speedUp(deployment.environment, time.speed)
  const config = JSON.parse(environment.REPOINT_CONFIG ?? '{}') as object
  return {
    time,
    story,
    asynchronous: deployment.asynchronous,
    settings: {
      name,
      handler,
      memoryMb,
      codeFolder,
      account: estate.account,
      region: estate.region,
      timeoutMs: deployment.timeoutMs / time.speed + lastWordsMs,
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
      environment: { ...environment, REPOINT_CONFIG: JSON.stringify({ ...config, dnsServers: [dns.address] }) },
      labEnvironment: { AWS_ENDPOINT_URL: api.url },
      accessKey: 'ASIAREPOINTLAB',
    },
  }
}
