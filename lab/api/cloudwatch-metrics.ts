import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { metricErrors } from './errors/service-errors.ts'
import { type Datapoint, type Metric, metricReader } from './flow-metrics.ts'
import type { Reply } from './service.ts'

interface MetricDataQuery {
  readonly Id?: string
  readonly Label?: string
  readonly MetricStat?: { readonly Metric?: Metric; readonly Period?: number; readonly Stat?: string }
}

interface GetMetricData {
  /** Epoch seconds, as the JSON protocol has them. */
  readonly StartTime?: number
  readonly EndTime?: number
  readonly MetricDataQueries?: readonly MetricDataQuery[]
  readonly ScanBy?: 'TimestampAscending' | 'TimestampDescending'
}

/** CloudWatch's GetMetricData over what the data planes count. */
export const metricOperations = (account: Account) => ({
  GetMetricData: (input: GetMetricData): Reply => {
    const MetricDataResults = (input.MetricDataQueries ?? []).map(query => {
      const { Metric: metric, Period: period = 0, Stat = '' } = query.MetricStat ?? {}
      if (!metric || !query.Id) throw invalid('The lab answers queries with an Id and a MetricStat alone')
      const points = readPeriods(account, metric, input, period).map(({ atMs, point }) => ({
        at: atMs / 1000,
        value: statistic(point, Stat),
      }))
      // The newest come first unless asked otherwise.
      const ordered = input.ScanBy === 'TimestampAscending' ? points : points.toReversed()
      return {
        Id: query.Id,
        Label: query.Label ?? metric.MetricName,
        Timestamps: ordered.map(({ at }) => at),
        Values: ordered.map(({ value }) => value),
        StatusCode: 'Complete',
      }
    })
    return { result: { MetricDataResults, Messages: [] }, brief: { queries: MetricDataResults.length } }
  },
})

/** Periods begin on multiples of their length, as CloudWatch aligns them; one that has not begun has no data. */
const readPeriods = (account: Account, metric: Metric, { StartTime, EndTime }: GetMetricData, period: number) => {
  if (StartTime === undefined || EndTime === undefined) throw invalid('StartTime and EndTime are required')
  if (StartTime >= EndTime) throw invalid('The parameter StartTime must be less than the parameter EndTime.')
  if (!(period > 0) || (period % 60 !== 0 && ![1, 5, 10, 20, 30].includes(period))) {
    throw invalid('The parameter Period must be a multiple of 60, or 1, 5, 10, 20 or 30')
  }
  const read = metricReader(account, metric)
  if (read === undefined) return []
  const periodMs = period * 1000
  const endMs = Math.min(EndTime * 1000, Date.now())
  const found: { readonly atMs: number; readonly point: Datapoint }[] = []
  for (let atMs = Math.floor((StartTime * 1000) / periodMs) * periodMs; atMs < endMs; atMs += periodMs) {
    const point = read(atMs, Math.min(atMs + periodMs, endMs))
    if (point) found.push({ atMs, point })
  }
  return found
}

const statistic = ({ sum, maximum, minimum, samples }: Datapoint, name: string): number => {
  const values: Readonly<Record<string, number>> = {
    Sum: sum,
    Maximum: maximum,
    Minimum: minimum,
    Average: sum / samples,
    SampleCount: samples,
  }
  const value = values[name]
  if (value === undefined) throw invalid(`The value ${name} for parameter Stat is not supported.`)
  return value
}

const invalid = (message: string) => new ApiFailure(metricErrors.badParameter, message)
