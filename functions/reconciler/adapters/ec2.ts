import { DescribeNetworkInterfacesCommand, EC2Client, type Filter } from '@aws-sdk/client-ec2'
import { type DBInstance, DescribeDBInstancesCommand, type RDSClient } from '@aws-sdk/client-rds'
import type { NetworkInterface } from '../core/model.ts'
import { AwsError, type Interfaces } from '../ports.ts'
import type { ClientOptions } from './clients.ts'
import { everyPage } from './every-page.ts'

/**
 * Whose an address is. RDS's interfaces have the requester `amazon-rds` and name no instance, so they prove that an
 * address is a database's and, with id, subnet and security groups, that it is still the one that it was.
 */
export const createInterfaces = (ec2: EC2Client, rds: RDSClient): Interfaces => {
  const find = async (...Filters: Filter[]): Promise<readonly NetworkInterface[]> => {
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
              },
            ]
          : [],
      ),
    )
  }

  return {
    owners: async ips => {
      const owners = await find({ Name: 'addresses.private-ip-address', Values: [...ips] })
      return owners.filter(({ ip }) => ips.includes(ip))
    },
    async neighbourhood(instanceId) {
      const call = { action: 'rds:DescribeDBInstances', resource: '*' }
      const instances = await everyPage(call, async marker => {
        const page = await rds.send(new DescribeDBInstancesCommand({ ...marker }))
        return { items: page.DBInstances, marker: page.Marker }
      })
      const isOurs = ({ DBInstanceIdentifier: id }: DBInstance) => id?.toLowerCase() === instanceId.toLowerCase()
      const ours = instances.find(isOurs)
      if (ours === undefined)
        throw new AwsError(
          'not-found',
          `${call.action} did not list ${instanceId}. Check database.id in the configuration.`,
        )
      const groups = groupsOf(ours)
      const others = instances.filter(other => !isOurs(other) && groupsOf(other).some(id => groups.includes(id)))
      return {
        isMultiAz: ours.MultiAZ === true,
        sharedWith: others.map(({ DBInstanceIdentifier: id = 'unnamed' }) => id),
        interfaces: await find(
          { Name: 'requester-id', Values: ['amazon-rds'] },
          { Name: 'group-id', Values: [...groups] },
        ),
      }
    },
  }
}

export const createEc2Client = (options: ClientOptions): EC2Client => new EC2Client(options)

const groupsOf = (instance: DBInstance): readonly string[] =>
  (instance.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => id ?? [])
