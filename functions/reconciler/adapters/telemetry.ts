import type { Logger } from '@aws-lambda-powertools/logger'
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { dimensions, logMessages, metrics as metricNames, outcomeMetrics } from '../names.ts'
import type { Report, Telemetry } from '../ports.ts'

/** Log lines are constant sentences with fields; one summary line and one metrics blob an invocation. */
export const createTelemetry = (logger: Logger, metrics: Metrics): Telemetry => ({
  stepDone: step => logger.info(logMessages.stepDone, { step }),
  retry: (error, delayMs) =>
    logger.warn(error.kind === 'throttled' ? logMessages.retry : logMessages.unreachable, {
      error,
      delayMs: Math.round(delayMs),
    }),
  writerMoved: (from, to) => logger.info(logMessages.writerMoved, { from, to }),
  notProved: owner => logger.warn(logMessages.notProved, { owner }),
  reportNotPublished: error => {
    logger.warn(logMessages.reportNotPublished, { error: error as Error })
    metrics.addMetric(metricNames.reportNotPublished, MetricUnit.Count, 1)
  },
  summary: report => {
    logger.info(logMessages.summary, { report })
    // A set of the default dimensions alone: the database. Naming it again makes Powertools complain.
    metrics.addDimensions({})
    metrics.addDimensions({ [dimensions.reason]: report.reason })
    metrics.addMetric(outcomeMetrics[report.outcome], MetricUnit.Count, 1)
    addTimes(metrics, report)
  },
  failed: (error, report) => {
    logger.error(logMessages.failed, { error: error as Error, report })
    metrics.addMetric(metricNames.failed, MetricUnit.Count, 1)
    addTimes(metrics, report)
  },
})

const addTimes = (metrics: Metrics, { timings, isWriterHealthy }: Report): void => {
  const { registeredMs, healthyMs } = timings
  if (registeredMs !== undefined) metrics.addMetric(metricNames.timeToRegistered, MetricUnit.Milliseconds, registeredMs)
  if (isWriterHealthy !== undefined) {
    metrics.addMetric(metricNames.writerHealthy, MetricUnit.Count, isWriterHealthy ? 1 : 0)
  }
  if (healthyMs !== undefined) metrics.addMetric(metricNames.timeToHealthy, MetricUnit.Milliseconds, healthyMs)
}
