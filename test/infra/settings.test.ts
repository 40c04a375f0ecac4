import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jsonSchemaFile } from '../../infra/app/generate-schema.ts'
import { mayBlockTheLoadBalancer } from '../../infra/app/settings/engines.ts'
import { SettingsError } from '../../infra/app/settings/problems.ts'
import { settingsJsonSchema } from '../../infra/app/settings/settings-json-schema.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { aCluster, aConsumer, anInstance, anInstanceBehindItsOwn, created, type Entry } from './settings-fixture.ts'

const parse = (databases: readonly Entry[], consumers: readonly Entry[] = []) =>
  parseSettings('repoint.json', JSON.stringify({ databases, consumers }))

const problemsOf = (text: string): string[] => {
  try {
    parseSettings('repoint.json', text)
  } catch (error) {
    if (error instanceof SettingsError)
      return error.message
        .split('\n')
        .slice(1)
        .map(line => line.replace('  - ', ''))
    throw error
  }
  return []
}

const problems = (databases: readonly Entry[], consumers: readonly Entry[] = []) =>
  problemsOf(JSON.stringify({ databases, consumers }))

describe('connections without a login', () => {
  it.each([
    ['postgres', undefined, false],
    ['oracle', undefined, false],
    ['mysql', undefined, true],
    ['aurora-mysql', 'accepted', true],
    ['mariadb', 'accepted', true],
    ['mariadb', 'skip-name-resolve', false],
    ['mysql', 'raised-max-connect-errors', false],
  ] as const)('to %s, where the settings say %s, may block the load balancer: %s', (engine, mysqlHostBlocking, may) => {
    expect(mayBlockTheLoadBalancer({ engine, mysqlHostBlocking })).toBe(may)
  })
})

describe('settings', () => {
  it('need eight lines for a database', () => {
    const [database] = parse([anInstance()]).databases
    expect(database).toMatchObject({
      id: 'orders',
      kind: 'instance',
      port: 5432,
      env: { account: '111122223333', region: 'eu-west-1' },
      network: { mode: 'outside-vpc' },
      function: { memoryMb: 512, everyMinutes: 1, reserveConcurrency: true },
      exposure: { endpointService: true, acceptanceRequired: true, allowedPrincipals: [] },
      terminationProtection: false,
    })
  })

  it('need three lines for a database behind an existing target group', () => {
    const { arn, endpoint, engine, frontDoor } = anInstanceBehindItsOwn()
    expect(parse([{ arn, endpoint, engine, frontDoor }]).databases).toHaveLength(1)
  })

  it.each([
    ['a key', `{"databases":[{"a\\u001b]0;x\\u0007\\nPASSED\\u202e\\u009b2J":1}]}`],
    ['a value', `{"databases":[{"arn":"\\u001b]0;x\\u0007\\nPASSED\\u202e\\u009b2J"}]}`],
    ['what is no JSON', '{"\u001b]0;x\u0007\nPASSED\u202e\u009b2J'],
  ])('that are wrong in %s tell so in lines that no terminal obeys', (_, text) => {
    const problems = problemsOf(text)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(problems.filter(line => line.startsWith('PASSED'))).toEqual([])
  })

  it.each([
    ['db', 'instance'],
    ['cluster', 'cluster'],
  ])('learn kind, id, account and Region from an ARN of type %s', (type, kind) => {
    const [database] = parse([
      anInstance({
        arn: `arn:aws:rds:us-west-2:444455556666:${type}:shop`,
        subnets: [{ id: 'subnet-0a1b2c3d4e5f60711', zone: 'us-west-2a' }],
      }),
    ]).databases
    expect(database).toMatchObject({ id: 'shop', kind, env: { account: '444455556666', region: 'us-west-2' } })
  })

  it('are a consumer’s own without any database', () => {
    const { database: _, ...own } = aConsumer({
      hostname: 'orders.abc123def456.eu-west-1.rds.amazonaws.com',
      port: 5432,
    })
    const text = JSON.stringify({ consumers: [own] })
    expect(parseSettings('repoint.json', text)).toMatchObject({ databases: [], consumers: [{ name: 'analytics' }] })
    expect(problemsOf(JSON.stringify({ consumers: [{ ...own, database: 'orders' }] }))).toEqual([
      'analytics: consumers.0.database: got "orders", expected nothing, and hostname and port instead: this file has no databases',
    ])
  })

  it.each([{}, { databases: [] }, { databases: [], consumers: [] }])('are about somebody, unlike %j', said => {
    expect(problemsOf(JSON.stringify(said))).toEqual([
      expect.stringContaining('expected at least one database, or one consumer in consumers'),
    ])
  })

  it('give a consumer what its database’s entry knows', () => {
    const [consumer] = parse([anInstance()], [aConsumer()]).consumers
    expect(consumer).toMatchObject({ hostname: 'orders.abc123def456.eu-west-1.rds.amazonaws.com', port: 5432 })
  })

  it('merge the tags of the file with those of a database', () => {
    const text = JSON.stringify({
      databases: [anInstance({ tags: { team: 'shop' } })],
      tags: { team: 'all', cost: '7' },
    })
    expect(parseSettings('repoint.json', text).databases[0]?.tags).toEqual({ team: 'shop', cost: '7' })
  })
})

describe('bad settings', () => {
  it('are told each missing and each unknown setting, with what is allowed', () => {
    const { endpoint: _missing, ...rest } = anInstance()
    expect(problems([{ ...rest, endpont: 'orders', prot: 5432 }])).toEqual([
      'orders: databases.0.endpoint: missing, expected a host name with at least one dot, not an address',
      'orders: databases.0.endpont: not a setting; did you mean endpoint?',
      'orders: databases.0.prot: not a setting; did you mean port?',
    ])
  })

  it('are answered with every problem at once: path, value, what is allowed', () => {
    const bad = [
      anInstance({ endpoint: 'orders', port: 0, vpcld: 'vpc-1' }),
      anInstance({ engine: 'postgre', publiclyAccessible: true, members: ['one'], watch: { startedMs: 700_000 } }),
    ]
    expect(problems(bad, [aConsumer({ database: 'shop', clientCidrs: [] })])).toEqual([
      'orders: databases.0.endpoint: got "orders", expected a host name with at least one dot, not an address',
      'orders: databases.0.port: got 0, expected a port, 1 to 65535',
      'orders: databases.0.vpcld: not a setting; did you mean vpcId?',
      'orders: databases.1.engine: got "postgre", expected one of postgres, aurora-postgresql, mysql, aurora-mysql, mariadb, sqlserver, oracle, db2, redshift, other',
      'orders: databases.1.members: got ["one"], expected nothing: only a cluster has members',
      'orders: databases.1.network: got {"mode":"outside-vpc"}, expected mode in-vpc or isolated: outside the VPC a publicly accessible database’s name gives its public address',
      'orders: databases.1.watch.healthyMs: got 360000, expected milliseconds, together with startedMs at most 840000 (Lambda’s 15 minutes less a margin)',
      'orders: databases.1.id: got "orders", expected an id that no other database of this account and Region has',
      'analytics: consumers.0.clientCidrs: got [], expected at least one network, or a group in clientSecurityGroupIds',
      'analytics: consumers.0.database: got "shop", expected one of orders, orders',
    ])
  })

  it('are told nothing nearer where no setting is near, and the nearest inside of a part', () => {
    expect(
      problems([anInstance({ colour: 'blue', function: { everyMinute: 5 }, exposure: { clientCIDRs: [] } })]),
    ).toEqual([
      'orders: databases.0.exposure.clientCIDRs: not a setting; did you mean clientCidrs?',
      'orders: databases.0.function.everyMinute: not a setting; did you mean everyMinutes?',
      'orders: databases.0.colour: not a setting',
    ])
  })

  const publicSubnets = [{ id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a', cidr: '52.1.4.0/24' }]
  const aHostName = { arn: undefined, kind: 'hostname', id: 'queue', endpoint: 'queue.internal.example.com' }

  it.each<[string, Entry]>([
    ['a public DNS server outside the VPC', { dnsServers: ['1.1.1.1'] }],
    ['a private one inside', { dnsServers: ['10.0.0.2'], network: { mode: 'in-vpc' } }],
    ['a VPC’s own network that is not private', { allowedCidrs: ['52.1.0.0/16'], subnets: publicSubnets }],
    ['any service that speaks TCP', { ...aHostName, engine: 'other', port: 5672 }],
    [
      'a cluster of DocumentDB',
      {
        arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:docs',
        endpoint: 'docs.cluster-abc123def456.eu-west-1.docdb.amazonaws.com',
        ...{ engine: 'other', port: 27017, frontDoor: created('weighted'), readers: {} },
      },
    ],
  ])('take %s', (_, entry) => {
    expect(problems([anInstance(entry)])).toEqual([])
  })

  const group = { kind: 'create', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718' }
  const bareSubnets = [{ id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a' }]

  it.each<[string, Entry, string]>([
    [
      'a watch that ends before anything settles',
      { watch: { completedMs: 6000 } },
      'databases.0.settle.spanMs: got 6000',
    ],
    ['a span longer than the watch', { settle: { spanMs: 60_000 } }, 'databases.0.settle.spanMs: got 60000'],
    ['more answers than a watch has time for', { settle: { answers: 61 } }, 'databases.0.settle.answers: got 61'],
    ['a DNS server of no address', { dnsServers: ['300.1.1.1'] }, 'databases.0.dnsServers.0: got "300.1.1.1"'],
    ['a DNS server of no port', { dnsServers: ['10.0.0.2:99999'] }, 'databases.0.dnsServers.0: got "10.0.0.2:99999"'],
    [
      'a private DNS server for a function outside the VPC',
      { dnsServers: ['1.1.1.1', '10.0.0.2:5353'] },
      'databases.0.dnsServers.1: got "10.0.0.2:5353", expected a public address, or network.mode in-vpc',
    ],
    [
      'a network whose addresses no target group takes',
      { allowedCidrs: ['10.0.0.0/16', '52.1.0.0/16'] },
      'databases.0.allowedCidrs.1: got "52.1.0.0/16", expected a network of 10.0.0.0/8',
    ],
    ['an instance of any engine', { engine: 'other', port: 5432 }, 'databases.0.engine: got "other"'],
    [
      'a service of any kind without its port',
      { ...aHostName, engine: 'other' },
      'databases.0.port: missing, expected a port: engine other has none of its own',
    ],
    ['an address for an endpoint', { endpoint: '10.0.0.1' }, 'databases.0.endpoint: got "10.0.0.1"'],
    ['a look every millisecond', { settle: { intervalMs: 1 } }, 'databases.0.settle.intervalMs: got 1'],
    ['a watch of no second', { watch: { rebootMs: 999 } }, 'databases.0.watch.rebootMs: got 999'],
    ['a database without an ARN', { arn: undefined, kind: 'instance', id: 'orders' }, 'databases.0.arn: missing'],
    ['a kind that the ARN contradicts', { kind: 'cluster' }, 'databases.0.kind: got "cluster"'],
    ['an id that the ARN contradicts', { id: 'shop' }, 'databases.0.id: got "shop"'],
    [
      'a proxy without a name',
      { arn: 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx--x' },
      'databases.0.id: missing',
    ],
    ['another account than the ARN’s', { account: '999988887777' }, 'databases.0.account: got "999988887777"'],
    ['another Region than the ARN’s', { region: 'us-east-1' }, 'databases.0.region: got "us-east-1"'],
    ['a front door without a VPC', { vpcId: undefined }, 'databases.0.vpcId: missing'],
    ['a front door without subnets', { subnets: undefined }, 'databases.0.subnets: missing'],
    ['two subnets in a zone', { subnets: [...bareSubnets, ...bareSubnets] }, 'databases.0.subnets: got'],
    [
      'a subnet in another Region than the ARN’s',
      { subnets: [{ id: 'subnet-0a1b2c3d4e5f60711', zone: 'us-east-1a' }] },
      'databases.0.subnets: got',
    ],
    [
      'an address outside its subnet',
      { subnets: [{ ...bareSubnets[0], cidr: '10.0.1.0/24', address: '10.0.2.10' }] },
      'databases.0.subnets.0.address: got "10.0.2.10"',
    ],
    ['a group to open for unknown networks', { frontDoor: group, subnets: bareSubnets }, 'databases.0.subnets: got'],
    [
      'enforcement that lets nobody in',
      { exposure: { enforceSecurityGroup: true } },
      'databases.0.exposure.clientCidrs: got []',
    ],
    [
      'endpoints for a function outside',
      { network: { endpoints: 'create' } },
      'databases.0.network.endpoints: got "create"',
    ],
    [
      'a health check that outlasts its interval',
      {
        frontDoor: {
          kind: 'create',
          databaseSecurityGroupId: false,
          healthCheck: { intervalSeconds: 5, timeoutSeconds: 6 },
        },
      },
      'databases.0.frontDoor.healthCheck.timeoutSeconds: got 6',
    ],
    [
      'a pair that is taken for two databases before health checks see the failover',
      {
        frontDoor: {
          kind: 'create',
          strategy: 'standby',
          databaseSecurityGroupId: false,
          healthCheck: { intervalSeconds: 30 },
        },
      },
      'databases.0.settle.bothHealthyMs: got 60000, expected milliseconds, at least 90000',
    ],
    [
      'host blocking where nothing blocks',
      { mysqlHostBlocking: 'accepted' },
      'databases.0.mysqlHostBlocking: got "accepted"',
    ],
    ['a wake-up by everything on the bus', { wakeOn: [{ 'detail-type': ['failover'] }] }, 'databases.0.wakeOn.0'],
    ['a wake-up by its own reports', { wakeOn: [{ source: ['repoint'] }] }, 'databases.0.wakeOn.0'],
    [
      'a wake-up by a pattern that EventBridge does not take',
      { wakeOn: [{ source: ['x'.repeat(2048)] }] },
      'databases.0.wakeOn.0',
    ],
    ['a wake-up by a name', { wakeOn: ['orders'] }, 'databases.0.wakeOn.0'],
    [
      'a log level that hides the summary',
      { function: { logLevel: 'WARN' } },
      'databases.0.function.logLevel: got "WARN"',
    ],
  ])('name %s', (_, entry, problem) => {
    const found = problems([anInstance(entry)])
    expect(found).toEqual([expect.stringContaining(problem)])
  })

  it('name an exposure for somebody else’s load balancer', () => {
    expect(problems([anInstanceBehindItsOwn({ exposure: {} })])).toEqual([
      expect.stringContaining('databases.0.exposure'),
    ])
  })

  it('name two databases that would create the same endpoints in one VPC', () => {
    const isolated = { network: { mode: 'isolated' } }
    const forOthers = { network: { mode: 'isolated', endpoints: { lambda: true } } }
    expect(problems([anInstance(forOthers), aCluster(isolated)])).toEqual([
      expect.stringContaining('databases.1.network.endpoints'),
    ])
    expect(problems([anInstance(isolated), aCluster(isolated)])).toEqual([
      expect.stringContaining('databases.1.network.endpoints'),
    ])
  })

  it('name a consumer that shares no zone with the service', () => {
    const far = [{ id: 'subnet-0f1e2d3c4b5a69782', zone: 'eu-west-1b', zoneId: 'euw1-az3' }]
    expect(problems([anInstance()], [aConsumer({ subnets: far })])).toEqual([
      'analytics: consumers.0.subnets: got ["euw1-az3"], expected a zone id that the service has too',
    ])
  })

  it('that are no JSON, or empty, are named too', () => {
    expect(problemsOf('{')).toEqual([expect.stringMatching(/^\(file\): got .*expected JSON$/)])
    expect(problemsOf('null')).toEqual([expect.stringContaining('(top level)')])
    expect(problemsOf('{"databases":[]}')).toEqual([
      'databases: got [], expected at least one database, or one consumer in consumers',
    ])
  })
})

describe('the examples in the documentation', () => {
  const examples = (page: string) =>
    [...readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8').matchAll(/```json\n(.*?)```/gs)].map(
      ([, text = '']) => JSON.parse(text),
    )

  it('of a database and of a consumer are settings that are accepted', () => {
    const [deploying] = examples('deploying.md')
    const [consuming] = examples('consumers.md')
    const settings = parseSettings('docs', JSON.stringify({ ...deploying, ...consuming }))
    expect(settings.databases.map(it => it.id)).toEqual(['orders'])
    expect(settings.consumers.map(it => it.name)).toEqual(['analytics'])
  })
})

describe('the schema for editors', () => {
  it('is up to date: `node infra/app/generate-schema.ts` writes it', () => {
    expect(JSON.parse(readFileSync(jsonSchemaFile, 'utf8'))).toEqual(JSON.parse(settingsJsonSchema()))
  })

  it('knows every setting of a database', () => {
    const { properties } = JSON.parse(settingsJsonSchema()).properties.databases.items
    expect(Object.keys(properties)).toEqual(
      expect.arrayContaining(['arn', 'endpoint', 'engine', 'frontDoor', 'exposure', 'network']),
    )
  })
})
