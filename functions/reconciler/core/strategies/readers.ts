import { type DoorView, isUsable, type Observation, type Step } from '../model.ts'
import { isMembers, isWhole, readerTargets } from './members.ts'
import { held, isIn, stepFor, strangersBeside, writerTargets } from './targets.ts'

/**
 * Every available reader is registered and nobody else; the writer only when there is no reader and the settings allow
 * it. At a failover the promoted reader leaves and the old writer joins.
 *
 *   writer     readers   registrations  steps
 *   unknown    any       any            nothing
 *   credible A B C       B              register C
 *   settled B  A C       B C            register A, deregister B
 *   settled A  none      B, a member    nothing (the group is never emptied), or register A, deregister B if allowed
 *   settled A  none      D, nobody's    deregister D (invariant 11 goes before 4: whoever has D now would get passwords)
 *   any A      B         B D            deregister D where AWS says that D is a stranger's, whoever cannot be located
 */
export const planReaders = (observation: Observation, door: DoorView): readonly Step[] => {
  const { writer, members } = observation
  if (members === undefined || (writer.kind !== 'settled' && writer.kind !== 'credible')) return []
  const wanted = wantedReaders(observation, door)
  const present = held(door)
  // A writer that stands in goes when a reader can take over, not when one is announced.
  const isRelieved = present.some(target => isIn(wanted)(target) && target.state === 'healthy')
  const standIns = door.writerWhenAlone && !isRelieved ? writerTargets(writer, door.port) : []
  const stale = present.filter(target => !isIn([...wanted, ...standIns])(target))
  const isServed = present.some(target => isIn(wanted)(target) && isUsable(target)) || !present.some(isIn(wanted))
  const isKnown = writer.kind === 'settled' && isWhole(members)
  // Where nobody may serve, the last member stays; an address that belongs to none does not.
  const leaving = wanted.length > 0 ? stale : stale.filter(target => !isMembers(observation)(target))
  return [
    ...stepFor(
      'register',
      door,
      wanted.filter(target => !isIn(present)(target)),
    ),
    ...stepFor('deregister', door, isKnown && isServed ? leaving : strangersBeside(observation, door)),
  ]
}

/** Empty when there is no reader and the writer may not stand in. */
export const wantedReaders = (observation: Observation, door: DoorView) => {
  const readers = readerTargets(observation, door)
  const { writer, members } = observation
  const mayStandIn = door.writerWhenAlone && writer.kind === 'settled' && isWhole(members)
  return readers.length === 0 && mayStandIn ? writerTargets(writer, door.port) : readers
}
