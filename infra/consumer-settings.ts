import { Names, Token } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { parseSettings } from './app/settings.ts'
import type { ConsumerModel } from './constructs/consumer-model.ts'
import type { ConsumerGatewayOptions, ConsumerRedshiftOptions, RdsConsumerProps } from './consumer-props.ts'
import {
  chooseSubnets,
  exampleGroup,
  exampleSubnetId,
  exampleSubnets,
  exampleVpc,
  standIn,
} from './front-door-settings.ts'

/** A consumer's props in the words of repoint.json, as front-door-settings.ts does it. */

const exampleHost = 'example.internal.example.com'
/** Another name: that of the readers may not be the writer's. */
const exampleReaders = 'readers.internal.example.com'
const exampleService = 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718'
const exampleConfiguration = 'arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0a1b2c3d4e5f60718'

/** @throws SettingsError naming every problem at once */
export const consumerModel = (scope: Construct, props: RdsConsumerProps): ConsumerModel => {
  const { vpc, port, readerPort, dnsName, sharedEndpoint, gateway, redshift, inboundResolver } = props
  const { clientCidrs = [], clients = [] } = props
  if (sharedEndpoint && (props.serviceName ?? props.serviceRegion) !== undefined) {
    throw new Error('serviceName, serviceRegion: nothing of it beside sharedEndpoint, which has its own')
  }
  const { serviceName, serviceRegion } = sharedEndpoint ?? props
  const subnets = chooseSubnets(vpc, props.vpcSubnets)
  const resolverSubnets = chooseSubnets(vpc, inboundResolver?.vpcSubnets ?? props.vpcSubnets)
  const entry = {
    name: 'example',
    serviceName: serviceName && standIn(exampleService)(serviceName),
    serviceRegion,
    hostname: standIn(exampleHost)(props.hostname),
    port: Token.isUnresolved(port) ? 5432 : port,
    readerPort: Token.isUnresolved(readerPort) ? 5433 : readerPort,
    vpcId: exampleVpc,
    subnets: exampleSubnets(inboundResolver ? resolverSubnets : subnets),
    // The app may let clients in later, through `connections`.
    clientCidrs: clientCidrs.length === 0 ? ['10.0.0.0/8'] : clientCidrs.map(standIn('10.0.0.0/8')),
    clientSecurityGroupIds: clients.map(() => exampleGroup),
    dnsName: dnsName && standIn(exampleHost)(dnsName),
    gateway: gateway && gatewayEntry(gateway, serviceName),
    redshift: redshift && redshiftEntry(redshift),
    inboundResolver: inboundResolver && {
      clientCidrs: inboundResolver.clientCidrs.map(standIn('10.0.0.0/8')),
    },
  }
  const { consumers } = parseSettings('props', JSON.stringify({ databases: [], consumers: [entry] }))
  const [parsed] = consumers
  if (parsed === undefined) throw new Error('No consumer')
  return {
    ...parsed,
    name: props.name ?? Names.uniqueResourceName(scope, { maxLength: 60, separator: '-' }).toLowerCase(),
    hostname: props.hostname,
    port,
    readerPort,
    serviceName,
    dnsName,
    vpcId: vpc.vpcId,
    subnets,
    commonSubnets: subnets,
    resolverSubnets,
    gatewaySubnets: chooseSubnets(vpc, props.gatewaySubnets ?? props.vpcSubnets),
    clientCidrs: [...clientCidrs],
    clientSecurityGroupIds: clients.map(it => it.securityGroupId),
    gateway: {
      ...parsed.gateway,
      resourceConfigurationArn: gateway?.resourceConfigurationArn,
      readerHostname: gateway?.readerHostname,
    },
    redshift: redshift && redshiftModel(redshift),
    shared: sharedEndpoint,
    peeredVpcs: props.peeredVpcs ?? [],
    inboundResolver: inboundResolver && { clientCidrs: [...inboundResolver.clientCidrs] },
    raisesShare: gateway?.raisesShare ?? false,
  }
}

/** The subnet's own id and zone may be known to CloudFormation alone. */
const redshiftEntry = ({ subnet, ...given }: ConsumerRedshiftOptions) => ({
  ...given,
  subnetId: subnet && exampleSubnetId(0),
})

const redshiftModel = ({ subnet, ...given }: ConsumerRedshiftOptions): NonNullable<ConsumerModel['redshift']> => ({
  ...given,
  subnetId: subnet?.subnetId,
  zone: subnet?.availabilityZone,
})

const gatewayEntry = (
  { raisesShare: _, readerHostname, resourceConfigurationArn, ...given }: ConsumerGatewayOptions,
  serviceName: string | undefined,
) => ({
  stage: serviceName === undefined ? 'retired' : 'shadow',
  from: serviceName === undefined ? 'new' : 'nlb',
  ...given,
  resourceConfigurationArn: resourceConfigurationArn && standIn(exampleConfiguration)(resourceConfigurationArn),
  readerHostname: readerHostname && standIn(exampleReaders)(readerHostname),
})
