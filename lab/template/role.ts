import type { Role } from '../api/resources.ts'
import type { DatabaseStack } from './stack.ts'

interface Written {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
}

/** What the reconciler's role may do: of the stack's policies the one that moves targets or weights. */
export const readStatements = (stack: DatabaseStack): Role['statements'] => {
  const documents = stack
    .all('AWS::IAM::Policy')
    .map(({ properties }) => (properties.PolicyDocument as { Statement: readonly Written[] }).Statement)
  const ours = documents.find(statements => statements.some(({ Action }) => listOf(Action).includes(mark))) ?? []
  return ours.map(({ Effect, Action, Resource }) => ({
    effect: Effect,
    actions: listOf(Action),
    resources: listOf(Resource),
  }))
}

/** Nobody but the reconciler reads targets. */
const mark = 'elasticloadbalancing:DescribeTargetHealth'

const listOf = (value: string | readonly string[]): string[] => (typeof value === 'string' ? [value] : [...value])
