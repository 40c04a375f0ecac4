import type { Dimension, MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Clients } from '../../aws/clients.ts'
import type { LoadBalancerFacts } from '../../doctor/facts.ts'
import { attempt } from '../../doctor/gather/attempt.ts'
import { andThen, type Gathered } from '../../doctor/gathered.ts'
import type { Way } from '../facts.ts'
import { periodFor } from './period.ts'
import type { Flows } from './situation.ts'

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
    readFlows(clients, time, {
      Namespace: 'AWS/NetworkELB',
      Dimensions: [{ Name: 'LoadBalancer', Value: arn.split(':loadbalancer/')[1] ?? arn }],
      began: 'NewFlowCount',
      open: 'ActiveFlowCount',
    }),
  )

/**
 * Reported under exactly these four dimensions, and in no minute without traffic
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html): another one would find
 * nothing and look quiet, so the endpoint itself is asked for them.
 */
export const gatherEndpointFlows = (clients: Clients, way: Gathered<Way>, time: QuietTime): Promise<Gathered<Flows>> =>
  andThen(way, async ({ endpointId }) => {
    const endpoint = await attempt(async () => {
      const { VpcEndpoints = [] } = await (await clients.ec2()).describeVpcEndpoints({ VpcEndpointIds: [endpointId] })
      return VpcEndpoints[0]
    })
    return andThen(endpoint, found =>
      readFlows(clients, time, {
        Namespace: 'AWS/PrivateLinkEndpoints',
        Dimensions: [
          { Name: 'Endpoint Type', Value: 'Interface' },
          { Name: 'Service Name', Value: found?.ServiceName ?? '' },
          { Name: 'VPC Endpoint Id', Value: endpointId },
          { Name: 'VPC Id', Value: found?.VpcId ?? '' },
        ],
        began: 'NewConnections',
        open: 'ActiveConnections',
      }),
    )
  })

interface Counted {
  readonly Namespace: string
  readonly Dimensions: Dimension[]
  /** Names of the metrics. */
  readonly began: string
  readonly open: string
}

/** Reports come by the minute and late: of this time the last one counts as now. */
const nowMs = 10 * 60_000

const readFlows = async (clients: Clients, time: QuietTime, counted: Counted): Promise<Gathered<Flows>> => {
  const { Namespace, Dimensions } = counted
  const query = (MetricName: string, Stat: string, Period: number): MetricDataQuery => ({
    Id: 'flows',
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat },
  })
  return attempt(async () => {
    const [began, open] = await Promise.all([
      readMetric(clients, query(counted.began, 'Sum', periodFor(time.quietForMs)), {
        fromMs: time.nowMs - time.quietForMs,
        toMs: time.nowMs,
      }),
      readMetric(clients, query(counted.open, 'Average', 60), { fromMs: time.nowMs - nowMs, toMs: time.nowMs }),
    ])
    return { began: began.length === 0 ? undefined : began.reduce((sum, it) => sum + it, 0), open: open.at(-1) }
  })
}

/** Oldest first. @throws Error where CloudWatch has not read all of it */
const readMetric = async (
  clients: Clients,
  query: MetricDataQuery,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<number[]> => {
  const cloudWatch = await clients.cloudWatch()
  const values: number[] = []
  let NextToken: string | undefined
  let status: string | undefined
  do {
    const page = await cloudWatch.getMetricData({
      StartTime: new Date(fromMs),
      EndTime: new Date(toMs),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [query],
      ...(NextToken === undefined ? {} : { NextToken }),
    })
    for (const it of page.MetricDataResults ?? []) {
      values.push(...(it.Values ?? []))
      status = it.StatusCode
    }
    NextToken = page.NextToken
  } while (NextToken)
  if (status !== undefined && status !== 'Complete') {
    throw new Error(`CloudWatch answers ${status} for ${query.MetricStat?.Metric?.MetricName}: look again.`)
  }
  return values
}
