import type { Account, NetworkInterface } from './account.ts'
import type { Actions } from './actions.ts'
import { ApiFailure } from './failure.ts'
import { field, list, type Parameter, strings, text } from './query-protocol.ts'

const filterValues: Readonly<Record<string, (item: NetworkInterface) => readonly string[]>> = {
  'addresses.private-ip-address': item => [item.ip],
  'private-ip-address': item => [item.ip],
  'requester-id': item => [item.requesterId],
  'availability-zone': item => [item.zone],
  'subnet-id': item => [item.subnetId],
  'group-id': item => item.securityGroupIds ?? [],
  description: item => [item.description],
}

/** EC2's DescribeNetworkInterfaces, for the check that an address belongs to RDS. */
export const ec2Actions = (account: Account): Actions => ({
  DescribeNetworkInterfaces: parameters => {
    const filters = list(parameters.Filter)
    const found = account.interfaces.filter(item => filters.every(filter => passes(filter, item)))
    return {
      result: { networkInterfaceSet: { item: found.map(item => describe(account, item)) } },
      brief: { addresses: found.map(item => item.ip).join(', ') || 'none' },
    }
  },
})

const passes = (filter: Parameter, item: NetworkInterface): boolean => {
  const name = text(field(filter, 'Name')) ?? ''
  const read = filterValues[name]
  if (!read) throw new ApiFailure('InvalidParameterValue', `The filter '${name}' is invalid`)
  const wanted = strings(field(filter, 'Value'))
  return read(item).some(value => wanted.includes(value))
}

const describe = (account: Account, item: NetworkInterface) => ({
  networkInterfaceId: item.id,
  description: item.description,
  requesterId: item.requesterId,
  requesterManaged: true,
  availabilityZone: item.zone,
  subnetId: item.subnetId,
  vpcId: account.vpc.id,
  status: 'in-use',
  groupSet: { item: (item.securityGroupIds ?? []).map(groupId => ({ groupId, groupName: groupId })) },
  privateIpAddress: item.ip,
  privateIpAddressesSet: { item: [{ privateIpAddress: item.ip, primary: true }] },
})
