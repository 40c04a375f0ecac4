import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { answerWith, type CustomResourceEvent, type LambdaContext } from '../custom-resource/answer.ts'
import { whenAllowed } from '../custom-resource/when-allowed.ts'
import { type StageRequest, whyNotReach } from './stage-guard.ts'

export type StageEvent = CustomResourceEvent & StageRequest

/**
 * 1. A deployment passed the guard on its way to `retired`, and failed later.
 * 2. CloudFormation goes back, and asks the guard for `gateway` again; nothing in the request tells it from a deployment.
 * 3. A guard that refused would leave the stack half-way, in UPDATE_ROLLBACK_FAILED.
 * The stack's own status does tell. Nothing has been removed by then: that is the
 * clean-up's, which comes after the last thing that can fail.
 */
const readStatus = async (StackName: string): Promise<string> => {
  try {
    const ask = () => new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName }))
    const { Stacks } = await whenAllowed(ask)
    return Stacks?.[0]?.StackStatus ?? 'unknown'
  } catch (error) {
    return `unknown: ${(error as Error).message}`
  }
}

/** @param lookAround why the world does not allow it, where the table of stages does */
export const guardStage = (
  event: StageEvent,
  context: LambdaContext,
  lookAround: (request: StageRequest) => Promise<string | undefined>,
): Promise<void> =>
  answerWith(event, context, async () => {
    const { Stage } = event.ResourceProperties
    const done = { PhysicalResourceId: event.PhysicalResourceId ?? 'repoint-stage', Data: { Stage } }
    if (event.RequestType === 'Delete') return done
    // A stack that is being created has nothing that a jump could take away.
    const isNew =
      event.OldResourceProperties === undefined && (await readStatus(event.StackId)) === 'CREATE_IN_PROGRESS'
    const why =
      whyNotReach(event, isNew ? 'new' : 'nlb') ??
      (await whenAllowed(() => lookAround(event)).catch((error: Error) => error.message))
    if (why === undefined) return done
    const status = await readStatus(event.StackId)
    if (status === 'UPDATE_ROLLBACK_IN_PROGRESS') return done
    throw new Error(`${why} (stack status ${status})`)
  })
