import type { Step, Weight } from './core/model.ts'
import { type FrontDoor, type Ports, TransientError } from './ports.ts'

export interface Applied {
  readonly done: readonly Step[]
  /** Of those done: what AWS's answer to the write says of the place. */
  readonly answers: readonly WriteAnswer[]
  /** Sent without a good answer: the next look tells whether they took effect. */
  readonly uncertain: readonly Step[]
  /** AWS asked to wait: nothing was done. */
  readonly turnedAway: readonly Step[]
  /** AWS refused for good: not to be tried again, and what was planned behind it waits. */
  readonly refused: readonly { readonly step: Step; readonly error: unknown }[]
  readonly hindrance?: TransientError
}

export interface WriteAnswer {
  readonly listenerArn: string
  readonly weights: readonly Weight[]
}

/**
 * Walks the steps that are due, one call a step, at most one a place, and decides nothing. A step that AWS refuses
 * for good is told apart and leaves the others alone.
 */
export const apply = async (steps: readonly Step[], ports: Ports): Promise<Applied> => {
  const done: Step[] = []
  const answers: WriteAnswer[] = []
  const uncertain: Step[] = []
  const turnedAway: Step[] = []
  const refused: { step: Step; error: unknown }[] = []
  let hindrance: TransientError | undefined
  await Promise.all(
    steps.map(async step => {
      try {
        answers.push(...(await take(step, ports.frontDoor)))
        done.push(step)
        ports.telemetry.stepDone(step)
      } catch (error) {
        if (!(error instanceof TransientError)) refused.push({ step, error })
        else {
          hindrance = error
          const kept = error.kind === 'unavailable' ? uncertain : turnedAway
          kept.push(step)
        }
      }
    }),
  )
  return { done, answers, uncertain, turnedAway, refused, ...(hindrance && { hindrance }) }
}

const take = async (step: Step, frontDoor: FrontDoor): Promise<readonly WriteAnswer[]> => {
  switch (step.kind) {
    case 'register':
    case 'deregister':
      await frontDoor[step.kind](step.targetGroupArn, step.targets)
      return []
    case 'set-weights': {
      const { listenerArn } = step
      const weights = await frontDoor.setWeights(listenerArn, step.weights)
      return weights ? [{ listenerArn, weights }] : []
    }
    case 'remember':
      await frontDoor.remember(step.targetGroupArn, step.pair)
      return []
  }
}
