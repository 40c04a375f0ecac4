import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2'
import { CfnResourceGateway } from 'aws-cdk-lib/aws-vpclattice'
import { Construct } from 'constructs'
import { registrableCidrs } from '../../functions/reconciler/config.ts'
import type { GatewayModel } from './gateway-model.ts'

/**
 * VPC Lattice's path into the database's VPC: an interface in each subnet, from whose addresses the database sees every
 * client. What can only be replaced (VPC, subnets, addresses of an interface, resolution) is in the name and in the
 * logical id: another value is another gateway, which stands before the old one goes. AWS refuses to delete a gateway
 * that has resource configurations, and a configuration that has endpoints, so an old one in use stays in use.
 *
 * Nobody connects to the gateway's interfaces themselves, so its security group has no inbound rule. That none is needed
 * is what people report, not what AWS documents: `repoint migrate verify` shows it in your account.
 */
export class ResourceGateway extends Construct {
  readonly gatewayId: string
  readonly securityGroupId: string

  constructor(scope: Construct, id: string, database: GatewayModel) {
    super(scope, id)
    const { gateway, vpcId } = database
    if (vpcId === undefined) throw new Error(`${database.id} has no VPC for its resource gateway`)
    const { gateway: name, gatewayHash } = database.names
    const group = new CfnSecurityGroup(this, 'SecurityGroup', {
      vpcId,
      groupDescription: `Resource gateway to ${database.id}`,
      // Inline: a group without any rule of its own lets everything out.
      securityGroupEgress: egressRules(database),
    })
    this.securityGroupId = group.attrGroupId
    const resource = new CfnResourceGateway(this, `Gateway${gatewayHash}`, {
      name,
      vpcIdentifier: vpcId,
      // Another order would be a replacement under the same name.
      subnetIds: gateway.subnets.map(it => it.id).toSorted(),
      securityGroupIds: [group.attrGroupId],
      ipAddressType: 'IPV4',
      ipv4AddressesPerEni: gateway.ipv4AddressesPerEni,
      resourceConfigDnsResolution: gateway.dnsResolution === 'in-vpc' ? 'IN_VPC' : 'PUBLIC',
    })
    this.gatewayId = resource.attrId
  }
}

/** To the database alone: by its security group, or by network where the group is not known. */
const egressRules = ({ id, port, gateway, allowedCidrs }: GatewayModel): CfnSecurityGroup.EgressProperty[] => {
  const rule = { ipProtocol: 'tcp', fromPort: port, toPort: port, description: `The database ${id}` }
  const { databaseSecurityGroupId } = gateway
  if (databaseSecurityGroupId !== false) return [{ ...rule, destinationSecurityGroupId: databaseSecurityGroupId }]
  return (allowedCidrs ?? registrableCidrs).map(cidrIp => ({ ...rule, cidrIp }))
}
