import * as ec2 from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'

export interface ConsumerNetworksProps {
  readonly cidr: string
  readonly peeredCidr: string
}

/** A consumer's VPC, and one that is peered with it. */
export class ConsumerNetworks extends Construct {
  readonly vpc: ec2.Vpc
  readonly peeredVpc: ec2.Vpc

  constructor(scope: Construct, id: string, { cidr, peeredCidr }: ConsumerNetworksProps) {
    super(scope, id)
    this.vpc = publicVpc(this, 'Vpc', cidr)
    this.peeredVpc = publicVpc(this, 'Peered', peeredCidr)
    peer(this, this.vpc, this.peeredVpc)
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
