import {
  type DoorView,
  isUsable,
  type NetworkInterface,
  type Observation,
  type PairView,
  type Remembered,
  type Step,
  type WriterView,
} from '../model.ts'
import { held, isIn, stepFor, writerTargets } from './targets.ts'

/**
 * Both addresses of a Multi-AZ instance stay registered, and the load balancer's health check selects the one that
 * listens. The plan keeps the set right, and at a failover there is usually nothing to do.
 *
 * The writer's address is proved by RDS's own name for it. The other one is only a memory, and an address that RDS gave
 * back may be somebody else's tomorrow, who would be sent passwords. So it has to be owned by the very interface that
 * owned it when it was the writer's: same id and subnet, of RDS, with the security groups that the writer's has now. And
 * the memory counts only while it knows the writer's interface too: after a blue/green switchover or a rename, it speaks
 * of another database. The one exception is the first failover, where only the old writer was known: it is ours as long as
 * no other database uses our security groups.
 *
 *   writer     the other          registrations    steps
 *   settled A  B proved           A                register B, remember A B
 *   settled B  A proved           A B              nothing (the failover: selected by health)
 *   settled A  B disproved        A B              deregister B, remember A
 *   settled A  B without word     A B              nothing (no information removes nothing)
 *   settled A  B without word     A                nothing (and adds nothing)
 *   settled A  C adoptable        A                register C, remember A C
 *   settled C  A B remembered     A B              register C, deregister A B, remember C (C was never remembered)
 *   settled B  A remembered       A                register B, remember B A, when no other database has our groups (the
 *                                                  first failover); else register B, deregister A, remember B
 *   settled C  A proved, answers  A C              nothing, until it has lasted; then
 *                                                  remember C and not A, deregister A (a standby answers nobody)
 *   settled C  A not ours         C                nothing, until A's interface changes
 *   credible C B proved           A B              register C
 */
export const planStandby = ({ writer }: Observation, door: DoorView): readonly Step[] => {
  const { pair } = door
  const wanted = writerTargets(writer, door.port)
  const present = held(door)
  const missing = wanted.filter(target => !isIn(present)(target))
  const owner = pair && writer.kind === 'settled' ? provedOwner(writer, pair) : undefined
  // Without word of who owns what, nothing is added to the pair and nothing taken from it.
  if (pair === undefined || owner === undefined) return stepFor('register', door, missing)

  const isServed = present.filter(isIn(wanted)).every(isUsable)
  const found = partnerOf(door, pair, owner)
  const isDisproved = found !== undefined && answersFor(door, owner, found) === 0
  const other = isDisproved ? undefined : found
  const partner = other ? [{ ip: other.ip, port: door.port }] : []
  const register = stepFor('register', door, [...missing, ...partner.filter(target => !isIn(present)(target))])
  const leaving = present.filter(target => !isIn([...wanted, ...partner])(target))
  const deregister = stepFor('deregister', door, isServed ? leaving : [])
  const remember = remembering(door, pair, [
    ...[owner, ...(other ? [other] : [])].map(({ ip, interfaceId, subnetId }) => ({ ip, interfaceId, subnetId })),
    ...(found && isDisproved ? [disprove(found)] : []),
    ...disprovedOf(pair, owner),
  ])
  // Marked before it leaves: what is proved and not registered would be registered again.
  return isDisproved ? [...register, ...remember, ...deregister] : [...register, ...deregister, ...remember]
}

/** Whether the other one of the pair is known and proved, when the writer is at this address. */
export const hasPartner = (pair: PairView, writerIp: string): boolean => {
  const owner = ownerAt(pair, writerIp)
  return owner !== undefined && knownPartner(pair, owner) !== undefined
}

/** EC2 does not show whose the writer's address is: nothing can be proved, and nothing is done. */
export const isUnproved = (writer: WriterView, { strategy, pair }: DoorView): boolean =>
  strategy === 'standby' && (pair === undefined || provedOwner(writer, pair) === undefined)

/** The other one answers beside the writer. For how long that has to be watched, in milliseconds; 0 when it does not. */
export const answersForMs = (writer: WriterView, door: DoorView): number => {
  const [known] = provedIn(writer, door)
  const found = known && partnerOf(door, known.pair, known.owner)
  return (found && answersFor(door, known.owner, found)) ?? 0
}

/** An address was marked as not ours, and still belongs to the same interface. */
export const hasDisproved = (writer: WriterView, door: DoorView): boolean =>
  provedIn(writer, door).some(({ pair, owner }) => disprovedOf(pair, owner).length > 0)

/** What is known of the pair and of the writer's interface; nothing where either is not known. */
const provedIn = (writer: WriterView, { pair }: DoorView) => {
  const owner = pair && provedOwner(writer, pair)
  return owner ? [{ pair, owner }] : []
}

const provedOwner = (writer: WriterView, pair: PairView): NetworkInterface | undefined => {
  const [ip] = writer.kind === 'settled' || writer.kind === 'credible' ? writer.addresses : []
  return ip === undefined ? undefined : ownerAt(pair, ip)
}

/** RDS's interface at the writer's address. An address is not an identity: of several, it is the one that we know. */
const ownerAt = (pair: PairView, writerIp: string): NetworkInterface | undefined => {
  const there = (pair.owners ?? []).filter(owner => owner.ip === writerIp && isOfRds(owner))
  const known = there.filter(owner => pair.remembered.some(entry => isSameInterface(owner, entry)))
  const [only, ...more] = known.length > 0 ? known : there
  return more.length > 0 ? undefined : only
}

const partnerOf = (door: DoorView, pair: PairView, owner: NetworkInterface): NetworkInterface | undefined => {
  const newcomer = adoptable(pair, owner)
  // What has just been let go is not adopted again.
  const isLeaving = door.registrations.some(({ ip, state }) => ip === newcomer?.ip && state === 'draining')
  return knownPartner(pair, owner) ?? (isLeaving ? undefined : newcomer)
}

/** One that was the writer before, and still belongs to the very same interface. */
const knownPartner = (pair: PairView, writer: NetworkInterface): NetworkInterface | undefined => {
  const known = pair.remembered.filter(entry => !entry.isDisproved)
  const isFirstFailover = known.length === 1 && pair.neighbourhood?.sharedWith?.length === 0
  if (!isFirstFailover && !known.some(entry => isSameInterface(entry, writer))) return undefined
  return known
    .filter(entry => entry.ip !== writer.ip)
    .map(entry => pair.owners?.find(owner => isSameInterface(owner, entry) && isAlike(owner, writer)))
    .find(owner => owner !== undefined)
}

/**
 * The second interface, when it is the only one that RDS has in our security groups, in another subnet, and no other
 * database uses them: then it is the standby's. Anything more is ambiguous, and left alone.
 */
const adoptable = (pair: PairView, writer: NetworkInterface): NetworkInterface | undefined => {
  const { neighbourhood } = pair
  if (!neighbourhood?.isMultiAz || neighbourhood.sharedWith?.length !== 0) return undefined
  const others = neighbourhood.interfaces.filter(
    ({ interfaceId, ip }) => interfaceId !== writer.interfaceId && ip !== writer.ip,
  )
  const [other, ...more] = others
  if (other === undefined || more.length > 0 || other.subnetId === writer.subnetId) return undefined
  if (disprovedOf(pair, writer).some(entry => isSameInterface(entry, other))) return undefined
  return isAlike(other, writer) ? other : undefined
}

/** What was disproved stays so while its address belongs to the same interface, and the writer is not there itself. */
const disprovedOf = ({ remembered, owners = [], neighbourhood }: PairView, writer: NetworkInterface) =>
  remembered.filter(
    entry =>
      entry.isDisproved &&
      !isSameInterface(entry, writer) &&
      [...owners, ...(neighbourhood?.interfaces ?? [])].some(owner => isSameInterface(owner, entry)),
  )

const disprove = ({ ip, interfaceId, subnetId }: NetworkInterface): Remembered => ({
  ip,
  interfaceId,
  subnetId,
  isDisproved: true,
})

/**
 * A standby answers nobody. One that does beside the writer, for longer than health checks take, is not ours.
 * @returns for how long it has to be watched, in milliseconds; `undefined` when not both are healthy.
 */
const answersFor = (door: DoorView, owner: NetworkInterface, other: NetworkInterface): number | undefined => {
  const isHealthy = ({ ip }: NetworkInterface) =>
    held(door).some(target => target.ip === ip && target.port === door.port && target.state === 'healthy')
  const lasting = door.pair?.bothHealthy
  return lasting && isHealthy(owner) && isHealthy(other) ? Math.max(0, lasting.enoughMs - lasting.forMs) : undefined
}

/** What a tag of the target group holds: the pair, and the last one that was disproved. */
const mostRemembered = 3

const remembering = (door: DoorView, pair: PairView, all: readonly Remembered[]): readonly Step[] => {
  const wanted = all.slice(0, mostRemembered)
  const isKnown = wanted.every(entry =>
    pair.remembered.some(known => isSameInterface(known, entry) && known.isDisproved === entry.isDisproved),
  )
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
