import { sharedName } from '../../infra/app/settings/complete.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { StackFacts } from '../facts/stack.ts'
import { type Check, type Judgement, missingFact, notice, ok, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** Before it has been deployed once, protection keeps a stack from being repeated and from being removed. */
const neverDeployed = [
  'REVIEW_IN_PROGRESS',
  'CREATE_IN_PROGRESS',
  'CREATE_FAILED',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_FAILED',
  'ROLLBACK_COMPLETE',
]

export const protection: Check<DoctorFacts> = {
  name: 'protection',
  question: 'Are the stack and its load balancer protected from being deleted by mistake, once they serve?',
  judge: ({ stack, loadBalancer, settings }) =>
    whenKnown([stack], found => {
      if (neverDeployed.includes(found.status)) return [judgeNew(found)]
      const isOurs = settings.frontDoor.kind === 'create'
      const open = [
        ...unfinished(found),
        ...unprotectedStack(found),
        ...(isOurs ? unprotectedBalancer(loadBalancer, sharedName(settings.frontDoor)) : []),
      ]
      return open.length > 0 ? open : [ok(`${found.name} is protected from deletion.`)]
    }),
}

const judgeNew = ({ name, status, isProtected }: StackFacts): Judgement =>
  isProtected
    ? warning(
        `${name} is ${status}, and termination protection is on: this first deployment can neither be repeated nor removed.`,
        `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}`,
        sources.stackProtection,
      )
    : notice(`${name} is ${status}: protection comes after the first deployment that succeeds.`)

const unfinished = ({ name, status }: StackFacts): readonly Judgement[] =>
  status.endsWith('_FAILED')
    ? [
        warning(
          `${name} is ${status}: the last deployment, or its removal, did not end.`,
          status === 'UPDATE_ROLLBACK_FAILED'
            ? `Correct what its events name, then: aws cloudformation continue-update-rollback --stack-name ${name}`
            : `Correct what its events name: aws cloudformation describe-stack-events --stack-name ${name}`,
          sources.stackFailure,
        ),
      ]
    : []

const unprotectedStack = ({ name, isProtected }: StackFacts): readonly Judgement[] =>
  isProtected
    ? []
    : [
        notice(
          `${name} has been deployed, and its termination protection is off.`,
          'Set "terminationProtection": true and deploy; nothing is replaced.',
          sources.stackProtection,
        ),
      ]

const unprotectedBalancer = (
  loadBalancer: DoctorFacts['loadBalancer'],
  shared: string | undefined,
): readonly Judgement[] => {
  if (loadBalancer.kind !== 'known') return [missingFact(loadBalancer)]
  if (loadBalancer.value.attributes['deletion_protection.enabled'] === 'true') return []
  return [
    notice(
      'Deletion protection of the load balancer is off.',
      `Set "deletionProtection": true in ${shared === undefined ? 'frontDoor' : `the entry of ${shared} in loadBalancers`} and deploy; nothing is replaced.`,
      sources.balancerProtection,
    ),
  ]
}
