import type { ConsumerSettings, DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { type ConnectionFacts, gatherConnections } from './endpoint-services.ts'
import { type Gathered, known } from './gathered.ts'
import { type Flows, gatherBalancerFlows, gatherEndpointFlows, type QuietTime } from './load-balancer-use.ts'
import { type GatherMigrationOptions, gatherConsumer, gatherMigration } from './migration.ts'
import type { ConsumerFacts, ProviderFacts } from './migration-facts.ts'
import type { MigrationRecord } from './migration-record.ts'

/** What the end of the path through the load balancer is decided upon. Everything is in here; nothing is asked. */
export interface RetireFacts {
  readonly database: DatabaseSettings
  readonly provider: ProviderFacts
  /** Those that this run is about: the one that was named, or all of the settings file. */
  readonly chosen: readonly RetiringConsumer[]
  /** Every consumer of this database in the settings file. */
  readonly entries: readonly ConsumerSettings[]
  /** Of the endpoint service, from whatever account. */
  readonly connections: Gathered<readonly Connection[]>
  /** Through the load balancer, all of its listeners together. Health checks are not among them. */
  readonly flows: Gathered<Flows>
  readonly record: MigrationRecord
  /** Why the settings could not say it; `undefined` where they can. */
  readonly settingsProblem: string | undefined
  readonly quietForMs: number
  readonly nowMs: number
}

export interface RetiringConsumer {
  readonly consumer: ConsumerSettings
  readonly side: ConsumerFacts
  /** Through its interface endpoint; `none` where there is none any more. */
  readonly flows: Gathered<Flows>
}

/** Of an endpoint to the load balancer's service. */
export type Connection = ConnectionFacts

type Gathering = Pick<RetireFacts, 'provider' | 'chosen' | 'connections' | 'flows'>

/** Everything that could still use the load balancer. Nothing is written. @throws what stops every call */
export const gatherRetirement = async (
  first: GatherMigrationOptions,
  sides: readonly (GatherMigrationOptions & { readonly consumer: ConsumerSettings })[],
  time: QuietTime,
): Promise<Gathering> => {
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
  return gatherConnections(clients, endpointService.value.id)
}
