import { type Config, networks } from './config.ts'
import type { Answer, ClusterVote, Observation, Sighting } from './core/model.ts'
import { candidateOf, instanceInChain, isSameSet, settle } from './core/settle.ts'
import { createDoorReader } from './observe-doors.ts'
import { createMemberReader } from './observe-members.ts'
import { type Ports, TransientError } from './ports.ts'

/**
 * Looking, at the price that it is worth: DNS at every look (it is what moves), a target group when its view is too old
 * for what it is needed for, the RDS API when its vote could decide something. AWS counts calls per account.
 *
 * A failed read is kept apart from what was seen: a transient one hinders this look, another one disables that source,
 * is told at the end, and does not stop the other front doors from being kept right.
 */
export interface Look extends Observation {
  /** The place was read at this look: what a write there requires. */
  readonly isFresh: (place: string) => boolean
  /** Could not be read at this look, though asking again may help. */
  readonly hindrance?: TransientError
  /** The members could not be read, though a front door needs them. */
  readonly isBlind: boolean
  readonly memberIds?: readonly string[]
  readonly sighting: Sighting
  /** Everything seen so far, oldest first. */
  readonly sightings: readonly Sighting[]
  /** What failed for good, by the place of a front door or the source; it is left alone from then on. */
  readonly faults: ReadonlyMap<string, unknown>
}

export interface Observer {
  /** `doorMaxAgeMs`: how old the view of a target group may be. */
  look(doorMaxAgeMs: number): Promise<Look>
  /** The front doors again, and the members where they are not fresh: right before a write. */
  lookAgain(last: Look): Promise<Look>
  /** A write went to this place: what we knew of it is old. */
  forget(place: string): void
}

const never = Number.NEGATIVE_INFINITY

/** A vote is asked for again after this many intervals while it could decide something. */
const voteIntervals = 5
/** Members change by hand or by scaling, and a change of the writer is seen elsewhere. */
const memberIntervals = 30

/** `earlier`: what others saw before the first look, oldest first. */
export const createObserver = (config: Config, ports: Ports, earlier: readonly Sighting[] = []): Observer => {
  const { clock, clusters, dns } = ports
  const { database, settle: settling } = config
  const rules = { kind: database.kind, ...settling, isAllowed: networks(config.allowedCidrs) }
  const faults = new Map<string, unknown>()
  const doors = createDoorReader(config, ports, faults)
  const members = createMemberReader(config, ports, faults)
  // Whose the addresses of a pair are is asked with the writer's among them.
  const needsAnswerFirst = config.frontDoors.some(({ strategy }) => strategy === 'standby')
  const sightings: Sighting[] = [...earlier]
  let vote: ClusterVote | undefined
  let voteAskedMs = never
  let locatedVoteMs = never

  const askCluster = async (): Promise<void> => {
    voteAskedMs = clock.now()
    try {
      vote = { ...(await clusters.vote(database.id)), atMs: voteAskedMs }
    } catch (error) {
      // Without a vote the answers decide, only slower.
      if (!(error instanceof TransientError)) faults.set('rds', error)
    }
  }

  /** Only where the endpoint's own answer does not name the instance. */
  const locateWriter = async (answer: Answer): Promise<void> => {
    if (vote?.writerId === undefined || vote.atMs === locatedVoteMs || instanceInChain(answer) !== undefined) return
    locatedVoteMs = vote.atMs
    try {
      const endpoint = await clusters.endpointOf(vote.writerId)
      const located = endpoint === undefined ? undefined : await dns.resolve(endpoint)
      if (located?.kind === 'addresses') vote = { ...vote, writerAddresses: located.addresses }
    } catch (error) {
      if (!(error instanceof TransientError)) faults.set('rds', error)
    }
  }

  const isVoteDue = (): boolean => {
    if (database.kind !== 'cluster' || faults.has('rds')) return false
    if (voteAskedMs === never) return true
    const [last, beforeLast] = [sightings.at(-1), sightings.at(-2)]
    const hasChanged =
      last !== undefined && beforeLast !== undefined && !isSameSet(candidateOf(last), candidateOf(beforeLast))
    const isSettled = settle(sightings, rules).kind === 'settled'
    return hasChanged || (!isSettled && clock.now() - voteAskedMs >= voteIntervals * settling.intervalMs)
  }

  const compose = (sighting: Sighting, hindrance: TransientError | undefined, sinceMs: number): Look => {
    const known = members.view(vote)
    return {
      writer: settle(sightings, rules),
      doors: doors.views(),
      isFresh: doors.readSince(sinceMs),
      isBlind: members.isNeeded && known === undefined && !faults.has('rds'),
      sighting,
      sightings: [...sightings],
      faults: new Map(faults),
      ...(known && { members: known }),
      ...(hindrance && { hindrance }),
      ...(vote && { memberIds: vote.memberIds }),
    }
  }

  return {
    forget: doors.forget,
    async look(doorMaxAgeMs) {
      const sinceMs = clock.now()
      const answering = dns.resolve(database.endpoint)
      const early = needsAnswerFirst ? await answering : undefined
      const [answer, hindrance] = await Promise.all([
        answering,
        doors.read(doorMaxAgeMs, early?.kind === 'addresses' ? early.addresses : []),
        isVoteDue() ? askCluster() : undefined,
        members.read(memberIntervals * settling.intervalMs),
      ])
      if (database.kind === 'cluster' && !faults.has('rds')) await locateWriter(answer)
      const sighting: Sighting = { atMs: sinceMs, answer, ...(vote && { vote }) }
      sightings.push(sighting)
      return compose(sighting, hindrance, sinceMs)
    },
    async lookAgain(last) {
      const sinceMs = clock.now()
      const [hindrance] = await Promise.all([
        doors.read(0, candidateOf(last.sighting)),
        members.read(voteIntervals * settling.intervalMs),
      ])
      return compose(last.sighting, hindrance, sinceMs)
    },
  }
}
