import type { Reason } from './reasons.ts'

/** What to do about a reason, in one sentence; reasons without an entry need nobody. */
export const remedies: Partial<Record<Reason, string>> = {
  'writer-unknown': 'Check that the endpoint resolves where the function runs, and its VPC DNS settings.',
  'writer-ambiguous': 'An instance or cluster endpoint has one address; check whether a hosted zone shadows the name.',
  'writer-unsettled': 'Nothing: the next run goes on. If it lasts, look at the DNS answers in the log.',
  'evidence-disagrees':
    'Compare the cluster endpoint with DescribeDBClusters; the old registration stays until they agree.',
  'target-not-healthy': 'Check the security groups between load balancer and database, and the health check settings.',
  'no-reader': 'Add a reader to the cluster, or allow the writer to stand in (writerWhenAlone).',
  throttled: 'Nothing: the next run goes on. If it lasts, find who else calls this API in the account.',
  paused: 'Take the policy out of the configuration to let Repoint act again.',
  'add-only': 'Deregister the old targets by hand, or take the policy out of the configuration.',
  'address-not-allowed':
    'The name resolved outside the allowed networks. For a publicly accessible database run the function inside the VPC, where the name is private; otherwise add the network to allowedCidrs.',
  'target-not-in-use':
    "Enable the writer's Availability Zone on the load balancer, and check that the target group is in a listener.",
}
