import type { AccountResources } from '../api/resources.ts'
import * as fixture from '../fixture.ts'
import type { Deployment } from '../template/deployment.ts'

export const subnets = fixture.subnets.map(({ id, zone }, index) => ({
  id,
  vpcId: fixture.vpc.id,
  zone,
  zoneId: `euw1-az${index + 1}`,
  cidr: `10.0.${index + 1}.0/24`,
  freeAddresses: 240,
}))

export interface InitialResourcesOptions {
  readonly kind: fixture.DatabaseKind
  readonly deployment: Pick<Deployment, 'functionName' | 'listeners' | 'statements'>
  readonly deadLetters: () => number
  readonly neighbours?: readonly fixture.Neighbour[]
}

/** Network interfaces of the load balancer's nodes, one in each zone. */
export const balancerInterfaces = subnets.map(({ id, zone }, index) => ({
  id: `eni-0labnlb${index}`,
  ip: fixture.loadBalancer.nodes[index]?.ip ?? '',
  zone,
  subnetId: id,
  requesterId: 'amazon-elb',
  description: `ELB ${fixture.loadBalancer.arn.split(':loadbalancer/')[1]}`,
}))

/** A sound account: nothing that doctor would find. Tests and visitors break it from here. */
export const layOut = (options: InitialResourcesOptions): AccountResources => {
  const { kind, deployment, deadLetters, neighbours = [] } = options
  const { consumer, networkNames, region, port, vpc } = fixture
  const { databaseGroup, balancerGroup } = networkNames
  const subnetIds = subnets.map(({ id }) => id)
  const onPort = { protocol: 'tcp', fromPort: port, toPort: port }
  const database = {
    subnetIds,
    securityGroupIds: [databaseGroup],
    isPubliclyAccessible: false,
    parameterGroup: networkNames.parameterGroup,
  }
  const keepalive = { name: 'tcp_keepalives_idle', value: '300', applyType: 'dynamic', isModifiable: true } as const
  const instances = kind === 'instance' ? ['orders'] : ['orders-1', 'orders-2']
  return {
    vpcs: [vpc.id, consumer.vpc.id, consumer.peeredVpc.id].map(id => ({
      id,
      hasDnsSupport: true,
      hasDnsHostnames: true,
    })),
    subnets: [...subnets, ...consumer.subnets.map(it => ({ ...it, vpcId: consumer.vpc.id, freeAddresses: 240 }))],
    securityGroups: [
      {
        id: databaseGroup,
        name: 'orders-database',
        vpcId: vpc.id,
        incoming: [
          { ...onPort, groupIds: [balancerGroup] },
          { ...onPort, cidrs: balancerInterfaces.map(({ ip }) => `${ip}/32`) },
        ],
        outgoing: [{ protocol: '-1', cidrs: ['0.0.0.0/0'] }],
      },
      {
        id: balancerGroup,
        name: 'orders-load-balancer',
        vpcId: vpc.id,
        incoming: [],
        outgoing: [{ ...onPort, cidrs: [...vpc.cidrs] }],
      },
    ],
    endpointServices: [
      {
        id: networkNames.endpointService,
        name: `com.amazonaws.vpce.${region}.${networkNames.endpointService}`,
        state: 'Available',
        acceptanceRequired: true,
        loadBalancerArns: [fixture.loadBalancer.arn],
        allowedPrincipals: ['arn:aws:iam::444455556666:root'],
        connections: [{ endpointId: networkNames.consumerEndpoint, owner: '444455556666', state: 'available' }],
      },
    ],
    vpcEndpoints: [],
    hostedZones: [],
    resourceGateways: [],
    resourceConfigurations: [],
    accessLogSubscriptions: [],
    parameterGroups: [
      { name: networkNames.parameterGroup, of: 'instance', status: 'in-sync', parameters: [keepalive] },
      {
        name: networkNames.clusterParameterGroup,
        of: 'cluster',
        status: 'in-sync',
        parameters: [{ ...keepalive, value: '300' }],
      },
    ],
    redshiftClusters: [],
    stacks: [{ name: 'Repoint-orders', status: 'UPDATE_COMPLETE', isProtected: true }],
    roles: [{ arn: networkNames.role, statements: [...deployment.statements] }],
    queues: [{ name: `${deployment.functionName}-dead-letters`, messages: deadLetters }],
    databases: {
      ...Object.fromEntries(
        neighbours.map(({ arn, securityGroupId }) => [arn, { ...database, securityGroupIds: [securityGroupId] }]),
      ),
      ...Object.fromEntries(instances.map(id => [fixture.rdsArn('db', id), { ...database }])),
      ...(kind === 'cluster'
        ? {
            [fixture.databaseArn('cluster')]: {
              ...database,
              clusterParameterGroup: networkNames.clusterParameterGroup,
            },
          }
        : {}),
    },
    loadBalancers: {
      [fixture.loadBalancer.arn]: {
        subnetIds,
        securityGroupIds: [balancerGroup],
        enforcesOnPrivateLink: false,
        attributes: { 'load_balancing.cross_zone.enabled': 'true', 'deletion_protection.enabled': 'true' },
      },
    },
    listeners: Object.fromEntries(
      deployment.listeners.map(({ arn, idleTimeoutMs }) => [
        arn,
        { 'tcp.idle_timeout.seconds': String(idleTimeoutMs / 1000) },
      ]),
    ),
  }
}
