import { deriveConsumer, deriveProvider } from '../../cli/facts/derive-standing.ts'
import { known, none } from '../../cli/facts/gathered.ts'
import type { ConsumerFacts, ProviderFacts } from '../../cli/facts/migration-facts.ts'
import type { PreflightFacts } from '../../cli/facts/preflight-facts.ts'
import type { ZoneFacts } from '../../cli/facts/zone-records.ts'
import { gatewayNames } from '../../infra/app/settings/resource-names.ts'
import { type ConsumerSettings, type DatabaseSettings, parseSettings } from '../../infra/app/settings.ts'
import { behindShared, endpointService, entry, lambda, loadBalancer, database as rds, rule } from './doctor-facts.ts'

/** Both sides at stage shadow, everything sound: preflight has nothing to say but notices. */

const account = '111122223333'
export const configurationArn = `arn:aws:vpc-lattice:eu-west-1:${account}:resourceconfiguration/rcfg-0123456789abcdef0`
const serviceName = 'com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0'

export const databaseEntry = {
  ...entry,
  subnets: entry.subnets.map((it, index) => ({ ...it, zoneId: `euw1-az${index + 1}` })),
  gateway: { stage: 'shadow', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718' },
}

export const consumerEntry = {
  name: 'analytics',
  serviceName,
  database: 'orders',
  account,
  region: 'eu-west-1',
  vpcId: 'vpc-0c0a5ade000000001',
  subnets: ['a', 'b'].map((zone, index) => ({
    id: `subnet-0c0a5ade00000000${index}`,
    zone: `eu-west-1${zone}`,
    zoneId: `euw1-az${index + 1}`,
  })),
  clientCidrs: ['10.1.0.0/16'],
  gateway: { stage: 'shadow', resourceConfigurationArn: configurationArn },
}

export const settingsWith = (
  ofDatabase: object = {},
  ofConsumer: object = {},
): { database: DatabaseSettings; consumer: ConsumerSettings } => {
  return settingsOfFile({
    databases: [{ ...databaseEntry, ...ofDatabase }],
    consumers: [{ ...consumerEntry, ...ofConsumer }],
  })
}

const settingsOfFile = (file: object): { database: DatabaseSettings; consumer: ConsumerSettings } => {
  const { databases: [database] = [], consumers: [consumer] = [] } = parseSettings('test', JSON.stringify(file))
  if (database === undefined || consumer === undefined) throw new Error('the entries gave no settings')
  return { database, consumer }
}

/** The same behind a load balancer and an endpoint that others share. */
export const settingsBehindShared = (
  ofDatabase: object = {},
  ofConsumer: object = {},
): { database: DatabaseSettings; consumer: ConsumerSettings } => {
  const { account: of, region, vpcId, subnets } = consumerEntry
  return settingsOfFile({
    loadBalancers: [{ name: 'shared', account, region, vpcId: databaseEntry.vpcId, subnets: databaseEntry.subnets }],
    databases: [{ ...databaseEntry, frontDoor: behindShared(5432), ...ofDatabase }],
    endpoints: [{ name: 'all', account: of, region, vpcId, subnets, serviceName }],
    consumers: [{ ...consumerEntry, endpoint: 'all', ...ofConsumer }],
  })
}

export const { database, consumer } = settingsWith()

export const aGateway = {
  id: 'rgw-0123456789abcdef0',
  arn: `arn:aws:vpc-lattice:eu-west-1:${account}:resourcegateway/rgw-0123456789abcdef0`,
  name: gatewayNames(database).gateway,
  status: 'ACTIVE',
  vpcId: databaseEntry.vpcId,
  subnetIds: database.subnets.map(it => it.id),
  securityGroupIds: ['sg-gateway'],
  addressesPerInterface: 4,
  dnsResolution: 'PUBLIC',
  ipAddressType: 'IPV4',
  isOther: false,
}

export const aConfiguration = {
  id: 'rcfg-0123456789abcdef0',
  arn: configurationArn,
  name: gatewayNames(database).configuration,
  status: 'ACTIVE',
  type: 'ARN',
  target: database.arn ?? '',
  gatewayId: aGateway.id,
  ports: [],
}

export const aDatabase = { ...rds, vpcId: databaseEntry.vpcId, securityGroupIds: ['sg-0a1b2c3d4e5f60718'] }

export const providerParts: Omit<ProviderFacts, 'standing'> = {
  database: known(aDatabase),
  lambda: known(lambda),
  loadBalancer: known(loadBalancer),
  listeners: known([{ arn: 'arn:l', port: 5432, protocol: 'TCP', targetGroupArns: [], idleTimeoutSeconds: 350 }]),
  endpointService: known({ ...endpointService, name: serviceName }),
  gateway: known(aGateway),
  configuration: known(aConfiguration),
  accessLog: known({ logGroup: '/aws/vendedlogs/repoint/orders/gateway' }),
}

export const nlbPath = {
  endpointId: 'vpce-nlb',
  vpcId: consumer.vpcId,
  state: 'available',
  dnsName: 'vpce-nlb.vpce-svc-1.eu-west-1.vpce.amazonaws.com',
  hostedZoneId: 'Z38GZ743OKFT7T',
  port: 5432,
  subnetIds: consumer.subnets.map(it => it.id),
  securityGroupIds: ['sg-endpoint'],
  hasPrivateDns: false,
  leads: true,
}

export const gatewayPath = {
  ...nlbPath,
  endpointId: 'vpce-gateway',
  dnsName: 'vpce-gateway.rcfg-0.4232ccc.vpc-lattice-rsc.eu-west-1.on.aws',
  hostedZoneId: 'Z03265862FOUNWMZOKUF4',
}

/** The stack's zone with these weights; without one there is no record of that way. */
export const aZone = (weights: ZoneFacts['weights']): ZoneFacts => {
  const record = (setIdentifier: string, weight: number | undefined, dnsName: string) =>
    weight === undefined
      ? []
      : [
          {
            name: `${consumer.hostname}.`,
            type: 'A',
            setIdentifier,
            weight,
            alias: { dnsName, hostedZoneId: 'Z1', evaluatesHealth: false },
          },
        ]
  return {
    id: 'Z0123456789ABCDEFGHIJ',
    name: consumer.hostname,
    weights,
    records: [
      ...record('repoint-nlb', weights.nlb, nlbPath.dnsName),
      ...record('repoint-gateway', weights.gateway, gatewayPath.dnsName),
    ],
  }
}

export const consumerParts: Omit<ConsumerFacts, 'standing'> = {
  zone: known(aZone({ nlb: 100, gateway: 0 })),
  nlb: known(nlbPath),
  gateway: known(gatewayPath),
}

const subnet = (id: string, index: number, network: string) => ({
  id,
  zone: `eu-west-1${'ab'[index]}`,
  zoneId: `euw1-az${index + 1}`,
  cidr: `${network}.${index + 1}.0/24`,
  freeAddresses: 200,
})

export const gatewaySubnets = database.subnets.map(({ id }, index) => subnet(id, index, '10.0'))
export const endpointSubnets = consumer.subnets.map(({ id }, index) => subnet(id, index, '10.1'))

export interface Changes extends Partial<Omit<PreflightFacts, 'provider' | 'consumerSide' | 'here' | 'there'>> {
  readonly provider?: Partial<ProviderFacts>
  readonly consumerSide?: Partial<ConsumerFacts>
  readonly here?: Partial<PreflightFacts['here']>
  readonly there?: Partial<NonNullable<PreflightFacts['there']>>
}

/** The sound facts with these changes; both stages are derived from what then is there. */
export const soundFacts = ({ provider, consumerSide, here, there, ...changes }: Changes = {}): PreflightFacts => {
  const ofProvider = { ...providerParts, ...provider }
  const ofConsumer = { ...consumerParts, ...consumerSide }
  return {
    database,
    consumer,
    clientKeepaliveSeconds: 60,
    provider: { standing: deriveProvider(changes.database ?? database, ofProvider), ...ofProvider },
    consumerSide: { standing: deriveConsumer(ofConsumer), ...ofConsumer },
    here: {
      region: 'eu-west-1',
      gatewaySubnets: known(gatewaySubnets),
      databaseSubnets: known(gatewaySubnets),
      databaseGroups: known([
        { id: 'sg-0a1b2c3d4e5f60718', incoming: [rule({ groupIds: ['sg-gateway', 'sg-lb'] })], outgoing: [] },
      ]),
      gatewayGroups: known([
        { id: 'sg-gateway', incoming: [], outgoing: [rule({ groupIds: ['sg-0a1b2c3d4e5f60718'] })] },
      ]),
      hostedZones: known([]),
      ...here,
    },
    there: {
      region: 'eu-west-1',
      account: known(account),
      endpointSubnets: known(endpointSubnets),
      endpointGroups: known([{ id: 'sg-endpoint', incoming: [rule({ cidrs: ['10.1.0.0/16'] })], outgoing: [] }]),
      vpcDns: known({ support: true, hostnames: true }),
      hostedZones: known([{ id: 'Z0123456789ABCDEFGHIJ', name: `${consumer.hostname}.`, owner: account }]),
      shared: known(aConfiguration),
      ...there,
    },
    ...changes,
  }
}

/** Stage nlb on both sides: there is no gateway yet. */
export const withoutGateway: Pick<Changes, 'database' | 'consumer' | 'provider' | 'consumerSide' | 'there'> = {
  ...settingsWith(
    { gateway: { stage: 'nlb', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718' } },
    { gateway: { stage: 'nlb' } },
  ),
  provider: {
    gateway: none('There is no resource gateway.'),
    configuration: none('There is no resource configuration.'),
    accessLog: none('There is no resource configuration.'),
  },
  consumerSide: { zone: known(aZone({ nlb: 100 })), gateway: none('There is no resource endpoint.') },
  there: {
    shared: none('There is no resource configuration yet.'),
    endpointGroups: none('There is no resource endpoint.'),
  },
}
