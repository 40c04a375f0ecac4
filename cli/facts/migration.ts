import { groupsOf } from '../../functions/reconciler/config/front-doors.ts'
import { setIdentifiers } from '../../infra/app/settings/resource-names.ts'
import type { ConsumerSettings, DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { attemptToFind } from './attempt.ts'
import { gatherDatabase } from './database.ts'
import { deriveConsumer, deriveProvider } from './derive-standing.ts'
import { type EndpointServiceFacts, gatherEndpointServices } from './endpoint-services.ts'
import { configOf, type FunctionFacts, gatherFunction, whyNoConfig } from './function.ts'
import { andThen, type Gathered, known, none, notKnown } from './gathered.ts'
import { gatherHostedZones } from './hosted-zones.ts'
import { gatherListeners, gatherLoadBalancer } from './load-balancer.ts'
import type { ConsumerFacts, MigrationFacts, ProviderFacts } from './migration-facts.ts'
import { gatherGatewayPath, gatherNlbPath, readEndpoints } from './path-endpoints.ts'
import { gatherAccessLog, gatherConfiguration, gatherGateway } from './resource-gateway.ts'
import { gatherTargetGroup } from './target-groups.ts'
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
  const accessLog = await gatherAccessLog(clients, configuration)
  const read = { database: rds, ...loadBalancerSide, gateway, configuration, accessLog }
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

/**
 * The way through the load balancer. Its name is CloudFormation's choice: the function knows the target groups, and
 * where there is no function any more, the endpoint service that the consumer names knows its load balancer.
 */
const gatherLoadBalancerSide = async (
  clients: Clients,
  database: DatabaseSettings,
  serviceName: string | undefined,
): Promise<Pick<ProviderFacts, 'lambda' | 'loadBalancer' | 'listeners' | 'endpointService'>> => {
  const lambda = await gatherFunction(clients, database)
  const groupArns = groupArnsOf(database, lambda)
  const group = await gatherTargetGroup(clients, await andThen(groupArns, ([first = '']) => known(first)))
  const { frontDoor } = database
  const named = frontDoor.kind === 'existing' ? frontDoor.loadBalancerArn : undefined
  const byGroup = await gatherLoadBalancer(clients, group, named)
  const loadBalancer =
    byGroup.kind === 'known' || lambda.kind !== 'none' || serviceName === undefined
      ? byGroup
      : await byService(clients, serviceName)
  const [listeners, services] = await Promise.all([
    gatherListeners(clients, loadBalancer, groupArns.kind === 'known' ? groupArns.value : []),
    gatherEndpointServices(clients, loadBalancer),
  ])
  return { lambda, loadBalancer, listeners, endpointService: await andThen(services, all => pick(all, serviceName)) }
}

const pick = (all: readonly EndpointServiceFacts[], name: string | undefined): Gathered<EndpointServiceFacts> => {
  const found = all.find(it => it.name === name) ?? all[0]
  return found === undefined ? none('The load balancer is behind no endpoint service.') : known(found)
}

const groupArnsOf = ({ frontDoor }: DatabaseSettings, lambda: Gathered<FunctionFacts>): Gathered<readonly string[]> => {
  if (frontDoor.kind === 'existing') return known(frontDoor.targetGroupArns)
  if (lambda.kind !== 'known') return lambda
  const config = configOf(lambda.value)
  return config === undefined
    ? notKnown(`Which target group is kept is not known: ${whyNoConfig}.`)
    : known(config.frontDoors.flatMap(groupsOf))
}

const byService = async (clients: Clients, serviceName: string): Promise<ProviderFacts['loadBalancer']> => {
  const id = serviceName.split('.').at(-1) ?? serviceName
  const service = await attemptToFind(async () => {
    const ec2 = await clients.ec2()
    const { ServiceConfigurations: [found] = [] } = await ec2.describeVpcEndpointServiceConfigurations({
      ServiceIds: [id],
    })
    return found?.NetworkLoadBalancerArns?.[0]
  }, 'InvalidVpcEndpointServiceId.NotFound')
  return andThen(service, arn =>
    arn === undefined
      ? none(`There is no function, and no endpoint service ${id} with a load balancer.`)
      : gatherLoadBalancer(clients, known({ loadBalancerArns: [arn] }), undefined),
  )
}
