import * as v from 'valibot'
import { memberIds, slotLimits, strategies } from '../../../functions/reconciler/config/front-doors.ts'
import * as values from '../../../functions/reconciler/config/values.ts'
import * as aws from './aws-values.ts'
import { described } from './described.ts'

const healthCheck = values.closed({
  intervalSeconds: v.optional(described('Between two probes of a target.', aws.between(5, 300, 'seconds'))),
  timeoutSeconds: v.optional(
    described('A probe without an answer for so long has failed.', aws.between(2, 120, 'seconds')),
  ),
  healthyThreshold: v.optional(described('So many answers in a row are healthy.', aws.between(2, 10, 'answers'))),
  unhealthyThreshold: v.optional(described('So many failures in a row are unhealthy.', aws.between(2, 10, 'failures'))),
})

const excluded = v.optional(memberIds)

const strategy = {
  strategy: v.optional(
    described(
      'How a failover is followed: register the new address (swap), keep both of a Multi-AZ instance’s (standby), or a target group for each member of a cluster (weighted).',
      v.picklist(strategies, `one of ${strategies.join(', ')}`),
    ),
    'swap',
  ),
  overlap: v.optional(
    described(
      'weighted: the old writer keeps its weight until the new one is healthy; both then get connections.',
      values.flag,
    ),
  ),
  exclude: v.optional(described('weighted: members that get no slot in advance.', excluded)),
}

const created = values.closed({
  kind: described('The stack creates the load balancer.', v.literal('create')),
  ...strategy,
  slots: v.optional(
    described(
      'weighted: target groups, one for each member that may become the writer. By default as many as there are members, 3 where they are not listed.',
      aws.between(slotLimits.least, slotLimits.most, 'target groups'),
    ),
  ),
  loadBalancer: v.optional(
    described('One of loadBalancers, which other databases share, instead of one of its own.', aws.shortName),
  ),
  listenerPort: v.optional(
    described(
      'By default the database’s port. On a shared load balancer no other database’s; take the database’s own where it can be: weights move no port.',
      values.portNumber,
    ),
  ),
  idleTimeoutSeconds: v.optional(
    described('After so long without a byte the load balancer forgets a connection.', aws.between(60, 6000, 'seconds')),
    6000,
  ),
  deletionProtection: v.optional(
    described(
      'Of the load balancer. Off, or a failed first deployment could not be removed; on once it serves.',
      values.flag,
    ),
    false,
  ),
  deregistrationDelaySeconds: v.optional(
    described('For so long connections to a removed target may go on.', aws.between(0, 3600, 'seconds')),
    0,
  ),
  healthCheck: v.optional(described('By TCP, of each target. By default the engine’s.', healthCheck), {}),
  databaseSecurityGroupId: v.optional(
    described(
      'The stack lets the load balancer in through this group; false where you do that elsewhere.',
      v.union([aws.securityGroupId, v.literal(false)], 'a security group id, or false'),
    ),
  ),
})

const existing = values.closed({
  kind: described('Target groups that there are already.', v.literal('existing')),
  ...strategy,
  targetGroupArn: v.optional(described('swap and standby.', values.targetGroupArn)),
  listenerArn: v.optional(described('weighted: its weights are Repoint’s to change.', values.listenerArn)),
  targetGroupArns: v.optional(
    described(
      'weighted: all the target groups of that listener.',
      values.listOf(values.targetGroupArn, 'target groups'),
    ),
  ),
  loadBalancerArn: v.optional(
    described(
      'Read by alarms and the dashboard only: without it they have no load balancer metrics.',
      aws.networkLoadBalancerArn,
    ),
  ),
})

export const frontDoor = v.variant('kind', [created, existing], 'a front door of kind create or existing')

/** A second front door, on which every reader of a cluster is registered. */
export const readers = values.closed({
  port: v.optional(
    described('Of a second listener of the same load balancer; by default the writer’s and one.', values.portNumber),
  ),
  targetGroupArn: v.optional(
    described('Where the writer’s front door is an existing one: an existing target group too.', values.targetGroupArn),
  ),
  writerWhenAlone: v.optional(described('The writer stands in while there is no reader.', values.flag), false),
  exclude: v.optional(described('Members that are never registered for readers.', excluded)),
})

export const exposure = values.closed({
  endpointService: v.optional(
    described('PrivateLink: an endpoint service in front of the load balancer.', values.flag),
    true,
  ),
  acceptanceRequired: v.optional(
    described('Each consumer’s endpoint waits until somebody accepts it.', values.flag),
    true,
  ),
  allowedPrincipals: v.optional(
    described('Accounts, roles and users that may make an endpoint.', values.listOf(aws.principalArn, 'principals')),
    [],
  ),
  openToEveryAccount: v.optional(
    described(
      'The word for allowedPrincipals * without acceptance: anybody with an AWS account may connect.',
      values.flag,
    ),
  ),
  supportedRegions: v.optional(
    described('Other Regions that consumers may come from.', values.listOf(aws.regionName, 'Regions')),
    [],
  ),
  enforceSecurityGroup: v.optional(
    described(
      'The load balancer’s security group judges PrivateLink traffic too, by the consumers’ own addresses.',
      values.flag,
    ),
    false,
  ),
  clientCidrs: v.optional(
    described(
      'Who may reach the load balancer: without PrivateLink, or with it under enforceSecurityGroup.',
      values.listOf(values.network, 'networks'),
    ),
    [],
  ),
  privateDnsName: v.optional(
    described('A public name of your own for consumers, whose ownership AWS verifies.', values.hostName),
  ),
  privateDnsZone: v.optional(
    described(
      'The public hosted zone of privateDnsName, in this account: the stack writes the TXT record that proves the name, and lets AWS verify it.',
      values.closed({
        id: described('The zone’s id.', aws.hostedZoneId),
        name: described('The zone’s name: privateDnsName, or what it ends in.', values.hostName),
      }),
    ),
  ),
  notificationTopicArn: v.optional(described('Told of endpoints that ask, are accepted and go.', aws.topicArn)),
})

export type CreatedFrontDoor = v.InferOutput<typeof created>
export type ExistingFrontDoor = v.InferOutput<typeof existing>
export type Readers = v.InferOutput<typeof readers>
export type Exposure = v.InferOutput<typeof exposure>
