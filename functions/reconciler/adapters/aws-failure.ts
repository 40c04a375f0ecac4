import { AwsError, TransientError } from '../ports.ts'

/** What an error of the AWS SDK means for us, decided in one place. */

const throttled = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'PriorRequestNotComplete',
])
const denied = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'AuthFailure',
  'NotAuthorized',
])
const badCredentials = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'IncompleteSignature',
  'RequestExpired',
  'UnrecognizedClientException',
  'MissingAuthenticationToken',
])
const notFound = new Set([
  'TargetGroupNotFound',
  'TargetGroupNotFoundException',
  'ListenerNotFound',
  'ListenerNotFoundException',
  'DBClusterNotFoundFault',
  'DBInstanceNotFound',
  'DBInstanceNotFoundFault',
])
const invalidTarget = new Set(['InvalidTarget', 'InvalidTargetException'])
const overQuota = new Set([
  'TooManyTargets',
  'TooManyTargetsException',
  'TooManyRegistrationsForTargetId',
  'TooManyRegistrationsForTargetIdException',
])

/** No answer at all: Node's network errors and the SDK's own timeouts. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
])

export interface Call {
  /** The API's own name, as in an IAM policy: `elasticloadbalancing:RegisterTargets`. */
  readonly action: string
  /** The ARN or identifier that the call was about. */
  readonly resource: string
}

/** Runs the call; what AWS answers instead of a result becomes a TransientError or an AwsError that says its cure. */
export const calling = async <T>(call: Call, send: () => Promise<T>): Promise<T> => {
  try {
    return await send()
  } catch (error) {
    throw interpret(call, error)
  }
}

const interpret = ({ action, resource }: Call, cause: unknown): TransientError | AwsError => {
  const { code, message, status } = readFailure(cause)
  const said = `${action} on ${resource}: ${code}: ${message}`
  if (throttled.has(code) || status === 429) return new TransientError('throttled', said, { cause })
  if (denied.has(code)) {
    return new AwsError(
      'access-denied',
      `${said}. Allow ${action} to the function's role; deploying the stack again does.`,
      { cause },
    )
  }
  if (badCredentials.has(code)) {
    return new AwsError('access-denied', `${said}. The credentials are not valid here; check the role and the clock.`, {
      cause,
    })
  }
  if (notFound.has(code)) {
    return new AwsError(
      'not-found',
      `${said}. It is gone or in another account or Region; check the configuration and deploy again.`,
      { cause },
    )
  }
  if (invalidTarget.has(code)) {
    return new AwsError(
      'invalid-target',
      `${said}. The load balancer does not reach the address's subnet: it must be in the target group's VPC or a network that the group allows, in a zone of the load balancer.`,
      { cause },
    )
  }
  if (overQuota.has(code)) {
    return new AwsError('other', `${said}. Deregister targets that nobody needs, or ask AWS to raise the quota.`, {
      cause,
    })
  }
  if (unreachable.has(code) || (status !== undefined && status >= 500)) {
    return new TransientError(
      'unavailable',
      `${said}. If it lasts, check the route or the VPC endpoint to the service.`,
      { cause },
    )
  }
  return new AwsError('other', said, { cause })
}

/** Matches on the wire's code: class names can be lost when the SDK is trimmed. */
const readFailure = (cause: unknown): { code: string; message: string; status?: number } => {
  const error = cause as {
    name?: string
    Code?: string
    code?: string
    message?: string
    $metadata?: { httpStatusCode?: number }
  }
  const status = error.$metadata?.httpStatusCode
  return {
    code: error.Code ?? error.code ?? error.name ?? 'Error',
    message: error.message ?? String(cause),
    ...(status !== undefined && { status }),
  }
}
