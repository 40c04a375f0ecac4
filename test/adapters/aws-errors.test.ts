import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type AwsErrorKind, readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'
import { readSources } from '../unit/architecture/source.ts'

const coded = (Code: string, status = 400) =>
  Object.assign(new Error('said AWS'), { Code, $metadata: { httpStatusCode: status } })

describe('the code of an AWS error', () => {
  it.each<[AwsErrorKind, readonly string[]]>([
    [
      'throttled',
      ['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TooManyRequestsException', 'SlowDown'],
    ],
    ['denied', ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'NotAuthorized']],
    ['no-credentials', ['CredentialsProviderError', 'TokenProviderError']],
    ['expired-credentials', ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']],
    [
      'invalid-credentials',
      ['AuthFailure', 'InvalidClientTokenId', 'SignatureDoesNotMatch', 'UnrecognizedClientException'],
    ],
    ['not-found', ['ResourceNotFoundException', 'DBInstanceNotFound', 'DBClusterNotFoundFault', 'TargetGroupNotFound']],
    ['not-found', ['ClusterNotFound', 'ClusterNotFoundFault']],
    ['not-found', ['AWS.SimpleQueueService.NonExistentQueue', 'QueueDoesNotExist', 'LoadBalancerNotFoundException']],
    ['invalid-target', ['InvalidTarget', 'InvalidTargetException']],
    ['over-quota', ['TooManyTargets', 'TooManyRegistrationsForTargetIdException']],
    ['unreachable', ['ECONNREFUSED', 'ENOTFOUND', 'TimeoutError', 'RequestTimeoutException']],
    ['other', ['ValidationError', 'InvalidVpcID.NotFound', 'InvalidParameterValue']],
  ])('says %s: %s', (kind, codes) => {
    for (const code of codes) expect(readAwsError(coded(code)), code).toMatchObject({ kind, code })
  })

  it.each<[AwsErrorKind, string, number]>([
    ['throttled', 'RequestLimitExceeded', 503],
    ['throttled', 'SomethingNew', 429],
    ['unavailable', 'InternalFailure', 500],
    ['unavailable', 'ServiceUnavailable', 503],
    ['other', 'SomethingNew', 499],
  ])('goes before the status: %s for %s with %i', (kind, code, status) => {
    expect(readAwsError(coded(code, status)).kind).toBe(kind)
  })

  it('is that of the wire, then that of Node, then the name of the class', () => {
    expect(readAwsError({ Code: 'AccessDenied', code: 'ECONNREFUSED', name: 'Throttling' }).code).toBe('AccessDenied')
    expect(readAwsError({ code: 'ECONNREFUSED', name: 'Error' }).kind).toBe('unreachable')
    expect(readAwsError(Object.assign(new Error('gone'), { name: 'TargetGroupNotFoundException' })).kind).toBe(
      'not-found',
    )
  })

  it('is no number: an aborted signal has one', () => {
    expect(readAwsError(new DOMException('no answer', 'TimeoutError'))).toEqual({
      kind: 'unreachable',
      code: 'TimeoutError',
      message: 'no answer',
    })
  })

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['a string', 'a string'],
  ])('is missing from what is no error: %s', (thrown, message) => {
    expect(readAwsError(thrown)).toEqual({ kind: 'other', code: 'Error', message })
  })
})

it('is looked up in one table: no other source has a list of codes', () => {
  const code =
    /['"`](AccessDenied|UnauthorizedOperation|AuthFailure|Throttling|RequestLimitExceeded|ExpiredToken)(Exception)?['"`]/
  const tables = readSources(['functions', 'infra', 'cli'])
    .map(({ path }) => path)
    .filter(path => code.test(readFileSync(path, 'utf8')))
  expect(tables).toEqual(['functions/reconciler/adapters/aws-errors.ts'])
})
