import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs'
import { afterAll, describe, expect, it } from 'vitest'
import { contextOfCdkJson, synthesize } from '../../infra/app/app.ts'
import { stages } from '../../infra/app/settings/stages.ts'
import { holdToRules } from '../../infra/constructs/nag.ts'
import { aProvider, atStage } from './consumer-fixture.ts'
import { entryOfKind, onTheWay, ownName } from './gateway-fixture.ts'
import { guarded, guardedConsumer } from './guardrails-fixture.ts'
import {
  aCluster,
  aConsumer,
  aConsumerBehindShared,
  aLoadBalancer,
  anEndpoint,
  anInstance,
  anInstanceBehindItsOwn,
  anInstanceBehindShared,
  codeInline,
  created,
  type Entry,
  heard,
  inBothZones,
} from './settings-fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'repoint-rules-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const named = (kind: string, name: string) => `arn:aws:rds:eu-west-1:111122223333:${kind}:${name}`

/** Between them these use every setting that brings a resource of its own. */
const databases: Entry[] = [
  anInstance({
    exposure: {
      allowedPrincipals: ['arn:aws:iam::444455556666:root'],
      supportedRegions: ['eu-west-1', 'us-east-1'],
      privateDnsName: 'orders.db.example.com',
      notificationTopicArn: 'arn:aws:sns:eu-west-1:111122223333:endpoint-requests',
      clientCidrs: ['10.9.0.0/16'],
    },
    frontDoor: { kind: 'create', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718' },
    alarms: { topicArns: ['arn:aws:sns:eu-west-1:111122223333:on-call'] },
    tags: { team: 'shop' },
  }),
  aCluster({
    network: { mode: 'isolated' },
    exposure: {
      privateDnsName: 'ledger.db.example.com',
      privateDnsZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' },
    },
  }),
  anInstance({
    arn: named('db', 'inside'),
    engine: 'mysql',
    mysqlHostBlocking: 'skip-name-resolve',
    network: { mode: 'in-vpc' },
  }),
  anInstance({ arn: named('db', 'pair'), frontDoor: created('standby'), network: { mode: 'in-vpc' } }),
  aCluster({ arn: named('cluster', 'slots'), frontDoor: created('weighted'), readers: {} }),
  anInstanceBehindShared('tenant', 6001),
  anInstanceBehindItsOwn({ arn: named('db-proxy', 'prx-0a1b2c3d4e5f60718'), id: 'proxy' }),
]

const readerHostname = 'ledger.cluster-ro-abc123def456.eu-west-1.rds.amazonaws.com'

/** All that starts the engine of these rules stands in this file: it takes seconds, once a process. */
describe('AWS’s own rules', () => {
  it('and cdk-nag’s AwsSolutions are kept by every stack', { timeout: 300_000 }, () => {
    const settingsFile = join(folder, 'repoint.json')
    writeFileSync(
      settingsFile,
      JSON.stringify({
        loadBalancers: [aLoadBalancer()],
        databases,
        endpoints: [anEndpoint({ subnets: inBothZones })],
        consumers: [aConsumer({ subnets: inBothZones }), aConsumerBehindShared('tenant')],
      }),
    )
    const outdir = join(folder, 'out')
    const { templates } = synthesize({ settingsFile, outdir, code: codeInline, rules: true })
    expect(Object.keys(templates).sort()).toEqual([
      'Repoint-consumer-analytics',
      'Repoint-consumer-analytics-tenant',
      'Repoint-endpoint-all',
      'Repoint-fleet',
      'Repoint-inside',
      'Repoint-ledger',
      'Repoint-load-balancer-shared',
      'Repoint-orders',
      'Repoint-pair',
      'Repoint-proxy',
      'Repoint-slots',
      'Repoint-tenant',
    ])
  })

  it('and cdk-nag’s AwsSolutions are kept by a gateway at every stage and of every kind', { timeout: 300_000 }, () => {
    const databases = [
      ...Object.values(entryOfKind).map(entry => ({
        ...entry,
        gateway: onTheWay('gateway', { principals: ['444455556666'] }),
      })),
      { ...anInstance({ arn: named('db', 'gone') }), gateway: onTheWay('retired') },
      { ...anInstance({ arn: named('db', 'back') }), gateway: { stage: 'nlb', from: 'shadow' } },
      {
        ...anInstance({ id: 'granted', kind: 'hostname', arn: undefined, engine: 'redshift', endpoint: ownName }),
        redshift: { clusterIdentifier: 'sales-1', grants: [{ account: '444455556666' }] },
        gateway: onTheWay('shadow', { databaseSecurityGroupId: false }),
      },
    ].map((it, index) => ({
      ...it,
      ...(index === 2 ? { arn: named('cluster', 'books'), endpoint: 'books.internal.example.com' } : {}),
    }))
    const { result, printed } = heard(() => synthesize({ settings: { databases }, code: codeInline, rules: true }))
    // And what they share, in each place.
    const shared = Object.keys(result.templates).filter(name => name.startsWith('Repoint-fleet'))
    expect(Object.keys(result.templates)).toHaveLength(databases.length + shared.length)
    expect([...printed.matchAll(/^WARNING (\w+: [\w ’-]+)/gm)].map(([, text]) => text)).toEqual([
      'granted: a Redshift-managed endpoint is one network interface in one Availability Zone',
      'granted: the rule in the database’s security group is yours to make',
    ])
  })

  it('and cdk-nag’s AwsSolutions are kept by a consumer at every stage', { timeout: 300_000 }, () => {
    const consumers = [
      ...stages.map(stage => aConsumer({ name: stage, dnsName: `${stage}.example`, gateway: atStage(stage) })),
      aConsumer({ name: 'back', gateway: { stage: 'nlb', from: 'shadow' } }),
      aConsumer({ name: 'readers', database: 'ledger', gateway: atStage('gateway', { readerHostname }) }),
      aConsumer({
        ...{ name: 'peered', dnsName: 'peered.example', peeredVpcIds: ['vpc-0b0b0b0b0b0b0b0b0'] },
        inboundResolver: { clientCidrs: ['10.8.0.0/16'] },
      }),
      aConsumer({
        name: 'warehouse',
        dnsName: 'warehouse.example',
        redshift: { clusterIdentifier: 'warehouse', subnetGroupName: 'private' },
      }),
    ]
    const ledger = aCluster({
      gateway: { stage: 'shadow', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718', principals: ['444455556666'] },
    })
    const settings = { databases: [aProvider(), ledger], consumers }
    const { result, printed } = heard(() => synthesize({ settings, code: codeInline, rules: true }))
    const warnings = printed.match(/^WARNING .*?: .*?[,:]/gm) ?? []
    expect(warnings.filter(it => !it.includes('has one network interface in one Availability Zone'))).toEqual([
      'WARNING warehouse: Redshift’s managed endpoint is one interface in one Availability Zone,',
    ])
    const checked = Object.keys(result.templates).filter(name => name.startsWith('Repoint-consumer-'))
    expect(checked).toHaveLength(consumers.length)
  })

  it('and cdk-nag’s AwsSolutions are kept with all guardrails', { timeout: 300_000 }, () => {
    const settings = { databases: [guarded], consumers: [guardedConsumer] }
    const { templates } = synthesize({ settings, code: codeInline, rules: true })
    expect(Object.keys(templates)).toHaveLength(3)
  })

  it('stop what breaks a rule of AwsSolutions', () => {
    const app = new App({ autoSynth: false, context: contextOfCdkJson() })
    holdToRules(app)
    new Queue(new Stack(app, 'Careless'), 'Queue')
    expect(() => app.synth()).toThrow(/AwsSolutions-SQS4/)
  })

  it('stop what CloudFormation would not take', () => {
    const app = new App({ autoSynth: false, context: contextOfCdkJson() })
    new CfnQueue(new Stack(app, 'Careless'), 'Queue', { messageRetentionPeriod: 5 })
    expect(() => app.synth()).toThrow(/MessageRetentionPeriod/)
  })
})
