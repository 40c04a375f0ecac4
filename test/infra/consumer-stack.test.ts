import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { aConsumer, anInstance, onlyResource, synthesizeEntries } from './settings-fixture.ts'

const templates = synthesizeEntries(
  [anInstance()],
  [
    aConsumer(),
    aConsumer({
      name: 'abroad',
      vpcId: 'vpc-0a0a0a0a0a0a0a0a0',
      region: 'eu-central-1',
      serviceRegion: 'eu-west-1',
      subnets: [{ id: 'subnet-0f1e2d3c4b5a69783', zone: 'eu-central-1a', zoneId: 'euc1-az1' }],
    }),
    aConsumer({
      name: 'peered',
      peeredVpcIds: ['vpc-0b0b0b0b0b0b0b0b0'],
      inboundResolver: { clientCidrs: ['10.8.0.0/16', '192.168.0.0/16'] },
      readerPort: 5433,
    }),
    aConsumer({
      name: 'renamed',
      database: undefined,
      hostname: 'orders.abc123def456.eu-west-1.rds.amazonaws.com',
      port: 15432,
      serviceZoneIds: ['euw1-az3'],
      clientCidrs: [],
      clientSecurityGroupIds: ['sg-0f1e2d3c4b5a69781'],
      dnsName: 'orders.internal.example.com',
    }),
  ],
)
const template = (name: string) => templates[`Repoint-consumer-${name}`] as Template
const endpoint = (name: string) => onlyResource(template(name), 'AWS::EC2::VPCEndpoint').properties

describe('a consumer', () => {
  it('has the same stack from a file of its own, where it says what the database’s entry would', () => {
    const own = aConsumer({
      database: undefined,
      hostname: 'orders.abc123def456.eu-west-1.rds.amazonaws.com',
      port: 5432,
      serviceZoneIds: ['euw1-az1', 'euw1-az2'],
    })
    const alone = synthesizeEntries([], [own])
    expect(Object.keys(alone)).toEqual(['Repoint-consumer-analytics'])
    expect(alone['Repoint-consumer-analytics']?.toJSON()).toEqual(template('analytics').toJSON())
  })

  it('has its endpoint in the zones that the service has too, by zone id', () => {
    expect(endpoint('analytics')).toMatchObject({
      VpcEndpointType: 'Interface',
      ServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718',
      SubnetIds: ['subnet-0f1e2d3c4b5a69781'],
      PrivateDnsEnabled: false,
    })
    expect(endpoint('renamed').SubnetIds).toEqual(['subnet-0f1e2d3c4b5a69782'])
  })

  it('in another Region needs no common zone', () => {
    expect(endpoint('abroad')).toMatchObject({ ServiceRegion: 'eu-west-1', SubnetIds: ['subnet-0f1e2d3c4b5a69783'] })
  })

  it('resolves the RDS endpoint’s very name to its own endpoint', () => {
    expect(onlyResource(template('analytics'), 'AWS::Route53::HostedZone').properties).toMatchObject({
      Name: 'orders.abc123def456.eu-west-1.rds.amazonaws.com.',
      VPCs: [{ VPCId: 'vpc-0f1e2d3c4b5a69788', VPCRegion: 'eu-west-1' }],
    })
    const record = onlyResource(template('analytics'), 'AWS::Route53::RecordSet').properties
    expect(record).toMatchObject({ Name: 'orders.abc123def456.eu-west-1.rds.amazonaws.com', Type: 'A' })
    expect(JSON.stringify(record.AliasTarget)).toContain('"Fn::GetAtt":["Endpoint","DnsEntries"]')
  })

  it('resolves it in the VPCs that are routed to its own, too', () => {
    expect(onlyResource(template('peered'), 'AWS::Route53::HostedZone').properties.VPCs).toEqual([
      { VPCId: expect.stringMatching(/^vpc-[0-9a-f]+$/), VPCRegion: 'eu-west-1' },
      { VPCId: 'vpc-0b0b0b0b0b0b0b0b0', VPCRegion: 'eu-west-1' },
    ])
  })

  it('answers networks that forward the name to it, in every subnet and on port 53 alone', () => {
    const { properties } = onlyResource(template('peered'), 'AWS::Route53Resolver::ResolverEndpoint')
    expect(properties).toMatchObject({
      Direction: 'INBOUND',
      IpAddresses: [{ SubnetId: 'subnet-0f1e2d3c4b5a69781' }, { SubnetId: 'subnet-0f1e2d3c4b5a69782' }],
    })
    const group = onlyResource(template('peered'), 'AWS::EC2::SecurityGroup', {
      GroupDescription: 'Networks that forward orders.abc123def456.eu-west-1.rds.amazonaws.com',
    })
    expect(properties.SecurityGroupIds).toEqual([{ 'Fn::GetAtt': [group.id, 'GroupId'] }])
    expect(group.properties.SecurityGroupIngress).toEqual(
      ['10.8.0.0/16', '192.168.0.0/16'].flatMap(CidrIp =>
        ['udp', 'tcp'].map(IpProtocol => ({ CidrIp, IpProtocol, FromPort: 53, ToPort: 53, Description: 'DNS' })),
      ),
    )
    expect(template('analytics').findResources('AWS::Route53Resolver::ResolverEndpoint')).toEqual({})
    expect(template('peered').findOutputs('*')).toHaveProperty('InboundResolverId')
  })

  it('says what its clients’ own security groups have to let out', () => {
    const group = onlyResource(template('analytics'), 'AWS::EC2::SecurityGroup').id
    expect(template('analytics').findOutputs('*')).toMatchObject({
      EndpointSecurityGroups: { Value: { 'Fn::GetAtt': [group, 'GroupId'] } },
      ClientsLetOut: { Value: { 'Fn::Join': ['', ['TCP 5432 to ', { 'Fn::GetAtt': [group, 'GroupId'] }]] } },
    })
    expect(JSON.stringify(template('peered').findOutputs('ClientsLetOut'))).toContain('TCP 5432 and 5433 to ')
  })

  it('resolves another name where it wants one', () => {
    expect(onlyResource(template('renamed'), 'AWS::Route53::HostedZone').properties.Name).toBe(
      'orders.internal.example.com.',
    )
  })

  it('lets its clients in on the database’s port, by network or by group', () => {
    const ingress = (name: string) =>
      onlyResource(template(name), 'AWS::EC2::SecurityGroup').properties.SecurityGroupIngress
    expect(ingress('analytics')).toEqual([
      expect.objectContaining({ CidrIp: '10.0.0.0/16', FromPort: 5432, ToPort: 5432 }),
    ])
    expect(ingress('renamed')).toEqual([
      expect.objectContaining({ SourceSecurityGroupId: 'sg-0f1e2d3c4b5a69781', FromPort: 15432, ToPort: 15432 }),
    ])
  })
})
