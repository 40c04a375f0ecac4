import type { Account } from './account.ts'
import { byId, filtered } from './ec2-filters.ts'
import { endpointAssociations } from './endpoint-associations.ts'
import { ec2Errors } from './errors/ec2-errors.ts'
import { type Actions, strings } from './query-protocol.ts'
import type { AccountResources, VpcEndpoint } from './resources.ts'

/** EC2's read actions over endpoints in VPCs. */
export const ec2EndpointActions = (account: Account): Actions => {
  const all = () => account.resources?.vpcEndpoints ?? []
  return {
    DescribeVpcEndpoints: parameters => {
      const named = byId(all(), strings(parameters.VpcEndpointId), ec2Errors.endpointNotFound)
      const found = filtered(parameters, named, {
        'vpc-id': it => [it.vpcId],
        'vpc-endpoint-id': it => [it.id],
        'vpc-endpoint-state': it => [it.state],
        'vpc-endpoint-type': it => [typeOf(it)],
        'service-name': it => (it.service === '' ? [] : [it.service]),
        'ip-address-type': () => ['ipv4'],
      })
      return {
        result: { vpcEndpointSet: { item: found.map(it => describe(account, it)) } },
        brief: { endpoints: found.length },
      }
    },
    DescribeVpcEndpointAssociations: parameters => {
      const named = byId(all(), strings(parameters.VpcEndpointId), ec2Errors.endpointNotFound)
      const associations = endpointAssociations(account.resources, named)
      const found = filtered(parameters, associations, {
        'vpc-endpoint-id': it => [it.endpoint.id],
        'association-id': it => [it.id],
        'associated-resource-id': it => [it.configurationArn.split('/')[1] ?? ''],
        'resource-configuration-group-arn': it => it.groupArn ?? [],
      })
      const item = found.map(it => ({
        id: it.id,
        vpcEndpointId: it.endpoint.id,
        associatedResourceAccessibility: it.endpoint.state === 'available' ? 'Accessible' : 'Inaccessible',
        dnsEntry: { dnsName: it.name.dnsName, hostedZoneId: it.name.hostedZoneId },
        ...(it.privateName === undefined ? {} : { privateDnsEntry: { dnsName: it.privateName } }),
        associatedResourceArn: it.configurationArn,
        ...(it.groupArn === undefined ? {} : { resourceConfigurationGroupArn: it.groupArn[0] }),
      }))
      return { result: { vpcEndpointAssociationSet: { item } }, brief: { associations: item.length } }
    },
  }
}

const typeOf = ({ type = 'Interface' }: VpcEndpoint): string => type

const describe = ({ id: owner, resources, interfaces }: Account, endpoint: VpcEndpoint) => {
  const { names = [], subnetIds = [], addresses = [] } = endpoint
  const isResource = endpoint.type === 'Resource'
  return {
    vpcEndpointId: endpoint.id,
    vpcEndpointType: typeOf(endpoint),
    vpcId: endpoint.vpcId,
    ...(isResource
      ? { resourceConfigurationArn: endpoint.resourceConfigurationArn }
      : // Endpoint policies are of interface and gateway endpoints alone.
        { serviceName: endpoint.service, policyDocument: endpoint.policy }),
    state: endpoint.state,
    ownerId: owner,
    ipAddressType: 'ipv4',
    privateDnsEnabled: endpoint.hasPrivateDns,
    requesterManaged: false,
    subnetIdSet: { item: subnetIds },
    groupSet: { item: endpoint.groupIds.map(groupId => ({ groupId, groupName: nameOfGroup(resources, groupId) })) },
    networkInterfaceIdSet: { item: interfaces.filter(({ ip }) => addresses.includes(ip)).map(({ id }) => id) },
    // Empty for resource endpoints, https://github.com/hashicorp/terraform-provider-aws/issues/41859.
    dnsEntrySet: { item: isResource ? [] : names.map(({ dnsName, hostedZoneId }) => ({ dnsName, hostedZoneId })) },
  }
}

const nameOfGroup = (resources: AccountResources | undefined, groupId: string): string =>
  resources?.securityGroups.find(({ id }) => id === groupId)?.name ?? groupId
