/**
 * Changes of a live stack that are more than a change: what CloudFormation does then, what consumers see, and the way
 * around. docs/deploying.md shows this table; a test compares the templates of before and after with it.
 */
export interface Change {
  readonly change: string
  /** Types of resources that are made anew, and of those that go. Short, without `AWS::`. */
  readonly replaced?: readonly string[]
  readonly removed?: readonly string[]
  /** `refused`: at synthesis, by a sentence. */
  readonly verdict: 'refused' | 'interrupts' | 'refused by AWS' | 'safe'
  readonly effect: string
  readonly instead: string
}

export const changes = {
  port: {
    change: '`port` of the database',
    replaced: ['ElasticLoadBalancingV2::TargetGroup'],
    verdict: 'interrupts',
    effect:
      'A target group’s port is fixed: the listener forwards to a new, empty group until the seed has registered the writer and it is healthy, 90 to 300 seconds. Open connections end.',
    instead: 'Change the database’s port and this one in the same maintenance window.',
  },
  vpcId: {
    change: '`vpcId`, `subnets` in another VPC',
    replaced: ['ElasticLoadBalancingV2::TargetGroup', 'EC2::SecurityGroup'],
    verdict: 'refused by AWS',
    effect: 'A load balancer stays in its VPC: the update fails and goes back.',
    instead: 'A second entry under another `id` (kind `hostname` or a CNAME of your own), then move consumers.',
  },
  subnetRemoved: {
    change: 'a subnet less',
    verdict: 'refused by AWS',
    effect:
      'A zone of a load balancer with endpoint associations cannot be taken away: the update fails and goes back.',
    instead: 'Leave it. Where it has to go: a second entry, then move consumers.',
  },
  subnetAdded: {
    change: 'a subnet more, in a further zone',
    verdict: 'safe',
    effect:
      'The load balancer gains the zone. UNCONFIRMED, reported by others: the endpoint service does not take it over, and endpoints cannot be made there.',
    instead:
      'A subnet in every zone from the start. A zone that has to join later: a second entry, whose endpoint service has it.',
  },
  secondSubnetInZone: {
    change: 'a second subnet in a zone',
    verdict: 'refused',
    effect: 'A load balancer has one subnet in a zone.',
    instead: '',
  },
  address: {
    change: '`subnets[].address` later',
    verdict: 'refused by AWS',
    effect: 'A load balancer gets its fixed addresses when a subnet is added, and not afterwards.',
    instead: 'From the start, or a second entry.',
  },
  existing: {
    change: '`frontDoor` from `create` to `existing`',
    removed: [
      'EC2::SecurityGroup',
      'EC2::VPCEndpointService',
      'ElasticLoadBalancingV2::Listener',
      'ElasticLoadBalancingV2::LoadBalancer',
      'ElasticLoadBalancingV2::TargetGroup',
    ],
    verdict: 'interrupts',
    effect:
      'The stack’s load balancer goes. CloudFormation removes it in its clean-up, after the last thing that can fail: what AWS refuses to remove there (an endpoint service with connections) stays behind, without listener or load balancer rules.',
    instead:
      'Move every consumer first; then change it. AWS refuses to remove the endpoint service as long as one is connected.',
  },
  sharedLoadBalancer: {
    change: '`frontDoor.loadBalancer` later, or another',
    removed: [
      'EC2::SecurityGroup',
      'EC2::VPCEndpointService',
      'ElasticLoadBalancingV2::Listener',
      'ElasticLoadBalancingV2::LoadBalancer',
    ],
    verdict: 'refused by AWS',
    effect: 'A target group is used by one load balancer: the new listener fails, and the update goes back.',
    instead:
      'A second entry under another `id` (kind `hostname`) on the shared load balancer, then move consumers, then take the first one down.',
  },
  endpointServiceOff: {
    change: '`exposure.endpointService` to `false`',
    removed: ['EC2::VPCEndpointService'],
    verdict: 'refused by AWS',
    effect: 'With a consumer connected AWS keeps the service, outside the stack; a later one has another name.',
    instead: 'Reject or remove the consumers’ endpoints first.',
  },
  privateDnsName: {
    change: '`exposure.privateDnsName` later, or another',
    verdict: 'interrupts',
    effect:
      'The endpoint service has the new name at once; consumers’ private DNS answers for it when AWS has verified it. UNCONFIRMED: for how long endpoints go on answering by the old one.',
    instead:
      'The name from the start. Otherwise consumers go by their endpoint’s own name, or their hosted zone, meanwhile.',
  },
  listenerPort: {
    change: '`frontDoor.listenerPort`',
    verdict: 'interrupts',
    effect:
      'The same listener listens on the new port at once, and on the old one no more. With `weighted` the first slot has all the weight until the seed has run.',
    instead: 'Tell consumers the day; with `weighted` go by `swap` (below).',
  },
  weightedWithPolicy: {
    change: '`weighted` with an entry in `policies`',
    verdict: 'refused',
    effect:
      'CloudFormation writes the first slot’s weight into the listener, and a function that may not set weights leaves writers on a reader.',
    instead: '`repoint pause` after the deployment.',
  },
} as const satisfies Record<string, Change>

export type ChangeName = keyof typeof changes
