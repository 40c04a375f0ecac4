import type { Account } from './account.ts'
import { endpointAssociations } from './endpoint-associations.ts'
import { ApiFailure } from './errors/failure.ts'
import { latticeErrors } from './errors/service-errors.ts'
import type { AccessLogSubscription, ResourceConfiguration, ResourceGateway } from './resources.ts'
import { get, type RestRequest, type RestRoute } from './rest-protocol.ts'
import type { Reply } from './service.ts'

/** VPC Lattice's read operations for resource gateways and what hangs on them. Identifiers are ids or ARNs. */
export const vpcLatticeRoutes = (account: Account): readonly RestRoute[] => {
  const around = () => account.resources
  const sinceIso = new Date().toISOString()
  const dated = <T extends object>(item: T) => ({ ...item, createdAt: sinceIso, lastUpdatedAt: sinceIso })
  const gateways = () => around()?.resourceGateways ?? []
  const configurations = () => around()?.resourceConfigurations ?? []
  const subscriptions = () => around()?.accessLogSubscriptions ?? []

  return [
    get(/^\/resourcegateways\/?$/, 'ListResourceGateways', (_, request) => {
      const items = gateways().map(({ vpcId, ...it }) =>
        dated({ ...describeGateway({ vpcId, ...it }), vpcIdentifier: vpcId }),
      )
      return paged(request, items)
    }),
    get(/^\/resourcegateways\/(?<identifier>.+)$/, 'GetResourceGateway', ({ identifier = '' }) => {
      const found = one(gateways(), identifier, 'resource gateway')
      return { result: dated({ ...describeGateway(found), vpcId: found.vpcId }), brief: { gateway: found.id } }
    }),
    get(/^\/resourceconfigurations\/?$/, 'ListResourceConfigurations', (_, request) => {
      const gateway = request.query.get('resourceGatewayIdentifier')
      const group = request.query.get('resourceConfigurationGroupIdentifier')
      const found = configurations().filter(
        it => (gateway === null || it.gatewayId === idOf(gateway)) && (group === null || it.groupId === idOf(group)),
      )
      return paged(
        request,
        found.map(it => dated(describeConfiguration(it))),
      )
    }),
    get(/^\/resourceconfigurations\/(?<identifier>.+)$/, 'GetResourceConfiguration', ({ identifier = '' }) => {
      const found = one(configurations(), identifier, 'resource configuration')
      return { result: dated(describeConfiguration(found, 'whole')), brief: { configuration: found.id } }
    }),
    get(/^\/accesslogsubscriptions\/?$/, 'ListAccessLogSubscriptions', (_, request) => {
      const wanted = required(request, 'resourceIdentifier')
      const found = subscriptions().filter(({ resourceArn }) => idOf(resourceArn) === idOf(wanted))
      return paged(
        request,
        found.map(it => dated(describeSubscription(it))),
      )
    }),
    get(/^\/resourceendpointassociations\/?$/, 'ListResourceEndpointAssociations', (_, request) => {
      const { id } = one(
        configurations(),
        required(request, 'resourceConfigurationIdentifier'),
        'resource configuration',
      )
      const endpointId = request.query.get('vpcEndpointId')
      const found = endpointAssociations(around()).filter(
        it =>
          (idOf(it.configurationArn) === id || idOf(it.groupArn?.[0] ?? '') === id) &&
          (endpointId === null || it.endpoint.id === endpointId),
      )
      const { region, id: owner } = account
      const items = found.map(it => ({
        id: it.id,
        arn: `arn:aws:vpc-lattice:${region}:${owner}:resourceendpointassociation/${it.id}`,
        resourceConfigurationId: idOf(it.configurationArn),
        resourceConfigurationArn: it.configurationArn,
        resourceConfigurationName: it.configurationName,
        vpcEndpointId: it.endpoint.id,
        vpcEndpointOwner: owner,
        createdBy: owner,
        createdAt: sinceIso,
      }))
      return paged(request, items)
    }),
  ]
}

/** An identifier is an id, or an ARN that ends in it. */
const idOf = (identifier: string): string => identifier.split('/').at(-1) ?? ''

const one = <T extends { id: string }>(all: readonly T[], identifier: string, kind: string): T => {
  const found = all.find(({ id }) => id === idOf(identifier))
  if (found === undefined) throw new ApiFailure(latticeErrors.notFound, kind, identifier)
  return found
}

const required = ({ query }: RestRequest, name: string): string => {
  const value = query.get(name)
  if (value === null) throw new ApiFailure(latticeErrors.missing, name)
  return value
}

const paged = ({ query }: RestRequest, all: readonly object[]): Reply => {
  const from = Number(query.get('nextToken') ?? 0)
  const to = from + Number(query.get('maxResults') ?? 100)
  return {
    result: { items: all.slice(from, to), ...(to < all.length ? { nextToken: String(to) } : {}) },
    brief: { items: all.length },
  }
}

const describeGateway = (gateway: ResourceGateway) => ({
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
const describeConfiguration = (configuration: ResourceConfiguration, extent: 'summary' | 'whole' = 'summary') => ({
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

const describeSubscription = ({ id, arn, resourceArn, destinationArn }: AccessLogSubscription) => ({
  id,
  arn,
  resourceId: resourceArn.split('/').at(-1),
  resourceArn,
  destinationArn,
})
