import { isRollback, readStackPatiently, type StackState } from './stack-status.ts'

/** What CloudFormation sends to a custom resource, and waits for at `ResponseURL`. */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete'
  readonly PhysicalResourceId?: string
  readonly ResponseURL: string
  readonly StackId: string
  readonly RequestId: string
  readonly LogicalResourceId: string
}

export interface LambdaContext {
  getRemainingTimeInMillis(): number
  readonly logStreamName: string
}

export interface Done {
  readonly PhysicalResourceId: string
  /** For `Fn::GetAtt`. */
  readonly Data?: Readonly<Record<string, string>>
}

/** What a custom resource does. */
export interface Task {
  /** @throws Error whose message is the reason that a deployment fails for */
  work(): Promise<Done>
  /** What it answers where the work failed in a rollback, which it must never fail. */
  goBack(why: string, stack: StackState): Done
  /** What CloudFormation shows of a deployment that fails; by default why. */
  explain?(why: string, status: string): string
}

/** For the answer itself. */
const answerMs = 10_000
/** For the question whether CloudFormation goes back, which is asked for a minute. */
const statusMs = 65_000

/** Milliseconds that the work may still take: an answer that comes after the function's own time is none. */
export const workingMs = (context: LambdaContext): number =>
  Math.max(0, context.getRemainingTimeInMillis() - statusMs - answerMs)

/** Tells CloudFormation what came of the work: always, in time, and never a failure where it goes back. */
export const answerWith = async (event: CustomResourceEvent, context: LambdaContext, task: Task): Promise<void> => {
  let done: Done
  try {
    done = await within(workingMs(context), () => task.work())
  } catch (error) {
    return send(event, await resultOf(error as Error, event, context, task))
  }
  await send(event, { Status: 'SUCCESS', ...done })
}

const resultOf = async ({ message }: Error, event: CustomResourceEvent, context: LambdaContext, task: Task) => {
  const limitMs = context.getRemainingTimeInMillis() - answerMs
  const stack = await within(limitMs, () => readStackPatiently(event.StackId)).catch(
    (error: Error): StackState => ({ status: `unknown: ${error.message}`, outputs: {} }),
  )
  if (isRollback(stack.status)) {
    console.log(`The rollback goes on although ${message}`)
    return { Status: 'SUCCESS', ...task.goBack(message, stack) }
  }
  const why = task.explain?.(message, stack.status) ?? `${message} (stack status ${stack.status})`
  return {
    Status: 'FAILED',
    PhysicalResourceId: event.PhysicalResourceId ?? event.RequestId,
    Reason: `${why} (log stream ${context.logStreamName})`.slice(0, 1000),
  }
}

/** @throws Error after so long, whatever still goes on */
const within = async <T>(limitMs: number, run: () => Promise<T>): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('AWS did not answer in time')), limitMs)
  try {
    return await Promise.race([run(), late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * CloudFormation takes no more than 4096 bytes, at an address that was signed without a content type: Node's would name
 * the one of a text, and what stores the answer may refuse it (CDK's own responders send an empty one).
 */
const send = async (event: CustomResourceEvent, result: Record<string, unknown>) => {
  const { StackId, RequestId, LogicalResourceId } = event
  const body = JSON.stringify({ StackId, RequestId, LogicalResourceId, ...result })
  console.log(body)
  const reply = await fetch(event.ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body })
  if (!reply.ok) throw new Error(`CloudFormation did not take the answer: ${reply.status}`)
}
