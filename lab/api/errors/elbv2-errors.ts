import type { Refusal } from './failure.ts'

/**
 * What Elastic Load Balancing refuses, and how. Codes and their meaning:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html and each action's page.
 */

const api = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference'
const ours = 'the text; nobody acts on it'

const missing = (what: string) =>
  ({
    code: 'ValidationError',
    text: () => `${what} must be specified`,
    source: `${api}/CommonErrors.html`,
    assumption: ours,
  }) as const

export const elbv2Errors = {
  throttled: {
    code: 'Throttling',
    text: () => 'Rate exceeded',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html',
    assumption: 'the text, as public logs show it',
  },
  targetGroupNotFound: {
    code: 'TargetGroupNotFound',
    text: () => 'One or more target groups not found',
    source: `${api}/API_DescribeTargetHealth.html`,
    assumption: 'the text, as the command line shows it in public logs',
  },
  loadBalancerNotFound: {
    code: 'LoadBalancerNotFound',
    text: () => 'One or more load balancers not found',
    source: `${api}/API_DescribeLoadBalancers.html`,
    assumption:
      'the text, as CloudFormation hands it on; the command line shows "Load balancers \'[NAME]\' not found" for names',
  },
  listenerNotFound: {
    code: 'ListenerNotFound',
    text: () => 'One or more listeners not found',
    source: `${api}/API_DescribeListeners.html`,
    assumption: 'the text, as the load balancer controller logs it',
  },
  malformedGroupArn: {
    code: 'ValidationError',
    text: (arn: string) => `'${arn}' is not a valid target group ARN`,
    source: `${api}/CommonErrors.html`,
    assumption: 'the text, as boto3 shows it in public logs',
  },
  noGroupArn: missing('A target group ARN'),
  noListenerArn: missing('A listener ARN'),
  noResourceArn: missing('At least one resource ARN'),
  noTargetId: missing('A target ID'),
  noTargets: missing('At least one target'),
  /** Code: "The specified target does not exist, is not in the same VPC as the target group, or has an unsupported instance type." */
  notPrivate: {
    code: 'InvalidTarget',
    text: () => 'The specified target is not in a network that target groups of addresses allow',
    source: `${api}/API_RegisterTargets.html`,
    assumption: 'that AWS answers this code and not ValidationError for a public address, and the text',
  },
  outsideVpc: {
    code: 'ValidationError',
    text: (ip: string) => `The Availability Zone is required for IP address '${ip}' because it is not in the VPC`,
    source: 'https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/3714',
  },
  insideVpc: {
    code: 'ValidationError',
    text: (ip: string, zone: string) =>
      `The IP address '${ip}' is within the VPC, and cannot have its Availability Zone overridden to 'all' from '${zone}'`,
    source: 'https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/561',
  },
  oneAction: {
    code: 'ValidationError',
    text: () => 'A listener has one action',
    source: `${api}/API_ModifyListener.html`,
    assumption: ours,
  },
  noForward: {
    code: 'ValidationError',
    text: () => 'A target group must be specified',
    source: `${api}/API_ForwardActionConfig.html`,
    assumption: ours,
  },
  tooManyGroups: {
    code: 'TooManyUniqueTargetGroupsPerLoadBalancer',
    text: (most: string) => `At most ${most} target groups an action`,
    source: `${api}/API_ModifyListener.html`,
    assumption: 'that this code answers for one action, the quota of five, and the text',
  },
  /** "The range is 0 to 999." */
  weightOutOfRange: {
    code: 'ValidationError',
    text: (weight: string) => `The weight ${weight} is not a whole number from 0 to 999`,
    source: `${api}/API_TargetGroupTuple.html`,
    assumption: ours,
  },
  badTag: {
    code: 'ValidationError',
    text: (key: string) => `The tag ${key} has a key or a value that is not allowed`,
    source: `${api}/API_Tag.html`,
    assumption: ours,
  },
} as const satisfies Record<string, Refusal<string[]>>
