import { DescribeNetworkInterfacesCommand, EC2Client, type NetworkInterface } from '@aws-sdk/client-ec2'
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { createInterfaces } from '../../functions/reconciler/adapters/ec2.ts'
import { awsFault } from '../contract/elbv2-double.ts'

const ec2Client = new EC2Client({ region: 'eu-west-1' })
const rdsClient = new RDSClient({ region: 'eu-west-1' })
const ec2 = mockClient(ec2Client)
const rds = mockClient(rdsClient)
const interfaces = createInterfaces(ec2Client, rdsClient)

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

const inputs = () => ec2.calls().map(call => call.args[0].input)

beforeEach(() => {
  ec2.reset()
  ec2.onAnyCommand().rejects(new Error('a command that this test does not expect'))
  rds.reset()
  rds.onAnyCommand().rejects(new Error('a command that this test does not expect'))
})

describe('the owners of addresses', () => {
  it('are asked for by every address of an interface, the secondary ones too', async () => {
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [] })

    expect(await interfaces.owners(['10.0.1.10', '10.0.2.20'])).toEqual([])
    expect(inputs()).toEqual([
      { Filters: [{ Name: 'addresses.private-ip-address', Values: ['10.0.1.10', '10.0.2.20'] }] },
    ])
  })

  it('are given with interface, subnet, requester and security groups', async () => {
    ec2.on(DescribeNetworkInterfacesCommand).resolves({
      NetworkInterfaces: [
        eni('eni-1', ['10.0.1.10'], { Groups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] }),
        eni('eni-2', ['10.0.2.20'], { SubnetId: 'subnet-2' }),
      ],
    })

    expect(await interfaces.owners(['10.0.1.10', '10.0.2.20'])).toEqual([
      owned('eni-1', '10.0.1.10', { securityGroupIds: ['sg-1', 'sg-2'] }),
      owned('eni-2', '10.0.2.20', { subnetId: 'subnet-2' }),
    ])
  })

  it('leave out the other addresses of an interface', async () => {
    ec2
      .on(DescribeNetworkInterfacesCommand)
      .resolves({ NetworkInterfaces: [eni('eni-1', ['10.0.1.9', '10.0.1.10', '10.0.1.11'])] })

    expect(await interfaces.owners(['10.0.1.10'])).toEqual([owned('eni-1', '10.0.1.10')])
  })

  it('of an interface that nobody requested have no requester: it is not one of RDS', async () => {
    const { RequesterId: _, ...plain } = eni('eni-9', ['10.0.1.10'])
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [plain] })

    expect(await interfaces.owners(['10.0.1.10'])).toEqual([owned('eni-9', '10.0.1.10', { requesterId: '' })])
  })

  it('are read to the last page', async () => {
    const Filters = [{ Name: 'addresses.private-ip-address', Values: ['10.0.1.10', '10.0.2.20'] }]
    ec2
      .on(DescribeNetworkInterfacesCommand)
      .rejects(new Error('a page that was not announced'))
      .on(DescribeNetworkInterfacesCommand, { Filters }, true)
      .resolves({ NetworkInterfaces: [eni('eni-1', ['10.0.1.10'])], NextToken: 'page 2' })
      .on(DescribeNetworkInterfacesCommand, { Filters, NextToken: 'page 2' }, true)
      .resolves({ NetworkInterfaces: [eni('eni-2', ['10.0.2.20'])] })

    expect((await interfaces.owners(['10.0.1.10', '10.0.2.20'])).map(({ interfaceId }) => interfaceId)).toEqual([
      'eni-1',
      'eni-2',
    ])
  })

  it.each([
    ['UnauthorizedOperation', 'AwsError', 'access-denied'],
    ['RequestLimitExceeded', 'TransientError', 'throttled'],
  ])('that AWS answers by %s are a %s', async (code, name, kind) => {
    ec2.on(DescribeNetworkInterfacesCommand).rejects(awsFault(code))

    await expect(interfaces.owners(['10.0.1.10'])).rejects.toMatchObject({ name, kind })
  })

  it('that AWS denies name the action as a policy does', async () => {
    ec2.on(DescribeNetworkInterfacesCommand).rejects(awsFault('UnauthorizedOperation', 'not authorized', 403))

    await expect(interfaces.owners(['10.0.1.10'])).rejects.toThrow('Allow ec2:DescribeNetworkInterfaces')
  })
})

describe('the neighbourhood of an instance', () => {
  const instance = (id: string, groups: readonly string[], MultiAZ = false) => ({
    DBInstanceIdentifier: id,
    MultiAZ,
    VpcSecurityGroups: groups.map(VpcSecurityGroupId => ({ VpcSecurityGroupId, Status: 'active' })),
  })

  it('is every interface of RDS in its security groups, its own included', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [instance('orders', ['sg-1', 'sg-2'], true)] })
    ec2.on(DescribeNetworkInterfacesCommand).resolves({
      NetworkInterfaces: [eni('eni-1', ['10.0.1.10']), eni('eni-2', ['10.0.2.20'])],
    })

    expect(await interfaces.neighbourhood('Orders')).toEqual({
      isMultiAz: true,
      sharedWith: [],
      interfaces: [owned('eni-1', '10.0.1.10'), owned('eni-2', '10.0.2.20')],
    })
    expect(inputs()).toEqual([
      {
        Filters: [
          { Name: 'requester-id', Values: ['amazon-rds'] },
          { Name: 'group-id', Values: ['sg-1', 'sg-2'] },
        ],
      },
    ])
  })

  it('names the other databases that use one of its groups, on whichever page they are', async () => {
    rds
      .on(DescribeDBInstancesCommand)
      .rejects(new Error('a page that was not announced'))
      .on(DescribeDBInstancesCommand, {}, true)
      .resolves({ DBInstances: [instance('orders', ['sg-1', 'sg-2']), instance('far', ['sg-9'])], Marker: 'page-2' })
      .on(DescribeDBInstancesCommand, { Marker: 'page-2' }, true)
      .resolves({ DBInstances: [instance('invoices', ['sg-9', 'sg-2'])] })
    ec2.on(DescribeNetworkInterfacesCommand).resolves({})

    expect(await interfaces.neighbourhood('orders')).toEqual({
      isMultiAz: false,
      sharedWith: ['invoices'],
      interfaces: [],
    })
  })

  it('of an instance that RDS does not list is an error that names the setting', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [instance('invoices', ['sg-1'])] })

    await expect(interfaces.neighbourhood('orders')).rejects.toThrow('database.id')
  })

  it('that AWS denies names the action as a policy does', async () => {
    rds.on(DescribeDBInstancesCommand).rejects(awsFault('AccessDenied', 'not authorized', 403))

    await expect(interfaces.neighbourhood('orders')).rejects.toThrow('Allow rds:DescribeDBInstances')
  })
})
