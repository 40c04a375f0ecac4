import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NetworkInterface } from '../api/account.ts'
import { type Api, startApi } from '../api/api-server.ts'
import type { AccountResources } from '../api/resources.ts'
import { startDns } from '../dns/dns-server.ts'
import type { ZoneRecord } from '../dns/zone.ts'
import { account, databaseArn, rdsArn, region } from '../fixture.ts'
import type { Closable, LabTime, Timeline } from '../model.ts'
import { LabTargetGroup } from '../nlb/target-group.ts'
import { startTime } from '../time.ts'
import { startTimeline } from '../timeline.ts'

/**
 * AWS and DNS for measurements: a target is healthy as soon as it is registered and gone as soon as it is deregistered,
 * so that what is timed is the function and not the load balancer. AWS is served over TLS on loopback.
 */
export interface BenchAws extends Closable {
  readonly api: Api
  /** The configuration for the function, as it stands in REPOINT_CONFIG. */
  config(kind: Kind, settle: Settle, ownerProof?: OwnerProof): string
  /** What the function's process needs to reach this AWS. */
  readonly environment: Readonly<Record<string, string>>
  /** The other node becomes the writer, in DNS and in the RDS API; the target group is as it was. Answers the new address. */
  flip(): string
}

export type Kind = 'instance' | 'cluster'

/** As the function's configuration has it; by default an address is proved. */
export type OwnerProof = 'when-possible' | 'off'

export interface Settle {
  readonly answers: number
  readonly intervalMs: number
  readonly spanMs: number
}

const targetGroupArn = `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/orders/0123456789abcdef`
const suffix = `abc123.${region}.rds.amazonaws.com`
const names = { instance: `orders.${suffix}`, cluster: `orders.cluster-${suffix}` } as const
const port = 5432

export const openBenchAws = async (): Promise<BenchAws> => {
  let writer = { id: 'orders-1', ip: '10.0.1.10' }
  let other = { id: 'orders-2', ip: '10.0.2.20' }
  const nodes = [writer, other]
  let flips = 0
  // Token buckets refill in scenario time: fast enough to play no part.
  const time = startTime({ speed: 1_000_000 })
  const timeline = startTimeline(time)

  const targetGroup = openTargetGroup(time, timeline)
  targetGroup.seed([{ ip: writer.ip, port }])
  const zone = {
    lookup: (name: string): ZoneRecord | undefined => {
      const a = (ip: string): ZoneRecord => ({ type: 'A', addresses: [ip], ttlSeconds: 5 })
      if (name === names.instance) return a(writer.ip)
      if (name === names.cluster) return { type: 'CNAME', target: `${writer.id}.${suffix}`, ttlSeconds: 5 }
      const node = nodes.find(({ id }) => name === `${id}.${suffix}`)
      return node && a(node.ip)
    },
  }
  const dns = await startDns([zone], timeline)
  const interfaces = nodes.map(({ ip }) => interfaceAt(ip))
  const common = { engine: 'postgres', status: 'available', port }
  const api = await startApi({
    time,
    timeline,
    https: true,
    account: {
      id: account,
      region,
      vpc: { id: 'vpc-1', cidrs: ['10.0.0.0/16'] },
      targetGroups: [targetGroup],
      loadBalancers: [],
      interfaces,
      resources,
      databases: {
        instances: () =>
          [...nodes, { id: 'orders' }].map(({ id }) => ({
            ...common,
            id,
            arn: rdsArn('db', id),
            multiAz: false,
            zone: `${region}a`,
            endpoint: `${id}.${suffix}`,
            ...(id === 'orders' ? {} : { clusterId: 'orders' }),
          })),
        clusters: () => [
          {
            ...common,
            id: 'orders',
            arn: databaseArn('cluster'),
            endpoint: names.cluster,
            readerEndpoint: `orders.cluster-ro-${suffix}`,
            members: nodes.map(({ id }) => ({ instanceId: id, isWriter: id === writer.id })),
          },
        ],
      },
      events: { put: () => ({ EventId: 'e-1' }) },
    },
  })
  if (!api.secure) throw new Error('the API does not serve TLS')
  const certificateFile = await keepCertificate(api.secure.certificate.authority)

  return {
    api,
    environment: { AWS_ENDPOINT_URL: api.secure.url, NODE_EXTRA_CA_CERTS: certificateFile.path },
    config: (kind, settle, ownerProof = 'when-possible') =>
      JSON.stringify({
        database: { kind, id: 'orders', arn: databaseArn(kind), endpoint: names[kind], port },
        frontDoors: [{ role: 'writer', strategy: 'swap', targetGroupArn, port }],
        ownerProof,
        settle,
        dnsServers: [dns.address],
      }),
    flip: () => {
      flips += 1
      // A return to an address is taken for a flap for its first half minute: who takes over has a new one each time.
      other.ip = `10.0.${2 + Math.floor(flips / 200)}.${20 + (flips % 200)}`
      ;[writer, other] = [other, writer]
      interfaces.push(interfaceAt(writer.ip))
      return writer.ip
    },
    close: async () => {
      await Promise.all([api.close(), dns.close(), targetGroup.close(), certificateFile.remove()])
    },
  }
}

const interfaceAt = (ip: string): NetworkInterface => ({
  ...{ id: `eni-${ip}`, ip, zone: `${region}a`, subnetId: 'subnet-1', requesterId: 'amazon-rds' },
  securityGroupIds: ['sg-1'],
  description: 'RDSNetworkInterface',
})

const placed = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'], isPubliclyAccessible: false }

/** Where RDS says that the databases are. */
const resources: AccountResources = {
  vpcs: [],
  subnets: [
    { id: 'subnet-1', vpcId: 'vpc-1', zone: `${region}a`, zoneId: 'euw1-az1', cidr: '10.0.0.0/16', freeAddresses: 250 },
  ],
  ...{ securityGroups: [], endpointServices: [], vpcEndpoints: [], hostedZones: [], resourceGateways: [] },
  ...{ resourceConfigurations: [], accessLogSubscriptions: [], parameterGroups: [], roles: [], stacks: [], queues: [] },
  databases: { [databaseArn('instance')]: placed, [databaseArn('cluster')]: placed },
  ...{ redshiftClusters: [], loadBalancers: {}, listeners: {} },
}

const keepCertificate = async (pem: string) => {
  const folder = await mkdtemp(join(tmpdir(), 'repoint-bench-'))
  const path = join(folder, 'ca.pem')
  await writeFile(path, pem)
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** What is registered is healthy at once, without a probe, and what is deregistered is gone. */
const openTargetGroup = (time: LabTime, timeline: Timeline): LabTargetGroup => {
  const nowhere = () => {
    throw new Error('nothing connects through the load balancer of the benchmark')
  }
  const group = new LabTargetGroup({
    ...{ arn: targetGroupArn, port, timeline },
    dialer: { time, network: { listenAt: nowhere, connectTo: nowhere } },
    attributes: { 'deregistration_delay.timeout_seconds': '0' },
    propagation: { registrationMs: 0, deregistrationMs: 0 },
    probe: async ({ onResult }) => onResult('healthy'),
  })
  group.attach({ zones: [], cut: () => undefined })
  return group
}
