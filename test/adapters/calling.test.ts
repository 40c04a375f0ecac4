import { describe, expect, it } from 'vitest'
import { calling } from '../../functions/reconciler/adapters/calling.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { awsFault, connectionFault } from '../contract/elbv2-double.ts'

const call = { action: 'elasticloadbalancing:RegisterTargets', resource: 'targetgroup/orders' }

const failing = (cause: unknown): Promise<TransientError | AwsError> =>
  calling(call, () => Promise.reject(cause)).then(
    () => Promise.reject(new Error('the call did not fail')),
    error => error,
  )

const inClass = (code: string, className: string) => awsFault(code, code, 400, className)

describe('what AWS answers instead of a result', () => {
  it.each([
    ['Throttling', 400],
    ['ThrottlingException', 400],
    ['RequestLimitExceeded', 503],
    ['TooManyRequestsException', 429],
    ['SlowDown', 503],
    ['SomethingNew', 429],
  ])('%s is throttling, worth asking again', async (code, status) => {
    const error = await failing(awsFault(code, 'Rate exceeded', status))

    expect(error).toBeInstanceOf(TransientError)
    expect(error).toMatchObject({ kind: 'throttled', message: expect.stringContaining('Rate exceeded') })
  })

  it.each([
    ['500 InternalFailure', awsFault('InternalFailure', 'internal error', 500)],
    ['500 HealthUnavailable', awsFault('HealthUnavailable', 'internal error', 500)],
    ['503 ServiceUnavailable', awsFault('ServiceUnavailable', 'down', 503)],
    ['502 without a code', Object.assign(new Error('Bad Gateway'), { $metadata: { httpStatusCode: 502 } })],
  ])('%s is a fault of AWS, worth asking again, and says where to look if it lasts', async (_what, cause) => {
    const error = await failing(cause)

    expect(error).toBeInstanceOf(TransientError)
    expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/AWS Health Dashboard/) })
  })

  it.each([
    ['400 RequestTimeout', awsFault('RequestTimeout', 'timed out', 400)],
    ['a refused connection', connectionFault('ECONNREFUSED')],
    ['a lost connection', connectionFault('ECONNRESET', 'socket hang up')],
    ['a name that does not resolve', connectionFault('ENOTFOUND')],
    ['a timeout of the SDK', Object.assign(new Error('no answer in 3000 ms'), { name: 'TimeoutError' })],
  ])('%s is no answer, worth asking again, and says what to check if it lasts', async (_what, cause) => {
    const error = await failing(cause)

    expect(error).toBeInstanceOf(TransientError)
    expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/If it lasts, check the route/) })
  })

  it.each(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'NotAuthorized'])(
    '%s is access denied, and says which action to allow',
    async code => {
      const error = await failing(awsFault(code, 'User is not authorized', 403))

      expect(error).toBeInstanceOf(AwsError)
      expect(error).toMatchObject({
        kind: 'access-denied',
        message: expect.stringContaining('Allow elasticloadbalancing:RegisterTargets to the function'),
      })
    },
  )

  it.each([
    'AuthFailure',
    'ExpiredToken',
    'ExpiredTokenException',
    'InvalidClientTokenId',
    'SignatureDoesNotMatch',
    'InvalidSignatureException',
    'RequestExpired',
    'UnrecognizedClientException',
  ])('%s is bad credentials, and says to check role and clock', async code => {
    const error = await failing(awsFault(code, 'The security token is expired', 403))

    expect(error).toBeInstanceOf(AwsError)
    expect(error).toMatchObject({
      kind: 'access-denied',
      message: expect.stringContaining('check the role and the clock'),
    })
  })

  it.each([
    ['TargetGroupNotFound', 'TargetGroupNotFoundException'],
    ['TargetGroupNotFoundException', 'TargetGroupNotFoundException'],
    ['DBClusterNotFoundFault', 'DBClusterNotFoundFault'],
    ['DBInstanceNotFound', 'DBInstanceNotFoundFault'],
  ])('%s is not found, and says to check the configuration', async (code, className) => {
    const error = await failing(inClass(code, className))

    expect(error).toMatchObject({ kind: 'not-found', message: expect.stringContaining('check the configuration') })
  })

  it('InvalidTarget says which subnets the load balancer reaches', async () => {
    const error = await failing(inClass('InvalidTarget', 'InvalidTargetException'))

    expect(error).toMatchObject({ kind: 'invalid-target', message: expect.stringContaining("target group's VPC") })
  })

  it.each(['TooManyTargets', 'TooManyRegistrationsForTargetId'])('%s says that a quota is spent', async code => {
    const error = await failing(inClass(code, `${code}Exception`))

    expect(error).toBeInstanceOf(AwsError)
    expect(error).toMatchObject({ kind: 'other', message: expect.stringMatching(/quota/) })
  })

  it('any other refusal is an AwsError in the words of AWS', async () => {
    const error = await failing(awsFault('ValidationError', "'x' is not a valid target group ARN"))

    expect(error).toBeInstanceOf(AwsError)
    expect(error).toMatchObject({
      kind: 'other',
      message: `elasticloadbalancing:RegisterTargets on targetgroup/orders: ValidationError: 'x' is not a valid target group ARN`,
    })
  })
})

describe('the whole sentence, with its remedy', () => {
  const credentials = 'The credentials are not valid here; check the role and the clock.'
  const route = 'If it lasts, check the route or the VPC endpoint to the service.'

  it.each<[string, string, number, string, string]>([
    [
      'access-denied',
      'AccessDenied',
      403,
      "Allow elasticloadbalancing:RegisterTargets to the function's role; deploying the stack again does.",
      'AwsError',
    ],
    ['access-denied', 'CredentialsProviderError', 0, credentials, 'AwsError'],
    ['access-denied', 'ExpiredToken', 403, credentials, 'AwsError'],
    ['access-denied', 'InvalidClientTokenId', 403, credentials, 'AwsError'],
    [
      'not-found',
      'TargetGroupNotFound',
      400,
      'It is gone or in another account or Region; check the configuration and deploy again.',
      'AwsError',
    ],
    [
      'invalid-target',
      'InvalidTarget',
      400,
      "The load balancer does not reach the address's subnet: it must be in the target group's VPC or a network that the group allows, in a zone of the load balancer.",
      'AwsError',
    ],
    [
      'other',
      'TooManyTargets',
      400,
      'Deregister targets that nobody needs, or ask AWS to raise the quota.',
      'AwsError',
    ],
    ['unavailable', 'ECONNRESET', 0, route, 'TransientError'],
    [
      'unavailable',
      'InternalFailure',
      500,
      'It is a fault of AWS. If it lasts, check the AWS Health Dashboard.',
      'TransientError',
    ],
  ])('of %s for %s', async (kind, code, status, remedy, name) => {
    const error = await failing(awsFault(code, 'AWS said v1.2.', status))

    const message = `elasticloadbalancing:RegisterTargets on targetgroup/orders: ${code}: AWS said v1.2. ${remedy}`
    expect({ ...error, name: error.name, message: error.message }).toMatchObject({ name, kind, message })
  })

  it.each([
    ['throttled', 'Throttling'],
    ['other', 'ValidationError'],
  ])('of %s has no remedy: %s', async (kind, code) => {
    const error = await failing(awsFault(code, 'AWS said v1.2.', 400))

    const message = `elasticloadbalancing:RegisterTargets on targetgroup/orders: ${code}: AWS said v1.2.`
    expect({ ...error, message: error.message }).toMatchObject({ kind, message })
  })
})

it('of a listener that is gone is not-found', async () => {
  const gone = Object.assign(new Error('One or more listeners not found'), {
    name: 'ListenerNotFoundException',
    Code: 'ListenerNotFound',
  })
  expect(await failing(gone)).toMatchObject({ kind: 'not-found' })
})

describe('every failure', () => {
  it.each([
    ['throttled', awsFault('Throttling', 'Rate exceeded')],
    ['denied', awsFault('AccessDenied', 'not authorized', 403)],
    ['not found', awsFault('TargetGroupNotFound')],
    ['out of reach', connectionFault('ECONNREFUSED')],
  ])('names action, resource and code, and keeps its cause (%s)', async (_what, cause) => {
    const error = await failing(cause)

    expect(error.message).toContain('elasticloadbalancing:RegisterTargets on targetgroup/orders: ')
    expect(error.message).toContain((cause as { Code?: string; code?: string }).Code ?? 'ECONNREFUSED')
    expect(error.cause).toBe(cause)
  })

  it('has one full stop where AWS ends its text with one', async () => {
    const error = await failing(awsFault('AccessDenied', 'User is not authorized.', 403))

    expect(error.message).toContain('AccessDenied: User is not authorized. Allow ')
  })

  it('is told by the code of the wire, before the class that the SDK makes of it', async () => {
    const error = await failing(Object.assign(new Error('gone'), { name: 'Error', Code: 'TargetGroupNotFound' }))

    expect(error).toMatchObject({ kind: 'not-found' })
  })

  it('is told by the class name where the code is missing', async () => {
    const error = await failing(Object.assign(new Error('gone'), { name: 'TargetGroupNotFoundException' }))

    expect(error).toMatchObject({ kind: 'not-found' })
  })
})

it('gives back what AWS answered', async () => {
  expect(await calling(call, async () => 'an answer')).toBe('an answer')
})
