/** What the lab's account holds: names and addresses as AWS would show them. */

export const account = '111122223333'
export const region = 'eu-west-1'
export const port = 5432

/** Of RDS: `db`, `cluster`, `deployment`. */
export const rdsArn = (what: string, id: string): string => `arn:aws:rds:${region}:${account}:${what}:${id}`

export const functionArn = (name: string): string => `arn:aws:lambda:${region}:${account}:function:${name}`

export const vpc = { id: 'vpc-0a1b2c3d4e5f60718', cidrs: ['10.0.0.0/16'] } as const
const zones = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] as const

/** The third number of an address tells its subnet, and so its zone. */
export const zoneOf = (ip: string): string | undefined => zones[Number(ip.split('.')[2]) - 1]

export const loadBalancer = {
  arn: `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/net/orders/50dc6c495c0c9188`,
  name: 'orders',
  dnsName: `orders-50dc6c495c0c9188.elb.${region}.amazonaws.com`,
  /** The first of its nodes. */
  ip: '10.0.1.5',
  zones,
  /** One in each zone, which a zone's endpoints and the load balancer's own name lead to. */
  nodes: zones.map((zone, index) => ({ zone, ip: `10.0.${index + 1}.5` })),
} as const

/** The load balancer's node in the zone of an address: both VPCs number their zones alike. */
export const nodeFor = (ip: string): string =>
  loadBalancer.nodes.find(({ zone }) => zone === zoneOf(ip))?.ip ?? loadBalancer.ip

/** The subnets that the load balancer is in. */
export const subnets = zones.map((zone, index) => ({ id: `subnet-0a1b2c3d4e5f6071${index + 1}`, zone }))

export const zoneOfSubnet = (id: string): string | undefined => subnets.find(subnet => subnet.id === id)?.zone

/** Signs what an operator asks, so that the timeline can tell it from the function's calls. */
export const operatorKey = 'AKIAOPERATORLAB'

/** The writer's, or one for each of its slots; then the readers'. */
const groupArns = ['orders', 'orders-2', 'orders-3', 'orders-4', 'orders-5', 'orders-readers'].map(
  (name, index) => `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${name}/73e2d6bc24d8a0${67 + index}`,
)
export const targetGroupArns = groupArns.slice(0, -1) as [string, ...string[]]
export const [targetGroupArn] = targetGroupArns
export const readersGroupArn = groupArns.at(-1) ?? ''

/** The writer's listener, and the readers'. */
export const listenerArns = ['f2f7dc8efc522ab2', 'f2f7dc8efc522ab3'].map(
  id => `${loadBalancer.arn.replace(':loadbalancer/', ':listener/')}/${id}`,
)

/** Another Multi-AZ instance of the account, behind the same load balancer as `orders`. */
export interface Neighbour {
  readonly id: string
  readonly arn: string
  readonly endpoint: string
  /** Of its listener. */
  readonly listenerPort: number
  /** The writer first. */
  readonly hosts: readonly [string, string]
  readonly securityGroupId: string
  readonly targetGroupArn: string
  readonly listenerArn: string
  /** Signs what its function asks, so that its calls are told from the others'. */
  readonly accessKey: string
}

const neighbour = (id: string, index: number, hosts: readonly [string, string]): Neighbour => ({
  id,
  arn: rdsArn('db', id),
  endpoint: `${id}.cabc123def45.${region}.rds.amazonaws.com`,
  listenerPort: 6001 + index,
  hosts,
  securityGroupId: `sg-0ab0000000000db1${index}`,
  targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${id}/73e2d6bc24d8a1${67 + index}`,
  listenerArn: `${loadBalancer.arn.replace(':loadbalancer/', ':listener/')}/f2f7dc8efc522c0${index}`,
  accessKey: `ASIA${id.toUpperCase()}LAB`,
})

/** One that has its writer in the zone of `orders`, and one that has its standby there. */
export const neighbours = [
  neighbour('bills', 0, ['10.0.1.12', '10.0.2.12']),
  neighbour('carts', 1, ['10.0.2.13', '10.0.1.13']),
] as const

export type DatabaseKind = 'instance' | 'cluster'

/** The writer first. */
export const hosts = {
  instance: ['10.0.1.10', '10.0.2.20'],
  cluster: ['10.0.1.11', '10.0.2.22'],
} as const satisfies Record<DatabaseKind, readonly string[]>

/** Where RDS puts a standby that it replaces. */
export const spareHost = '10.0.3.30'

/**
 * The two environments of a blue/green deployment take turns here: the writer and the standby of the green one are these,
 * and after the next switchover `hosts` again. On AWS each environment has new addresses.
 */
export const greenHosts = ['10.0.3.31', '10.0.1.31'] as const

/** Another database of the VPC, which has its own security group. */
export const stranger = { ip: '10.0.3.40', interfaceId: 'eni-0lab9', securityGroupId: 'sg-0ab0000000000bad0' } as const

/** RDS's network interface at an address of its own. */
export const rdsInterface = (id: string, ip: string, securityGroupId: string) => ({
  id,
  ip,
  zone: zoneOf(ip) ?? '',
  subnetId: subnets[Number(ip.split('.')[2]) - 1]?.id ?? '',
  requesterId: 'amazon-rds',
  securityGroupIds: [securityGroupId],
  description: 'RDSNetworkInterface',
})

/** RDS's interfaces in the VPC: the database's, and the stranger's. None says whose it is. */
export const rdsInterfaces = (kind: DatabaseKind, securityGroupId: string) => [
  ...hosts[kind].map((ip, index) => rdsInterface(`eni-0lab${index}`, ip, securityGroupId)),
  rdsInterface(stranger.interfaceId, stranger.ip, stranger.securityGroupId),
]

export const endpoints = {
  instance: `orders.cabc123def45.${region}.rds.amazonaws.com`,
  cluster: `orders.cluster-cabc123def45.${region}.rds.amazonaws.com`,
  readers: `orders.cluster-ro-cabc123def45.${region}.rds.amazonaws.com`,
  member: (id: string) => `${id}.cabc123def45.${region}.rds.amazonaws.com`,
} as const

/** Whatever is behind it: a name that RDS does not know. */
export const ownName = 'orders.internal.example.com'

export const databaseArn = (kind: DatabaseKind): string => rdsArn(kind === 'instance' ? 'db' : 'cluster', 'orders')

const consumerSubnets = zones.slice(0, 2).map((zone, index) => ({
  id: `subnet-0c0a5ade0000000${index + 1}`,
  zone,
  zoneId: `euw1-az${index + 1}`,
  cidr: `10.1.${index + 1}.0/24`,
}))

/** The last number of each address that an endpoint has in its subnets. */
const endpointHosts = { interface: 40, resource: 50, readers: 51 } as const

/** A consumer in a VPC of its own, which reaches the database through endpoints. */
export const consumer = {
  name: 'analytics',
  vpc: { id: 'vpc-0c0a5ade000000001', cidrs: ['10.1.0.0/16'] },
  /** Another of its VPCs, for names to answer in. */
  peeredVpc: { id: 'vpc-0c0a5ade000000002' },
  subnets: consumerSubnets,
  client: { ip: '10.1.1.100' },
  /** One in each subnet. */
  addressesOf: (endpoint: keyof typeof endpointHosts, subnetIds = consumerSubnets.map(({ id }) => id)): string[] =>
    consumerSubnets.flatMap(({ id }, index) =>
      subnetIds.includes(id) ? [`10.1.${index + 1}.${endpointHosts[endpoint]}`] : [],
    ),
} as const

/** A gateway's interface in one of the database's subnets. */
export const gatewayAddress = (subnetId: string): string => {
  const index = subnets.findIndex(({ id }) => id === subnetId)
  return `10.0.${index + 1}.60`
}

/** Names of the network and of what the stack and its owner have made in it. */
export const networkNames = {
  databaseGroup: 'sg-0ab0000000000db00',
  balancerGroup: 'sg-0ab0000000000a1b0',
  endpointService: 'vpce-svc-0ab00000000005ec0',
  consumerEndpoint: 'vpce-0ab000000000c0500',
  resourceEndpoint: 'vpce-0ab000000000c0600',
  resourceGateway: 'rgw-0ab0000000000a600',
  resourceConfiguration: 'rcfg-0ab0000000000c0f0',
  /** A cluster's: of its writer and of its readers. */
  childConfigurations: ['rcfg-0ab0000000000c0f1', 'rcfg-0ab0000000000c0f2'],
  accessLogSubscription: 'als-0ab0000000000a150',
  hostedZone: 'Z0AB00000000ANALYTICS0',
  role: `arn:aws:iam::${account}:role/Repoint-orders-ReconcilerRole`,
  parameterGroup: 'orders-postgres17',
  clusterParameterGroup: 'orders-aurora-postgresql17',
} as const
