import { type Registration, type Step, targetKey, type WriterView } from '../../functions/reconciler/core/model.ts'
import type { Outcome } from '../../functions/reconciler/core/reasons.ts'
import type { Paint } from '../output.ts'
import { inline } from '../terminal.ts'

/** How the words of the core look on a terminal. */

export const showOutcome = (outcome: Outcome, paint: Paint): string => {
  if (outcome === 'in-sync' || outcome === 'repointed') return paint('green', outcome)
  return paint(outcome === 'refused' ? 'red' : 'yellow', outcome)
}

const becauses = {
  'answers-agree': 'answers agree',
  'dns-and-rds-agree': 'DNS and RDS agree',
  'dns-outlasts-rds': 'DNS answers agree for long; RDS still names another',
} as const

export const showWriter = (writer: WriterView): string => inline(sayWriter(writer))

const sayWriter = (writer: WriterView): string => {
  switch (writer.kind) {
    case 'unknown':
      return `unknown (${writer.why}: ${writer.detail})`
    case 'not-allowed':
      return `${writer.addresses.join(', ')} (outside the allowed networks: ${writer.outside.join(', ')})`
    case 'not-proved':
      return `${writer.addresses.join(', ')} (${writer.proof === 'disproved' ? "not the database's" : 'not proved'}: ${writer.why})`
    case 'credible':
      return `${writer.addresses.join(', ')} (${writer.missing === 'agreement' ? 'not settled: DNS and RDS disagree' : 'credible; settled when more answers agree'})`
    case 'settled':
      return `${writer.addresses.join(', ')} (settled: ${becauses[writer.because]})`
  }
}

export const showRegistration = (registration: Registration, paint: Paint): string => {
  const { state, stateReason } = registration
  const style = state === 'healthy' ? 'green' : state === 'initial' || state === 'draining' ? 'yellow' : 'red'
  return inline(`${targetKey(registration)} ${paint(style, state)}${stateReason ? ` (${stateReason})` : ''}`)
}

/** One step in words. A kind that this file does not know yet is told by its name and its fields. */
export const stepText = (step: Step): string => inline(textOf(step))

const textOf = (step: Step): string => {
  switch (step.kind) {
    case 'register':
    case 'deregister':
      return `${step.kind} ${step.targets.map(targetKey).join(', ')}`
    default:
      return otherStep(step)
  }
}

const otherStep = (step: { readonly kind: string }): string => {
  const fields = Object.entries(step).filter(([key]) => key !== 'kind' && key !== 'targetGroupArn')
  return [step.kind, ...fields.map(([key, value]) => `${key} ${JSON.stringify(value)}`)].join(' ')
}

/** `orders` of `arn:…:targetgroup/orders/73e2…`. */
export const targetGroupName = (arn: string): string => arn.split('/')[1] ?? arn
