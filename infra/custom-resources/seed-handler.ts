import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { answerWith, type CustomResourceEvent, type LambdaContext, workingMs } from './answer.ts'
import { failureOf } from './seed-failure.ts'
import { type SeedEvent, type SeedWorld, seed } from './seed-run.ts'

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
  remainingMs: () => workingMs(context),
})

export const handler = (event: Request, context: LambdaContext): Promise<void> => {
  const world = worldOf(context)
  return 'TickFunction' in event.ResourceProperties
    ? firstTick(event, context, world)
    : firstRegistration(event as CustomResourceEvent & SeedEvent, context, world)
}

/** In a rollback it does what it can and says what came of it, but is never what the rollback fails for. */
const firstRegistration = (event: CustomResourceEvent & SeedEvent, context: LambdaContext, world: SeedWorld) => {
  const done = (outcome: string, PhysicalResourceId = event.ResourceProperties.TargetGroupArn) => ({
    PhysicalResourceId,
    Data: { Outcome: outcome },
  })
  return answerWith(event, context, {
    async work() {
      const { outcome, physicalResourceId } = await seed(event, world)
      return done(outcome, physicalResourceId)
    },
    goBack: why => done(`rolled back although ${why}`),
    explain: (why, status) =>
      failureOf(why, {
        status,
        stackId: event.StackId,
        protectedLoadBalancer: event.ResourceProperties.ProtectedLoadBalancer,
      }),
  })
}

/**
 * Runs the function once as the schedule does, and waits until CloudWatch has counted it, so that no alarm is made before
 * its metrics. It decides nothing: whatever comes of the run, the deployment goes on.
 */
const firstTick = (event: Request, context: LambdaContext, world: SeedWorld) => {
  const { TickFunction, WaitSeconds } = event.ResourceProperties as FirstTick
  const done = { PhysicalResourceId: event.PhysicalResourceId ?? TickFunction }
  return answerWith(event, context, {
    async work() {
      if (event.RequestType !== 'Create') return done
      await world
        .invoke(TickFunction, '{"action":"resync"}', 420_000)
        .catch((error: Error) => console.log(error.message))
      await world.sleep(Number(WaitSeconds) * 1000)
      return done
    },
    goBack: () => done,
  })
}
