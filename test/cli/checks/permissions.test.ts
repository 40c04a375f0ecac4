import { expect, it } from 'vitest'
import { type Judgement, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { permissions } from '../../../cli/checks/permissions.ts'
import type { PermissionFacts } from '../../../cli/facts/function.ts'
import { type Gathered, known, notKnown } from '../../../cli/facts/gathered.ts'
import { groupArn, someFacts } from '../doctor-facts.ts'

const register = (decision: string): PermissionFacts => ({
  action: 'elasticloadbalancing:RegisterTargets',
  resource: groupArn,
  decision,
})
const publish = (decision: string): PermissionFacts => ({ action: 'events:PutEvents', resource: '*', decision })
const deploy = 'Deploy the stack again: its role has the permission.'
const findPolicy =
  'Find the policy that denies it: a permissions boundary, or a service control policy of the organization.'

it.each<[name: string, found: Gathered<readonly PermissionFacts[]>, expected: Judgement[]]>([
  [
    'every action',
    known([register('allowed'), publish('allowed')]),
    [ok("IAM's simulation allows the role elasticloadbalancing:RegisterTargets, events:PutEvents.")],
  ],
  [
    'all but one that nothing allows',
    known([register('implicitDeny'), publish('allowed')]),
    [
      problem(
        `IAM's simulation does not allow the function's role elasticloadbalancing:RegisterTargets on ${groupArn}.`,
        deploy,
      ),
    ],
  ],
  [
    'none of two, of which a policy denies one',
    known([register('explicitDeny'), publish('implicitDeny')]),
    [
      problem(
        `IAM's simulation denies the function's role elasticloadbalancing:RegisterTargets on ${groupArn}.`,
        findPolicy,
      ),
      problem("IAM's simulation does not allow the function's role events:PutEvents on *.", deploy),
    ],
  ],
  ['what nobody knows', notKnown('denied'), [unknown('denied')]],
])('the role may do %s', (_, found, expected) => {
  expect(permissions.judge(someFacts({ permissions: found }))).toEqual(expected)
})
