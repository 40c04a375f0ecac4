import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { anInstance, anInstanceBehindItsOwn, onlyResource, synthesizeEntries } from './settings-fixture.ts'

const fixed = [
  { id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a', address: '10.0.1.10' },
  { id: 'subnet-0a1b2c3d4e5f60712', zone: 'eu-west-1b', address: '10.0.2.10' },
]
const named = (name: string) => `arn:aws:rds:eu-west-1:111122223333:db:${name}`
const databaseSecurityGroupId = 'sg-0a1b2c3d4e5f60718'

const templates = synthesizeEntries([
  anInstance({ frontDoor: { kind: 'create', databaseSecurityGroupId } }),
  anInstance({ arn: named('shop'), engine: 'mysql', mysqlHostBlocking: 'accepted' }),
  anInstance({ arn: named('cart'), engine: 'mariadb', mysqlHostBlocking: 'skip-name-resolve' }),
  anInstance({
    arn: named('fixed'),
    subnets: fixed,
    frontDoor: { kind: 'create', listenerPort: 15432, databaseSecurityGroupId, healthCheck: { intervalSeconds: 30 } },
    exposure: { enforceSecurityGroup: true, clientCidrs: ['10.9.0.0/16'] },
  }),
  anInstanceBehindItsOwn({ arn: named('own') }),
])
const template = (name: string) => templates[`Repoint-${name}`] as Template

const attributes = (name: string) => {
  const { TargetGroupAttributes } = onlyResource(template(name), 'AWS::ElasticLoadBalancingV2::TargetGroup').properties
  return Object.fromEntries((TargetGroupAttributes as { Key: string; Value: string }[]).map(it => [it.Key, it.Value]))
}

const rulesOfDatabaseGroup = (name: string) =>
  Object.values(template(name).findResources('AWS::EC2::SecurityGroupIngress')).map(it => it.Properties)

describe('the target group', () => {
  it('has every attribute that a fast failover needs', () => {
    expect(attributes('orders')).toEqual({
      'deregistration_delay.timeout_seconds': '0',
      'deregistration_delay.connection_termination.enabled': 'true',
      'target_health_state.unhealthy.connection_termination.enabled': 'true',
      'target_group_health.dns_failover.minimum_healthy_targets.count': '1',
      'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '1',
      'load_balancing.cross_zone.enabled': 'true',
      'preserve_client_ip.enabled': 'false',
      'proxy_protocol_v2.enabled': 'false',
      'stickiness.enabled': 'false',
    })
  })

  it('names no targets: a template would put an old address back', () => {
    expect(onlyResource(template('orders'), 'AWS::ElasticLoadBalancingV2::TargetGroup').properties).not.toHaveProperty(
      'Targets',
    )
  })

  it.each([
    ['orders', 10, 5432],
    ['shop', 15, 3306],
    ['cart', 10, 3306],
    ['fixed', 30, 5432],
  ])('of %s probes every %i s on port %i', (name, interval, port) => {
    expect(onlyResource(template(name), 'AWS::ElasticLoadBalancingV2::TargetGroup').properties).toMatchObject({
      Port: port,
      Protocol: 'TCP',
      TargetType: 'ip',
      HealthCheckProtocol: 'TCP',
      HealthCheckIntervalSeconds: interval,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
    })
  })
})

describe('the load balancer', () => {
  it('is private, in every zone, crosses zones, and lets PrivateLink past its group', () => {
    expect(onlyResource(template('orders'), 'AWS::ElasticLoadBalancingV2::LoadBalancer').properties).toMatchObject({
      Type: 'network',
      Scheme: 'internal',
      Subnets: ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60712'],
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'off',
      LoadBalancerAttributes: expect.arrayContaining([{ Key: 'load_balancing.cross_zone.enabled', Value: 'true' }]),
    })
  })

  it('has a fixed address in each zone where the settings give them', () => {
    expect(onlyResource(template('fixed'), 'AWS::ElasticLoadBalancingV2::LoadBalancer').properties).toMatchObject({
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'on',
      SubnetMappings: [
        { SubnetId: 'subnet-0a1b2c3d4e5f60711', PrivateIPv4Address: '10.0.1.10' },
        { SubnetId: 'subnet-0a1b2c3d4e5f60712', PrivateIPv4Address: '10.0.2.10' },
      ],
    })
  })

  it('listens on the database’s port or on the one that is asked for, and keeps quiet connections for 100 minutes', () => {
    expect(onlyResource(template('orders'), 'AWS::ElasticLoadBalancingV2::Listener').properties).toMatchObject({
      Port: 5432,
      Protocol: 'TCP',
      ListenerAttributes: [{ Key: 'tcp.idle_timeout.seconds', Value: '6000' }],
    })
    expect(onlyResource(template('fixed'), 'AWS::ElasticLoadBalancingV2::Listener').properties).toMatchObject({
      Port: 15432,
    })
  })

  it('may reach the database’s networks and nothing else, and lets nobody in by itself', () => {
    const group = onlyResource(template('orders'), 'AWS::EC2::SecurityGroup').properties
    expect(group.SecurityGroupEgress).toEqual([
      expect.objectContaining({ CidrIp: '10.0.0.0/16', FromPort: 5432, ToPort: 5432 }),
    ])
    expect(group).not.toHaveProperty('SecurityGroupIngress')
    expect(onlyResource(template('fixed'), 'AWS::EC2::SecurityGroup').properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: '10.9.0.0/16', FromPort: 15432, ToPort: 15432 }),
    ])
  })
})

describe('the database’s security group', () => {
  it('opens to the load balancer’s subnets where PrivateLink passes the load balancer’s group', () => {
    expect(rulesOfDatabaseGroup('orders')).toEqual([
      expect.objectContaining({
        GroupId: databaseSecurityGroupId,
        FromPort: 5432,
        SourceSecurityGroupId: expect.anything(),
      }),
      expect.objectContaining({ GroupId: databaseSecurityGroupId, FromPort: 5432, CidrIp: '10.0.1.0/24' }),
      expect.objectContaining({ GroupId: databaseSecurityGroupId, FromPort: 5432, CidrIp: '10.0.2.0/24' }),
    ])
  })

  it('opens to the load balancer’s group alone where that judges all traffic', () => {
    expect(rulesOfDatabaseGroup('fixed')).toEqual([
      expect.objectContaining({ SourceSecurityGroupId: expect.anything() }),
    ])
  })

  it('is left alone where the settings do not name it', () => {
    expect(rulesOfDatabaseGroup('shop')).toEqual([])
  })
})

describe('an existing target group', () => {
  it('brings no load balancer, target group, endpoint service or security group', () => {
    const types = new Set(
      Object.values(template('own').toJSON().Resources as Record<string, { Type: string }>).map(it => it.Type),
    )
    expect([...types].filter(type => /LoadBalancing|EC2/.test(type))).toEqual([])
  })
})
