import type { Step } from './core/model.ts'
import { type FrontDoor, type Ports, TransientError } from './ports.ts'

export interface Applied {
  readonly done: readonly Step[]
  /** Sent without a good answer: the next look tells whether they took effect. */
  readonly uncertain: readonly Step[]
  /** AWS refused for good: not to be tried again, and what was planned behind it waits. */
  readonly refused: readonly { readonly step: Step; readonly error: unknown }[]
  readonly hindrance?: TransientError
}

/**
 * Walks the steps that are due, one call a step, at most one a place, and decides nothing. A step that AWS refuses
 * for good is told apart and leaves the others alone.
 */
export const apply = async (steps: readonly Step[], ports: Ports): Promise<Applied> => {
  const done: Step[] = []
  const uncertain: Step[] = []
  const refused: { step: Step; error: unknown }[] = []
  let hindrance: TransientError | undefined
  await Promise.all(
    steps.map(async step => {
      try {
        await take(step, ports.frontDoor)
        done.push(step)
        ports.telemetry.stepDone(step)
      } catch (error) {
        if (!(error instanceof TransientError)) refused.push({ step, error })
        else {
          hindrance = error
          if (error.kind === 'unavailable') uncertain.push(step)
        }
      }
    }),
  )
  return { done, uncertain, refused, ...(hindrance && { hindrance }) }
}

const take = (step: Step, frontDoor: FrontDoor): Promise<void> => {
  switch (step.kind) {
    case 'register':
    case 'deregister':
      return frontDoor[step.kind](step.targetGroupArn, step.targets)
    case 'set-weights':
      return frontDoor.setWeights(step.listenerArn, step.weights)
    case 'remember':
      return frontDoor.remember(step.targetGroupArn, step.pair)
  }
}
