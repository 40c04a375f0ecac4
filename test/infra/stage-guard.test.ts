import { describe, expect, it } from 'vitest'
import type { Weights } from '../../infra/app/settings/stage-weights.ts'
import { origins, type Stage, stages, whyNotStage } from '../../infra/app/settings/stages.ts'
import {
  isLiveAlready,
  isOneTemplate,
  type StageProperties,
  takesConfiguration,
  whyNotMove,
  whyNotReach,
  whyNotRetire,
  whyNotTake,
} from '../../infra/custom-resources/stage-decisions.ts'
import { atStage } from './gateway-fixture.ts'
import { type Call, type Reply, runInline } from './inline-script.ts'
import { onlyResource } from './settings-fixture.ts'

const properties = (Stage: Stage, more: Partial<StageProperties> = {}): StageProperties => ({
  Side: 'consumer',
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

  const both = ['shadow', 'shift', 'gateway'] as const
  it.each(pairs)('of the provider from %s to %s is free among the stages that are one template', (from, to) => {
    const request = {
      ResourceProperties: properties(to, { Side: 'provider' }),
      OldResourceProperties: properties(from, { Side: 'provider' }),
    }
    const isFree = both.some(it => it === from) && both.some(it => it === to)
    expect(isOneTemplate(request.ResourceProperties, from)).toBe(isFree)
    expect(whyNotReach(request, 'new') === undefined).toBe(isFree || whyNotStage(from, to) === undefined)
  })

  const all = { nlb: 0, gateway: 100 }
  it.each<[string, Stage, Stage, Weights | undefined, boolean]>([
    ['moves nothing any more', 'shadow', 'gateway', all, true],
    ['would still move clients', 'shadow', 'gateway', { nlb: 50, gateway: 50 }, false],
    ['would move them back first', 'shadow', 'gateway', { nlb: 100, gateway: 0 }, false],
    ['knows no weights', 'shadow', 'gateway', undefined, false],
    ['would skip the soak', 'shadow', 'retired', { nlb: 0, gateway: 100 }, false],
    ['has no gateway yet', 'nlb', 'gateway', all, false],
  ])('that the command has moved since and that %s, from %s to %s', (_, from, to, live, isAllowed) => {
    const request = {
      ResourceProperties: properties(to, { Weights: JSON.stringify(to === 'retired' ? { gateway: 100 } : all) }),
      OldResourceProperties: properties(from, { Weights: '{"nlb":100,"gateway":0}' }),
    }
    expect(isLiveAlready(request.ResourceProperties, from, live)).toBe(isAllowed)
    expect(whyNotReach(request, 'nlb', live) === undefined).toBe(isAllowed)
  })
})

describe('a resource configuration', () => {
  const at = (Stage: Stage, more: Partial<StageProperties> = {}) => properties(Stage, { Side: 'provider', ...more })
  const going = (from: StageProperties, to: StageProperties) => ({
    ResourceProperties: to,
    OldResourceProperties: from,
  })
  const used = ['vpce-0a (of account 44)']
  const [one, other] = [{ ConfigurationHash: 'one' }, { ConfigurationHash: 'other' }]

  it.each<[string, ReturnType<typeof going>, string]>([
    [
      'goes with the gateway',
      going(at('shadow', one), at('nlb')),
      'stage nlb is refused: the resource configuration is in use',
    ],
    ['is replaced', going(at('gateway', one), at('gateway', other)), 'another resource configuration is refused'],
    ['is replaced at the end', going(at('gateway', one), at('retired', other)), 'another resource configuration is'],
  ])('that %s is not taken from under its endpoints', (_, request, expected) => {
    expect(takesConfiguration(request)).toBe(true)
    expect(whyNotTake(request, used)).toContain(expected)
    expect(whyNotTake(request, used)).toContain('is in use: vpce-0a (of account 44)')
    expect(whyNotTake(request, [])).toBeUndefined()
  })

  it.each([
    ['stays', going(at('gateway', one), at('retired', one))],
    ['comes', going(at('nlb'), at('shadow', one))],
    ['was deployed before it was known by a hash', going(at('shadow'), at('shadow', one))],
    ['is not there', { ResourceProperties: at('nlb') }],
  ])('that %s is not asked about', (_, request) => {
    expect(takesConfiguration(request)).toBe(false)
  })

  it('is replaced in use where the settings want it, and never taken away so', () => {
    const wanted = { ReplaceInUse: 'true' } as const
    expect(whyNotTake(going(at('gateway', one), at('gateway', { ...other, ...wanted })), used)).toBeUndefined()
    expect(whyNotTake(going(at('shadow', one), at('nlb', wanted)), used)).toContain('stage nlb is refused')
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
    [{ connections: [], newFlows: 0, activeFlows: 0 }, undefined],
    [
      { connections: ['vpce-1 (available, of account 4)'], newFlows: 0, activeFlows: 0 },
      'has connections: vpce-1 (available',
    ],
    [{ connections: [], newFlows: 3, activeFlows: 3 }, '3 new flows in the last hour'],
    [{ connections: [], newFlows: 0, activeFlows: 2 }, '2 open flows in the last 15 minutes'],
  ])('that is in use like %j cannot go', (inUse, expected) => {
    const why = whyNotRetire(inUse)
    if (expected === undefined) expect(why).toBeUndefined()
    else expect(why).toContain(expected)
  })

  it.each([
    { newFlows: 3, activeFlows: 0 },
    { newFlows: 0, activeFlows: 2 },
  ])('that is shared with another database can be left nevertheless (%j)', flows => {
    const cure = 'take frontDoor.loadBalancerArn out of the settings, deploy at gateway, and then retire'
    expect(whyNotRetire({ connections: [], ...flows }, 'existing')).toContain(cure)
    expect(whyNotRetire({ connections: [], ...flows }, 'create')).not.toContain('frontDoor')
    expect(whyNotRetire({ connections: [], ...flows }, 'shared')).toContain('then say gateway.listenerUnused')
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

  const asked = ({ ResourceProperties, ...rest }: ReturnType<typeof going>): ReturnType<typeof going> => ({
    ResourceProperties: { ...ResourceProperties, RaiseShare: 'true' },
    ...rest,
  })

  it.each<[string, ReturnType<typeof going>, Weights]>([
    ['are those deployed before', going(shift50, shift10), { nlb: 50, gateway: 50 }],
    ['are the new ones already', going(shift10, shift50), { nlb: 50, gateway: 50 }],
    [
      'are those deployed before, of a share that is asked for',
      asked(going(shift10, shift50)),
      { nlb: 90, gateway: 10 },
    ],
    ['were not there yet', going(undefined, retired), {}],
    ['are gone, and come back without a share', going(shift10, shadow), {}],
    ['are the load balancer’s alone before the first gateway', going(undefined, shadow), { nlb: 100 }],
    ['are all on the gateway before it retires', going(all, retired), { nlb: 0, gateway: 100 }],
    ['have lost the load balancer’s record already', going(all, retired), { gateway: 100 }],
  ])('that %s let a deployment go on', (_, request, live) => {
    expect(whyNotMove(request, live)).toBeUndefined()
  })

  it.each<[string, ReturnType<typeof going>, Weights, string]>([
    [
      'were rolled back to what is deployed, by settings from before',
      going(shadow, shift50),
      { nlb: 100, gateway: 0 },
      "would raise the gateway's share of new connections from 0 % to 50 %",
    ],
    ['were rolled back by hand', going(shift10, shift50), { nlb: 100, gateway: 0 }, 'from 0 % to 50 %'],
    [
      'were rolled back by hand and asked for',
      asked(going(shift10, shift50)),
      { nlb: 100, gateway: 0 },
      'the live weights are {"nlb":100',
    ],
    [
      'are a smaller share of the same deployment',
      going(shift50, shift50),
      { nlb: 90, gateway: 10 },
      'from 10 % to 50 %',
    ],
    ['are odd ones of a smaller share', going(shift10, shift10), { nlb: 255, gateway: 1 }, 'from 0.4 % to 10 %'],
    ['are gone', going(shift10, shift50), {}, 'from 0 % to 50 %'],
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

  const replacing = (EndpointHash: string, more: Partial<StageProperties> = {}) => {
    const { ResourceProperties, OldResourceProperties } = going(shift10, shift10)
    return {
      ResourceProperties: { ...ResourceProperties, EndpointHash, ...more },
      OldResourceProperties: { ...OldResourceProperties, EndpointHash: 'one' } as StageProperties,
    }
  }

  it('stop another resource endpoint under the clients of the present one', () => {
    const live = { nlb: 90, gateway: 10 }
    expect(whyNotMove(replacing('one'), live)).toBeUndefined()
    expect(whyNotMove(replacing('other'), live)).toContain('another resource endpoint is refused')
    expect(whyNotMove(replacing('other'), live)).toContain('the live weight of the gateway is 10; expected 0')
    expect(whyNotMove(replacing('other', { ReplaceInUse: 'true' }), live)).toBeUndefined()
  })

  it('stop another interface endpoint under the clients of the present one', () => {
    const { ResourceProperties, OldResourceProperties } = going(shift10, shift10)
    const request = (InterfaceEndpointHash: string, more: Partial<StageProperties> = {}) => ({
      ResourceProperties: { ...ResourceProperties, InterfaceEndpointHash, ...more },
      OldResourceProperties: { ...OldResourceProperties, InterfaceEndpointHash: 'one' } as StageProperties,
    })
    const live = { nlb: 90, gateway: 10 }
    expect(whyNotMove(request('one'), live)).toBeUndefined()
    expect(whyNotMove(request('other'), live)).toContain('another interface endpoint is refused')
    expect(whyNotMove(request('other', { ReplaceInUse: 'true' }), live)).toBeUndefined()
  })

  it('let another resource endpoint come where nobody uses the present one', () => {
    const { ResourceProperties, OldResourceProperties } = replacing('other')
    const Weights = '{"nlb":100,"gateway":0}'
    const request = {
      ResourceProperties: { ...ResourceProperties, Weights },
      OldResourceProperties: { ...OldResourceProperties, Weights },
    }
    expect(whyNotMove(request, { nlb: 100, gateway: 0 })).toBeUndefined()
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
      'custom-resources/provider-stage.ts',
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

  /** CloudWatch has read all of it, and there is nothing. */
  const noFlows = { MetricDataResults: [{ StatusCode: 'Complete', Values: [] }] }

  it('refuses to retire while an endpoint is connected or asks to be, on any page', async () => {
    const { answer, calls } = await run('gateway', 'retired', ({ command, input }) => {
      if (command === 'DescribeStacks') return updating
      if (command === 'GetMetricData') return noFlows
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
      return command === 'GetMetricData' ? { MetricDataResults: [{ StatusCode: 'Complete', Values: [0, 2, 5] }] } : {}
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

  it.each([
    ['an internal error', [{ StatusCode: 'InternalError', Values: [] }], 'InternalError'],
    ['part of the data', [{ StatusCode: 'PartialData', Values: [0] }], 'PartialData'],
    ['no result', [], 'no result'],
  ])(
    'refuses to retire when CloudWatch answers with %s: that is no hour without flows',
    async (_what, results, said) => {
      const { answer } = await run('gateway', 'retired', ({ command }) => {
        if (command === 'DescribeStacks') return updating
        return command === 'GetMetricData' ? { MetricDataResults: results } : {}
      })
      expect(answer.Status).toBe('FAILED')
      expect(answer.Reason).toContain(`CloudWatch has not read NewFlowCount: ${said}`)
    },
  )

  it('refuses to retire while a quiet pool is connected straight to the load balancer', async () => {
    const { answer, calls } = await run('gateway', 'retired', ({ command, input }) => {
      if (command === 'DescribeStacks') return updating
      const isOpen = JSON.stringify(input).includes('"ActiveFlowCount"')
      return command === 'GetMetricData'
        ? { MetricDataResults: [{ StatusCode: 'Complete', Values: isOpen ? [0, 4, 3] : [0] }] }
        : {}
    })
    expect(answer.Reason).toContain('4 open flows in the last 15 minutes')
    const input = calls.filter(it => it.command === 'GetMetricData')[1]?.input
    expect(input).toMatchObject({
      MetricDataQueries: [
        {
          MetricStat: {
            Metric: { MetricName: 'ActiveFlowCount', Dimensions: [{ Name: 'LoadBalancer', Value: 'net/orders/0a' }] },
            Stat: 'Maximum',
          },
        },
      ],
    })
    expect(Number(input?.EndTime) - Number(input?.StartTime)).toBe(900_000)
  })

  it('says how to leave a load balancer that is shared', async () => {
    const shared = { FrontDoor: 'existing', EndpointServiceId: undefined }
    const request = {
      ResourceProperties: provider('retired'),
      OldResourceProperties: provider('gateway', shared),
    }
    const { answer } = await runInline('custom-resources/provider-stage.ts', request, ({ command }) =>
      command === 'DescribeStacks' ? updating : { MetricDataResults: [{ StatusCode: 'Complete', Values: [9] }] },
    )
    expect(answer.Reason).toContain('take frontDoor.loadBalancerArn out of the settings')
  })

  it.each([
    ['refuses a listener of a shared load balancer that others use', {}, 'AWS counts them for all listeners together'],
    ['lets it go once somebody has checked it, without asking', { ListenerUnused: 'true' }, undefined],
  ])('%s', async (_, said, reason) => {
    const old = { FrontDoor: 'shared', EndpointServiceId: undefined }
    const request = {
      ResourceProperties: provider('retired', said),
      OldResourceProperties: provider('gateway', old),
    }
    const { answer, calls } = await runInline('custom-resources/provider-stage.ts', request, ({ command }) =>
      command === 'DescribeStacks' ? updating : { MetricDataResults: [{ StatusCode: 'Complete', Values: [9] }] },
    )
    const metrics = calls.filter(({ command }) => command === 'GetMetricData')
    if (reason === undefined) {
      expect(answer.Status).toBe('SUCCESS')
      expect(metrics).toEqual([])
    } else expect(answer.Reason).toContain(reason)
  })

  it('retires what nobody uses', async () => {
    const { answer, calls } = await run('gateway', 'retired', ({ command }) =>
      command === 'GetMetricData' ? noFlows : {},
    )
    expect(answer.Status).toBe('SUCCESS')
    expect(calls.map(it => it.command)).toEqual(['DescribeVpcEndpointConnections', 'GetMetricData', 'GetMetricData'])
  })

  it('follows the command, which moves consumers without a deployment', async () => {
    const { answer, calls } = await run('shadow', 'gateway')
    expect(answer.Status).toBe('SUCCESS')
    expect(calls).toEqual([])
  })

  const arn = 'arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0a'
  const deployed = {
    Stacks: [
      {
        StackStatus: 'UPDATE_IN_PROGRESS',
        Outputs: [
          { OutputKey: 'Stage', OutputValue: 'shadow' },
          { OutputKey: 'ResourceConfigurationArn', OutputValue: arn },
        ],
      },
    ],
  }
  const usedBy =
    (...pages: string[][]): Reply =>
    ({ command, input }) => {
      if (command === 'DescribeStacks') return deployed
      if (command !== 'ListResourceEndpointAssociations') return {}
      const index = Number(input.nextToken ?? 0)
      return {
        items: pages[index]?.map(vpcEndpointId => ({ vpcEndpointId, vpcEndpointOwner: '444455556666' })),
        ...(index + 1 < pages.length ? { nextToken: `${index + 1}` } : {}),
      }
    }

  it('refuses to take the gateway away while an endpoint is associated, on any page', async () => {
    const { answer, calls } = await run('shadow', 'nlb', usedBy([], ['vpce-0b']))
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'before' })
    expect(answer.Reason).toContain('is in use: vpce-0b (of account 444455556666); expected none')
    expect(calls.filter(it => it.command === 'ListResourceEndpointAssociations').map(it => it.input)).toEqual([
      { resourceConfigurationIdentifier: arn, nextToken: undefined },
      { resourceConfigurationIdentifier: arn, nextToken: '1' },
    ])
  })

  it('refuses to take the gateway away while a service network holds it', async () => {
    const { answer } = await run('shadow', 'nlb', ({ command }) => {
      if (command === 'DescribeStacks') return deployed
      if (command !== 'ListServiceNetworkResourceAssociations') return {}
      return { items: [{ id: 'snra-0c', serviceNetworkName: 'shared' }] }
    })
    expect(answer.Reason).toContain('is in use: snra-0c of the service network shared; expected none')
  })

  it('takes away a gateway that nobody is associated with', async () => {
    const { answer } = await run('shadow', 'nlb', usedBy([]))
    expect(answer.Status).toBe('SUCCESS')
  })

  it('takes no gateway away that it cannot ask about', async () => {
    const { answer } = await run('shadow', 'nlb')
    expect(answer.Reason).toContain('the stack has no output ResourceConfigurationArn')
  })

  it.each([
    ['other', ['vpce-0b'], 'FAILED', 'another resource configuration is refused'],
    ['other', [], 'SUCCESS', undefined],
    ['one', ['vpce-0b'], 'SUCCESS', undefined],
  ] as const)('judges configuration %s, with endpoints %j, in the place of one', async (hash, users, status, why) => {
    const request = {
      ResourceProperties: provider('gateway', { ConfigurationHash: hash }),
      OldResourceProperties: provider('gateway', { ConfigurationHash: 'one' }),
    }
    const { answer } = await runInline('custom-resources/provider-stage.ts', request, usedBy([...users]))
    expect(answer.Status).toBe(status)
    if (why !== undefined) expect(answer.Reason).toContain(why)
  })

  it('has the time to be denied everything, and to answer', async () => {
    const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' })
    const request = { RequestType: 'Create', PhysicalResourceId: undefined }
    const { answer, waitedMs } = await runInline(
      'custom-resources/consumer-stage.ts',
      { ...request, ResourceProperties: provider('shadow', { Side: 'consumer', Zone: 'Zone', Weights: '{}' }) },
      () => denied,
    )
    expect(answer.Status).toBe('FAILED')
    const template = atStage('shadow')
    const { id } = onlyResource(template, 'Custom::RepointStage')
    const { ServiceTimeout } = template.findResources('Custom::RepointStage')[id]?.Properties ?? {}
    const [lambda] = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([it]) =>
      it.startsWith('StageGuard'),
    )
    const timeoutMs = Number(lambda?.[1].Properties.Timeout) * 1000
    expect(timeoutMs).toBeGreaterThan(waitedMs + 60_000)
    expect(Number(ServiceTimeout) * 1000).toBeGreaterThan(timeoutMs)
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
    const { answer } = await runInline('custom-resources/provider-stage.ts', request, () => stack(status))
    expect(answer.Status).toBe(expected)
  })

  it('does nothing when it is taken away', async () => {
    const { answer, calls } = await runInline(
      'custom-resources/provider-stage.ts',
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
    Zone: 'Zone0A',
    RecordName: 'Orders.example.com',
    Weights: JSON.stringify(weights),
  })
  const record = (SetIdentifier: string | undefined, Weight?: number, Name = 'orders.example.com.', Type = 'A') => ({
    Name,
    Type,
    SetIdentifier,
    Weight,
  })
  /** Of the stack as it is deployed. */
  const ofStack = ({ command }: Call, described: object = stack('UPDATE_IN_PROGRESS')): object | undefined => {
    const zone = { LogicalResourceId: 'Zone0A', PhysicalResourceId: 'Z0A', ResourceStatus: 'CREATE_COMPLETE' }
    if (command === 'ListStackResources') return { StackResourceSummaries: [zone] }
    return command === 'DescribeStacks' ? described : undefined
  }
  const run = (records: unknown[], request: Record<string, unknown>) =>
    runInline('custom-resources/consumer-stage.ts', request, call => ofStack(call) ?? { ResourceRecordSets: records })
  const on = {
    ResourceProperties: consumer('shift', { nlb: 90, gateway: 10 }),
    OldResourceProperties: consumer('shift', { nlb: 50, gateway: 50 }),
  }
  const others = [record(undefined, undefined, 'orders.example.com.', 'TXT'), record('x', 7, 'other.example.com.')]

  it('reads the live weights of its record in its zone', async () => {
    const { answer, calls } = await run([record('repoint-nlb', 50), record('repoint-gateway', 50), ...others], on)
    expect(answer.Status).toBe('SUCCESS')
    expect(calls).toEqual([
      { command: 'ListStackResources', input: { StackName: 'arn:stack', NextToken: undefined } },
      {
        command: 'ListResourceRecordSets',
        input: { HostedZoneId: 'Z0A', StartRecordName: 'Orders.example.com', StartRecordType: 'A' },
      },
    ])
  })

  it('follows the command that has moved everybody since shadow was deployed', async () => {
    const moved = {
      ResourceProperties: consumer('gateway', { nlb: 0, gateway: 100 }),
      OldResourceProperties: consumer('shadow', { nlb: 100, gateway: 0 }),
    }
    const { answer } = await run([record('repoint-nlb', 0), record('repoint-gateway', 100)], moved)
    expect(answer.Status).toBe('SUCCESS')
    const early = await run([record('repoint-nlb', 50), record('repoint-gateway', 50)], moved)
    expect(early.answer.Reason).toContain(whyNotStage('shadow', 'gateway'))
  })

  it('refuses to write over weights that somebody has moved', async () => {
    const { answer } = await run([record('repoint-nlb', 30), record('repoint-gateway', 70)], on)
    expect(answer.Reason).toContain('the live weights are {"nlb":30,"gateway":70}; expected those deployed before')
  })

  it('refuses to undo a rollback with settings that are older than it', async () => {
    const stale = {
      ResourceProperties: consumer('shift', { nlb: 50, gateway: 50 }),
      OldResourceProperties: consumer('shadow', { nlb: 100, gateway: 0 }),
    }
    const live = [record('repoint-nlb', 100), record('repoint-gateway', 0)]
    const { answer } = await run(live, stale)
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('from 0 % to 50 %') })
    const wanted = { ...stale, ResourceProperties: { ...stale.ResourceProperties, RaiseShare: 'true' } }
    expect((await run(live, wanted)).answer.Status).toBe('SUCCESS')
  })

  const outputs = {
    Stacks: [
      {
        StackStatus: 'UPDATE_IN_PROGRESS',
        Outputs: [
          { OutputKey: 'EndpointId', OutputValue: 'vpce-interface' },
          { OutputKey: 'ResourceEndpointId', OutputValue: 'vpce-resource' },
        ],
      },
    ],
  }
  const going = (from: Stage, to: Stage, weights: readonly [Weights, Weights]) => ({
    ResourceProperties: consumer(to, weights[1]),
    OldResourceProperties: consumer(from, weights[0]),
  })
  const retiring = going('gateway', 'retired', [{ nlb: 0, gateway: 100 }, { gateway: 100 }])
  const leaving = going('shadow', 'nlb', [{ nlb: 100, gateway: 0 }, { nlb: 100 }])
  const seen =
    (live: Weights, counted: Readonly<Record<string, readonly number[]>>): Reply =>
    call => {
      const { command, input } = call
      const ofIt = ofStack(call, outputs)
      if (ofIt !== undefined) return ofIt
      if (command === 'DescribeVpcEndpoints') {
        return { VpcEndpoints: [{ VpcEndpointType: 'Interface', ServiceName: 'svc', VpcId: 'vpc-1' }] }
      }
      if (command === 'GetMetricData') {
        const name = Object.keys(counted).find(it => JSON.stringify(input).includes(`"${it}"`))
        return { MetricDataResults: [{ StatusCode: 'Complete', Values: name === undefined ? [] : counted[name] }] }
      }
      return { ResourceRecordSets: [record('repoint-nlb', live.nlb), record('repoint-gateway', live.gateway)] }
    }

  it('lets a consumer retire beside others of its endpoint, which stays, by its live weights alone', async () => {
    const shares = (request: typeof retiring) => ({
      ...request,
      OldResourceProperties: { ...request.OldResourceProperties, SharesEndpoint: 'true' },
    })
    const busy = { ActiveConnections: [9] }
    const go = (live: Weights) => runInline('custom-resources/consumer-stage.ts', shares(retiring), seen(live, busy))
    const { answer, calls } = await go({ nlb: 0, gateway: 100 })
    expect(answer.Status).toBe('SUCCESS')
    expect(calls.map(({ command }) => command)).not.toContain('GetMetricData')
    expect((await go({ nlb: 10, gateway: 90 })).answer.Status).toBe('FAILED')
  })

  it.each<[string, typeof retiring, Weights, Record<string, number[]>, string | undefined]>([
    [
      'retires while a pool is connected',
      retiring,
      { nlb: 0, gateway: 100 },
      { ActiveConnections: [0, 3] },
      'vpce-interface has had 3 open connections',
    ],
    [
      'retires while somebody still connects',
      retiring,
      { nlb: 0, gateway: 100 },
      { NewConnections: [2, 1] },
      'vpce-interface has had 3 new connections',
    ],
    [
      'goes back to nlb under an open connection',
      leaving,
      { nlb: 100, gateway: 0 },
      { ActiveConnections: [1] },
      'vpce-resource has had 1 open connections',
    ],
    ['retires when all is quiet', retiring, { nlb: 0, gateway: 100 }, {}, undefined],
    ['goes back to nlb after old connections', leaving, { nlb: 100, gateway: 0 }, { NewConnections: [4] }, undefined],
  ])('asks for connections, and not for weights alone, where a consumer %s', async (_, request, live, counted, why) => {
    const { answer, calls } = await runInline('custom-resources/consumer-stage.ts', request, seen(live, counted))
    expect(answer.Status).toBe(why === undefined ? 'SUCCESS' : 'FAILED')
    if (why !== undefined) expect(answer.Reason).toContain(why)
    expect(calls.find(it => it.command === 'GetMetricData')?.input).toMatchObject({
      MetricDataQueries: [
        {
          MetricStat: {
            Metric: {
              Namespace: 'AWS/PrivateLinkEndpoints',
              Dimensions: expect.arrayContaining([
                { Name: 'VPC Id', Value: 'vpc-1' },
                { Name: 'Service Name', Value: 'svc' },
              ]),
            },
          },
        },
      ],
    })
  })

  it('reads records that somebody has pushed to a second page', async () => {
    const first = {
      ResourceRecordSets: [record('a', 0)],
      IsTruncated: true,
      NextRecordName: 'orders.example.com.',
      NextRecordType: 'A',
      NextRecordIdentifier: 'repoint-gateway',
    }
    const second = { ResourceRecordSets: [record('repoint-gateway', 0), record('repoint-nlb', 100)] }
    const { answer, calls } = await runInline(
      'custom-resources/consumer-stage.ts',
      on,
      call => ofStack(call) ?? (call.input.StartRecordIdentifier ? second : first),
    )
    expect(answer.Reason).toContain('from 0 % to 10 %')
    expect(calls[2]?.input).toMatchObject({ StartRecordIdentifier: 'repoint-gateway' })
  })

  it('reads the deployed zone, under the name that is deployed, where the template has another name', async () => {
    const renamed = (weights: Weights, more: object = {}) => ({
      ResourceProperties: { ...consumer('shift', weights), RecordName: 'new.example.com', ...more },
      OldResourceProperties: consumer('shift', weights),
    })
    const live = [record('repoint-nlb', 50), record('repoint-gateway', 50)]
    const same = await run(live, renamed({ nlb: 50, gateway: 50 }))
    expect(same.answer.Status).toBe('SUCCESS')
    expect(same.calls[1]?.input).toMatchObject({ HostedZoneId: 'Z0A', StartRecordName: 'Orders.example.com' })
    const back = [record('repoint-nlb', 100), record('repoint-gateway', 0)]
    const { answer } = await run(back, renamed({ nlb: 50, gateway: 50 }))
    expect(answer.Reason).toContain('from 0 % to 50 %')
    expect((await run(back, renamed({ nlb: 50, gateway: 50 }, { RaiseShare: 'true' }))).answer.Status).toBe('FAILED')
    expect((await run(back, renamed({ nlb: 100, gateway: 0 }))).answer.Status).toBe('SUCCESS')
  })

  it('finds the deployed zone on any page, and takes one that was deleted for none', async () => {
    const zone = (PhysicalResourceId: string, ResourceStatus: string) => ({
      StackResourceSummaries: [{ LogicalResourceId: 'Zone0A', PhysicalResourceId, ResourceStatus }],
    })
    const { calls } = await runInline('custom-resources/consumer-stage.ts', on, ({ command, input }) => {
      if (command === 'DescribeStacks') return stack('UPDATE_IN_PROGRESS')
      if (command !== 'ListStackResources') return { ResourceRecordSets: [] }
      return input.NextToken ? zone('Z0B', 'CREATE_COMPLETE') : { ...zone('Z0A', 'DELETE_COMPLETE'), NextToken: 'more' }
    })
    expect(calls.find(({ command }) => command === 'ListResourceRecordSets')?.input.HostedZoneId).toBe('Z0B')
  })

  it('refuses beside records of others, which take a share of their own, and takes one without weight for none', async () => {
    const ours = [record('repoint-nlb', 50), record('repoint-gateway', 50)]
    const { answer } = await run([...ours, record('canary', 100), record('old', 0)], on)
    expect(answer.Reason).toContain('weighted records that are not of this stack: canary (100); expected none')
    expect((await run([...ours, record('old', 0)], on)).answer.Status).toBe('SUCCESS')
  })

  it('reads the weights of a stack that says it is new and is deployed already', async () => {
    const request = {
      ResourceProperties: { ...consumer('shift', { nlb: 50, gateway: 50 }), From: 'new' },
      OldResourceProperties: consumer('shift', { nlb: 50, gateway: 50 }),
    }
    const { answer } = await run([record('repoint-nlb', 100), record('repoint-gateway', 0)], request)
    expect(answer.Reason).toContain('from 0 % to 50 %')
  })

  it('asks nobody about a stack that is new', async () => {
    const request = {
      RequestType: 'Create',
      PhysicalResourceId: undefined,
      ResourceProperties: { ...consumer('shadow', { nlb: 100, gateway: 0 }), From: 'new' },
    }
    const { answer, calls } = await runInline('custom-resources/consumer-stage.ts', request, () =>
      stack('CREATE_IN_PROGRESS'),
    )
    expect([answer.Status, calls.map(({ command }) => command)]).toEqual(['SUCCESS', ['DescribeStacks']])
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
