import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, ok, problem, whenKnown } from './finding.ts'

export const permissions: Check<DoctorFacts> = {
  name: 'permissions',
  question: 'May the function’s role do what the function does?',
  judge: facts =>
    whenKnown([facts.permissions], found => {
      const denied = found.filter(({ decision }) => decision !== 'allowed')
      if (denied.length === 0)
        return [ok(`IAM's simulation allows the role ${found.map(({ action }) => action).join(', ')}.`)]
      return denied.map(({ action, resource, decision }) =>
        problem(
          `IAM's simulation ${decision === 'explicitDeny' ? 'denies' : 'does not allow'} the function's role ${action} on ${resource}.`,
          decision === 'explicitDeny'
            ? 'Find the policy that denies it: a permissions boundary, or a service control policy of the organization.'
            : 'Deploy the stack again: its role has the permission.',
        ),
      )
    }),
}
