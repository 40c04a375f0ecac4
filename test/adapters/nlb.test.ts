import {
  AddTagsCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeTagsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { createNlb } from '../../functions/reconciler/adapters/nlb.ts'
import type { Target } from '../../functions/reconciler/core/model.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { elbv2Errors } from '../../lab/api/errors/elbv2-errors.ts'
import { awsFault, refused } from '../contract/elbv2-double.ts'
import { writerGroup as arn } from '../fakes/fake-front-door.ts'

const client = new ElasticLoadBalancingV2Client({ region: 'eu-west-1' })
const elbv2 = mockClient(client)
const nlb = createNlb(client)

const a: Target = { ip: '10.0.1.10', port: 5432 }
const b: Target = { ip: '10.0.2.20', port: 6432 }
const outside: Target = { ip: '192.168.7.7', port: 5432 }
const inputs = () => elbv2.calls().map(call => call.args[0].input)

beforeEach(() => {
  elbv2.reset()
  elbv2.onAnyCommand().rejects(new Error('a command that this test does not expect'))
})

describe('listing', () => {
  it('asks for all targets of the group: a filter misses a target whose zone is stale', async () => {
    elbv2.on(DescribeTargetHealthCommand).resolves({})

    await nlb.registrations(arn)

    expect(inputs()).toEqual([{ TargetGroupArn: arn }])
  })

  it('gives address, port, state and the reason code', async () => {
    elbv2.on(DescribeTargetHealthCommand).resolves({
      TargetHealthDescriptions: [
        {
          Target: { Id: a.ip, Port: a.port, AvailabilityZone: 'eu-west-1a' },
          HealthCheckPort: '5432',
          TargetHealth: {
            State: 'unhealthy',
            Reason: 'Target.FailedHealthChecks',
            Description: 'Health checks failed',
          },
        },
        { Target: { Id: b.ip, Port: b.port, AvailabilityZone: 'all' }, TargetHealth: { State: 'healthy' } },
      ],
    })

    expect(await nlb.registrations(arn)).toEqual([
      { ...a, state: 'unhealthy', stateReason: 'Target.FailedHealthChecks' },
      { ...b, state: 'healthy' },
    ])
  })

  it.each([
    ['id', { Target: { Id: undefined, Port: 5432 }, TargetHealth: { State: 'healthy' as const } }],
    ['port', { Target: { Id: a.ip }, TargetHealth: { State: 'healthy' as const } }],
    ['state', { Target: { Id: a.ip, Port: 5432 } }],
  ])('fails on a target without %s rather than guess what is registered', async (_part, malformed) => {
    elbv2.on(DescribeTargetHealthCommand).resolves({ TargetHealthDescriptions: [malformed] })

    const { Target: target, TargetHealth: health } = { TargetHealth: undefined, ...malformed }
    await expect(nlb.registrations(arn)).rejects.toMatchObject({
      name: 'AwsError',
      kind: 'other',
      message: `elasticloadbalancing:DescribeTargetHealth gave a target without id, port or state: ${JSON.stringify({ target, health })}`,
    })
  })

  it('fails on nothing but an empty entry', async () => {
    elbv2.on(DescribeTargetHealthCommand).resolves({ TargetHealthDescriptions: [{}] })
    await expect(nlb.registrations(arn)).rejects.toThrow('a target without id, port or state: {}')
  })

  it('leaves out a target that is not registered', async () => {
    const [registered, gone] = [a, b].map(({ ip, port }) => ({ Id: ip, Port: port }))
    elbv2.on(DescribeTargetHealthCommand).resolves({
      TargetHealthDescriptions: [
        { Target: registered, TargetHealth: { State: 'unused', Reason: 'Target.NotInUse' } },
        { Target: gone, TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered' } },
      ],
    })

    expect(await nlb.registrations(arn)).toEqual([{ ...a, state: 'unused', stateReason: 'Target.NotInUse' }])
  })

  it('is transient while AWS cannot tell the health', async () => {
    elbv2.on(DescribeTargetHealthCommand).rejects(awsFault('HealthUnavailable', 'internal error', 500))

    await expect(nlb.registrations(arn)).rejects.toThrow(TransientError)
  })
})

describe('registering', () => {
  it('sends ids and ports in one request, and never a zone', async () => {
    elbv2.on(RegisterTargetsCommand).resolves({})

    await nlb.register(arn, [a, b])

    expect(elbv2.calls()).toHaveLength(1)
    expect(inputs()).toEqual([
      {
        TargetGroupArn: arn,
        Targets: [
          { Id: '10.0.1.10', Port: 5432 },
          { Id: '10.0.2.20', Port: 6432 },
        ],
      },
    ])
  })

  /** AWS's own texts, with where they were reported, and one that nobody has reported: the code decides. */
  it.each([
    // https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/3714
    "The Availability Zone is required for IP address '192.168.7.7' because it is not in the VPC",
    // https://github.com/PaloAltoNetworks/terraform-aws-vmseries-modules/pull/293
    "You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '192.168.7.7' is outside the VPC",
    'Whatever AWS says next year',
  ])('says `all` for the zone once AWS wants one: %s', async text => {
    elbv2.on(RegisterTargetsCommand).rejectsOnce(awsFault('ValidationError', text)).resolves({})

    await nlb.register(arn, [outside])

    expect(inputs()).toEqual([
      { TargetGroupArn: arn, Targets: [{ Id: '192.168.7.7', Port: 5432 }] },
      { TargetGroupArn: arn, Targets: [{ Id: '192.168.7.7', Port: 5432, AvailabilityZone: 'all' }] },
    ])
  })

  it('gives no zone to the one of several that is inside the VPC', async () => {
    elbv2
      .on(RegisterTargetsCommand)
      .rejectsOnce(refused(elbv2Errors.outsideVpc, '192.168.7.7'))
      .rejectsOnce(refused(elbv2Errors.insideVpc, '10.0.1.10', 'eu-west-1a'))
      .resolves({})

    await nlb.register(arn, [a, outside])

    expect(inputs().slice(2)).toEqual([
      { TargetGroupArn: arn, Targets: [{ Id: '10.0.1.10', Port: 5432 }] },
      { TargetGroupArn: arn, Targets: [{ Id: '192.168.7.7', Port: 5432, AvailabilityZone: 'all' }] },
    ])
  })

  it('fails with what AWS says to the plain request when neither zone is right', async () => {
    elbv2
      .on(RegisterTargetsCommand)
      .rejectsOnce(awsFault('ValidationError', 'first'))
      .rejectsOnce(awsFault('ValidationError', 'with all'))
      .rejectsOnce(awsFault('ValidationError', 'plain again'))
      .rejects(new Error('a request too many'))

    await expect(nlb.register(arn, [outside])).rejects.toThrow('plain again')
    const plain = { TargetGroupArn: arn, Targets: [{ Id: '192.168.7.7', Port: 5432 }] }
    expect(inputs()).toEqual([
      plain,
      { TargetGroupArn: arn, Targets: [{ Id: '192.168.7.7', Port: 5432, AvailabilityZone: 'all' }] },
      plain,
    ])
  })

  it('does not try without a zone where AWS asks to wait', async () => {
    elbv2
      .on(RegisterTargetsCommand)
      .rejectsOnce(awsFault('ValidationError', 'a zone, please'))
      .rejectsOnce(awsFault('Throttling', 'Rate exceeded'))
      .rejects(new Error('a request too many'))

    await expect(nlb.register(arn, [outside])).rejects.toMatchObject({ name: 'TransientError', kind: 'throttled' })
    expect(elbv2).toHaveReceivedCommandTimes(RegisterTargetsCommand, 2)
  })

  it.each(['InvalidTarget', 'TooManyTargets'])('does not try again after %s', async code => {
    elbv2.on(RegisterTargetsCommand).rejects(awsFault(code))

    await expect(nlb.register(arn, [a])).rejects.toThrow(AwsError)
    expect(elbv2).toHaveReceivedCommandTimes(RegisterTargetsCommand, 1)
  })
})

describe('deregistering', () => {
  it('sends ids and ports in one request, and never a zone', async () => {
    elbv2.on(DeregisterTargetsCommand).resolves({})

    await nlb.deregister(arn, [a, b])

    expect(elbv2.calls()).toHaveLength(1)
    expect(inputs()).toEqual([
      {
        TargetGroupArn: arn,
        Targets: [
          { Id: '10.0.1.10', Port: 5432 },
          { Id: '10.0.2.20', Port: 6432 },
        ],
      },
    ])
  })

  it('takes a target that AWS does not know any more for gone', async () => {
    elbv2
      .on(DeregisterTargetsCommand)
      .rejects(awsFault('InvalidTarget', 'The specified target does not exist', 400, 'InvalidTargetException'))

    await expect(nlb.deregister(arn, [a])).resolves.toBeUndefined()
  })

  it('fails when the group itself is gone', async () => {
    elbv2.on(DeregisterTargetsCommand).rejects(awsFault('TargetGroupNotFound'))

    await expect(nlb.deregister(arn, [a])).rejects.toMatchObject({ kind: 'not-found' })
  })
})

const listenerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/orders/0123456789abcdef/fedcba9876543210'
const other = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders-2/fedcba9876543210'

describe('the weights of a listener', () => {
  const shown = (action: object) =>
    elbv2.on(DescribeListenersCommand).resolves({
      Listeners: [{ ListenerArn: listenerArn, DefaultActions: [{ Type: 'forward', ...action }] }],
    })

  it('are asked of that listener only', async () => {
    shown({ ForwardConfig: { TargetGroups: [] } })

    expect(await nlb.weights(listenerArn)).toEqual([])
    expect(inputs()).toEqual([{ ListenerArns: [listenerArn] }])
  })

  it('are read with zeros, and 1 where AWS says none', async () => {
    shown({ ForwardConfig: { TargetGroups: [{ TargetGroupArn: arn }, { TargetGroupArn: other, Weight: 0 }] } })

    expect(await nlb.weights(listenerArn)).toEqual([
      { targetGroupArn: arn, weight: 1 },
      { targetGroupArn: other, weight: 0 },
    ])
  })

  it('of a listener that names its one group without a configuration is 1', async () => {
    shown({ TargetGroupArn: arn })

    expect(await nlb.weights(listenerArn)).toEqual([{ targetGroupArn: arn, weight: 1 }])
  })

  it.each<[string, object]>([
    ['nothing', {}],
    ['no listener', { Listeners: [] }],
    ['a listener without actions', { Listeners: [{}] }],
    ['a listener with no action', { Listeners: [{ DefaultActions: [] }] }],
    ['an action without groups', { Listeners: [{ DefaultActions: [{ Type: 'forward' }] }] }],
    [
      'a group without ARN',
      { Listeners: [{ DefaultActions: [{ ForwardConfig: { TargetGroups: [{ Weight: 1 }] } }] }] },
    ],
  ])('are none where AWS shows %s', async (_what, answer) => {
    elbv2.on(DescribeListenersCommand).resolves(answer)

    expect(await nlb.weights(listenerArn)).toEqual([])
  })

  it('are set as one action that forwards, and nothing else of the listener is sent', async () => {
    elbv2.on(ModifyListenerCommand).resolves({})

    const answer = await nlb.setWeights(listenerArn, [
      { targetGroupArn: arn, weight: 0 },
      { targetGroupArn: other, weight: 1 },
    ])

    const TargetGroups = [
      { TargetGroupArn: arn, Weight: 0 },
      { TargetGroupArn: other, Weight: 1 },
    ]
    expect(inputs()).toEqual([
      { ListenerArn: listenerArn, DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] },
    ])
    // An answer without the listener says nothing of it.
    expect(answer).toBeUndefined()
  })

  it('of a listener that is gone is an error that says so', async () => {
    elbv2.on(DescribeListenersCommand).rejects(awsFault('ListenerNotFound', 'One or more listeners not found'))

    await expect(nlb.weights(listenerArn)).rejects.toMatchObject({ name: 'AwsError', kind: 'not-found' })
  })
})

describe('the remembered pair', () => {
  const pair = [
    { ip: '10.0.1.10', interfaceId: 'eni-0123456789abcdef0', subnetId: 'subnet-0123456789abcdef0' },
    { ip: '10.0.2.20', interfaceId: 'eni-0fedcba9876543210', subnetId: 'subnet-0fedcba9876543210' },
  ]

  const tagged = (Value: string) =>
    elbv2.on(DescribeTagsCommand).resolves({
      TagDescriptions: [
        {
          ResourceArn: arn,
          Tags: [
            { Key: 'team', Value: 'x' },
            { Key: 'repoint:pair', Value },
          ],
        },
      ],
    })

  it('is written in the characters that a tag may have, within its 256', async () => {
    elbv2.on(AddTagsCommand).resolves({})

    await nlb.remember(arn, pair)

    const [{ Tags: [tag] = [] }] = inputs() as [{ Tags?: { Key: string; Value: string }[] }]
    expect(tag?.Key).toBe('repoint:pair')
    expect(tag?.Value).toMatch(/^[\w .:/=+@-]{1,256}$/)
  })

  it('is one tag of the target group, which a person can read', async () => {
    elbv2.on(AddTagsCommand).resolves({})

    await nlb.remember(arn, [
      { ip: '10.0.1.10', interfaceId: 'eni-1', subnetId: 'subnet-1' },
      { ip: '10.0.2.20', interfaceId: 'eni-2', subnetId: 'subnet-2', isDisproved: true },
    ])

    const Value = '10.0.1.10 eni-1 subnet-1 / 10.0.2.20 eni-2 subnet-2 disproved'
    expect(inputs()).toEqual([{ ResourceArns: [arn], Tags: [{ Key: 'repoint:pair', Value }] }])
  })

  it('is asked of the target group, with what is disproved of it', async () => {
    tagged('10.0.1.10 eni-1 subnet-1 / 10.0.2.20 eni-2 subnet-2 disproved')

    expect(await nlb.remembered(arn)).toEqual([
      { ip: '10.0.1.10', interfaceId: 'eni-1', subnetId: 'subnet-1' },
      { ip: '10.0.2.20', interfaceId: 'eni-2', subnetId: 'subnet-2', isDisproved: true },
    ])
    expect(inputs()).toEqual([{ ResourceArns: [arn] }])
  })

  it.each<[string, object]>([
    ['nothing', {}],
    ['no target group', { TagDescriptions: [] }],
    ['a target group without tags', { TagDescriptions: [{}] }],
    ['other tags', { TagDescriptions: [{ Tags: [{ Key: 'team', Value: 'a b c' }] }] }],
  ])('is none where AWS shows %s', async (_what, answer) => {
    elbv2.on(DescribeTagsCommand).resolves(answer)

    expect(await nlb.remembered(arn)).toEqual([])
  })

  it('is read as it was written', async () => {
    elbv2.on(AddTagsCommand).resolves({})
    await nlb.remember(arn, pair)
    const [{ Tags: [tag] = [] }] = inputs() as [{ Tags?: { Value: string }[] }]
    tagged(tag?.Value ?? '')

    expect(await nlb.remembered(arn)).toEqual(pair)
  })

  it.each([
    ...['', '10.0.1.10', '10.0.1.10 eni-1', 'a b c d', ' / ', 'x / y'],
    ...[' b c', 'a  c', 'a b ', 'a b c disproved e'],
  ])('that cannot be read (%j) is not remembered', async text => {
    tagged(text)

    expect(await nlb.remembered(arn)).toEqual([])
  })

  it('is kept as far as it can be read', async () => {
    tagged('10.0.1.10 eni-1 subnet-1 / broken')

    expect(await nlb.remembered(arn)).toEqual([{ ip: '10.0.1.10', interfaceId: 'eni-1', subnetId: 'subnet-1' }])
  })
})

describe('what AWS denies', () => {
  it.each([
    ['DescribeTargetHealth', () => nlb.registrations(arn), arn],
    ['RegisterTargets', () => nlb.register(arn, [a]), arn],
    ['DeregisterTargets', () => nlb.deregister(arn, [a]), arn],
    ['DescribeListeners', () => nlb.weights(listenerArn), listenerArn],
    ['ModifyListener', () => nlb.setWeights(listenerArn, []), listenerArn],
    ['DescribeTags', () => nlb.remembered(arn), arn],
    ['AddTags', () => nlb.remember(arn, []), arn],
  ])('names the action %s as a policy does, and the resource', async (action, send, resource) => {
    elbv2.onAnyCommand().rejects(awsFault('AccessDenied', 'not authorized', 403))

    const error = await send().catch((error: unknown) => error)

    expect(error).toMatchObject({ name: 'AwsError', kind: 'access-denied' })
    expect(String(error)).toContain(`elasticloadbalancing:${action} on ${resource}`)
    expect(String(error)).toContain(`Allow elasticloadbalancing:${action}`)
  })
})
