import type { Reason } from './reasons.ts'

/** What to do about a reason, in one sentence; reasons without an entry need nobody. */
export const remedies: Partial<Record<Reason, string>> = {
  'writer-unknown': 'Check that the endpoint resolves where the function runs, and its VPC DNS settings.',
  'writer-ambiguous': 'An instance or cluster endpoint has one address; check whether a hosted zone shadows the name.',
  'writer-unsettled': 'Nothing: the next run goes on. If it lasts, look at the DNS answers in the log.',
  'evidence-disagrees':
    'Compare the cluster endpoint with DescribeDBClusters; the old registration stays until they agree.',
  'target-not-healthy': 'Check the security groups between load balancer and database, and the health check settings.',
  'partner-disproved':
    'Check which database answers at the address that was removed. If it is the standby of this one, use the strategy swap.',
  'foreign-removed':
    'Nothing: the address belonged to none of this database. Find out who registered it, if it comes again.',
  'partner-unproved':
    'Check that the network interfaces of the database are visible to the function (ec2:DescribeNetworkInterfaces in the account that owns the VPC), or use the strategy swap.',
  'members-unknown':
    'Compare DescribeDBClusters with DescribeDBInstances; until they agree, readers and groups stay as they are.',
  'no-reader': 'Add a reader to the cluster, or allow the writer to stand in (writerWhenAlone).',
  'aws-unreachable':
    'Check the route, the VPC endpoints and their security groups from the function to the AWS APIs in the error.',
  throttled: 'Nothing: the next run goes on. If it lasts, find who else calls this API in the account.',
  paused: 'Take the policy out of the configuration to let Repoint act again.',
  'add-only': 'Deregister the old targets by hand, or take the policy out of the configuration.',
  'address-not-allowed':
    'The name resolved outside the allowed networks. For a publicly accessible database run the function inside the VPC, where the name is private; otherwise add the network to allowedCidrs.',
  'owner-disproved':
    "Find out whose address it is before anything else: DNS names it, and AWS says that it is not this database's. Check who can change the answers of the resolver that the function asks. For a database in another VPC or account set ownerProof to off.",
  'owner-unproved':
    'Check that the function reaches the EC2 and RDS APIs and may read them (ec2:DescribeNetworkInterfaces, rds:DescribeDBInstances); until they answer, ownerProof required registers no new address.',
  'target-not-in-use':
    "Enable the writer's Availability Zone on the load balancer, and check that the target group is in a listener.",
}
