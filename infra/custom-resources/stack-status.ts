import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  type Stack,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation'
import { whenAllowed } from './when-allowed.ts'

export const readStack = async (StackName: string): Promise<Stack | undefined> => {
  const { Stacks } = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName }))
  return Stacks?.[0]
}

/** On every page. */
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

/** `unknown: …` where CloudFormation does not say. */
export const readStatus = async (stackId: string): Promise<string> => {
  try {
    return (await whenAllowed(() => readStack(stackId)))?.StackStatus ?? 'unknown'
  } catch (error) {
    return `unknown: ${(error as Error).message}`
  }
}

/**
 * CloudFormation goes back: it sends another Update, with the old properties, and nothing in the request tells it from a
 * deployment. A custom resource that fails then leaves the stack half-way, in UPDATE_ROLLBACK_FAILED.
 */
export const isRollback = (status: string): boolean => status.includes('ROLLBACK')
