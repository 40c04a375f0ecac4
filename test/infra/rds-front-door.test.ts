import { App, Fn, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { type IVpc, SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2'
import {
  type INetworkLoadBalancer,
  NetworkLoadBalancer,
  NetworkTargetGroup,
  Protocol,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseInstance,
  DatabaseInstanceEngine,
  DatabaseProxy,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import { FrontDoorTarget } from '../../infra/front-door-target.ts'
import { fixedNames } from '../../infra/lifecycle.ts'
import { RdsFrontDoor } from '../../infra/rds-front-door.ts'

// The construct deploys what `npm run build` makes.
beforeAll(() => buildReconciler(), 60_000)

/** Without an account and Region everything about the database is known at the deployment only. */
const anApp = () => {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Shop')
  // CDK declares optional properties in a way that exactOptionalPropertyTypes rejects.
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 }) as IVpc
  const database = new DatabaseInstance(stack, 'Orders', { vpc, engine: engineOf() })
  return { stack, vpc, database, target: FrontDoorTarget.instance(database) }
}

const engineOf = () => DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 })

const aGroup = (stack: Stack, vpc: IVpc) =>
  new NetworkTargetGroup(stack, 'Group', { vpc, port: 5432, protocol: Protocol.TCP, targetType: TargetType.IP })

describe('RdsFrontDoor', () => {
  it('listens on the database’s own port and lets the function find the database by its name', () => {
    const { stack, vpc, target } = anApp()
    new RdsFrontDoor(stack, 'Door', { target, vpc })
    const template = Template.fromStack(stack)

    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Orders'), 'Endpoint.Port'] },
    })
    const [lambda] = Object.values(
      template.findResources('AWS::Lambda::Function', {
        Properties: { Environment: { Variables: { REPOINT_CONFIG: Match.anyValue() } } },
      }),
    )
    const config = JSON.stringify(lambda?.Properties.Environment.Variables.REPOINT_CONFIG)
    expect(config).toContain('"Endpoint.Address"')
    expect(config).not.toContain('example')
  })

  it('takes a target group of the app’s own, and makes no load balancer', () => {
    const { stack, vpc, target } = anApp()
    const loadBalancer = new NetworkLoadBalancer(stack, 'Mine', { vpc }) as INetworkLoadBalancer
    const topic = new Topic(stack, 'OnCall')
    const existing = { targetGroups: [aGroup(stack, vpc)], loadBalancer }
    const door = new RdsFrontDoor(stack, 'Door', { target, existing, alarmActions: [new SnsAction(topic)] })
    const template = Template.fromStack(stack)

    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1)
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Sid: 'MoveTargets', Resource: { Ref: Match.stringLikeRegexp('^Group') } }),
        ]),
      },
    })
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'WriterHealthy',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^OnCall') }],
    })
    expect(door.endpointServiceName).toBeUndefined()
    expect(() => door.connections).toThrow('Shop/Door has no load balancer of its own')
  })

  it('is woken by the events of a proxy of the same app, by its ARN and by its name', () => {
    const { stack, vpc, database } = anApp()
    const secret = database.secret
    if (secret === undefined) throw new Error('The database has no secret')
    const proxy = new DatabaseProxy(stack, 'Pool', {
      proxyTarget: { bind: () => ({ engineFamily: 'POSTGRESQL', dbInstances: [database] }) } as never,
      secrets: [secret],
      vpc,
    })
    new RdsFrontDoor(stack, 'Door', { target: FrontDoorTarget.proxy(proxy, 5432, 'postgres'), vpc })

    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['RDS DB Proxy Event'],
        resources: [
          { 'Fn::GetAtt': [Match.stringLikeRegexp('^Pool'), 'DBProxyArn'] },
          { 'Fn::Join': ['', Match.arrayWith([':db-proxy:', { Ref: Match.stringLikeRegexp('^Pool') }])] },
        ],
      },
    })
  })

  it('has a rule for reports about this database alone', () => {
    const { stack, vpc, target } = anApp()
    new RdsFrontDoor(stack, 'Door', { target, vpc }).onRepointed('Moved')

    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['repoint'],
        'detail-type': ['Repoint Repointed', 'Repoint Drift Corrected'],
        detail: { database: [{ Ref: Match.stringLikeRegexp('^Orders') }] },
      },
    })
  })

  const named = (resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>) =>
    Object.entries(resources).flatMap(([id, { Type, Properties = {} }]) => {
      const property = fixedNames[Type]
      // A schedule group gets its name from CDK, out of the stack's and the construct's.
      const isFixed = property !== undefined && Type !== 'AWS::Scheduler::ScheduleGroup'
      return isFixed && Properties[property] !== undefined ? [id] : []
    })

  it('gives nothing a name of its own unless it is asked for one', () => {
    const { stack, vpc, target } = anApp()
    new RdsFrontDoor(stack, 'Door', { target, vpc, dashboard: false, placement: 'isolated' })
    expect(named(Template.fromStack(stack).toJSON().Resources)).toEqual([])
  })

  it('names everything as the command line looks for it where it has a name', () => {
    const { stack, vpc, target } = anApp()
    new RdsFrontDoor(stack, 'Door', { target, vpc, name: 'orders' })
    const template = Template.fromStack(stack)
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'repoint-orders' })
    template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: '/aws/lambda/repoint-orders' })
    template.hasResourceProperties('AWS::Scheduler::Schedule', { Name: 'resync' })
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'repoint-orders-no-healthy-target' })
    template.hasResourceProperties('AWS::Events::Rule', { Name: 'repoint-orders-database-events' })
  })

  it('stands twice in one stack, isolated too', () => {
    const { stack, vpc, database, target } = anApp()
    const more = new DatabaseInstance(stack, 'Stock', { vpc, engine: engineOf() })
    const first = new RdsFrontDoor(stack, 'Door', { target, vpc, placement: 'isolated', name: 'orders' })
    const shared = new SecurityGroup(stack, 'Endpoints', { vpc })
    const second = new RdsFrontDoor(stack, 'Second', {
      target: FrontDoorTarget.instance(more),
      vpc,
      placement: 'isolated',
      endpointSecurityGroup: shared,
      name: 'stock',
    })
    for (const door of [first, second]) database.connections.allowDefaultPortFrom(door)
    Template.fromStack(stack).resourceCountIs('AWS::EC2::VPCEndpointService', 2)
  })

  it('opens the endpoints that it creates to others of the VPC, and takes no group of others beside them', () => {
    const { stack, vpc, database, target } = anApp()
    const endpointClients = {
      cidrs: ['10.0.9.0/24'],
      securityGroups: database.connections.securityGroups,
      lambda: true,
    }
    new RdsFrontDoor(stack, 'Door', { target, vpc, placement: 'isolated', endpointClients })
    const template = Template.fromStack(stack)
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [
        Match.objectLike({ CidrIp: '10.0.9.0/24', FromPort: 443, ToPort: 443 }),
        Match.objectLike({ SourceSecurityGroupId: Match.anyValue(), FromPort: 443, ToPort: 443 }),
      ],
    })
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { PrivateDnsEnabled: true }, 5)
    const endpointSecurityGroup = new SecurityGroup(stack, 'Endpoints', { vpc })
    const both = () => new RdsFrontDoor(stack, 'Both', { target, vpc, endpointClients, endpointSecurityGroup })
    expect(both).toThrow('endpointClients is about endpoints that are created')
  })

  it('opens the database’s group to the load balancer and to every network of it, known or not', () => {
    const { stack, database, target } = anApp()
    const vpc = Vpc.fromVpcAttributes(stack, 'Imported', {
      vpcId: Fn.importValue('vpc'),
      availabilityZones: ['a', 'b'],
    })
    const subnets = ['a', 'b'].map(zone =>
      Subnet.fromSubnetAttributes(stack, zone, {
        subnetId: Fn.importValue(`subnet-${zone}`),
        availabilityZone: `eu-west-1${zone}`,
        ipv4CidrBlock: Fn.importValue(`network-${zone}`),
      }),
    )
    const [databaseSecurityGroup] = database.connections.securityGroups
    if (databaseSecurityGroup === undefined) throw new Error('The database has no group')
    new RdsFrontDoor(stack, 'Door', { target, vpc, vpcSubnets: { subnets }, databaseSecurityGroup })
    const rules = Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress')
    const sources = Object.values(rules).map(({ Properties: it }) => it.CidrIp ?? 'the load balancer')
    expect(sources).toHaveLength(3)
    expect(sources).toEqual(
      expect.arrayContaining([
        'the load balancer',
        { 'Fn::ImportValue': 'network-a' },
        { 'Fn::ImportValue': 'network-b' },
      ]),
    )
  })

  it('has its function in the VPC of the same stack only when that has its way out', () => {
    const { stack, target } = anApp()
    const vpc = new Vpc(stack, 'WithNat', { maxAzs: 2, natGateways: 1 }) as IVpc
    new RdsFrontDoor(stack, 'Door', { target, vpc, placement: 'in-vpc' })
    const template = Template.fromStack(stack)
    const [reconciler] = Object.values(
      template.findResources('AWS::Lambda::Function', { Properties: { VpcConfig: Match.anyValue() } }),
    )
    const routes = Object.keys(
      template.findResources('AWS::EC2::Route', { Properties: { NatGatewayId: Match.anyValue() } }),
    ).filter(id => id.startsWith('WithNat'))
    expect(routes).toHaveLength(2)
    expect(reconciler?.DependsOn).toEqual(expect.arrayContaining(routes))
  })

  it('is refused beside one that makes the same rules: the one that goes first would take them from the other', () => {
    const { stack, database, target, vpc } = anApp()
    const [databaseSecurityGroup] = database.connections.securityGroups
    if (databaseSecurityGroup === undefined) throw new Error('The database has no group')
    const another = (id: string) => new RdsFrontDoor(stack, id, { target, vpc, databaseSecurityGroup })
    another('Door')
    expect(() => another('Second')).toThrow(/Second.*makes the rule for .* and so does .*Door.*: AWS takes one/)
    expect(() => new RdsFrontDoor(stack, 'Third', { target, vpc })).not.toThrow()
  })

  it('takes a role, a log group and a key of the app’s own, which its services may use', () => {
    const { stack, vpc, target } = anApp()
    const role = new Role(stack, 'Mine', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    const logGroup = new LogGroup(stack, 'Log')
    const encryptionKey = new Key(stack, 'Key')
    const door = new RdsFrontDoor(stack, 'Door', { target, vpc, role, logGroup, encryptionKey })
    const template = Template.fromStack(stack)

    expect(door.logGroup).toBe(logGroup)
    const mine = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Mine'), 'Arn'] }
    const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] }
    template.hasResourceProperties('AWS::Lambda::Function', {
      Role: mine,
      KmsKeyArn: key,
      LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^Log') } },
    })
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^Mine') }],
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Sid: 'DecryptEnvironment', Resource: key })]) },
    })
    template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: key })
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: Match.arrayWith(['kms:GenerateDataKey*']) }),
          Match.objectLike({ Principal: { Service: 'events.amazonaws.com' } }),
        ]),
      },
    })
    const groups = Object.values(template.findResources('AWS::Logs::LogGroup'))
    const unencrypted = groups.filter(({ Properties }) => Properties?.KmsKeyId === undefined)
    // The app's own log group is the app's to encrypt.
    expect(unencrypted).toHaveLength(1)
  })

  it('gets an endpoint service later, which goes before everything that serves consumers', () => {
    const { stack, vpc, target } = anApp()
    const door = new RdsFrontDoor(stack, 'Door', { target, vpc, endpointService: false })
    expect(door.endpointServiceName).toBeUndefined()
    const name = door.addEndpointService({ allowedPrincipals: ['arn:aws:iam::444455556666:root'] })

    expect(door.endpointServiceName).toBe(name)
    expect(() => door.addEndpointService()).toThrow('has an endpoint service')
    const template = Template.fromStack(stack)
    template.hasResourceProperties('AWS::EC2::VPCEndpointServicePermissions', {
      AllowedPrincipals: ['arn:aws:iam::444455556666:root'],
    })
    template.hasResource('AWS::EC2::VPCEndpointService', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DoorReconcilerFunction')]),
    })
  })

  it('is woken by members that CloudFormation names', () => {
    const { stack, vpc } = anApp()
    const engine = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_4 })
    const readers = [ClusterInstance.provisioned('reader')]
    const cluster = new DatabaseCluster(stack, 'Ledger', {
      vpc,
      engine,
      writer: ClusterInstance.provisioned('writer'),
      readers,
    })
    new RdsFrontDoor(stack, 'Door', { target: FrontDoorTarget.cluster(cluster), vpc, strategy: 'weighted' })
    const [rule, ...others] = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'))
    const [, members] = rule?.Properties.EventPattern.$or ?? []
    expect(JSON.stringify(members?.resources)).toMatch(/Ledgerwriter.*Ledgerreader/)
    expect(others).toEqual([])
  })

  it('counts how often the writer was found healthy, and how long a move took', () => {
    const { stack, vpc, target } = anApp()
    const door = new RdsFrontDoor(stack, 'Door', { target, vpc })
    const names = [door.metricWriterHealthy(), door.metricTimeToHealthy(), door.metricRefused()].map(
      it => it.metricName,
    )
    expect(names).toEqual(['WriterHealthy', 'TimeToHealthy', 'Refused'])
  })

  it('wants the engine of an instance that was imported without one', () => {
    const { stack, vpc } = anApp()
    const imported = DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Old', {
      instanceIdentifier: 'old',
      instanceEndpointAddress: 'old.abc123def456.eu-west-1.rds.amazonaws.com',
      port: 5432,
      securityGroups: [],
    })
    expect(() => new RdsFrontDoor(stack, 'Door', { target: FrontDoorTarget.instance(imported), vpc })).toThrow(
      'name it, for example FrontDoorTarget.instance(database, "postgres")',
    )
    new RdsFrontDoor(stack, 'Named', { target: FrontDoorTarget.instance(imported, 'postgres'), vpc })
  })
})
