import { attempt } from './attempt.ts'
import { balancerQueries, endpointQueries, type FlowQuery, type Point, readFlows } from './flows.ts'
import { type Gathered, known } from './gathered.ts'
import type { GatherMigrationOptions } from './migration.ts'
import type { MigrationFacts } from './migration-facts.ts'
import type { PathName } from './path-facts.ts'

/** What others do on a path, as AWS counts it: the last whole minute that has been told. */
export interface Traffic {
  readonly newPerMinute?: number
  readonly active?: number
  readonly resets?: number
}

export interface Counted {
  readonly paths: Readonly<Record<PathName, Traffic>>
  /** What could not be read, or is not counted. */
  readonly missing: readonly string[]
}

/** CloudWatch's minutes come one to three minutes late. */
const lookBackMs = 6 * 60_000

export const readTraffic = async (
  { clients, consumerClients }: Pick<GatherMigrationOptions, 'clients' | 'consumerClients'>,
  { provider, consumerSide, consumer }: MigrationFacts,
  nowMs: number,
): Promise<Counted> => {
  const serviceName = consumer?.serviceName
  const minuteMs = Math.floor(nowMs / 60_000) * 60_000
  const window = { fromMs: minuteMs - lookBackMs, toMs: minuteMs, periodSeconds: 60 }
  const read = async (of: typeof clients, queries: readonly FlowQuery[]): Promise<Gathered<Read>> =>
    queries.length === 0 ? known(new Map()) : attempt(() => readFlows(of, queries, window))
  const ownPaths = [
    ...(consumerSide?.nlb.kind === 'known' && serviceName !== undefined
      ? endpointQueries(consumerSide.nlb.value, { prefix: 'nlb', service: serviceName })
      : []),
    ...(consumerSide?.gateway.kind === 'known'
      ? endpointQueries(consumerSide.gateway.value, { prefix: 'gateway', service: undefined })
      : []),
  ]
  const { loadBalancer } = provider
  const [balancer, own] = await Promise.all([
    read(clients, loadBalancer.kind === 'known' ? balancerQueries(loadBalancer.value.arn) : []),
    read(consumerClients, ownPaths),
  ])
  return countTraffic(balancer, own)
}

type Read = ReadonlyMap<string, readonly Point[]>

/** The consumer's own endpoint says more than the load balancer, which others use too. */
export const countTraffic = (balancer: Gathered<Read>, own: Gathered<Read>): Counted => {
  const last = (of: Gathered<Read>, id: string) => (of.kind === 'known' ? of.value.get(id)?.at(-1)?.value : undefined)
  const gateway = trafficOf(last(own, 'gatewayNew'), last(own, 'gatewayActive'), last(own, 'gatewayResets'))
  const ofBalancer = ['nlbTargetResets', 'nlbOwnResets'].map(id => last(balancer, id))
  const resets = ofBalancer.every(it => it === undefined)
    ? undefined
    : ofBalancer.reduce<number>((sum, it) => sum + (it ?? 0), 0)
  const nlb = trafficOf(last(balancer, 'nlbNew'), last(balancer, 'nlbActive'), resets)
  const ownNlb = trafficOf(last(own, 'nlbNew'), last(own, 'nlbActive'), last(own, 'nlbResets'))
  return {
    paths: { nlb: { ...nlb, ...ownNlb }, gateway },
    missing: [
      ...[balancer, own].flatMap(it => (it.kind === 'known' ? [] : [it.why])),
      ...(own.kind === 'known' && gateway.newPerMinute === undefined
        ? [
            'CloudWatch counts nothing for the resource endpoint (that it does is UNCONFIRMED): the access log stands in for it.',
          ]
        : []),
    ],
  }
}

const trafficOf = (
  newPerMinute: number | undefined,
  active: number | undefined,
  resets: number | undefined,
): Traffic => ({
  ...(newPerMinute === undefined ? {} : { newPerMinute }),
  ...(active === undefined ? {} : { active }),
  ...(resets === undefined ? {} : { resets }),
})
