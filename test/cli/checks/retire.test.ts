import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { decideRetire, type RetireStep, stepOf } from '../../../cli/checks/retire.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { ProviderFacts } from '../../../cli/facts/migration-facts.ts'
import type { RetireFacts } from '../../../cli/facts/retirement.ts'
import type { Standing } from '../../../cli/facts/standing.ts'
import type { ConsumerSettings, DatabaseSettings } from '../../../infra/app/settings.ts'
import { aConfiguration, aGateway, soundFacts } from '../migrate-facts.ts'
import {
  about,
  aConsumer,
  aSituation,
  atProvider,
  consumer,
  consumerAt,
  database,
  denied,
  passed,
  recordOf,
  retiredSide,
} from '../retire-facts.ts'

type Stage = DatabaseSettings['gateway']['stage']
const databaseAt = (stage: Stage): DatabaseSettings => ({ ...database, gateway: { ...database.gateway, stage } })
const providerWith = (provider: Partial<ProviderFacts>) => ({
  provider: soundFacts({ database, consumer, provider }).provider,
})
const judged = (check: string, facts: RetireFacts): readonly Judgement[] =>
  decideRetire(facts).findings.flatMap(({ check: name, ...it }) => (name === check ? [it] : []))

describe('the step of the end', () => {
  const at = (stage: Stage): Standing => ({ kind: 'at', stage }) as Standing
  const between = { kind: 'between' } as unknown as Standing
  const retired = consumerAt('retired')

  // biome-ignore format: a table
  it.each<[name: string, stage: Stage, entries: readonly ConsumerSettings[], standing: Standing, step: RetireStep]>([
    ['is that of the consumers as long as one is left', 'gateway', [retired, consumerAt('gateway', 'billing')], at('gateway'), 'consumers'],
    ['is that of the consumers, whatever stage the one has that is left', 'shadow', [consumerAt('shadow')], at('shadow'), 'consumers'],
    ['is the provider’s when all of them are retired', 'gateway', [retired, consumerAt('retired', 'billing')], at('gateway'), 'provider'],
    ['is the provider’s where the settings have no consumer', 'gateway', [], at('gateway'), 'provider'],
    ['is a deployment when the settings have it and the load balancer still stands', 'retired', [retired], at('gateway'), 'deploy'],
    ['is a deployment when the last one stopped halfway', 'retired', [retired], between, 'deploy'],
    ['is none when the gateway alone is left', 'retired', [retired], at('retired'), 'done'],
  ])('%s', (_, stage, entries, standing, step) => {
    const provider = { ...aSituation().provider, standing }
    expect(stepOf({ database: databaseAt(stage), entries, provider })).toBe(step)
  })

  it('asks of the consumers’ step what the consumers lose, and of the provider’s who is left', () => {
    const shadow = databaseAt('shadow')
    const checksOf = (facts: RetireFacts) => decideRetire(facts).findings.map(({ check }) => check)
    expect(checksOf(aSituation({ database: shadow }))).toEqual([
      ...['consumer-stage', 'weights', 'gateway-path', 'endpoint-flows', 'preflight'],
      ...['drill', 'provider-gateway', 'provider-gateway', 'connections', 'load-balancer-flows'],
      ...['provider-stage', 'settings'],
    ])
    expect(checksOf(atProvider())).toEqual([
      ...['provider-stage', 'weights', 'gateway-path', 'preflight', 'drill'],
      ...['provider-gateway', 'provider-gateway', 'connections', 'load-balancer-flows', 'settings'],
    ])
  })

  it('changes the settings of the consumers that are chosen and not retired, and judges nothing after both steps', () => {
    const billing = consumerAt('gateway', 'billing')
    const gone = aConsumer({ consumer: consumerAt('retired', 'reports'), side: retiredSide })
    const chosen = [gone, aConsumer({ consumer: billing })]
    expect(decideRetire(aSituation({ chosen, entries: [billing, consumer] })).consumers).toEqual([billing])
    expect(decideRetire(atProvider({ database })).consumers).toEqual([])
    expect(decideRetire(atProvider({ database: databaseAt('retired') }))).toEqual({
      ...{ step: 'deploy', consumers: [], findings: [] },
    })
  })
})

describe('the stage of the database', () => {
  it.each<Stage>(['nlb', 'shadow', 'shift'])('has to be gateway, and is %s', stage => {
    expect(judged('provider-stage', atProvider({ database: databaseAt(stage) }))).toEqual([
      problem(
        `orders is at ${stage} in the settings; expected gateway.`,
        'Take it there, one stage after the other, and deploy Repoint-orders: shadow, shift and gateway are the same resources. `repoint migrate plan` shows the settings.',
      ),
    ])
    expect(judged('provider-stage', aSituation({ database: databaseAt(stage) }))).toEqual([
      notice(
        `orders itself is at ${stage} in the settings; the second step asks for gateway, which changes no resource: take it there and deploy before.`,
      ),
    ])
  })

  it('is gateway', () => {
    expect(judged('provider-stage', atProvider())).toEqual([ok('orders is at gateway in the settings.')])
    expect(judged('provider-stage', aSituation())).toEqual([])
  })
})

describe('gateway and configuration', () => {
  const again = 'Deploy Repoint-orders again; `repoint migrate preflight` finds what is wrong with it.'
  const [isGateway, isConfiguration] = [ok(`${aGateway.id} is ACTIVE.`), ok(`${aConfiguration.id} is ACTIVE.`)]

  // biome-ignore format: a table
  it.each<[name: string, provider: Partial<ProviderFacts>, expected: readonly Judgement[]]>([
    ['are active', {}, [isGateway, isConfiguration]],
    ['are not active, the gateway', { gateway: known({ ...aGateway, status: 'CREATE_FAILED' }) },
      [problem(`${aGateway.id} is CREATE_FAILED; expected ACTIVE.`, again), isConfiguration]],
    ['are not active, the configuration', { configuration: known({ ...aConfiguration, status: 'DELETE_IN_PROGRESS' }) },
      [isGateway, problem(`${aConfiguration.id} is DELETE_IN_PROGRESS; expected ACTIVE.`, again)]],
    ['are not there', { gateway: none('There is no resource gateway.'), configuration: none('There is no resource configuration.') },
      [problem('There is no resource gateway.', again), problem('There is no resource configuration.', again)]],
    ['may not be read', { gateway: denied('vpc-lattice:GetResourceGateway'), configuration: notKnown('throttled') },
      [unknown('Not allowed: vpc-lattice:GetResourceGateway.', 'Allow vpc-lattice:GetResourceGateway to whoever runs this; it only reads. What is not known stands against it.'),
        unknown('throttled', again)]],
  ])('%s', (_, provider, expected) => {
    for (const facts of [aSituation, atProvider]) {
      expect(judged('provider-gateway', facts(providerWith(provider)))).toEqual(expected)
    }
  })
})

describe('the drill that went before', () => {
  const caused =
    '`repoint migrate verify -d orders --drill` fails it over once; a failover that was only watched does not count. Afterwards the load balancer has to be quiet again.'
  const watched =
    '`repoint migrate verify -d orders --drill`; with --watch where the failover is not yours to cause. Afterwards the load balancer has to be quiet again.'

  it.each([
    ['instance', caused],
    ['cluster', caused],
    ['proxy', watched],
    ['hostname', watched],
  ] as const)('is missing of a %s, and the remedy says whose failover it is', (kind, remedy) => {
    const facts = { database: { ...database, kind }, record: recordOf(passed('preflight')) }
    const expected = problem('The record has no drill to go by: there is none.', remedy)
    expect(judged('drill', aSituation(facts))).toEqual([expected])
    expect(judged('drill', atProvider(facts))).toEqual([expected])
  })

  it.each([
    ['instance', false],
    ['cluster', false],
    ['proxy', true],
    ['hostname', true],
  ] as const)('of a %s counts where the failover was only watched: %s', (kind, counts) => {
    const record = recordOf(passed('preflight'), passed('drill', { applied: false }))
    const expected = counts
      ? 'The last drill passed '
      : 'The record has no drill to go by: those that it has do not count.'
    expect(judged('drill', aSituation({ database: { ...database, kind }, record }))).toMatchObject([
      { severity: counts ? 'ok' : 'problem', fact: expect.stringContaining(expected) },
    ])
  })

  // biome-ignore format: a table
  it.each<[name: string, changes: object, severity: string]>([
    ['was about what is there now', {}, 'ok'],
    ['was about another interface endpoint, which goes', { about: { ...about, nlbEndpointId: 'vpce-old' } }, 'ok'],
    ['was about another resource endpoint', { about: { ...about, endpointId: 'vpce-old' } }, 'problem'],
    ['was about another gateway', { about: { ...about, gatewayId: 'rgw-old' } }, 'problem'],
    ['was about another resource configuration', { about: { ...about, configurationId: 'rcfg-old' } }, 'problem'],
  ])('%s', (_, evidence, severity) => {
    const record = recordOf(passed('preflight'), passed('drill', { evidence: { about, ...evidence } }))
    expect(judged('drill', aSituation({ record }))).toMatchObject([{ severity }])
  })

  it('was about the endpoint of a consumer that this run is not about, which is not compared', () => {
    const evidence = { about: { ...about, endpointId: 'vpce-of-reports' } }
    const record = recordOf(passed('preflight'), passed('drill', { consumer: 'reports', evidence }))
    expect(judged('drill', aSituation({ record }))).toMatchObject([{ severity: 'ok' }])
  })
})

describe('the preflight that went before the provider’s step', () => {
  it.each<[name: string, record: RetireFacts['record'], expected: object]>([
    [
      'is missing',
      recordOf(passed('drill')),
      problem('The record has no preflight to go by: there is none.', '`repoint migrate preflight -d orders`.'),
    ],
    ['was never applied, and counts', recordOf(passed('preflight'), passed('drill')), { severity: 'ok' }],
    [
      'was of a consumer that has gone, and counts',
      recordOf(passed('preflight', { consumer: 'reports' })),
      { severity: 'ok' },
    ],
    ['was of another database', recordOf(passed('preflight', { database: 'billing' })), { severity: 'problem' }],
  ])('%s', (_, record, expected) => {
    expect(judged('preflight', atProvider({ record }))).toMatchObject([expected])
  })
})

it('the settings have to be able to hold the step', () => {
  for (const facts of [aSituation, atProvider]) {
    expect(judged('settings', facts())).toEqual([ok('The settings stay valid.')])
    expect(judged('settings', facts({ settingsProblem: 'no vpcId' }))).toEqual([
      problem(
        'The settings cannot hold it (no vpcId).',
        'Fix the settings first: what they refuse, no deployment takes.',
      ),
    ])
  }
})
