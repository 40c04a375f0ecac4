import { App, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2'
import { describe, expect, it } from 'vitest'
import { contextOfCdkJson } from '../../infra/app/app.ts'
import { FrontDoorTarget } from '../../infra/front-door-target.ts'
import { RdsFrontDoor } from '../../infra/rds-front-door.ts'
import { SharedLoadBalancer } from '../../infra/shared-load-balancer.ts'
import {
  aCluster,
  aLoadBalancer,
  anInstance,
  anInstanceBehindShared,
  codeInline,
  type Entry,
  onlyResource,
  refusalOf,
  synthesizeFile,
} from './settings-fixture.ts'

const databaseGroup = 'sg-0a1b2c3d4e5f60718'
const elb = 'AWS::ElasticLoadBalancingV2'

const template = (name: string, file: Entry): Template => synthesizeFile(file)[`Repoint-${name}`] as Template

const two = {
  loadBalancers: [aLoadBalancer()],
  databases: [anInstanceBehindShared('orders', 6001), anInstanceBehindShared('bills', 6002)],
}

describe('the stack of a shared load balancer', () => {
  const its = template('load-balancer-shared', two)

  it('has one load balancer, one endpoint service, and no listener', () => {
    its.resourceCountIs(`${elb}::LoadBalancer`, 1)
    its.resourceCountIs('AWS::EC2::VPCEndpointService', 1)
    its.resourceCountIs(`${elb}::Listener`, 0)
    its.resourceCountIs(`${elb}::TargetGroup`, 0)
  })

  it('is the same with two databases, with one, and with none', () => {
    const [orders] = two.databases
    expect(template('load-balancer-shared', { ...two, databases: [orders] }).toJSON()).toEqual(its.toJSON())
    expect(template('load-balancer-shared', { ...two, databases: [] }).toJSON()).toEqual(its.toJSON())
  })

  it('connects to the networks of its databases on any port, and lets nobody in', () => {
    const { properties } = onlyResource(its, 'AWS::EC2::SecurityGroup')
    expect(properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({ CidrIp: '10.0.0.0/16', IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535 }),
    ])
    expect(properties.SecurityGroupIngress).toBeUndefined()
  })

  it('has the alarm of connections to unhealthy targets, which AWS counts by load balancer', () => {
    its.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'repoint-load-balancer-shared-fail-open-flows',
      MetricName: 'UnhealthyRoutingFlowCount',
    })
    expect(JSON.stringify(template('orders', two).findResources('AWS::CloudWatch::Alarm'))).not.toContain('fail-open')
  })

  it('tells its alarm to the topics of the settings', () => {
    const topic = 'arn:aws:sns:eu-west-1:111122223333:on-call'
    const told = template('load-balancer-shared', {
      loadBalancers: [aLoadBalancer({ alarms: { topicArns: [topic] } })],
    })
    told.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topic], OKActions: [topic] })
  })

  it('has no endpoint service where none is wanted', () => {
    const exposure = { endpointService: false, clientCidrs: ['10.9.0.0/16'] }
    const without = template('load-balancer-shared', { loadBalancers: [aLoadBalancer({ exposure })] })
    without.resourceCountIs('AWS::EC2::VPCEndpointService', 0)
  })

  it('keeps fixed addresses', () => {
    const [subnet] = aLoadBalancer().subnets as Entry[]
    const subnets = [{ ...subnet, address: '10.0.1.9' }]
    const fixed = template('load-balancer-shared', { loadBalancers: [aLoadBalancer({ subnets })] })
    fixed.hasResourceProperties(`${elb}::LoadBalancer`, {
      SubnetMappings: [Match.objectLike({ PrivateIPv4Address: '10.0.1.9' })],
    })
  })
})

describe('a database behind it', () => {
  const orders = template('orders', two)

  it('has a listener on its own port and a target group of its own, and neither load balancer nor endpoint service', () => {
    orders.resourceCountIs(`${elb}::LoadBalancer`, 0)
    orders.resourceCountIs('AWS::EC2::VPCEndpointService', 0)
    orders.resourceCountIs(`${elb}::TargetGroup`, 1)
    const { properties } = onlyResource(orders, `${elb}::Listener`)
    expect(properties).toMatchObject({ Port: 6001, LoadBalancerArn: { 'Fn::ImportValue': expect.any(String) } })
  })

  it('imports nothing that the load balancer does not export whoever is behind it', () => {
    const exported = Object.values(
      template('load-balancer-shared', { ...two, databases: [] }).findOutputs('*'),
    ).flatMap(it => it.Export?.Name ?? [])
    const imported = [...JSON.stringify(orders.toJSON()).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(
      ([, name]) => name,
    )
    expect(imported.length).toBeGreaterThan(0)
    for (const name of imported) expect(exported).toContain(name)
  })

  it('lets its own clients in on its own port, by rules of its own stack', () => {
    const file = {
      loadBalancers: [aLoadBalancer({ exposure: { enforceSecurityGroup: true, clientCidrs: ['10.8.0.0/16'] } })],
      databases: [
        anInstanceBehindShared('orders', 6001),
        anInstanceBehindShared('bills', 6002, { exposure: { clientCidrs: ['10.9.0.0/16'] } }),
      ],
    }
    const rule = (name: string) => onlyResource(template(name, file), 'AWS::EC2::SecurityGroupIngress').properties
    expect(rule('orders')).toMatchObject({ CidrIp: '10.8.0.0/16', FromPort: 6001, ToPort: 6001 })
    expect(rule('bills')).toMatchObject({ CidrIp: '10.9.0.0/16', FromPort: 6002, ToPort: 6002 })
    expect(rule('bills').GroupId).toEqual({
      'Fn::ImportValue': expect.stringContaining('Repoint-load-balancer-shared'),
    })
  })

  it('opens its own security group to the load balancer and to its addresses', () => {
    const frontDoor = { databaseSecurityGroupId: databaseGroup }
    const file = { ...two, databases: [anInstanceBehindShared('orders', 6001, { frontDoor })] }
    const rules = Object.values(template('orders', file).findResources('AWS::EC2::SecurityGroupIngress'))
    expect(rules.map(({ Properties: { GroupId, CidrIp, FromPort } }) => [GroupId, CidrIp, FromPort])).toEqual(
      expect.arrayContaining([
        [databaseGroup, undefined, 5432],
        [databaseGroup, '10.0.1.0/24', 5432],
        [databaseGroup, '10.0.2.0/24', 5432],
      ]),
    )
  })

  it('takes one more listener for readers, and a target group for each slot', () => {
    const { vpcId: _, subnets: __, ...ledger } = aCluster()
    const frontDoor = {
      kind: 'create',
      strategy: 'weighted',
      loadBalancer: 'shared',
      listenerPort: 6003,
      databaseSecurityGroupId: false,
    }
    const its = template('ledger', { ...two, databases: [{ ...ledger, frontDoor, readers: {} }] })
    const ports = Object.values(its.findResources(`${elb}::Listener`)).map(({ Properties }) => Properties.Port)
    expect(ports.toSorted()).toEqual([6003, 6004])
    its.resourceCountIs(`${elb}::TargetGroup`, 4)
  })

  it('is guarded by the flows of the load balancer, and not by connections that are for all of its databases', () => {
    const gateway = { stage: 'shadow', databaseSecurityGroupId: false }
    const file = { ...two, databases: [anInstanceBehindShared('orders', 5432, { gateway })] }
    const { properties } = onlyResource(template('orders', file), 'Custom::RepointStage')
    expect(properties).toMatchObject({ FrontDoor: 'shared', LoadBalancer: expect.anything() })
    expect(properties.EndpointServiceId).toBeUndefined()
    expect(properties.ListenerUnused).toBeUndefined()
  })

  it('tells its guard that somebody has checked its listener', () => {
    const gateway = { stage: 'retired', from: 'gateway', databaseSecurityGroupId: false, listenerUnused: true }
    const file = { ...two, databases: [anInstanceBehindShared('orders', 6001, { gateway })] }
    expect(onlyResource(template('orders', file), 'Custom::RepointStage').properties.ListenerUnused).toBe('true')
  })

  it('leaves with its listener, its target group and its rules when it retires, and the load balancer stays as it was', () => {
    const gateway = { stage: 'retired', from: 'gateway', databaseSecurityGroupId: false }
    const file = { ...two, databases: [anInstanceBehindShared('orders', 6001, { gateway }), two.databases[1]] }
    const its = template('orders', file)
    for (const type of ['Listener', 'TargetGroup', 'LoadBalancer']) its.resourceCountIs(`${elb}::${type}`, 0)
    expect(JSON.stringify(its.toJSON())).not.toContain('Fn::ImportValue')
    expect(template('load-balancer-shared', file).toJSON()).toEqual(template('load-balancer-shared', two).toJSON())
    expect(template('bills', file).toJSON()).toEqual(template('bills', two).toJSON())
  })
})

describe('settings of a shared load balancer are refused', () => {
  const behind = (entry: Entry, id = 'orders') => anInstanceBehindShared(id, 6001, entry)
  it.each<[string, Entry, string]>([
    [
      'where there is none of the name',
      { databases: [behind({})] },
      'frontDoor.loadBalancer: got "shared", expected an entry of loadBalancers',
    ],
    [
      'where two databases want the same port',
      { ...two, databases: [behind({}), behind({}, 'bills')] },
      'bills: databases.1.frontDoor.listenerPort: got 6001, expected another port: orders has it on the load balancer shared',
    ],
    [
      'where the database is in another Region',
      {
        ...two,
        databases: [
          behind({
            arn: 'arn:aws:rds:eu-west-2:111122223333:db:orders',
            endpoint: 'orders.abc123def456.eu-west-2.rds.amazonaws.com',
          }),
        ],
      },
      'shared is in 111122223333, eu-west-1',
    ],
    [
      'where the database has another VPC',
      { ...two, databases: [behind({ vpcId: 'vpc-0fffffffffffffff1' })] },
      'vpcId: got "vpc-0fffffffffffffff1", expected nothing',
    ],
    [
      'where the database has subnets of its own',
      { ...two, databases: [behind({ subnets: [(anInstance().subnets as Entry[])[0]] })] },
      'expected nothing: they are those of shared',
    ],
    [
      'where the database exposes it',
      { ...two, databases: [behind({ exposure: { acceptanceRequired: false } })] },
      'expected clientCidrs alone: the rest is that of shared',
    ],
    [
      'where the database protects it',
      { ...two, databases: [behind({ frontDoor: { deletionProtection: true } })] },
      'expected false: shared has its own',
    ],
    [
      'where two have a name',
      { loadBalancers: [aLoadBalancer(), aLoadBalancer()] },
      'a name that no other load balancer has',
    ],
    [
      'where a database has its stack’s name',
      {
        databases: [anInstance({ id: 'load-balancer-a', kind: 'hostname', arn: undefined, endpoint: 'a.example.com' })],
      },
      'an id that does not begin with load-balancer-',
    ],
    [
      'where its zones are another Region’s',
      { loadBalancers: [aLoadBalancer({ region: 'eu-west-2' })] },
      'zones of its Region',
    ],
    [
      'where everybody may connect unasked',
      { loadBalancers: [aLoadBalancer({ exposure: { acceptanceRequired: false, allowedPrincipals: ['*'] } })] },
      'with * and no acceptance every AWS account may connect',
    ],
    [
      'where two databases make the same rule in one security group',
      {
        ...two,
        databases: [
          behind({ frontDoor: { databaseSecurityGroupId: databaseGroup } }),
          anInstanceBehindShared('bills', 6002, { frontDoor: { databaseSecurityGroupId: databaseGroup } }),
        ],
      },
      'expected false: orders makes the same rules in this group',
    ],
    [
      'where the load balancer is not shared, and its listener said to be unused',
      {
        databases: [anInstance({ gateway: { stage: 'shadow', databaseSecurityGroupId: false, listenerUnused: true } })],
      },
      'gateway.listenerUnused: got true, expected nothing',
    ],
    [
      'where a setting is none',
      { ...two, loadBalancers: [aLoadBalancer({ colour: 'blue' })] },
      'shared: loadBalancers.0.colour: not a setting',
    ],
  ])('%s', (_, file, sentence) => {
    expect(refusalOf(file)).toContain(sentence)
  })

  it('names a broken load balancer once, and nothing of the databases behind it', () => {
    expect(refusalOf({ ...two, loadBalancers: [aLoadBalancer({ vpcId: 'nowhere' })] })).toMatch(/has 1 problem:/)
  })

  it('beyond 50 listeners, which AWS does not raise', () => {
    const databases = Array.from({ length: 51 }, (_, index) => anInstanceBehindShared(`db-${index}`, 6000 + index))
    const sentence = 'at most 50 listeners, which AWS does not raise: its 51 databases need 51'
    expect(refusalOf({ loadBalancers: [aLoadBalancer()], databases })).toContain(sentence)
    expect(refusalOf({ loadBalancers: [aLoadBalancer()], databases: databases.slice(1) })).toBe('')
  })

  it('counts no listener of a database that is retired', () => {
    const gateway = { stage: 'retired', from: 'gateway', databaseSecurityGroupId: false }
    expect(refusalOf({ ...two, databases: [behind({ gateway }), anInstanceBehindShared('bills', 6001)] })).toBe('')
  })

  it('takes a host name to the load balancer’s account and Region', () => {
    const host = behind({ id: 'orders', kind: 'hostname', arn: undefined, endpoint: 'orders.example.com' })
    expect(refusalOf({ ...two, databases: [host] })).toBe('')
  })
})

describe('SharedLoadBalancer in somebody’s own app', () => {
  const open = (props: Partial<ConstructorParameters<typeof RdsFrontDoor>[2]> = {}) => {
    const app = new App({ context: contextOfCdkJson(), builtinCloudFormationValidation: false })
    const env = { account: '111122223333', region: 'eu-west-1' }
    const network = new Stack(app, 'Network', { env })
    const vpc = new Vpc(network, 'Vpc') as IVpc
    const shared = new SharedLoadBalancer(network, 'Shared', { vpc })
    const stack = new Stack(app, 'Orders', { env })
    const target = FrontDoorTarget.hostname('orders', 'orders.example.com', 5432, 'postgres')
    const door = new RdsFrontDoor(stack, 'Door', {
      target,
      sharedLoadBalancer: shared,
      loadBalancerOptions: { listenerPort: 6001, clientCidrs: ['10.9.0.0/16'] },
      code: codeInline(),
      ...props,
    })
    return { stack, network, shared, door }
  }

  it('gives a front door of another stack a listener, and has no load balancer of that front door', () => {
    const { stack, network, shared, door } = open()
    Template.fromStack(stack).hasResourceProperties(`${elb}::Listener`, { Port: 6001 })
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      CidrIp: '10.9.0.0/16',
      FromPort: 6001,
    })
    Template.fromStack(network).resourceCountIs(`${elb}::Listener`, 0)
    expect(door.loadBalancer).toBeUndefined()
    expect(() => door.connections).toThrow('has no load balancer of its own')
    expect(shared.endpointServiceName).toBeDefined()
    expect(shared.connections).toBe(shared.loadBalancer.connections)
  })

  it('has a front door of the same stack beside it', () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Stack')
    const shared = new SharedLoadBalancer(stack, 'Shared', { vpc: new Vpc(stack, 'Vpc') as IVpc })
    const target = FrontDoorTarget.hostname('orders', 'orders.example.com', 5432, 'postgres')
    new RdsFrontDoor(stack, 'Door', { target, sharedLoadBalancer: shared, code: codeInline() })
    const { properties } = onlyResource(Template.fromStack(stack), `${elb}::Listener`)
    expect(properties.LoadBalancerArn).toEqual({ Ref: expect.stringContaining('SharedLoadBalancer') })
  })

  it.each([
    ['the endpoint service', { endpointService: false as const }, 'endpointService'],
    ['addresses', { loadBalancerOptions: { addresses: ['10.0.1.9'] } }, 'addresses'],
  ])('refuses beside it what it has itself: %s', (_, props, named) => {
    expect(() => open(props)).toThrow(`${named}: nothing of it beside sharedLoadBalancer`)
  })
})
