import type { Refusal } from './failure.ts'

/** What the services refuse that have few words, and what all of them do. */

const docs = 'https://docs.aws.amazon.com'
const ours = 'the text; nobody acts on it'
const fromLogs = 'the text, as public logs show it'

export const commonErrors = {
  unsigned: {
    code: 'MissingAuthenticationToken',
    status: 403,
    text: () => 'Request is missing Authentication Token',
    source: `${docs}/AWSEC2/latest/APIReference/errors-overview.html`,
    assumption: fromLogs,
  },
  unknownAction: {
    code: 'InvalidAction',
    text: (action: string) => `Could not find operation ${action} in this lab`,
    source: `${docs}/elasticloadbalancing/latest/APIReference/CommonErrors.html`,
    assumption: 'the laboratory’s own: it knows fewer actions than AWS',
  },
  unknownOperation: {
    code: 'UnknownOperationException',
    text: (action: string) => `The lab does not know the operation ${action}`,
    assumption: 'the laboratory’s own: it knows fewer operations than AWS',
  },
  unknownPath: {
    code: 'UnknownOperationException',
    status: 404,
    text: (action: string) => `The lab does not know the operation ${action}`,
    assumption: 'the laboratory’s own: it knows fewer operations than AWS',
  },
} as const satisfies Record<string, Refusal<string[]>>

export const eventErrors = {
  ruleNotFound: {
    code: 'ResourceNotFoundException',
    text: (name: string) => `Rule ${name} does not exist on EventBus default.`,
    source: `${docs}/eventbridge/latest/APIReference/API_DescribeRule.html`,
    assumption: fromLogs,
  },
  /** "Array Members: Minimum number of 1 item. Maximum number of 10 items." */
  badEntries: {
    code: 'ValidationException',
    text: () =>
      "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and 10",
    source: `${docs}/eventbridge/latest/APIReference/API_PutEvents.html`,
    assumption: 'the text, in the form that AWS gives constraints elsewhere',
  },
} as const satisfies Record<string, Refusal<string[]>>

export const lambdaErrors = {
  functionNotFound: {
    code: 'ResourceNotFoundException',
    status: 404,
    text: (name: string) => `Function not found: ${name}`,
    source: `${docs}/lambda/latest/api/API_GetFunctionConfiguration.html`,
    assumption: fromLogs,
  },
  aliasNotFound: {
    code: 'ResourceNotFoundException',
    status: 404,
    text: (name: string) => `Cannot find alias arn: ${name}`,
    source: `${docs}/lambda/latest/api/API_GetAlias.html`,
    assumption: fromLogs,
  },
  noInvokeConfig: {
    code: 'ResourceNotFoundException',
    status: 404,
    text: (name: string) => `The function ${name} doesn't have an EventInvokeConfig`,
    source: `${docs}/lambda/latest/api/API_GetFunctionEventInvokeConfig.html`,
    assumption: 'the text, as several emulators quote it',
  },
  badPayload: {
    code: 'InvalidRequestContentException',
    text: () => 'Could not parse request body into json',
    source: `${docs}/lambda/latest/api/API_Invoke.html`,
    assumption: fromLogs,
  },
  atConcurrency: {
    code: 'TooManyRequestsException',
    status: 429,
    text: () => 'Rate Exceeded.',
    source: `${docs}/lambda/latest/dg/troubleshooting-invocation.html`,
  },
} as const satisfies Record<string, Refusal<string[]>>

export const logErrors = {
  groupNotFound: {
    code: 'ResourceNotFoundException',
    text: () => 'The specified log group does not exist.',
    source: `${docs}/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html`,
    assumption: fromLogs,
  },
  badPattern: {
    code: 'InvalidParameterException',
    text: (pattern: string) => `Invalid filter pattern: ${pattern}`,
    source: `${docs}/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html`,
    assumption: ours,
  },
} as const satisfies Record<string, Refusal<string[]>>

export const logQueryErrors = {
  malformed: {
    code: 'MalformedQueryException',
    text: (query: string) => `The laboratory does not know this query: ${query}`,
    source: `${docs}/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html`,
    assumption: ours,
  },
  notFound: {
    code: 'ResourceNotFoundException',
    text: (queryId: string) => `There is no query ${queryId}.`,
    source: `${docs}/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html`,
    assumption: ours,
  },
} as const satisfies Record<string, Refusal<string[]>>

export const metricErrors = {
  badParameter: {
    code: 'InvalidParameterValueException',
    text: (what: string) => what,
    source: `${docs}/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html`,
    assumption: 'the sentences, and the code, which that page does not list for this action; nobody acts on them',
  },
} as const satisfies Record<string, Refusal<string[]>>

export const scheduleErrors = {
  notFound: {
    code: 'ResourceNotFoundException',
    status: 404,
    text: (name: string) => `Schedule ${name} does not exist.`,
    source: `${docs}/scheduler/latest/APIReference/API_GetSchedule.html`,
    assumption: fromLogs,
  },
  incomplete: {
    code: 'ValidationException',
    text: () => 'ScheduleExpression, FlexibleTimeWindow, Target.Arn and Target.RoleArn are required.',
    source: `${docs}/scheduler/latest/APIReference/API_UpdateSchedule.html`,
    assumption: ours,
  },
  ratesKept: {
    code: 'ValidationException',
    text: () => 'The lab’s schedule keeps its rate.',
    assumption: 'the laboratory’s own: it plays no other rate',
  },
  endsInPast: {
    code: 'ValidationException',
    text: () => 'The EndDate you specify cannot be earlier than now.',
    source: `${docs}/scheduler/latest/APIReference/API_UpdateSchedule.html`,
    assumption: ours,
  },
  /** "Length Constraints: Minimum length of 0. Maximum length of 512." */
  longDescription: {
    code: 'ValidationException',
    text: () => 'Description must have length less than or equal to 512',
    source: `${docs}/scheduler/latest/APIReference/API_UpdateSchedule.html`,
    assumption: ours,
  },
} as const satisfies Record<string, Refusal<string[]>>

export const queueErrors = {
  notFound: {
    code: 'AWS.SimpleQueueService.NonExistentQueue',
    text: () => 'The specified queue does not exist.',
    source: `${docs}/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html`,
    assumption: 'that the JSON protocol carries this code of the older one, and not only QueueDoesNotExist',
  },
} as const satisfies Record<string, Refusal<string[]>>

export const latticeErrors = {
  notFound: {
    code: 'ResourceNotFoundException',
    status: 404,
    text: (kind: string, id: string) => `There is no ${kind} ${id}`,
    source: `${docs}/vpc-lattice/latest/APIReference/API_GetResourceConfiguration.html`,
    assumption: ours,
  },
  missing: {
    code: 'ValidationException',
    text: (name: string) => `${name} is missing`,
    source: `${docs}/vpc-lattice/latest/APIReference/API_ListResourceEndpointAssociations.html`,
    assumption: ours,
  },
} as const satisfies Record<string, Refusal<string[]>>

export const stackErrors = {
  notFound: {
    code: 'ValidationError',
    text: (name: string) => `Stack with id ${name} does not exist`,
    source: `${docs}/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html`,
    assumption: 'the sentence, as the command line shows it',
  },
} as const satisfies Record<string, Refusal<string[]>>

export const redshiftErrors = {
  clusterNotFound: {
    code: 'ClusterNotFound',
    status: 404,
    text: (id: string) => `Cluster ${id} not found.`,
    source: `${docs}/redshift/latest/APIReference/API_DescribeClusters.html`,
    assumption: ours,
  },
} as const satisfies Record<string, Refusal<string[]>>

export const iamErrors = {
  noPrincipal: {
    code: 'NoSuchEntity',
    status: 404,
    text: (arn: string) => `The principal ${arn} cannot be found.`,
    source: `${docs}/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html`,
    assumption: ours,
  },
} as const satisfies Record<string, Refusal<string[]>>
