import { App, Stack } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { frontDoorPropsOf } from '../../infra/app/front-door-of-settings.ts'
import { settingsJsonSchema } from '../../infra/app/settings/settings-json-schema.ts'
import { type DatabaseSettings, parseSettings } from '../../infra/app/settings.ts'
import { frontDoorModel } from '../../infra/front-door-settings.ts'
import { aCluster, anInstance, codeInline, created, type Entry, existingTargetGroup } from './settings-fixture.ts'

/** What a stack says beside its front door. */
type Elsewhere = 'env' | 'stackId' | 'tags' | 'terminationProtection' | 'gateway' | 'redshift'
const elsewhere: readonly Elsewhere[] = ['env', 'stackId', 'tags', 'terminationProtection', 'gateway', 'redshift']

/** Settings as far as the front door has them, and what the construct makes of them as props. */
const thereAndBack = (entry: Entry) => {
  const [settings] = parseSettings('repoint.json', JSON.stringify({ databases: [entry] })).databases
  if (settings === undefined) throw new Error('No database')
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Stack')
  const model = frontDoorModel(frontDoorPropsOf(stack, settings, { code: codeInline(), shared: undefined }))
  const { name, alarmActions, role, logGroup, shared: _, ...made } = model
  const ofDoor = ({ frontDoor, ...it }: DatabaseSettings) => {
    // As it was said; `health` is what it means.
    const { healthCheck: _, ...door } = { healthCheck: {}, ...frontDoor }
    const others = Object.entries(it).filter(([key]) => !elsewhere.includes(key as Elsewhere))
    return { ...Object.fromEntries(others), frontDoor: door }
  }
  return {
    settings: {
      ...ofDoor(settings),
      // The others are of the whole stack; the topics are in the actions.
      guardrails: pick(settings.guardrails, ['queueKeyArn', 'environmentKeyArn']),
      alarms: { topicArns: [] },
      subnets: settings.subnets.map(({ zoneId: _, ...it }) => it),
    },
    made: ofDoor(made),
    topics: [settings.alarms.topicArns.length, alarmActions.length],
  }
}

const pick = (values: object, keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key)))

const group = 'sg-0a1b2c3d4e5f60718'
const key = (end: string) => `arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890${end}`
const topic = 'arn:aws:sns:eu-west-1:111122223333:told'
const bus = 'arn:aws:events:eu-west-1:111122223333:event-bus/reports'
const subnet = (number: number) => ({
  id: `subnet-0a1b2c3d4e5f6071${number}`,
  zone: `eu-west-1${'abc'[number - 1]}`,
  cidr: `10.0.${number}.0/24`,
  address: `10.0.${number}.10`,
})

/** Together they say everything that there is to say. */
const entries: Readonly<Record<string, Entry>> = {
  everything: anInstance({
    engine: 'mysql',
    mysqlHostBlocking: 'accepted',
    subnets: [subnet(1), subnet(2)],
    ownerProof: 'required',
    rememberMs: 60_000,
    wakeOn: ['arn:aws:rds:eu-west-1:111122223333:db:other', { source: ['shop'], 'detail-type': ['moved'] }],
    function: { memoryMb: 1024, everyMinutes: 3, logRetentionDays: 30, logLevel: 'DEBUG', reserveConcurrency: false },
    watch: { startedMs: 200_000, completedMs: 50_000, rebootMs: 20_000, healthyMs: 300_000 },
    settle: {
      answers: 4,
      intervalMs: 1500,
      spanMs: 7000,
      flapMs: 40_000,
      readLagMs: 7000,
      bothHealthyMs: 90_000,
    },
    policies: ['dry-run'],
    eventBus: bus,
    dashboard: true,
    dnsServers: ['10.0.0.2', '10.0.0.3:5353'],
    alarms: { topicArns: [topic, `${topic}-too`] },
    network: { mode: 'isolated', subnetIds: ['subnet-0b1b2c3d4e5f60711'], endpoints: { securityGroupId: group } },
    frontDoor: {
      kind: 'create',
      databaseSecurityGroupId: group,
      listenerPort: 6432,
      idleTimeoutSeconds: 600,
      deletionProtection: true,
      deregistrationDelaySeconds: 5,
      healthCheck: { intervalSeconds: 20, timeoutSeconds: 4, healthyThreshold: 3, unhealthyThreshold: 4 },
    },
    exposure: {
      endpointService: true,
      acceptanceRequired: false,
      allowedPrincipals: ['*'],
      openToEveryAccount: true,
      supportedRegions: ['eu-west-1', 'eu-central-1'],
      enforceSecurityGroup: true,
      clientCidrs: ['10.0.0.0/16', '10.2.0.0/16'],
      privateDnsName: 'orders.example.com',
      privateDnsZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' },
      notificationTopicArn: topic,
    },
    guardrails: { queueKeyArn: key('bb'), environmentKeyArn: key('cc') },
  }),
  'a cluster by weights': aCluster({
    members: ['ledger-1', 'ledger-2', 'ledger-3'],
    frontDoor: created('weighted', { slots: 4, overlap: true, exclude: ['ledger-3'] }),
    readers: { port: 6000, writerWhenAlone: true, exclude: ['ledger-3'] },
  }),
  'an existing listener': aCluster({
    frontDoor: {
      kind: 'existing',
      strategy: 'weighted',
      listenerArn:
        'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/a/0123456789abcdef/0123456789abcdef',
      targetGroupArns: ['a', 'b'].map(
        it => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/${it}/0123456789abcdef`,
      ),
      loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/a/0123456789abcdef',
    },
    readers: {
      targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/r/0123456789abcdef',
    },
  }),
  'an existing target group': anInstance({ frontDoor: existingTargetGroup, vpcId: undefined, subnets: undefined }),
  'endpoints that others use': anInstance({
    network: {
      mode: 'isolated',
      endpoints: { clientCidrs: ['10.0.9.0/24'], clientSecurityGroupIds: [group], lambda: true },
    },
  }),
  'nothing but what is needed': anInstance(),
}

describe('settings as props of the construct', () => {
  it.each(Object.keys(entries))('lose nothing: %s', name => {
    const { settings, made, topics } = thereAndBack(entries[name] ?? {})

    expect(made).toEqual(settings)
    expect(topics[0]).toBe(topics[1])
  })

  it('are all of them among these', () => {
    const said = new Set(Object.values(entries).flatMap(entry => pathsOf(JSON.parse(JSON.stringify(entry)))))
    const missing = settingsPaths().filter(path => !said.has(path) && !isElsewhere(path))

    expect(missing).toEqual([])
  })
})

type Schema = Readonly<Record<string, unknown>>

/** `frontDoor.listenerPort`, of whichever kind. */
const settingsPaths = (): string[] => {
  const schema = JSON.parse(settingsJsonSchema()) as { properties: { databases: { items: Schema } } }
  return [...new Set(schemaPaths(schema.properties.databases.items, ''))]
}

const schemaPaths = (schema: Schema, at: string): string[] => {
  const branches = [schema, ...((schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []) as Schema[])]
  return branches.flatMap(({ properties = {} }) =>
    Object.entries(properties as Record<string, Schema>).flatMap(([name, it]) => {
      const path = at === '' ? name : `${at}.${name}`
      return [path, ...schemaPaths(it, path)]
    }),
  )
}

const pathsOf = (value: unknown, at = ''): string[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([name, it]) => {
    const path = at === '' ? name : `${at}.${name}`
    return [path, ...pathsOf(it, path)]
  })
}

/** Of the stack; or said otherwise by an entry that is complete; or a rule's alone. */
const isElsewhere = (path: string): boolean =>
  [
    ...elsewhere,
    // Taken as a construct: shared-load-balancer.test.ts.
    'frontDoor.loadBalancer',
    'id',
    'vpc',
    'kind',
    'port',
    'account',
    'region',
    'publiclyAccessible',
    'guardrails.permissionsBoundaryArn',
    'guardrails.rolePath',
    'guardrails.helpers',
    'guardrails.logsKeyArn',
    'guardrails.keepLogs',
    'frontDoor.kind',
  ].some(it => path === it || path.startsWith(`${it}.`)) || path.startsWith('wakeOn')
