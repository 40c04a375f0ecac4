import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs'
import { afterAll, describe, expect, it } from 'vitest'
import { contextOfCdkJson, synthesize } from '../../infra/app/app.ts'
import { holdToRules } from '../../infra/constructs/nag.ts'
import {
  aCluster,
  aConsumer,
  aConsumerBehindShared,
  aLoadBalancer,
  anEndpoint,
  anInstance,
  anInstanceBehindItsOwn,
  anInstanceBehindShared,
  created,
  type Entry,
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
    const { templates } = synthesize({ settingsFile, outdir, code: () => Code.fromInline('placeholder'), rules: true })
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
