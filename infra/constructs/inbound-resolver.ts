import { CfnOutput, Tags } from 'aws-cdk-lib'
import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import { CfnResolverEndpoint } from 'aws-cdk-lib/aws-route53resolver'
import { Construct } from 'constructs'
import type { ConsumerModel } from './consumer-model.ts'

/**
 * Where peered networks and those on premises forward the database's name: hosted zones answer inside their VPC alone, and
 * a resolver endpoint answers as the VPC's own resolver does. Over TCP too, which AWS asks for
 * (https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateResolverEndpoint.html).
 */
export class InboundResolver extends Construct {
  constructor(scope: Construct, id: string, consumer: ConsumerModel, vpc: IVpc) {
    super(scope, id)
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: `Networks that forward ${consumer.hostname}`,
      allowAllOutbound: false,
    })
    for (const network of consumer.inboundResolver?.clientCidrs ?? []) {
      for (const port of [Port.udp(53), Port.tcp(53)]) group.addIngressRule(Peer.ipv4(network), port, 'DNS')
    }
    const endpoint = new CfnResolverEndpoint(this, 'Endpoint', {
      direction: 'INBOUND',
      ipAddresses: consumer.resolverSubnets.map(it => ({ subnetId: it.id })),
      securityGroupIds: [group.securityGroupId],
    })
    Tags.of(endpoint).add('Name', `repoint-${consumer.name}`)
    new CfnOutput(scope, 'InboundResolverId', {
      value: endpoint.attrResolverEndpointId,
      description:
        'Forward the database’s name to its addresses: aws route53resolver list-resolver-endpoint-ip-addresses --resolver-endpoint-id',
    })
  }
}
