import { type DoorView, isUsable, type Observation, type Step } from '../model.ts'
import { held, isIn, stepFor, writerTargets } from './targets.ts'

/**
 * Register the new, deregister the old.
 *
 *   writer       registrations     steps
 *   unknown      any               nothing
 *   not allowed  any               nothing
 *   credible B   A                 register B
 *   credible B   A B               nothing (A goes when B is settled)
 *   settled B    A                 register B, deregister A
 *   settled B    A B               deregister A
 *   settled B    A B(unused)       nothing (B gets no traffic: refused, and A is all there is)
 *   settled B    A B(draining)     register B, deregister A
 *   settled B    B                 nothing
 */
export const planSwap = ({ writer }: Observation, door: DoorView): readonly Step[] => {
  const wanted = writerTargets(writer, door.port)
  const present = held(door)
  const missing = wanted.filter(target => !isIn(present)(target))
  const stale = present.filter(target => !isIn(wanted)(target))
  const isServed = present.filter(isIn(wanted)).every(isUsable)
  return [
    ...stepFor('register', door, missing),
    ...stepFor('deregister', door, writer.kind === 'settled' && isServed ? stale : []),
  ]
}
