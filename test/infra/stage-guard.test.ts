import { describe, expect, it } from 'vitest'
import { type StageProperties, whyNotMove, whyNotReach, whyNotRetire } from '../../infra/migration/stage-guard.ts'
import { origins, type Stage, stages, whyNotStage } from '../../infra/settings/stages.ts'
import type { Weights } from '../../infra/settings/weights.ts'
import { type Reply, runInline } from './inline-script.ts'

const properties = (Stage: Stage, more: Partial<StageProperties> = {}): StageProperties => ({
  Stage,
  From: 'nlb',
  ...more,
})

const pairs = stages.flatMap(from => stages.map((to): [Stage, Stage] => [from, to]))

describe('a deployment over a deployed stage', () => {
  it.each(pairs)('from %s to %s is judged by the one table, whatever the settings say of before', (from, to) => {
    for (const From of origins) {
      const request = { ResourceProperties: properties(to, { From }), OldResourceProperties: properties(from) }
      const why = whyNotReach(request, 'new')
      const reason = whyNotStage(from, to)
      expect(why).toBe(reason && `stage ${to} is refused: deployed is ${from}; expected ${reason}`)
    }
  })
})

describe('a deployment without a guard before it', () => {
  it.each(stages.flatMap(to => (['new', 'nlb'] as const).map(deployed => [deployed, to] as const)))(
    'from %s to %s is judged by the stack, whatever the settings claim',
    (deployed, to) => {
      for (const From of origins) {
        const why = whyNotReach({ ResourceProperties: properties(to, { From }) }, deployed)
        const reason = whyNotStage(deployed, to)
        expect(why).toBe(reason && `stage ${to} is refused: deployed is ${deployed}; expected ${reason}`)
      }
    },
  )
})

describe('a load balancer', () => {
  it.each([
    [{ connections: [], newFlows: 0 }, undefined],
    [{ connections: ['vpce-1 (available, of account 4)'], newFlows: 0 }, 'has connections: vpce-1 (available'],
    [{ connections: [], newFlows: 3 }, '3 new flows in the last hour'],
  ])('that is in use like %j cannot go', (inUse, expected) => {
    const why = whyNotRetire(inUse)
    if (expected === undefined) expect(why).toBeUndefined()
    else expect(why).toContain(expected)
  })
})

describe('live weights', () => {
  const going = (from: [Stage, Weights] | undefined, [stage, weights]: [Stage, Weights]) => ({
    ResourceProperties: properties(stage, { Weights: JSON.stringify(weights) }),
    ...(from ? { OldResourceProperties: properties(from[0], { Weights: JSON.stringify(from[1]) }) } : {}),
  })
  const shift10: [Stage, Weights] = ['shift', { nlb: 90, gateway: 10 }]
  const shift50: [Stage, Weights] = ['shift', { nlb: 50, gateway: 50 }]
  const all: [Stage, Weights] = ['gateway', { nlb: 0, gateway: 100 }]
  const retired: [Stage, Weights] = ['retired', { gateway: 100 }]
  const shadow: [Stage, Weights] = ['shadow', { nlb: 100, gateway: 0 }]

  it.each<[string, ReturnType<typeof going>, Weights]>([
    ['are those deployed before', going(shift10, shift50), { nlb: 90, gateway: 10 }],
    ['are the new ones already', going(shift10, shift50), { nlb: 50, gateway: 50 }],
    ['are there no more of', going(shift10, shift50), {}],
    ['are the load balancer’s alone before the first gateway', going(undefined, shadow), { nlb: 100 }],
    ['are all on the gateway before it retires', going(all, retired), { nlb: 0, gateway: 100 }],
    ['have lost the load balancer’s record already', going(all, retired), { gateway: 100 }],
  ])('that %s let a deployment go on', (_, request, live) => {
    expect(whyNotMove(request, live)).toBeUndefined()
  })

  it.each<[string, ReturnType<typeof going>, Weights, string]>([
    ['were rolled back by hand', going(shift10, shift50), { nlb: 100, gateway: 0 }, 'the live weights are {"nlb":100'],
    ['were moved on by hand', going(shift10, shift50), { nlb: 30, gateway: 70 }, 'the live weights are {"nlb":30'],
    ['were moved before the guard came', going(undefined, shadow), { nlb: 50, gateway: 50 }, 'the live weights are'],
    [
      'still lead to the load balancer',
      going(all, retired),
      { nlb: 100, gateway: 0 },
      'the live weight of the load balancer is 100; expected 0',
    ],
  ])('that %s stop it', (_, request, live, expected) => {
    expect(whyNotMove(request, live)).toContain(expected)
  })
})

const stack = (StackStatus: string) => ({ Stacks: [{ StackStatus }] })
const provider = (Stage: Stage, more = {}) => ({
  Side: 'provider',
  Stage,
  From: 'nlb',
  EndpointServiceId: 'vpce-svc-0a',
  LoadBalancer: 'net/orders/0a',
  ...more,
})

describe('the provider’s guard', () => {
  const run = (from: Stage, to: Stage, reply: Reply = call => (call.command === 'DescribeStacks' ? updating : {})) =>
    runInline(
      'migration/provider-stage.ts',
      { ResourceProperties: provider(to), OldResourceProperties: provider(from) },
      reply,
    )
  const updating = stack('UPDATE_IN_PROGRESS')

  it('lets an allowed stage through without asking anybody, and stays the same resource', async () => {
    const { answer, calls } = await run('shadow', 'shift')
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'before', Data: { Stage: 'shift' } })
    expect(calls).toEqual([])
  })

  it('refuses a jump, with the reason of the table', async () => {
    const { answer } = await run('shadow', 'retired')
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'before' })
    expect(answer.Reason).toContain(whyNotStage('shadow', 'retired'))
  })

  it('refuses to retire while an endpoint is connected or asks to be, on any page', async () => {
    const { answer, calls } = await run('gateway', 'retired', ({ command, input }) => {
      if (command === 'DescribeStacks') return updating
      const state = input.NextToken === undefined ? 'deleted' : 'pendingAcceptance'
      return {
        VpcEndpointConnections: [{ VpcEndpointId: `vpce-${state}`, VpcEndpointState: state, VpcEndpointOwner: '44' }],
        ...(input.NextToken === undefined ? { NextToken: 'more' } : {}),
      }
    })
    expect(answer.Reason).toContain('connections: vpce-pendingAcceptance (pendingAcceptance, of account 44);')
    expect(calls[0]).toMatchObject({
      command: 'DescribeVpcEndpointConnections',
      input: { Filters: [{ Name: 'service-id', Values: ['vpce-svc-0a'] }] },
    })
  })

  it('refuses to retire while the load balancer has new flows', async () => {
    const { answer, calls } = await run('gateway', 'retired', ({ command }) => {
      if (command === 'DescribeStacks') return updating
      return command === 'GetMetricData' ? { MetricDataResults: [{ Values: [0, 2, 5] }] } : {}
    })
    expect(answer.Reason).toContain('7 new flows in the last hour')
    const input = calls.find(it => it.command === 'GetMetricData')?.input
    expect(input).toMatchObject({
      MetricDataQueries: [
        { MetricStat: { Metric: { Namespace: 'AWS/NetworkELB', MetricName: 'NewFlowCount' }, Stat: 'Sum' } },
      ],
    })
    expect(Number(input?.EndTime) - Number(input?.StartTime)).toBe(3_600_000)
  })

  it('retires what nobody uses', async () => {
    const { answer, calls } = await run('gateway', 'retired')
    expect(answer.Status).toBe('SUCCESS')
    expect(calls.map(it => it.command)).toEqual(['DescribeVpcEndpointConnections', 'GetMetricData'])
  })

  it.each([
    ['retired', 'gateway'],
    ['retired', 'nlb'],
    ['gateway', 'nlb'],
  ] as const)('lets CloudFormation roll back from %s to %s', async (from, to) => {
    const { answer, calls } = await run(from, to, () => stack('UPDATE_ROLLBACK_IN_PROGRESS'))
    expect(answer.Status).toBe('SUCCESS')
    expect(calls).toEqual([{ command: 'DescribeStacks', input: { StackName: 'arn:stack' } }])
  })

  it('refuses with its own reason where the stack’s status cannot be read', async () => {
    const { answer } = await run('shadow', 'retired', () => new Error('no answer'))
    expect(answer.Reason).toContain(whyNotStage('shadow', 'retired'))
    expect(answer.Reason).toContain('(stack status unknown: no answer)')
  })

  it('gives a new role’s permissions time to spread, and then says what was denied', async () => {
    const denied = Object.assign(new Error('not authorized'), { name: 'UnauthorizedOperation' })
    const { answer, waitedMs } = await run('gateway', 'retired', ({ command }) =>
      command === 'DescribeStacks' ? updating : denied,
    )
    expect(answer.Reason).toContain('not authorized')
    expect(waitedMs).toBe(60_000)
  })

  it.each([
    ['CREATE_IN_PROGRESS', 'SUCCESS'],
    ['UPDATE_IN_PROGRESS', 'FAILED'],
  ])('believes a claim to be new only of a stack in %s', async (status, expected) => {
    const request = {
      RequestType: 'Create',
      PhysicalResourceId: undefined,
      ResourceProperties: { ...provider('retired'), From: 'new' },
    }
    const { answer } = await runInline('migration/provider-stage.ts', request, () => stack(status))
    expect(answer.Status).toBe(expected)
  })

  it('does nothing when it is taken away', async () => {
    const { answer, calls } = await runInline(
      'migration/provider-stage.ts',
      { RequestType: 'Delete', ResourceProperties: provider('retired') },
      () => new Error('must not be called'),
    )
    expect(answer.Status).toBe('SUCCESS')
    expect(calls).toEqual([])
  })
})

describe('the consumer’s guard', () => {
  const consumer = (Stage: Stage, weights: Weights) => ({
    Side: 'consumer',
    Stage,
    From: 'nlb',
    HostedZoneId: 'Z0A',
    RecordName: 'Orders.example.com',
    Weights: JSON.stringify(weights),
  })
  const record = (SetIdentifier: string | undefined, Weight?: number, Name = 'orders.example.com.', Type = 'A') => ({
    Name,
    Type,
    SetIdentifier,
    Weight,
  })
  const run = (records: unknown[], request: Record<string, unknown>) =>
    runInline('migration/consumer-stage.ts', request, ({ command }) =>
      command === 'DescribeStacks' ? stack('UPDATE_IN_PROGRESS') : { ResourceRecordSets: records },
    )
  const on = {
    ResourceProperties: consumer('shift', { nlb: 50, gateway: 50 }),
    OldResourceProperties: consumer('shift', { nlb: 90, gateway: 10 }),
  }
  const others = [record(undefined, undefined, 'orders.example.com.', 'TXT'), record('x', 7, 'other.example.com.')]

  it('reads the live weights of its record in its zone', async () => {
    const { answer, calls } = await run([record('repoint-nlb', 90), record('repoint-gateway', 10), ...others], on)
    expect(answer.Status).toBe('SUCCESS')
    expect(calls).toEqual([
      {
        command: 'ListResourceRecordSets',
        input: { HostedZoneId: 'Z0A', StartRecordName: 'Orders.example.com', StartRecordType: 'A' },
      },
    ])
  })

  it('refuses to write over weights that somebody has moved', async () => {
    const { answer } = await run([record('repoint-nlb', 100), record('repoint-gateway', 0)], on)
    expect(answer.Reason).toContain('the live weights are {"nlb":100,"gateway":0}; expected those deployed before')
  })

  it('takes a record from before there were weights for the load balancer’s', async () => {
    const request = {
      RequestType: 'Create',
      PhysicalResourceId: undefined,
      ResourceProperties: consumer('shadow', { nlb: 100, gateway: 0 }),
    }
    const { answer } = await run([record(undefined)], request)
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'repoint-stage' })
  })
})
