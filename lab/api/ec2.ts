import type { Account, NetworkInterface } from './account.ts'
import { byId, filtered } from './ec2-filters.ts'
import { ec2Errors } from './errors/ec2-errors.ts'
import { type Actions, strings } from './query-protocol.ts'

/** EC2's DescribeNetworkInterfaces, for the check that an address belongs to RDS. */
export const ec2Actions = (account: Account): Actions => ({
  DescribeNetworkInterfaces: parameters => {
    const ids = strings(parameters.NetworkInterfaceId)
    const named = byId(account.interfaces, ids, ec2Errors.interfaceNotFound)
    const found = filtered(parameters, named, {
      'addresses.private-ip-address': item => [item.ip],
      'private-ip-address': item => [item.ip],
      'requester-id': item => [item.requesterId],
      'availability-zone': item => [item.zone],
      'subnet-id': item => [item.subnetId],
      'vpc-id': item => [vpcOf(account, item)],
      'network-interface-id': item => [item.id],
      'group-id': item => item.securityGroupIds ?? [],
      description: item => [item.description],
    })
    return {
      result: { networkInterfaceSet: { item: found.map(item => describe(account, item)) } },
      brief: { addresses: found.map(item => item.ip).join(', ') || 'none' },
    }
  },
})

const vpcOf = ({ resources, vpc }: Account, { subnetId }: NetworkInterface): string =>
  resources?.subnets.find(({ id }) => id === subnetId)?.vpcId ?? vpc.id

const describe = (account: Account, item: NetworkInterface) => ({
  networkInterfaceId: item.id,
  description: item.description,
  requesterId: item.requesterId,
  requesterManaged: true,
  availabilityZone: item.zone,
  subnetId: item.subnetId,
  vpcId: vpcOf(account, item),
  status: 'in-use',
  groupSet: { item: (item.securityGroupIds ?? []).map(groupId => ({ groupId, groupName: groupId })) },
  privateIpAddress: item.ip,
  privateIpAddressesSet: { item: [{ privateIpAddress: item.ip, primary: true }] },
})
