import {
  type DoorView,
  isUsable,
  type NetworkInterface,
  type Observation,
  type PairView,
  type Remembered,
  type Step,
} from '../model.ts'
import { held, isIn, stepFor, writerTargets } from './targets.ts'

/**
 * Both addresses of a Multi-AZ instance stay registered, and the load balancer's health check selects the one that
 * listens. The plan keeps the set right, and at a failover there is usually nothing to do.
 *
 * The writer's address is proved by RDS's own name for it. The other one is only a memory, and an address that RDS gave
 * back may be somebody else's tomorrow, who would be sent passwords. So it has to be owned by the very interface that
 * owned it when it was the writer's: same id and subnet, of RDS, with the security groups that the writer's has now.
 *
 *   writer     the other          registrations    steps
 *   settled A  B proved           A                register B, remember A B
 *   settled B  A proved           A B              nothing (the failover: selected by health)
 *   settled A  B disproved        A B              deregister B, remember A
 *   settled A  B without word     A B              nothing (no information removes nothing)
 *   settled A  B without word     A                nothing (and adds nothing)
 *   settled A  C adoptable        A                register C, remember A C
 *   settled C  A proved, answers  A C              remember C, deregister A (a standby answers nobody)
 *   credible C B proved           A B              register C
 */
export const planStandby = ({ writer }: Observation, door: DoorView): readonly Step[] => {
  const { pair } = door
  const wanted = writerTargets(writer, door.port)
  const [writerIp] = wanted.map(target => target.ip)
  const present = held(door)
  const missing = wanted.filter(target => !isIn(present)(target))
  if (writer.kind !== 'settled' || writerIp === undefined) return stepFor('register', door, missing)

  const isServed = present.filter(isIn(wanted)).every(isUsable)
  const owner = pair && ownerOf(pair, writerIp)
  // Without word of who owns what, nothing is added to the pair and nothing taken from it.
  if (pair === undefined || owner === undefined) return stepFor('register', door, missing)

  // A standby answers nobody. One that does while the writer does too is another database by now: the blue one of a
  // switchover, or one that was renamed.
  const isAnswering = (ip: string) => present.some(target => target.ip === ip && target.state === 'healthy')
  // What has just been let go is not adopted again.
  const isLeaving = (ip: string) => door.registrations.some(target => target.ip === ip && target.state === 'draining')
  const newcomer = adoptable(pair, owner)
  const found = knownPartner(pair, owner) ?? (newcomer && !isLeaving(newcomer.ip) ? newcomer : undefined)
  const other = found && isAnswering(writerIp) && isAnswering(found.ip) ? undefined : found
  const partner = other ? [{ ip: other.ip, port: door.port }] : []
  return [
    ...stepFor('register', door, [...missing, ...partner.filter(target => !isIn(present)(target))]),
    // Forgotten before it is deregistered: what is proved and not registered would be registered again.
    ...(found && !other ? remembering(door, pair, [owner]) : []),
    ...stepFor('deregister', door, isServed ? present.filter(target => !isIn([...wanted, ...partner])(target)) : []),
    ...(found && !other ? [] : remembering(door, pair, other ? [owner, other] : [owner])),
  ]
}

/** Whether the other one of the pair is known and proved, when the writer is at this address. */
export const hasPartner = (pair: PairView, writerIp: string): boolean => {
  const owner = ownerOf(pair, writerIp)
  return owner !== undefined && knownPartner(pair, owner) !== undefined
}

/** RDS's interface at the writer's address. */
const ownerOf = (pair: PairView, writerIp: string): NetworkInterface | undefined =>
  pair.owners?.find(owner => owner.ip === writerIp && isOfRds(owner))

/** One that was the writer before, and still belongs to the very same interface. */
const knownPartner = (pair: PairView, writer: NetworkInterface): NetworkInterface | undefined =>
  pair.remembered
    .filter(entry => entry.ip !== writer.ip)
    .map(entry => pair.owners?.find(owner => isSameInterface(owner, entry) && isAlike(owner, writer)))
    .find(owner => owner !== undefined)

/**
 * The second interface, when it is the only one that RDS has in our security groups, in another subnet, and no other
 * database uses them: then it is the standby's. Anything more is ambiguous, and left alone.
 */
const adoptable = ({ neighbourhood }: PairView, writer: NetworkInterface): NetworkInterface | undefined => {
  if (!neighbourhood?.isMultiAz || neighbourhood.sharedWith.length > 0) return undefined
  const others = neighbourhood.interfaces.filter(
    ({ interfaceId, ip }) => interfaceId !== writer.interfaceId && ip !== writer.ip,
  )
  const [other, ...more] = others
  if (other === undefined || more.length > 0 || other.subnetId === writer.subnetId) return undefined
  return isAlike(other, writer) ? other : undefined
}

const remembering = (door: DoorView, pair: PairView, owners: readonly NetworkInterface[]): readonly Step[] => {
  const wanted = owners.map(({ ip, interfaceId, subnetId }) => ({ ip, interfaceId, subnetId }))
  const isKnown = wanted.every(entry => pair.remembered.some(known => isSameInterface(known, entry)))
  if (isKnown && wanted.length === pair.remembered.length) return []
  return [{ kind: 'remember', targetGroupArn: door.targetGroupArn, pair: wanted }]
}

const isOfRds = (owner: NetworkInterface): boolean => owner.requesterId === 'amazon-rds'

const isSameInterface = (a: Remembered, b: Remembered): boolean =>
  a.ip === b.ip && a.interfaceId === b.interfaceId && a.subnetId === b.subnetId

const isAlike = (owner: NetworkInterface, writer: NetworkInterface): boolean =>
  isOfRds(owner) &&
  owner.securityGroupIds.length === writer.securityGroupIds.length &&
  owner.securityGroupIds.every(id => writer.securityGroupIds.includes(id))
