import { type Step, targetKey } from '../../functions/reconciler/core/model.ts'
import { inline } from '../terminal.ts'

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
