import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2'
import { describe, expect, it } from 'vitest'
import { ofAccount, synthesize } from '../../infra/app/app.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { RdsConsumer } from '../../infra/rds-consumer.ts'
import { SharedEndpoint } from '../../infra/shared-endpoint.ts'
import { atStage } from './consumer-fixture.ts'
import {
  aConsumerBehindShared,
  aLoadBalancer,
  anEndpoint,
  anInstance,
  anInstanceBehindShared,
  codeInline,
  type Entry,
  heard,
  onlyResource,
  refusalOf,
  synthesizeFile,
} from './settings-fixture.ts'

const file: Entry = {
  loadBalancers: [aLoadBalancer()],
  databases: [anInstanceBehindShared('orders', 6001), anInstanceBehindShared('bills', 6002)],
  endpoints: [anEndpoint({ loadBalancer: 'shared' })],
  consumers: [aConsumerBehindShared('orders'), aConsumerBehindShared('bills')],
}

const template = (name: string, of: Entry = file): Template => synthesizeFile(of)[`Repoint-${name}`] as Template

/** Of a database that is not of the file, so that the endpoint's stack is made alone with its consumers'. */
const toHost = ({ database, ...consumer }: Entry, index: number): Entry => ({
  ...consumer,
  hostname: `${database}.example.com`,
  port: 6001 + index,
})

/** At a stage with both paths, where the listener has the database's own port. */
const migrating = (stage: 'shadow' | 'gateway' | 'retired', more: Entry = {}): Entry => {
  const gateway = { stage: 'gateway', from: 'shift', databaseSecurityGroupId: false, principals: ['444455556666'] }
  return {
    ...file,
    databases: [anInstanceBehindShared('orders', 5432, { gateway }), anInstanceBehindShared('bills', 6002)],
    consumers: [aConsumerBehindShared('orders', { gateway: atStage(stage), ...more }), aConsumerBehindShared('bills')],
  }
}

describe('the stack of a shared endpoint', () => {
  const its = template('endpoint-all')

  it('has one interface endpoint, and lets nobody in by itself', () => {
    its.resourceCountIs('AWS::EC2::VPCEndpoint', 1)
    its.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718',
      PrivateDnsEnabled: false,
    })
    expect(onlyResource(its, 'AWS::EC2::SecurityGroup').properties.SecurityGroupIngress).toBeUndefined()
  })

  it('is in the zones that the load balancer has too', () => {
    const { properties } = onlyResource(its, 'AWS::EC2::VPCEndpoint')
    expect(properties.SubnetIds).toEqual(['subnet-0f1e2d3c4b5a69781'])
  })

  it('is the same with two consumers and with none', () => {
    expect(template('endpoint-all', { ...file, consumers: [] }).toJSON()).toEqual(its.toJSON())
  })

  it('reaches a service of another Region in every zone of its own', () => {
    const serviceName = 'com.amazonaws.vpce.eu-west-2.vpce-svc-0a1b2c3d4e5f60718'
    const endpoints = [anEndpoint({ serviceName, serviceRegion: 'eu-west-2', tags: { team: 'data' } })]
    const { properties } = onlyResource(template('endpoint-all', { endpoints }), 'AWS::EC2::VPCEndpoint')
    expect(properties).toMatchObject({ ServiceRegion: 'eu-west-2', SubnetIds: [expect.anything(), expect.anything()] })
  })

  it('is warned of more rules than a security group usually has, and of a single zone', () => {
    const clientCidrs = Array.from({ length: 31 }, (_, index) => `10.${index}.0.0/16`)
    const subnets = (anEndpoint().subnets as Entry[]).slice(0, 1)
    const consumers = ['orders', 'bills'].map(it => aConsumerBehindShared(it, { clientCidrs }))
    const settings = { ...file, databases: [], endpoints: [anEndpoint({ subnets })], consumers: consumers.map(toHost) }
    const { printed } = heard(() => synthesize({ settings, code: codeInline }))
    expect(printed).toContain('its consumers need 62 rules in its security group')
    expect(printed).toContain('no client reaches any database behind it')
  })
})

describe('a consumer behind it', () => {
  const orders = template('consumer-analytics-orders')

  it('has its own hosted zone, and no endpoint', () => {
    orders.resourceCountIs('AWS::EC2::VPCEndpoint', 0)
    orders.resourceCountIs('AWS::EC2::SecurityGroup', 0)
    orders.hasResourceProperties('AWS::Route53::HostedZone', {
      Name: 'orders.abc123def456.eu-west-1.rds.amazonaws.com.',
    })
    orders.hasOutput('Connect', { Value: 'orders.abc123def456.eu-west-1.rds.amazonaws.com:6001' })
  })

  it('lets its clients in on the port of its database alone', () => {
    const { properties } = onlyResource(orders, 'AWS::EC2::SecurityGroupIngress')
    expect(properties).toMatchObject({ CidrIp: '10.0.0.0/16', FromPort: 6001, ToPort: 6001 })
    expect(properties.GroupId).toEqual({ 'Fn::ImportValue': expect.stringContaining('Repoint-endpoint-all') })
  })

  it('leads its name to the endpoint, once its clients are let in', () => {
    const record = onlyResource(orders, 'AWS::Route53::RecordSet').properties
    expect(JSON.stringify(record.AliasTarget)).toContain('Fn::ImportValue')
    const [zone] = Object.values(orders.findResources('AWS::Route53::HostedZone'))
    expect(zone?.DependsOn).toEqual([onlyResource(orders, 'AWS::EC2::SecurityGroupIngress').id])
  })

  it('imports nothing that the endpoint does not export whoever comes through it', () => {
    const outputs = template('endpoint-all', { ...file, consumers: [] }).findOutputs('*')
    const exported = Object.values(outputs).flatMap(it => it.Export?.Name ?? [])
    const imported = [...JSON.stringify(orders.toJSON()).matchAll(/"Fn::ImportValue":"([^"]+)"/g)]
    expect(imported.length).toBeGreaterThan(0)
    for (const [, name] of imported) expect(exported).toContain(name)
  })

  it('moves by its own weights, and leaves the other consumers as they are', () => {
    const its = migrating('gateway')
    const weights = Object.values(template('consumer-analytics-orders', its).findResources('AWS::Route53::RecordSet'))
    expect(weights.map(({ Properties }) => [Properties.SetIdentifier, Properties.Weight])).toEqual(
      expect.arrayContaining([
        ['repoint-nlb', 0],
        ['repoint-gateway', 100],
      ]),
    )
    for (const name of ['consumer-analytics-bills', 'endpoint-all', 'load-balancer-shared', 'bills']) {
      expect(template(name, its).toJSON()).toEqual(template(name).toJSON())
    }
  })

  it('retires with its record and its rule, and the endpoint stays', () => {
    const its = migrating('retired')
    const retired = template('consumer-analytics-orders', its)
    expect(onlyResource(retired, 'AWS::Route53::RecordSet').properties.SetIdentifier).toBe('repoint-gateway')
    retired.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0)
    expect(template('endpoint-all', its).toJSON()).toEqual(template('endpoint-all').toJSON())
  })

  it('tells its guard of another shared endpoint, to which its record would lead', () => {
    const ofGuard = (endpoint: string) => {
      const endpoints = [anEndpoint({ loadBalancer: 'shared' }), anEndpoint({ name: 'other' })]
      const its = { ...migrating('gateway', { endpoint }), endpoints }
      return onlyResource(template('consumer-analytics-orders', its), 'Custom::RepointStage').properties
    }
    expect(ofGuard('other')).not.toEqual(ofGuard('all'))
    expect(ofGuard('other')).toEqual({ ...ofGuard('all'), LeadsToHash: expect.any(String) })
  })

  it('is guarded as one whose endpoint stays', () => {
    const { properties } = onlyResource(
      template('consumer-analytics-orders', migrating('shadow')),
      'Custom::RepointStage',
    )
    expect(properties).toMatchObject({ SharesEndpoint: 'true', InterfaceEndpointHash: expect.any(String) })
  })
})

describe('a fleet', () => {
  it('of 200 databases fits behind 4 load balancers, with 4 endpoints of a consumer', () => {
    const all = Array.from({ length: 200 }, (_, index) => ({ id: `db-${index}`, at: Math.floor(index / 50), index }))
    const four = [0, 1, 2, 3]
    const fleet = {
      loadBalancers: four.map(at => aLoadBalancer({ name: `shared-${at}` })),
      databases: all.map(({ id, at, index }) =>
        anInstanceBehindShared(id, 6000 + (index % 50), { frontDoor: { loadBalancer: `shared-${at}` } }),
      ),
      endpoints: four.map(at => anEndpoint({ name: `all-${at}`, loadBalancer: `shared-${at}` })),
      consumers: all.map(({ id, at }) => aConsumerBehindShared(id, { endpoint: `all-${at}` })),
    }
    expect(refusalOf(fleet)).toBe('')
  })
})

describe('the stacks of one account', () => {
  const settings = parseSettings('repoint.json', JSON.stringify(file))
  const namesOf = ({ loadBalancers, endpoints }: typeof settings) => [...loadBalancers, ...endpoints].map(it => it.name)

  it('have the load balancers, or the endpoints, that are there', () => {
    expect(namesOf(ofAccount(settings, '111122223333'))).toEqual(['shared'])
    expect(namesOf(ofAccount(settings, '444455556666'))).toEqual(['all'])
    expect(namesOf(ofAccount(settings, undefined))).toEqual(['shared', 'all'])
  })
})

describe('named networks', () => {
  const { vpcId, subnets, allowedCidrs, ...balancer } = aLoadBalancer()
  const { vpcId: itsVpc, subnets: itsSubnets, ...endpoint } = anEndpoint()
  const { vpcId: _, subnets: __, ...consumer } = aConsumerBehindShared('orders')
  const fleet = {
    vpcs: { main: { vpcId, subnets, allowedCidrs }, analytics: { vpcId: itsVpc, subnets: itsSubnets } },
    loadBalancers: [{ ...balancer, vpc: 'main' }],
    databases: [anInstanceBehindShared('orders', 6001)],
    endpoints: [{ ...endpoint, vpc: 'analytics' }],
    consumers: [{ ...consumer, vpc: 'analytics' }],
  }

  it('are those of load balancers and endpoints too', () => {
    const settings = parseSettings('repoint.json', JSON.stringify(fleet))
    expect(settings.loadBalancers).toEqual([expect.objectContaining({ vpcId, subnets, allowedCidrs })])
    expect(settings.endpoints).toEqual([expect.objectContaining({ vpcId: itsVpc, subnets: itsSubnets })])
  })

  it('are a default of databases behind the load balancer of that network', () => {
    expect(refusalOf({ ...fleet, defaults: { vpc: 'main' } })).toBe('')
  })

  it('are told where there is none of the name', () => {
    expect(refusalOf({ ...fleet, loadBalancers: [{ ...balancer, vpc: 'other' }] })).toContain(
      'shared: loadBalancers.0.vpc: got "other", expected one of vpcs: main, analytics',
    )
  })
})

describe('settings of a shared endpoint are refused', () => {
  const [orders] = file.consumers as Entry[]
  it.each<[string, Entry, string]>([
    [
      'where there is none of the name',
      { ...file, endpoints: [] },
      'endpoint: got "all", expected an entry of endpoints',
    ],
    [
      'where two have a name',
      { ...file, endpoints: [anEndpoint(), anEndpoint()] },
      'a name that no other endpoint has',
    ],
    [
      'where the consumer is in another account',
      { ...file, consumers: [{ ...orders, account: '777788889999' }] },
      'all is in 444455556666, eu-west-1',
    ],
    [
      'where the consumer is in another VPC',
      { ...file, consumers: [{ ...orders, vpcId: 'vpc-0fffffffffffffff1' }] },
      'the endpoint all is there',
    ],
    [
      'where the consumer names a service itself',
      { ...file, consumers: [{ ...orders, serviceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0fffffffffffffff1' }] },
      'expected nothing: it is that of the endpoint all',
    ],
    [
      'where two consumers open the same port',
      { ...file, consumers: [orders, aConsumerBehindShared('bills', { port: 6001 })] },
      'another port: analytics-orders has it on the endpoint all',
    ],
    [
      'where the endpoint leads to another load balancer',
      { ...file, databases: [anInstance(), anInstanceBehindShared('bills', 6002)] },
      'all leads to the load balancer shared, and orders is behind one of its own',
    ],
    [
      'where it names no load balancer of the file',
      { ...file, endpoints: [anEndpoint({ loadBalancer: 'other' })] },
      'one of loadBalancers, or nothing',
    ],
    [
      'where it has no zone of the service',
      { ...file, endpoints: [anEndpoint({ serviceZoneIds: ['euw1-az9'] })] },
      'a zone id that the service has too',
    ],
    [
      'where the database has its stack’s name',
      { databases: [anInstance({ id: 'endpoint-a', kind: 'hostname', arn: undefined, endpoint: 'a.example.com' })] },
      'an id that does not begin with endpoint-',
    ],
    [
      'where the listener has another port than the database, and the consumer is to move',
      {
        ...migrating('shadow'),
        databases: [
          anInstanceBehindShared('orders', 6001, {
            gateway: { stage: 'shadow', databaseSecurityGroupId: false, principals: ['444455556666'] },
          }),
          anInstanceBehindShared('bills', 6002),
        ],
      },
      'as long as the load balancer listens on 6001 and the database on 5432: DNS moves no port',
    ],
  ])('%s', (_, of, sentence) => {
    expect(refusalOf(of)).toContain(sentence)
  })

  it('names a broken endpoint once, and nothing of the consumers behind it', () => {
    expect(refusalOf({ ...file, endpoints: [anEndpoint({ vpcId: 'nowhere' })] })).toMatch(/has 1 problem:/)
  })
})

describe('SharedEndpoint in somebody’s own app', () => {
  const serviceName = 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718'
  const open = () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Stack')
    const vpc = new Vpc(stack, 'Vpc') as IVpc
    return { stack, vpc, sharedEndpoint: new SharedEndpoint(stack, 'Shared', { vpc, serviceName }) }
  }

  it('leads the names of the same stack to itself', () => {
    const { stack, vpc, sharedEndpoint } = open()
    const common = { vpc, sharedEndpoint, clientCidrs: ['10.1.0.0/16'] }
    new RdsConsumer(stack, 'Orders', { ...common, hostname: 'orders.example.com', port: 6001 })
    const bills = new RdsConsumer(stack, 'Bills', { ...common, hostname: 'bills.example.com', port: 6002 })
    const its = Template.fromStack(stack)
    its.resourceCountIs('AWS::EC2::VPCEndpoint', 1)
    its.resourceCountIs('AWS::Route53::HostedZone', 2)
    expect(bills.endpointId).toBeUndefined()
    expect(sharedEndpoint.endpointId).toBeDefined()
  })

  it('refuses beside it a service of the consumer’s own', () => {
    const { stack, vpc, sharedEndpoint } = open()
    const props = { vpc, sharedEndpoint, serviceName, hostname: 'orders.example.com', port: 6001 }
    expect(() => new RdsConsumer(stack, 'Orders', props)).toThrow('nothing of it beside sharedEndpoint')
  })
})
