import { ArnFormat, Stack } from 'aws-cdk-lib'
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { pairTag, reportSource } from '../functions/reconciler/names.ts'
import { readArn } from './app/settings/database-fields.ts'
import type { DatabaseSettings } from './app/settings.ts'
import type { DoorArns } from './constructs/reconciler-config.ts'

/** What the function may do, and to what. A test compares the synthesized statements with this list one by one. */

export interface Resources {
  readonly doors: DoorArns
  readonly logGroupArn: string
  readonly deadLettersArn: string
}

export const busArn = (scope: Construct, eventBus: string): string =>
  eventBus.startsWith('arn:')
    ? eventBus
    : Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: eventBus })

export const reconcilerStatements = (
  scope: Construct,
  database: DatabaseSettings,
  resources: Resources,
): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'ReadTargetHealth',
    actions: ['elasticloadbalancing:DescribeTargetHealth'],
    // ELBv2's Describe actions know no resources
    // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
    resources: ['*'],
  }),
  new PolicyStatement({
    sid: 'MoveTargets',
    actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
    resources: [...resources.doors.targetGroups, ...(resources.doors.readers ? [resources.doors.readers] : [])],
  }),
  ...strategyStatements(database, resources.doors),
  new PolicyStatement({
    sid: 'PublishReports',
    actions: ['events:PutEvents'],
    resources: [busArn(scope, database.eventBus)],
    conditions: { StringEquals: { 'events:source': reportSource } },
  }),
  new PolicyStatement({
    sid: 'WriteLogs',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [resources.logGroupArn],
  }),
  new PolicyStatement({
    sid: 'KeepLostEvents',
    actions: ['sqs:SendMessage'],
    resources: [resources.deadLettersArn],
  }),
  ...clusterStatements(scope, database),
]

/** What a strategy needs beyond the targets of its groups. */
const strategyStatements = ({ frontDoor: { strategy } }: DatabaseSettings, doors: DoorArns): PolicyStatement[] => {
  if (strategy === 'weighted') {
    return [
      new PolicyStatement({
        sid: 'ReadWeights',
        actions: ['elasticloadbalancing:DescribeListeners'],
        resources: ['*'],
      }),
      new PolicyStatement({
        sid: 'SetWeights',
        actions: ['elasticloadbalancing:ModifyListener'],
        resources: [doors.listener ?? ''],
      }),
    ]
  }
  if (strategy !== 'standby') return []
  return [
    new PolicyStatement({ sid: 'ReadPair', actions: ['elasticloadbalancing:DescribeTags'], resources: ['*'] }),
    new PolicyStatement({
      sid: 'RememberPair',
      actions: ['elasticloadbalancing:AddTags'],
      resources: [...doors.targetGroups],
      // Without tags in the request ForAllValues would be true.
      conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': [pairTag] }, Null: { 'aws:TagKeys': 'false' } },
    }),
    // EC2's Describe actions know no resources
    // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
    new PolicyStatement({ sid: 'ReadOwners', actions: [readInterfaces], resources: ['*'] }),
  ]
}

const clusterStatements = (scope: Construct, database: DatabaseSettings): PolicyStatement[] => {
  const statements: PolicyStatement[] = []
  if (database.kind === 'cluster' && database.arn !== undefined) {
    statements.push(
      new PolicyStatement({ sid: 'ReadCluster', actions: ['rds:DescribeDBClusters'], resources: [database.arn] }),
    )
  }
  const instances = readableInstances(scope, database)
  if (instances.length === 0) return statements
  const sid = database.kind === 'cluster' ? 'ReadMembers' : 'ReadNeighbours'
  return [...statements, new PolicyStatement({ sid, actions: ['rds:DescribeDBInstances'], resources: instances })]
}

/**
 * The instances that the reconciler may read: any of them may be the writer one day, where no list says which. RDS judges
 * a call that names no instance (a cluster's members, an instance's neighbours) by `db:*`, whatever its filters.
 */
export const readableInstances = (scope: Construct, database: DatabaseSettings): string[] => {
  const { kind, frontDoor, readers, members } = database
  const lists = frontDoor.strategy !== 'swap' || readers !== undefined
  if (kind !== 'cluster') return frontDoor.strategy === 'standby' ? [instanceArn(scope, database, '*')] : []
  return (lists || members.length === 0 ? ['*'] : members).map(name => instanceArn(scope, database, name))
}

/** The ARN of an instance beside the database; a name may end in `*`. */
export const instanceArn = (scope: Construct, database: DatabaseSettings, name: string): string => {
  const { region, account } = database.arn === undefined ? Stack.of(scope) : readArn(database.arn)
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME
  return Stack.of(scope).formatArn({ service: 'rds', region, account, resource: 'db', resourceName: name, arnFormat })
}

const readInterfaces = 'ec2:DescribeNetworkInterfaces'

/**
 * Lambda makes the function's network interfaces with the function's own role. The second statement keeps the
 * function's code from using what only Lambda needs
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice).
 */
export const networkInterfaceStatements = (functionArn: string, database: DatabaseSettings): PolicyStatement[] => {
  const actions = [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    readInterfaces,
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ]
  // With standby the code reads interfaces itself, to know whose an address is.
  const isRead = database.frontDoor.strategy === 'standby'
  return [
    new PolicyStatement({ sid: 'NetworkInterfacesForLambda', actions, resources: ['*'] }),
    new PolicyStatement({
      sid: 'NetworkInterfacesNotForTheCode',
      effect: Effect.DENY,
      actions: isRead ? actions.filter(action => action !== readInterfaces) : actions,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    }),
  ]
}
