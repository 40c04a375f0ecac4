import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { answerWith, type CustomResourceEvent, type LambdaContext } from './answer.ts'
import { type SeedEvent, seed } from './seed-run.ts'

/**
 * 1. A new target takes minutes to become healthy, and the call stays silent for so long.
 * 2. Something in between forgets the quiet connection; neither side hears of it.
 * 3. Without a limit of our own the deployment would hang until CloudFormation gives up.
 */
const longestCallMs = 420_000

const client = new LambdaClient({ maxAttempts: 1 })

export const handler = async (event: CustomResourceEvent & SeedEvent, context: LambdaContext): Promise<void> => {
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
  await answerWith(event, context, async () => {
    const { physicalResourceId, outcome } = await seed(event, world)
    return { PhysicalResourceId: physicalResourceId, Data: { Outcome: outcome } }
  })
}
