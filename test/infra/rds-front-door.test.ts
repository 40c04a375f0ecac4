import { App, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2'
import {
  type INetworkLoadBalancer,
  NetworkLoadBalancer,
  NetworkTargetGroup,
  Protocol,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { DatabaseInstance, DatabaseInstanceEngine, DatabaseProxy, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import { FrontDoorTarget } from '../../infra/front-door-target.ts'
import { RdsFrontDoor } from '../../infra/rds-front-door.ts'

// The construct deploys what `npm run build` makes.
beforeAll(() => buildReconciler(), 60_000)

/** Without an account and Region everything about the database is known at the deployment only. */
const anApp = () => {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Shop')
  // CDK declares optional properties in a way that exactOptionalPropertyTypes rejects.
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 }) as IVpc
  const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 })
  const database = new DatabaseInstance(stack, 'Orders', { vpc, engine })
  return { stack, vpc, database, target: FrontDoorTarget.instance(database) }
}

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
    const door = new RdsFrontDoor(stack, 'Door', { target, existing, alarmTopics: [topic] })
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
