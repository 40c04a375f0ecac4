import { Annotations, CfnOutput, Fn, Tags } from 'aws-cdk-lib'
import {
  InterfaceVpcEndpoint,
  type InterfaceVpcEndpointOptions,
  type IVpc,
  type SecurityGroup,
} from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import type { AliasTarget } from './consumer-model.ts'

/** What the interface endpoint of one consumer and that of several have in common. */

export interface InterfaceEndpointProps
  extends Pick<InterfaceVpcEndpointOptions, 'service' | 'subnets' | 'serviceRegion'> {
  readonly vpc: IVpc
  readonly group: SecurityGroup
  /** In its tag. */
  readonly name: string
}

/** An endpoint that lets in whom its group does, and outputs of the scope that say which one it is. */
export const createInterfaceEndpoint = (scope: Construct, { group, name, ...props }: InterfaceEndpointProps) => {
  const endpoint = new InterfaceVpcEndpoint(scope, 'Endpoint', {
    ...props,
    securityGroups: [group],
    open: false,
    // Private DNS would give the service's own name; a hosted zone gives the database's.
    privateDnsEnabled: false,
  })
  Tags.of(endpoint).add('Name', `repoint-${name}`)
  const target = regionalTarget(endpoint.vpcEndpointDnsEntries)
  new CfnOutput(scope, 'EndpointName', {
    value: target.dnsName,
    description: 'Resolves anywhere; peered networks and transit gateways reach it by this name',
  })
  new CfnOutput(scope, 'EndpointId', { value: endpoint.vpcEndpointId, description: 'For the provider to accept' })
  return { endpoint, target }
}

/** Entries are `<hosted zone id>:<name>`; the first is the regional name, which covers every zone. */
export const regionalTarget = (dnsEntries: string[]): AliasTarget => {
  const regional = Fn.split(':', Fn.select(0, dnsEntries))
  return { hostedZoneId: Fn.select(0, regional), dnsName: Fn.select(1, regional) }
}

/** @param reached what has no other way */
export const warnAboutOneZone = (scope: Construct, endpoint: string, reached: string): void => {
  Annotations.of(scope).addWarningV2(
    'repoint:consumer-single-zone',
    `${endpoint} has one network interface in one Availability Zone: when that zone is down, no client reaches ${reached}. ` +
      'Name a subnet in a second zone that the service has too; zone ids (zoneId) tell which ones those are.',
  )
}
