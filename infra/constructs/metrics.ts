import { Duration, Fn, Token } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { Reason } from '../../functions/reconciler/core/reasons.ts'
import { dimensions, metricNamespace } from '../../functions/reconciler/names.ts'
import type { DoorArns } from './reconciler-config.ts'

const minute = Duration.minutes(1)

export interface Statistic {
  readonly statistic: string
  readonly period?: Duration
  readonly label?: string
}

/** What the function itself counts and times. */
export const repointMetric = (
  database: string,
  metricName: string,
  how: Statistic & { readonly reason?: Reason },
): Metric => {
  const { reason, ...rest } = how
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { [dimensions.database]: database, ...(reason && { [dimensions.reason]: reason }) },
    period: minute,
    ...rest,
  })
}

/**
 * Runs of one alias. The dimension is the function's name, a colon and the alias's name
 * (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html); CDK's own metric of an alias has the ARN.
 */
export const aliasInvocations = (functionName: string, alias: string, period: Duration): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'Invocations',
    dimensionsMap: { FunctionName: functionName, Resource: `${functionName}:${alias}` },
    statistic: 'Sum',
    period,
  })

/** What the load balancer says. Full names are the part of an ARN behind `loadbalancer/` and the whole `targetgroup/…`. */
export interface LoadBalancerNames {
  readonly loadBalancer: string
  /** The writer's: one, or one for each slot. */
  readonly targetGroups: readonly string[]
  readonly readers?: string | undefined
}

export const loadBalancerMetric = (
  { loadBalancer }: Pick<LoadBalancerNames, 'loadBalancer'>,
  metricName: string,
  how: Statistic,
): Metric => balancing(metricName, { LoadBalancer: loadBalancer }, how)

export const targetGroupMetric = (
  { loadBalancer }: LoadBalancerNames,
  targetGroup: string,
  metricName: string,
  how: Statistic,
): Metric => balancing(metricName, { LoadBalancer: loadBalancer, TargetGroup: targetGroup }, how)

const balancing = (metricName: string, dimensionsMap: Record<string, string>, how: Statistic): Metric =>
  new Metric({ namespace: 'AWS/NetworkELB', metricName, dimensionsMap, period: minute, ...how })

/** `net/…` of a load balancer's ARN, and `targetgroup/…` of its target groups'. */
export const namesFromArns = (loadBalancerArn: string, { targetGroups, readers }: DoorArns): LoadBalancerNames => {
  const part = (arn: string, separator: string, index: number) =>
    Token.isUnresolved(arn) ? Fn.select(index, Fn.split(separator, arn)) : (arn.split(separator)[index] ?? '')
  const groupName = (arn: string) => part(arn, ':', 5)
  return {
    loadBalancer: part(loadBalancerArn, ':loadbalancer/', 1),
    targetGroups: targetGroups.map(groupName),
    readers: readers && groupName(readers),
  }
}
