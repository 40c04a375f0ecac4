/**
 * What an error of AWS or of its SDK means: the one table of codes. It makes no sentences: what to do differs between
 * the function's role, a person at a terminal and a deployment, so each audience has its own.
 *
 * A code is compared without the ending of the SDK's class: one service answers `AccessDenied`, another
 * `AccessDeniedException`. The code of the wire goes before the name of the class, which is the SDK's own.
 */

export type AwsErrorKind = keyof typeof codes | 'unavailable' | 'other'

const codes = {
  /** As the SDK's retries count them: THROTTLING_ERROR_CODES of @smithy/core/retry. */
  throttled: [
    'BandwidthLimitExceeded',
    'EC2Throttled',
    'LimitExceeded',
    'PriorRequestNotComplete',
    'ProvisionedThroughputExceeded',
    'RequestLimitExceeded',
    'RequestThrottled',
    'SlowDown',
    'Throttled',
    'Throttling',
    'TooManyRequests',
    'TransactionInProgress',
  ],
  /**
   * The credentials are good and lack a permission: AccessDenied and NotAuthorized of every service's CommonErrors page
   * (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html), UnauthorizedOperation of EC2.
   */
  denied: ['AccessDenied', 'NotAuthorized', 'UnauthorizedOperation'],
  /** The SDK found none: the names of its own errors, @smithy/property-provider. */
  'no-credentials': ['CredentialsProviderError', 'TokenProviderError'],
  /**
   * ExpiredToken: "The security token included in the request is expired", of every service's CommonErrors page. RequestExpired is EC2's answer to a request 15 minutes off the clock, "If you're using temporary security credentials,
   * this error can also occur if the credentials have expired" (the page named below).
   */
  'expired-credentials': ['ExpiredToken', 'RequestExpired'],
  /**
   * AuthFailure is EC2's "The provided credentials could not be validated"; a permission that is missing is its
   * UnauthorizedOperation (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html).
   */
  'invalid-credentials': [
    'AuthFailure',
    'IncompleteSignature',
    'InvalidClientTokenId',
    'InvalidSignature',
    'MissingAuthenticationToken',
    'SignatureDoesNotMatch',
    'UnrecognizedClient',
  ],
  /**
   * Each is on the page of the action that answers it, such as
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html,
   * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html,
   * https://docs.aws.amazon.com/redshift/latest/APIReference/API_DescribeClusters.html and
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html.
   * Without EC2's `Invalid….NotFound`: EC2 also gives it for what it does not show yet
   * (https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html), so it proves no absence.
   */
  'not-found': [
    'AWS.SimpleQueueService.NonExistentQueue',
    'ClusterNotFound',
    'DBClusterNotFound',
    'DBInstanceNotFound',
    'ListenerNotFound',
    'LoadBalancerNotFound',
    'QueueDoesNotExist',
    'ResourceNotFound',
    'TargetGroupNotFound',
  ],
  /** Both of https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html. */
  'invalid-target': ['InvalidTarget'],
  'over-quota': ['TooManyRegistrationsForTargetId', 'TooManyTargets'],
  /** No answer at all: Node's network errors and the SDK's timeouts, as @smithy/core/retry lists them. */
  unreachable: [
    'EAI_AGAIN',
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EPIPE',
    'ETIMEDOUT',
    'RequestTimeout',
    'TimeoutError',
  ],
} as const

const kinds = new Map<string, AwsErrorKind>(
  Object.entries(codes).flatMap(([kind, all]) => all.map(code => [code, kind as keyof typeof codes] as const)),
)

export interface AwsErrorFacts {
  readonly kind: AwsErrorKind
  readonly code: string
  readonly message: string
}

/** For anything that was thrown. */
export const readAwsError = (error: unknown): AwsErrorFacts => {
  const { Code, code, name, message, $metadata } = Object(error) as Readonly<Record<string, unknown>>
  // A DOMException's `code` is a number.
  const said = [Code, code, name].find(it => typeof it === 'string') ?? 'Error'
  const status = Object($metadata).httpStatusCode as unknown
  return {
    kind: kindOf(said, typeof status === 'number' ? status : 0),
    code: said,
    message: typeof message === 'string' ? message : String(error),
  }
}

const kindOf = (code: string, status: number): AwsErrorKind => {
  const kind = kinds.get(code.replace(/(Exception|Fault)$/, ''))
  if (kind !== undefined) return kind
  if (status === 429) return 'throttled'
  return status >= 500 ? 'unavailable' : 'other'
}
