import { App, type Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { describe, expect, it } from 'vitest'
import { addStacks, contextOfCdkJson } from '../../infra/app/app.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { type Invoked, type SeedEvent, seed } from '../../infra/custom-resources/seed-run.ts'
import { anInstance, created, type Entry, onlyResource, synthesizeEntries } from './settings-fixture.ts'

const properties = {
  FunctionName: 'repoint-orders',
  TargetGroupArn: 'arn:group',
  AcceptedReasons: ['target-not-healthy'],
}
const newStack: SeedEvent = { RequestType: 'Create', ResourceProperties: properties }

const reply = (outcome: string, reason: string, remedy?: string): Invoked => ({
  payload: JSON.stringify({ outcome, reason, ...(remedy === undefined ? {} : { remedy }) }),
})

/** Answers one after the other, the last one for ever; each invocation takes a second. */
const aWorld = (...answers: (Invoked | Error)[]) => {
  const world = {
    calls: [] as string[],
    remaining: 900_000,
    async invoke(functionName: string, payload: string) {
      world.calls.push(`${functionName} ${payload}`)
      world.remaining -= 1000
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      if (answer === undefined || answer instanceof Error) throw answer
      return answer
    },
    async sleep(ms: number) {
      world.remaining -= ms
    },
    remainingMs: () => world.remaining,
  }
  return world
}

const throttled = Object.assign(new Error('Rate Exceeded.'), { name: 'TooManyRequestsException' })
const denied: Invoked = {
  functionError: 'Unhandled',
  payload: JSON.stringify({
    errorType: 'AwsError',
    errorMessage: 'not authorized to perform elasticloadbalancing:RegisterTargets',
  }),
}

describe('a seed', () => {
  it.each([
    ['repointed', 'first-registration'],
    ['in-sync', 'already-in-sync'],
    ['waiting', 'target-not-healthy'],
  ])('that ends %s (%s) lets the deployment go on', async (outcome, reason) => {
    const world = aWorld(reply(outcome, reason))
    expect(await seed(newStack, world)).toEqual({ physicalResourceId: 'arn:group', outcome: `${outcome} (${reason})` })
    expect(world.calls).toEqual(['repoint-orders {"action":"resync"}'])
  })

  it('that is refused fails the deployment at once, with reason and remedy', async () => {
    const world = aWorld(reply('refused', 'address-not-allowed', 'Widen allowedCidrs.'))
    await expect(seed(newStack, world)).rejects.toThrow(
      'Repoint could not seed the target group: refused (address-not-allowed). Widen allowedCidrs.',
    )
    expect(world.calls).toHaveLength(1)
  })

  it('waits for the load balancer to know its new target group', async () => {
    const world = aWorld(reply('refused', 'target-not-in-use'), reply('repointed', 'first-registration'))
    await seed(newStack, world)
    expect(world.calls).toHaveLength(2)
    await expect(seed(newStack, aWorld(reply('refused', 'target-not-in-use')))).rejects.toThrow('target-not-in-use')
  })

  it('whose call is cut off asks again what came of it', async () => {
    const cutOff = Object.assign(new Error('Request aborted'), { name: 'AbortError' })
    const world = aWorld(cutOff, throttled, reply('waiting', 'target-not-healthy'))
    await seed(newStack, world)
    expect(world.calls).toHaveLength(3)
  })

  it('that finds no writer tries again for two minutes and then fails the deployment', async () => {
    const world = aWorld(reply('waiting', 'writer-unknown'))
    await expect(seed(newStack, world)).rejects.toThrow('waiting (writer-unknown)')
    expect(world.calls).toHaveLength(11)
  })

  it('before a listener waits until the writer is healthy in the target group, whoever has registered it', async () => {
    const handOver = { ...newStack, ResourceProperties: { ...properties, AcceptedReasons: [], UntilHealthy: 'true' } }
    const inState = (state: string, targetGroupArn = 'arn:group'): Invoked => ({
      payload: JSON.stringify({
        outcome: 'in-sync',
        reason: 'already-in-sync',
        writer: { addresses: ['10.0.2.20'] },
        after: [{ targetGroupArn, registrations: [{ ip: '10.0.2.20', port: 5432, state }] }],
      }),
    })
    const world = aWorld(inState('initial'), inState('healthy', 'arn:other'), inState('healthy'))
    await seed(handOver, world)
    expect(world.calls).toHaveLength(3)
    await expect(seed(handOver, aWorld(inState('initial')))).rejects.toThrow(
      'in-sync (already-in-sync), not healthy yet',
    )
  })

  it('that is held by a policy of the settings lets the deployment go on, by another reason not', async () => {
    const paused = {
      ...newStack,
      ResourceProperties: { ...properties, AcceptedReasons: ['target-not-healthy', 'paused'] },
    }
    expect((await seed(paused, aWorld(reply('held', 'paused')))).outcome).toBe('held (paused)')
    await expect(seed(paused, aWorld(reply('held', 'dry-run')))).rejects.toThrow('held (dry-run)')
  })

  it('waits for its turn behind a running watch, until its own time is up', async () => {
    const world = aWorld(throttled, throttled, throttled, reply('in-sync', 'already-in-sync'))
    await seed(newStack, world)
    expect(world.calls).toHaveLength(4)
    await expect(seed(newStack, aWorld(throttled))).rejects.toThrow('TooManyRequestsException')
  })

  it('gives a new role’s permissions time to spread', async () => {
    const world = aWorld(denied, denied, reply('repointed', 'first-registration'))
    await seed(newStack, world)
    expect(world.calls).toHaveLength(3)
  })

  it('says why the reconciler threw when it goes on throwing', async () => {
    await expect(seed(newStack, aWorld(denied))).rejects.toThrow(
      'AwsError: not authorized to perform elasticloadbalancing:RegisterTargets',
    )
  })

  it('calls an answer that it cannot read a failure', async () => {
    await expect(seed(newStack, aWorld({ payload: '<html>' }))).rejects.toThrow('unreadable (<html>)')
  })

  it('does nothing when its stack is deleted', async () => {
    const world = aWorld(new Error('must not be called'))
    const deleted: SeedEvent = { RequestType: 'Delete', PhysicalResourceId: 'arn:old', ResourceProperties: properties }
    expect(await seed(deleted, world)).toEqual({ physicalResourceId: 'arn:old', outcome: 'nothing to do' })
    expect(world.calls).toEqual([])
  })
})

describe('the deployed seed', () => {
  const template = synthesizeEntries([anInstance({ policies: ['add-only'] })])['Repoint-orders'] as Template
  it('runs again for another target group and for another configuration', () => {
    const { id } = onlyResource(template, 'AWS::ElasticLoadBalancingV2::TargetGroup')
    const { TargetGroupArn, Config } = onlyResource(template, 'Custom::RepointSeed').properties
    expect(TargetGroupArn).toEqual({ Ref: id })
    expect(JSON.stringify(Config)).toContain('orders.abc123def456.eu-west-1.rds.amazonaws.com')
  })

  it('accepts what a policy of the settings holds back', () => {
    expect(onlyResource(template, 'Custom::RepointSeed').properties.AcceptedReasons).toEqual([
      'target-not-healthy',
      'add-only',
    ])
  })

  it('comes after the listener, without which its target would be unused', () => {
    const [resource] = Object.values(template.findResources('Custom::RepointSeed'))
    expect(resource?.DependsOn).toContain(onlyResource(template, 'AWS::ElasticLoadBalancingV2::Listener').id)
  })
})

describe('the seed of a protected load balancer', () => {
  it('knows it, so that a first deployment that fails can say how to go on', () => {
    const entry = anInstance({ frontDoor: created('swap', { deletionProtection: true }) })
    const protectedOne = synthesizeEntries([entry])['Repoint-orders'] as Template
    const { id } = onlyResource(protectedOne, 'AWS::ElasticLoadBalancingV2::LoadBalancer')
    expect(onlyResource(protectedOne, 'Custom::RepointSeed').properties.ProtectedLoadBalancer).toEqual({ Ref: id })
    const open = synthesizeEntries([anInstance()])['Repoint-orders'] as Template
    expect(onlyResource(open, 'Custom::RepointSeed').properties).not.toHaveProperty('ProtectedLoadBalancer')
  })
})

describe('a live stack’s seed', () => {
  const inside = { network: { mode: 'in-vpc' } }
  const seedOf = (entry: Entry, code = 'placeholder') => {
    const text = JSON.stringify({ databases: [anInstance(entry)] })
    const app = new App({ autoSynth: false, builtinCloudFormationValidation: false, context: contextOfCdkJson() })
    addStacks(app, { settings: parseSettings('repoint.json', text), code: () => Code.fromInline(code) })
    const template = Template.fromStack(app.node.findChild('Repoint-orders') as Stack)
    return onlyResource(template, 'Custom::RepointSeed').properties
  }
  const kms = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e51'

  it('runs again for other code', () => {
    expect(seedOf({}, 'one')).toEqual(seedOf({}, 'one'))
    expect(seedOf({}, 'one')).not.toEqual(seedOf({}, 'other'))
  })

  it.each<[string, Entry, Entry]>([
    ['the configuration', {}, { allowedCidrs: ['10.1.0.0/16'] }],
    ['the memory', {}, { function: { memoryMb: 1024 } }],
    ['the log level', {}, { function: { logLevel: 'DEBUG' } }],
    ['the reservation', {}, { function: { reserveConcurrency: false } }],
    ['the key of the environment', {}, { guardrails: { environmentKeyArn: kms } }],
    ['what the role may do', {}, { eventBus: 'operations' }],
    ['the boundary of the role', {}, { guardrails: { permissionsBoundaryArn: 'arn:aws:iam::111122223333:policy/b' } }],
    ['the path of the role', {}, { guardrails: { rolePath: '/platform/' } }],
    ['the network mode', {}, inside],
    ['the function’s subnets', inside, { network: { mode: 'in-vpc', subnetIds: ['subnet-0a1b2c3d4e5f60719'] } }],
    ['the DNS servers', inside, { ...inside, dnsServers: ['10.0.0.53'] }],
    [
      'the endpoints',
      { network: { mode: 'isolated' } },
      { network: { mode: 'isolated', endpoints: { securityGroupId: 'sg-0fedcba9876543210' } } },
    ],
    ['the target group', {}, { port: 5433 }],
  ])('runs again for %s', (_, before, after) => {
    expect(seedOf(after)).not.toEqual(seedOf(before))
  })

  it.each<[string, Entry]>([
    ['alarms', { alarms: { topicArns: ['arn:aws:sns:eu-west-1:111122223333:on-call'] } }],
    ['how long logs are kept', { function: { logRetentionDays: 30 } }],
    ['who may connect', { exposure: { acceptanceRequired: false } }],
  ])('does not run again for %s', (_, after) => {
    expect(seedOf(after)).toEqual(seedOf({}))
  })
})
