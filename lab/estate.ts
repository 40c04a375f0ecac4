/** What the lab's account holds: names and addresses as AWS would show them. */

export const account = '111122223333'
export const region = 'eu-west-1'
export const port = 5432

export const vpc = { id: 'vpc-0lab', cidrs: ['10.0.0.0/16'] } as const
const zones = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] as const

/** The third number of an address tells its subnet, and so its zone. */
export const zoneOf = (ip: string): string | undefined => zones[Number(ip.split('.')[2]) - 1]

export const loadBalancer = {
  arn: `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/net/orders/50dc6c495c0c9188`,
  name: 'orders',
  dnsName: `orders-50dc6c495c0c9188.elb.${region}.amazonaws.com`,
  ip: '10.0.1.5',
  zones,
} as const

export const targetGroupArn = `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/orders/73e2d6bc24d8a067`

export type DatabaseKind = 'instance' | 'cluster'

/** The writer first. */
export const hosts = {
  instance: ['10.0.1.10', '10.0.2.20'],
  cluster: ['10.0.1.11', '10.0.2.22'],
} as const satisfies Record<DatabaseKind, readonly string[]>

export const endpoints = {
  instance: `orders.cabc123def45.${region}.rds.amazonaws.com`,
  cluster: `orders.cluster-cabc123def45.${region}.rds.amazonaws.com`,
  readers: `orders.cluster-ro-cabc123def45.${region}.rds.amazonaws.com`,
  member: (id: string) => `${id}.cabc123def45.${region}.rds.amazonaws.com`,
} as const

export const databaseArn = (kind: DatabaseKind): string =>
  `arn:aws:rds:${region}:${account}:${kind === 'instance' ? 'db' : 'cluster'}:orders`
