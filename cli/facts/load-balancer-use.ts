import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import { type FlowQuery, ofBalancer, ofEndpoint, readFlows, sumOf } from './flows.ts'
import { andThen, type Gathered } from './gathered.ts'
import type { LoadBalancerFacts } from './load-balancer.ts'
import type { PathFacts } from './migration-facts.ts'

/** `undefined`: nothing was reported in that time. */
export interface Flows {
  /** Connections that began in the quiet time. */
  readonly began: number | undefined
  /** Connections that were open at the last report. */
  readonly open: number | undefined
}

export interface QuietTime {
  readonly quietForMs: number
  readonly nowMs: number
}

/**
 * New flows are counted for every connection of a client, on whatever listener; the load balancer's own health checks
 * are none (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html).
 */
export const gatherBalancerFlows = (
  clients: Clients,
  balancer: Gathered<LoadBalancerFacts>,
  time: QuietTime,
): Promise<Gathered<Flows>> =>
  andThen(balancer, ({ arn }) =>
    count(clients, time, { ...ofBalancer(arn), began: 'NewFlowCount', open: 'ActiveFlowCount' }),
  )

/**
 * Reported under exactly these four dimensions, and in no minute without traffic
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html): another one would find
 * nothing and look quiet, so the endpoint itself is asked for them.
 */
export const gatherEndpointFlows = (
  clients: Clients,
  path: Gathered<PathFacts>,
  time: QuietTime,
): Promise<Gathered<Flows>> =>
  andThen(path, async ({ endpointId }) => {
    const endpoint = await attempt(async () => {
      const { VpcEndpoints = [] } = await (await clients.ec2()).describeVpcEndpoints({ VpcEndpointIds: [endpointId] })
      return VpcEndpoints[0]
    })
    return andThen(endpoint, found =>
      count(clients, time, {
        ...ofEndpoint({ endpointId, vpcId: found?.VpcId ?? '' }, found?.ServiceName ?? ''),
        began: 'NewConnections',
        open: 'ActiveConnections',
      }),
    )
  })

interface Counted extends Pick<FlowQuery, 'namespace' | 'dimensions'> {
  /** Names of the metrics. */
  readonly began: string
  readonly open: string
}

/** Reports come by the minute and late: of this time the last one counts as now. */
const lateMs = 10 * 60_000

const count = (clients: Clients, time: QuietTime, { began, open, ...common }: Counted): Promise<Gathered<Flows>> => {
  const read = async (query: Pick<FlowQuery, 'name' | 'statistic'>, sinceMs: number, periodSeconds: number) => {
    const between = { fromMs: time.nowMs - sinceMs, toMs: time.nowMs, periodSeconds }
    return (await readFlows(clients, [{ ...common, ...query, id: 'flows' }], between)).get('flows') ?? []
  }
  return attempt(async () => {
    const [made, held] = await Promise.all([
      read({ name: began, statistic: 'Sum' }, time.quietForMs, periodFor(time.quietForMs)),
      read({ name: open, statistic: 'Average' }, lateMs, 60),
    ])
    return { began: made.length === 0 ? undefined : sumOf(made), open: held.at(-1)?.value }
  })
}

const minuteMs = 60_000
const dayMs = 86_400_000

/** How long CloudWatch keeps anything: 15 months. */
export const longestKeptMs = 455 * dayMs

/**
 * Seconds of one data point: by the minute for 15 days, by five minutes for 63, by the hour after that
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html). Load balancers and endpoints
 * report by the minute; only what reports faster has anything finer.
 */
export const periodFor = (windowMs: number): number => {
  if (windowMs < minuteMs) return 1
  // A day less than it is kept: a clock or a call that is a little late must not find nothing.
  if (windowMs <= 14 * dayMs) return 60
  return windowMs <= 62 * dayMs ? 300 : 3_600
}
