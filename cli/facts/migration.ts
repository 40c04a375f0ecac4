import { setIdentifiers } from '../../infra/app/settings/resource-names.ts'
import type { ConsumerSettings, DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { gatherDatabase } from './database.ts'
import { deriveConsumer, deriveProvider } from './derive-standing.ts'
import { known } from './gathered.ts'
import { gatherHostedZones } from './hosted-zones.ts'
import type { ConsumerFacts, MigrationFacts, ProviderFacts } from './migration-facts.ts'
import { gatherLoadBalancerSide } from './migration-load-balancer.ts'
import { gatherGatewayPath, gatherNlbPath, readEndpoints } from './path-endpoints.ts'
import { gatherAccessLog, gatherConfiguration, gatherGateway, gatherGatewayEndpoints } from './resource-gateway.ts'
import { gatherZone } from './zone-records.ts'

export interface GatherMigrationOptions {
  readonly database: DatabaseSettings
  readonly consumer?: ConsumerSettings
  /** The provider's account and Region. */
  readonly clients: Clients
  /** The consumer's. */
  readonly consumerClients: Clients
}

/**
 * Reads where both sides stand. What cannot be read stays unknown, with the missing permission; nothing is written.
 *
 * @throws what stops every call: no credentials, no Region, an interruption.
 */
export const gatherMigration = async (options: GatherMigrationOptions): Promise<MigrationFacts> => {
  const { database, consumer, consumerClients } = options
  const provider = await gatherProvider(options)
  const { configuration } = provider
  const configurationArn = configuration.kind === 'known' ? configuration.value.arn : undefined
  return {
    database,
    provider,
    ...(consumer === undefined
      ? {}
      : { consumer, consumerSide: await gatherConsumer(consumerClients, consumer, configurationArn) }),
  }
}

const gatherProvider = async ({ clients, database, consumer }: GatherMigrationOptions): Promise<ProviderFacts> => {
  const [rds, loadBalancerSide, gateway, configuration] = await Promise.all([
    gatherDatabase(clients, database),
    gatherLoadBalancerSide(clients, database, consumer?.serviceName),
    gatherGateway(clients, database),
    gatherConfiguration(clients, database),
  ])
  const [accessLog, gatewayEndpoints] = await Promise.all([
    gatherAccessLog(clients, configuration),
    gatherGatewayEndpoints(clients, configuration),
  ])
  const read = { database: rds, ...loadBalancerSide, gateway, configuration, accessLog, gatewayEndpoints }
  return { standing: deriveProvider(database, read), ...read }
}

export const gatherConsumer = async (
  clients: Clients,
  consumer: ConsumerSettings,
  configurationArn: string | undefined,
): Promise<ConsumerFacts> => {
  const { readerHostname } = consumer.gateway
  const zones = await gatherHostedZones(
    clients,
    known({ vpcId: consumer.vpcId }),
    consumer.env.region ?? clients.region ?? '',
  )
  const [zone, readerZone] = await Promise.all([
    gatherZone(clients, zones, consumer.dnsName ?? consumer.hostname),
    readerHostname === undefined ? undefined : gatherZone(clients, zones, readerHostname),
  ])
  const recordOf = (identifier: string) =>
    zone.kind === 'known' ? zone.value.records.find(it => it.setIdentifier === identifier) : undefined
  // Before there were stages the record was a simple one.
  const simple = zone.kind === 'known' ? zone.value.records.find(it => it.weight === undefined) : undefined
  const endpoints = readEndpoints(clients, consumer)
  const [nlb, gateway] = await Promise.all([
    gatherNlbPath({ consumer, endpoints, record: recordOf(setIdentifiers.nlb) ?? simple }),
    gatherGatewayPath(clients, { consumer, endpoints, record: recordOf(setIdentifiers.gateway), configurationArn }),
  ])
  const read = { zone, nlb, gateway, ...(readerZone === undefined ? {} : { readerZone }) }
  return { standing: deriveConsumer(read), ...read }
}
