import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { stackErrors } from './errors/service-errors.ts'
import { type Actions, text } from './query-protocol.ts'

/** Stacks as they stand; nothing is deployed here. */
export const stackActions = (account: Account): Actions => ({
  DescribeStacks: parameters => {
    const asked = text(parameters.StackName)
    const found = account.resources?.stacks.find(({ name }) => name === asked)
    if (!found) throw new ApiFailure(stackErrors.notFound, asked ?? '')
    const { name, status, isProtected } = found
    const member = [{ StackName: name, StackStatus: status, EnableTerminationProtection: isProtected }]
    return { result: { Stacks: { member } }, brief: { status } }
  },
})
