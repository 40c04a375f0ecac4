import { Annotations, type Stack } from 'aws-cdk-lib'
import { CfnEndpointAuthorization } from 'aws-cdk-lib/aws-redshift'
import type { DatabaseSettings } from '../app/settings.ts'

/**
 * Redshift's own path to other accounts: they may make a managed endpoint to the cluster, in the named VPCs or in any.
 * The cluster must be able to relocate or be Multi-AZ
 * (https://docs.aws.amazon.com/redshift/latest/mgmt/managing-cluster-cross-vpc.html).
 */
export const grantRedshiftEndpoints = (stack: Stack, database: DatabaseSettings): void => {
  const { redshift } = database
  if (redshift === undefined) return
  for (const { account, vpcIds } of redshift.grants) {
    new CfnEndpointAuthorization(stack, `RedshiftGrant${account}`, {
      clusterIdentifier: redshift.clusterIdentifier,
      account,
      ...(vpcIds === undefined ? {} : { vpcIds }),
      // Not forced: taking a grant away while an endpoint uses it fails, instead of cutting the consumer off.
      force: false,
    })
  }
  Annotations.of(stack).addWarningV2(
    'repoint:redshift-managed-endpoint',
    `${database.id}: a Redshift-managed endpoint is one network interface in one Availability Zone, a single point of failure: when the zone is down, Redshift makes no other one. ` +
      'The load balancer and the resource gateway of this stack stand in several zones.',
  )
}
