import * as v from 'valibot'
import { described } from './described.ts'
import * as words from './words.ts'

const healthCheck = v.pipe(
  v.strictObject({
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

const created = v.strictObject({
  kind: v.literal('create'),
  listenerPort: v.optional(described('By default the database’s port.', words.portNumber)),
  idleTimeoutSeconds: v.optional(words.wholeNumber(60, 6000, 'seconds'), 6000),
  deregistrationDelaySeconds: v.optional(words.wholeNumber(0, 3600, 'seconds'), 0),
  healthCheck: v.optional(healthCheck, {}),
  databaseSecurityGroupId: v.optional(
    described('The stack lets the load balancer in through this group.', words.securityGroupId),
  ),
})

const existing = v.strictObject({
  kind: v.literal('existing'),
  targetGroupArn: words.targetGroupArn,
  loadBalancerArn: v.optional(
    described(
      'Read by alarms and the dashboard only: without it they have no load balancer metrics.',
      words.networkLoadBalancerArn,
    ),
  ),
})

export const frontDoor = v.variant('kind', [created, existing], 'a front door of kind create or existing')

export const exposure = v.pipe(
  v.strictObject({
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
export type Exposure = v.InferOutput<typeof exposure>
