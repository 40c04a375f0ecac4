import { type Config, parseConfig } from '../../functions/reconciler/config.ts'
import type { Answer, NetworkInterface } from '../../functions/reconciler/core/model.ts'
import type { Clusters, Dns, Interfaces } from '../../functions/reconciler/ports.ts'
import { delays } from '../delays.ts'
import type { FleetAccount } from './fleet-account.ts'
import type { FleetClock } from './fleet-clock.ts'

export const fleetStrategies = ['swap', 'standby', 'weighted, 3 groups', 'weighted, 5 groups'] as const
export type FleetStrategy = (typeof fleetStrategies)[number]

/** A database of the fleet: what is true of it, and what AWS says about it. */
export interface FleetDatabase {
  readonly config: Config
  /** Fails over to the second node at this time. */
  failAt(ms: number): void
  /** Whether something has answered at the address for so long that the health check knows. */
  isHealthy(ip: string): boolean
  /** Where the writer is when it has failed over. */
  readonly nextWriter: string
  /** When what is known allows to follow it: DNS for a registration, agreement for weights. */
  readonly evidenceMs: number
  readonly startedEventMs: number
  readonly completedEventMs: number
  readonly ports: { readonly dns: Dns; readonly clusters: Clusters; readonly interfaces: Interfaces }
}

interface Times {
  readonly ready: number
  readonly dns: number
  readonly vote: number
  readonly evidence: number
  readonly started: number
  readonly completed: number
}

const event = delays.eventDelivery.value

const instanceTimes: Times = {
  ready: delays.multiAzHostReady.value,
  dns: delays.multiAzDnsFlip.value,
  vote: 0,
  evidence: delays.multiAzDnsFlip.value,
  started: delays.multiAzStartedEvent.value + event,
  completed: delays.multiAzCompletedEvent.value + event,
}

const clusterTimes: Times = {
  ready: delays.auroraNewWriterReady.value,
  dns: delays.auroraDnsFlip.value,
  vote: delays.auroraDnsFlip.value,
  evidence: delays.auroraDnsFlip.value,
  started: event,
  completed: delays.auroraCompletedEvent.value + event,
}

/** Two checks decide. */
const healthKnownAfterMs = (strategy: FleetStrategy): number =>
  2 * delays[strategy === 'swap' ? 'nlbHealthCheckInterval' : 'nlbHealthCheckIntervalOfPairs'].value

/** What the databases of a fleet have in common. */
export interface FleetSetting {
  readonly strategy: FleetStrategy
  readonly rememberMs: number
  readonly account: FleetAccount
  readonly clock: FleetClock
}

export const createFleetDatabase = (
  index: number,
  { strategy, rememberMs, account, clock }: FleetSetting,
): FleetDatabase => {
  const isCluster = strategy.startsWith('weighted')
  const size = isCluster ? Number(strategy.replace(/\D/g, '')) : 2
  const times = isCluster ? clusterTimes : instanceTimes
  const knownAfterMs = healthKnownAfterMs(strategy)
  const id = `db-${index}`
  const nodes = Array.from({ length: size }, (_, node) => ({
    id: `${id}-${node}`,
    ip: `10.${node}.${index >> 8}.${index & 255}`,
    host: `${id}-${node}.abc123.eu-west-1.rds.amazonaws.com`,
  }))
  const [first, second] = nodes.map(({ ip }) => ip) as [string, string]
  const endpoint = isCluster
    ? `${id}.cluster-abc123.eu-west-1.rds.amazonaws.com`
    : `${id}.abc123.eu-west-1.rds.amazonaws.com`
  const arn = (what: string) => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:${what}/${id}`
  const groups = Array.from(
    { length: isCluster ? size : 1 },
    (_, group) => `${arn('targetgroup')}-${group}/0123456789abcdef`,
  )
  const listenerArn = `${arn('listener/net')}/0123456789abcdef/0123456789abcdef`
  const door = isCluster
    ? { strategy: 'weighted', listenerArn, targetGroupArns: groups }
    : { strategy, targetGroupArn: groups[0] }
  const config = parseConfig(
    id,
    JSON.stringify({
      database: {
        kind: isCluster ? 'cluster' : 'instance',
        id,
        arn: `arn:aws:rds:eu-west-1:111122223333:${isCluster ? 'cluster' : 'db'}:${id}`,
        endpoint,
        port: 5432,
      },
      frontDoors: [{ role: 'writer', port: 5432, ...door }],
      allowedCidrs: ['10.0.0.0/8'],
      rememberMs,
    }),
  )

  let failMs = Number.POSITIVE_INFINITY
  let isPlaced = false
  const hasPassed = (afterMs: number) => clock.now() >= failMs + afterMs
  const address = (name: string, ...chain: string[]): Answer => {
    const ip = nodes.find(({ host }) => host === chain.at(-1))?.ip ?? (hasPassed(times.dns) ? second : first)
    return { kind: 'addresses', addresses: [ip], ttlSeconds: 5, chain: [name, ...chain] }
  }
  const writerIndex = (afterMs: number) => (hasPassed(afterMs) ? 1 : 0)
  const interfaces: NetworkInterface[] = nodes.map(({ ip }, node) => ({
    ip,
    interfaceId: `eni-${index}-${node}`,
    subnetId: `subnet-${node}`,
    requesterId: 'amazon-rds',
    securityGroupIds: [`sg-${index}`],
  }))

  for (const [node, { ip }] of nodes.entries()) {
    const group = groups[isCluster ? node : 0]
    if (group && (node === 0 || strategy !== 'swap')) account.put(group, ip)
  }
  if (isCluster)
    account.putWeights(
      listenerArn,
      groups.map((targetGroupArn, group) => ({ targetGroupArn, weight: group === 0 ? 1 : 0 })),
    )
  if (strategy === 'standby') {
    account.putPair(
      String(groups[0]),
      interfaces.map(({ ip, interfaceId, subnetId }) => ({ ip, interfaceId, subnetId })),
    )
  }

  return {
    config,
    nextWriter: second,
    failAt: ms => {
      failMs = ms
    },
    get evidenceMs() {
      return failMs + times.evidence
    },
    get startedEventMs() {
      return failMs + times.started
    },
    get completedEventMs() {
      return failMs + times.completed
    },
    isHealthy: ip => {
      // The readers of a cluster answer all the time; of a pair, only one does.
      if (isCluster) return ip !== first || !hasPassed(knownAfterMs) || hasPassed(times.completed)
      return ip === (hasPassed(times.ready + knownAfterMs) ? second : hasPassed(knownAfterMs) ? '' : first)
    },
    ports: {
      dns: {
        resolve: async name => {
          const node = nodes[writerIndex(times.dns)]
          if (nodes.some(({ host }) => host === name) && isCluster) return address(name, name)
          return isCluster && node ? address(name, node.host) : address(name)
        },
      },
      clusters: {
        vote: () =>
          account.call('DescribeDBClusters', () => ({
            status: 'available',
            memberIds: nodes.map(node => node.id),
            writerId: `${id}-${writerIndex(times.vote)}`,
          })),
        members: () =>
          account.call('DescribeDBInstances', () =>
            nodes.map(node => ({ id: node.id, status: 'available', endpoint: node.host })),
          ),
        endpointOf: instanceId =>
          account.call('DescribeDBInstances', () => nodes.find(node => node.id === instanceId)?.host),
      },
      interfaces: {
        owners: ips => account.call('DescribeNetworkInterfaces', () => interfaces.filter(({ ip }) => ips.includes(ip))),
        neighbourhood: () =>
          account.call('DescribeNetworkInterfaces', () => ({ isMultiAz: true, sharedWith: [], interfaces })),
        // Where RDS says that the database is, is remembered; whose an address is, is asked each time.
        ownership: async ips => {
          if (!isPlaced) await account.call(isCluster ? 'DescribeDBClusters' : 'DescribeDBInstances', () => undefined)
          isPlaced = true
          const interfaceIdOf = (ip: string) => interfaces.find(it => it.ip === ip)?.interfaceId ?? ''
          return account.call(
            'DescribeNetworkInterfaces',
            () => new Map(ips.map(ip => [ip, { proof: 'proved', interfaceId: interfaceIdOf(ip) } as const])),
          )
        },
      },
    },
  }
}
