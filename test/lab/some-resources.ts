import type { Surroundings } from '../../lab/api/resources.ts'
import { layOut, networkNames } from '../../lab/cloud/initial-resources.ts'
import * as estate from '../../lab/fixture.ts'
import { latticeArn } from '../../lab/template/ids.ts'

export const gatewayGroup = 'sg-0ab000000000a6a00'
export const logGroup = '/aws/vendedlogs/repoint/orders/gateway'

const id = networkNames.resourceConfiguration
export const configurationArn = latticeArn('resourceconfiguration', id)

const onPort = { protocol: 'tcp', fromPort: estate.port, toPort: estate.port }

/** A sound way through a resource gateway, beside what every lab has. Broken from here by who tests. */
export const withGateway = (kind: estate.DatabaseKind = 'instance'): Surroundings => {
  const deployment = { functionName: 'repoint-orders', listeners: [], statements: [] }
  const around = layOut({ kind, deployment, deadLetters: () => 0 })
  around.securityGroups.push({
    id: gatewayGroup,
    name: 'gateway',
    vpcId: estate.vpc.id,
    incoming: [],
    outgoing: [{ ...onPort, groupIds: [networkNames.databaseGroup] }],
  })
  around.securityGroups
    .find(group => group.id === networkNames.databaseGroup)
    ?.incoming.push({ ...onPort, groupIds: [gatewayGroup] })
  around.resourceGateways.push({
    id: networkNames.resourceGateway,
    arn: latticeArn('resourcegateway', networkNames.resourceGateway),
    name: 'repoint-orders',
    vpcId: estate.vpc.id,
    subnetIds: estate.subnets.map(subnet => subnet.id),
    securityGroupIds: [gatewayGroup],
    ipv4AddressesPerEni: 4,
    dnsResolution: 'PUBLIC',
    status: 'ACTIVE',
  })
  around.resourceConfigurations.push({
    ...{ id, arn: configurationArn, name: 'repoint-orders', gatewayId: networkNames.resourceGateway },
    type: 'ARN',
    resourceArn: estate.databaseArn(kind),
    status: 'ACTIVE',
  })
  around.accessLogSubscriptions.push({
    id: networkNames.accessLogSubscription,
    arn: latticeArn('accesslogsubscription', networkNames.accessLogSubscription),
    resourceArn: configurationArn,
    destinationArn: `arn:aws:logs:${estate.region}:${estate.account}:log-group:${logGroup}:*`,
  })
  return around
}

export const resourceEndpoint = {
  id: networkNames.resourceEndpoint,
  vpcId: estate.consumer.vpc.id,
  service: '',
  state: 'available',
  hasPrivateDns: false,
  policy: '',
  groupIds: [],
  type: 'Resource' as const,
  resourceConfigurationArn: configurationArn,
  addresses: estate.consumer.addressesOf('resource'),
  names: [
    {
      dnsName: `${networkNames.resourceEndpoint}.${id}.4232ccc.vpc-lattice-rsc.${estate.region}.on.aws`,
      hostedZoneId: 'Z03265862FOUNWMZOKUF4',
      resourceConfigurationArn: configurationArn,
      addresses: estate.consumer.addressesOf('resource'),
    },
  ],
}
