import type { Step } from './core/model.ts'
import { type Ports, TransientError } from './ports.ts'

export interface Applied {
  readonly done: readonly Step[]
  /** Sent without a good answer: the next look tells whether they took effect. */
  readonly uncertain: readonly Step[]
  readonly hindrance?: TransientError
}

/**
 * Walks the steps that are due, one call a step, at most one a front door, and decides nothing. A step that AWS refuses
 * for good is a fault of its front door and leaves the others alone.
 */
export const apply = async (steps: readonly Step[], ports: Ports, faults: Map<string, unknown>): Promise<Applied> => {
  const done: Step[] = []
  const uncertain: Step[] = []
  let hindrance: TransientError | undefined
  await Promise.all(
    steps.map(async step => {
      try {
        await ports.frontDoor[step.kind](step.targetGroupArn, step.targets)
        done.push(step)
        ports.telemetry.stepDone(step)
      } catch (error) {
        if (!(error instanceof TransientError)) faults.set(step.targetGroupArn, error)
        else {
          hindrance = error
          if (error.kind === 'unavailable') uncertain.push(step)
        }
      }
    }),
  )
  return { done, uncertain, ...(hindrance && { hindrance }) }
}
