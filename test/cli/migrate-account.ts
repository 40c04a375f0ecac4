import { gatewayNames } from '../../infra/app/settings/resource-names.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import type { Account } from '../../lab/api/account.ts'
import type { AccountResources } from '../../lab/api/resources.ts'
import { restService } from '../../lab/api/rest-protocol.ts'
import { balancerInterfaces, layOut, subnets } from '../../lab/cloud/initial-resources.ts'
import * as fixture from '../../lab/fixture.ts'
import { aListener } from '../lab/some-resources.ts'

/** A cluster and its consumer, with a gateway and a share of 25 %, for the lab's API; tests change what lies around. */

const { account, region } = fixture
const [group = ''] = fixture.targetGroupArns
const [listener = ''] = fixture.listenerArns
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
export const serviceName = `com.amazonaws.vpce.${region}.${fixture.networkNames.endpointService}`
export const nameOf = (child: string) => `${ids.endpoint}.${child}.4232ccc.vpc-lattice-rsc.${region}.on.aws`

const written = () => {
  const gateway = { stage: 'shadow', databaseSecurityGroupId: fixture.networkNames.databaseGroup }
  const databases = [
    {
      arn: fixture.databaseArn('cluster'),
      endpoint: fixture.endpoints.cluster,
      engine: 'aurora-postgresql',
      vpcId: fixture.vpc.id,
      subnets: fixture.subnets,
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
    arn: fixture.databaseArn('cluster'),
    endpoint: fixture.endpoints.cluster,
    port: 5432,
  },
  frontDoors: [{ role: 'writer', strategy: 'swap', targetGroupArn: group, port: 5432 }],
}

/** The function is there, and nothing else of Lambda is asked. */
export const lambda = restService('json', [
  {
    method: 'GET',
    path: /\/configuration$/,
    action: 'GetFunctionConfiguration',
    run: () => {
      return {
        result: {
          Role: fixture.networkNames.role,
          Environment: { Variables: { REPOINT_CONFIG: JSON.stringify(config) } },
        },
        brief: {},
      }
    },
  },
])

export const resources = (): AccountResources => {
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
    if (it.id === fixture.networkNames.databaseGroup) it.incoming.push({ ...onPort, groupIds: [ids.gatewayGroup] })
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
        vpcId: fixture.vpc.id,
        incoming: [],
        outgoing: [{ ...onPort, groupIds: [fixture.networkNames.databaseGroup] }],
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
        vpcId: fixture.vpc.id,
        subnetIds: subnets.map(it => it.id),
        securityGroupIds: [ids.gatewayGroup],
        ipv4AddressesPerEni: 4,
        dnsResolution: 'PUBLIC',
        status: 'ACTIVE',
      },
    ],
    resourceConfigurations: [
      // AWS lists in no promised order: the readers' child first.
      child(readers, fixture.endpoints.readers),
      {
        id: whole,
        arn: arnOf(whole),
        name: names.configuration,
        gatewayId: ids.gateway,
        type: 'ARN',
        resourceArn: fixture.databaseArn('cluster'),
        status: 'ACTIVE',
      },
      child(writer, fixture.endpoints.cluster),
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
        name: `${fixture.endpoints.cluster}.`,
        vpcIds: [consumerVpc],
        owner: { account },
        records: [
          {
            name: `${fixture.endpoints.cluster}.`,
            setIdentifier: 'repoint-nlb',
            weight: 75,
            alias: {
              dnsName: `${ids.nlbEndpoint}.vpce-svc.${region}.vpce.amazonaws.com`,
              hostedZoneId: 'Z38GZ743OKFT7T',
            },
          },
          {
            name: `${fixture.endpoints.cluster}.`,
            setIdentifier: 'repoint-gateway',
            weight: 25,
            alias: { dnsName: nameOf(writer), hostedZoneId: 'Z03265862FOUNWMZOKUF4' },
          },
        ],
      },
    ],
  }
}

export const anAccount = (around: AccountResources): Account => ({
  id: account,
  region,
  vpc: fixture.vpc,
  targetGroups: [
    { arn: group, port: 5432, attributes: {}, describe: () => [], register: () => {}, deregister: () => {} },
  ],
  loadBalancers: [{ ...fixture.loadBalancer, listeners: [aListener(listener, group)] }],
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
        endpoint: fixture.endpoints.member('orders-1'),
        port: 5432,
        clusterId: 'orders',
      },
    ],
    clusters: () => [
      {
        id: 'orders',
        arn: fixture.databaseArn('cluster'),
        engine: 'aurora-postgresql',
        status: 'available',
        endpoint: fixture.endpoints.cluster,
        readerEndpoint: fixture.endpoints.readers,
        port: 5432,
        members: [{ instanceId: 'orders-1', isWriter: true }],
      },
    ],
  },
  events: { put: () => ({ EventId: '1' }) },
  resources: around,
})
