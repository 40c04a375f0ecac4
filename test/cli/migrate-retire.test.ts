import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { isAgainst } from '../../cli/checks/finding.ts'
import { decideRetire, type RetireDecision } from '../../cli/checks/retire.ts'
import { openContext } from '../../cli/context.ts'
import { known, none } from '../../cli/facts/gathered.ts'
import { periodFor } from '../../cli/facts/load-balancer-use.ts'
import type { ConsumerFacts } from '../../cli/facts/migration-facts.ts'
import type { RetireFacts, RetiringConsumer } from '../../cli/facts/retirement.ts'
import { openRetirement } from '../../cli/migrate/open.ts'
import { prepareRetired, writeRetired } from '../../cli/migrate/retire/edit-retired.ts'
import { showAgainst } from '../../cli/text/findings.ts'
import { deployOf, showRetirement } from '../../cli/text/retire-decision.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import {
  aConfiguration,
  aGateway,
  aZone,
  configurationArn,
  consumerEntry,
  databaseEntry,
  gatewayPath,
  settingsBehindShared,
  soundFacts,
} from './migrate-facts.ts'
import {
  about,
  aConsumer,
  ago,
  aSituation,
  atGateway,
  atProvider,
  consumer,
  consumerAt,
  database,
  dayMs,
  denied,
  foreign,
  own,
  passed,
  recordOf,
  retiredSide,
  sideWith,
} from './retire-facts.ts'

const retired = { stage: 'retired', from: 'gateway' } as const

const failed = ({ findings }: RetireDecision) => findings.filter(isAgainst).map(({ check }) => check)
const notices = ({ findings }: RetireDecision) =>
  findings.filter(({ severity }) => severity === 'notice').map(({ fact }) => fact)
const databaseOf = (kind: DatabaseSettings['kind']): DatabaseSettings => ({ ...database, kind })

describe("the consumers' step", () => {
  it('may be taken when everything is on the gateway, quiet, and drilled', () => {
    const decision = decideRetire(aSituation())

    expect([decision.step, failed(decision), notices(decision)]).toEqual(['consumers', [], []])
    expect(decision.consumers.map(({ name }) => name)).toEqual(['analytics'])
    expect(deployOf(database, decision)).toBe('npx cdk deploy Repoint-consumer-analytics')
  })

  const withConsumer = (changes: Partial<RetiringConsumer>) => ({ chosen: [aConsumer(changes)] })
  const withSide = (changes: Partial<ConsumerFacts>) => withConsumer({ side: sideWith(changes) })

  it.each<[string, Partial<RetireFacts>, string]>([
    ['a weight leads to the load balancer', withSide({ zone: known(aZone({ nlb: 1, gateway: 99 })) }), 'weights'],
    ['no weight leads anywhere', withSide({ zone: known(aZone({ nlb: 0, gateway: 0 })) }), 'weights'],
    ['the zone must not be read', withSide({ zone: denied('route53:ListResourceRecordSets') }), 'weights'],
    ['there is no zone', withSide({ zone: none("The consumer's VPC sees no hosted zone.") }), 'weights'],
    ['the settings are at shift', withConsumer({ consumer: consumerAt('shift') }), 'consumer-stage'],
    [
      'the path through the gateway is not there',
      withSide({ gateway: none('There is no resource endpoint.') }),
      'gateway-path',
    ],
    ['its record leads elsewhere', withSide({ gateway: known({ ...gatewayPath, leads: false }) }), 'gateway-path'],
    [
      'a client comes by the interface endpoint',
      withConsumer({ flows: known({ began: 3, open: 0 }) }),
      'endpoint-flows',
    ],
    ['a connection is kept through it', withConsumer({ flows: known({ began: 0, open: 1 }) }), 'endpoint-flows'],
    ['its metrics must not be read', withConsumer({ flows: denied('cloudwatch:GetMetricData') }), 'endpoint-flows'],
    ['another consumer is at shadow', { entries: [consumer, consumerAt('shadow', 'billing')] }, 'other-consumers'],
    ['the load balancer has new flows', { flows: known({ began: 1, open: 0 }) }, 'load-balancer-flows'],
    ['the load balancer has open flows', { flows: known({ began: 0, open: 0.5 }) }, 'load-balancer-flows'],
    ['the load balancer reports nothing', { flows: known({ began: undefined, open: 0 }) }, 'load-balancer-flows'],
    ['the load balancer is not found', { flows: none('There is no load balancer.') }, 'load-balancer-flows'],
    ['its metrics must not be read', { flows: denied('cloudwatch:GetMetricData') }, 'load-balancer-flows'],
    ['connections must not be read', { connections: denied('ec2:DescribeVpcEndpointConnections') }, 'connections'],
    ['there is no preflight', { record: recordOf(passed('drill')) }, 'preflight'],
    [
      'the last preflight failed',
      { record: recordOf(passed('drill'), passed('preflight'), passed('preflight', { outcome: 'failed' })) },
      'preflight',
    ],
    ['there is no drill', { record: recordOf(passed('preflight')) }, 'drill'],
    ['the drill is 31 days old', { record: recordOf(passed('preflight'), passed('drill', { at: ago(31) })) }, 'drill'],
    [
      'a drill failed after one that passed',
      { record: recordOf(passed('preflight'), passed('drill'), passed('drill', { outcome: 'failed' })) },
      'drill',
    ],
    [
      'a failover of an instance was only watched',
      { record: recordOf(passed('preflight'), passed('drill', { applied: false })) },
      'drill',
    ],
    [
      'the drill was of another database',
      { record: recordOf(passed('preflight'), passed('drill', { database: 'billing' })) },
      'drill',
    ],
    [
      'the drill does not say which gateway it was of',
      { record: recordOf(passed('preflight'), passed('drill', { evidence: {} })) },
      'drill',
    ],
    [
      'the resource gateway is not active',
      {
        provider: soundFacts({
          database,
          consumer,
          provider: { gateway: known({ ...aGateway, status: 'CREATE_FAILED' }) },
        }).provider,
      },
      'provider-gateway',
    ],
    [
      'the resource configuration is not there',
      { provider: soundFacts({ database, consumer, provider: { configuration: none('None.') } }).provider },
      'provider-gateway',
    ],
    [
      'the drill is dated in the future',
      { record: recordOf(passed('preflight'), passed('drill', { at: '2030-01-01T00:00:00Z' })) },
      'drill',
    ],
    [
      'the preflight is three years old',
      { record: recordOf(passed('preflight', { at: ago(3 * 365) }), passed('drill')) },
      'preflight',
    ],
    [
      'the drill was of another gateway',
      {
        record: recordOf(
          passed('preflight'),
          passed('drill', { evidence: { about: { ...about, gatewayId: 'rgw-old' } } }),
        ),
      },
      'drill',
    ],
    [
      'the drill was through another endpoint of its consumer',
      {
        record: recordOf(
          passed('preflight'),
          passed('drill', { evidence: { about: { ...about, endpointId: 'vpce-old' } } }),
        ),
      },
      'drill',
    ],
    [
      'a rollback that another file had is dated after the drill and stands before it',
      {
        record: recordOf(
          passed('preflight'),
          passed('rollback', { applied: true, outcome: 'done', at: ago(0.5) }),
          passed('drill'),
        ),
      },
      'drill',
    ],
    [
      'a drill that failed is dated after the one that passed and stands before it',
      { record: recordOf(passed('preflight'), passed('drill', { outcome: 'failed', at: ago(0.5) }), passed('drill')) },
      'drill',
    ],
    [
      'a verify has failed since the drill',
      { record: recordOf(passed('preflight'), passed('drill'), passed('verify', { outcome: 'failed' })) },
      'drill',
    ],
    [
      'the preflight was of another endpoint',
      {
        record: recordOf(
          passed('preflight', { evidence: { about: { ...about, endpointId: 'vpce-old' }, findings: [] } }),
          passed('drill'),
        ),
      },
      'preflight',
    ],
    [
      'a rollback came after the drill',
      {
        record: recordOf(passed('preflight'), passed('drill'), passed('rollback', { applied: true, outcome: 'done' })),
      },
      'drill',
    ],
    [
      'the drill waits for its access log',
      { record: recordOf(passed('preflight'), passed('drill', { outcome: 'waiting' })) },
      'drill',
    ],
    ['the settings cannot hold it', { settingsProblem: 'consumers.0.vpcId: got …' }, 'settings'],
  ])('is refused when %s', (_, changes, check) => {
    const decision = decideRetire(aSituation(changes))

    expect([decision.step, failed(decision)]).toEqual(['consumers', [check]])
    expect(showAgainst(decision.findings)).toMatch(/^ {2}[a-z-]+: .+\. .+\.$/s)
  })

  it.each(['proxy', 'hostname'] as const)('takes a drill that was only watched of a %s', kind => {
    const record = recordOf(passed('preflight'), passed('drill', { applied: false }))

    expect(failed(decideRetire(aSituation({ database: databaseOf(kind), record })))).toEqual([])
  })

  it('takes a drill after which a verify has failed, and another one passed', () => {
    const record = recordOf(
      passed('preflight'),
      passed('drill'),
      passed('verify', { outcome: 'failed' }),
      passed('verify'),
    )

    expect(failed(decideRetire(aSituation({ record })))).toEqual([])
  })

  it('takes a drill through a consumer that this run is not about, by gateway and configuration', () => {
    const drill = passed('drill', { consumer: 'reports', evidence: { about: { ...about, endpointId: 'vpce-theirs' } } })

    expect(failed(decideRetire(aSituation({ record: recordOf(passed('preflight'), drill) })))).toEqual([])
  })

  it('keeps the word of a drill when a later one was only watched, and passed', () => {
    const record = recordOf(passed('preflight'), passed('drill'), passed('drill', { applied: false }))

    expect(failed(decideRetire(aSituation({ record })))).toEqual([])
  })

  it('tells of connections of others, which stand in the way of the next step and not of this', () => {
    const decision = decideRetire(aSituation({ connections: known([own, foreign]) }))

    expect(failed(decision)).toEqual([])
    expect(notices(decision)).toEqual([expect.stringContaining('vpce-foreign (available, of account 444455556666)')])
  })

  it('tells that the provider has to be at gateway for the next step', () => {
    const gateway = { ...database.gateway, stage: 'shadow' } as const

    const decision = decideRetire(aSituation({ database: { ...database, gateway } }))

    expect([failed(decision), notices(decision)]).toEqual([[], [expect.stringContaining('orders itself is at shadow')]])
  })

  it('leaves out whoever is retired already, and takes the others', () => {
    const billing = consumerAt('retired', 'billing')
    const chosen = [aConsumer({ consumer: billing, side: retiredSide, flows: none('None.') }), aConsumer()]

    const decision = decideRetire(aSituation({ entries: [billing, consumer], chosen }))

    expect([failed(decision), decision.consumers.map(({ name }) => name)]).toEqual([[], ['analytics']])
  })

  it('is refused for a consumer that is retired already, while another one is left', () => {
    const billing = consumerAt('retired', 'billing')
    const chosen = [aConsumer({ consumer: billing, side: retiredSide })]

    expect(failed(decideRetire(aSituation({ entries: [billing, consumer], chosen })))).toEqual(['consumer-left'])
  })

  it('names the permission that is missing instead of another remedy', () => {
    const { findings } = decideRetire(aSituation({ flows: denied('cloudwatch:GetMetricData') }))

    expect(showAgainst(findings)).toContain('Allow cloudwatch:GetMetricData to whoever runs this')
  })

  it("says that the readers' port is counted too, where there is one", () => {
    const readers = { port: 5433 } as DatabaseSettings['readers']

    const text = showRetirement(
      database,
      decideRetire(aSituation({ database: { ...database, ...(readers === undefined ? {} : { readers }) } })),
      (_, it) => it,
    )

    expect(text).toContain("every listener, the readers' port too; health checks are not counted")
    expect(text).toContain('`repoint migrate rollback` has nothing to go back to')
  })
})

describe("the provider's step", () => {
  it('may be taken when nobody is connected any more', () => {
    const decision = decideRetire(atProvider())

    expect([decision.step, failed(decision)]).toEqual(['provider', []])
    expect(deployOf(database, decision)).toBe('npx cdk deploy Repoint-orders')
  })

  it('may be taken without any consumer in the settings', () => {
    const decision = decideRetire(atProvider({ entries: [], chosen: [] }))

    expect([decision.step, failed(decision)]).toEqual(['provider', []])
  })

  it.each(['available', 'pending', 'pendingAcceptance', 'deleting', 'partial'])(
    'is refused while a connection of anybody is %s',
    state => {
      const decision = decideRetire(atProvider({ connections: known([{ ...foreign, state }]) }))

      expect(failed(decision)).toEqual(['connections'])
      expect(showAgainst(decision.findings)).toContain(`vpce-foreign (${state}, of account 444455556666)`)
    },
  )

  it.each(['deleted', 'rejected', 'Failed', 'expired'])('does not mind a connection that is %s', state => {
    expect(failed(decideRetire(atProvider({ connections: known([{ ...foreign, state }]) })))).toEqual([])
  })

  it("is refused while a consumer's stack is not deployed, and says which to deploy", () => {
    const chosen = [aConsumer({ consumer: consumerAt('retired') })]

    const decision = decideRetire(atProvider({ chosen, connections: known([own]) }))

    expect(failed(decision)).toEqual(['weights', 'connections'])
    expect(showAgainst(decision.findings)).toContain('npx cdk deploy Repoint-consumer-analytics')
  })

  it.each<[string, Partial<RetireFacts>, string]>([
    [
      'the database is at shadow in the settings',
      { database: { ...database, gateway: { ...database.gateway, stage: 'shadow' } } },
      'provider-stage',
    ],
    ['there is no preflight', { record: recordOf(passed('drill')) }, 'preflight'],
    ['there is no drill', { record: recordOf(passed('preflight')) }, 'drill'],
    [
      'the preflight was of another resource configuration',
      {
        record: recordOf(
          passed('preflight', { evidence: { about: { ...about, configurationId: 'rcfg-old' }, findings: [] } }),
          passed('drill'),
        ),
      },
      'preflight',
    ],
    [
      'the preflight is three years old',
      { record: recordOf(passed('preflight', { at: ago(3 * 365) }), passed('drill')) },
      'preflight',
    ],
    ['connections must not be read', { connections: denied('ec2:DescribeVpcEndpointConnections') }, 'connections'],
    ['the load balancer has new flows', { flows: known({ began: 1, open: 0 }) }, 'load-balancer-flows'],
    ['its metrics must not be read', { flows: denied('cloudwatch:GetMetricData') }, 'load-balancer-flows'],
    [
      'the resource configuration is not active',
      {
        provider: soundFacts({
          database,
          consumer,
          provider: { configuration: known({ ...aConfiguration, status: 'DELETE_IN_PROGRESS' }) },
        }).provider,
      },
      'provider-gateway',
    ],
    ['the settings cannot say it', { settingsProblem: 'databases.0.readers: got …' }, 'settings'],
  ])('is refused when %s', (_, changes, check) => {
    const decision = decideRetire(atProvider(changes))

    expect([decision.step, failed(decision)]).toEqual(['provider', [check]])
  })
})

describe('on a load balancer that databases share', () => {
  const shared = (gateway: object = {}) =>
    settingsBehindShared(
      { gateway: { ...atGateway, databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718', ...gateway } },
      { gateway: { ...atGateway, resourceConfigurationArn: configurationArn } },
    )
  const busy = known({ began: 7, open: 3 })
  const behind = (gateway: object, changes: Partial<RetireFacts>): RetireFacts => {
    const it = shared(gateway)
    const chosen = [aConsumer({ consumer: it.consumer, flows: busy })]
    return aSituation({ database: it.database, entries: [it.consumer], chosen, flows: busy, ...changes })
  }
  const unused = { listenerUnused: true }
  const providers = { entries: [], chosen: [], connections: known([foreign]) }

  it('whether its own listener is in use is not known while others are, and stands against both steps', () => {
    const first = decideRetire(behind({}, {}))
    const second = decideRetire(behind({}, providers))

    expect([first.step, failed(first)]).toEqual(['consumers', ['endpoint-flows', 'load-balancer-flows']])
    expect([second.step, failed(second)]).toEqual(['provider', ['load-balancer-flows']])
    expect(showAgainst(second.findings)).toContain('AWS counts no listener: whether somebody uses that of orders')
    expect(second.findings.filter(isAgainst).map(({ severity }) => severity)).toEqual(['unknown'])
  })

  it('somebody who has checked it says so in the settings, and connections of others do not matter', () => {
    const [first, second] = [decideRetire(behind(unused, {})), decideRetire(behind(unused, providers))]

    expect([failed(first), failed(second)]).toEqual([[], []])
    expect(notices(second).join()).toContain('gateway.listenerUnused says that nobody uses the listener of orders')
    expect(notices(second).join()).toContain('its connections are for every database behind it')
  })

  it('nothing has to be said where all of it is quiet', () => {
    expect(failed(decideRetire(behind({}, { ...providers, flows: known({ began: 0, open: 0 }) })))).toEqual([])
  })

  it('its listener and target groups go, and everything that others use stays', () => {
    const { database: orders } = shared()
    const show = (facts: RetireFacts) => showRetirement(orders, decideRetire(facts), (_style, text) => text)

    expect(show(behind(unused, {}))).toContain('lets its clients in on this port no more')
    const second = show(behind(unused, providers))
    expect(second).toContain('step 2 of 2, its listener and function')
    expect(second).toContain('Load balancer, endpoint service and the other databases stay as they are.')
  })
})

describe('after both steps', () => {
  const said = { ...database, gateway: { ...database.gateway, ...retired } }

  it("the database's stack is to be deployed as long as its load balancer stands", () => {
    expect(decideRetire(atProvider({ database: said })).step).toBe('deploy')
  })

  it('there is nothing to do where only the gateway is left', () => {
    const { provider } = soundFacts({
      database: said,
      consumer,
      provider: {
        lambda: none('No function.'),
        loadBalancer: none('No load balancer.'),
        endpointService: none('No endpoint service.'),
      },
    })

    expect(decideRetire(atProvider({ database: said, provider })).step).toBe('done')
  })
})

it.each([
  [1_000, 1],
  [60_000, 60],
  [dayMs, 60],
  [14 * dayMs, 60],
  [15 * dayMs, 300],
  [62 * dayMs, 300],
  [90 * dayMs, 3_600],
])('reads the metrics of %i ms by %i s', (windowMs, seconds) => {
  expect(periodFor(windowMs)).toBe(seconds)
})

describe('with several consumers in the settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'repoint-retire-'))
  const file = join(folder, 'repoint.json')
  const resourceConfigurationArn = configurationArn
  const vpcs: Readonly<Record<string, string>> = { audit: 'vpc-0c0a5ade000000002', reports: 'vpc-0c0a5ade000000003' }
  const entryOf = (name: string, database: string) => ({
    ...consumerEntry,
    name,
    database,
    vpcId: vpcs[name] ?? consumerEntry.vpcId,
    gateway: { ...atGateway, resourceConfigurationArn },
  })
  const gateway = { ...atGateway, databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718' }
  beforeEach(() => {
    const other = {
      ...databaseEntry,
      arn: databaseEntry.arn.replace('orders', 'billing'),
      endpoint: 'billing.internal.example.com',
      gateway,
    }
    const databases = [other, { ...databaseEntry, gateway }]
    const consumers = [entryOf('analytics', 'orders'), entryOf('audit', 'billing'), entryOf('reports', 'orders')]
    writeFileSync(file, `${JSON.stringify({ databases, consumers }, null, 4)}\n`)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const open = (options: object) =>
    openRetirement(openContext({ settings: file, ...options }, { signal: new AbortController().signal }), options)
  const stages = () => {
    const said = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { gateway: { stage: string } }[]>
    return [said.databases, said.consumers].map(list => list?.map(it => it.gateway.stage))
  }
  const both = [{ name: 'analytics' }, { name: 'reports' }]

  it("is about all of the database's, unless one is named", () => {
    const all = open({ database: ['orders'] })
    expect(all.sides.map(it => it.consumer.name)).toEqual(['analytics', 'reports'])

    const one = open({ database: ['orders'], consumer: 'reports' })
    expect(one.sides.map(it => it.consumer.name)).toEqual(['reports'])
    expect(one.entries.map(({ name }) => name)).toEqual(['analytics', 'reports'])
  })

  it('asks which database is meant', () => {
    expect(() => open({})).toThrow('say --database with one of billing, orders')
  })

  it('says retired of all of them at once, and touches nothing else', () => {
    const before = readFileSync(file, 'utf8')

    writeRetired(file, { step: 'consumers', database, consumers: both })

    expect(stages()).toEqual([
      ['gateway', 'gateway'],
      ['retired', 'gateway', 'retired'],
    ])
    const after = readFileSync(file, 'utf8').split('\n')
    const changed = before.split('\n').filter((line, index) => line !== after[index])
    expect(changed.map(line => line.trim())).toEqual(both.flatMap(() => ['"stage": "gateway",', '"from": "shift",']))
  })

  it('says retired of the database by its name, wherever it stands in the file', () => {
    writeRetired(file, { step: 'consumers', database, consumers: both })
    writeRetired(file, { step: 'provider', database, consumers: [] })

    expect(stages()[0]).toEqual(['gateway', 'retired'])
  })

  it('never says retired of the database while a consumer is not', () => {
    writeRetired(file, { step: 'consumers', database, consumers: [{ name: 'analytics' }] })

    expect(() => prepareRetired(file, { step: 'provider', database, consumers: [] })).toThrow('reports (gateway)')
    expect(stages()[0]).toEqual(['gateway', 'gateway'])
  })

  it('says what to change by hand where the file cannot be changed', () => {
    const gone = join(folder, 'nowhere', 'repoint.json')

    expect(() => writeRetired(gone, { step: 'consumers', database, consumers: both })).toThrow(
      'consumers analytics, reports: "gateway": {"stage":"retired","from":"gateway"} beside what is there',
    )
  })
})
