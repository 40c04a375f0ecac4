import { type DoorView, isRegistered, type Observation, placeOf, type Step, type Target } from '../model.ts'
import { availableMembers, isWhole, readerTargets } from './members.ts'
import { held, isIn, isStranger, stepFor, writerTargets } from './targets.ts'

/**
 * A few target groups behind one listener, each holding one member's address, registered and probed beforehand; the
 * listener's weights select the writer's. A failover is one call that changes weights.
 *
 * A group is not bound to a member: any that is empty and without weight takes a member that no group holds. So there is nothing
 * to remember, and nothing has to be created or deleted while the database runs.
 *
 * In this order, each only when the one before needs nothing:
 *   1. a group holds the writer: an empty one, or, once it is settled, one that is freed for it (if all have weight, all but
 *      one lose it first)
 *   2. the settled writer's group has no other occupant
 *   3. the settled writer's group alone has weight (with `overlap`, the old one's too until the new one is healthy)
 *   4. an occupant that is no member leaves, where all members are known
 *   5. every other member is assigned, as far as there are groups
 *
 * Where the writer's address turns out to be a stranger's that has weight, since AWS had given no answer, the member that RDS
 * calls the writer gets it back, at its own address. Without one everything stays: there is no other path.
 */
export const planWeighted = (observation: Observation, groups: readonly DoorView[]): readonly Step[] => {
  const steps: Step[] = []
  let door = groups
  // Each step is planned on what the ones before will have left; more than three a group are never needed.
  for (let count = 0; count <= 3 * groups.length + 2; count++) {
    const step = nextStep(observation, door)
    if (step === undefined) break
    steps.push(step)
    door = door.map(group => foresee(group, step))
  }
  return steps
}

const nextStep = (observation: Observation, groups: readonly DoorView[]): Step | undefined => {
  const { writer, members } = observation
  if (writer.kind === 'not-proved') return takeBack(observation, groups)
  const [target] = groups.slice(0, 1).flatMap(group => writerTargets(writer, group.port))
  if (target === undefined) return undefined
  const isSettled = writer.kind === 'settled'

  const assigned =
    groups.find(group => weightOf(group) > 0 && holds(group, target)) ?? groups.find(group => holds(group, target))
  if (assigned === undefined) {
    const free = freeGroup(groups)
    if (free) return register(free, [target])
    if (!isSettled) return undefined
    const candidate = leastNeeded(observation, groups)
    return candidate ? deregister(candidate, held(candidate)) : weighOne(groups)
  }
  if (!isSettled) return placeNext(observation, groups)

  const others = held(assigned).filter(other => !isIn([target])(other))
  if (others.length > 0) return deregister(assigned, others)

  const wanted = (group: DoorView) => weightFor(group, assigned)
  if (groups.some(group => group.hasStrays || weightOf(group) > 0 !== wanted(group) > 0))
    return setWeights(groups, wanted)

  return leaveNext(observation, groups, assigned) ?? (members && placeNext(observation, groups))
}

const takeBack = (observation: Observation, groups: readonly DoorView[]): Step | undefined => {
  const isTheirs = isStranger(observation)
  const serving = groups.filter(group => weightOf(group) > 0 && held(group).some(isTheirs))
  const addresses = (observation.members ?? []).filter(({ isWriter }) => isWriter).flatMap(member => member.addresses)
  const keeper = groups.find(group => held(group).some(({ ip }) => addresses.includes(ip)))
  if (serving.length === 0 || keeper === undefined) return undefined
  const strangers = held(keeper).filter(isTheirs)
  return strangers.length > 0 ? deregister(keeper, strangers) : setWeights(groups, group => (group === keeper ? 1 : 0))
}

/** An occupant of a group without weight that is no member, or is assigned already. */
const leaveNext = (observation: Observation, groups: readonly DoorView[], assigned: DoorView): Step | undefined => {
  if (!isWhole(observation.members)) return undefined
  const wanted = memberTargets(observation, assigned)
  const placed = [...held(assigned)]
  for (const group of groups) {
    if (group === assigned || weightOf(group) > 0) continue
    const [keep] = held(group)
      .filter(isIn(wanted))
      .filter(other => !isIn(placed)(other))
    if (keep) placed.push(keep)
    const leaving = held(group).filter(other => keep === undefined || !isIn([keep])(other))
    if (leaving.length > 0) return deregister(group, leaving)
  }
  return undefined
}

const placeNext = (observation: Observation, groups: readonly DoorView[]): Step | undefined => {
  const free = groups.find(group => weightOf(group) === 0 && held(group).length === 0)
  if (free === undefined) return undefined
  const unassigned = readerTargets(observation, free).find(target => !groups.some(group => holds(group, target)))
  return unassigned && register(free, [unassigned])
}

/** An empty group that may take the writer: one without weight, unless nothing with weight is alive. */
const freeGroup = (groups: readonly DoorView[]): DoorView | undefined => {
  const empty = groups.filter(group => held(group).length === 0)
  const isAnyServed = groups.some(group => weightOf(group) > 0 && held(group).length > 0)
  return (
    (isAnyServed ? undefined : empty.find(group => weightOf(group) > 0)) ?? empty.find(group => weightOf(group) === 0)
  )
}

/** A group without weight to be freed for the writer: rather one without a member. */
const leastNeeded = (observation: Observation, groups: readonly DoorView[]): DoorView | undefined => {
  const idle = groups.filter(group => weightOf(group) === 0)
  const isMembers = (group: DoorView) => held(group).some(isIn(memberTargets(observation, group)))
  return idle.find(group => !isMembers(group)) ?? idle.at(-1)
}

/** Only when every group has weight: one that serves keeps it. */
const weighOne = (groups: readonly DoorView[]): Step => {
  const keeper = groups.find(group => held(group).length > 0)
  return setWeights(groups, group => (group === keeper ? 1 : 0))
}

const memberTargets = ({ members = [] }: Observation, { port, exclude }: DoorView): readonly Target[] =>
  availableMembers(members, exclude).flatMap(member => member.addresses.map(ip => ({ ip, port })))

const holds = (group: DoorView, target: Target): boolean => isIn(held(group))(target)

const weightOf = (group: DoorView): number => group.weight ?? 0

const weightFor = (group: DoorView, assigned: DoorView): number => {
  if (group.targetGroupArn === assigned.targetGroupArn) return 1
  const isHealthy = held(assigned).some(({ state }) => state === 'healthy')
  return assigned.overlap && !isHealthy && weightOf(group) > 0 && held(group).length > 0 ? 1 : 0
}

const register = (group: DoorView, targets: readonly Target[]) => stepFor('register', group, targets)[0]
const deregister = (group: DoorView, targets: readonly Target[]) => stepFor('deregister', group, targets)[0]
const setWeights = (groups: readonly DoorView[], weigh: (group: DoorView) => number): Step => ({
  kind: 'set-weights',
  listenerArn: String(groups.map(placeOf)[0]),
  weights: groups.map(group => ({ targetGroupArn: group.targetGroupArn, weight: weigh(group) })),
})

/** The group as the step will have left it. */
const foresee = (group: DoorView, step: Step): DoorView => {
  if (step.kind === 'set-weights') {
    const weights = new Map(step.weights.map(({ targetGroupArn, weight }) => [targetGroupArn, weight]))
    return { ...group, hasStrays: false, weight: Number(weights.get(group.targetGroupArn)) }
  }
  if (step.kind === 'remember' || step.targetGroupArn !== group.targetGroupArn) return group
  const others = group.registrations.filter(other => isRegistered(other) && !isIn(step.targets)(other))
  const added = step.kind === 'register' ? step.targets.map(target => ({ ...target, state: 'initial' as const })) : []
  return { ...group, registrations: [...others, ...added] }
}
