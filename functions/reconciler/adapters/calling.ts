import { AwsError, TransientError } from '../ports.ts'
import { type AwsErrorKind, readAwsError } from './aws-errors.ts'

export interface Call {
  /** The API's own name, as in an IAM policy: `elasticloadbalancing:RegisterTargets`. */
  readonly action: string
  /** The ARN or identifier that the call was about. */
  readonly resource: string
}

/** Runs the call; what AWS answers instead of a result becomes a TransientError or an AwsError with its remedy. */
export const calling = async <T>(call: Call, send: () => Promise<T>): Promise<T> => {
  try {
    return await send()
  } catch (error) {
    throw interpret(call, error)
  }
}

const interpret = ({ action, resource }: Call, cause: unknown): TransientError | AwsError => {
  const { kind, code, message } = readAwsError(cause)
  const said = `${action} on ${resource}: ${code}: ${message}`
  const remedy = remedyFor(kind, action)
  const text = remedy === undefined ? said : `${said.replace(/\.$/, '')}. ${remedy}`
  const transient = transientKinds[kind]
  if (transient !== undefined) return new TransientError(transient, text, { cause })
  return new AwsError(lastingKinds[kind] ?? 'other', text, { cause })
}

/** Worth asking again. */
const transientKinds: Partial<Record<AwsErrorKind, TransientError['kind']>> = {
  throttled: 'throttled',
  unreachable: 'unavailable',
  unavailable: 'unavailable',
}

const lastingKinds: Partial<Record<AwsErrorKind, AwsError['kind']>> = {
  denied: 'access-denied',
  'no-credentials': 'access-denied',
  'expired-credentials': 'access-denied',
  'invalid-credentials': 'access-denied',
  'not-found': 'not-found',
  'invalid-target': 'invalid-target',
}

const checkCredentials = 'The credentials are not valid here; check the role and the clock.'

const remedyFor = (kind: AwsErrorKind, action: string): string | undefined => {
  switch (kind) {
    case 'denied':
      return `Allow ${action} to the function's role; deploying the stack again does.`
    case 'no-credentials':
    case 'expired-credentials':
    case 'invalid-credentials':
      return checkCredentials
    case 'not-found':
      return 'It is gone or in another account or Region; check the configuration and deploy again.'
    case 'invalid-target':
      return "The load balancer does not reach the address's subnet: it must be in the target group's VPC or a network that the group allows, in a zone of the load balancer."
    case 'over-quota':
      return 'Deregister targets that nobody needs, or ask AWS to raise the quota.'
    case 'unreachable':
      return 'If it lasts, check the route or the VPC endpoint to the service.'
    case 'unavailable':
      return 'It is a fault of AWS. If it lasts, check the AWS Health Dashboard.'
    case 'throttled':
    case 'other':
      return undefined
  }
}
