import { describe, expect, it } from 'vitest'
import { type Problem, SettingsError } from '../../infra/app/settings/problems.ts'
import { stages } from '../../infra/app/settings/stages.ts'
import { parseSettings, type Settings } from '../../infra/app/settings.ts'
import { aProvider, atStage } from './consumer-fixture.ts'
import { aCluster, aConsumer, anInstance, created, type Entry } from './settings-fixture.ts'

const parse = (database: Entry, ...consumers: Entry[]): Settings =>
  parseSettings('repoint.json', JSON.stringify({ databases: [database], consumers }))

/** Without the names of the entries (settings.test.ts). */
const problemsOf = (database: Entry, ...consumers: Entry[]): readonly Omit<Problem, 'entry'>[] => {
  try {
    parse(database, ...consumers)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.problems.map(({ entry: _, ...it }) => it)
  }
  return []
}

const retiredProvider = aProvider({ stage: 'retired', from: 'gateway' })
const aLedger = (gateway: Entry = {}) =>
  aCluster({
    readers: {},
    gateway: {
      stage: 'shadow',
      databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718',
      principals: ['444455556666'],
      ...gateway,
    },
  })
const readerHostname = 'ledger.cluster-ro-abc123def456.eu-west-1.rds.amazonaws.com'
const ofLedger = (gateway: Entry) => aConsumer({ database: 'ledger', gateway })

describe('consumer and database', () => {
  it.each(stages)('agree at stage %s', stage => {
    const provider = stage === 'nlb' ? anInstance() : aProvider()
    expect(problemsOf(provider, aConsumer({ gateway: atStage(stage) }))).toEqual([])
  })

  it.each(stages.filter(it => it !== 'nlb'))('a consumer at %s needs a database that has the gateway', stage => {
    expect(problemsOf(anInstance(), aConsumer({ gateway: atStage(stage) }))).toEqual([
      {
        path: 'consumers.0.gateway.stage',
        value: stage,
        allowed:
          'nlb: orders is at nlb and has no gateway; it goes to shadow before its consumers, and back to nlb after them',
      },
    ])
  })

  it('a consumer of another account needs a share of the resource configuration', () => {
    const consumer = aConsumer({ gateway: atStage('shadow') })
    expect(problemsOf(aProvider({ principals: [] }), consumer)).toMatchObject([
      { path: 'consumers.0.account', value: '444455556666', allowed: expect.stringContaining('not shared with it') },
    ])
    const organization = 'arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5'
    for (const principals of [['444455556666'], [organization]]) {
      expect(problemsOf(aProvider({ principals }), consumer)).toEqual([])
    }
    expect(
      problemsOf(aProvider({ principals: [] }), aConsumer({ account: '111122223333', gateway: atStage('shadow') })),
    ).toEqual([])
  })

  it('two consumers in one VPC have names of their own', () => {
    const twice = (more: Entry) =>
      problemsOf(anInstance(), aConsumer(), aConsumer({ name: 'reports', vpcId: aConsumer().vpcId, ...more }))
    expect(twice({})).toMatchObject([
      { path: 'consumers.1.vpcId', allowed: expect.stringContaining('analytics has a hosted zone orders.') },
    ])
    expect(twice({ dnsName: 'orders.corp.example' })).toEqual([])
    expect(twice({ vpcId: 'vpc-0a0a0a0a0a0a0a0a0' })).toEqual([])
  })

  it('readers have another name than the writer', () => {
    const writer = 'ledger.cluster-abc123def456.eu-west-1.rds.amazonaws.com'
    const consumer = ofLedger(atStage('shadow', { readerHostname: writer }))
    expect(problemsOf(aLedger(), consumer)).toMatchObject([
      { path: 'consumers.0.gateway.readerHostname', allowed: expect.stringContaining('another name than the writer') },
    ])
  })

  it('a database retires after the last of its consumers', () => {
    const consumers = [
      aConsumer({ gateway: atStage('retired') }),
      aConsumer({ name: 'billing', vpcId: 'vpc-0b0b0b0b0b0b0b0b0', gateway: atStage('gateway') }),
      aConsumer({ name: 'search', vpcId: 'vpc-0c0c0c0c0c0c0c0c0' }),
    ]
    expect(problemsOf(retiredProvider, ...consumers)).toEqual([
      {
        path: 'databases.0.gateway.stage',
        value: 'retired',
        allowed:
          'gateway, as long as a consumer still has the load balancer’s path: billing (gateway), search (nlb); consumers retire first',
      },
    ])
    expect(problemsOf(retiredProvider, aConsumer({ gateway: atStage('retired') }))).toEqual([])
  })

  it('have a zone in common, by zone id, for the gateway', () => {
    const subnets = [{ id: 'subnet-0f1e2d3c4b5a69782', zone: 'eu-west-1b', zoneId: 'euw1-az2' }]
    const provider = aProvider({ subnetIds: ['subnet-0a1b2c3d4e5f60711'] })
    expect(problemsOf(provider, aConsumer({ subnets, gateway: atStage('shadow') }))).toEqual([
      expect.objectContaining({
        path: 'consumers.0.subnets',
        value: ['euw1-az2'],
        allowed: expect.stringContaining('the resource gateway has too'),
      }),
    ])
  })

  it('are in different VPCs on the way, unless the consumer’s name is its own', () => {
    const { vpcId } = anInstance()
    const at = (stage: 'nlb' | 'shadow', more: Entry = {}) => aConsumer({ vpcId, gateway: atStage(stage), ...more })
    expect(problemsOf(aProvider(), at('shadow'))).toEqual([
      expect.objectContaining({ path: 'consumers.0.vpcId', allowed: expect.stringContaining('another VPC than the') }),
    ])
    expect(problemsOf(aProvider(), at('nlb'))).toEqual([])
    expect(problemsOf(aProvider(), at('shadow', { dnsName: 'orders.example.com' }))).toEqual([])
  })

  it('have one port, as DNS moves none', () => {
    expect(problemsOf(aProvider(), aConsumer({ port: 6432, gateway: atStage('shadow') }))).toEqual([
      expect.objectContaining({
        path: 'consumers.0.port',
        allowed: expect.stringContaining('5432, the database’s own'),
      }),
    ])
    const provider = aProvider({}, { frontDoor: created('swap', { listenerPort: 6432 }) })
    expect(problemsOf(provider, aConsumer({ gateway: atStage('shadow') }))).toEqual([
      expect.objectContaining({
        path: 'consumers.0.gateway.stage',
        allowed: expect.stringContaining('the load balancer listens on 6432 and the database on 5432'),
      }),
    ])
  })
})

describe('readers', () => {
  it.each(['shift', 'gateway', 'retired'] as const)('need their own name before the writer’s moves (%s)', stage => {
    expect(problemsOf(aLedger(), ofLedger(atStage(stage)))).toEqual([
      expect.objectContaining({
        path: 'consumers.0.gateway.readerHostname',
        allowed: expect.stringContaining('the gateway has no port for readers'),
      }),
    ])
    expect(problemsOf(aLedger(), ofLedger(atStage(stage, { readerHostname })))).toEqual([])
  })

  const { database: _, ...named } = aConsumer({
    hostname: 'ledger.cluster-abc123def456.eu-west-1.rds.amazonaws.com',
    port: 5432,
    readerPort: 5433,
  })
  it.each(['shift', 'gateway', 'retired'] as const)('need it too where the database is in another file (%s)', stage => {
    expect(problemsOf(anInstance(), { ...named, gateway: atStage(stage) })).toEqual([
      expect.objectContaining({
        path: 'consumers.0.gateway.readerHostname',
        allowed: expect.stringContaining('it has no port for them'),
      }),
    ])
    expect(problemsOf(anInstance(), { ...named, gateway: atStage(stage, { readerHostname }) })).toEqual([])
    expect(problemsOf(anInstance(), { ...named, gateway: atStage('shadow') })).toEqual([])
  })

  it('stay on the load balancer’s port in shadow', () => {
    expect(problemsOf(aLedger(), ofLedger(atStage('shadow')))).toEqual([])
  })

  it('cannot be reached through a gateway that names the writer alone', () => {
    expect(problemsOf(aLedger({ target: 'dns' }), ofLedger(atStage('shift', { readerHostname })))).toEqual([
      expect.objectContaining({ allowed: expect.stringContaining('a cluster that it names by ARN') }),
    ])
    expect(problemsOf(aLedger({ target: 'dns' }), ofLedger(atStage('shift')))).toEqual([
      expect.objectContaining({
        path: 'consumers.0.gateway.stage',
        allowed:
          'nlb or shadow, as long as readers come by port 5433: the gateway leads to the writer alone (target dns)',
      }),
    ])
    expect(problemsOf(aProvider(), aConsumer({ gateway: atStage('shadow', { readerHostname }) }))).toHaveLength(1)
  })
})

describe('a consumer on the way', () => {
  it('is in the Region of its resource configuration', () => {
    const abroad = aConsumer({
      region: 'eu-central-1',
      serviceName: 'com.amazonaws.vpce.eu-central-1.vpce-svc-0a1b2c3d4e5f60718',
      subnets: [{ id: 'subnet-0f1e2d3c4b5a69783', zone: 'eu-central-1a' }],
      gateway: atStage('shadow'),
    })
    expect(problemsOf(aProvider(), abroad)).toEqual([
      expect.objectContaining({
        path: 'consumers.0.gateway.resourceConfigurationArn',
        allowed: 'a resource configuration of the consumer’s Region: a resource endpoint reaches no other',
      }),
    ])
  })

  it.each([
    [{ stage: 'gateway', from: 'shadow' }, 'consumers.0.gateway.stage'],
    [{ stage: 'nlb', from: 'retired' }, 'consumers.0.gateway.stage'],
    [{ stage: 'shift', from: 'shadow', percent: undefined }, 'consumers.0.gateway.percent'],
    [{ stage: 'shadow', percent: 10 }, 'consumers.0.gateway.percent'],
    [{ stage: 'shadow', resourceConfigurationArn: undefined }, 'consumers.0.gateway.resourceConfigurationArn'],
  ])('is told what is wrong with %j', (gateway, path) => {
    const entry = { ...atStage('shadow'), ...gateway }
    expect(problemsOf(aProvider(), aConsumer({ gateway: entry })).map(it => it.path)).toEqual([path])
  })

  it('has its endpoint service on the way back too, whatever Redshift has beside it', () => {
    const redshift = { clusterIdentifier: 'warehouse', subnetGroupName: 'private' }
    const at = (from: string) => aConsumer({ serviceName: undefined, redshift, gateway: { stage: 'nlb', from } })
    expect(problemsOf(anInstance(), at('shadow')).map(it => it.path)).toEqual(['consumers.0.serviceName'])
    for (const from of ['new', 'nlb']) expect(problemsOf(anInstance(), at(from))).toEqual([])
  })

  it('needs no endpoint service once it is retired', () => {
    const at = (stage: 'gateway' | 'retired') => aConsumer({ serviceName: undefined, gateway: atStage(stage) })
    expect(problemsOf(aProvider(), at('retired'))).toEqual([])
    expect(problemsOf(aProvider(), at('gateway')).map(it => it.path)).toEqual(['consumers.0.serviceName'])
  })
})
