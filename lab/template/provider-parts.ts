import type { ResourceConfiguration } from '../api/resources.ts'
import * as fixture from '../fixture.ts'
import { indexOf, latticeArn, nth } from './ids.ts'
import { type Answer, readStack, type Stack, type Template } from './intrinsics.ts'
import type { Part } from './parts.ts'
import { groupIdOf, readSecurityGroups } from './security-group-parts.ts'
import { pseudoParameters } from './stack.ts'

/** What a database's stack has of the path through a resource gateway. */
export const readProviderParts = (template: Template): Part[] => {
  const stack = readStack(template, answerFor(template))
  const gateways = stack.all('AWS::VpcLattice::ResourceGateway').map(({ logicalId, properties }) => {
    const written = properties as {
      Name: string
      VpcIdentifier: string
      SubnetIds: string[]
      SecurityGroupIds?: string[]
      Ipv4AddressesPerEni?: number
      ResourceConfigDnsResolution?: 'PUBLIC' | 'IN_VPC'
    }
    const id = gatewayId(template, logicalId)
    return {
      id,
      arn: latticeArn('resourcegateway', id),
      name: written.Name,
      vpcId: written.VpcIdentifier,
      subnetIds: written.SubnetIds,
      securityGroupIds: written.SecurityGroupIds ?? [],
      ipv4AddressesPerEni: written.Ipv4AddressesPerEni ?? 16,
      dnsResolution: written.ResourceConfigDnsResolution ?? 'PUBLIC',
      status: 'ACTIVE',
    }
  })
  const groupIds = gateways.flatMap(({ securityGroupIds }) => securityGroupIds)
  return [
    ...readSecurityGroups(stack, id => groupIds.includes(id)),
    ...gateways.map(value => ({ kind: 'gateway', id: value.id, value }) as const),
    ...readConfigurations(stack, template).map(value => ({ kind: 'configuration', id: value.id, value }) as const),
    ...readSubscriptions(stack),
  ]
}

/** Whether the stack has a load balancer, and with it the function that keeps it right. */
export const hasFrontDoor = ({ Resources }: Template): boolean =>
  Object.values(Resources).some(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::Listener')

const gatewayId = ({ Resources }: Template, logicalId: string): string =>
  nth(fixture.networkNames.resourceGateway, indexOf(Resources, logicalId))

const configurationId = ({ Resources }: Template, logicalId: string): string =>
  nth(fixture.networkNames.resourceConfiguration, indexOf(Resources, logicalId))

const answerFor =
  (template: Template): Answer =>
  ({ logicalId, type }, attribute = 'Ref') => {
    if (type === 'pseudo parameter') return pseudoParameters[logicalId]
    if (type === 'AWS::EC2::SecurityGroup') return groupIdOf(logicalId)
    const isArn = attribute === 'Arn'
    if (type === 'AWS::VpcLattice::ResourceGateway') {
      const id = gatewayId(template, logicalId)
      return isArn ? latticeArn('resourcegateway', id) : id
    }
    if (type === 'AWS::VpcLattice::ResourceConfiguration') {
      const id = configurationId(template, logicalId)
      return isArn ? latticeArn('resourceconfiguration', id) : id
    }
    if (type === 'AWS::Logs::LogGroup') {
      const name = String(template.Resources[logicalId]?.Properties?.LogGroupName ?? logicalId)
      return isArn ? `arn:aws:logs:${fixture.region}:${fixture.account}:log-group:${name}:*` : name
    }
    return undefined
  }

const readConfigurations = (stack: Stack, template: Template): ResourceConfiguration[] =>
  stack.all('AWS::VpcLattice::ResourceConfiguration').flatMap(({ logicalId, properties }) => {
    const written = properties as {
      Name: string
      ResourceGatewayId: string
      ResourceConfigurationType: 'ARN' | 'SINGLE'
      ResourceConfigurationDefinition: { ArnResource?: string; DnsResource?: { DomainName: string } }
      PortRanges?: string[]
    }
    const { ArnResource: resourceArn, DnsResource } = written.ResourceConfigurationDefinition
    const id = configurationId(template, logicalId)
    const configuration: ResourceConfiguration = {
      id,
      arn: latticeArn('resourceconfiguration', id),
      name: written.Name,
      gatewayId: written.ResourceGatewayId,
      type: written.ResourceConfigurationType,
      ...(resourceArn === undefined ? {} : { resourceArn }),
      ...(DnsResource === undefined ? {} : { domainName: DnsResource.DomainName }),
      ...(written.PortRanges === undefined ? {} : { ports: written.PortRanges }),
      status: 'ACTIVE',
    }
    return [configuration, ...(resourceArn?.includes(':cluster:') ? childrenOf(configuration) : [])]
  })

/** "Any group-child relationship is automatically taken care of": writer endpoint, reader endpoint. */
const childrenOf = ({ id: groupId, gatewayId, name }: ResourceConfiguration): ResourceConfiguration[] =>
  fixture.networkNames.childConfigurations.map((id, index) => ({
    id,
    arn: latticeArn('resourceconfiguration', id),
    name: `${name}-${index + 1}`,
    gatewayId,
    type: 'CHILD',
    groupId,
    customDomainName: index === 0 ? fixture.endpoints.cluster : fixture.endpoints.readers,
    status: 'ACTIVE',
  }))

const readSubscriptions = (stack: Stack): Part[] =>
  stack.all('AWS::VpcLattice::AccessLogSubscription').map(({ properties }, index) => {
    const { ResourceIdentifier, DestinationArn } = properties as { ResourceIdentifier: string; DestinationArn: string }
    const id = nth(fixture.networkNames.accessLogSubscription, index)
    const arn = latticeArn('accesslogsubscription', id)
    return {
      kind: 'access-log',
      id,
      value: { id, arn, resourceArn: ResourceIdentifier, destinationArn: DestinationArn },
    }
  })
