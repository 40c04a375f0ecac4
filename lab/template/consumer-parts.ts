import type { EndpointName, RecordSet, ResourceConfiguration, VpcEndpoint } from '../api/resources.ts'
import * as fixture from '../fixture.ts'
import { indexOf, latticeArn, nth } from './ids.ts'
import { type Answer, readStack, type Stack, type Template } from './intrinsics.ts'
import type { Part } from './parts.ts'
import { groupIdOf, readSecurityGroups } from './security-group-parts.ts'
import { pseudoParameters } from './stack.ts'

/** What a consumer's stack has: its endpoints, its hosted zones and their records. */
export const readConsumerParts = (template: Template, configurations: readonly ResourceConfiguration[]): Part[] => {
  const { Resources } = template
  const endpointId = (logicalId: string): string => {
    const { VpcEndpointType = 'Interface' } = Resources[logicalId]?.Properties ?? {}
    const alike = Object.fromEntries(
      Object.entries(Resources).filter(
        ([, it]) => it.Type === endpointType && (it.Properties?.VpcEndpointType ?? 'Interface') === VpcEndpointType,
      ),
    )
    const first =
      VpcEndpointType === 'Resource' ? fixture.networkNames.resourceEndpoint : fixture.networkNames.consumerEndpoint
    return nth(first, indexOf(alike, logicalId))
  }
  const zoneId = (logicalId: string): string => nth(fixture.networkNames.hostedZone, indexOf(Resources, logicalId))
  const named = (logicalId: string): readonly EndpointName[] => {
    const { ResourceConfigurationArn, ServiceName } = (Resources[logicalId]?.Properties ?? {}) as Written
    return namesOf(endpointId(logicalId), { ResourceConfigurationArn, ServiceName, configurations })
  }
  const answer: Answer = ({ logicalId, type }, attribute) => {
    if (type === 'pseudo parameter') return pseudoParameters[logicalId]
    if (type === 'AWS::EC2::SecurityGroup') return groupIdOf(logicalId)
    if (type === 'AWS::Route53::HostedZone') return zoneId(logicalId)
    if (type === endpointType && attribute === 'DnsEntries')
      return named(logicalId).map(({ hostedZoneId, dnsName }) => `${hostedZoneId}:${dnsName}`)
    if (type === endpointType) return endpointId(logicalId)
    if (type === 'Custom::RepointEndpointName' && attribute !== undefined) {
      const { Ref: endpoint = '' } = (Resources[logicalId]?.Properties?.EndpointId ?? {}) as { Ref?: string }
      const [writer, readers] = named(endpoint)
      return { ...attributesOf('', writer), ...attributesOf('Reader', readers) }[attribute]
    }
    return undefined
  }
  const stack = readStack(template, answer)
  return [
    ...readSecurityGroups(stack, () => true),
    ...stack.all(endpointType).map(({ logicalId, properties }): Part => {
      const value = readEndpoint(endpointId(logicalId), properties as unknown as Written, named(logicalId))
      return { kind: 'endpoint', id: value.id, value }
    }),
    ...readZones(stack, zoneId),
  ]
}

const endpointType = 'AWS::EC2::VPCEndpoint'

interface Written {
  readonly VpcId?: string
  readonly VpcEndpointType?: 'Interface' | 'Resource'
  readonly ServiceName?: string | undefined
  readonly ResourceConfigurationArn?: string | undefined
  readonly SubnetIds?: string[]
  readonly SecurityGroupIds?: string[]
  readonly PrivateDnsEnabled?: boolean
}

/** Any zone's will do: an alias is found by its name. */
const zonesOfNames = { interface: 'Z38GZ743OKFT7T', resource: 'Z03265862FOUNWMZOKUF4' } as const

interface Led {
  readonly ResourceConfigurationArn?: string | undefined
  readonly ServiceName?: string | undefined
  readonly configurations: readonly ResourceConfiguration[]
}

/** One name of an interface endpoint; of a resource endpoint one for what its configuration leads to, or for each child. */
const namesOf = (
  endpointId: string,
  { ResourceConfigurationArn: arn, ServiceName, configurations }: Led,
): readonly EndpointName[] => {
  if (arn === undefined) {
    const service = ServiceName?.split('.').at(-1) ?? ''
    const dnsName = `${endpointId}-1a2b3c4d.${service}.${fixture.region}.vpce.amazonaws.com`
    return [{ dnsName, hostedZoneId: zonesOfNames.interface, addresses: fixture.consumer.addressesOf('interface') }]
  }
  const own = configurations.find(configuration => configuration.arn === arn)
  const children = configurations.filter(({ groupId }) => own !== undefined && groupId === own.id)
  const led = children.length > 0 ? children.map(child => child.arn) : [arn]
  return led.map((resourceConfigurationArn, index) => ({
    dnsName: `${endpointId}.${resourceConfigurationArn.split('/')[1]}.4232ccc.vpc-lattice-rsc.${fixture.region}.on.aws`,
    hostedZoneId: zonesOfNames.resource,
    resourceConfigurationArn,
    addresses: fixture.consumer.addressesOf(index === 0 ? 'resource' : 'readers'),
  }))
}

/** Every name that the lab's endpoints may ever have, with what it leads to. */
export const everyEndpointName = (kind: fixture.DatabaseKind): readonly EndpointName[] => {
  const service = { ServiceName: fixture.networkNames.endpointService, configurations: [] }
  const arn = latticeArn('resourceconfiguration', fixture.networkNames.resourceConfiguration)
  const own = { name: 'orders', gatewayId: fixture.networkNames.resourceGateway, status: 'ACTIVE' }
  const parent: ResourceConfiguration = { ...own, id: fixture.networkNames.resourceConfiguration, arn, type: 'ARN' }
  const children = fixture.networkNames.childConfigurations.map((id): ResourceConfiguration => {
    return { ...own, id, arn: latticeArn('resourceconfiguration', id), type: 'CHILD', groupId: parent.id }
  })
  const configurations = kind === 'cluster' ? [parent, ...children] : [parent]
  return [
    ...namesOf(fixture.networkNames.consumerEndpoint, service),
    ...namesOf(fixture.networkNames.resourceEndpoint, { ResourceConfigurationArn: arn, configurations }),
  ]
}

const attributesOf = (prefix: string, name: EndpointName | undefined): Record<string, string | undefined> => ({
  [`${prefix}DnsName`]: name?.dnsName,
  [`${prefix}HostedZoneId`]: name?.hostedZoneId,
})

const readEndpoint = (id: string, written: Written, names: readonly EndpointName[]): VpcEndpoint => {
  const { VpcEndpointType: type = 'Interface', SubnetIds = [] } = written
  const inSubnets = (addresses: readonly string[] = []) => {
    const ours = fixture.consumer.subnets.map(subnet => subnet.id)
    return addresses.filter(ip => SubnetIds.includes(ours[Number(ip.split('.')[2]) - 1] ?? ''))
  }
  const reached = names.map(name => ({ ...name, addresses: inSubnets(name.addresses) }))
  return {
    id,
    vpcId: written.VpcId ?? '',
    service: written.ServiceName ?? '',
    state: 'available',
    hasPrivateDns: written.PrivateDnsEnabled ?? false,
    policy: '',
    groupIds: written.SecurityGroupIds ?? [],
    type,
    ...(written.ResourceConfigurationArn === undefined
      ? {}
      : { resourceConfigurationArn: written.ResourceConfigurationArn }),
    subnetIds: SubnetIds,
    addresses: reached.flatMap(({ addresses }) => addresses),
    names: reached,
  }
}

const readZones = (stack: Stack, zoneId: (logicalId: string) => string): Part[] => [
  ...stack.all('AWS::Route53::HostedZone').map(({ logicalId, properties }): Part => {
    const { Name, VPCs } = properties as { Name: string; VPCs: readonly { VPCId: string }[] }
    const id = zoneId(logicalId)
    const vpcIds = VPCs.map(({ VPCId }) => VPCId)
    return { kind: 'zone', id, value: { id, name: Name, vpcIds, owner: { account: fixture.account }, records: [] } }
  }),
  ...stack.all('AWS::Route53::RecordSet').map(({ logicalId, properties }): Part => {
    const written = properties as {
      HostedZoneId: string
      Name: string
      SetIdentifier?: string
      Weight?: number
      AliasTarget?: { DNSName: string; HostedZoneId: string }
      ResourceRecords?: string[]
      TTL?: string
    }
    const { AliasTarget } = written
    const value: RecordSet = {
      name: written.Name,
      ...(written.SetIdentifier === undefined ? {} : { setIdentifier: written.SetIdentifier }),
      ...(written.Weight === undefined ? {} : { weight: Number(written.Weight) }),
      ...(AliasTarget ? { alias: { dnsName: AliasTarget.DNSName, hostedZoneId: AliasTarget.HostedZoneId } } : {}),
      ...(written.ResourceRecords === undefined ? {} : { addresses: written.ResourceRecords }),
      ...(written.TTL === undefined ? {} : { ttlSeconds: Number(written.TTL) }),
    }
    return { kind: 'record', id: logicalId, zoneId: written.HostedZoneId, value }
  }),
]
