import { Annotations, CfnOutput } from 'aws-cdk-lib'
import { Connections, type IConnectable, type IVpc } from 'aws-cdk-lib/aws-ec2'
import { CfnEndpointAccess } from 'aws-cdk-lib/aws-redshift'
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
export class RedshiftEndpoint extends Construct implements IConnectable {
  readonly connections: Connections

  constructor(scope: Construct, id: string, { consumer, redshift, vpc }: RedshiftEndpointProps) {
    super(scope, id)
    const group = letClientsIn(this, 'SecurityGroup', { consumer, vpc, ports: [consumer.port] })
    this.connections = new Connections({ securityGroups: [group] })
    const { clusterIdentifier, subnetGroupName, ownerAccount } = redshift
    claim(this, `the managed endpoint of ${clusterIdentifier} in ${vpc.vpcId}`)
    const hash = hashOf([consumer.name, clusterIdentifier, subnetGroupName, ownerAccount])
    const access = new CfnEndpointAccess(this, `Access${hash}`, {
      clusterIdentifier,
      endpointName: redshift.endpointName ?? `${`repoint-${consumer.name}`.slice(0, 21).replace(/-$/, '')}-${hash}`,
      subnetGroupName,
      vpcSecurityGroupIds: [group.securityGroupId],
      ...(ownerAccount === undefined ? {} : { resourceOwner: ownerAccount }),
    })
    new CfnOutput(scope, 'RedshiftEndpointAddress', {
      value: access.attrAddress,
      description: 'Redshift’s managed endpoint: one interface in one Availability Zone',
    })
    // https://docs.aws.amazon.com/redshift/latest/mgmt/managing-cluster-cross-vpc.html
    Annotations.of(this).addWarningV2(
      'repoint:redshift-single-zone',
      `${consumer.name}: Redshift’s managed endpoint is one interface in one Availability Zone, and when that zone is down Redshift makes no other: ` +
        'a single point of failure. The load balancer and the resource gateway have one in each zone; see docs/migrating.md, "Redshift".',
    )
  }
}
