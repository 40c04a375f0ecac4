import { App } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { addStacks, contextOfCdkJson, ofAccount, type Template } from '../../infra/app/app.ts'
import { SettingsError } from '../../infra/app/settings/problems.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { aConsumer, anInstance, codeInline, type Entry } from './settings-fixture.ts'

type Files = Readonly<Record<string, unknown>>

const parse = (whole: Entry, files: Files = {}) =>
  parseSettings('fleet/repoint.json', JSON.stringify(whole), name => {
    const found = files[name.replace('fleet/', '')]
    if (found === undefined) throw new Error(`ENOENT: no such file or directory, open '${name}'`)
    return typeof found === 'string' ? found : JSON.stringify(found)
  })

const problems = (whole: Entry, files: Files = {}): readonly string[] => {
  try {
    parse(whole, files)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.message
      .split('\n')
      .slice(1)
      .map(line => line.replace('  - ', ''))
  }
  return []
}

const subnets = [
  { id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a', cidr: '10.0.1.0/24' },
  { id: 'subnet-0a1b2c3d4e5f60712', zone: 'eu-west-1b', cidr: '10.0.2.0/24' },
]
const shop = { vpcId: 'vpc-0a1b2c3d4e5f60718', subnets, allowedCidrs: ['10.0.0.0/16'] }
const bank = { vpcId: 'vpc-0b1b2c3d4e5f60718', subnets: [{ id: 'subnet-0b1b2c3d4e5f60711', zone: 'eu-west-1a' }] }

/** What a database of a fleet says itself. */
const own = (id: string, more: Entry = {}, { account = '111122223333', region = 'eu-west-1' } = {}): Entry => ({
  arn: `arn:aws:rds:${region}:${account}:db:${id}`,
  endpoint: `${id}.abc123def456.${region}.rds.amazonaws.com`,
  ...more,
})

const defaults = {
  engine: 'postgres',
  vpc: 'shop',
  frontDoor: { kind: 'create', strategy: 'standby', databaseSecurityGroupId: false, idleTimeoutSeconds: 1000 },
  exposure: { allowedPrincipals: ['arn:aws:iam::444455556666:root'] },
  tags: { team: 'platform' },
}

const { exposure: _, ...withoutExposure } = defaults

describe('defaults of a file', () => {
  it('are merged under every database, key by key', () => {
    const { databases } = parse({
      defaults,
      vpcs: { shop },
      databases: [own('orders'), own('users', { frontDoor: { strategy: 'swap' }, tags: { tier: '1' } })],
    })
    expect(databases).toMatchObject([
      {
        id: 'orders',
        engine: 'postgres',
        vpcId: shop.vpcId,
        frontDoor: { strategy: 'standby', idleTimeoutSeconds: 1000 },
      },
      { id: 'users', frontDoor: { strategy: 'swap', idleTimeoutSeconds: 1000 }, tags: { team: 'platform', tier: '1' } },
    ])
  })

  it('leave what is of another kind or mode, and lists, as the entry has them', () => {
    const existing = {
      kind: 'existing',
      targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef',
    }
    const { databases } = parse({
      defaults: {
        ...withoutExposure,
        wakeOn: ['arn:aws:rds:eu-west-1:111122223333:db:users'],
        network: { mode: 'in-vpc', subnetIds: ['subnet-0a1b2c3d4e5f60719'] },
      },
      vpcs: { shop },
      databases: [own('orders', { frontDoor: existing, network: { mode: 'outside-vpc' }, wakeOn: [] })],
    })
    expect(databases[0]).toMatchObject({
      frontDoor: existing,
      network: { mode: 'outside-vpc' },
      wakeOn: [],
    })
    expect(databases[0]?.network.subnetIds).toBeUndefined()
  })

  it('may not say what tells databases apart', () => {
    expect(problems({ defaults: { ...defaults, id: 'orders' }, vpcs: { shop }, databases: [own('orders')] })).toEqual([
      'defaults.id: got "orders", expected nothing: each database has its own',
    ])
  })

  it('that are no object are refused, so that nothing loses them without a word', () => {
    const databases = [own('orders', { engine: 'postgres', ...shop, frontDoor: existing })]
    const sentence = 'expected settings of a database'
    expect(problems({ defaults: [{ engine: 'mysql' }], databases })).toEqual([
      `defaults: got [{"engine":"mysql"}], ${sentence}`,
    ])
    expect(
      problems(
        { files: ['shop.json', 'bank.json', 'post.json'], databases },
        { 'shop.json': { defaults: [] }, 'bank.json': { defaults: 'mysql' }, 'post.json': { vpcs: [shop] } },
      ),
    ).toEqual([
      `shop.json: defaults: got [], ${sentence}`,
      `bank.json: defaults: got "mysql", ${sentence}`,
      expect.stringMatching(/^post\.json: vpcs: got .*, expected networks by name$/),
    ])
  })

  it('are told once where they are wrong, with the databases that have them', () => {
    const wrong = {
      ...defaults,
      enginee: 1,
      watch: { startedMs: 'long' },
      frontDoor: { kind: 'create', strategy: 'swapp' },
    }
    expect(
      problems({ defaults: wrong, vpcs: { shop }, databases: [own('orders'), own('users'), own('ledger')] }),
    ).toEqual([
      'orders and 2 more: defaults.frontDoor.strategy: got "swapp", expected one of swap, standby, weighted',
      'orders and 2 more: defaults.watch.startedMs: got "long", expected a duration in milliseconds, a whole number from 1 to 900000',
      'orders and 2 more: defaults.enginee: not a setting; did you mean engine?',
    ])
  })

  it('are told too where a rule of an entry is about them', () => {
    const databases = [own('orders'), own('users', { engine: 'sqlserver' })]
    expect(problems({ defaults, vpcs: { shop }, databases })).toEqual([
      'users: defaults.frontDoor.strategy: got "standby", expected swap: SQL Server runs on the secondary too, so health may not tell the writer from it',
    ])
  })
})

describe('a network of a file', () => {
  it('is named by databases and consumers, and an entry’s own subnets take its place', () => {
    const { vpcId: _, subnets: __, ...consumer } = aConsumer({ vpc: 'bank', account: '111122223333' })
    const { databases, consumers } = parse({
      defaults,
      vpcs: { shop, bank },
      databases: [own('orders'), own('ledger', { vpc: 'bank' }), own('users', { subnets: subnets.slice(1) })],
      consumers: [consumer],
    })
    expect(databases.map(it => [it.vpcId, it.subnets.length, it.allowedCidrs])).toEqual([
      [shop.vpcId, 2, shop.allowedCidrs],
      [bank.vpcId, 1, undefined],
      [shop.vpcId, 1, shop.allowedCidrs],
    ])
    expect(consumers[0]).toMatchObject({ vpcId: bank.vpcId, subnets: bank.subnets })
  })

  it('of the defaults is not that of an entry with a VPC of its own', () => {
    const { databases } = parse({
      defaults,
      vpcs: { shop },
      databases: [own('orders', { vpcId: bank.vpcId, subnets: bank.subnets })],
    })
    expect(databases[0]).toMatchObject({ vpcId: bank.vpcId, subnets: bank.subnets })
  })

  it('is told where it is not there, said twice, or wrong', () => {
    const databases = [own('orders', { vpc: 'shoop' }), own('users', { vpc: 'shop', vpcId: bank.vpcId }), own('ledger')]
    const wrong = { ...shop, vpcId: 'vpc', subnet: [] }
    expect(problems({ defaults, vpcs: { shop }, databases })).toEqual([
      'orders: databases.0.vpc: got "shoop", expected one of vpcs: shop',
      'orders: databases.0.vpcId: missing, expected the VPC for the load balancer or the function',
      'orders: databases.0.subnets: missing, expected a subnet in every zone of the DB subnet group',
      'users: databases.1.vpcId: got "vpc-0b1b2c3d4e5f60718", expected nothing: vpc gives it',
    ])
    expect(problems({ defaults, vpcs: { shop: wrong }, databases: [own('orders')] })).toEqual([
      'orders: vpcs.shop.vpcId: got "vpc", expected a VPC id such as vpc-0a1b2c3d4e5f60718',
      'vpcs.shop.subnet: not a setting; did you mean subnets?',
    ])
    expect(problems({ defaults, databases: [own('orders', { vpcId: bank.vpcId, subnets, vpc: 'shop' })] })).toEqual([
      'orders: databases.0.vpc: got "shop", expected nothing: the file has no vpcs',
    ])
    expect(problems({ defaults, vpcs: { shop }, databases: [own('orders', { vpc: null })] })).toEqual([
      'orders: databases.0.vpc: got null, expected a name of 1 to 63 letters, digits, dots, hyphens and underscores',
      'orders: databases.0.vpcId: missing, expected the VPC for the load balancer or the function',
      'orders: databases.0.subnets: missing, expected a subnet in every zone of the DB subnet group',
    ])
  })
})

describe('an id', () => {
  const places = [
    { account: '111122223333', region: 'eu-west-1' },
    { account: '111122223333', region: 'eu-central-1' },
    { account: '444455556666', region: 'eu-west-1' },
  ]
  const accounts = { 111122223333: { profile: 'shop' }, 444455556666: { profile: 'bank' } }
  const everywhere = places.map(place => anInstanceAt('orders', place))

  it('is unique within account and Region only, and the stack in the app has its place', () => {
    const settings = parse({ accounts, databases: [...everywhere, anInstanceAt('users', places[0])] })
    const app = new App({ autoSynth: false, builtinCloudFormationValidation: false, context: contextOfCdkJson() })
    addStacks(app, { settings, code: codeInline })
    const { stacks } = app.synth()

    expect(
      stacks
        .filter(it => it.stackName !== 'Repoint-fleet')
        .map(it => [it.hierarchicalId, it.stackName])
        .toSorted()
        .toReversed(),
    ).toEqual([
      ['Repoint-users', 'Repoint-users'],
      ['Repoint-orders-444455556666-eu-west-1', 'Repoint-orders'],
      ['Repoint-orders-111122223333-eu-west-1', 'Repoint-orders'],
      ['Repoint-orders-111122223333-eu-central-1', 'Repoint-orders'],
    ])
  })

  it('of one account are left where that account alone is deployed', () => {
    const settings = parse({ accounts, databases: everywhere, consumers: [] })

    expect(ofAccount(settings, '444455556666').databases.map(it => it.stackId)).toEqual([
      'Repoint-orders-444455556666-eu-west-1',
    ])
    expect(ofAccount(settings, undefined).databases).toHaveLength(3)
  })

  it('is refused twice in one place, and wherever an entry does not say where it is', () => {
    const hostname = {
      id: 'orders',
      kind: 'hostname',
      endpoint: 'orders.example.com',
      engine: 'postgres',
      frontDoor: existing,
    }
    const sentence = 'expected an id that no other database of this account and Region has'
    expect(problems({ databases: [everywhere[0], everywhere[0]] })).toEqual([
      `orders: databases.1.id: got "orders", ${sentence}`,
    ])
    expect(problems({ databases: [hostname, everywhere[0]] })).toEqual([
      `orders: databases.1.id: got "orders", ${sentence}`,
    ])
  })

  it('of several accounts wants each of them in accounts, so that no command takes one for the other', () => {
    expect(problems({ accounts: { 111122223333: { profile: 'shop' } }, databases: everywhere })).toEqual([
      'orders: databases.2.account: got "444455556666", expected an account of accounts, with its profile or role: orders is a database of several accounts, and commands have to tell them apart',
    ])
  })

  it('of several databases is no consumer’s database', () => {
    expect(problems({ accounts, databases: everywhere, consumers: [aConsumer()] })).toEqual([
      'analytics: consumers.0.database: got "orders", expected nothing, and hostname, port and serviceZoneIds instead: several databases have this id',
    ])
  })

  it('that becomes one of several changes of what is deployed the ids of permissions, after which the seed looks again', () => {
    const templateOf = (databases: readonly Entry[], id: string): Template => {
      const app = new App({ autoSynth: false, builtinCloudFormationValidation: false, context: contextOfCdkJson() })
      addStacks(app, { settings: parse({ accounts, databases }), code: codeInline })
      return app.synth().getStackArtifact(id).template as Template
    }
    const [first = {}] = everywhere
    const alone = templateOf([first], 'Repoint-orders').Resources
    const together = templateOf(everywhere, 'Repoint-orders-111122223333-eu-west-1').Resources
    const kept = (resources: Template['Resources']) =>
      JSON.parse(
        JSON.stringify(resources)
          .replace(/AllowEventRule\w+/g, 'Permission')
          .replace(/"Declared":"\w+"/g, '"Declared":""'),
      ) as object
    expect(kept(together)).toEqual(kept(alone))
  })
})

describe('accounts', () => {
  it('say how each is reached, by a profile, a role, or both', () => {
    const role = { roleArn: 'arn:aws:iam::444455556666:role/ops/Repoint', externalId: 'fleet-1', profile: 'ops' }
    const accounts = { 111122223333: { profile: 'shop' }, 444455556666: role }
    expect(parse({ accounts, databases: [anInstance()] }).accounts).toEqual(accounts)
  })

  it.each([
    [{ 111122223333: {} }, 'accounts.111122223333: got {}, expected a profile, a roleArn, or both'],
    [[{ profile: 'shop' }], 'accounts: got [{"profile":"shop"}], expected accounts by their ids'],
    [{ 1: { profile: 'shop' } }, 'accounts.1: got {"profile":"shop"}, expected an AWS account id of 12 digits'],
    [
      { 111122223333: { roleArn: 'arn:aws:iam::444455556666:role/Repoint' } },
      'accounts.111122223333.roleArn: got "arn:aws:iam::444455556666:role/Repoint", expected a role of account 111122223333',
    ],
    [
      { 111122223333: { role: 'x', profile: 'shop' } },
      'accounts.111122223333.role: not a setting; did you mean roleArn?',
    ],
  ])('%j: %s', (accounts, sentence) => {
    expect(problems({ accounts, databases: [anInstance()] })).toEqual([sentence])
  })
})

describe('a file of several', () => {
  const whole = { defaults, vpcs: { shop }, files: ['accounts/shop.json', 'accounts/bank.json'] }
  const files = {
    'accounts/shop.json': { databases: [own('orders'), own('users')] },
    'accounts/bank.json': {
      defaults: { vpc: 'bank', frontDoor: { strategy: 'swap' } },
      vpcs: { bank },
      databases: [own('ledger')],
      consumers: [aConsumer({ account: '111122223333' })],
    },
  }

  it('has entries of its own, and what all have in common', () => {
    const settings = parse({ ...whole, databases: [own('first')] }, files)
    expect(settings.databases.map(it => [it.id, it.vpcId, it.frontDoor.strategy, settings.placeOf(it).file])).toEqual([
      ['first', shop.vpcId, 'standby', 'fleet/repoint.json'],
      ['orders', shop.vpcId, 'standby', 'fleet/accounts/shop.json'],
      ['users', shop.vpcId, 'standby', 'fleet/accounts/shop.json'],
      ['ledger', bank.vpcId, 'swap', 'fleet/accounts/bank.json'],
    ])
    expect(settings.consumers.map(it => settings.placeOf(it).file)).toEqual(['fleet/accounts/bank.json'])
  })

  it('is named by every problem of it', () => {
    const wrong = {
      'accounts/shop.json': { databases: [own('orders'), own('users', { port: 0 })], tags: {}, vpcs: { x: {} } },
      'accounts/bank.json': { ...files['accounts/bank.json'], defaults: { vpc: 'bank', port: '5432' } },
    }
    expect(problems(whole, wrong)).toEqual([
      'accounts/shop.json: tags: not a setting',
      'accounts/shop.json: vpcs.x.vpcId: missing, expected a VPC id such as vpc-0a1b2c3d4e5f60718',
      'accounts/shop.json: vpcs.x.subnets: missing, expected a list of subnets',
      'users: accounts/shop.json: databases.1.port: got 0, expected a port, 1 to 65535',
      'ledger: accounts/bank.json: defaults.port: got "5432", expected a port, 1 to 65535',
    ])
  })

  it('is told where it cannot be read', () => {
    expect(
      problems({ ...whole, databases: [own('orders')] }, { 'accounts/shop.json': '{', 'accounts/bank.json': '[]' }),
    ).toEqual([
      expect.stringContaining('accounts/shop.json: (file): got "Expected property name'),
      'accounts/bank.json: (file): got [], expected an object',
    ])
    expect(problems({ ...whole, databases: [own('orders')] })).toEqual([
      `accounts/shop.json: (file): got "ENOENT: no such file or directory, open 'fleet/accounts/shop.json'", expected a file that can be read`,
      `accounts/bank.json: (file): got "ENOENT: no such file or directory, open 'fleet/accounts/bank.json'", expected a file that can be read`,
    ])
  })

  it('has no id that another file has for the same account and Region', () => {
    const again = { ...files, 'accounts/bank.json': { databases: [own('orders')] } }
    expect(problems(whole, again)).toEqual([
      'orders: accounts/bank.json: databases.0.id: got "orders", expected an id that no other database of this account and Region has',
    ])
  })
})

const existing = {
  kind: 'existing',
  targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef',
}

function anInstanceAt(id: string, { account, region } = { account: '111122223333', region: 'eu-west-1' }): Entry {
  const zones = ['a', 'b'].map((zone, index) => ({ id: `subnet-0a1b2c3d4e5f6071${index}`, zone: `${region}${zone}` }))
  return anInstance({ ...own(id, {}, { account, region }), subnets: zones })
}
