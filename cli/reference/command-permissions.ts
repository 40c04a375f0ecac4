import { functionPermissions } from '../../infra/permissions.ts'

/** Where both sides of a migration stand: every `repoint migrate` command looks there first. */
const bothSides = [
  'provider: lambda:GetFunctionConfiguration, lambda:GetFunctionConcurrency, lambda:GetAlias, lambda:GetFunctionEventInvokeConfig',
  'rds:DescribeDBInstances, rds:DescribeDBClusters (clusters), rds:DescribeDBProxies (proxies)',
  'elasticloadbalancing:DescribeTargetGroups, elasticloadbalancing:DescribeTargetGroupAttributes, elasticloadbalancing:DescribeLoadBalancers, elasticloadbalancing:DescribeLoadBalancerAttributes, elasticloadbalancing:DescribeListeners, elasticloadbalancing:DescribeListenerAttributes',
  'ec2:DescribeNetworkInterfaces, ec2:DescribeVpcEndpointServiceConfigurations, ec2:DescribeVpcEndpointServicePermissions, ec2:DescribeVpcEndpointConnections',
  'vpc-lattice:ListResourceGateways, vpc-lattice:GetResourceGateway, vpc-lattice:ListResourceConfigurations, vpc-lattice:GetResourceConfiguration, vpc-lattice:ListAccessLogSubscriptions',
  'consumer: route53:ListHostedZonesByVPC, ec2:DescribeVpcs, route53:ListResourceRecordSets',
  'ec2:DescribeVpcEndpoints, ec2:DescribeVpcEndpointAssociations, vpc-lattice:GetResourceConfiguration (clusters)',
]

/** What the function's code does, done here with the credentials at hand. */
const asTheFunction = functionPermissions
  .filter(({ by }) => by === 'code')
  .map(({ actions, when }) => `${actions.join(', ')}${when === undefined ? '' : ` (${when.replaceAll('`', '')})`}`)

/** The same as an IAM policy that can be pasted. Narrow its resources where you know them. */
export const policyFor = (actions: readonly string[]): string =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: [...new Set(actions.flatMap(actionsIn))].sort(), Resource: '*' }],
    },
    undefined,
    2,
  )

/** What is always allowed needs no statement. */
const actionsIn = (text: string): readonly string[] =>
  text.includes('always allowed') ? [] : (text.match(/\b[a-z0-9-]+:[A-Z]\w+|\brds-db:connect/g) ?? [])

/** What a command may ask of AWS, as in an IAM policy. A test holds it to the calls that the commands really make. */
export const permissions: Readonly<Record<string, readonly string[]>> = {
  init: ['rds:DescribeDBClusters', 'rds:DescribeDBInstances', 'rds:DescribeDBProxies', 'ec2:DescribeSubnets'],
  status: [
    'lambda:GetFunctionConfiguration',
    'elasticloadbalancing:DescribeTargetHealth',
    'events:DescribeRule',
    'scheduler:GetSchedule',
    'cloudwatch:DescribeAlarms',
    'logs:FilterLogEvents',
    'rds:DescribeDBClusters (clusters)',
  ],
  plan: ['lambda:InvokeFunction', 'scheduler:GetSchedule'],
  resync: ['lambda:InvokeFunction', 'scheduler:GetSchedule'],
  'resync --local': ['lambda:GetFunctionConfiguration', 'scheduler:GetSchedule', ...asTheFunction],
  pause: [
    'events:DescribeRule',
    'events:DisableRule',
    'events:EnableRule (to undo)',
    'scheduler:GetSchedule',
    'scheduler:UpdateSchedule',
    'iam:PassRole (the schedule’s role, to scheduler.amazonaws.com)',
    'sts:GetCallerIdentity (always allowed)',
  ],
  resume: [
    'events:DescribeRule',
    'events:EnableRule',
    'scheduler:GetSchedule',
    'scheduler:UpdateSchedule',
    'iam:PassRole (the schedule’s role, to scheduler.amazonaws.com)',
  ],
  history: [
    'rds:DescribeEvents',
    'rds:DescribeDBClusters (clusters)',
    'logs:FilterLogEvents (the function’s log, or the gateway’s access log)',
    'logs:StartQuery, logs:GetQueryResults, logs:ListLogGroupsForQuery (several databases)',
    'sts:GetCallerIdentity (always allowed; several databases)',
    'vpc-lattice:GetResourceConfiguration (clusters that have only the gateway)',
  ],
  'events replay': ['lambda:InvokeFunction'],
  'migrate plan': bothSides,
  'migrate preflight': [
    ...bothSides,
    'on both sides: ec2:DescribeSubnets, ec2:DescribeSecurityGroups, route53:ListHostedZonesByVPC',
    'consumer: ec2:DescribeVpcAttribute, vpc-lattice:GetResourceConfiguration, sts:GetCallerIdentity (always allowed)',
    'secretsmanager:GetSecretValue (with --secret), rds-db:connect (with --iam-user)',
  ],
  'migrate verify': [
    ...bothSides,
    'provider: logs:FilterLogEvents (the gateway’s access log)',
    'rds:DescribeDBClusters, rds:DescribeDBInstances (clusters)',
    'lambda:InvokeFunction (where the hosted zone hides the database’s address here: a dry run)',
    'secretsmanager:GetSecretValue (with --secret), rds-db:connect (with --iam-user)',
    'with --drill also: elasticloadbalancing:DescribeTargetHealth, rds:DescribeEvents, scheduler:GetSchedule, events:DescribeRule, cloudwatch:DescribeAlarms, logs:FilterLogEvents (the function’s)',
    'one of rds:RebootDBInstance (instances), rds:FailoverDBCluster (clusters)',
    'sts:GetCallerIdentity (always allowed; for the record)',
  ],
  'migrate shift': [
    ...bothSides,
    'provider: lambda:InvokeFunction (a dry run)',
    'consumer: route53:ChangeResourceRecordSets, route53:GetChange (with --apply)',
    'sts:GetCallerIdentity (always allowed; for the record)',
  ],
  'migrate rollback': [
    'provider: lambda:InvokeFunction (a dry run)',
    'consumer: route53:ListHostedZonesByVPC, route53:ListResourceRecordSets, ec2:DescribeVpcEndpoints',
    'route53:ChangeResourceRecordSets, route53:GetChange (with --apply)',
    'sts:GetCallerIdentity (always allowed; for the record)',
  ],
  'migrate watch': [
    ...bothSides,
    'on both sides: cloudwatch:GetMetricData',
    'provider: logs:FilterLogEvents (the gateway’s access log), lambda:InvokeFunction (a dry run)',
    'rds:DescribeDBClusters, rds:DescribeDBInstances (clusters)',
    'consumer: route53:ChangeResourceRecordSets, route53:GetChange (with --apply)',
    'secretsmanager:GetSecretValue (with --secret), rds-db:connect (with --iam-user)',
    'sts:GetCallerIdentity (always allowed; for the record)',
  ],
  'migrate retire': [
    ...bothSides,
    'on both sides: cloudwatch:GetMetricData',
    'sts:GetCallerIdentity (always allowed; for the record)',
  ],
}
