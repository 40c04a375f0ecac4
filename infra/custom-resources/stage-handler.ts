import { answerWith, type CustomResourceEvent, type LambdaContext } from './answer.ts'
import { listResources, readStack, readStackPatiently } from './stack-status.ts'
import type { StageRequest } from './stage-decisions.ts'
import { whenAllowed } from './when-allowed.ts'

export type StageEvent = CustomResourceEvent & StageRequest

/** An output of what is deployed. @throws Error where it has none of this name */
export const readDeployedOutput = async (stackId: string, name: string): Promise<string> => {
  const value = (await readStack(stackId)).outputs[name]
  if (value === undefined) throw new Error(`the stack has no output ${name}: what it names cannot be asked about`)
  return value
}

/** The physical id of what is deployed under a logical id; CloudFormation changes it when it gets there. */
export const findDeployedResource = async (stackId: string, logicalId: string): Promise<string | undefined> =>
  (await listResources(stackId)).find(it => it.LogicalResourceId === logicalId && !isGone(it.ResourceStatus))
    ?.PhysicalResourceId

const isGone = (status: string | undefined): boolean => status === 'DELETE_COMPLETE'

/** What a stack without a guard is taken for. */
export type WithoutGuard = 'new' | 'nlb'

/**
 * @param judge why not, by the table of stages and by what is deployed and in use
 *
 * In a rollback a deployment passed the guard, failed later, and goes back. Nothing has been removed by then: that is the
 * clean-up's, which comes after the last thing that can fail.
 */
export const guardStage = (
  event: StageEvent,
  context: LambdaContext,
  judge: (event: StageEvent, withoutGuard: WithoutGuard) => Promise<string | undefined>,
): Promise<void> => {
  const { Stage } = event.ResourceProperties
  const done = { PhysicalResourceId: event.PhysicalResourceId ?? 'repoint-stage', Data: { Stage } }
  return answerWith(event, context, {
    async work() {
      if (event.RequestType === 'Delete') return done
      // A stack that is being created has nothing that a jump could take away.
      const isNew =
        event.OldResourceProperties === undefined &&
        (await readStackPatiently(event.StackId)).status === 'CREATE_IN_PROGRESS'
      const why = await whenAllowed(() => judge(event, isNew ? 'new' : 'nlb'))
      if (why !== undefined) throw new Error(why)
      return done
    },
    goBack: () => done,
  })
}
