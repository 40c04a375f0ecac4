import type { Account } from './account.ts'
import { ApiFailure } from './failure.ts'
import { type Actions, text } from './query-protocol.ts'

/** Stacks as they stand; nothing is deployed here. */
export const stackActions = (account: Account): Actions => ({
  DescribeStacks: parameters => {
    const asked = text(parameters.StackName)
    const found = account.resources?.stacks.find(({ name }) => name === asked)
    // The code is AWS's (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html), the
    // sentence is what its command line shows.
    if (!found) throw new ApiFailure('ValidationError', `Stack with id ${asked} does not exist`, 400)
    const { name, status, isProtected } = found
    const member = [{ StackName: name, StackStatus: status, EnableTerminationProtection: isProtected }]
    return { result: { Stacks: { member } }, brief: { status } }
  },
})
