import { DescribeNetworkInterfacesCommand, EC2Client, type NetworkInterface } from '@aws-sdk/client-ec2'
import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { createInterfaces } from '../../functions/reconciler/adapters/ec2.ts'
import { awsFault } from '../contract/elbv2-double.ts'

const ec2Client = new EC2Client({ region: 'eu-west-1' })
const rdsClient = new RDSClient({ region: 'eu-west-1' })
const ec2 = mockClient(ec2Client)
const rds = mockClient(rdsClient)
let interfaces = createInterfaces(ec2Client, rdsClient)

const eni = (id: string, ips: readonly string[], more: NetworkInterface = {}): NetworkInterface => ({
  NetworkInterfaceId: id,
  SubnetId: 'subnet-1',
  RequesterId: 'amazon-rds',
  Groups: [{ GroupId: 'sg-1' }],
  PrivateIpAddresses: ips.map(PrivateIpAddress => ({ PrivateIpAddress })),
  ...more,
})

const owned = (interfaceId: string, ip: string, more: object = {}) => ({
  ...{ ip, interfaceId, subnetId: 'subnet-1', requesterId: 'amazon-rds', securityGroupIds: ['sg-1'] },
  ...more,
})

const filters = (...Values: string[]) => [
  { Name: 'addresses.private-ip-address', Values },
  { Name: 'vpc-id', Values: ['vpc-orders'] },
]

const inputs = () => ec2.calls().map(call => call.args[0].input)

beforeEach(() => {
  ec2.reset()
  ec2.onAnyCommand().rejects(new Error('a command that this test does not expect'))
  rds.reset()
  rds.onAnyCommand().rejects(new Error('a command that this test does not expect'))
  interfaces = createInterfaces(ec2Client, rdsClient)
})

const instance = (id: string, groups: readonly string[], MultiAZ = false) => ({
  DBInstanceIdentifier: id,
  MultiAZ,
  VpcSecurityGroups: groups.map(VpcSecurityGroupId => ({ VpcSecurityGroupId, Status: 'active' })),
  DBSubnetGroup: { VpcId: 'vpc-orders' },
})

describe('the owners of addresses', () => {
  beforeEach(() => {
    rds
      .on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'orders' })
      .resolves({ DBInstances: [instance('orders', ['sg-1'])] })
  })

  it('are asked for in the VPC of the instance, which is asked for once', async () => {
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [eni('eni-1', ['10.0.1.10'])] })

    await interfaces.owners(['10.0.1.10'], 'orders')
    await interfaces.owners(['10.0.1.10'], 'orders')

    expect(rds.calls()).toHaveLength(1)
    expect(inputs()).toEqual([{ Filters: filters('10.0.1.10') }, { Filters: filters('10.0.1.10') }])
  })

  it('have their VPC asked for again when nothing is found in it: the instance may have moved', async () => {
    ec2.on(DescribeNetworkInterfacesCommand).resolves({})

    await interfaces.owners(['10.0.1.10'], 'orders')
    await interfaces.owners(['10.0.1.10'], 'orders')

    expect(rds.calls()).toHaveLength(2)
  })

  it('are not known where RDS names no VPC: another VPC may have the same addresses', async () => {
    const { DBSubnetGroup: _, ...nowhere } = instance('orders', ['sg-1'])
    rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'orders' }).resolves({ DBInstances: [nowhere] })

    expect(await interfaces.owners(['10.0.1.10'], 'orders')).toBeUndefined()
    expect(inputs()).toEqual([])
  })

  it('are asked for by every address of an interface, the secondary ones too', async () => {
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [] })

    expect(await interfaces.owners(['10.0.1.10', '10.0.2.20'], 'orders')).toEqual([])
    expect(inputs()).toEqual([{ Filters: filters('10.0.1.10', '10.0.2.20') }])
  })

  it('are given with interface, subnet, requester and security groups', async () => {
    ec2.on(DescribeNetworkInterfacesCommand).resolves({
      NetworkInterfaces: [
        eni('eni-1', ['10.0.1.10'], { Groups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] }),
        eni('eni-2', ['10.0.2.20'], { SubnetId: 'subnet-2' }),
      ],
    })

    expect(await interfaces.owners(['10.0.1.10', '10.0.2.20'], 'orders')).toEqual([
      owned('eni-1', '10.0.1.10', { securityGroupIds: ['sg-1', 'sg-2'] }),
      owned('eni-2', '10.0.2.20', { subnetId: 'subnet-2' }),
    ])
  })

  it('leave out the other addresses of an interface', async () => {
    ec2
      .on(DescribeNetworkInterfacesCommand)
      .resolves({ NetworkInterfaces: [eni('eni-1', ['10.0.1.9', '10.0.1.10', '10.0.1.11'])] })

    expect(await interfaces.owners(['10.0.1.10'], 'orders')).toEqual([owned('eni-1', '10.0.1.10')])
  })

  it('of an interface that nobody requested have no requester: it is not one of RDS', async () => {
    const { RequesterId: _, ...plain } = eni('eni-9', ['10.0.1.10'])
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [plain] })

    expect(await interfaces.owners(['10.0.1.10'], 'orders')).toEqual([owned('eni-9', '10.0.1.10', { requesterId: '' })])
  })

  it.each<[string, NetworkInterface]>([
    ['id', { ...eni('eni-1', ['10.0.1.10']), NetworkInterfaceId: undefined }],
    ['subnet', { ...eni('eni-1', ['10.0.1.10']), SubnetId: undefined }],
    ['list of addresses', { ...eni('eni-1', []), PrivateIpAddresses: undefined }],
    ['address', eni('eni-1', [''])],
  ])('leave out an interface without %s', async (_what, NetworkInterface) => {
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [NetworkInterface] })

    expect(await interfaces.owners(['10.0.1.10', ''], 'orders')).toEqual([])
  })

  it.each([
    ['list of groups', { Groups: undefined }],
    ['group id', { Groups: [{ GroupName: 'default' }] }],
  ])('without %s have no security group', async (_what, more) => {
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [eni('eni-1', ['10.0.1.10'], more)] })

    expect(await interfaces.owners(['10.0.1.10'], 'orders')).toEqual([
      owned('eni-1', '10.0.1.10', { securityGroupIds: [] }),
    ])
  })

  it('are read to the last page', async () => {
    const Filters = filters('10.0.1.10', '10.0.2.20')
    ec2
      .on(DescribeNetworkInterfacesCommand)
      .rejects(new Error('a page that was not announced'))
      .on(DescribeNetworkInterfacesCommand, { Filters }, true)
      .resolves({ NetworkInterfaces: [eni('eni-1', ['10.0.1.10'])], NextToken: 'page 2' })
      .on(DescribeNetworkInterfacesCommand, { Filters, NextToken: 'page 2' }, true)
      .resolves({ NetworkInterfaces: [eni('eni-2', ['10.0.2.20'])] })

    expect(
      (await interfaces.owners(['10.0.1.10', '10.0.2.20'], 'orders'))?.map(({ interfaceId }) => interfaceId),
    ).toEqual(['eni-1', 'eni-2'])
  })

  it.each([
    ['UnauthorizedOperation', 'AwsError', 'access-denied'],
    ['RequestLimitExceeded', 'TransientError', 'throttled'],
  ])('that AWS answers by %s are a %s', async (code, name, kind) => {
    ec2.on(DescribeNetworkInterfacesCommand).rejects(awsFault(code))

    await expect(interfaces.owners(['10.0.1.10'], 'orders')).rejects.toMatchObject({ name, kind })
  })

  it('that AWS denies name the action as a policy does', async () => {
    ec2.on(DescribeNetworkInterfacesCommand).rejects(awsFault('UnauthorizedOperation', 'not authorized', 403))

    await expect(interfaces.owners(['10.0.1.10', '10.0.2.20'], 'orders')).rejects.toThrow(
      "ec2:DescribeNetworkInterfaces on 10.0.1.10, 10.0.2.20, vpc-orders: UnauthorizedOperation: not authorized. Allow ec2:DescribeNetworkInterfaces to the function's role",
    )
  })
})

describe('the neighbourhood of an instance', () => {
  const asked = () => rds.calls().map(call => call.args[0].input)
  const list = (found: ReturnType<typeof instance>, ...pages: ReturnType<typeof instance>[][]) => {
    rds
      .on(DescribeDBInstancesCommand)
      .rejects(new Error('a page that was not announced'))
      .on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'orders' }, true)
      .resolves({ DBInstances: [found], Marker: 'of no use' })
    for (const [index, DBInstances] of pages.entries()) {
      const input = index === 0 ? {} : { Marker: `page-${index}` }
      const next = index + 1 < pages.length ? { Marker: `page-${index + 1}` } : {}
      rds.on(DescribeDBInstancesCommand, input, true).resolves({ DBInstances, ...next })
    }
  }
  const pair = [eni('eni-1', ['10.0.1.10']), eni('eni-2', ['10.0.2.20'])]

  it('is every interface of RDS in its security groups, its own included', async () => {
    const ours = instance('Orders', ['sg-1', 'sg-2'], true)
    list(ours, [ours])
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: pair })

    expect(await interfaces.neighbourhood('orders')).toEqual({
      isMultiAz: true,
      sharedWith: [],
      interfaces: [owned('eni-1', '10.0.1.10'), owned('eni-2', '10.0.2.20')],
    })
    expect(inputs()).toEqual([
      {
        Filters: [
          { Name: 'requester-id', Values: ['amazon-rds'] },
          { Name: 'group-id', Values: ['sg-1', 'sg-2'] },
          { Name: 'vpc-id', Values: ['vpc-orders'] },
        ],
      },
    ])
  })

  it('is not known where RDS names no VPC', async () => {
    const { DBSubnetGroup: _, ...nowhere } = instance('orders', ['sg-1'], true)
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [nowhere] })

    expect(await interfaces.neighbourhood('orders')).toBeUndefined()
    expect(inputs()).toEqual([])
  })

  it('names the other databases that use one of its groups, on whichever page they are', async () => {
    const ours = instance('orders', ['sg-1', 'sg-2'])
    list(ours, [ours, instance('far', ['sg-9'])], [instance('invoices', ['sg-9', 'sg-2'])])
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: pair })

    expect(await interfaces.neighbourhood('orders')).toMatchObject({ isMultiAz: false, sharedWith: ['invoices'] })
  })

  it.each([
    ['one interface', pair.slice(0, 1)],
    ['three interfaces', [...pair, eni('eni-3', ['10.0.3.30'])]],
  ])('with %s does not ask for the databases of the account: they decide nothing', async (_what, NetworkInterfaces) => {
    list(instance('orders', ['sg-1'], true))
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces })

    expect(await interfaces.neighbourhood('orders')).not.toHaveProperty('sharedWith')
    expect(asked()).toEqual([{ DBInstanceIdentifier: 'orders' }])
  })

  it('counts a database that has no name, and none without groups', async () => {
    const ours = instance('orders', ['sg-1'])
    const { DBInstanceIdentifier: _, ...unnamed } = instance('x', ['sg-1'])
    const groupless = { DBInstanceIdentifier: 'old', VpcSecurityGroups: undefined }
    const nameless = { DBInstanceIdentifier: 'new', VpcSecurityGroups: [{ Status: 'active' }] }
    list(ours, [ours, unnamed, groupless, nameless] as ReturnType<typeof instance>[])
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: pair })

    expect(await interfaces.neighbourhood('orders')).toMatchObject({ sharedWith: ['unnamed'] })
  })

  it('that AWS denies for the databases of the account says so', async () => {
    list(instance('orders', ['sg-1']))
    rds.on(DescribeDBInstancesCommand, {}, true).rejects(awsFault('AccessDenied', 'not authorized', 403))
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: pair })

    await expect(interfaces.neighbourhood('orders')).rejects.toThrow('rds:DescribeDBInstances on *: AccessDenied')
  })

  it.each([
    ['another one', { DBInstances: [instance('invoices', ['sg-1'])] }],
    ['one without a name', { DBInstances: [{}] }],
    ['nothing', {}],
  ])('of an instance for which RDS lists %s is an error that names the setting', async (_what, answer) => {
    rds.on(DescribeDBInstancesCommand).resolves(answer)

    await expect(interfaces.neighbourhood('orders')).rejects.toMatchObject({
      name: 'AwsError',
      kind: 'not-found',
      message: 'rds:DescribeDBInstances did not list orders. Check database.id in the configuration.',
    })
  })

  it('that AWS denies names the action as a policy does', async () => {
    rds.on(DescribeDBInstancesCommand).rejects(awsFault('AccessDenied', 'not authorized', 403))

    await expect(interfaces.neighbourhood('orders')).rejects.toThrow('Allow rds:DescribeDBInstances')
  })
})

describe('whose a new address is', () => {
  const cluster = { kind: 'cluster', id: 'orders' } as const
  const orders = { kind: 'instance', id: 'orders' } as const
  const asked = () => rds.calls().map(call => call.args[0].input)
  const here = (id: string, ip: string, more: NetworkInterface = {}) => eni(id, [ip], { VpcId: 'vpc-orders', ...more })
  const shows = (...NetworkInterfaces: NetworkInterface[]) =>
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces })

  beforeEach(() => {
    rds
      .on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'orders' })
      .resolves({ DBInstances: [instance('orders', ['sg-1'])] })
      .on(DescribeDBClustersCommand, { DBClusterIdentifier: 'orders' })
      .resolves({ DBClusters: [{ VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1', Status: 'active' }] }] })
  })

  it.each([orders, cluster])('takes one call to EC2 for all addresses of $kind $id', async database => {
    shows(here('eni-1', '10.0.1.10'), here('eni-2', '10.0.2.20'))

    expect(await interfaces.ownership(['10.0.1.10', '10.0.2.20'], database)).toEqual(
      new Map([
        ['10.0.1.10', { proof: 'proved', interfaceId: 'eni-1' }],
        ['10.0.2.20', { proof: 'proved', interfaceId: 'eni-2' }],
      ]),
    )
    expect(inputs()).toEqual([
      { Filters: [{ Name: 'addresses.private-ip-address', Values: ['10.0.1.10', '10.0.2.20'] }] },
    ])
    expect(rds.commandCalls(DescribeDBClustersCommand)).toHaveLength(database === cluster ? 1 : 0)
    expect(asked()).toHaveLength(1)
  })

  /** What EC2 shows at the addresses, and of RDS in the database's security groups. */
  const showsOf = (there: NetworkInterface[], visible: NetworkInterface[]) => {
    shows(...there)
    ec2
      .on(DescribeNetworkInterfacesCommand, {
        Filters: [
          { Name: 'requester-id', Values: ['amazon-rds'] },
          { Name: 'group-id', Values: ['sg-1'] },
        ],
      })
      .resolves({ NetworkInterfaces: visible })
  }
  const ownership = async (ip: string, database: typeof orders | typeof cluster = orders) =>
    (await interfaces.ownership(['10.0.1.10', ip], database)).get(ip)

  it('is told for each address by itself', async () => {
    showsOf([here('eni-1', '10.0.1.10')], [here('eni-1', '10.0.1.10')])

    expect(await ownership('10.0.9.66')).toMatchObject({ proof: 'disproved' })
    expect(asked()).toHaveLength(1)
  })

  it('is not proved by the same groups in another VPC, or in none', async () => {
    const abroad = [
      here('eni-1', '10.0.1.10', { VpcId: 'vpc-other' }),
      here('eni-2', '10.0.2.20', { VpcId: undefined }),
    ]
    showsOf(abroad, [])

    expect(await ownership('10.0.1.10')).toMatchObject({ proof: 'unanswered' })
    expect(await ownership('10.0.2.20')).toMatchObject({ proof: 'unanswered' })
  })

  it('is proved in whichever VPC where RDS names none', async () => {
    const { DBSubnetGroup: _, ...nowhere } = instance('orders', ['sg-1'])
    rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'orders' }).resolves({ DBInstances: [nowhere] })
    showsOf([here('eni-1', '10.0.1.10')], [])

    expect(await ownership('10.0.1.10')).toMatchObject({ proof: 'proved' })
  })

  it.each<[string, typeof orders | typeof cluster, object]>([
    ['an instance without groups', orders, { DBInstances: [{ DBInstanceIdentifier: 'orders' }] }],
    [
      'an instance with a group without id',
      orders,
      { DBInstances: [{ ...instance('orders', []), VpcSecurityGroups: [{}] }] },
    ],
    ['no cluster', cluster, {}],
    ['a cluster without groups', cluster, { DBClusters: [{ DBClusterIdentifier: 'orders' }] }],
  ])('is not known where RDS shows %s, and nothing else is asked', async (_what, database, answer) => {
    rds.on(DescribeDBInstancesCommand).resolves(answer).on(DescribeDBClustersCommand).resolves(answer)
    shows(here('eni-1', '10.0.1.10'))

    expect(await ownership('10.0.1.10', database)).toEqual({
      proof: 'unanswered',
      why: 'RDS does not say which security groups it has',
    })
    expect(inputs()).toHaveLength(1)
  })

  it('counts a group of which RDS says no status', async () => {
    const groups = [{ VpcSecurityGroupId: 'sg-1' }]
    rds
      .on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'orders' })
      .resolves({ DBInstances: [{ ...instance('orders', []), VpcSecurityGroups: groups }] })
    showsOf([here('eni-1', '10.0.1.10')], [])

    expect(await ownership('10.0.1.10')).toMatchObject({ proof: 'proved' })
  })

  it('of a cluster that AWS denies names the action as a policy does', async () => {
    rds.on(DescribeDBClustersCommand).rejects(awsFault('AccessDenied', 'not authorized', 403))
    shows()

    await expect(ownership('10.0.1.10', cluster)).rejects.toThrow('rds:DescribeDBClusters on orders: AccessDenied')
  })

  it('asks RDS once where the database is, and again when that no longer proves an address', async () => {
    shows(here('eni-1', '10.0.1.10'))
    await interfaces.ownership(['10.0.1.10'], orders)
    await interfaces.ownership(['10.0.1.10'], orders)
    expect(asked()).toHaveLength(1)

    rds
      .on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'orders' })
      .resolves({ DBInstances: [instance('orders', ['sg-2'])] })
    shows(here('eni-2', '10.0.2.20', { Groups: [{ GroupId: 'sg-2' }] }))

    expect((await interfaces.ownership(['10.0.2.20'], orders)).get('10.0.2.20')).toMatchObject({ proof: 'proved' })
  })

  it.each<[what: string, shown: readonly NetworkInterface[], proof: string]>([
    ['the database', [here('eni-1', '10.0.1.10')], 'disproved'],
    ['nothing of the database', [], 'unanswered'],
  ])('that nobody has is told by whether EC2 shows %s at all', async (_, NetworkInterfaces, proof) => {
    shows()
    ec2
      .on(DescribeNetworkInterfacesCommand, {
        Filters: [
          { Name: 'requester-id', Values: ['amazon-rds'] },
          { Name: 'group-id', Values: ['sg-1'] },
        ],
      })
      .resolves({ NetworkInterfaces: [...NetworkInterfaces] })

    expect((await interfaces.ownership(['10.0.9.66'], orders)).get('10.0.9.66')).toMatchObject({ proof })
  })

  it('counts no group that RDS is still adding', async () => {
    const adding = { VpcSecurityGroupId: 'sg-new', Status: 'adding' }
    const found = instance('orders', ['sg-1'])
    rds
      .on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'orders' })
      .resolves({ DBInstances: [{ ...found, VpcSecurityGroups: [...found.VpcSecurityGroups, adding] }] })
    shows(here('eni-1', '10.0.1.10'))

    expect((await interfaces.ownership(['10.0.1.10'], orders)).get('10.0.1.10')).toMatchObject({ proof: 'proved' })
  })

  it.each([
    ['RequestLimitExceeded', 503, { name: 'TransientError', kind: 'throttled' }],
    ['UnauthorizedOperation', 403, { name: 'AwsError', kind: 'access-denied' }],
  ] as const)('that EC2 answers with %s is an error', async (code, status, error) => {
    ec2.on(DescribeNetworkInterfacesCommand).rejects(awsFault(code, 'no', status))
    await expect(interfaces.ownership(['10.0.1.10'], orders)).rejects.toMatchObject(error)
  })
})
