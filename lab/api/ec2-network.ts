import type { Account } from './account.ts'
import { byId, filtered } from './ec2-filters.ts'
import { ec2Errors } from './errors/ec2-errors.ts'
import { ApiFailure } from './errors/failure.ts'
import { type Actions, type Parameters, strings, text } from './query-protocol.ts'
import type { EndpointService, SecurityGroup, SecurityRule, Subnet, Vpc } from './resources.ts'

/** EC2's read actions over the resources: subnets, security groups, VPC attributes, endpoint services. */
export const ec2NetworkActions = (account: Account): Actions => {
  const around = account.resources
  const vpc = (parameters: Parameters): Vpc => {
    const id = text(parameters.VpcId)
    const found = around?.vpcs.find(candidate => candidate.id === id)
    if (!found) throw new ApiFailure(ec2Errors.vpcNotFound, id ?? '')
    return found
  }
  const service = (parameters: Parameters): EndpointService => {
    const id = text(parameters.ServiceId)
    const found = around?.endpointServices.find(candidate => candidate.id === id)
    if (!found) throw new ApiFailure(ec2Errors.serviceNotFound, id ?? '')
    return found
  }
  return {
    DescribeSubnets: parameters => {
      const named = byId(around?.subnets ?? [], strings(parameters.SubnetId), ec2Errors.subnetNotFound)
      const found = filtered(parameters, named, {
        'vpc-id': it => [it.vpcId],
        'subnet-id': it => [it.id],
        'availability-zone': it => [it.zone],
        'availability-zone-id': it => [it.zoneId],
      })
      return { result: { subnetSet: { item: found.map(describeSubnet) } } }
    },
    DescribeSecurityGroups: parameters => {
      const named = byId(around?.securityGroups ?? [], strings(parameters.GroupId), ec2Errors.groupNotFound)
      const found = filtered(parameters, named, {
        'vpc-id': it => [it.vpcId],
        'group-id': it => [it.id],
        'group-name': it => [it.name],
      })
      return { result: { securityGroupInfo: { item: found.map(it => describeGroup(account, it)) } } }
    },
    DescribeVpcs: parameters => {
      const found = byId(around?.vpcs ?? [], strings(parameters.VpcId), ec2Errors.vpcNotFound)
      const item = found.map(({ id }) => ({ vpcId: id, dhcpOptionsId: id.replace('vpc-', 'dopt-') }))
      return { result: { vpcSet: { item } } }
    },
    // Keys and values as in https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeDhcpOptions.html.
    DescribeDhcpOptions: parameters => {
      const ids = strings(parameters.DhcpOptionsId)
      const item = (around?.vpcs ?? [])
        .map(it => ({ dhcpOptionsId: it.id.replace('vpc-', 'dopt-'), servers: it.dnsServers ?? ['AmazonProvidedDNS'] }))
        .filter(({ dhcpOptionsId }) => ids.includes(dhcpOptionsId))
        .map(({ dhcpOptionsId, servers }) => {
          const valueSet = { item: servers.map(value => ({ value })) }
          return { dhcpOptionsId, dhcpConfigurationSet: { item: [{ key: 'domain-name-servers', valueSet }] } }
        })
      return { result: { dhcpOptionsSet: { item } } }
    },
    DescribeVpcAttribute: parameters => {
      const found = vpc(parameters)
      const value = { enableDnsSupport: found.hasDnsSupport, enableDnsHostnames: found.hasDnsHostnames }
      const name = text(parameters.Attribute) ?? ''
      if (!(name in value)) throw new ApiFailure(ec2Errors.badAttribute, name)
      return { result: { vpcId: found.id, [name]: { value: value[name as keyof typeof value] } } }
    },
    DescribeVpcEndpointServiceConfigurations: parameters => {
      const all = around?.endpointServices ?? []
      const named = byId(all, strings(parameters.ServiceId), ec2Errors.serviceNotFound)
      const found = filtered(parameters, named, {
        'service-id': it => [it.id],
        'service-name': it => [it.name],
        'service-state': it => [it.state],
      })
      return { result: { serviceConfigurationSet: { item: found.map(describeService) } } }
    },
    DescribeVpcEndpointServicePermissions: parameters => ({
      result: {
        allowedPrincipals: {
          item: service(parameters).allowedPrincipals.map(principal => ({ principalType: 'Account', principal })),
        },
      },
    }),
    DescribeVpcEndpointConnections: parameters => {
      const all = (around?.endpointServices ?? []).flatMap(({ id, connections }) =>
        connections.map(connection => ({ serviceId: id, ...connection })),
      )
      const found = filtered(parameters, all, {
        'service-id': it => [it.serviceId],
        'vpc-endpoint-id': it => [it.endpointId],
        'vpc-endpoint-owner': it => [it.owner],
        'vpc-endpoint-state': it => [it.state],
      })
      const item = found.map(({ serviceId, endpointId, owner, state }) => ({
        serviceId,
        vpcEndpointId: endpointId,
        vpcEndpointOwner: owner,
        vpcEndpointState: state,
      }))
      return { result: { vpcEndpointConnectionSet: { item } } }
    },
  }
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
})

const describeService = (service: EndpointService) => ({
  serviceId: service.id,
  serviceName: service.name,
  serviceState: service.state,
  acceptanceRequired: service.acceptanceRequired,
  networkLoadBalancerArnSet: { item: service.loadBalancerArns },
})
