import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import { issueCertificate } from '../../lab/database/certificate.ts'
import type { Request } from './every-call.ts'
import { type Sent, startLoopbackAws } from './loopback-aws.ts'
import { entryOf, invokeHandler } from './run-handler.ts'

const entry = fileURLToPath(new URL('every-call.ts', import.meta.url))

const requests: Request[] = [
  ...(
    [
      ...(['health', 'register', 'deregister', 'listeners', 'weigh', 'tags', 'tag'] as const),
      ...(['clusters', 'instances', 'interfaces', 'put'] as const),
    ] as const
  ).map(call => ({ call, wanted: 'ok' })),
  { call: 'health', wanted: 'TargetGroupNotFound' },
  { call: 'health', wanted: 'HealthUnavailable' },
  { call: 'health', wanted: 'AccessDenied' },
  { call: 'register', wanted: 'InvalidTarget' },
  { call: 'register', wanted: 'TooManyTargets' },
  { call: 'register', wanted: 'TooManyRegistrationsForTargetId' },
  { call: 'register', wanted: 'Throttling' },
  { call: 'register', wanted: 'ThrottlingException' },
  { call: 'register', wanted: 'ValidationError' },
  { call: 'register', wanted: 'InternalFailure' },
  { call: 'deregister', wanted: 'InvalidTarget' },
  { call: 'listeners', wanted: 'ListenerNotFound' },
  { call: 'weigh', wanted: 'AccessDenied' },
  { call: 'weigh', wanted: 'Throttling' },
  { call: 'tags', wanted: 'TargetGroupNotFound' },
  { call: 'tag', wanted: 'AccessDenied' },
  { call: 'interfaces', wanted: 'UnauthorizedOperation' },
  { call: 'interfaces', wanted: 'RequestLimitExceeded' },
  { call: 'clusters', wanted: 'DBClusterNotFoundFault' },
  { call: 'clusters', wanted: 'Throttling' },
  { call: 'instances', wanted: 'DBInstanceNotFound' },
  { call: 'put', wanted: 'ThrottlingException' },
  { call: 'put', wanted: 'AccessDeniedException' },
  { call: 'put', wanted: 'InternalException' },
]

const oneOfEach = requests.filter(({ wanted }) => wanted === 'ok')

let folder: string
/** The folder of the bundle that makes every call. */
let built: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repoint-sdk-'))
  const outdir = join(folder, 'built')
  ;({ folder: built } = await buildReconciler({ entry, outdir, budgetBytes: Number.POSITIVE_INFINITY }))
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the SDK in the bundle', () => {
  let plain: { sent: Sent[]; outcomes: unknown[] }
  let bundled: { sent: Sent[]; outcomes: unknown[] }

  beforeAll(async () => {
    const run = async (module: string) => {
      const aws = await startLoopbackAws()
      const outcomes = (await invokeHandler(module, requests, { AWS_ENDPOINT_URL: aws.url })) as unknown[]
      await aws.close()
      return { sent: aws.sent, outcomes }
    }
    ;[plain, bundled] = await Promise.all([run(entry), run(entryOf(built))])
  }, 60_000)

  it('sends what it sends unbundled', () => {
    expect(bundled.sent).toHaveLength(requests.length)
    expect(bundled.sent.map(comparable)).toEqual(plain.sent.map(comparable))
    expect(bundled.sent.every(({ headers }) => headers['x-amz-security-token'] === 'a-session-token')).toBe(true)
  })

  it.each(requests.map((request, index) => ({ ...request, index })))(
    'understands the answer $wanted to $call as it does unbundled',
    ({ index }) => {
      expect(bundled.outcomes[index]).toEqual(plain.outcomes[index])
    },
  )
})

describe('how the bundle finds and gives up on AWS', { timeout: 30_000 }, () => {
  const invoke = (calls: Request[], env: Record<string, string>) => invokeHandler(entryOf(built), calls, env)

  it('follows the endpoint of each service', async () => {
    const services = await Promise.all([1, 2, 3, 4].map(() => startLoopbackAws()))
    const [elbv2, rds, ec2, events] = services.map(({ url }) => url) as [string, string, string, string]
    const outcomes = await invoke(oneOfEach, {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: elbv2,
      AWS_ENDPOINT_URL_RDS: rds,
      AWS_ENDPOINT_URL_EC2: ec2,
      AWS_ENDPOINT_URL_EVENTBRIDGE: events,
    })
    await Promise.all(services.map(service => service.close()))
    expect(outcomes).toEqual(Array(oneOfEach.length).fill(expect.objectContaining({ status: 200 })))
    expect(services.map(({ sent }) => sent.length)).toEqual([7, 2, 1, 1])
  })

  it('asks over TLS', async () => {
    const certificate = await issueCertificate(['localhost', '127.0.0.1'])
    const authority = join(folder, 'ca.pem')
    await writeFile(authority, certificate.authority)
    const aws = await startLoopbackAws(certificate)
    const env = { AWS_ENDPOINT_URL: aws.url, NODE_EXTRA_CA_CERTS: authority }
    const outcomes = await invoke(oneOfEach, env)
    await aws.close()
    expect(outcomes).toEqual(Array(oneOfEach.length).fill(expect.objectContaining({ status: 200 })))
  })

  it('names a refused connection by its code', async () => {
    const aws = await startLoopbackAws()
    await aws.close()
    const [outcome] = (await invoke([{ call: 'health', wanted: 'ok' }], { AWS_ENDPOINT_URL: aws.url })) as object[]
    expect(outcome).toMatchObject({ name: 'Error', code: 'ECONNREFUSED' })
  })

  it('gives up on an answer that does not come, once', async () => {
    const aws = await startLoopbackAws()
    const [outcome] = (await invoke([{ call: 'health', wanted: 'silent' }], { AWS_ENDPOINT_URL: aws.url })) as object[]
    await aws.close()
    expect(outcome).toMatchObject({ name: 'TimeoutError' })
    expect(aws.sent).toHaveLength(1)
  })

  it('says that there are no credentials', async () => {
    const [outcome] = (await invoke([{ call: 'health', wanted: 'ok' }], { AWS_ACCESS_KEY_ID: '' })) as object[]
    expect(outcome).toMatchObject({ message: expect.stringContaining('AWS_ACCESS_KEY_ID') })
  })
})

/** Leaves out what differs between two runs of one bundle, what announces retries, and the order of JSON's keys. */
const comparable = ({ method, path, headers, body }: Sent) => {
  const isJson = body.startsWith('{')
  const { authorization, host, ...others } = headers
  const unstable = ['x-amz-date', 'amz-sdk-invocation-id', 'amz-sdk-request', 'user-agent', 'x-amz-user-agent']
  if (isJson) unstable.push('x-amz-content-sha256')
  return {
    method,
    path,
    headers: Object.fromEntries(Object.entries(others).filter(([name]) => !unstable.includes(name))),
    body: isJson ? JSON.parse(body) : body,
    signedFor: /\d{8}\/(.+?\/aws4_request), SignedHeaders/.exec(String(authorization))?.[1],
  }
}
