import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { handler } from '../../infra/custom-resources/provider-stage.ts'

/** The guard with the SDK's own client, over HTTP: what it asks CloudFormation, and how it reads the answer. */

/**
 * The sample response of AWS's reference, with another status and output
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html).
 */
const described = (status: string, output: string) =>
  `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <DescribeStacksResult>
    <Stacks>
      <member>
        <StackId>arn:aws:cloudformation:eu-west-1:111122223333:stack/Repoint-orders/aaf549a0-a413-11df-adb3-5081b3858e83</StackId>
        <StackStatus>${status}</StackStatus>
        <StackName>Repoint-orders</StackName>
        <StackStatusReason/>
        <CreationTime>2010-07-27T22:26:28Z</CreationTime>
        <Capabilities><member>CAPABILITY_IAM</member></Capabilities>
        <DisableRollback>false</DisableRollback>
        <Outputs><member><OutputKey>${output}</OutputKey><OutputValue>a value</OutputValue></member></Outputs>
      </member>
    </Stacks>
  </DescribeStacksResult>
  <ResponseMetadata><RequestId>b9b4b068-3a41-11e5-94eb-example</RequestId></ResponseMetadata>
</DescribeStacksResponse>`

describe('the guard', () => {
  let reply = ''
  const asked: URLSearchParams[] = []
  const answers: { Status: string; Reason?: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', part => {
      body += String(part)
    })
    request.on('end', () => {
      if (request.method === 'PUT') answers.push(JSON.parse(body))
      else asked.push(new URLSearchParams(body))
      response.setHeader('content-type', 'text/xml').end(request.method === 'PUT' ? '' : reply)
    })
  })
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const keys = { AWS_ACCESS_KEY_ID: 'TEST', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1' }
    for (const [name, value] of Object.entries({ ...keys, AWS_ENDPOINT_URL: url() })) vi.stubEnv(name, value)
    vi.spyOn(console, 'log').mockImplementation(() => {})
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    server.closeAllConnections()
    await new Promise<void>(resolve => server.close(() => resolve()))
  })
  beforeEach(() => {
    answers.length = 0
    asked.length = 0
  })

  const StackId = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Repoint-orders/0f1e2d3c'
  const jump = async () => {
    const event = {
      RequestType: 'Update' as const,
      PhysicalResourceId: 'repoint-stage',
      ResponseURL: `${url()}/answer`,
      StackId,
      RequestId: 'request',
      LogicalResourceId: 'Stage',
      ResourceProperties: { Side: 'provider', Stage: 'retired', From: 'gateway' } as const,
      OldResourceProperties: { Side: 'provider', Stage: 'nlb', From: 'nlb' } as const,
    }
    await handler(event, { getRemainingTimeInMillis: () => 300_000, logStreamName: 'stream' })
    return answers
  }

  it('asks for its own stack by its id', async () => {
    reply = described('UPDATE_IN_PROGRESS', 'Stage')
    await jump()
    expect(asked.map(it => [it.get('Action'), it.get('StackName')])).toEqual([['DescribeStacks', StackId]])
  })

  it.each([
    ['UPDATE_IN_PROGRESS', 'FAILED'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'SUCCESS'],
  ])('reads %s in CloudFormation’s own words, and answers a jump with %s', async (status, expected) => {
    reply = described(status, 'Stage')
    expect(await jump()).toEqual([expect.objectContaining({ Status: expected })])
  })
})
