import type { FlowSeries, ResetBy } from '../nlb/flow-series.ts'
import type { Account } from './account.ts'

export interface Metric {
  readonly Namespace?: string
  readonly MetricName?: string
  readonly Dimensions?: readonly { readonly Name?: string; readonly Value?: string }[]
}

/** What CloudWatch keeps of one period. */
export interface Datapoint {
  readonly sum: number
  readonly maximum: number
  readonly minimum: number
  readonly samples: number
}

/** Both bounds in epoch milliseconds; `undefined` for a period in which nothing is reported. */
export type ReadPeriod = (fromMs: number, toMs: number) => Datapoint | undefined

/** How a metric is read; `undefined` for one that is not published: CloudWatch then answers with no data, not an error. */
export const metricReader = (account: Account, metric: Metric): ReadPeriod | undefined => {
  const { Namespace, MetricName = '', Dimensions = [] } = metric
  const dimensions = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]))
  if (Namespace === 'AWS/NetworkELB') return balancerReader(account, MetricName, dimensions)
  if (Namespace === 'AWS/PrivateLinkEndpoints') return endpointReader(account, MetricName, dimensions)
  return undefined
}

type Dimensions = Readonly<Record<string, string>>
type Reading = (series: FlowSeries, fromMs: number, toMs: number) => Datapoint

const minuteMs = 60_000

const summed =
  (count: (series: FlowSeries, fromMs: number, toMs: number) => number): Reading =>
  (series, fromMs, toMs) => {
    const minutes = minutesOf(fromMs, toMs).map(([from, to]) => count(series, from, to))
    return {
      sum: minutes.reduce((sum, one) => sum + one, 0),
      maximum: Math.max(...minutes),
      minimum: Math.min(...minutes),
      samples: minutes.length,
    }
  }

const opened = summed((series, fromMs, toMs) => series.countOpened(fromMs, toMs))
const resets = (by: ResetBy) => summed((series, fromMs, toMs) => series.countResets(by, fromMs, toMs))

/** One sample a minute: what is open at its end. Maximum and minimum are of all that was open within. */
const active: Reading = (series, fromMs, toMs) => {
  const samples = minutesOf(fromMs, toMs).map(([, to]) => series.activeAt(to - 1))
  return {
    ...series.activeBetween(fromMs, toMs),
    sum: samples.reduce((sum, one) => sum + one, 0),
    samples: samples.length,
  }
}

const minutesOf = (fromMs: number, toMs: number): [number, number][] =>
  Array.from({ length: Math.max(1, Math.ceil((toMs - fromMs) / minuteMs)) }, (_, index) => [
    fromMs + index * minuteMs,
    Math.min(toMs, fromMs + (index + 1) * minuteMs),
  ])

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html: always reported. */
const balancerMetrics: Readonly<Record<string, Reading>> = {
  NewFlowCount: opened,
  NewFlowCount_TCP: opened,
  ActiveFlowCount: active,
  ActiveFlowCount_TCP: active,
  TCP_Client_Reset_Count: resets('client'),
  TCP_Target_Reset_Count: resets('target'),
  TCP_ELB_Reset_Count: resets('balancer'),
}

const balancerReader = (account: Account, name: string, dimensions: Dimensions): ReadPeriod | undefined => {
  const read = Object.hasOwn(balancerMetrics, name) ? balancerMetrics[name] : undefined
  const balancer = account.loadBalancers.find(({ arn }) => arn.endsWith(`:loadbalancer/${dimensions.LoadBalancer}`))
  if (!read || !balancer || Object.keys(dimensions).length !== 1) return undefined
  return (fromMs, toMs) => {
    const series = account.flows?.loadBalancer(balancer.arn)
    return series && read(series, fromMs, toMs)
  }
}

/** https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html */
const endpointMetrics: Readonly<Record<string, Reading>> = {
  NewConnections: opened,
  ActiveConnections: active,
  RstPacketsReceived: resets('target'),
}

/**
 * Published for interface endpoints, with all four dimensions; of resource endpoints the page does not speak, so there
 * is nothing for them here. A minute without traffic has no data point; connections that are open count as traffic.
 */
const endpointReader = (account: Account, name: string, dimensions: Dimensions): ReadPeriod | undefined => {
  const read = Object.hasOwn(endpointMetrics, name) ? endpointMetrics[name] : undefined
  const endpoint = account.resources?.vpcEndpoints.find(({ id }) => id === dimensions['VPC Endpoint Id'])
  if (!read || !endpoint || endpoint.type === 'Resource') return undefined
  const published: Dimensions = {
    'Endpoint Type': 'Interface',
    'Service Name': endpoint.service,
    'VPC Endpoint Id': endpoint.id,
    'VPC Id': endpoint.vpcId,
  }
  const names = Object.keys(published)
  if (Object.keys(dimensions).length !== names.length || names.some(it => published[it] !== dimensions[it]))
    return undefined
  return (fromMs, toMs) => {
    const series = account.flows?.endpoint(endpoint.id)
    if (!series || (series.activeBetween(fromMs, toMs).maximum === 0 && series.countOpened(fromMs, toMs) === 0)) {
      return undefined
    }
    return read(series, fromMs, toMs)
  }
}
