import type { NetworkInterface, Owner, Ownership, WriterView } from './model.ts'

/** When a new address has to be proved to be the database's before it is registered. */
export type OwnerProof = 'when-possible' | 'required' | 'off'

/** What AWS says about addresses, and about the database whose they should be. */
export interface OwnerEvidence {
  /** Where RDS says that the database is. */
  readonly placements: readonly Placement[]
  /** The interfaces that have the addresses, in whatever VPC of the account. */
  readonly interfaces: readonly PlacedInterface[]
  /** Interfaces of RDS in the database's security groups. Absent where they were not asked for. */
  readonly visible?: readonly PlacedInterface[]
}

export interface Placement {
  /** RDS names no VPC of a cluster: its security groups are of one. */
  readonly vpcId?: string
  /** Groups that are being added or removed are not among them. */
  readonly securityGroupIds: readonly string[]
}

export type PlacedInterface = Pick<NetworkInterface, 'ip' | 'interfaceId' | 'requesterId' | 'securityGroupIds'> & {
  readonly vpcId: string
}

/**
 * Whose an address is. RDS's interfaces name no database, so the proof is: an interface of RDS, in the database's VPC, with
 * every one of its security groups. It tells a stranger, and not another database of the same groups.
 *
 *   RDS says    EC2 shows at the address                     and of the database   proof
 *   no groups   anything                                     anything              unanswered
 *   groups      an interface of RDS in the VPC, with them    anything              proved
 *   groups      another interface in the VPC                 anything              disproved
 *   groups      nothing in the VPC                           some interface        disproved
 *   groups      nothing in the VPC                           nothing               unanswered: we are shown nothing there
 *
 * In a VPC that several accounts share, nobody sees what belongs to another account
 * (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html): a stranger there is nothing, and disproved.
 */
export const judgeOwner = (ip: string, { placements, interfaces, visible = [] }: OwnerEvidence): Ownership => {
  if (placements.length === 0) return { proof: 'unanswered', why: 'RDS does not say which security groups it has' }
  const there = interfaces.filter(it => it.ip === ip)
  const ours = there.find(it => isOfRds(it) && placements.some(placement => isAt(it, placement)))
  if (ours !== undefined) return { proof: 'proved', interfaceId: ours.interfaceId }
  const vpcIds = [...placements.flatMap(({ vpcId }) => vpcId ?? []), ...visible.map(({ vpcId }) => vpcId)]
  const other = there.find(({ vpcId }) => vpcIds.includes(vpcId))
  if (other !== undefined) return { proof: 'disproved', why: `${ip} belongs to ${other.interfaceId}, ${whyNot(other)}` }
  if (visible.length > 0) {
    return { proof: 'disproved', why: `EC2 shows no network interface at ${ip} in the database's VPC` }
  }
  return { proof: 'unanswered', why: 'EC2 shows no network interface of the database at all' }
}

const isOfRds = ({ requesterId }: PlacedInterface): boolean => requesterId === 'amazon-rds'

const isAt = (it: PlacedInterface, { vpcId = it.vpcId, securityGroupIds }: Placement): boolean =>
  it.vpcId === vpcId && securityGroupIds.every(id => it.securityGroupIds.includes(id))

const whyNot = (it: PlacedInterface): string =>
  isOfRds(it) ? "which does not have the database's security groups" : 'which is not one of RDS'

/** The writer, unless one of its addresses is refused. */
export const withProof = (writer: WriterView, refused: readonly Owner[]): WriterView => {
  if (writer.kind !== 'settled' && writer.kind !== 'credible') return writer
  const { addresses } = writer
  const found = refused.find(({ ip }) => addresses.includes(ip))
  if (found === undefined || found.proof === 'proved') return writer
  return { kind: 'not-proved', addresses, proof: found.proof, why: found.why }
}

/** Whether the address must not be registered. */
export const isRefused = (owner: Ownership, proof: OwnerProof): boolean =>
  owner.proof === 'disproved' || (owner.proof === 'unanswered' && proof === 'required')
