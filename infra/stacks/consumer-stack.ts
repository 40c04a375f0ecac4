import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnVPCEndpoint, Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2'
import { CfnRecordSet, PrivateHostedZone } from 'aws-cdk-lib/aws-route53'
import type { Construct } from 'constructs'
import type { ConsumerSettings } from '../settings.ts'

export interface ConsumerStackProps extends StackProps {
  readonly consumer: ConsumerSettings
}

/**
 * The consumer's side, in its own account or VPC: an interface endpoint in the zones that both sides have, and a
 * private hosted zone named exactly as the RDS endpoint, so that a client checks the server's certificate, and signs
 * its IAM token, for the name that the server really has. Overlapping networks do no harm: nothing is routed.
 */
export class ConsumerStack extends Stack {
  constructor(scope: Construct, id: string, props: ConsumerStackProps) {
    super(scope, id, props)
    const { consumer } = props
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: consumer.vpcId,
      availabilityZones: consumer.subnets.map(it => it.zone),
    })
    const endpoint = new CfnVPCEndpoint(this, 'Endpoint', {
      vpcEndpointType: 'Interface',
      vpcId: consumer.vpcId,
      ...(consumer.serviceName === undefined ? {} : { serviceName: consumer.serviceName }),
      ...(consumer.serviceRegion === undefined ? {} : { serviceRegion: consumer.serviceRegion }),
      subnetIds: consumer.commonSubnets.map(it => it.id),
      securityGroupIds: [letClientsIn(this, consumer, vpc).securityGroupId],
      // Private DNS would give the service's own name; the hosted zone below gives the database's.
      privateDnsEnabled: false,
      tags: [{ key: 'Name', value: `repoint-${consumer.name}` }],
    })
    const name = consumer.dnsName ?? consumer.hostname
    const zone = new PrivateHostedZone(this, 'Zone', { zoneName: name, vpc, comment: `Repoint: ${consumer.name}` })
    // Entries are `<hosted zone id>:<name>`; the first is the regional name, which covers every zone.
    const regional = Fn.split(':', Fn.select(0, endpoint.attrDnsEntries))
    new CfnRecordSet(this, 'Record', {
      hostedZoneId: zone.hostedZoneId,
      name,
      type: 'A',
      aliasTarget: {
        hostedZoneId: Fn.select(0, regional),
        dnsName: Fn.select(1, regional),
        evaluateTargetHealth: false,
      },
    })
    new CfnOutput(this, 'Connect', { value: `${name}:${consumer.port}`, description: 'Inside the VPC' })
    if (consumer.readerPort !== undefined) {
      new CfnOutput(this, 'ConnectReaders', { value: `${name}:${consumer.readerPort}`, description: 'Inside the VPC' })
    }
    new CfnOutput(this, 'EndpointName', {
      value: Fn.select(1, regional),
      description: 'Resolves anywhere; peered networks and transit gateways reach it by this name',
    })
    new CfnOutput(this, 'EndpointId', { value: endpoint.ref, description: 'For the provider to accept' })
  }
}

const letClientsIn = (stack: Stack, consumer: ConsumerSettings, vpc: ReturnType<typeof Vpc.fromVpcAttributes>) => {
  const group = new SecurityGroup(stack, 'SecurityGroup', {
    vpc,
    description: `Clients of ${consumer.hostname}`,
    allowAllOutbound: false,
  })
  const ports = [consumer.port, ...(consumer.readerPort === undefined ? [] : [consumer.readerPort])]
  for (const port of ports.map(it => Port.tcp(it))) {
    for (const network of consumer.clientCidrs) group.addIngressRule(Peer.ipv4(network), port, 'Clients')
    for (const id of consumer.clientSecurityGroupIds) group.addIngressRule(Peer.securityGroupId(id), port, 'Clients')
  }
  return group
}
