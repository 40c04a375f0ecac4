import * as v from 'valibot'
import { described } from './described.ts'
import * as words from './words.ts'

const healthCheck = v.pipe(
  words.closed({
    intervalSeconds: v.optional(words.wholeNumber(5, 300, 'seconds')),
    timeoutSeconds: v.optional(words.wholeNumber(2, 120, 'seconds')),
    healthyThreshold: v.optional(words.wholeNumber(2, 10, 'answers')),
    unhealthyThreshold: v.optional(words.wholeNumber(2, 10, 'failures')),
  }),
  v.forward(
    v.partialCheck(
      [['intervalSeconds'], ['timeoutSeconds']],
      it => (it.timeoutSeconds ?? 5) <= (it.intervalSeconds ?? 10),
      'seconds, at most the interval',
    ),
    ['timeoutSeconds'],
  ),
)

export const strategies = ['swap', 'standby', 'weighted'] as const
export type Strategy = (typeof strategies)[number]

const excluded = v.optional(words.listOf(words.memberId, 'a list of DB instance identifiers'))

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
      words.flag,
    ),
  ),
  exclude: v.optional(described('weighted: members that get no slot in advance.', excluded)),
}

const created = words.closed({
  kind: v.literal('create'),
  ...strategy,
  slots: v.optional(
    described(
      'weighted: target groups, one for each member that may become the writer. By default as many as there are members, 3 where they are not listed.',
      // "Target groups per action": 5, second-hand and UNCONFIRMED; fewer than two select nothing.
      words.wholeNumber(2, 5, 'target groups'),
    ),
  ),
  listenerPort: v.optional(described('By default the database’s port.', words.portNumber)),
  idleTimeoutSeconds: v.optional(words.wholeNumber(60, 6000, 'seconds'), 6000),
  deregistrationDelaySeconds: v.optional(words.wholeNumber(0, 3600, 'seconds'), 0),
  healthCheck: v.optional(healthCheck, {}),
  databaseSecurityGroupId: v.optional(
    described('The stack lets the load balancer in through this group.', words.securityGroupId),
  ),
})

const existing = words.closed({
  kind: v.literal('existing'),
  ...strategy,
  targetGroupArn: v.optional(described('swap and standby.', words.targetGroupArn)),
  listenerArn: v.optional(described('weighted: its weights are Repoint’s to change.', words.listenerArn)),
  targetGroupArns: v.optional(
    described('weighted: all the target groups of that listener.', words.listOf(words.targetGroupArn, 'target groups')),
  ),
  loadBalancerArn: v.optional(
    described(
      'Read by alarms and the dashboard only: without it they have no load balancer metrics.',
      words.networkLoadBalancerArn,
    ),
  ),
})

export const frontDoor = v.variant('kind', [created, existing], 'a front door of kind create or existing')

/** A second front door, on which every reader of a cluster is registered. */
export const readers = words.closed({
  port: v.optional(
    described('Of a second listener of the same load balancer; by default the writer’s and one.', words.portNumber),
  ),
  targetGroupArn: v.optional(
    described('Where the writer’s front door is an existing one: an existing target group too.', words.targetGroupArn),
  ),
  writerWhenAlone: v.optional(described('The writer stands in while there is no reader.', words.flag), false),
  exclude: v.optional(described('Members that are never registered for readers.', excluded)),
})

export const exposure = v.pipe(
  words.closed({
    endpointService: v.optional(words.flag, true),
    acceptanceRequired: v.optional(words.flag, true),
    allowedPrincipals: v.optional(words.listOf(words.principalArn, 'a list of principals'), []),
    supportedRegions: v.optional(words.listOf(words.regionName, 'a list of Regions'), []),
    enforceSecurityGroup: v.optional(
      described(
        'The load balancer’s security group judges PrivateLink traffic too, by the consumers’ own addresses.',
        words.flag,
      ),
      false,
    ),
    clientCidrs: v.optional(
      described(
        'Who may reach the load balancer: without PrivateLink, or with it under enforceSecurityGroup.',
        words.listOf(words.network, 'a list of networks'),
      ),
      [],
    ),
    privateDnsName: v.optional(words.hostName),
    notificationTopicArn: v.optional(words.topicArn),
  }),
  v.forward(
    v.partialCheck(
      [['enforceSecurityGroup'], ['clientCidrs']],
      it => it.enforceSecurityGroup !== true || (it.clientCidrs ?? []).length > 0,
      'the consumers’ networks: with enforceSecurityGroup nobody else gets in',
    ),
    ['clientCidrs'],
  ),
)

export type CreatedFrontDoor = v.InferOutput<typeof created>
export type ExistingFrontDoor = v.InferOutput<typeof existing>
export type Readers = v.InferOutput<typeof readers>
export type Exposure = v.InferOutput<typeof exposure>
