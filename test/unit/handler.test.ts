import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds'
import type { Context } from 'aws-lambda'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConfigError } from '../../functions/reconciler/config.ts'
import { configVariable, dimensions, logMessages, metricNamespace } from '../../functions/reconciler/names.ts'
import type { Report } from '../../functions/reconciler/ports.ts'
import { capturing, isEmf, valuesOf } from '../adapters/captured-output.ts'
import { type LoopbackDns, startLoopbackDns } from '../adapters/loopback-dns.ts'
import { awsFault } from '../contract/elbv2-double.ts'
import { A, aConfig, B, port } from '../fakes/world.ts'

const endpoint = aConfig().database.endpoint
const elbv2 = mockClient(ElasticLoadBalancingV2Client)
const eventBridge = mockClient(EventBridgeClient)
const ec2 = mockClient(EC2Client)
const rds = mockClient(RDSClient)

let dns: LoopbackDns
beforeAll(async () => {
  dns = await startLoopbackDns({ [endpoint]: { addresses: [A] } })
})
afterAll(() => dns.close())

/** What is in the target group; the writes below change it as AWS would. */
let group = new Map<string, 'healthy' | 'draining'>()

beforeEach(() => {
  const undeclared = new Error('a command that this test does not expect')
  elbv2.reset().onAnyCommand().rejects(undeclared)
  eventBridge.reset().onAnyCommand().rejects(undeclared)
  ec2.reset().onAnyCommand().rejects(undeclared)
  rds.reset().onAnyCommand().rejects(undeclared)
  const groups = { VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1', Status: 'active' }] }
  rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'orders' }).resolves({
    DBInstances: [{ DBInstanceIdentifier: 'orders', DBSubnetGroup: { VpcId: 'vpc-1' }, ...groups }],
  })
  ec2.on(DescribeNetworkInterfacesCommand).callsFake(async ({ Filters: [{ Values }] }) => ({
    NetworkInterfaces: Values.map((PrivateIpAddress: string) => ({
      ...{ NetworkInterfaceId: `eni-${PrivateIpAddress}`, RequesterId: 'amazon-rds', VpcId: 'vpc-1' },
      ...{ SubnetId: 'subnet-1', Groups: [{ GroupId: 'sg-1' }], PrivateIpAddresses: [{ PrivateIpAddress }] },
    })),
  }))
  elbv2.on(DescribeTargetHealthCommand).callsFake(async () => ({
    TargetHealthDescriptions: [...group].map(([Id, State]) => ({
      Target: { Id, Port: port },
      TargetHealth: { State },
    })),
  }))
  elbv2.on(RegisterTargetsCommand).callsFake(async ({ Targets }) => {
    for (const { Id } of Targets) group.set(Id, 'healthy')
    return {}
  })
  elbv2.on(DeregisterTargetsCommand).callsFake(async ({ Targets }) => {
    for (const { Id } of Targets) group.set(Id, 'draining')
    return {}
  })
  eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e-1' }] })
  dns.set(endpoint, { addresses: [A] })

  vi.resetModules()
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  const settle = { answers: 1, intervalMs: 1, spanMs: 0 }
  vi.stubEnv(configVariable, JSON.stringify(aConfig({ settle, dnsServers: [dns.address] })))
})
afterEach(() => vi.unstubAllEnvs())

const context = {
  awsRequestId: '11111111-2222-3333-4444-555555555555',
  functionName: 'repoint-orders',
  functionVersion: '$LATEST',
  memoryLimitInMB: '512',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:repoint-orders',
} as Context

/** A cold start: what Lambda imports, primed, with all that the priming sent forgotten. */
const coldStart = async (remainingMs = 60_000) => {
  const { handler, primed } = await import('../../functions/reconciler/handler.ts')
  await primed
  elbv2.resetHistory()
  eventBridge.resetHistory()
  group = new Map([[A, 'healthy']])
  return (invocation: unknown): Promise<Report> =>
    handler(invocation, { ...context, getRemainingTimeInMillis: () => remainingMs })
}

const invoking = async (...invocations: unknown[]) => {
  const invoke = await coldStart()
  const results: PromiseSettledResult<Report>[] = []
  const { json, text } = await capturing(async () => {
    for (const invocation of invocations) results.push(...(await Promise.allSettled([invoke(invocation)])))
  })
  return { results, lines: json.filter(line => !isEmf(line)), blobs: json.filter(isEmf), complaints: text }
}

const writes = () => [...elbv2.commandCalls(RegisterTargetsCommand), ...elbv2.commandCalls(DeregisterTargetsCommand)]

describe('an invocation', () => {
  it('answers with the report, after one call to AWS when all is in sync', async () => {
    const { results } = await invoking({})

    expect(results).toMatchObject([
      { status: 'fulfilled', value: { outcome: 'in-sync', reason: 'already-in-sync', database: 'orders' } },
    ])
    expect(elbv2.calls()).toHaveLength(1)
    expect(elbv2).toHaveReceivedCommandTimes(DescribeTargetHealthCommand, 1)
  })

  it('moves the target group to where DNS says the writer is, and publishes the report', async () => {
    dns.set(endpoint, { addresses: [B] })

    const { results } = await invoking({ action: 'resync' })

    expect(results).toMatchObject([{ status: 'fulfilled', value: { outcome: 'repointed', reason: 'drift-corrected' } }])
    expect(Object.fromEntries(group)).toEqual({ [A]: 'draining', [B]: 'healthy' })
    expect(eventBridge).toHaveReceivedCommandTimes(PutEventsCommand, 2)
  })

  it('writes one summary line, with the request id that Lambda knows it by', async () => {
    const { lines } = await invoking({})

    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      message: logMessages.summary,
      function_request_id: context.awsRequestId,
      function_name: context.functionName,
      cold_start: true,
      report: { outcome: 'in-sync' },
    })
  })

  it('emits its outcome as metrics, each invocation its own', async () => {
    const { blobs } = await invoking({}, { action: 'plan' })

    expect(blobs).toHaveLength(2)
    for (const blob of blobs) {
      expect(blob._aws.CloudWatchMetrics[0]).toMatchObject({
        Namespace: metricNamespace,
        Dimensions: [[dimensions.database], [dimensions.database, dimensions.reason]],
      })
      expect(valuesOf(blob)).toMatchObject({ InSync: 1 })
    }
  })

  it('counts a cold start once', async () => {
    const { blobs } = await invoking({}, {})

    const coldStarts = blobs.filter(blob => 'ColdStart' in valuesOf(blob))
    expect(coldStarts).toHaveLength(1)
    expect(coldStarts[0]).toMatchObject({ ColdStart: 1, Database: 'orders' })
  })

  it('counts a cold start without the `service` dimension of Powertools', async () => {
    const { blobs } = await invoking({})

    expect(blobs.find(blob => 'ColdStart' in valuesOf(blob))).not.toHaveProperty('service')
  })

  it('ends 20 s before Lambda’s deadline, whatever it waits for', async () => {
    dns.set(endpoint, { addresses: [] })
    const invoke = await coldStart(20_050)
    const startMs = performance.now()
    await capturing(async () => {
      expect(await invoke({ action: 'watch' })).toMatchObject({ outcome: 'waiting' })
    })
    expect(performance.now() - startMs).toBeGreaterThan(40)
  })

  it('writes Node’s warnings as lines of its own log', async () => {
    const { json, text } = await capturing(async () => {
      await coldStart()
      process.emit('warning', new Error('something is deprecated'))
    })

    expect(json).toMatchObject([
      { level: 'WARN', message: logMessages.warning, error: { message: 'something is deprecated' } },
    ])
    expect(text).toEqual([])
    expect(process.listeners('warning')).toHaveLength(1)
  })

  it('makes no library complain', async () => {
    expect((await invoking({})).complaints).toEqual([])
  })
})

describe('a failure', () => {
  it('reaches the Lambda runtime when access is denied, with its line and its metrics', async () => {
    dns.set(endpoint, { addresses: [B] })
    elbv2.on(RegisterTargetsCommand).rejects(awsFault('AccessDenied', 'not authorized', 403))

    const { results, lines } = await invoking({})

    expect(results).toMatchObject([
      {
        status: 'rejected',
        reason: { name: 'AwsError', kind: 'access-denied', message: expect.stringContaining('Allow') },
      },
    ])
    expect(lines.at(-1)).toMatchObject({
      level: 'ERROR',
      message: logMessages.failed,
      function_request_id: context.awsRequestId,
    })
    expect(elbv2.commandCalls(DeregisterTargetsCommand)).toEqual([])
  })

  it('does not spoil the next invocation', async () => {
    elbv2
      .on(DescribeTargetHealthCommand)
      .rejectsOnce(awsFault('AccessDenied', 'not authorized', 403))
      .resolves({
        TargetHealthDescriptions: [{ Target: { Id: A, Port: port }, TargetHealth: { State: 'healthy' } }],
      })

    const { results } = await invoking({}, {})

    expect(results).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: { outcome: 'in-sync' } }])
  })
})

describe('bad input', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['a word', 'resync'],
    ['an unknown action', { action: 'repoint' }],
    ['unknown keys', { action: 'plan', force: true }],
    [
      "another service's event",
      { source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change Notification', detail: {} },
    ],
  ])('%s fails, names what is accepted, and nothing is read or written', async (_what, invocation) => {
    dns.set(endpoint, { addresses: [B] })

    const { results } = await invoking(invocation)

    expect(results).toMatchObject([
      {
        status: 'rejected',
        reason: { name: 'InvocationError', message: expect.stringContaining('Accepted: {} or {"action":"resync"}') },
      },
    ])
    expect(elbv2.calls()).toEqual([])
    expect(writes()).toEqual([])
  })
})

describe('the configuration', () => {
  it('that is missing fails the start, and names the variable', async () => {
    vi.stubEnv(configVariable, undefined)

    await expect(import('../../functions/reconciler/handler.ts')).rejects.toThrow(/REPOINT_CONFIG.*\n.*is not set/)
  })

  it('that is wrong fails the start with every problem at once', async () => {
    const { database, ...rest } = aConfig()
    const wrong = { ...rest, database: { ...database, port: 0 }, frontDoors: [], dnsServers: ['localhost'] }
    vi.stubEnv(configVariable, JSON.stringify(wrong))

    const error = await import('../../functions/reconciler/handler.ts').catch((error: unknown) => error)

    expect((error as ConfigError).name).toBe('ConfigError')
    expect((error as ConfigError).problems).toEqual([
      expect.stringMatching(/^database\.port: got 0, expected a port/),
      expect.stringMatching(/^frontDoors: got \[\], expected a list/),
      expect.stringMatching(/^dnsServers\.0: got "localhost", expected an IPv4 address/),
    ])
  })
})
