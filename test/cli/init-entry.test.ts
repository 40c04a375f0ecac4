import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatabaseFacts } from '../../cli/facts/database.ts'
import type { ListedDatabase } from '../../cli/facts/find-database.ts'
import { known } from '../../cli/facts/gathered.ts'
import type { SubnetFacts } from '../../cli/facts/vpc.ts'
import { propose } from '../../cli/init/entry.ts'
import { withEntry, writeEntry } from '../../cli/init/write-entry.ts'
import { parseSettings } from '../../infra/app/settings.ts'

const home = 'arn:aws:rds:eu-west-1:111122223333'

const listed = (it: Partial<ListedDatabase> = {}): ListedDatabase => ({
  kind: 'instance',
  id: 'orders',
  arn: `${home}:db:orders`,
  engine: 'postgres',
  members: [],
  ...it,
})

const aCluster = (members: readonly string[]): ListedDatabase =>
  listed({ kind: 'cluster', id: 'ledger', arn: `${home}:cluster:ledger`, engine: 'aurora-postgresql', members })

const facts = (it: Partial<DatabaseFacts> = {}): DatabaseFacts => ({
  status: 'available',
  engine: 'postgres',
  isMultiAz: true,
  instances: 1,
  isPubliclyAccessible: false,
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  subnets: [],
  securityGroupIds: ['sg-0a1b2c3d4e5f60718'],
  endpoint: 'orders.abc123def456.eu-west-1.rds.amazonaws.com',
  port: 5432,
  parameterGroups: [],
  ...it,
})

const subnet = (number: number, zone: string, freeAddresses = 100): SubnetFacts => ({
  id: `subnet-0a1b2c3d4e5f6071${number}`,
  zone: `eu-west-1${zone}`,
  zoneId: `euw1-az${number}`,
  cidr: `10.0.${number}.0/24`,
  freeAddresses,
})
const subnets = [subnet(1, 'a'), subnet(2, 'b')]

const proposed = (database = listed(), about: Partial<DatabaseFacts> = {}, in_ = subnets) =>
  propose({ listed: database, database: known(facts(about)), subnets: known(in_) })

const unknown = { kind: 'unknown' as const, why: 'Not allowed: ec2:DescribeSubnets.', action: 'ec2:DescribeSubnets' }

describe('the entry of a database', () => {
  it('is valid, with a subnet in every zone, its security group and its networks', () => {
    const { entry, open } = proposed()

    expect(entry).toEqual({
      arn: `${home}:db:orders`,
      endpoint: 'orders.abc123def456.eu-west-1.rds.amazonaws.com',
      engine: 'postgres',
      port: 5432,
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      subnets: [
        { id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a', zoneId: 'euw1-az1', cidr: '10.0.1.0/24' },
        { id: 'subnet-0a1b2c3d4e5f60712', zone: 'eu-west-1b', zoneId: 'euw1-az2', cidr: '10.0.2.0/24' },
      ],
      allowedCidrs: ['10.0.1.0/24', '10.0.2.0/24'],
      frontDoor: { kind: 'create', strategy: 'swap', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718' },
    })
    expect(open).toEqual([])
    expect(parseSettings('new', withEntry('new', undefined, 'orders', entry)).databases).toHaveLength(1)
  })

  it('takes the subnet with the most room where a zone has several, and allows the networks of all', () => {
    const { entry, open } = proposed(listed(), {}, [subnet(1, 'a', 3), subnet(2, 'b'), subnet(3, 'a', 200)])

    expect(entry.subnets).toMatchObject([{ id: 'subnet-0a1b2c3d4e5f60713' }, { id: 'subnet-0a1b2c3d4e5f60712' }])
    expect(entry.allowedCidrs).toEqual(['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'])
    expect(open).toEqual([expect.stringContaining('subnet-0a1b2c3d4e5f60711 is a second subnet in eu-west-1a')])
  })

  it('leaves the choice of one of several security groups to a person', () => {
    const { entry, open } = proposed(listed(), { securityGroupIds: ['sg-1', 'sg-2'] })

    expect(entry.frontDoor).toEqual({ kind: 'create', strategy: 'swap' })
    expect(open).toEqual([expect.stringContaining('several security groups (sg-1, sg-2)')])
  })

  it('lists members whose names the cluster’s own does not tell', () => {
    expect(proposed(aCluster(['ledger-1', 'ledger-2'])).entry).not.toHaveProperty('members')
    expect(proposed(aCluster(['ledger-1', 'blue'])).entry.members).toEqual(['ledger-1', 'blue'])
  })

  it('puts the function into the VPC of a publicly accessible database', () => {
    const { entry, open } = proposed(listed(), { isPubliclyAccessible: true })

    expect(entry).toMatchObject({ publiclyAccessible: true, network: { mode: 'in-vpc' } })
    expect(open).toEqual([expect.stringContaining('publicly accessible')])
    expect(parseSettings('new', withEntry('new', undefined, 'orders', entry)).databases).toHaveLength(1)
  })

  it('names the proxy, whose ARN does not', () => {
    const proxy = listed({ kind: 'proxy', id: 'pool', arn: `${home}:db-proxy:prx-0a1b2c3d4e5f60718`, engine: 'MYSQL' })
    expect(proposed(proxy).entry).toMatchObject({ id: 'pool', engine: 'mysql' })
  })

  it.each([
    ['sqlserver-ee', 'sqlserver'],
    ['oracle-se2', 'oracle'],
    ['custom-oracle-ee', 'oracle'],
    ['db2-ae', 'db2'],
    ['aurora-mysql', 'aurora-mysql'],
    ['docdb', 'other'],
    ['neptune', 'other'],
    ['cassandra', undefined],
  ])('reads RDS’s engine %s as %s', (engine, expected) => {
    expect(proposed(listed({ engine })).entry.engine).toBe(expected)
  })

  it('says what could not be read, and makes nothing of it', () => {
    const { entry, open } = propose({ listed: listed(), database: known(facts()), subnets: unknown })

    expect(entry).not.toHaveProperty('subnets')
    expect(entry).not.toHaveProperty('allowedCidrs')
    expect(open).toEqual(['The subnets could not be read: Not allowed: ec2:DescribeSubnets.'])
  })
})

describe('the recommended strategy', () => {
  it.each([
    ['standby for a Multi-AZ instance', listed(), {}, 'standby'],
    ['swap for SQL Server', listed({ engine: 'sqlserver-ee' }), {}, 'swap'],
    ['swap for a Single-AZ instance', listed(), { isMultiAz: false }, 'swap'],
    ['weighted for a cluster with a reader', aCluster(['ledger-1', 'ledger-2']), {}, 'weighted'],
    ['swap for a cluster without', aCluster(['ledger-1']), {}, 'swap'],
    ['swap for a proxy', listed({ kind: 'proxy', engine: 'MYSQL' }), {}, 'swap'],
  ] as const)('is %s', (_, database, about, take) => {
    expect(proposed(database, about).strategy.take).toBe(take)
  })

  it('is swap where it could not be read whether there is a standby', () => {
    expect(propose({ listed: listed(), database: unknown, subnets: unknown }).strategy.take).toBe('swap')
  })

  it('is never what is written before a drill', () => {
    expect(proposed().entry.frontDoor).toMatchObject({ strategy: 'swap' })
  })
})

describe('the settings file', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'repoint-init-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('gets the entry behind those that it has, and keeps everything else', () => {
    const file = join(folder, 'two.json')
    writeFileSync(file, withEntry(file, undefined, 'orders', proposed().entry))
    const before = readFileSync(file, 'utf8')
    const endpoint = 'ledger.cluster-abc123def456.eu-west-1.rds.amazonaws.com'
    const { entry } = proposed(aCluster(['ledger-1']), { endpoint })
    const frontDoor = { ...(entry.frontDoor as object), databaseSecurityGroupId: 'sg-0d1b2c3d4e5f60718' }
    writeEntry(file, 'ledger', { ...entry, frontDoor })

    expect(readFileSync(file, 'utf8').startsWith(before.trimEnd().slice(0, -4).trimEnd())).toBe(true)
    expect(parseSettings(file, readFileSync(file, 'utf8')).databases.map(({ id }) => id)).toEqual(['orders', 'ledger'])
  })

  it('gets the entry behind its own, not behind those of its other files; one of the name elsewhere is no obstacle', () => {
    const part = join(folder, 'part.json')
    const file = join(folder, 'first.json')
    const { entry } = proposed()
    const elsewhere = {
      ...entry,
      arn: `${home}:db:orders`.replace('eu-west-1', 'eu-central-1'),
      endpoint: `${entry.endpoint}`.replace('eu-west-1', 'eu-central-1'),
      subnets: [{ id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-central-1a' }],
      frontDoor: { kind: 'create', databaseSecurityGroupId: false },
    }
    writeFileSync(part, JSON.stringify({ databases: [elsewhere] }))
    writeFileSync(file, JSON.stringify({ files: ['part.json'] }))
    writeEntry(file, 'orders', entry)

    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ files: ['part.json'], databases: [entry] })
  })

  it('stays as it is where two stacks would make the same rules in one security group', () => {
    const file = join(folder, 'shared.json')
    const text = withEntry(file, undefined, 'orders', proposed().entry)
    writeFileSync(file, text)

    expect(() => writeEntry(file, 'ledger', proposed(aCluster(['ledger-1'])).entry)).toThrow('a rule has one owner')
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('that knows the database stays as it is', () => {
    const file = join(folder, 'known.json')
    const text = withEntry(file, undefined, 'orders', proposed().entry)
    writeFileSync(file, text)

    expect(() => writeEntry(file, 'orders', proposed().entry)).toThrow('an entry for orders already')
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('that would not be valid is not written', () => {
    const file = join(folder, 'none.json')
    const { entry } = propose({ listed: listed(), database: unknown, subnets: unknown })

    expect(() => writeEntry(file, 'orders', entry)).toThrow('databases.0.endpoint')
    expect(() => readFileSync(file)).toThrow('ENOENT')
  })

  it('that cannot be read is not replaced', () => {
    const file = join(folder, 'broken.json')
    writeFileSync(file, '{ "databases": [')

    expect(() => writeEntry(file, 'orders', proposed().entry)).toThrow('JSON')
    expect(readFileSync(file, 'utf8')).toBe('{ "databases": [')
  })
})
