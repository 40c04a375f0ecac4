import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { createNlb } from '../../functions/reconciler/adapters/nlb.ts'
import type { Target } from '../../functions/reconciler/core/model.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { awsFault } from '../contract/elbv2-double.ts'
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

    await expect(nlb.registrations(arn)).rejects.toThrow('a target without id, port or state')
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

  it('says `all` for the zone once AWS wants one, as for an address outside the VPC', async () => {
    elbv2
      .on(RegisterTargetsCommand)
      .rejectsOnce(awsFault('ValidationError', 'For the targets you must specify an Availability Zone'))
      .resolves({})

    await nlb.register(arn, [outside])

    expect(inputs()).toEqual([
      { TargetGroupArn: arn, Targets: [{ Id: '192.168.7.7', Port: 5432 }] },
      { TargetGroupArn: arn, Targets: [{ Id: '192.168.7.7', Port: 5432, AvailabilityZone: 'all' }] },
    ])
  })

  it('fails when AWS wants another zone than `all`', async () => {
    elbv2
      .on(RegisterTargetsCommand)
      .rejects(awsFault('ValidationError', 'For the targets you must specify an Availability Zone'))

    await expect(nlb.register(arn, [outside])).rejects.toThrow(AwsError)
    expect(elbv2).toHaveReceivedCommandTimes(RegisterTargetsCommand, 2)
  })

  it.each(['ValidationError', 'InvalidTarget', 'TooManyTargets'])('does not try again after %s', async code => {
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
