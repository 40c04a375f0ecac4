import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'

export interface Metric {
  readonly Namespace: string
  readonly MetricName: string
  readonly Stat: 'Sum' | 'Maximum'
  readonly dimensions: Readonly<Record<string, string>>
  /** How far back, from now. */
  readonly minutes: number
}

/**
 * By periods of five minutes; nothing where nothing was reported. What CloudWatch could not read is no such nothing: each
 * result has a status, `Complete` or why not
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html). @throws where it has not read
 * all of it, or refuses
 */
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
  const [result] = MetricDataResults ?? []
  if (result?.StatusCode !== 'Complete') {
    throw new Error(
      `CloudWatch has not read ${MetricName}: ${result?.StatusCode ?? 'no result'}. Deploy again in a minute.`,
    )
  }
  return result.Values ?? []
}
