import type { Listener } from '../../lab/api/account.ts'
import type { AccountResources } from '../../lab/api/resources.ts'
import { layOut } from '../../lab/cloud/initial-resources.ts'
import * as fixture from '../../lab/fixture.ts'
import { latticeArn } from '../../lab/template/ids.ts'

export const gatewayGroup = 'sg-0ab000000000a6a00'
export const logGroup = '/aws/vendedlogs/repoint/orders/gateway'

const id = fixture.networkNames.resourceConfiguration
export const configurationArn = latticeArn('resourceconfiguration', id)

const onPort = { protocol: 'tcp', fromPort: fixture.port, toPort: fixture.port }

/** A sound path through a resource gateway, beside what every lab has. Broken from here by who tests. */
export const withGateway = (kind: fixture.DatabaseKind = 'instance'): AccountResources => {
  const deployment = { functionName: 'repoint-orders', listeners: [], statements: [] }
  const around = layOut({ kind, deployment, deadLetters: () => 0 })
  around.securityGroups.push({
    id: gatewayGroup,
    name: 'gateway',
    vpcId: fixture.vpc.id,
    incoming: [],
    outgoing: [{ ...onPort, groupIds: [fixture.networkNames.databaseGroup] }],
  })
  around.securityGroups
    .find(group => group.id === fixture.networkNames.databaseGroup)
    ?.incoming.push({ ...onPort, groupIds: [gatewayGroup] })
  around.resourceGateways.push({
    id: fixture.networkNames.resourceGateway,
    arn: latticeArn('resourcegateway', fixture.networkNames.resourceGateway),
    name: 'repoint-orders',
    vpcId: fixture.vpc.id,
    subnetIds: fixture.subnets.map(subnet => subnet.id),
    securityGroupIds: [gatewayGroup],
    ipv4AddressesPerEni: 4,
    dnsResolution: 'PUBLIC',
    status: 'ACTIVE',
  })
  around.resourceConfigurations.push({
    ...{ id, arn: configurationArn, name: 'repoint-orders', gatewayId: fixture.networkNames.resourceGateway },
    type: 'ARN',
    resourceArn: fixture.databaseArn(kind),
    status: 'ACTIVE',
  })
  around.accessLogSubscriptions.push({
    id: fixture.networkNames.accessLogSubscription,
    arn: latticeArn('accesslogsubscription', fixture.networkNames.accessLogSubscription),
    resourceArn: configurationArn,
    destinationArn: `arn:aws:logs:${fixture.region}:${fixture.account}:log-group:${logGroup}:*`,
  })
  return around
}

export const resourceEndpoint = {
  id: fixture.networkNames.resourceEndpoint,
  vpcId: fixture.consumer.vpc.id,
  service: '',
  state: 'available',
  hasPrivateDns: false,
  policy: '',
  groupIds: [],
  type: 'Resource' as const,
  resourceConfigurationArn: configurationArn,
  addresses: fixture.consumer.addressesOf('resource'),
  names: [
    {
      dnsName: `${fixture.networkNames.resourceEndpoint}.${id}.4232ccc.vpc-lattice-rsc.${fixture.region}.on.aws`,
      hostedZoneId: 'Z03265862FOUNWMZOKUF4',
      resourceConfigurationArn: configurationArn,
      addresses: fixture.consumer.addressesOf('resource'),
    },
  ],
}

/** On the database's port; nobody changes where it forwards to. */
export const aListener = (arn: string, targetGroupArn: string): Listener => ({
  ...{ arn, port: 5432, weights: () => [{ targetGroupArn, weight: 1 }], setWeights: () => undefined },
})
