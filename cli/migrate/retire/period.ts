import { showDuration } from '../../text/durations.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/** How long CloudWatch keeps anything: 15 months. */
export const longestMs = 455 * dayMs

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

/** `30 d`, where nothing is beside the days. */
export const showSpan = (ms: number): string => showDuration(ms).replace(/ 0 h$/, '')
