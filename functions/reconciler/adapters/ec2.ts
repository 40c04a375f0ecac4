import { DescribeNetworkInterfacesCommand, EC2Client, type Filter } from '@aws-sdk/client-ec2'
import {
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  type RDSClient,
} from '@aws-sdk/client-rds'
import type { NetworkInterface } from '../core/model.ts'
import { judgeOwner, type PlacedInterface, type Placement } from '../core/ownership.ts'
import { AwsError, type Interfaces, type ProvedDatabase } from '../ports.ts'
import { calling } from './calling.ts'
import type { ClientOptions } from './clients.ts'
import { everyPage } from './every-page.ts'

/**
 * Whose an address is. RDS's interfaces have the requester `amazon-rds` and name no instance, so they prove that an
 * address is a database's and, with id, subnet and security groups, that it is still the one that it was.
 *
 * - An address is no identity: the networks of one account overlap. So interfaces are asked for in the instance's VPC,
 *   and an instance without one gets no answer: another VPC's interface at the address would disprove the partner.
 * - The account's list of databases is asked for only when it decides something: when RDS has exactly two interfaces in
 *   the instance's security groups. An account may have a thousand databases, and RDS refuses a few calls a second.
 */
export const createInterfaces = (ec2: EC2Client, rds: RDSClient): Interfaces => {
  /** It changes when the instance does: it is asked for again when nothing is found in it. */
  const vpcs = new Map<string, string>()

  /** Where RDS says that a database is, until that proves an address no longer: then it may have changed. */
  const placements = new Map<string, readonly Placement[]>()

  const find = async (...filters: Filter[]): Promise<readonly NetworkInterface[]> =>
    (await findPlaced(...filters)).map(({ vpcId: _, ...found }) => found)

  const findPlaced = async (...Filters: Filter[]): Promise<readonly (NetworkInterface & PlacedInterface)[]> => {
    const call = {
      action: 'ec2:DescribeNetworkInterfaces',
      resource: Filters.flatMap(filter => filter.Values ?? []).join(', '),
    }
    const found = await everyPage(call, async ({ Marker: NextToken }) => {
      const page = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters, ...(NextToken && { NextToken }) }))
      return { items: page.NetworkInterfaces, marker: page.NextToken }
    })
    return found.flatMap(owner =>
      (owner.PrivateIpAddresses ?? []).flatMap(({ PrivateIpAddress: ip }) =>
        ip && owner.NetworkInterfaceId && owner.SubnetId
          ? [
              {
                ip,
                interfaceId: owner.NetworkInterfaceId,
                subnetId: owner.SubnetId,
                requesterId: owner.RequesterId ?? '',
                securityGroupIds: (owner.Groups ?? []).flatMap(({ GroupId: id }) => id ?? []),
                vpcId: owner.VpcId ?? '',
              },
            ]
          : [],
      ),
    )
  }

  /** The one instance, whatever page it is on. */
  const describe = async (instanceId: string): Promise<DBInstance> => {
    const call = { action: 'rds:DescribeDBInstances', resource: instanceId }
    const answer = await calling(call, () =>
      rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instanceId })),
    )
    const found = answer.DBInstances?.find(({ DBInstanceIdentifier: id }) => isSameId(id, instanceId))
    if (found !== undefined) return found
    throw new AwsError(
      'not-found',
      `${call.action} did not list ${instanceId}. Check database.id in the configuration.`,
    )
  }

  const vpcOf = async (instanceId: string): Promise<string | undefined> => {
    const vpcId = vpcs.get(instanceId) ?? (await describe(instanceId)).DBSubnetGroup?.VpcId
    if (vpcId !== undefined) vpcs.set(instanceId, vpcId)
    return vpcId
  }

  /** Other databases that use one of the groups. */
  const sharing = async (instanceId: string, groups: readonly string[]): Promise<readonly string[]> => {
    const call = { action: 'rds:DescribeDBInstances', resource: '*' }
    const instances = await everyPage(call, async marker => {
      const page = await rds.send(new DescribeDBInstancesCommand({ ...marker }))
      return { items: page.DBInstances, marker: page.Marker }
    })
    return instances
      .filter(({ DBInstanceIdentifier: id }) => !isSameId(id, instanceId))
      .filter(other => groupsOf(other).some(id => groups.includes(id)))
      .map(({ DBInstanceIdentifier: id = 'unnamed' }) => id)
  }

  const placementOf = async ({ kind, id }: ProvedDatabase): Promise<Placement> => {
    if (kind === 'instance') {
      const found = await describe(id)
      const vpcId = found.DBSubnetGroup?.VpcId
      return { securityGroupIds: activeGroupsOf(found), ...(vpcId && { vpcId }) }
    }
    const call = { action: 'rds:DescribeDBClusters', resource: id }
    const answer = await calling(call, () => rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: id })))
    return { securityGroupIds: (answer.DBClusters ?? []).flatMap(activeGroupsOf) }
  }

  /** A database without a group is not placed: any interface would have all of them. */
  const askPlacements = async (database: ProvedDatabase): Promise<readonly Placement[]> => {
    const found = [await placementOf(database)].filter(({ securityGroupIds }) => securityGroupIds.length > 0)
    placements.set(database.id, found)
    return found
  }

  /** Only where an address is not proved: it tells "it is nobody's" from "we are shown nothing". */
  const visibleOf = async (all: readonly Placement[]): Promise<readonly PlacedInterface[]> =>
    findPlaced(
      { Name: 'requester-id', Values: ['amazon-rds'] },
      { Name: 'group-id', Values: [...new Set(all.flatMap(({ securityGroupIds }) => securityGroupIds))] },
    )

  return {
    async ownership(ips, database) {
      const remembered = placements.get(database.id)
      const [known, interfaces] = await Promise.all([
        remembered ?? askPlacements(database),
        findPlaced({ Name: 'addresses.private-ip-address', Values: [...ips] }),
      ])
      const areProvedBy = (all: readonly Placement[]) =>
        ips.every(ip => judgeOwner(ip, { placements: all, interfaces }).proof === 'proved')
      const all = remembered === undefined || areProvedBy(known) ? known : await askPlacements(database)
      const visible = all.length === 0 || areProvedBy(all) ? [] : await visibleOf(all)
      return new Map(ips.map(ip => [ip, judgeOwner(ip, { placements: all, interfaces, visible })]))
    },
    async owners(ips, instanceId) {
      const vpcId = await vpcOf(instanceId)
      if (vpcId === undefined) return undefined
      const owners = await find(
        { Name: 'addresses.private-ip-address', Values: [...ips] },
        { Name: 'vpc-id', Values: [vpcId] },
      )
      const found = owners.filter(({ ip }) => ips.includes(ip))
      if (found.length === 0) vpcs.delete(instanceId)
      return found
    },
    async neighbourhood(instanceId) {
      const ours = await describe(instanceId)
      const vpcId = ours.DBSubnetGroup?.VpcId
      if (vpcId === undefined) return undefined
      const groups = groupsOf(ours)
      // A security group may be associated with several VPCs
      // (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html).
      const interfaces = await find(
        { Name: 'requester-id', Values: ['amazon-rds'] },
        { Name: 'group-id', Values: [...groups] },
        { Name: 'vpc-id', Values: [vpcId] },
      )
      const isPair = new Set(interfaces.map(({ interfaceId }) => interfaceId)).size === 2
      return {
        isMultiAz: ours.MultiAZ === true,
        interfaces,
        ...(isPair && { sharedWith: await sharing(instanceId, groups) }),
      }
    },
  }
}

export const createEc2Client = (options: ClientOptions): EC2Client => new EC2Client(options)

const isSameId = (id: string | undefined, other: string): boolean => id?.toLowerCase() === other.toLowerCase()

/** RDS also lists groups that it is adding or removing: an interface may have them or not. */
const activeGroupsOf = ({ VpcSecurityGroups }: Pick<DBInstance, 'VpcSecurityGroups'>): readonly string[] =>
  (VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id, Status = 'active' }) =>
    id && Status === 'active' ? [id] : [],
  )

const groupsOf = (instance: DBInstance): readonly string[] =>
  (instance.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => id ?? [])
