import { hasGateway, hasLoadBalancer, percentOf, type Stage, stages } from '../../../infra/app/settings/stages.ts'

/**
 * USD in us-east-1. Quoted by others from AWS's price list (2026-09); https://aws.amazon.com/privatelink/pricing/ has
 * the tiers. `UNCONFIRMED` is what nobody was found to have read off AWS's own page.
 */
export const prices = {
  loadBalancerHour: 0.0225,
  interfaceEndpointZoneHour: 0.01,
  interfaceEndpointGb: 0.01,
  resourceEndpointHour: 0.02,
  resourceEndpointGb: 0.01,
  gatewayGb: 0.006,
} as const

const hoursPerMonth = 730

export interface CostAssumptions {
  readonly gbPerMonth: number
  /** Zones of the interface endpoint: it is paid by the zone, the resource endpoint is not. */
  readonly zones: number
  /** The stack has a load balancer of its own: an existing or a shared one stays and is paid on. */
  readonly ownsLoadBalancer: boolean
  /** So has the consumer's an interface endpoint. */
  readonly ownsEndpoint: boolean
  /** Of new connections through the gateway at stage shift, as a share of the data. */
  readonly percent: number
}

export interface CostLine {
  readonly item: string
  readonly usd: number
  readonly isUnconfirmed?: true
}

export interface StageCost {
  readonly stage: Stage
  readonly lines: readonly CostLine[]
  readonly usdPerMonth: number
}

/** What a month costs in each stage, for one consumer. Neither of the paths' logs, alarms and function is counted. */
export const costsOf = (assumed: CostAssumptions): readonly StageCost[] =>
  stages.map(stage => {
    const lines = [...loadBalancerLines(stage, assumed), ...gatewayLines(stage, assumed)]
    return { stage, lines, usdPerMonth: cents(lines.reduce((sum, { usd }) => sum + usd, 0)) }
  })

const loadBalancerLines = (
  stage: Stage,
  { gbPerMonth, zones, ownsLoadBalancer, ownsEndpoint, percent }: CostAssumptions,
): CostLine[] => {
  const isKept = hasLoadBalancer(stage)
  const gb = gbPerMonth * (1 - percentOf(stage, percent) / 100)
  return [
    ...(ownsLoadBalancer && isKept
      ? [{ item: 'load balancer (without its capacity units)', usd: cents(prices.loadBalancerHour * hoursPerMonth) }]
      : []),
    ...(isKept && ownsEndpoint
      ? [
          {
            item: `interface endpoint, ${zones} ${zones === 1 ? 'zone' : 'zones'}`,
            usd: cents(prices.interfaceEndpointZoneHour * hoursPerMonth * zones),
          },
        ]
      : []),
    ...(gb > 0 ? [{ item: `${round(gb)} GB through it`, usd: cents(prices.interfaceEndpointGb * gb) }] : []),
  ]
}

const gatewayLines = (stage: Stage, { gbPerMonth, percent }: CostAssumptions): CostLine[] => {
  if (!hasGateway(stage)) return []
  const gb = (gbPerMonth * percentOf(stage, percent)) / 100
  return [
    { item: 'resource endpoint', usd: cents(prices.resourceEndpointHour * hoursPerMonth) },
    ...(gb > 0
      ? [
          { item: `${round(gb)} GB through it`, usd: cents(prices.resourceEndpointGb * gb) },
          {
            item: `${round(gb)} GB through the gateway, the provider's`,
            usd: cents(prices.gatewayGb * gb),
            isUnconfirmed: true as const,
          },
        ]
      : []),
  ]
}

const cents = (usd: number): number => Math.round(usd * 100) / 100
const round = (gb: number): number => Math.round(gb * 10) / 10

export const costNotes = (region: string | undefined, kind: string, shared?: string): readonly string[] => [
  `Prices of us-east-1${region === undefined || region === 'us-east-1' ? '' : `; ${region} differs (Tokyo: 0.028 instead of 0.02 for the resource endpoint's hour)`}: https://aws.amazon.com/privatelink/pricing/`,
  "UNCONFIRMED: the provider's 0.006 per GB outside Tokyo. Cost Explorer shows it after a day, by usage type.",
  "Not counted: the load balancer's capacity units, traffic between zones, the function, alarms, logs.",
  ...(shared === undefined
    ? []
    : [
        `Not counted either: the load balancer ${shared} ($${cents(prices.loadBalancerHour * hoursPerMonth)}) and its endpoints, which stay for other databases.`,
      ]),
  ...(kind === 'cluster'
    ? [
        "UNCONFIRMED: whether a cluster's resource configuration, which has two children (writer and reader), is billed as one resource or two.",
      ]
    : []),
]
