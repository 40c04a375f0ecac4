import { Annotations, CfnOutput, Stack } from 'aws-cdk-lib'
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2'
import { CfnClusterSubnetGroup, CfnEndpointAccess } from 'aws-cdk-lib/aws-redshift'
import { Construct } from 'constructs'
import { hashOf } from '../app/settings/hash-of.ts'
import { claim } from './claim.ts'
import { letClientsIn } from './client-access.ts'
import type { ConsumerModel } from './consumer-model.ts'

export type RedshiftAccess = NonNullable<ConsumerModel['redshift']>

export interface RedshiftEndpointProps {
  readonly consumer: ConsumerModel
  readonly redshift: RedshiftAccess
  readonly vpc: IVpc
}

/**
 * Redshift's own managed endpoint, for those who want it beside the load balancer or the gateway. Only its security groups
 * can be changed: the rest is in the name and in the logical id, so that another value is another endpoint. A name of the
 * settings' own has to be changed with it.
 */
export class RedshiftEndpoint extends Construct {
  readonly group: ISecurityGroup

  constructor(scope: Construct, id: string, { consumer, redshift, vpc }: RedshiftEndpointProps) {
    super(scope, id)
    this.group = letClientsIn(this, 'SecurityGroup', { consumer, vpc, ports: [consumer.port] })
    const { clusterIdentifier, subnetGroupName, subnetId, ownerAccount } = redshift
    claim(this, `the managed endpoint of ${clusterIdentifier}`, vpc.vpcId)
    const where = subnetGroupName ?? Stack.of(this).resolve(subnetId)
    const hash = hashOf([consumer.name, clusterIdentifier, where, ownerAccount])
    const endpointName = redshift.endpointName ?? `${`repoint-${consumer.name}`.slice(0, 21).replace(/-$/, '')}-${hash}`
    const access = new CfnEndpointAccess(this, `Access${hash}`, {
      clusterIdentifier,
      endpointName,
      subnetGroupName: subnetGroupName ?? this.#groupOf(hash, consumer.name, subnetId),
      vpcSecurityGroupIds: [this.group.securityGroupId],
      ...(ownerAccount === undefined ? {} : { resourceOwner: ownerAccount }),
    })
    new CfnOutput(scope, 'RedshiftEndpointAddress', {
      value: access.attrAddress,
      description: 'Redshift’s managed endpoint: one interface in one Availability Zone',
    })
    new CfnOutput(scope, 'RedshiftEndpointZone', {
      value:
        redshift.zone ??
        `aws redshift describe-endpoint-access --endpoint-name ${endpointName} --query "EndpointAccessList[].VpcEndpoint.NetworkInterfaces[].AvailabilityZone"`,
      description: redshift.zone === undefined ? 'Redshift chose it: what shows it' : 'Where that interface is',
    })
    // https://docs.aws.amazon.com/redshift/latest/mgmt/managing-cluster-cross-vpc.html
    Annotations.of(this).addWarningV2(
      'repoint:redshift-single-zone',
      `${consumer.name}: Redshift’s managed endpoint is one interface in one Availability Zone, and when that zone is down Redshift makes no other: ` +
        'a single point of failure. The load balancer and the resource gateway have one in each zone; see docs/migrating.md, "Redshift".',
    )
  }

  /** Of one subnet: "the subnet group from which Amazon Redshift chooses the subnet" then leaves no choice. */
  #groupOf(hash: string, name: string, subnetId: string | undefined): string {
    if (subnetId === undefined) throw new Error(`${name}: Redshift's endpoint has neither a subnet group nor a subnet`)
    return new CfnClusterSubnetGroup(this, `Subnet${hash}`, {
      description: `One zone for the managed endpoint of ${name}`,
      subnetIds: [subnetId],
    }).ref
  }
}
