import {
  type DoorView,
  isRegistered,
  isSameTarget,
  isUsable,
  type Observation,
  type Step,
  type Target,
  type WriterView,
} from './model.ts'

/**
 * What to do about what was observed: ordered steps as data, per front door. Pure.
 *
 * Invariants, each with a test of the same words:
 *  1. The new writer is registered before anything is deregistered.
 *  2. A draining registration does not count as registered (a fail-back within the drain re-registers it).
 *  3. An unsettled or unresolvable writer removes nothing.
 *  4. No plan leaves the group without a live registration.
 *  5. Only addresses inside the allowed networks are ever registered; a public answer is refused with its cure.
 *  6. Deregistration names id and port exactly as listed.
 *  7. In sync means zero steps and zero writes.
 *  8. Stopping after any step, or losing any reply, and planning again ends in the same place.
 *  9. Two reconcilers at once, or a slow one with an old view, never end on the old writer.
 * 10. A failed register never leads to a deregister.
 *
 *   writer       registrations     plan
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
export const plan = ({ writer, doors }: Observation): readonly Step[] => doors.flatMap(door => planDoor(writer, door))

/** The step that is due at each front door: the rest waits for another look. */
export const dueSteps = (steps: readonly Step[]): readonly Step[] =>
  steps.filter((step, index) => steps.findIndex(other => other.targetGroupArn === step.targetGroupArn) === index)

const planDoor = (writer: WriterView, door: DoorView): readonly Step[] => {
  if (writer.kind === 'unknown' || writer.kind === 'not-allowed') return []
  const { targetGroupArn } = door
  const wanted = wantedTargets(writer, door)
  const missing = wanted.filter(
    target => !door.registrations.some(held => isRegistered(held) && isSameTarget(held, target)),
  )
  const steps: Step[] = []
  if (missing.length > 0) steps.push({ kind: 'register', targetGroupArn, targets: missing })
  const stale = staleTargets(writer, door)
  if (writer.kind === 'settled' && stale.length > 0 && isWriterServed(writer, door)) {
    steps.push({ kind: 'deregister', targetGroupArn, targets: stale })
  }
  return steps
}

export const wantedTargets = (writer: WriterView, door: DoorView) =>
  'addresses' in writer ? writer.addresses.map(ip => ({ ip, port: door.port })) : []

/** Registered, and not the writer. A draining one is on its way out already. */
export const staleTargets = (writer: WriterView, door: DoorView) => {
  const wanted = wantedTargets(writer, door)
  return door.registrations
    .filter(held => isRegistered(held) && !wanted.some(target => isSameTarget(held, target)))
    .map(({ ip, port }) => ({ ip, port }))
}

/** The writer's registrations that the load balancer does not use: its zone is not enabled, or the group is in no listener. */
export const unusedWriters = (writer: WriterView, door: DoorView) =>
  registeredWriters(writer, door).filter(held => !isUsable(held))

export const registeredWriters = (writer: WriterView, door: DoorView) =>
  door.registrations.filter(
    held => isRegistered(held) && wantedTargets(writer, door).some(target => isSameTarget(held, target)),
  )

/** Nothing is missing and nothing is left over, at every front door. */
export const isInPlace = ({ writer, doors }: Observation): boolean =>
  writer.kind === 'settled' &&
  doors.length > 0 &&
  doors.every(
    door =>
      registeredWriters(writer, door).length === writer.addresses.length &&
      isWriterServed(writer, door) &&
      staleTargets(writer, door).length === 0,
  )

/** Whether the front door shows what the step was for, whoever did it: a lost reply is answered by looking. */
export const isReflected = (step: Step, doors: readonly DoorView[]): boolean => {
  const door = doors.find(candidate => candidate.targetGroupArn === step.targetGroupArn)
  if (door === undefined) return false
  const isHeld = (target: Target) => door.registrations.some(held => isRegistered(held) && isSameTarget(held, target))
  return step.targets.every(target => isHeld(target) === (step.kind === 'register'))
}

/** Whether the writer's registrations, those to come included, are in a place that gets traffic. */
const isWriterServed = (writer: WriterView, door: DoorView): boolean => unusedWriters(writer, door).length === 0
