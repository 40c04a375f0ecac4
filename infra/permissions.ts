import type { Kind } from '../functions/reconciler/config/database.ts'
import type { Strategy } from '../functions/reconciler/config/front-doors.ts'
import { pairTag, reportSource } from '../functions/reconciler/names.ts'

/**
 * What the function's role may do: which action, on what, for what, and when. The policies of the stack, what
 * `repoint doctor` asks IAM about, and the tables in docs/deploying.md and docs/cli.md are made from this one list.
 */

export interface Permission {
  readonly sid: string
  readonly actions: readonly string[]
  readonly on: Resource
  /** For what: the rest of "so that the function can ...". */
  readonly purpose: string
  /** Who makes the call: the function's own code, or Lambda for it with the function's role. */
  readonly by: 'code' | 'lambda'
  /** As a reader of the documentation sees it; nothing: always. */
  readonly when?: string
  readonly isNeeded: (deployed: Deployed) => boolean
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** What a permission depends on. */
export interface Deployed {
  readonly kind: Kind
  /** Of all its front doors. */
  readonly strategies: readonly Strategy[]
  readonly hasReaders: boolean
  readonly isInVpc: boolean
  /** `ownerProof` is not `off`. */
  readonly provesOwners: boolean
  /** Keys of the organization's own. */
  readonly keys?: readonly ('queue-key' | 'environment-key')[]
}

/** Kinds of resource, and how the documentation calls them. */
export const resourceNames = {
  anything: '`*`',
  'target-groups': 'its target groups',
  listener: 'its listener',
  'event-bus': 'its event bus',
  'log-group': 'its log group',
  'dead-letters': 'its dead-letter queue',
  'queue-key': 'the queue’s key',
  'environment-key': 'the environment’s key',
  cluster: 'its cluster',
  instance: 'its instance',
  instances: '`members`, or the account’s instances',
} as const
export type Resource = keyof typeof resourceNames

/** With which Lambda puts a function into a VPC. */
export const networkInterfaceActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
] as const

const always = () => true
const withStrategy =
  (strategy: Strategy) =>
  ({ strategies }: Deployed): boolean =>
    strategies.includes(strategy)
const withKey =
  (key: 'queue-key' | 'environment-key') =>
  ({ keys = [] }: Deployed): boolean =>
    keys.includes(key)
const ofCluster = ({ kind }: Deployed): boolean => kind === 'cluster'

/**
 * RDS judges a call that names no instance (a cluster's members, an instance's neighbours) by `db:*`, whatever its
 * filters. Without such a call the members of the settings are enough.
 */
export const listsInstances = ({ strategies, hasReaders }: Deployed): boolean =>
  hasReaders || strategies.some(strategy => strategy !== 'swap')

// Describe actions of ELBv2 and EC2 know no resources
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html,
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
export const functionPermissions: readonly Permission[] = [
  {
    sid: 'ReadTargetHealth',
    actions: ['elasticloadbalancing:DescribeTargetHealth'],
    on: 'anything',
    purpose: 'see what is registered, and in which state',
    by: 'code',
    isNeeded: always,
  },
  {
    sid: 'MoveTargets',
    actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
    on: 'target-groups',
    purpose: 'move the registration to the writer',
    by: 'code',
    isNeeded: always,
  },
  {
    sid: 'ReadWeights',
    actions: ['elasticloadbalancing:DescribeListeners'],
    on: 'anything',
    purpose: 'see which target group has the weight',
    by: 'code',
    when: '`weighted`',
    isNeeded: withStrategy('weighted'),
  },
  {
    sid: 'SetWeights',
    actions: ['elasticloadbalancing:ModifyListener'],
    on: 'listener',
    purpose: 'give the weight to the writer’s target group',
    by: 'code',
    when: '`weighted`',
    isNeeded: withStrategy('weighted'),
  },
  {
    sid: 'ReadPair',
    actions: ['elasticloadbalancing:DescribeTags'],
    on: 'anything',
    purpose: 'read which two addresses are the pair',
    by: 'code',
    when: '`standby`',
    isNeeded: withStrategy('standby'),
  },
  {
    sid: 'RememberPair',
    actions: ['elasticloadbalancing:AddTags'],
    on: 'target-groups',
    purpose: `remember the pair, in the tag \`${pairTag}\` and no other`,
    by: 'code',
    when: '`standby`',
    isNeeded: withStrategy('standby'),
    // Without tags in the request ForAllValues would be true.
    conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': [pairTag] }, Null: { 'aws:TagKeys': 'false' } },
  },
  {
    sid: 'ReadOwners',
    actions: ['ec2:DescribeNetworkInterfaces'],
    on: 'anything',
    purpose: 'prove whose a new address is, and with `standby` the pair’s',
    by: 'code',
    when: 'instances and clusters, unless `ownerProof` is `off`; `standby`',
    isNeeded: deployed => deployed.provesOwners || withStrategy('standby')(deployed),
  },
  {
    sid: 'PublishReports',
    actions: ['events:PutEvents'],
    on: 'event-bus',
    purpose: `publish its reports, with the source \`${reportSource}\` and no other`,
    by: 'code',
    isNeeded: always,
    // A multivalued key: a request has a source for each of its entries
    // (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html).
    conditions: { 'ForAllValues:StringEquals': { 'events:source': reportSource } },
  },
  {
    sid: 'WriteLogs',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    on: 'log-group',
    purpose: 'write its log, metrics included',
    by: 'lambda',
    isNeeded: always,
  },
  {
    sid: 'KeepLostEvents',
    actions: ['sqs:SendMessage'],
    on: 'dead-letters',
    purpose: 'keep events that Lambda gives up',
    by: 'lambda',
    isNeeded: always,
  },
  {
    sid: 'EncryptLostEvents',
    actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    on: 'queue-key',
    purpose: 'keep them encrypted',
    by: 'lambda',
    when: '`guardrails.queueKeyArn`',
    isNeeded: withKey('queue-key'),
  },
  {
    sid: 'DecryptEnvironment',
    actions: ['kms:Decrypt'],
    on: 'environment-key',
    purpose: 'read its configuration',
    by: 'lambda',
    when: '`guardrails.environmentKeyArn`',
    isNeeded: withKey('environment-key'),
  },
  {
    sid: 'ReadCluster',
    actions: ['rds:DescribeDBClusters'],
    on: 'cluster',
    purpose: 'read which member is the writer, and the cluster’s security groups',
    by: 'code',
    when: 'clusters',
    isNeeded: ofCluster,
  },
  {
    sid: 'ReadMembers',
    actions: ['rds:DescribeDBInstances'],
    on: 'instances',
    purpose: 'read the endpoints of the members',
    by: 'code',
    when: 'clusters',
    isNeeded: ofCluster,
  },
  {
    sid: 'ReadInstance',
    actions: ['rds:DescribeDBInstances'],
    on: 'instance',
    purpose: 'read the instance’s VPC and security groups',
    by: 'code',
    when: 'instances behind `swap`, unless `ownerProof` is `off`',
    isNeeded: deployed => deployed.kind === 'instance' && deployed.provesOwners && !listsInstances(deployed),
  },
  {
    sid: 'ReadNeighbours',
    actions: ['rds:DescribeDBInstances'],
    on: 'instances',
    purpose: 'read which instances share the subnets',
    by: 'code',
    when: '`standby`',
    isNeeded: deployed => !ofCluster(deployed) && listsInstances(deployed),
  },
  {
    sid: 'NetworkInterfacesForLambda',
    actions: networkInterfaceActions,
    on: 'anything',
    purpose: 'be in the VPC; a Deny keeps the code itself from all that it does not need',
    by: 'lambda',
    when: '`in-vpc`, `isolated`',
    isNeeded: ({ isInVpc }) => isInVpc,
  },
]

export const permissionsOf = (deployed: Deployed): readonly Permission[] =>
  functionPermissions.filter(({ isNeeded }) => isNeeded(deployed))

/**
 * Lambda makes the function's network interfaces with the function's own role; the code has no use for that
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice).
 */
export const deniedToCode = (deployed: Deployed): readonly string[] => {
  const needed = permissionsOf(deployed)
  const ofCode = needed.filter(({ by }) => by === 'code').flatMap(({ actions }) => actions)
  const ofLambda = needed.filter(({ sid }) => sid === 'NetworkInterfacesForLambda').flatMap(({ actions }) => actions)
  return ofLambda.filter(action => !ofCode.includes(action))
}
