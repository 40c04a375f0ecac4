import { describe, expect, it } from 'vitest'
import { SettingsError } from '../../infra/app/settings/problems.ts'
import { readRdsName } from '../../infra/app/settings/rds-names.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { problemsOf, warningsOf } from './gateway-fixture.ts'
import {
  aCluster,
  aConsumer,
  anInstance,
  anInstanceBehindItsOwn,
  created,
  type Entry,
  existingTargetGroup,
} from './settings-fixture.ts'

/** Settings that contradict themselves are refused at synthesis, each with a sentence. */

const rds = 'rds.amazonaws.com'
const elb = (region: string, account: string) =>
  `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/orders/0123456789abcdef`
const aHostName = (entry: Entry = {}): Entry =>
  anInstance({ arn: undefined, kind: 'hostname', id: 'orders', endpoint: 'orders.internal.example.com', ...entry })
const aProxy = (entry: Entry = {}): Entry =>
  anInstance({
    arn: 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-0a1b2c3d4e5f60718',
    ...{ id: 'pool', endpoint: `pool.proxy-abc.eu-west-1.${rds}` },
    ...entry,
  })
const topic = (region: string) => `arn:aws:sns:${region}:111122223333:on-call`

describe('an RDS name', () => {
  it.each([
    [`orders.abc123.eu-west-1.${rds}`, { identifier: 'orders', role: 'instance', region: 'eu-west-1' }],
    [`ledger.cluster-abc.eu-west-1.${rds}`, { identifier: 'ledger', role: 'cluster', region: 'eu-west-1' }],
    [`ledger.cluster-ro-abc.eu-west-1.${rds}`, { identifier: 'ledger', role: 'reader', region: 'eu-west-1' }],
    [`reports.cluster-custom-abc.us-east-1.${rds}`, { identifier: 'reports', role: 'custom', region: 'us-east-1' }],
    [`pool.proxy-abc.eu-west-1.${rds}`, { identifier: 'pool', role: 'proxy', region: 'eu-west-1' }],
    [`orders.abc123.rds.cn-north-1.amazonaws.com.cn`, { identifier: 'orders', role: 'instance', region: 'cn-north-1' }],
  ])('%s says which database it is of', (name, expected) => {
    expect(readRdsName(name)).toEqual(expected)
    expect(readRdsName(name.toUpperCase())).toEqual(expected)
  })

  it.each(['orders.internal.example.com', `${rds}`, 'orders.redshift.amazonaws.com'])('%s is none', name => {
    expect(readRdsName(name)).toBeUndefined()
  })
})

describe('settings are refused for', () => {
  it.each<[string, Entry, string]>([
    ['a name of another Region', anInstance({ endpoint: `orders.abc.us-east-1.${rds}` }), 'a name in eu-west-1'],
    ['another instance’s name', anInstance({ endpoint: `shop.abc.eu-west-1.${rds}` }), 'the name of orders'],
    [
      'an instance’s name for a cluster',
      aCluster({ endpoint: `ledger-1.abc.eu-west-1.${rds}` }),
      'the cluster’s own (writer) endpoint: an instance’s own endpoint stays with that instance',
    ],
    [
      'a reader endpoint',
      aCluster({ endpoint: `ledger.cluster-ro-abc.eu-west-1.${rds}` }),
      'the cluster’s own (writer) endpoint: a reader endpoint leads to readers',
    ],
    [
      'a custom endpoint',
      aCluster({ endpoint: `ledger.cluster-custom-abc.eu-west-1.${rds}` }),
      'a custom endpoint leads to the members that it lists',
    ],
    [
      'a cluster’s name for an instance',
      anInstance({ endpoint: `orders.cluster-abc.eu-west-1.${rds}` }),
      'the instance’s own endpoint: a cluster’s endpoint leads to whichever member is the writer',
    ],
    ['an engine without clusters', aCluster({ engine: 'mariadb' }), 'an engine that has clusters'],
    [
      'a target group of another account',
      anInstanceBehindItsOwn({ frontDoor: { kind: 'existing', targetGroupArn: elb('eu-west-1', '999988887777') } }),
      'one of the database’s account and Region',
    ],
    [
      'a target group of another Region',
      anInstanceBehindItsOwn({ frontDoor: { kind: 'existing', targetGroupArn: elb('us-east-1', '111122223333') } }),
      'one of the database’s account and Region',
    ],
    [
      'a load balancer of another account',
      anInstanceBehindItsOwn({
        frontDoor: {
          ...existingTargetGroup,
          loadBalancerArn:
            'arn:aws:elasticloadbalancing:eu-west-1:999988887777:loadbalancer/net/orders/0123456789abcdef',
        },
      }),
      'one of the database’s account and Region',
    ],
    [
      'a listener, and a second group, of another Region',
      {
        ...anInstanceBehindItsOwn({ arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:ledger', engine: 'postgres' }),
        frontDoor: {
          kind: 'existing',
          strategy: 'weighted',
          listenerArn:
            'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/net/orders/0123456789abcdef/0123456789abcdef',
          targetGroupArns: [
            elb('eu-west-1', '111122223333'),
            elb('eu-west-1', '111122223333').replace('orders', 'two'),
          ],
        },
      },
      'one of the database’s account and Region',
    ],
    [
      'readers’ group of another account',
      {
        ...anInstanceBehindItsOwn({ arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:ledger', engine: 'postgres' }),
        readers: { targetGroupArn: elb('eu-west-1', '999988887777').replace('orders', 'readers') },
      },
      'one of the database’s account and Region',
    ],
    [
      'a topic of another Region for endpoints that ask',
      anInstance({ exposure: { notificationTopicArn: topic('us-east-1') } }),
      'one in eu-west-1',
    ],
    ['a topic of another Region', anInstance({ alarms: { topicArns: [topic('us-east-1')] } }), 'one in eu-west-1'],
    [
      'a bus of another Region',
      anInstance({ eventBus: 'arn:aws:events:us-east-1:111122223333:event-bus/operations' }),
      'one in eu-west-1',
    ],
    [
      'a topic of another Region, for a host name',
      aHostName({ region: 'eu-west-1', alarms: { topicArns: [topic('us-east-1')] } }),
      'one in eu-west-1',
    ],
    [
      'a bus of another Region, for a host name',
      aHostName({ region: 'eu-west-1', eventBus: 'arn:aws:events:us-east-1:111122223333:event-bus/operations' }),
      'one in eu-west-1',
    ],
    [
      'a target group of another account, for a host name',
      aHostName({
        account: '111122223333',
        frontDoor: { kind: 'existing', targetGroupArn: elb('eu-west-1', '999988887777') },
      }),
      'one of the database’s account and Region, 111122223333',
    ],
    ['zones of another Region, for a host name', aHostName({ region: 'us-east-1' }), 'zones of the Region us-east-1'],
    [
      'six alarm actions',
      anInstance({ alarms: { topicArns: Array.from({ length: 6 }, (_, index) => `${topic('eu-west-1')}-${index}`) } }),
      'at most five',
    ],
    ['the whole internet', anInstance({ allowedCidrs: ['0.0.0.0/0'] }), 'a network of yours'],
    ['half of it', anInstance({ allowedCidrs: ['128.0.0.0/1'] }), 'a network of yours'],
    ['loopback', anInstance({ allowedCidrs: ['127.0.0.0/8'] }), 'not loopback'],
    ['a proof of a host name', aHostName({ ownerProof: 'required' }), 'off: nothing in AWS tells'],
    ['a proof of a proxy, when possible', aProxy({ ownerProof: 'when-possible' }), 'off: nothing in AWS tells'],
    [
      'a proof of Redshift',
      aHostName({ engine: 'redshift', ownerProof: 'when-possible' }),
      'off: nothing in AWS tells',
    ],
    ['another proof', anInstance({ ownerProof: 'always' }), 'one of when-possible, required, off'],
    [
      'every account without acceptance',
      anInstance({ exposure: { acceptanceRequired: false, allowedPrincipals: ['*'] } }),
      'openToEveryAccount',
    ],
    [
      'a public zone that the private name is not in',
      anInstance({
        exposure: { privateDnsName: 'orders.example.com', privateDnsZone: { id: 'Z0A', name: 'ders.example.com' } },
      }),
      'the public zone that privateDnsName is in',
    ],
    [
      'a database named as a consumer’s stack',
      anInstance({ arn: undefined, kind: 'hostname', id: 'consumer-a' }),
      'an id that does not begin',
    ],
    [
      'nothing about the database’s security group',
      anInstance({ frontDoor: { kind: 'create' } }),
      'the database’s security group, or false',
    ],
    [
      'a load balancer that nobody reaches',
      anInstance({ exposure: { endpointService: false } }),
      'the clients’ networks',
    ],
  ])('%s', (_, entry, sentence) => {
    expect(problemsOf(entry)).toEqual([expect.stringContaining(sentence)])
  })

  it('two databases that would make the same rule in one group', () => {
    const frontDoor = created('swap', { databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718' })
    const second = anInstance({ arn: 'arn:aws:rds:eu-west-1:111122223333:db:shop', frontDoor })
    expect(problemsOf(anInstance({ frontDoor }), second)).toEqual([
      expect.stringMatching(/^databases\.1\.frontDoor\.databaseSecurityGroupId: .* orders makes the same rules/),
    ])
    const other = anInstance({ arn: 'arn:aws:rds:eu-west-1:111122223333:db:shop', frontDoor, port: 5433 })
    expect(problemsOf(anInstance({ frontDoor }), other)).toEqual([])
  })
})

describe('settings are left alone with', () => {
  it.each<[string, Entry]>([
    ['a name of one’s own', anInstance({ endpoint: 'orders.internal.example.com' })],
    ['a global database’s name', aCluster({ endpoint: `shop.global-abc.global.${rds}` })],
    [
      'a host name of RDS without ARN',
      anInstance({ arn: undefined, kind: 'hostname', id: 'x', endpoint: `y.abc.eu-west-1.${rds}` }),
    ],
    [
      'a bus of another account',
      anInstance({ eventBus: 'arn:aws:events:eu-west-1:999988887777:event-bus/operations' }),
    ],
    [
      'every account, by an explicit word',
      anInstance({ exposure: { acceptanceRequired: false, allowedPrincipals: ['*'], openToEveryAccount: true } }),
    ],
  ])('%s', (_, entry) => {
    expect(problemsOf(entry)).toEqual([])
  })
})

describe('settings are warned about', () => {
  it('for an instance of an Aurora cluster, which stops being the writer', () => {
    expect(warningsOf(anInstance({ engine: 'aurora-postgresql' }))).toEqual([
      expect.stringContaining('the ARN is of an instance of an Aurora cluster'),
    ])
    expect(warningsOf(anInstance())).toEqual([])
    expect(warningsOf(aCluster())).toEqual([])
  })
})

describe('consumers are refused for', () => {
  const problems = (...consumers: Entry[]): readonly string[] => {
    try {
      parseSettings('repoint.json', JSON.stringify({ databases: [anInstance()], consumers }))
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error
      return error.problems.map(({ path, allowed }) => `${path}: ${allowed}`)
    }
    return []
  }

  it('a service in another Region than theirs', () => {
    const serviceName = 'com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60718'
    expect(problems(aConsumer({ serviceName }))).toEqual([
      'consumers.0.serviceName: a service in eu-west-1, or serviceRegion us-east-1',
    ])
    expect(problems(aConsumer({ serviceName, serviceRegion: 'us-east-1' }))).toEqual([])
  })

  it('one host name twice in one VPC', () => {
    const second = aConsumer({ name: 'reports', vpcId: aConsumer().vpcId })
    expect(problems(aConsumer(), second)).toEqual([
      expect.stringMatching(/^consumers\.1\.vpcId: another VPC, or a dnsName/),
    ])
    expect(problems(aConsumer(), { ...second, dnsName: 'orders.reports.example.com' })).toEqual([])
    expect(problems(aConsumer(), aConsumer({ name: 'peered', peeredVpcIds: [aConsumer().vpcId] }))).toEqual([
      `consumers.1.peeredVpcIds: another VPC, or a dnsName of its own: analytics has a hosted zone ${anInstance().endpoint} in ${aConsumer().vpcId}`,
    ])
  })

  it('VPCs, resolvers and zones that cannot be', () => {
    const [one] = aConsumer().subnets as Entry[]
    const inboundResolver = { clientCidrs: ['10.8.0.0/16'] }
    const redshift = { clusterIdentifier: 'warehouse', subnetGroupName: 'private' }
    const alone = { serviceName: undefined, redshift }
    expect([
      ...problems(aConsumer({ peeredVpcIds: [aConsumer().vpcId] })),
      ...problems(aConsumer({ inboundResolver, subnets: [one] })),
      ...problems(aConsumer({ ...alone, inboundResolver })),
      ...problems(aConsumer({ ...alone, peeredVpcIds: ['vpc-0b0b0b0b0b0b0b0b0'] })),
    ]).toEqual([
      'consumers.0.peeredVpcIds: other VPCs than vpcId, each once',
      expect.stringMatching(/^consumers\.0\.inboundResolver: nothing, or subnets in two zones/),
      expect.stringMatching(/^consumers\.0\.inboundResolver: nothing: Redshift’s endpoint alone/),
      expect.stringMatching(/^consumers\.0\.peeredVpcIds: nothing: Redshift’s endpoint alone/),
    ])
  })
})
