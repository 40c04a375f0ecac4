import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation'
import { askAgain } from './when-allowed.ts'

/** What CloudFormation says of a stack. */
export interface StackState {
  /** `unknown: …` where it does not say. */
  readonly status: string
  /** Of what is deployed: CloudFormation writes new ones at the end of an update. */
  readonly outputs: Readonly<Record<string, string>>
}

/** @throws what CloudFormation refuses */
export const readStack = async (StackName: string): Promise<StackState> => {
  const { Stacks: [stack] = [] } = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName }))
  const named = (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue] as const)
  return { status: stack?.StackStatus ?? 'unknown', outputs: Object.fromEntries(named) }
}

/** On every page. @throws what CloudFormation refuses */
export const listResources = async (StackName: string): Promise<StackResourceSummary[]> => {
  const client = new CloudFormationClient({})
  const found: StackResourceSummary[] = []
  let NextToken: string | undefined
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName, NextToken }))
    found.push(...(page.StackResourceSummaries ?? []))
    NextToken = page.NextToken
  } while (NextToken)
  return found
}

/**
 * Asks for a minute, whatever refuses: on this answer depends whether a rollback ends. Where there is none, the status is
 * `unknown`, and a failure stays a failure.
 */
export const readStackPatiently = async (stackId: string): Promise<StackState> => {
  try {
    return await askAgain(
      () => readStack(stackId),
      () => true,
    )
  } catch (error) {
    return { status: `unknown: ${(error as Error).message}`, outputs: {} }
  }
}

/**
 * CloudFormation goes back: it sends another Update, with the old properties, and nothing in the request tells it from a
 * deployment. A custom resource that fails then leaves the stack half-way, in UPDATE_ROLLBACK_FAILED.
 */
export const isRollback = (status: string): boolean => status.includes('ROLLBACK')
