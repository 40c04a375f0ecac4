import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { startClock } from './adapters/system-clock.ts'
import { createMemory } from './memory.ts'
import { logMessages, metrics as metricNames } from './names.ts'
import type { Report } from './ports.ts'
import { prime } from './prime.ts'
import { reconcile } from './reconcile.ts'
import { parseTrigger } from './triggers.ts'
import { wire } from './wire.ts'

const { config, logger, metrics, ports } = wire(process.env)

// Node would print a warning, its own or a library's, as plain text between the JSON lines.
process.removeAllListeners('warning').on('warning', warning => logger.warn(logMessages.warning, { error: warning }))

/** What the last look, the last report and the summary may take: the watch ends so long before Lambda's deadline. */
const marginMs = 20_000

let isCold = true
const memory = createMemory()

const answer = async (invocation: unknown, context: Context): Promise<Report> => {
  // Powertools' own cold start metric brings a `service` dimension, and a second blob.
  if (isCold) metrics.addMetric(metricNames.coldStart, MetricUnit.Count, 1)
  isCold = false
  const trigger = parseTrigger(invocation, config)
  const clock = startClock()
  const deadlineMs = clock.now() + context.getRemainingTimeInMillis() - marginMs
  return reconcile(trigger, config, { ...ports, clock }, deadlineMs, memory)
}

/** Middleware only adds to what is seen; an error goes through it to the Lambda runtime. */
export const handler = middy<unknown, Report>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(answer)

/** Awaited by the entry point while Lambda initializes. */
export const primed: Promise<void> = prime({ config, ...ports })
