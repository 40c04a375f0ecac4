import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import {
  aCluster,
  anInstance,
  anInstanceBehindItsOwn,
  created,
  onlyResource,
  synthesizeEntries,
} from './settings-fixture.ts'

const named = (kind: string, name: string) => `arn:aws:rds:eu-west-1:111122223333:${kind}:${name}`
const nodes = 'sg-0a1b2c3d4e5f60790'
const templates = synthesizeEntries([
  anInstance(),
  anInstance({ arn: named('db', 'inside'), publiclyAccessible: true, network: { mode: 'in-vpc' } }),
  aCluster({ arn: named('cluster', 'alone'), network: { mode: 'isolated' } }),
  anInstanceBehindItsOwn({
    arn: named('db', 'guest'),
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    dnsServers: ['10.0.0.53'],
    network: {
      mode: 'isolated',
      subnetIds: ['subnet-0a1b2c3d4e5f60799'],
      endpoints: { securityGroupId: 'sg-0a1b2c3d4e5f60799' },
    },
  }),
  anInstance({
    arn: named('db', 'pair'),
    vpcId: 'vpc-0a1b2c3d4e5f60799',
    frontDoor: created('standby'),
    network: { mode: 'isolated' },
  }),
  anInstance({
    arn: undefined,
    ...{ id: 'named', kind: 'hostname', endpoint: 'named.internal.example.com' },
    ...{ account: '111122223333', region: 'eu-west-1', vpcId: 'vpc-0a1b2c3d4e5f60788' },
    network: { mode: 'isolated' },
  }),
  anInstance({
    arn: named('db', 'nodes'),
    vpcId: 'vpc-0a1b2c3d4e5f60766',
    network: {
      mode: 'isolated',
      endpoints: { clientCidrs: ['10.0.9.0/24'], clientSecurityGroupIds: [nodes], lambda: true },
    },
  }),
  anInstance({
    arn: named('db', 'unproved'),
    vpcId: 'vpc-0a1b2c3d4e5f60777',
    ownerProof: 'off',
    network: { mode: 'isolated' },
  }),
])
const template = (name: string) => templates[`Repoint-${name}`] as Template

const vpcConfig = (name: string) =>
  onlyResource(template(name), 'AWS::Lambda::Function', { FunctionName: `repoint-${name}` }).properties
    .VpcConfig as unknown

const servicesReached = (name: string) =>
  Object.values(template(name).findResources('AWS::EC2::VPCEndpoint')).map(it => it.Properties.ServiceName)

describe('outside-vpc', () => {
  it('is the default: no VPC, no NAT, no endpoints', () => {
    expect(vpcConfig('orders')).toBeUndefined()
    expect(servicesReached('orders')).toEqual([])
  })
})

describe('in-vpc', () => {
  it('puts the function into the database’s subnets and lets it out over TLS', () => {
    expect(vpcConfig('inside')).toMatchObject({ SubnetIds: ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60712'] })
    template('inside').hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Repoint inside: to AWS APIs over TLS, nothing else',
      SecurityGroupEgress: [
        { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'AWS APIs' },
      ],
    })
    expect(servicesReached('inside')).toEqual([])
  })
})

describe('isolated', () => {
  it('reaches the APIs that it calls over endpoints of its own', () => {
    expect(servicesReached('alone')).toEqual([
      'com.amazonaws.eu-west-1.elasticloadbalancing',
      'com.amazonaws.eu-west-1.events',
      'com.amazonaws.eu-west-1.rds',
      'com.amazonaws.eu-west-1.ec2',
    ])
  })

  it('reaches neither EC2 nor RDS for a host name, whose owner nothing tells', () => {
    expect(servicesReached('named')).toEqual([
      'com.amazonaws.eu-west-1.elasticloadbalancing',
      'com.amazonaws.eu-west-1.events',
    ])
  })

  it('reaches no EC2 for an instance whose addresses are not to be proved', () => {
    expect(servicesReached('unproved')).toEqual([
      'com.amazonaws.eu-west-1.elasticloadbalancing',
      'com.amazonaws.eu-west-1.events',
    ])
  })

  it('of a standby’s instance reaches EC2 and RDS too, which tell whose an address is', () => {
    expect(servicesReached('pair')).toEqual([
      'com.amazonaws.eu-west-1.elasticloadbalancing',
      'com.amazonaws.eu-west-1.events',
      'com.amazonaws.eu-west-1.rds',
      'com.amazonaws.eu-west-1.ec2',
    ])
  })

  it('opens port 443 from the function to the endpoints, and only that', () => {
    const port = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }
    const group = (name: string) => ({ 'Fn::GetAtt': [expect.stringMatching(name), 'GroupId'] })
    expect(onlyResource(template('alone'), 'AWS::EC2::SecurityGroupEgress').properties).toMatchObject({
      ...port,
      GroupId: group('^FunctionSecurityGroup'),
      DestinationSecurityGroupId: group('^EndpointSecurityGroup'),
    })
    expect(onlyResource(template('alone'), 'AWS::EC2::SecurityGroupIngress').properties).toMatchObject({
      ...port,
      GroupId: group('^EndpointSecurityGroup'),
      SourceSecurityGroupId: group('^FunctionSecurityGroup'),
    })
  })

  it('lets this account’s principals only through its endpoints', () => {
    for (const endpoint of Object.values(template('alone').findResources('AWS::EC2::VPCEndpoint'))) {
      expect(endpoint.Properties).toMatchObject({
        PrivateDnsEnabled: true,
        PolicyDocument: { Statement: [{ Condition: { StringEquals: { 'aws:PrincipalAccount': '111122223333' } } }] },
      })
    }
  })

  it('opens its endpoints to the clients of the settings, whom private DNS leads there too', () => {
    const { properties } = onlyResource(template('nodes'), 'AWS::EC2::SecurityGroup', {
      GroupDescription: 'AWS APIs that Repoint calls',
    })
    const opened = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'Others of the VPC' }
    expect(properties.SecurityGroupIngress).toEqual([
      { ...opened, CidrIp: '10.0.9.0/24' },
      { ...opened, SourceSecurityGroupId: nodes },
    ])
    expect(servicesReached('nodes')).toContain('com.amazonaws.eu-west-1.lambda')
    expect(template('nodes').findOutputs('*')).toHaveProperty('EndpointSecurityGroupId')
  })

  it('shares the endpoints that the VPC has already', () => {
    expect(servicesReached('guest')).toEqual([])
    expect(vpcConfig('guest')).toMatchObject({ SubnetIds: ['subnet-0a1b2c3d4e5f60799'] })
    expect(onlyResource(template('guest'), 'AWS::EC2::SecurityGroupIngress').properties).toMatchObject({
      GroupId: 'sg-0a1b2c3d4e5f60799',
      FromPort: 443,
    })
  })

  it('may ask the DNS servers of the settings', () => {
    template('guest').hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Repoint guest: to AWS APIs over TLS, nothing else',
      SecurityGroupEgress: [
        { CidrIp: '10.0.0.53/32', IpProtocol: 'udp', FromPort: 53, ToPort: 53 },
        { CidrIp: '10.0.0.53/32', IpProtocol: 'tcp', FromPort: 53, ToPort: 53 },
      ],
    } as never)
  })
})
