import { ArnFormat, Stack } from 'aws-cdk-lib'
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { reportSource } from '../../functions/reconciler/names.ts'
import { readArn } from '../settings/database.ts'
import type { DatabaseSettings } from '../settings.ts'

/** What the function may do, and to what. A test compares the synthesized statements with this list one by one. */

export interface Resources {
  readonly targetGroupArns: readonly string[]
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
    resources: [...resources.targetGroupArns],
  }),
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

const clusterStatements = (scope: Construct, database: DatabaseSettings): PolicyStatement[] => {
  if (database.kind !== 'cluster' || database.arn === undefined) return []
  return [
    new PolicyStatement({ sid: 'ReadCluster', actions: ['rds:DescribeDBClusters'], resources: [database.arn] }),
    new PolicyStatement({
      sid: 'ReadMembers',
      actions: ['rds:DescribeDBInstances'],
      resources: memberArns(scope, database),
    }),
  ]
}

/** The instances that a cluster's reconciler may read. Without a list any instance may be the writer one day. */
export const memberArns = (scope: Construct, database: DatabaseSettings): string[] => {
  if (database.kind !== 'cluster') return []
  return (database.members.length > 0 ? database.members : ['*']).map(name => instanceArn(scope, database, name))
}

/** The ARN of an instance beside the database; a name may end in `*`. */
export const instanceArn = (scope: Construct, database: DatabaseSettings, name: string): string => {
  const { region, account } = database.arn === undefined ? Stack.of(scope) : readArn(database.arn)
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME
  return Stack.of(scope).formatArn({ service: 'rds', region, account, resource: 'db', resourceName: name, arnFormat })
}

/**
 * Lambda makes the function's network interfaces with the function's own role. The second statement keeps the
 * function's code from using what only Lambda needs
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice).
 */
export const networkInterfaceStatements = (functionArn: string): PolicyStatement[] => {
  const actions = [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ]
  return [
    new PolicyStatement({ sid: 'NetworkInterfacesForLambda', actions, resources: ['*'] }),
    new PolicyStatement({
      sid: 'NetworkInterfacesNotForTheCode',
      effect: Effect.DENY,
      actions,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    }),
  ]
}
