import type { ConsumerSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { gatherConnections } from './endpoint-services.ts'
import { type Gathered, known } from './gathered.ts'
import { gatherBalancerFlows, gatherEndpointFlows, type QuietTime } from './load-balancer-use.ts'
import { type GatherMigrationOptions, gatherConsumer, gatherMigration } from './migration.ts'
import type { ProviderFacts } from './migration-facts.ts'
import type { Connection, RetireFacts, RetiringConsumer } from './retirement-facts.ts'

type Gathering = Pick<RetireFacts, 'provider' | 'chosen' | 'connections' | 'flows'>

/** One database, and each consumer with the clients of its own Region. */
export interface RetirementReaders {
  readonly first: GatherMigrationOptions
  readonly sides: readonly (GatherMigrationOptions & { readonly consumer: ConsumerSettings })[]
}

/** Everything that could still use the load balancer. Nothing is written. @throws what stops every call */
export const gatherRetirement = async ({ first, sides }: RetirementReaders, time: QuietTime): Promise<Gathering> => {
  const { provider, consumerSide } = await gatherMigration(first)
  const configurationArn = provider.configuration.kind === 'known' ? provider.configuration.value.arn : undefined
  const [connections, flows, chosen] = await Promise.all([
    connectionsOf(first.clients, provider),
    gatherBalancerFlows(first.clients, provider.loadBalancer, time),
    Promise.all(
      sides.map(async ({ consumer, consumerClients }): Promise<RetiringConsumer> => {
        const isFirst = consumerSide !== undefined && consumer.name === first.consumer?.name
        const side = isFirst ? consumerSide : await gatherConsumer(consumerClients, consumer, configurationArn)
        return { consumer, side, flows: await gatherEndpointFlows(consumerClients, side.nlb, time) }
      }),
    ),
  ])
  return { provider, chosen, connections, flows }
}

const connectionsOf = async (
  clients: Clients,
  { endpointService, loadBalancer }: ProviderFacts,
): Promise<Gathered<readonly Connection[]>> => {
  // A load balancer behind no endpoint service has nobody connected over one.
  if (endpointService.kind === 'none' && loadBalancer.kind === 'known') return known([])
  if (endpointService.kind !== 'known') return endpointService
  const { id } = endpointService.value
  return gatherConnections(clients, id)
}
