import { networks } from './config/values.ts'
import type { Config } from './config.ts'
import type { ClusterVote, MemberView, WriterView } from './core/model.ts'
import type { FaultLog } from './faults.ts'
import type { Ports } from './ports.ts'

export interface MemberReader {
  readonly isNeeded: boolean
  /** Asks again when what is known is older than `maxAgeMs`. */
  read(maxAgeMs: number): Promise<void>
  /** What is known is not older, or nothing is known. */
  isFresh(maxAgeMs: number): boolean
  /** Something has changed, or an answer contradicts the list: it is asked for again soon. */
  doubt(): void
  /**
   * The members with the roles of the vote. `undefined` is no information: nobody needs them, AWS has not said, or what it
   * said contradicts the vote or the writer's address.
   */
  view(vote: ClusterVote | undefined, writer: WriterView): readonly MemberView[] | undefined
}

/** Who belongs to the cluster and where: the RDS API for the names, each member's own endpoint for its address. */
export const createMemberReader = (config: Config, ports: Ports, faults: FaultLog): MemberReader => {
  const { clock, clusters, dns } = ports
  const isNeeded = config.frontDoors.some(door => door.strategy === 'weighted' || door.role === 'reader')
  const retryMs = 5 * config.settle.intervalMs
  const isAllowed = networks(config.allowedCidrs)
  let members: readonly Omit<MemberView, 'isWriter'>[] | undefined
  let isDoubtful = false
  let atMs = Number.NEGATIVE_INFINITY

  const locate = async (endpoint: string | undefined): Promise<readonly string[]> => {
    const answer = endpoint === undefined ? undefined : await dns.resolve(endpoint)
    return answer?.kind === 'addresses' ? answer.addresses : []
  }

  return {
    isNeeded,
    isFresh: maxAgeMs => members === undefined || clock.now() - atMs <= maxAgeMs,
    doubt: () => {
      isDoubtful = true
    },
    async read(maxAgeMs) {
      const isGood = members !== undefined && !isDoubtful
      if (!isNeeded || faults.isOff('members') || clock.now() - atMs < (isGood ? maxAgeMs : retryMs)) return
      atMs = clock.now()
      isDoubtful = false
      try {
        const listed = await clusters.members(config.database.id)
        members = await Promise.all(
          listed.map(async ({ id, status, endpoint }) => ({
            id,
            status,
            addresses: (await locate(endpoint)).filter(isAllowed),
          })),
        )
        faults.clear('members')
      } catch (error) {
        // What was known before may be wrong by now: no information.
        members = undefined
        faults.record('members', error)
      }
    },
    view: (vote, writer) => {
      if (members === undefined || (vote === undefined && writer.kind !== 'settled')) return undefined
      if (isContradicted(members, vote, writer)) return undefined
      return members.map(member => ({ ...member, isWriter: isSameId(member.id, vote?.writerId) }))
    },
  }
}

/** After a switchover or a rename, the list may be another cluster's for a while. */
const isContradicted = (
  members: readonly Pick<MemberView, 'id' | 'addresses'>[],
  vote: ClusterVote | undefined,
  writer: WriterView,
): boolean => {
  const isOther = vote !== undefined && !isSameIds(members, vote.memberIds)
  const isElsewhere =
    (writer.kind === 'settled' || writer.kind === 'credible') &&
    !members.some(({ addresses }) => addresses.some(ip => writer.addresses.includes(ip)))
  return isOther || isElsewhere
}

const isSameIds = (members: readonly Pick<MemberView, 'id'>[], ids: readonly string[]): boolean =>
  members.length === ids.length && members.every(({ id }) => ids.some(other => isSameId(id, other)))

const isSameId = (id: string, other: string | undefined): boolean => id.toLowerCase() === other?.toLowerCase()
