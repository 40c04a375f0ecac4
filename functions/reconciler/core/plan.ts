import { type DoorView, isUsable, type Observation, placeOf, type Step, type WriterView } from './model.ts'
import { isMembers, isWhole } from './strategies/members.ts'
import { planReaders, wantedReaders } from './strategies/readers.ts'
import { answersForMs, hasDisproved, isUnproved, planStandby } from './strategies/standby.ts'
import { planSwap } from './strategies/swap.ts'
import { held, isIn, stepFor, strangersBeside, writerTargets } from './strategies/targets.ts'
import { planWeighted } from './strategies/weighted.ts'

/**
 * What to do about what was observed: ordered steps as data, per front door. Pure. Each strategy's table of cases stands
 * above its function in `strategies/`.
 *
 * Invariants, each with a test of the same words:
 *  1. The new writer is registered before anything is deregistered.
 *  2. A draining registration does not count as registered (a fail-back within the drain re-registers it).
 *  3. An unsettled or unresolvable writer removes nothing.
 *  4. No plan leaves the group without a live registration.
 *  5. Only addresses inside the allowed networks are ever registered; a public answer is refused with its remedy.
 *  6. Deregistration names id and port exactly as listed.
 *  7. In sync means zero steps and zero writes.
 *  8. Stopping after any step, or losing any reply, and planning again ends in the same place.
 *  9. Two reconcilers at once, or a slow one with an old view, never end on the old writer.
 * 10. A failed register never leads to a deregister.
 * 11. No step gives weight to, or keeps registered, an address whose owner is not proved; this goes before 4.
 *     For addresses that nobody registered before, `withProof` of `ownership.ts` sees to that above the plan.
 * 12. Never two addresses with weight during a change, unless `overlap` is set.
 */
export const plan = (observation: Observation): readonly Step[] => {
  const places = Map.groupBy(observation.doors, placeOf)
  return [...places.values()].flatMap(doors => planPlace(observation, doors))
}

const planPlace = (observation: Observation, doors: readonly DoorView[]): readonly Step[] => {
  if (doors.some(door => door.strategy === 'weighted')) return planWeighted(observation, doors)
  return doors.flatMap(door => {
    // What was registered while AWS gave no answer, and turned out not to be the database's; but not as the last one.
    if (observation.writer.kind === 'not-proved') return stepFor('deregister', door, strangersBeside(observation, door))
    if (door.role === 'reader') return planReaders(observation, door)
    return door.strategy === 'standby' ? planStandby(observation, door) : planSwap(observation, door)
  })
}

/** The step that is due at each place: the rest waits for another look. */
export const dueSteps = (steps: readonly Step[]): readonly Step[] =>
  steps.filter((step, index) => steps.findIndex(other => placeOf(other) === placeOf(step)) === index)

/** Nothing is to be done, and nothing would be if we were surer of the writer: at every front door. */
export const isInPlace = (observation: Observation): boolean =>
  observation.writer.kind === 'settled' &&
  observation.doors.length > 0 &&
  plan(observation).length === 0 &&
  unusedWriters(observation).length === 0

/** Something waits to be removed, or to get weight, until the writer is settled. */
export const hasPending = ({ writer, ...rest }: Observation): boolean =>
  writer.kind === 'credible' &&
  plan({ ...rest, writer: { kind: 'settled', addresses: writer.addresses, because: 'answers-agree' } }).length > 0

/**
 * The writer's registrations that the load balancer does not use: its zone is not enabled, or the group is in no
 * listener. A group without weight says nothing about that.
 */
export const unusedWriters = ({ writer, doors }: Observation) =>
  servingDoors(doors).flatMap(door => registeredWriters(writer, door).filter(registration => !isUsable(registration)))

export const registeredWriters = (writer: WriterView, door: DoorView) =>
  held(door).filter(isIn(writerTargets(writer, door.port)))

/** The front doors that the writer is served by: of a weighted one, the group with weight. */
export const servingDoors = (doors: readonly DoorView[]): readonly DoorView[] =>
  doors.filter(door => door.role === 'writer' && (door.strategy !== 'weighted' || Boolean(door.weight)))

/** Whether the step follows the writer to where it is: rather than keeping the rest of a set right. */
export const followsWriter = (step: Step, { writer, doors }: Observation): boolean =>
  doors.some(door => {
    const isWriters = isIn(writerTargets(writer, door.port))
    if (step.kind === 'set-weights') {
      const weight = step.weights.find(({ targetGroupArn }) => targetGroupArn === door.targetGroupArn)?.weight
      return Boolean(weight) && held(door).some(isWriters)
    }
    if (step.kind === 'remember' || step.targetGroupArn !== door.targetGroupArn) return false
    return step.kind === (door.role === 'writer' ? 'register' : 'deregister') && step.targets.some(isWriters)
  })

/** Whether the step is about the others of a set: a partner, a reader, a member without weight. */
export const keepsMembers = (step: Step, { doors }: Observation): boolean => {
  if (step.kind === 'remember') return true
  if (step.kind === 'set-weights') return false
  const door = doors.find(({ targetGroupArn }) => targetGroupArn === step.targetGroupArn)
  return door !== undefined && (door.role === 'reader' || door.strategy !== 'swap')
}

/** Whether the step took out an address that is known to belong to nobody of ours. */
export const removesForeign = (step: Step, observation: Observation): boolean => {
  if (step.kind !== 'deregister' || !keepsMembers(step, observation)) return false
  const door = observation.doors.find(({ targetGroupArn }) => targetGroupArn === step.targetGroupArn)
  return (
    (door?.strategy === 'standby' || isWhole(observation.members)) &&
    step.targets.some(target => !isMembers(observation)(target))
  )
}

/** `standby`: whose the addresses are is not proved, so that nothing can be added or taken. */
export const isUnprovedPair = ({ writer, doors }: Observation): boolean =>
  doors.some(door => isUnproved(writer, door) || answersForMs(writer, door) > 0)

/** `standby`: for how long it has to be watched whether the other one goes on answering, in milliseconds. */
export const provingForMs = ({ writer, doors }: Observation): number =>
  Math.max(0, ...doors.map(door => answersForMs(writer, door)))

/** `standby`: an address of the pair turned out to be another database's. */
export const isDisprovedPair = ({ writer, doors }: Observation): boolean =>
  doors.some(door => hasDisproved(writer, door))

/** A reader front door that nobody may serve. */
export const lacksReader = (observation: Observation): boolean =>
  observation.members !== undefined &&
  observation.doors.some(door => door.role === 'reader' && wantedReaders(observation, door).length === 0)

/** Whether nothing of the earlier step need be shown after the later one. */
export const isOverwritten = (earlier: Step, later: Step): boolean => {
  if (earlier.kind === 'set-weights') {
    return later.kind === 'set-weights' && later.listenerArn === earlier.listenerArn
  }
  if (later.kind === 'set-weights') return false
  if (earlier.targetGroupArn !== later.targetGroupArn) return false
  if (earlier.kind === 'remember' || later.kind === 'remember') return earlier.kind === later.kind
  return earlier.targets.some(isIn(later.targets))
}

/** Whether the front door shows what the step was for, whoever did it: a lost reply is answered by looking. */
export const isReflected = (step: Step, doors: readonly DoorView[]): boolean => {
  if (step.kind === 'set-weights') {
    return step.weights.every(({ targetGroupArn, weight }) =>
      doors.some(door => door.targetGroupArn === targetGroupArn && door.weight === weight),
    )
  }
  const door = doors.find(({ targetGroupArn }) => targetGroupArn === step.targetGroupArn)
  if (door === undefined) return false
  if (step.kind === 'remember') {
    const remembered = door.pair?.remembered ?? []
    return step.pair.every(({ ip, interfaceId, isDisproved }) =>
      remembered.some(
        entry => entry.ip === ip && entry.interfaceId === interfaceId && entry.isDisproved === isDisproved,
      ),
    )
  }
  return step.targets.every(target => isIn(held(door))(target) === (step.kind === 'register'))
}
