import { describe, expect, it } from 'vitest'
import { attachCall } from '../../cli/aws/calls.ts'
import { explain } from '../../cli/aws/explain.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import { attempt } from '../../cli/facts/attempt.ts'

const answered = (Code: string, status = 400) => {
  const error = Object.assign(new Error('said AWS'), { Code, $metadata: { httpStatusCode: status } })
  attachCall(error, { action: 'ec2:DescribeSubnets', region: 'eu-west-1' })
  return error
}

describe('what AWS answers, for a person at a terminal', () => {
  it.each([
    ['CredentialsProviderError', exitCodes.noAccess, /^There are no AWS credentials/],
    ['ExpiredToken', exitCodes.noAccess, /^The AWS credentials have expired/],
    ['AuthFailure', exitCodes.noAccess, /^AWS does not accept these credentials/],
    ['UnauthorizedOperation', exitCodes.noAccess, /Give your role ec2:DescribeSubnets/],
    ['RequestLimitExceeded', exitCodes.throttled, /^AWS asked to wait/],
    ['TargetGroupNotFound', exitCodes.notFound, /^It does not exist in eu-west-1/],
    ['ECONNREFUSED', exitCodes.failure, /^No answer from ec2:DescribeSubnets in eu-west-1/],
    ['ValidationError', exitCodes.failure, /^ec2:DescribeSubnets in eu-west-1 failed: ValidationError: said AWS$/],
  ])('%s', (code, exitCode, message) => {
    expect(explain(answered(code))).toEqual({ exitCode, message: expect.stringMatching(message) })
  })

  it('is a fault of AWS where AWS says that it has one', () => {
    expect(explain(answered('InternalError', 500))).toEqual({
      exitCode: exitCodes.failure,
      message: expect.stringMatching(/could not answer \(InternalError: said AWS\).*AWS Health Dashboard/),
    })
  })
})

describe('a fact that could not be read', () => {
  const failing = (code: string) => attempt(() => Promise.reject(answered(code)))

  it('is unknown where a permission is missing, and names it', async () => {
    expect(await failing('AccessDeniedException')).toEqual({
      kind: 'unknown',
      why: 'Not allowed: ec2:DescribeSubnets.',
      action: 'ec2:DescribeSubnets',
    })
  })

  it('is none where AWS says that there is no such thing', async () => {
    expect(await failing('TargetGroupNotFound')).toMatchObject({ kind: 'none' })
  })

  it('is unknown where EC2 does not show a resource: that proves no absence', async () => {
    expect(await failing('InvalidVpcEndpointId.NotFound')).toMatchObject({ kind: 'unknown' })
  })

  it('ends the command where the credentials do not hold: no other read would succeed', async () => {
    await expect(failing('AuthFailure')).rejects.toMatchObject({ Code: 'AuthFailure' })
  })
})
