import { placeOf, type Step } from './model.ts'

export type Policy = 'paused' | 'dry-run' | 'add-only'

export interface Permission {
  readonly permitted: readonly Step[]
  /** The policy that held steps back; absent when it held none. */
  readonly withheldBy?: Policy
}

/** Policies filter the plan, here and nowhere else: detection goes on when acting is off. */
export const permit = (steps: readonly Step[], policies: readonly Policy[]): Permission => {
  const stop = policies.find(policy => policy !== 'add-only')
  // Each step is planned on what the ones before it at its place leave behind: behind one that is held, all are.
  const isHeld = new Set<string>()
  const permitted = steps.filter(step => {
    if (stop !== undefined || (policies.length > 0 && !isAddition(step))) isHeld.add(placeOf(step))
    return !isHeld.has(placeOf(step))
  })
  const withheldBy = stop ?? policies[0]
  return withheldBy === undefined || permitted.length === steps.length ? { permitted } : { permitted, withheldBy }
}

/** Adds and takes nothing away. */
const isAddition = ({ kind }: Step): boolean => kind === 'register' || kind === 'remember'
