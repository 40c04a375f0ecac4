import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { scriptOf } from '../../infra/constructs/inline-script.ts'
import { type Reply, runInline, silence, timeouts } from './inline-script.ts'
import { aCluster, aConsumer, synthesizeEntries } from './settings-fixture.ts'
import { resourcesOf } from './template-diff.ts'

/** What holds for every custom resource of ours, whatever it does. */

const names = { DnsName: 'a.on.aws', HostedZoneId: 'ZA', ReaderDnsName: 'r.on.aws', ReaderHostedZoneId: 'ZR' }
const stack = (StackStatus: string) => ({
  Stacks: [
    {
      StackStatus,
      Outputs: [
        { OutputKey: 'ResourceEndpointNames', OutputValue: JSON.stringify({ EndpointId: 'vpce-0a', ...names }) },
        { OutputKey: 'EndpointId', OutputValue: 'vpce-0i' },
      ],
    },
  ],
})

interface Resource {
  readonly module: string
  readonly properties: Readonly<Record<string, unknown>>
  readonly old?: Readonly<Record<string, unknown>>
  /** What it stays, whatever fails. */
  readonly id: string
  /** What the template reads of it with Fn::GetAtt. */
  readonly attributes: readonly string[]
  /** A failure of its own calls never fails the deployment. */
  readonly decidesNothing?: true
}

const retiring = (Side: string) => ({
  properties: {
    Side,
    Stage: 'retired',
    From: 'gateway',
    HostedZoneId: 'Z',
    RecordName: 'a',
    Weights: '{"gateway":100}',
  },
  old: {
    Side,
    Stage: 'gateway',
    EndpointServiceId: 'vpce-svc-0a',
    LoadBalancer: 'net/a/1',
    HostedZoneId: 'Z',
    RecordName: 'a',
  },
})

const resources: Readonly<Record<string, Resource>> = {
  'the first registration': {
    module: 'custom-resources/seed-handler.ts',
    properties: { FunctionName: 'repoint-orders', TargetGroupArn: 'arn:group', AcceptedReasons: [] },
    id: 'arn:group',
    attributes: [],
  },
  'the first tick': {
    module: 'custom-resources/seed-handler.ts',
    properties: { TickFunction: 'arn:tick', WaitSeconds: '240' },
    id: 'before',
    attributes: [],
    decidesNothing: true,
  },
  'the endpoint’s name': {
    module: 'custom-resources/endpoint-name-handler.ts',
    properties: { EndpointId: 'vpce-0a', WriterHostname: 'w.example.com', ReaderHostname: 'r.example.com' },
    id: 'vpce-0a',
    attributes: Object.keys(names),
  },
  'the provider’s guard': {
    module: 'custom-resources/provider-stage.ts',
    ...retiring('provider'),
    id: 'before',
    attributes: [],
  },
  'the consumer’s guard': {
    module: 'custom-resources/consumer-stage.ts',
    ...retiring('consumer'),
    id: 'before',
    attributes: [],
  },
}

const named = (name: string) => Object.assign(new Error(`${name}!`), { name })

/** What every call but the one about the stack gets. */
const failures: Readonly<Record<string, unknown>> = {
  throttled: named('TooManyRequestsException'),
  missing: named('ResourceNotFoundException'),
  denied: named('AccessDeniedException'),
  silent: silence,
}

const run = ({ module, properties, old }: Resource, RequestType: string, reply: Reply) => {
  const before = RequestType === 'Update' && old ? { OldResourceProperties: old } : {}
  return runInline(module, { RequestType, ResourceProperties: properties, ...before }, reply)
}

const failing =
  (failure: unknown, status: unknown): Reply =>
  ({ command }) =>
    command === 'DescribeStacks' ? (typeof status === 'string' ? stack(status) : status) : failure

const each = Object.entries(resources)
const withFailures = each.flatMap(([name, resource]) =>
  Object.entries(failures).map(([how, failure]) => [name, how, resource, failure] as const),
)

describe('a custom resource', () => {
  it.each(withFailures)('%s never fails a rollback in which everything is %s', async (_, __, resource, failure) => {
    const { answer } = await run(resource, 'Update', failing(failure, 'UPDATE_ROLLBACK_IN_PROGRESS'))
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: resource.id })
    expect(Object.keys(answer.Data ?? {})).toEqual(expect.arrayContaining([...resource.attributes]))
  })

  it.each(withFailures)(
    '%s never fails a rollback in which CloudFormation too answers late (%s)',
    async (_, __, resource, failure) => {
      let asked = 0
      const { answer } = await run(resource, 'Update', call => {
        if (call.command !== 'DescribeStacks') return failure
        asked += 1
        return asked < 5 ? named('ThrottlingException') : stack('UPDATE_ROLLBACK_IN_PROGRESS')
      })
      expect(answer.Status).toBe('SUCCESS')
    },
  )

  it.each(withFailures)(
    '%s ends a deployment in which everything is %s with a reason, and in time',
    async (_, __, resource, failure) => {
      const type = resource.old ? 'Update' : 'Create'
      const { answer } = await run(resource, type, failing(failure, `${type.toUpperCase()}_IN_PROGRESS`))
      if (resource.decidesNothing) return expect(answer.Status).toBe('SUCCESS')
      expect(answer.Status).toBe('FAILED')
      expect(answer.Reason).toMatch(/\w+ .*\(log stream stream\)$/)
    },
  )

  it.each(withFailures)(
    '%s answers in time where nobody says anything, CloudFormation included (%s)',
    async (_, __, resource, failure) => {
      const { answer } = await run(resource, resource.old ? 'Update' : 'Create', failing(failure, silence))
      if (resource.decidesNothing) return expect(answer.Status).toBe('SUCCESS')
      expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/log stream|unknown/) })
    },
  )

  it.each(each)('%s asks nobody when it is taken away', async (_, resource) => {
    const { answer, calls } = await run(resource, 'Delete', failing(silence, silence))
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'before' })
    expect(calls).toEqual([])
  })

  it('gives the names of another endpoint for none of its own', async () => {
    const endpoint = resources['the endpoint’s name'] as Resource
    const other = { ...endpoint, properties: { ...endpoint.properties, EndpointId: 'vpce-0b' } }
    const { answer } = await run(other, 'Update', failing(named('X'), 'UPDATE_ROLLBACK_IN_PROGRESS'))
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'vpce-0b', Data: {} })
  })
})

describe('the functions behind them', () => {
  const arn = 'arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0a1b2c3d4e5f60718'
  const readerHostname = 'ledger.cluster-ro-abc123def456.eu-west-1.rds.amazonaws.com'
  const templates: readonly Template[] = Object.values(
    synthesizeEntries(
      [aCluster({ gateway: { stage: 'shadow', databaseSecurityGroupId: false, principals: ['444455556666'] } })],
      [aConsumer({ database: 'ledger', gateway: { stage: 'shadow', resourceConfigurationArn: arn, readerHostname } })],
    ),
  )
  const all = templates.flatMap(template => Object.values(resourcesOf(template)))

  it('have the time that the tests above give them, and CloudFormation waits longer', () => {
    for (const [module, seconds] of Object.entries(timeouts)) {
      const script = scriptOf(module)
      const found = all.filter(({ Properties }) => (Properties?.Code as { ZipFile?: string })?.ZipFile === script)
      expect([module, found.length, found[0]?.Properties?.Timeout]).toEqual([module, 1, seconds])
    }
    const waits = all.flatMap(({ Type, Properties }) =>
      Type.startsWith('Custom::') ? [Properties?.ServiceTimeout] : [],
    )
    expect(waits.toSorted()).toEqual(['360', '360', '720', '960', '960', '960'])
  })

  it('are all that the templates have beside the function itself', () => {
    const scripts = Object.keys(timeouts).map(scriptOf)
    const others = all.filter(
      ({ Type, Properties }) =>
        Type === 'AWS::Lambda::Function' &&
        !scripts.includes((Properties?.Code as { ZipFile?: string })?.ZipFile ?? ''),
    )
    expect(others.map(({ Properties }) => Properties?.FunctionName)).toEqual(['repoint-ledger'])
  })

  it('of the endpoint’s name keep every name in the output that a rollback falls back on', () => {
    const outputs = templates.flatMap(template => Object.entries(template.toJSON().Outputs as Record<string, unknown>))
    const [, output] = outputs.find(([name]) => name === 'ResourceEndpointNames') ?? []
    for (const name of ['EndpointId', ...Object.keys(names)]) expect(JSON.stringify(output)).toContain(`\\"${name}\\"`)
  })
})
