import { Fn, Stack } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import { CfnHostedZone, CfnRecordSet } from 'aws-cdk-lib/aws-route53'
import { Construct } from 'constructs'

export interface ConsumerProps {
  readonly cidr: string
  readonly peeredCidr: string
  readonly serviceName: string
  /** The database's own name, which both VPCs resolve to the endpoint. */
  readonly hostname: string
  readonly port: number
}

/** A consumer's VPC with an endpoint and a hosted zone of the database's name, and a VPC that is peered with it. */
export class Consumer extends Construct {
  readonly vpc: ec2.Vpc
  readonly peeredVpc: ec2.Vpc
  /** Of the endpoint, in the public DNS. */
  readonly regionalName: string

  constructor(scope: Construct, id: string, { cidr, peeredCidr, serviceName, hostname, port }: ConsumerProps) {
    super(scope, id)
    this.vpc = publicVpc(this, 'Vpc', cidr)
    this.peeredVpc = publicVpc(this, 'Peered', peeredCidr)
    peer(this, this.vpc, this.peeredVpc)
    const endpoint = new ec2.InterfaceVpcEndpoint(this, 'Endpoint', {
      vpc: this.vpc,
      service: new ec2.InterfaceVpcEndpointService(serviceName, port),
      privateDnsEnabled: false,
      open: false,
    })
    for (const network of [cidr, peeredCidr]) endpoint.connections.allowDefaultPortFrom(ec2.Peer.ipv4(network))
    // Entries are `<hosted zone id>:<name>`; the first is the regional name, which covers every zone.
    const [hostedZoneId, dnsName] = [0, 1].map(part =>
      Fn.select(part, Fn.split(':', Fn.select(0, endpoint.vpcEndpointDnsEntries))),
    ) as [string, string]
    this.regionalName = dnsName
    const vpcRegion = Stack.of(this).region
    const zone = new CfnHostedZone(this, 'Zone', {
      name: hostname,
      vpcs: [this.vpc, this.peeredVpc].map(({ vpcId }) => ({ vpcId, vpcRegion })),
    })
    new CfnRecordSet(this, 'Name', {
      hostedZoneId: zone.ref,
      name: hostname,
      type: 'A',
      aliasTarget: { hostedZoneId, dnsName },
    })
  }
}

/** Public subnets only: Session Manager reaches the client over the internet gateway, which costs nothing. */
const publicVpc = (scope: Construct, id: string, cidr: string): ec2.Vpc =>
  new ec2.Vpc(scope, id, {
    ipAddresses: ec2.IpAddresses.cidr(cidr),
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [{ name: 'clients', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 }],
  })

const peer = (scope: Construct, one: ec2.Vpc, other: ec2.Vpc): void => {
  const peering = new ec2.CfnVPCPeeringConnection(scope, 'Peering', { vpcId: one.vpcId, peerVpcId: other.vpcId })
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.publicSubnets.forEach((subnet, index) => {
      new ec2.CfnRoute(from, `ToPeer${index + 1}`, {
        routeTableId: subnet.routeTable.routeTableId,
        destinationCidrBlock: to.vpcCidrBlock,
        vpcPeeringConnectionId: peering.ref,
      })
    })
  }
}
