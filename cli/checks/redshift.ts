import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, unknown } from './finding.ts'

/**
 * "The provisioned cluster to access must have either cluster relocation or Multi-AZ turned on", and RA3 nodes
 * (https://docs.aws.amazon.com/redshift/latest/mgmt/managing-cluster-cross-vpc.html). Nothing here reads Redshift's API.
 */
export const redshiftEndpoints: Check<DoctorFacts> = {
  name: 'redshift-endpoints',
  question: 'May the cluster have the managed endpoints that are granted: RA3 nodes, and relocation or Multi-AZ?',
  judge: ({ settings: { redshift } }) =>
    redshift === undefined
      ? []
      : [
          unknown(
            `Whether ${redshift.clusterIdentifier} has RA3 nodes, and relocation or Multi-AZ switched on, is not read here; without them nobody can make the managed endpoint that it grants.`,
            `aws redshift describe-clusters --cluster-identifier ${redshift.clusterIdentifier} --query "Clusters[].[NodeType,AvailabilityZoneRelocationStatus,MultiAZ,AvailabilityZone]" shows it: ra3.…, and enabled in either of the next two. To switch it on: aws redshift modify-cluster --cluster-identifier ${redshift.clusterIdentifier} --availability-zone-relocation`,
          ),
        ],
}
