import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Clients } from '../aws/clients.ts'
import { everyPage } from './every-page.ts'
import type { PathFacts } from './migration-facts.ts'

/** Flows as CloudWatch counts them. Health checks are no flows. */

export interface FlowQuery {
  readonly id: string
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly statistic: 'Sum' | 'Maximum' | 'Average'
}

export interface Point {
  /** Epoch milliseconds: the beginning of the period. */
  readonly atMs: number
  readonly value: number
}

export interface Between {
  readonly fromMs: number
  readonly toMs: number
  readonly periodSeconds: number
}

/** By query, oldest first; one that CloudWatch has nothing for has no points. @throws where it has not read all of it. */
export const readFlows = async (
  clients: Clients,
  queries: readonly FlowQuery[],
  { fromMs, toMs, periodSeconds }: Between,
): Promise<ReadonlyMap<string, readonly Point[]>> => {
  const cloudWatch = await clients.cloudWatch()
  const found = new Map<string, Point[]>(queries.map(({ id }) => [id, []]))
  const unread = new Set(queries.map(({ id }) => id))
  const results = await everyPage('MetricDataResults', NextToken =>
    cloudWatch.getMetricData({
      StartTime: new Date(fromMs),
      EndTime: new Date(toMs),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: queries.map(query => metricQuery(query, periodSeconds)),
      NextToken,
    }),
  )
  for (const { Id = '', Timestamps = [], Values = [], StatusCode } of results) {
    // Each query has a result (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html).
    // A page that is not the last is `PartialData`: the last one decides.
    if (StatusCode === 'Complete') unread.delete(Id)
    else unread.add(Id)
    found.get(Id)?.push(...Timestamps.map((at, index) => ({ atMs: at.getTime(), value: Values[index] ?? 0 })))
  }
  if (unread.size > 0) throw new Error(`CloudWatch has not read all of ${[...unread].join(', ')}: look again.`)
  return found
}

const metricQuery = (
  { id, namespace, name, dimensions, statistic }: FlowQuery,
  periodSeconds: number,
): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: periodSeconds,
    Stat: statistic,
  },
})

type Counted = Pick<FlowQuery, 'namespace' | 'dimensions'>

export const ofBalancer = (arn: string): Counted => ({
  namespace: 'AWS/NetworkELB',
  dimensions: { LoadBalancer: arn.split(':loadbalancer/')[1] ?? arn },
})

/** Exactly these four, for an interface endpoint; a resource endpoint has no service. */
export const ofEndpoint = (
  { endpointId, vpcId }: Pick<PathFacts, 'endpointId' | 'vpcId'>,
  service: string | undefined,
): Counted => ({
  namespace: 'AWS/PrivateLinkEndpoints',
  dimensions: {
    'Endpoint Type': service === undefined ? 'Resource' : 'Interface',
    ...(service === undefined ? {} : { 'Service Name': service }),
    'VPC Endpoint Id': endpointId,
    'VPC Id': vpcId,
  },
})

/** Always reported (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html). */
export const balancerQueries = (arn: string): readonly FlowQuery[] => {
  const common = ofBalancer(arn)
  return [
    { ...common, id: 'nlbNew', name: 'NewFlowCount', statistic: 'Sum' },
    { ...common, id: 'nlbActive', name: 'ActiveFlowCount', statistic: 'Maximum' },
    { ...common, id: 'nlbTargetResets', name: 'TCP_Target_Reset_Count', statistic: 'Sum' },
    { ...common, id: 'nlbOwnResets', name: 'TCP_ELB_Reset_Count', statistic: 'Sum' },
  ]
}

/**
 * A minute without traffic has no point
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html, which speaks of endpoints to
 * services; that resource endpoints are counted is UNCONFIRMED).
 */
export const endpointQueries = (
  path: Pick<PathFacts, 'endpointId' | 'vpcId'>,
  { prefix, service }: { readonly prefix: string; readonly service: string | undefined },
): readonly FlowQuery[] => {
  const common = ofEndpoint(path, service)
  return [
    { ...common, id: `${prefix}New`, name: 'NewConnections', statistic: 'Sum' },
    { ...common, id: `${prefix}Active`, name: 'ActiveConnections', statistic: 'Maximum' },
    { ...common, id: `${prefix}Resets`, name: 'RstPacketsReceived', statistic: 'Sum' },
  ]
}

export const sumOf = (points: readonly Point[] | undefined): number =>
  (points ?? []).reduce((sum, { value }) => sum + value, 0)
