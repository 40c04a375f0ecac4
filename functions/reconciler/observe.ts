import { networks } from './config/values.ts'
import type { Config } from './config.ts'
import type { Answer, ClusterVote, DoorView, Observation, Owner, Sighting, Step, Weight } from './core/model.ts'
import { isRefused, withProof } from './core/ownership.ts'
import { candidateOf, instanceInChain, isSameSet, settle } from './core/settle.ts'
import { createFaultLog, type Faults } from './faults.ts'
import { addSighting, type Begun, createMemory, type Memory } from './memory.ts'
import { type Ages, createDoorReader } from './observe-doors.ts'
import { createMemberReader } from './observe-members.ts'
import { createOwnerReader } from './observe-owners.ts'
import type { Ports, TransientError } from './ports.ts'

/**
 * Looking, at the price that it is worth: DNS at every look (it is what moves), a target group when its view is too old
 * for what it is needed for, the RDS API when its vote could decide something. AWS counts calls per account.
 *
 * A failed read is kept apart from what was seen: a transient one hinders this look, another one disables that source,
 * is told at the end, and does not stop the other front doors from being kept right. What the RDS API said has an age: a
 * vote expires, and an error empties what it cannot confirm.
 */
export interface Look extends Observation {
  /** Everything that the step depends on was read at this look: what a write requires. */
  readonly isFresh: (step: Step) => boolean
  /** When the oldest part was read that says how the writer is served. */
  readonly readMs: number
  /** From when on what was read counts: since this observer began or may go on from, or since the writer was last seen to move. */
  readonly sinceMs: number
  /** That part is older: it says how it was. */
  readonly isRemembered: boolean
  /** Could not be read at this look, though asking again may help. */
  readonly hindrance?: TransientError
  /** The members are not known, though a front door needs them. */
  readonly isBlind: boolean
  readonly memberIds?: readonly string[]
  /** Of the addresses that DNS names, those that AWS was asked about. */
  readonly owners?: readonly Owner[]
  readonly sighting: Sighting
  /** Everything seen so far, oldest first. */
  readonly sightings: readonly Sighting[]
  readonly faults: Faults
}

export interface Observer {
  look(ages: Ages): Promise<Look>
  /** What these steps depend on again, and the members where they are not fresh: right before a write. */
  lookAgain(last: Look, steps: readonly Step[]): Promise<Look>
  /** Asks whose the addresses are that the steps would register, where that is not known. @returns the look with the answer. */
  prove(last: Look, steps: readonly Step[]): Promise<Look>
  /** All front doors that can be worked on, as last read, or as AWS answered a write. */
  doors(): readonly DoorView[]
  /** This was written: what we knew of it is old. */
  forget(step: Step): void
  /** AWS's answer to a write says so. */
  learn(listenerArn: string, weights: readonly Weight[]): void
  /** AWS turned this away: what it was decided on stays fresh for a while. */
  keep(step: Step): void
}

const never = Number.NEGATIVE_INFINITY

/** A vote is asked for again after this many intervals while it could decide something, and expires after three times that. */
const voteIntervals = 5
/** Members change by hand or by scaling, and a change of the writer is seen elsewhere. */
const memberIntervals = 30
/** @param begun what earlier runs read counts as well. */
export const createObserver = (
  config: Config,
  ports: Ports,
  memory: Memory = createMemory(),
  begun?: Begun,
): Observer => {
  const { clock, clusters, dns } = ports
  const { database, settle: settling } = config
  const rules = { kind: database.kind, ...settling, isAllowed: networks(config.allowedCidrs) }
  const faults = createFaultLog()
  const doors = createDoorReader(config, ports, { faults, memory })
  const members = createMemberReader(config, ports, faults)
  const owners = createOwnerReader(config, ports, { faults, memory })
  // Whose the addresses of a pair are is asked with the writer's among them.
  const needsAnswerFirst = config.frontDoors.some(({ strategy }) => strategy === 'standby')
  const voteAgeMs = 3 * voteIntervals * settling.intervalMs
  let vote: ClusterVote | undefined
  let voteAskedMs = never
  let locatedVoteMs = never
  let memberIds: readonly string[] | undefined
  let sinceMs = begun?.sinceMs ?? clock.now()
  let seenAt = begun?.writer
  /** Where DNS says that the writer and the members are. */
  let named: readonly string[] = []

  /** Who is registered there is what the list of the members says. */
  const registersMembers = (step: Step): boolean =>
    step.kind === 'register' &&
    config.frontDoors.some(
      door =>
        (door.strategy === 'weighted' && door.targetGroupArns.includes(step.targetGroupArn)) ||
        (door.role === 'reader' && door.targetGroupArn === step.targetGroupArn),
    )

  const freshVote = (): ClusterVote | undefined =>
    vote !== undefined && clock.now() - vote.atMs <= voteAgeMs ? vote : undefined

  const askCluster = async (): Promise<void> => {
    voteAskedMs = clock.now()
    try {
      vote = { ...(await clusters.vote(database.id)), atMs: voteAskedMs }
      memberIds = vote.memberIds
      faults.clear('vote')
    } catch (error) {
      // Without a vote the answers decide, only slower. What the API said before may be of another cluster.
      vote = undefined
      members.doubt()
      faults.record('vote', error)
    }
  }

  /** Only where the endpoint's own answer does not name the instance. */
  const locateWriter = async (answer: Answer): Promise<void> => {
    if (vote?.writerId === undefined || instanceInChain(answer, vote.memberIds) !== undefined) {
      faults.clear('writer')
      return
    }
    if (vote.atMs === locatedVoteMs || faults.isOff('writer')) return
    locatedVoteMs = vote.atMs
    try {
      const endpoint = await clusters.endpointOf(vote.writerId)
      const located = endpoint === undefined ? undefined : await dns.resolve(endpoint)
      if (located?.kind === 'addresses') vote = { ...vote, writerAddresses: located.addresses }
      faults.clear('writer')
    } catch (error) {
      faults.record('writer', error)
    }
  }

  const hasChanged = (): boolean => {
    const [last, beforeLast] = [memory.sightings.at(-1), memory.sightings.at(-2)]
    return last !== undefined && beforeLast !== undefined && !isSameSet(candidateOf(last), candidateOf(beforeLast))
  }

  const isVoteDue = (): boolean => {
    if (database.kind !== 'cluster' || faults.isOff('vote')) return false
    if (voteAskedMs === never || hasChanged()) return true
    const isOpen = faults.has('vote') || settle(memory.sightings, rules).kind !== 'settled'
    return isOpen && clock.now() - voteAskedMs >= voteIntervals * settling.intervalMs
  }

  const compose = (sighting: Sighting, hindrance: TransientError | undefined): Look => {
    const believed = settle(memory.sightings, rules)
    if (believed.kind === 'credible' || believed.kind === 'settled') {
      if (seenAt !== undefined && !isSameSet(believed.addresses, seenAt)) sinceMs = sighting.atMs
      seenAt = believed.addresses
    }
    const refusedOf = (ips: readonly string[]) => owners.known(ips).filter(owner => isRefused(owner, config.ownerProof))
    // An address that is nobody of ours contradicts no list of members.
    const listed = members.view(freshVote(), withProof(believed, refusedOf(candidateOf(sighting))))
    named = [...new Set([...candidateOf(sighting), ...(listed ?? []).flatMap(({ addresses }) => addresses)])]
    const asked = owners.known(named)
    const refused = refusedOf(named)
    const isTheirs = (ip: string) => !refused.some(owner => owner.ip === ip)
    const writer = withProof(believed, refused)
    const known = listed?.map(member => ({ ...member, addresses: member.addresses.filter(isTheirs) }))
    if (members.isNeeded && known === undefined) members.doubt()
    return {
      writer,
      doors: doors.views(),
      readMs: doors.readMs(),
      sinceMs,
      isRemembered: doors.readMs() < sinceMs,
      isFresh: step =>
        doors.isFresh(step) &&
        owners.isProved(step, doors.views()) &&
        (!registersMembers(step) || members.isFresh(2 * voteIntervals * settling.intervalMs)),
      isBlind: members.isNeeded && known === undefined && !faults.has('members'),
      sighting,
      sightings: memory.sightings,
      faults: faults.all(),
      ...(known && { members: known }),
      ...(asked.length > 0 && { owners: asked }),
      ...(refused.length > 0 && { refused }),
      ...(hindrance && { hindrance }),
      ...(memberIds && { memberIds }),
    }
  }

  return {
    doors: doors.views,
    forget: doors.forget,
    keep: doors.keep,
    learn: doors.learn,
    async look(ages) {
      const atMs = clock.now()
      const answering = dns.resolve(database.endpoint)
      const early = needsAnswerFirst ? await answering : undefined
      const [answer, hindrance] = await Promise.all([
        answering,
        doors.read(ages, early?.kind === 'addresses' ? early.addresses : []),
        isVoteDue() ? askCluster() : undefined,
        members.read(memberIntervals * settling.intervalMs),
      ])
      if (database.kind === 'cluster') await locateWriter(answer)
      const recent = freshVote()
      const sighting: Sighting = { atMs, answer, ...(recent && { vote: recent }) }
      addSighting(memory, sighting)
      return compose(sighting, hindrance)
    },
    async prove(last, steps) {
      const open = owners.open(steps, last, named)
      if (open.length === 0) return last
      await owners.ask(open)
      return compose(last.sighting, last.hindrance)
    },
    async lookAgain(last, steps) {
      const [hindrance] = await Promise.all([
        doors.readFor(steps, candidateOf(last.sighting)),
        members.read(voteIntervals * settling.intervalMs),
      ])
      return compose(last.sighting, hindrance)
    },
  }
}
