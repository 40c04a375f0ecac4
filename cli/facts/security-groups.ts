import type { IpPermission } from '@aws-sdk/client-ec2'
import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import { andThen, type Gathered, known } from './gathered.ts'

export interface SecurityGroup {
  readonly id: string
  readonly incoming: readonly Permission[]
  readonly outgoing: readonly Permission[]
}

export interface Permission {
  /** `-1` is every protocol. */
  readonly protocol: string
  /** Absent: every port. */
  readonly fromPort?: number
  readonly toPort?: number
  readonly cidrs: readonly string[]
  readonly groupIds: readonly string[]
  readonly prefixListIds: readonly string[]
}

export const gatherGroups = (
  clients: Clients,
  ids: Gathered<readonly string[]>,
): Promise<Gathered<readonly SecurityGroup[]>> =>
  andThen(ids, wanted => (wanted.length === 0 ? known([]) : attempt(() => readGroups(clients, wanted))))

export const readGroups = async (clients: Clients, ids: readonly string[]): Promise<SecurityGroup[]> => {
  const { SecurityGroups = [] } = await (await clients.ec2()).describeSecurityGroups({ GroupIds: [...ids] })
  return SecurityGroups.map(group => ({
    id: group.GroupId ?? '',
    incoming: (group.IpPermissions ?? []).map(readPermission),
    outgoing: (group.IpPermissionsEgress ?? []).map(readPermission),
  }))
}

const readPermission = (rule: IpPermission): Permission => ({
  protocol: rule.IpProtocol ?? '-1',
  ...(rule.FromPort === undefined ? {} : { fromPort: rule.FromPort }),
  ...(rule.ToPort === undefined ? {} : { toPort: rule.ToPort }),
  cidrs: (rule.IpRanges ?? []).flatMap(it => it.CidrIp ?? []),
  groupIds: (rule.UserIdGroupPairs ?? []).flatMap(it => it.GroupId ?? []),
  prefixListIds: (rule.PrefixListIds ?? []).flatMap(it => it.PrefixListId ?? []),
})
