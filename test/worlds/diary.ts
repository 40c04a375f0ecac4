import type { Registration, Remembered, Step, Weight } from '../../functions/reconciler/core/model.ts'

/** What one reconciler has written and has not been shown since: as long as it lives, it waits to see it. */
export interface Diary {
  /** It begins to write. */
  writes(step: Step): void
  /** The write reached AWS, or may have. */
  wrote(step: Step): void
  /** What a read answered. */
  read(kind: ReadKind, arn: string, value: unknown): void
  /** It died, and knows nothing of it any more. */
  forget(): void
}

export type ReadKind = 'registrations' | 'weights' | 'remembered'

/** A write that is not shown after this was undone by somebody, or never took effect. */
const shownWithinMs = 6000

/** @param complain hears of a write before the one before it at the same place was shown. */
export const createDiary = (now: () => number, complain: (complaint: string) => void): Diary => {
  let unseen: { readonly step: Step; readonly sinceMs: number }[] = []
  return {
    writes: step => {
      const [last] = unseen.filter(({ sinceMs }) => now() - sinceMs < shownWithinMs)
      if (last) complain(`writes ${textOf(step)} before it was shown ${textOf(last.step)}`)
    },
    wrote: step => {
      unseen.push({ step, sinceMs: now() })
    },
    read: (kind, arn, value) => {
      unseen = unseen.filter(({ step }) => arnOf(step) !== arn || readOf[step.kind] !== kind || !shows(step, value))
    },
    forget: () => {
      unseen = []
    },
  }
}

const readOf = {
  register: 'registrations',
  deregister: 'registrations',
  'set-weights': 'weights',
  remember: 'remembered',
} as const satisfies Record<Step['kind'], ReadKind>

const arnOf = (step: Step): string => (step.kind === 'set-weights' ? step.listenerArn : step.targetGroupArn)

/** Whether the answer of the step's kind has its change. */
const shows = (step: Step, value: unknown): boolean => {
  if (step.kind === 'set-weights') {
    const weights = value as readonly Weight[]
    return step.weights.every(({ targetGroupArn, weight }) =>
      weights.some(other => other.targetGroupArn === targetGroupArn && other.weight === weight),
    )
  }
  if (step.kind === 'remember') {
    const remembered = value as readonly Remembered[]
    return step.pair.every(({ interfaceId }) => remembered.some(other => other.interfaceId === interfaceId))
  }
  const registrations = value as readonly Registration[]
  const live = registrations.filter(({ state }) => state !== 'draining').map(({ ip }) => ip)
  return step.targets.every(({ ip }) => live.includes(ip) === (step.kind === 'register'))
}

const textOf = (step: Step): string =>
  step.kind === 'set-weights'
    ? `weights ${step.weights.map(({ weight }) => weight)}`
    : `${step.kind} ${(step.kind === 'remember' ? step.pair : step.targets).map(({ ip }) => ip)}`
