/**
 * What AWS counts for an account and Region, and how much of it the settings need. Only what this app makes is counted:
 * what else is in the account, and what of a quota has been raised, only AWS knows.
 */

export interface PlannedStack {
  readonly name: string
  readonly account: string
  readonly region: string
  readonly resources: readonly PlannedResource[]
}

export interface PlannedResource {
  readonly type: string
  readonly properties: Readonly<Record<string, unknown>>
}

interface Quota {
  readonly what: string
  /** For what AWS counts it. */
  readonly per: 'Region' | 'account' | 'VPC' | 'stack'
  /** By default, in a Region. */
  readonly most: (region: string) => number
  /** Undefined: AWS's page does not say. */
  readonly canBeRaised: boolean | undefined
  readonly source: string
  /** How much of it a resource needs. */
  readonly need: (resource: PlannedResource) => number
}

const fixed = (most: number) => () => most

const each =
  (type: string): Quota['need'] =>
  resource =>
    resource.type === type ? 1 : 0

/** Of the stack itself. */
const stackType = 'AWS::CloudFormation::Stack'

const logs = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html'
const elb = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html'

export const quotas: readonly Quota[] = [
  {
    what: 'saved queries of Logs Insights',
    per: 'Region',
    most: fixed(1000),
    canBeRaised: false,
    source: logs,
    need: each('AWS::Logs::QueryDefinition'),
  },
  {
    what: 'EventBridge rules on the default bus',
    per: 'Region',
    most: region => (['af-south-1', 'eu-south-1'].includes(region) ? 100 : 300),
    canBeRaised: true,
    source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html',
    need: each('AWS::Events::Rule'),
  },
  {
    what: 'Network Load Balancers',
    per: 'Region',
    most: fixed(50),
    canBeRaised: true,
    source: elb,
    need: each('AWS::ElasticLoadBalancingV2::LoadBalancer'),
  },
  {
    what: 'target groups',
    per: 'Region',
    most: fixed(3000),
    canBeRaised: true,
    source: elb,
    need: each('AWS::ElasticLoadBalancingV2::TargetGroup'),
  },
  {
    what: 'interface endpoints',
    per: 'VPC',
    most: fixed(50),
    canBeRaised: true,
    source: 'https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html',
    need: ({ type, properties }) =>
      type === 'AWS::EC2::VPCEndpoint' && properties.VpcEndpointType === 'Interface' ? 1 : 0,
  },
  {
    what: 'IAM roles',
    per: 'account',
    most: fixed(1000),
    canBeRaised: true,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
    need: each('AWS::IAM::Role'),
  },
  {
    what: 'CloudWatch alarms',
    per: 'Region',
    most: fixed(5000),
    canBeRaised: undefined,
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html',
    need: each('AWS::CloudWatch::Alarm'),
  },
  {
    what: 'schedule groups',
    per: 'Region',
    most: fixed(500),
    canBeRaised: undefined,
    source: 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-group.html',
    need: each('AWS::Scheduler::ScheduleGroup'),
  },
  {
    // 1,000 in all, of which 100 have to stay unreserved. A new account may have 10 in all.
    what: 'reserved Lambda executions',
    per: 'Region',
    most: fixed(900),
    canBeRaised: true,
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
    need: ({ type, properties }) =>
      type === 'AWS::Lambda::Function' ? Number(properties.ReservedConcurrentExecutions ?? 0) : 0,
  },
  {
    what: 'hosted zones',
    per: 'account',
    most: fixed(500),
    canBeRaised: true,
    source: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html',
    need: each('AWS::Route53::HostedZone'),
  },
  {
    what: 'security groups',
    per: 'Region',
    most: fixed(2500),
    canBeRaised: true,
    source: 'https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html',
    need: each('AWS::EC2::SecurityGroup'),
  },
  {
    what: 'CloudFormation stacks',
    per: 'Region',
    most: fixed(2000),
    canBeRaised: true,
    source: 'https://docs.aws.amazon.com/general/latest/gr/cfn.html',
    need: each(stackType),
  },
  {
    what: 'resources',
    per: 'stack',
    most: fixed(500),
    canBeRaised: false,
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html',
    need: ({ type }) => (type === stackType ? 0 : 1),
  },
]

export interface Need {
  readonly quota: Quota
  /** Account, and whatever else the quota is counted for. */
  readonly where: string
  readonly needed: number
  readonly most: number
}

/** What the stacks need of every quota, wherever it is counted. */
export const needsOf = (stacks: readonly PlannedStack[]): readonly Need[] =>
  quotas.flatMap(quota => {
    const found = new Map<string, Need>()
    for (const stack of stacks) {
      for (const resource of [{ type: stackType, properties: {} }, ...stack.resources]) {
        const needed = quota.need(resource)
        if (needed === 0) continue
        const where = placeOf(quota, stack, resource)
        const most = quota.most(stack.region)
        found.set(where, { quota, where, most, needed: needed + (found.get(where)?.needed ?? 0) })
      }
    }
    return [...found.values()]
  })

const placeOf = ({ per }: Quota, { name, account, region }: PlannedStack, { properties }: PlannedResource): string => {
  if (per === 'account') return account
  if (per === 'Region') return `${account} in ${region}`
  return `${account} in ${region}, ${per === 'stack' ? name : `VPC ${JSON.stringify(properties.VpcId)}`}`
}

/** Others in the account need some, too. */
const warnAbove = 0.8

/** Of what is needed nearly or more than wholly, as a person is told. */
export const quotaWarnings = (stacks: readonly PlannedStack[]): readonly string[] =>
  needsOf(stacks)
    .filter(({ needed, most }) => needed > warnAbove * most)
    .map(
      ({ quota, where, needed, most }) =>
        `warning: ${where}: ${needed} ${quota.what} are needed, and ${quota.per === 'account' ? 'an account' : `a ${quota.per}`} has ${most} by default${remedyOf(quota, needed > most)}`,
    )

const remedyOf = ({ canBeRaised, source }: Quota, isTooMuch: boolean): string => {
  const what = canBeRaised === false ? 'AWS does not raise it' : 'ask Service Quotas for more before you deploy'
  const doubt = canBeRaised === undefined ? ' (whether it is raised, AWS’s page does not say)' : ''
  return `${isTooMuch ? `: ${what}${doubt}` : ''} (${source}).`
}
