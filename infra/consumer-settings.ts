import { Names, Token } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { parseSettings } from './app/settings.ts'
import type { ConsumerModel } from './constructs/consumer-model.ts'
import type { ConsumerGatewayOptions, ConsumerRedshiftOptions, RdsConsumerProps } from './consumer-props.ts'
import {
  exampleGroup,
  exampleSubnetId,
  exampleVpc,
  exampleZone,
  oneInEachZone,
  standIn,
  zoneOf,
} from './front-door-settings.ts'

/** A consumer's props in the words of repoint.json, as front-door-settings.ts does it. */

const exampleHost = 'example.internal.example.com'
const exampleService = 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718'
const exampleConfiguration = 'arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0a1b2c3d4e5f60718'

/** @throws SettingsError naming every problem at once */
export const consumerModel = (scope: Construct, props: RdsConsumerProps): ConsumerModel => {
  const { vpc, port, readerPort, sharedEndpoint, clientCidrs = [], clients = [] } = props
  if (sharedEndpoint && (props.serviceName ?? props.serviceRegion) !== undefined) {
    throw new Error('serviceName, serviceRegion: nothing of it beside sharedEndpoint, which has its own')
  }
  const { serviceName, serviceRegion } = sharedEndpoint ?? props
  const chosen = (selection: RdsConsumerProps['vpcSubnets']) =>
    vpc
      .selectSubnets(oneInEachZone(selection))
      .subnets.map((it, index) => ({ id: it.subnetId, zone: zoneOf(it, index) }))
  const subnets = chosen(props.vpcSubnets)
  const resolverSubnets = chosen(props.inboundResolver?.vpcSubnets ?? props.vpcSubnets)
  const gateway = gatewayEntry(props, serviceName)
  const entry = {
    name: 'example',
    ...(serviceName === undefined ? {} : { serviceName: standIn(exampleService)(serviceName) }),
    ...(serviceRegion === undefined ? {} : { serviceRegion }),
    hostname: standIn(exampleHost)(props.hostname),
    port: Token.isUnresolved(port) ? 5432 : port,
    ...(readerPort === undefined ? {} : { readerPort: Token.isUnresolved(readerPort) ? 5433 : readerPort }),
    vpcId: exampleVpc,
    subnets: (props.inboundResolver ? resolverSubnets : subnets).map((_, index) => ({
      id: exampleSubnetId(index),
      zone: exampleZone(index),
    })),
    // The app may let clients in later, through `connections`.
    clientCidrs: clientCidrs.length === 0 ? ['10.0.0.0/8'] : clientCidrs.map(standIn('10.0.0.0/8')),
    clientSecurityGroupIds: clients.map(() => exampleGroup),
    ...(props.dnsName === undefined ? {} : { dnsName: standIn(exampleHost)(props.dnsName) }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(props.redshift === undefined ? {} : { redshift: redshiftEntry(props.redshift) }),
    ...(props.inboundResolver === undefined
      ? {}
      : { inboundResolver: { clientCidrs: props.inboundResolver.clientCidrs.map(standIn('10.0.0.0/8')) } }),
  }
  const { consumers } = parseSettings('props', JSON.stringify({ databases: [], consumers: [entry] }))
  const [parsed] = consumers
  if (parsed === undefined) throw new Error('No consumer')
  const { gateway: given } = props
  return {
    ...parsed,
    name: props.name ?? Names.uniqueResourceName(scope, { maxLength: 60, separator: '-' }).toLowerCase(),
    hostname: props.hostname,
    port,
    ...(readerPort === undefined ? {} : { readerPort }),
    ...(serviceName === undefined ? {} : { serviceName }),
    ...(props.dnsName === undefined ? {} : { dnsName: props.dnsName }),
    vpcId: vpc.vpcId,
    subnets,
    commonSubnets: subnets,
    resolverSubnets,
    gatewaySubnets: props.gatewaySubnets === undefined ? subnets : chosen(props.gatewaySubnets),
    clientCidrs: [...clientCidrs],
    clientSecurityGroupIds: clients.map(it => it.securityGroupId),
    gateway: {
      ...parsed.gateway,
      ...(given?.resourceConfigurationArn === undefined
        ? {}
        : { resourceConfigurationArn: given.resourceConfigurationArn }),
      ...(given?.readerHostname === undefined ? {} : { readerHostname: given.readerHostname }),
    },
    ...(props.redshift === undefined ? {} : { redshift: redshiftModel(props.redshift) }),
    shared: sharedEndpoint,
    peeredVpcs: props.peeredVpcs ?? [],
    ...(props.inboundResolver === undefined
      ? {}
      : { inboundResolver: { clientCidrs: [...props.inboundResolver.clientCidrs] } }),
    raisesShare: given?.raisesShare ?? false,
  }
}

/** The subnet's own id and zone may be known to CloudFormation alone. */
const redshiftEntry = ({ subnet, ...given }: ConsumerRedshiftOptions) => ({
  ...given,
  ...(subnet === undefined ? {} : { subnetId: exampleSubnetId(0) }),
})

const redshiftModel = ({ subnet, ...given }: ConsumerRedshiftOptions): NonNullable<ConsumerModel['redshift']> => ({
  ...given,
  ...(subnet === undefined ? {} : { subnetId: subnet.subnetId, zone: subnet.availabilityZone }),
})

const gatewayEntry = ({ gateway }: RdsConsumerProps, serviceName: string | undefined) => {
  if (gateway === undefined) return undefined
  const [stage, from] = serviceName === undefined ? (['retired', 'new'] as const) : (['shadow', 'nlb'] as const)
  const { raisesShare: _, readerHostname, resourceConfigurationArn, ...given }: ConsumerGatewayOptions = gateway
  return {
    stage,
    from,
    ...given,
    ...(resourceConfigurationArn === undefined
      ? {}
      : { resourceConfigurationArn: standIn(exampleConfiguration)(resourceConfigurationArn) }),
    ...(readerHostname === undefined ? {} : { readerHostname: standIn(exampleHost)(readerHostname) }),
  }
}
