import { readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'
import { stackName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { find } from './attempt.ts'
import type { Gathered } from './gathered.ts'

export interface StackFacts {
  readonly name: string
  /** `UPDATE_COMPLETE`, for example. */
  readonly status: string
  /** Termination protection is on. */
  readonly isProtected: boolean
}

/** The database's own stack; none where Terraform or somebody's own CDK app deploys it. */
export const gatherStack = (
  clients: Clients,
  database: Pick<DatabaseSettings, 'id'>,
): Promise<Gathered<StackFacts>> => {
  const name = stackName(database)
  return find(
    () => readStack(clients, name),
    `There is no stack ${name}: what deploys this database elsewhere protects it.`,
  )
}

const readStack = async (clients: Clients, name: string): Promise<StackFacts | undefined> => {
  try {
    const { Stacks: [stack] = [] } = await (await clients.cloudFormation()).describeStacks({ StackName: name })
    if (stack === undefined) return undefined
    return { name, status: stack.StackStatus ?? 'unknown', isProtected: stack.EnableTerminationProtection === true }
  } catch (error) {
    // "If the stack doesn't exist, an ValidationError is returned"
    // (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html).
    const { code, message } = readAwsError(error)
    if (code === 'ValidationError' && message.includes('does not exist')) return undefined
    throw error
  }
}
