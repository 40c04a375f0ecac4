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

/** Tells CloudFormation what came of the work; what it threw is the reason that the deployment failed for. */
export const answerWith = async (
  event: CustomResourceEvent,
  context: LambdaContext,
  work: () => Promise<Done>,
): Promise<void> => {
  let done: Done
  try {
    done = await work()
  } catch (error) {
    const reason = `${(error as Error).message} (log stream ${context.logStreamName})`
    const id = event.PhysicalResourceId ?? event.RequestId
    return send(event, { Status: 'FAILED', PhysicalResourceId: id, Reason: reason.slice(0, 1000) })
  }
  await send(event, { Status: 'SUCCESS', ...done })
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
