import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type { Report } from './ports.ts'
import { prime } from './prime.ts'
import { reconcile } from './reconcile.ts'
import { parseTrigger } from './triggers.ts'
import { wire } from './wire.ts'

const { config, logger, metrics, ports } = wire(process.env)

/** What the last look, the last report and the summary may take: the watch ends so long before Lambda's deadline. */
const marginMs = 10_000

const answer = async (invocation: unknown, context: Context): Promise<Report> => {
  const trigger = parseTrigger(invocation, config)
  const deadlineMs = ports.clock.now() + context.getRemainingTimeInMillis() - marginMs
  return reconcile(trigger, config, ports, deadlineMs)
}

/** Middleware only adds to what is seen; an error goes through it to the Lambda runtime. */
export const handler = middy<unknown, Report>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics, { captureColdStartMetric: true }))
  .handler(answer)

/** Awaited by the entry point while Lambda initializes. */
export const primed: Promise<void> = prime({ config, ...ports })
