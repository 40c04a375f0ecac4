import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { type SeedEvent, seed } from './seed.ts'

interface CustomResourceEvent extends SeedEvent {
  readonly ResponseURL: string
  readonly StackId: string
  readonly RequestId: string
  readonly LogicalResourceId: string
}

/**
 * 1. A new target takes minutes to become healthy, and the call stays silent for so long.
 * 2. Something on the way forgets the quiet connection; neither side hears of it.
 * 3. Without a limit of our own the deployment would hang until CloudFormation gives up.
 */
const longestCallMs = 420_000

const client = new LambdaClient({ maxAttempts: 1 })

export const handler = async (
  event: CustomResourceEvent,
  context: { getRemainingTimeInMillis(): number; logStreamName: string },
): Promise<void> => {
  const world = {
    async invoke(functionName: string, payload: string) {
      const command = new InvokeCommand({ FunctionName: functionName, Payload: payload })
      const reply = await client.send(command, { abortSignal: AbortSignal.timeout(longestCallMs) })
      const text = Buffer.from(reply.Payload ?? []).toString()
      return { payload: text, ...(reply.FunctionError ? { functionError: reply.FunctionError } : {}) }
    },
    sleep: (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms)),
    remainingMs: () => context.getRemainingTimeInMillis(),
  }
  try {
    const { physicalResourceId, outcome } = await seed(event, world)
    await answer(event, { Status: 'SUCCESS', PhysicalResourceId: physicalResourceId, Data: { Outcome: outcome } })
  } catch (error) {
    const reason = `${(error as Error).message} (log stream ${context.logStreamName})`
    const id = event.PhysicalResourceId ?? event.RequestId
    await answer(event, { Status: 'FAILED', PhysicalResourceId: id, Reason: reason.slice(0, 1000) })
  }
}

/** CloudFormation takes no more than 4096 bytes. */
const answer = async (event: CustomResourceEvent, result: Record<string, unknown>) => {
  const { StackId, RequestId, LogicalResourceId } = event
  const body = JSON.stringify({ StackId, RequestId, LogicalResourceId, ...result })
  console.log(body)
  const reply = await fetch(event.ResponseURL, { method: 'PUT', body })
  if (!reply.ok) throw new Error(`CloudFormation did not take the answer: ${reply.status}`)
}
