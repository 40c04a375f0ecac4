import { gatewayNames } from '../../infra/app/settings/resource-names.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import type { Account } from '../../lab/aws/account.ts'
import { ApiFailure } from '../../lab/aws/failure.ts'
import type { JsonService } from '../../lab/aws/json-service.ts'
import type { Surroundings } from '../../lab/aws/surroundings.ts'
import * as estate from '../../lab/estate.ts'
import { balancerInterfaces, layOut, networkNames, subnets } from '../../lab/surroundings.ts'

/** A cluster and its consumer, with a gateway and a share of 25 %, for the lab's API; tests change what lies around. */

const { account, region } = estate
const [group = ''] = estate.targetGroupArns
const [listener = ''] = estate.listenerArns
export const consumerVpc = 'vpc-0c0a5ade000000001'
export const ids = {
  gateway: 'rgw-0123456789abcdef0',
  gatewayGroup: 'sg-0123456789abcdef0',
  endpointGroup: 'sg-0123456789abcdef1',
  endpoint: 'vpce-0123456789abcdef0',
  nlbEndpoint: 'vpce-0123456789abcdef1',
  zone: 'Z0123456789ABCDEFGHIJ',
}
export const arnOf = (id: string) => `arn:aws:vpc-lattice:${region}:${account}:resourceconfiguration/${id}`
export const [whole, writer, readers] = [
  'rcfg-0123456789abcdef0',
  'rcfg-0123456789abcdef1',
  'rcfg-0123456789abcdef2',
] as const
export const serviceName = `com.amazonaws.vpce.${region}.${networkNames.endpointService}`
export const nameOf = (child: string) => `${ids.endpoint}.${child}.4232ccc.vpc-lattice-rsc.${region}.on.aws`

const written = () => {
  const gateway = { stage: 'shadow', databaseSecurityGroupId: networkNames.databaseGroup }
  const databases = [
    {
      arn: estate.databaseArn('cluster'),
      endpoint: estate.endpoints.cluster,
      engine: 'aurora-postgresql',
      vpcId: estate.vpc.id,
      subnets: estate.subnets,
      frontDoor: { kind: 'create', databaseSecurityGroupId: false },
      gateway,
    },
  ]
  const consumers = [
    {
      name: 'analytics',
      database: 'orders',
      serviceName,
      region,
      vpcId: consumerVpc,
      subnets: ['a', 'b'].map((zone, index) => ({
        id: `subnet-0c0a5ade00000000${index}`,
        zone: `${region}${zone}`,
        zoneId: `euw1-az${index + 1}`,
      })),
      clientCidrs: ['10.1.0.0/16'],
      gateway: { stage: 'shadow', resourceConfigurationArn: arnOf(whole) },
    },
  ]
  return JSON.stringify({ databases, consumers })
}

/** The settings file of it: stage shadow on both sides. */
export const settingsText = written()

const parsed = parseSettings('test', settingsText)
const [ofDatabase, ofConsumer] = [parsed.databases[0], parsed.consumers[0]]
if (!ofDatabase || !ofConsumer) throw new Error('the entries gave no settings')
export const [database, consumer] = [ofDatabase, ofConsumer]

const config = {
  database: {
    kind: 'cluster',
    id: 'orders',
    arn: estate.databaseArn('cluster'),
    endpoint: estate.endpoints.cluster,
    port: 5432,
  },
  frontDoors: [{ role: 'writer', strategy: 'swap', targetGroupArn: group, port: 5432 }],
}

/** The function is there, and nothing else of Lambda is asked. */
export const lambda: JsonService = {
  actionOf: ({ url }) => (url.pathname.endsWith('/configuration') ? 'GetFunctionConfiguration' : 'unknown'),
  run: action => {
    if (action === 'unknown') throw new ApiFailure('ResourceNotFoundException', 'Not found', 404)
    return {
      result: { Role: networkNames.role, Environment: { Variables: { REPOINT_CONFIG: JSON.stringify(config) } } },
      brief: {},
    }
  },
}

export const surroundings = (): Surroundings => {
  const around = layOut({
    kind: 'cluster',
    deployment: {
      functionName: 'repoint-orders',
      listeners: [{ arn: listener, port: 5432, idleTimeoutMs: 6_000_000, weights: [] }],
      statements: [],
    },
    deadLetters: () => 0,
  })
  const onPort = { protocol: 'tcp', fromPort: 5432, toPort: 5432 }
  const names = gatewayNames(database)
  const child = (id: string, customDomainName: string) => ({
    id,
    arn: arnOf(id),
    name: id,
    gatewayId: ids.gateway,
    type: 'CHILD' as const,
    customDomainName,
    groupId: whole,
    status: 'ACTIVE',
  })
  const endpoint = {
    vpcId: consumerVpc,
    state: 'available',
    hasPrivateDns: false,
    policy: '',
    groupIds: [ids.endpointGroup],
  }
  for (const it of around.securityGroups) {
    if (it.id === networkNames.databaseGroup) it.incoming.push({ ...onPort, groupIds: [ids.gatewayGroup] })
  }
  return {
    ...around,
    vpcs: [
      ...around.vpcs.filter(it => it.id !== consumerVpc),
      { id: consumerVpc, hasDnsSupport: true, hasDnsHostnames: true },
    ],
    subnets: [
      ...around.subnets.filter(it => it.vpcId !== consumerVpc),
      ...consumer.subnets.map(({ id, zone, zoneId = '' }, index) => ({
        id,
        zone,
        zoneId,
        vpcId: consumerVpc,
        cidr: `10.1.${index + 1}.0/24`,
        freeAddresses: 240,
      })),
    ],
    securityGroups: [
      ...around.securityGroups,
      {
        id: ids.gatewayGroup,
        name: 'gateway',
        vpcId: estate.vpc.id,
        incoming: [],
        outgoing: [{ ...onPort, groupIds: [networkNames.databaseGroup] }],
      },
      {
        id: ids.endpointGroup,
        name: 'endpoint',
        vpcId: consumerVpc,
        incoming: [{ ...onPort, cidrs: ['10.1.0.0/16'] }],
        outgoing: [],
      },
    ],
    resourceGateways: [
      {
        id: ids.gateway,
        arn: `arn:aws:vpc-lattice:${region}:${account}:resourcegateway/${ids.gateway}`,
        name: names.gateway,
        vpcId: estate.vpc.id,
        subnetIds: subnets.map(it => it.id),
        securityGroupIds: [ids.gatewayGroup],
        ipv4AddressesPerEni: 4,
        dnsResolution: 'PUBLIC',
        status: 'ACTIVE',
      },
    ],
    resourceConfigurations: [
      // AWS lists in no promised order: the readers' child first.
      child(readers, estate.endpoints.readers),
      {
        id: whole,
        arn: arnOf(whole),
        name: names.configuration,
        gatewayId: ids.gateway,
        type: 'ARN',
        resourceArn: estate.databaseArn('cluster'),
        status: 'ACTIVE',
      },
      child(writer, estate.endpoints.cluster),
    ],
    accessLogSubscriptions: [
      {
        id: 'als-0123456789abcdef0',
        arn: `arn:aws:vpc-lattice:${region}:${account}:accesslogsubscription/als-0123456789abcdef0`,
        resourceArn: arnOf(whole),
        destinationArn: `arn:aws:logs:${region}:${account}:log-group:/aws/vendedlogs/repoint/orders/gateway:*`,
      },
    ],
    vpcEndpoints: [
      {
        ...endpoint,
        id: ids.nlbEndpoint,
        service: serviceName,
        subnetIds: consumer.subnets.map(it => it.id),
        names: [
          { dnsName: `${ids.nlbEndpoint}.vpce-svc.${region}.vpce.amazonaws.com`, hostedZoneId: 'Z38GZ743OKFT7T' },
        ],
      },
      {
        ...endpoint,
        id: ids.endpoint,
        service: '',
        type: 'Resource',
        resourceConfigurationArn: arnOf(whole),
        subnetIds: consumer.subnets.map(it => it.id),
        names: [readers, writer].map(id => ({
          dnsName: nameOf(id),
          hostedZoneId: 'Z03265862FOUNWMZOKUF4',
          resourceConfigurationArn: arnOf(id),
        })),
      },
    ],
    hostedZones: [
      {
        id: ids.zone,
        name: `${estate.endpoints.cluster}.`,
        vpcIds: [consumerVpc],
        owner: { account },
        records: [
          {
            name: `${estate.endpoints.cluster}.`,
            setIdentifier: 'repoint-nlb',
            weight: 75,
            alias: {
              dnsName: `${ids.nlbEndpoint}.vpce-svc.${region}.vpce.amazonaws.com`,
              hostedZoneId: 'Z38GZ743OKFT7T',
            },
          },
          {
            name: `${estate.endpoints.cluster}.`,
            setIdentifier: 'repoint-gateway',
            weight: 25,
            alias: { dnsName: nameOf(writer), hostedZoneId: 'Z03265862FOUNWMZOKUF4' },
          },
        ],
      },
    ],
  }
}

export const anAccount = (around: Surroundings): Account => ({
  id: account,
  region,
  vpc: estate.vpc,
  targetGroups: [
    { arn: group, port: 5432, attributes: {}, describe: () => [], register: () => {}, deregister: () => {} },
  ],
  loadBalancers: [{ ...estate.loadBalancer, listeners: [{ arn: listener, port: 5432, targetGroupArn: group }] }],
  interfaces: balancerInterfaces,
  databases: {
    instances: () => [
      {
        id: 'orders-1',
        arn: `arn:aws:rds:${region}:${account}:db:orders-1`,
        engine: 'aurora-postgresql',
        status: 'available',
        multiAz: false,
        zone: 'eu-west-1a',
        endpoint: estate.endpoints.member('orders-1'),
        port: 5432,
        clusterId: 'orders',
      },
    ],
    clusters: () => [
      {
        id: 'orders',
        arn: estate.databaseArn('cluster'),
        engine: 'aurora-postgresql',
        status: 'available',
        endpoint: estate.endpoints.cluster,
        readerEndpoint: estate.endpoints.readers,
        port: 5432,
        members: [{ instanceId: 'orders-1', isWriter: true }],
      },
    ],
  },
  events: { put: () => ({ EventId: '1' }) },
  surroundings: around,
})
