import type { Account } from './account.ts'
import type { Actions } from './actions.ts'
import { ApiFailure } from './failure.ts'
import { field, list, type Parameters, strings, text } from './query-protocol.ts'
import type { EndpointService, SecurityGroup, SecurityRule, Subnet, Vpc, VpcEndpoint } from './surroundings.ts'

/** EC2's read actions over the surroundings: subnets, security groups, VPC attributes, PrivateLink. */
export const ec2NetworkActions = (account: Account): Actions => {
  const around = account.surroundings
  const vpc = (parameters: Parameters): Vpc => {
    const id = text(parameters.VpcId)
    const found = around?.vpcs.find(candidate => candidate.id === id)
    if (!found) throw new ApiFailure('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`)
    return found
  }
  const service = (parameters: Parameters): EndpointService => {
    const id = text(parameters.ServiceId)
    const found = around?.endpointServices.find(candidate => candidate.id === id)
    if (!found) throw new ApiFailure('InvalidVpcEndpointServiceId.NotFound', `The service '${id}' does not exist`)
    return found
  }
  return {
    DescribeSubnets: parameters => {
      const found = byId(around?.subnets ?? [], strings(parameters.SubnetId), 'InvalidSubnetID.NotFound')
      return { result: { subnetSet: { item: found.map(describeSubnet) } }, brief: {} }
    },
    DescribeSecurityGroups: parameters => {
      const found = byId(around?.securityGroups ?? [], strings(parameters.GroupId), 'InvalidGroup.NotFound')
      return { result: { securityGroupInfo: { item: found.map(it => describeGroup(account, it)) } }, brief: {} }
    },
    DescribeVpcAttribute: parameters => {
      const found = vpc(parameters)
      const value = { enableDnsSupport: found.hasDnsSupport, enableDnsHostnames: found.hasDnsHostnames }
      const name = text(parameters.Attribute) ?? ''
      if (!(name in value))
        throw new ApiFailure('InvalidParameterValue', `Value (${name}) for parameter attribute is invalid`)
      return { result: { vpcId: found.id, [name]: { value: value[name as keyof typeof value] } }, brief: {} }
    },
    DescribeVpcEndpoints: parameters => {
      const vpcs = filter(parameters, 'vpc-id')
      const found = (around?.vpcEndpoints ?? []).filter(it => vpcs === undefined || vpcs.includes(it.vpcId))
      return { result: { vpcEndpointSet: { item: found.map(describeEndpoint) } }, brief: {} }
    },
    DescribeVpcEndpointServiceConfigurations: () => ({
      result: { serviceConfigurationSet: { item: (around?.endpointServices ?? []).map(describeService) } },
      brief: {},
    }),
    DescribeVpcEndpointServicePermissions: parameters => ({
      result: {
        allowedPrincipals: {
          item: service(parameters).allowedPrincipals.map(principal => ({ principalType: 'Account', principal })),
        },
      },
      brief: {},
    }),
    DescribeVpcEndpointConnections: parameters => {
      const wanted = filter(parameters, 'service-id')
      const services = (around?.endpointServices ?? []).filter(it => wanted === undefined || wanted.includes(it.id))
      const item = services.flatMap(({ id, connections }) =>
        connections.map(({ endpointId, owner, state }) => ({
          serviceId: id,
          vpcEndpointId: endpointId,
          vpcEndpointOwner: owner,
          vpcEndpointState: state,
        })),
      )
      return { result: { vpcEndpointConnectionSet: { item } }, brief: {} }
    },
  }
}

const byId = <T extends { id: string }>(all: readonly T[], ids: readonly string[], code: string): readonly T[] => {
  const missing = ids.find(id => !all.some(one => one.id === id))
  if (missing) throw new ApiFailure(code, `The ID '${missing}' does not exist`)
  return ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id))
}

const filter = (parameters: Parameters, name: string): string[] | undefined => {
  const found = list(parameters.Filter).find(candidate => text(field(candidate, 'Name')) === name)
  return found === undefined ? undefined : strings(field(found, 'Value'))
}

const describeSubnet = (subnet: Subnet) => ({
  subnetId: subnet.id,
  vpcId: subnet.vpcId,
  state: 'available',
  cidrBlock: subnet.cidr,
  availabilityZone: subnet.zone,
  availabilityZoneId: subnet.zoneId,
  availableIpAddressCount: subnet.freeAddresses,
})

const describeGroup = (account: Account, group: SecurityGroup) => ({
  ownerId: account.id,
  groupId: group.id,
  groupName: group.name,
  groupDescription: group.name,
  vpcId: group.vpcId,
  ipPermissions: { item: group.incoming.map(rule => describeRule(account, rule)) },
  ipPermissionsEgress: { item: group.outgoing.map(rule => describeRule(account, rule)) },
})

const describeRule = (account: Account, rule: SecurityRule) => ({
  ipProtocol: rule.protocol,
  ...(rule.fromPort === undefined ? {} : { fromPort: rule.fromPort }),
  ...(rule.toPort === undefined ? {} : { toPort: rule.toPort }),
  ipRanges: { item: (rule.cidrs ?? []).map(cidrIp => ({ cidrIp })) },
  groups: { item: (rule.groupIds ?? []).map(groupId => ({ userId: account.id, groupId })) },
  prefixListIds: { item: (rule.prefixListIds ?? []).map(prefixListId => ({ prefixListId })) },
})

const describeEndpoint = (endpoint: VpcEndpoint) => ({
  vpcEndpointId: endpoint.id,
  vpcEndpointType: 'Interface',
  vpcId: endpoint.vpcId,
  serviceName: endpoint.service,
  state: endpoint.state,
  policyDocument: endpoint.policy,
  privateDnsEnabled: endpoint.hasPrivateDns,
  groupSet: { item: endpoint.groupIds.map(groupId => ({ groupId, groupName: groupId })) },
})

const describeService = (service: EndpointService) => ({
  serviceId: service.id,
  serviceName: service.name,
  serviceState: service.state,
  acceptanceRequired: service.acceptanceRequired,
  networkLoadBalancerArnSet: { item: service.loadBalancerArns },
  ...(service.privateDnsName
    ? {
        privateDnsName: service.privateDnsName.name,
        privateDnsNameConfiguration: { state: service.privateDnsName.state, type: 'TXT' },
      }
    : {}),
})
