import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { iamErrors } from './errors/service-errors.ts'
import { type Actions, strings, text } from './query-protocol.ts'
import type { Role } from './resources.ts'

/** IAM's simulation over the statements of a role. Conditions are taken to hold. */
export const iamActions = (account: Account): Actions => ({
  SimulatePrincipalPolicy: parameters => {
    const arn = text(parameters.PolicySourceArn) ?? ''
    const role = account.resources?.roles.find(candidate => candidate.arn === arn)
    if (!role) throw new ApiFailure(iamErrors.noPrincipal, String(arn))
    const resources = strings(parameters.ResourceArns)
    const member = strings(parameters.ActionNames).flatMap(EvalActionName =>
      (resources.length > 0 ? resources : ['*']).map(EvalResourceName => ({
        EvalActionName,
        EvalResourceName,
        EvalDecision: decide(role, EvalActionName, EvalResourceName),
      })),
    )
    return { result: { EvaluationResults: { member }, IsTruncated: false } }
  },
})

const decide = ({ statements }: Role, action: string, resource: string): string => {
  const ours = statements.filter(
    ({ actions, resources }) =>
      actions.some(pattern => matches(pattern, action)) && resources.some(pattern => matches(pattern, resource)),
  )
  if (ours.some(({ effect }) => effect === 'Deny')) return 'explicitDeny'
  return ours.length > 0 ? 'allowed' : 'implicitDeny'
}

const matches = (pattern: string, value: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(value)
