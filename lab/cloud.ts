import { type Api, startApi } from './aws/server.ts'
import { type Application, startApplication } from './client/application.ts'
import { createTable } from './client/table.ts'
import { type Database, openDatabase } from './database/database.ts'
import { type Deployment, speedUp } from './deployment.ts'
import { type DnsServer, startDns } from './dns/server.ts'
import * as estate from './estate.ts'
import { type Bus, type BusEvent, openBus } from './events/bus.ts'
import { startSchedule } from './events/scheduler.ts'
import { createFunction, type LambdaFunction } from './lambda/service.ts'
import type { Closable, DatabaseNode, LabTime, Story } from './model.ts'
import { openNetwork } from './network.ts'
import { LoadBalancer } from './nlb/load-balancer.ts'
import { LabTargetGroup } from './nlb/target-group.ts'
import { type AuroraCluster, createAuroraCluster } from './rds/aurora-cluster.ts'
import type { RdsEvent } from './rds/events.ts'
import { createMultiAzInstance, type MultiAzInstance } from './rds/multi-az-instance.ts'

export interface CloudOptions {
  readonly kind: estate.DatabaseKind
  readonly deployment: Deployment
  readonly time: LabTime
  readonly story: Story
  /** Folder of the built artefact. */
  readonly codeFolder: string
}

/** A database, a load balancer in front of it, and what Repoint's stack adds, all on loopback. */
export interface Cloud extends Closable {
  readonly time: LabTime
  readonly story: Story
  readonly kind: estate.DatabaseKind
  readonly database: MultiAzInstance | AuroraCluster
  readonly storage: Database
  readonly targetGroup: LabTargetGroup
  readonly loadBalancer: LoadBalancer
  readonly api: Api
  readonly dns: DnsServer
  readonly bus: Bus
  readonly lambda: LambdaFunction
  readonly writerIp: () => string
  /** Rules and schedule invoke the function from now on. */
  connectRepoint(): void
  startApplication(): Application
}

/** What the function keeps back of its time for its last words is wall time, whatever the speed. */
const lastWordsMs = 10_000

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
    const nodes = estate.hosts[kind].map(ip => ({ ip, port }))
    const front = { ip: estate.loadBalancer.ip, port }
    const network = keep(await openNetwork([...nodes, front]))
    const storage = keep(await openDatabase({ network, nodes }))
    await createTable(storage.dataSet)
    const bus = keep(openBus({ time, story, account, region }))
    const emit = (event: RdsEvent) => bus.send(event as unknown as BusEvent)
    const database = keep(createDatabase(options, storage.nodes, emit))
    const dns = keep(await startDns([database.zoneView], story))
    const path = { network, time, isReachable: storage.isReachable }
    const { arn, attributes, healthCheck } = deployment.targetGroup
    const targetGroup = keep(new LabTargetGroup({ arn, port, path, story, attributes, healthCheck, zoneOf }))
    const { zones, ip } = estate.loadBalancer
    const idleTimeoutMs = deployment.idleTimeoutMs
    const loadBalancer = keep(
      await LoadBalancer.open({ ip, port, path, story, zones, group: targetGroup, idleTimeoutMs }),
    )
    const api = keep(
      await startApi({
        time,
        story,
        callers: { AKIAPEERLAB: 'peer' },
        account: {
          id: account,
          region,
          vpc: estate.vpc,
          targetGroups: [targetGroup],
          loadBalancers: [
            {
              ...estate.loadBalancer,
              listeners: [{ arn: `${estate.loadBalancer.arn}/f2f7dc8efc522ab2`, port, targetGroupArn: arn }],
            },
          ],
          interfaces: estate.hosts[kind].map((host, index) => ({
            id: `eni-0lab${index}`,
            ip: host,
            zone: zoneOf(host) ?? '',
            subnetId: `subnet-0lab${index}`,
            requesterId: 'amazon-rds',
            description: 'RDSNetworkInterface',
          })),
          databases: database.rdsView,
          events: bus,
        },
      }),
    )
    const lambda = keep(createFunction(functionOptions(options, { api, dns })))

    const connectRepoint = () => {
      for (const rule of deployment.rules) bus.addRule({ ...rule, target: event => lambda.invokeAsync(event) })
      const { everyMs, payload, asynchronous } = deployment.schedule
      keep(startSchedule(time, everyMs, () => lambda.invokeAsync(payload, asynchronous)))
    }
    return {
      time,
      story,
      kind,
      database,
      storage,
      targetGroup,
      loadBalancer,
      api,
      dns,
      bus,
      lambda,
      connectRepoint,
      writerIp: () => database.writer().node.ip,
      startApplication: () => startApplication({ ...network.connectTo(ip, port), time, story }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

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
