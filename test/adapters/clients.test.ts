import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { clientOptions } from '../../functions/reconciler/adapters/clients.ts'
import { rehearseWrites } from '../../functions/reconciler/adapters/dry-aws.ts'
import { detailTypes } from '../../functions/reconciler/names.ts'

const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }

describe('the options of every client', () => {
  it('are one attempt, a Region, and an end to waiting', () => {
    expect(clientOptions({ AWS_REGION: 'eu-west-1' })).toEqual({
      ...{ region: 'eu-west-1', maxAttempts: 1, retryMode: 'standard', credentials: expect.any(Function) },
      requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
    })
  })

  it.each<[string, Record<string, string>, object]>([
    ['the role’s', { ...keys, AWS_SESSION_TOKEN: 'token' }, { sessionToken: 'token' }],
    ['somebody’s own, without a token', keys, {}],
    ['somebody’s own, with an empty token', { ...keys, AWS_SESSION_TOKEN: '' }, {}],
  ])('have the environment’s credentials: %s', async (_whose, env, token) => {
    await expect(clientOptions(env).credentials()).resolves.toStrictEqual({
      ...{ accessKeyId: 'id', secretAccessKey: 'secret' },
      ...token,
    })
  })

  it.each(Object.keys(keys))('say what is missing where there is no %s', async name => {
    await expect(clientOptions({ ...keys, [name]: undefined }).credentials()).rejects.toThrow(
      'No AWS credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set',
    )
  })
})

describe('the rehearsal of the writes', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('makes the calls of a failover, and takes an answer to each', async () => {
    const elbv2 = vi.spyOn(ElasticLoadBalancingV2Client.prototype, 'send')
    const eventBridge = vi.spyOn(EventBridgeClient.prototype, 'send')
    await rehearseWrites()

    const sent = [...elbv2.mock.calls, ...eventBridge.mock.calls].map(([command]) => [
      command.constructor.name,
      command.input,
    ])
    const targets = { TargetGroupArn: 'dry', Targets: [{ Id: '10.0.0.1', Port: 5432 }] }
    const Entries = [
      expect.objectContaining({ EventBusName: 'default', DetailType: detailTypes.repointed, Detail: '{}' }),
    ]
    expect(sent).toEqual([
      ['RegisterTargetsCommand', targets],
      [
        'ModifyListenerCommand',
        expect.objectContaining({
          ListenerArn: 'dry',
          DefaultActions: [
            expect.objectContaining({ ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'dry', Weight: 1 }] } }),
          ],
        }),
      ],
      ['DeregisterTargetsCommand', targets],
      ['PutEventsCommand', { Entries }],
    ])
    const answers = await Promise.all([...elbv2.mock.results, ...eventBridge.mock.results].map(({ value }) => value))
    expect(answers.map(it => it.$metadata.httpStatusCode)).toEqual([200, 200, 200, 200])
    expect(answers.at(-1)).toMatchObject({ Entries: [] })
  })
})
