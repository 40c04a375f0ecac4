import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { answerWith, type CustomResourceEvent, type LambdaContext } from './answer.ts'
import { failureOf } from './seed-failure.ts'
import { type SeedEvent, type SeedResult, type SeedWorld, seed } from './seed-run.ts'
import { isRollback, readStatus } from './stack-status.ts'

interface FirstTick {
  /** The alias that the schedule calls. */
  readonly TickFunction: string
  readonly WaitSeconds: string
}

type Request = CustomResourceEvent & (SeedEvent | { readonly ResourceProperties: FirstTick })

const client = new LambdaClient({ maxAttempts: 1 })

const worldOf = (context: LambdaContext): SeedWorld => ({
  async invoke(functionName, payload, limitMs) {
    const command = new InvokeCommand({ FunctionName: functionName, Payload: payload })
    const reply = await client.send(command, { abortSignal: AbortSignal.timeout(limitMs) })
    const text = Buffer.from(reply.Payload ?? []).toString()
    return { payload: text, ...(reply.FunctionError ? { functionError: reply.FunctionError } : {}) }
  },
  sleep: ms => new Promise<void>(resolve => setTimeout(resolve, ms)),
  remainingMs: () => context.getRemainingTimeInMillis(),
})

export const handler = (event: Request, context: LambdaContext): Promise<void> =>
  answerWith(event, context, async () => {
    const world = worldOf(context)
    if ('TickFunction' in event.ResourceProperties) return firstTick(event, event.ResourceProperties, world)
    const { physicalResourceId, outcome } = await seedOrGoBack(event as CustomResourceEvent & SeedEvent, world)
    return { PhysicalResourceId: physicalResourceId, Data: { Outcome: outcome } }
  })

/** In a rollback it does what it can and says what came of it, but is never what the rollback fails for. */
const seedOrGoBack = async (event: CustomResourceEvent & SeedEvent, world: SeedWorld): Promise<SeedResult> => {
  try {
    return await seed(event, world)
  } catch (error) {
    const { message } = error as Error
    const status = await readStatus(event.StackId)
    const { TargetGroupArn } = event.ResourceProperties
    if (isRollback(status)) return { physicalResourceId: TargetGroupArn, outcome: `rolled back although ${message}` }
    throw new Error(failureOf(message, status, event.StackId))
  }
}

/**
 * Runs the function once as the schedule does, and waits until CloudWatch has counted it, so that no alarm is made before
 * its metrics. It decides nothing: whatever comes of the run, the deployment goes on.
 */
const firstTick = async (event: CustomResourceEvent, { TickFunction, WaitSeconds }: FirstTick, world: SeedWorld) => {
  const done = { PhysicalResourceId: event.PhysicalResourceId ?? TickFunction }
  if (event.RequestType !== 'Create') return done
  await world.invoke(TickFunction, '{"action":"resync"}', 420_000).catch((error: Error) => console.log(error.message))
  await world.sleep(Number(WaitSeconds) * 1000)
  return done
}
