import { expect, it } from 'vitest'
import { findingsOf, type Judgement, judgeAll, notice, ok, unknown, warning } from '../../../cli/checks/finding.ts'
import { protection } from '../../../cli/checks/protection.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { behindShared, loadBalancer, settingsOf, someFacts, targetGroup } from '../doctor-facts.ts'

const stack = (status: string, isProtected = true) => ({
  stack: known({ name: 'Repoint-orders', status, isProtected }),
})
const balancerWith = (attributes: Record<string, string>) => ({ loadBalancer: known({ ...loadBalancer, attributes }) })
const ofOthers = { settings: settingsOf({ frontDoor: { kind: 'existing', targetGroupArn: targetGroup.arn } }) }
const shared = { settings: settingsOf({ frontDoor: behindShared(5432) }) }

const isProtected = ok('Repoint-orders is protected from deletion.')
const locked = (status: string) =>
  warning(
    `Repoint-orders is ${status}, and termination protection is on: this first deployment can neither be repeated nor removed.`,
    'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name Repoint-orders',
    sources.stackProtection,
  )
const later = (status: string) =>
  notice(`Repoint-orders is ${status}: protection comes after the first deployment that succeeds.`)
const open = notice(
  'Repoint-orders has been deployed, and its termination protection is off.',
  'Set "terminationProtection": true and deploy; nothing is replaced.',
  sources.stackProtection,
)
const unfinished = (status: string, then: string) =>
  warning(
    `Repoint-orders is ${status}: the last deployment, or its removal, did not end.`,
    `Correct what its events name${then}`,
    sources.stackFailure,
  )
const events = ': aws cloudformation describe-stack-events --stack-name Repoint-orders'
const openBalancer = (where: string) =>
  notice(
    'Deletion protection of the load balancer is off.',
    `Set "deletionProtection": true in ${where} and deploy; nothing is replaced.`,
    sources.balancerProtection,
  )
const neverDeployed = [
  'REVIEW_IN_PROGRESS',
  'CREATE_IN_PROGRESS',
  'CREATE_FAILED',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_FAILED',
  'ROLLBACK_COMPLETE',
]

it.each<[string, Partial<DoctorFacts>, Judgement[]]>([
  ...neverDeployed.flatMap((status): [string, Partial<DoctorFacts>, Judgement[]][] => [
    [`the first deployment is ${status} and protected`, { ...stack(status), ...balancerWith({}) }, [locked(status)]],
    [
      `the first deployment is ${status} and not protected`,
      { ...stack(status, false), ...balancerWith({}) },
      [later(status)],
    ],
  ]),
  ['stack and load balancer are protected', stack('CREATE_COMPLETE'), [isProtected]],
  ['an update was rolled back', stack('UPDATE_ROLLBACK_COMPLETE'), [isProtected]],
  ['the stack is not protected', stack('UPDATE_COMPLETE', false), [open]],
  [
    'an update could not be rolled back',
    stack('UPDATE_ROLLBACK_FAILED'),
    [
      unfinished(
        'UPDATE_ROLLBACK_FAILED',
        ', then: aws cloudformation continue-update-rollback --stack-name Repoint-orders',
      ),
    ],
  ],
  ['an update failed', stack('UPDATE_FAILED'), [unfinished('UPDATE_FAILED', events)]],
  [
    'a removal failed, and nothing is protected',
    { ...stack('DELETE_FAILED', false), ...balancerWith({ 'deletion_protection.enabled': 'false' }) },
    [unfinished('DELETE_FAILED', events), open, openBalancer('frontDoor')],
  ],
  ['the load balancer says nothing of protection', balancerWith({}), [openBalancer('frontDoor')]],
  [
    'a shared load balancer is not protected',
    { ...shared, ...balancerWith({}) },
    [openBalancer('the entry of shared in loadBalancers')],
  ],
  ['a load balancer of somebody else is not protected', { ...ofOthers, ...balancerWith({}) }, [isProtected]],
  [
    'a load balancer of somebody else may not be read',
    { ...ofOthers, loadBalancer: notKnown('denied') },
    [isProtected],
  ],
  ['the load balancer may not be read', { loadBalancer: notKnown('denied') }, [unknown('denied')]],
  ['there is no load balancer', { loadBalancer: none('There is none.') }, [notice('There is none.')]],
  ['the stack may not be read', { stack: notKnown('denied') }, [unknown('denied')]],
  [
    'somebody else deploys it',
    { stack: none('There is no stack Repoint-orders.') },
    [notice('There is no stack Repoint-orders.')],
  ],
])('of protection it is said where %s', (_, changes, expected) => {
  expect(judgeAll([protection], someFacts(changes))).toEqual(findingsOf('protection', expected))
})
