import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'

export interface Metric {
  readonly Namespace: string
  readonly MetricName: string
  readonly Stat: 'Sum' | 'Maximum'
  readonly dimensions: Readonly<Record<string, string>>
  /** How far back, from now. */
  readonly minutes: number
}

/** By periods of five minutes; nothing where nothing was reported. */
export const readMetric = async ({ Namespace, MetricName, Stat, dimensions, minutes }: Metric): Promise<number[]> => {
  const now = Date.now()
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
  const { MetricDataResults } = await new CloudWatchClient({}).send(
    new GetMetricDataCommand({
      StartTime: new Date(now - minutes * 60_000),
      EndTime: new Date(now),
      MetricDataQueries: [
        { Id: 'flows', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 300, Stat } },
      ],
    }),
  )
  return MetricDataResults?.[0]?.Values ?? []
}
