import type { AccessLogSubscription, ResourceConfiguration, ResourceGateway } from './resources.ts'

export const describeGateway = (gateway: ResourceGateway) => ({
  id: gateway.id,
  arn: gateway.arn,
  name: gateway.name,
  status: gateway.status,
  subnetIds: gateway.subnetIds,
  securityGroupIds: gateway.securityGroupIds,
  ipAddressType: 'IPV4',
  ipv4AddressesPerEni: gateway.ipv4AddressesPerEni,
  resourceConfigDnsResolution: gateway.dnsResolution,
})

/** A summary, or the whole. Children of one by ARN belong to AWS. */
export const describeConfiguration = (
  configuration: ResourceConfiguration,
  extent: 'summary' | 'whole' = 'summary',
) => ({
  id: configuration.id,
  arn: configuration.arn,
  name: configuration.name,
  resourceGatewayId: configuration.gatewayId,
  type: configuration.type,
  status: configuration.status,
  amazonManaged: configuration.type === 'CHILD',
  ...(configuration.groupId === undefined ? {} : { resourceConfigurationGroupId: configuration.groupId }),
  ...(configuration.customDomainName === undefined ? {} : { customDomainName: configuration.customDomainName }),
  ...(extent === 'whole' ? definition(configuration) : {}),
})

const definition = ({ type, resourceArn, domainName, customDomainName, ports }: ResourceConfiguration) => {
  const name = domainName ?? (type === 'CHILD' ? customDomainName : undefined)
  const resourceConfigurationDefinition = resourceArn
    ? { arnResource: { arn: resourceArn } }
    : name && { dnsResource: { domainName: name, ipAddressType: 'IPV4' } }
  return {
    allowAssociationToShareableServiceNetwork: false,
    ...(type === 'ARN' ? {} : { protocol: 'TCP' }),
    ...(ports === undefined ? {} : { portRanges: ports }),
    ...(resourceConfigurationDefinition ? { resourceConfigurationDefinition } : {}),
  }
}

export const describeSubscription = ({ id, arn, resourceArn, destinationArn }: AccessLogSubscription) => ({
  id,
  arn,
  resourceId: resourceArn.split('/').at(-1),
  resourceArn,
  destinationArn,
})
