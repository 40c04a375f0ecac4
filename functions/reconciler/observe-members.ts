import { type Config, networks } from './config.ts'
import type { ClusterVote, MemberView } from './core/model.ts'
import { type Ports, TransientError } from './ports.ts'

export interface MemberReader {
  readonly isNeeded: boolean
  /** Asks again when what is known is older than `maxAgeMs`. */
  read(maxAgeMs: number): Promise<void>
  /** The members with the roles of the vote; `undefined` where no front door needs them or AWS has not said. */
  view(vote: ClusterVote | undefined): readonly MemberView[] | undefined
}

/** Who belongs to the cluster and where: the RDS API for the names, each member's own endpoint for its address. */
export const createMemberReader = (config: Config, ports: Ports, faults: Map<string, unknown>): MemberReader => {
  const { clock, clusters, dns } = ports
  const isNeeded = config.frontDoors.some(door => door.strategy === 'weighted' || door.role === 'reader')
  const retryMs = 5 * config.settle.intervalMs
  const isAllowed = networks(config.allowedCidrs)
  let members: readonly Omit<MemberView, 'isWriter'>[] | undefined
  let atMs = Number.NEGATIVE_INFINITY

  const locate = async (endpoint: string | undefined): Promise<readonly string[]> => {
    const answer = endpoint === undefined ? undefined : await dns.resolve(endpoint)
    return answer?.kind === 'addresses' ? answer.addresses : []
  }

  return {
    isNeeded,
    async read(maxAgeMs) {
      if (!isNeeded || faults.has('rds') || clock.now() - atMs < (members ? maxAgeMs : retryMs)) return
      atMs = clock.now()
      try {
        const listed = await clusters.members(config.database.id)
        members = await Promise.all(
          listed.map(async ({ id, status, endpoint }) => ({
            id,
            status,
            addresses: (await locate(endpoint)).filter(isAllowed),
          })),
        )
      } catch (error) {
        // What was known before may be wrong by now: no information.
        members = undefined
        if (!(error instanceof TransientError)) faults.set('rds', error)
      }
    },
    view: vote =>
      vote === undefined
        ? undefined
        : members?.map(member => ({ ...member, isWriter: isSameId(member.id, vote.writerId) })),
  }
}

const isSameId = (id: string, other: string | undefined): boolean => id.toLowerCase() === other?.toLowerCase()
