import { Annotations, CfnOutput, Fn } from 'aws-cdk-lib'
import type { IInterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import type { AliasTarget } from './consumer-model.ts'

/** What the interface endpoint of one consumer and that of several have in common. */

/** Entries are `<hosted zone id>:<name>`; the first is the regional name, which covers every zone. */
export const regionalTarget = (dnsEntries: string[]): AliasTarget => {
  const regional = Fn.split(':', Fn.select(0, dnsEntries))
  return { hostedZoneId: Fn.select(0, regional), dnsName: Fn.select(1, regional) }
}

/** Outputs of the scope. */
export const sayWhichItIs = (scope: Construct, endpoint: IInterfaceVpcEndpoint, { dnsName }: AliasTarget): void => {
  new CfnOutput(scope, 'EndpointName', {
    value: dnsName,
    description: 'Resolves anywhere; peered networks and transit gateways reach it by this name',
  })
  new CfnOutput(scope, 'EndpointId', { value: endpoint.vpcEndpointId, description: 'For the provider to accept' })
}

/** @param reached what has no other way */
export const warnAboutOneZone = (scope: Construct, endpoint: string, reached: string): void => {
  Annotations.of(scope).addWarningV2(
    'repoint:consumer-single-zone',
    `${endpoint} has one network interface in one Availability Zone: when that zone is down, no client reaches ${reached}. ` +
      'Name a subnet in a second zone that the service has too; zone ids (zoneId) tell which ones those are.',
  )
}
