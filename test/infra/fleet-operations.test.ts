import { App, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { describe, expect, it } from 'vitest'
import { FleetOperations } from '../../infra/fleet-operations.ts'
import { FrontDoorTarget } from '../../infra/front-door-target.ts'
import { RdsFrontDoor } from '../../infra/rds-front-door.ts'
import { RdsResourceGateway } from '../../infra/rds-resource-gateway.ts'
import { codeInline } from './settings-fixture.ts'

const aStack = (id = 'Fleet', app = new App({ builtinCloudFormationValidation: false })) => new Stack(app, id)

interface DoorOptions {
  readonly operations: FleetOperations
  readonly name?: string
}

const aDoor = (stack: Stack, id: string, { operations, name }: DoorOptions): RdsFrontDoor => {
  const vpc = new Vpc(stack, `${id}Vpc`, { maxAzs: 2 }) as IVpc
  const target = FrontDoorTarget.hostname(id.toLowerCase(), `${id.toLowerCase()}.example.com`, 5432, 'postgres')
  return new RdsFrontDoor(stack, id, {
    target,
    vpc,
    alarmActions: [operations.alarmAction],
    dashboard: false,
    code: codeInline(),
    ...(name === undefined ? {} : { name }),
  })
}

const bodyOf = (stack: Stack): string =>
  JSON.stringify(Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard')))

describe('FleetOperations', () => {
  it('has one topic for the alarms of every database, which CloudWatch of this account may use', () => {
    const stack = aStack()
    const operations = new FleetOperations(stack, 'Operations', { emails: ['on-call@example.com'] })
    for (const id of ['Orders', 'Stock']) aDoor(stack, id, { operations })
    const template = Template.fromStack(stack)

    template.resourceCountIs('AWS::SNS::Topic', 1)
    template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'on-call@example.com' })
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^OperationsAlarms') }],
    })
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sns:Publish',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            Principal: { Service: 'cloudwatch.amazonaws.com' },
          }),
        ]),
      },
    })
  })

  it('has one dashboard, on which the database is chosen, and the saved queries once', () => {
    const stack = aStack()
    const operations = new FleetOperations(stack, 'Operations')
    operations.watch(...['Orders', 'Stock'].map(id => aDoor(stack, id, { operations })))
    const template = Template.fromStack(stack)

    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1)
    const body = bodyOf(stack)
    expect(body).toMatch(/variables.{0,200}property.{0,200}Database/)
    expect(body).toMatch(/SOURCE .{0,200}OrdersReconcilerLogs.{0,200}StockReconcilerLogs/)
    const queries = Object.values(template.findResources('AWS::Logs::QueryDefinition'))
    expect(queries.map(({ Properties }) => Properties.Name)).toContain('Repoint/What happened')
    // Those of access logs ask which one, as long as no gateway is watched.
    const watched = queries.flatMap(({ Properties }) => Properties.LogGroupNames?.length ?? [])
    expect(watched).toEqual([2, 2, 2, 2, 2])
    expect(queries).toHaveLength(8)
  })

  it('is the same without a database: the queries ask which log groups', () => {
    const stack = aStack()
    new FleetOperations(stack, 'Operations', { name: 'repoint' })
    const template = Template.fromStack(stack)

    template.hasResourceProperties('AWS::Logs::QueryDefinition', { LogGroupNames: Match.absent() })
    template.hasResourceProperties('AWS::CloudWatch::Dashboard', {
      DashboardName: { 'Fn::Join': ['', ['repoint-', { Ref: 'AWS::Region' }]] },
    })
  })

  it('watches a front door of another stack by its name alone: a reference would be a circle', () => {
    const stack = aStack()
    const operations = new FleetOperations(stack, 'Operations')
    const other = aStack('Orders', stack.node.root as App)
    const named = aDoor(other, 'Orders', { operations, name: 'orders' })
    const unnamed = aDoor(other, 'Stock', { operations })
    operations.watch(named)

    expect(bodyOf(stack)).toContain('/aws/lambda/repoint-orders')
    expect(() => operations.watch(unnamed)).toThrow('is in another stack than Fleet/Operations: give it a name')
  })

  it('shows where gateways went in a row of its own, in whichever stack they are', () => {
    const stack = aStack()
    const operations = new FleetOperations(stack, 'Operations')
    const gateway = (own: Stack, id: string, name?: string) =>
      new RdsResourceGateway(own, id, {
        target: FrontDoorTarget.hostname('db', 'db.example.com', 5432, 'postgres'),
        vpc: new Vpc(own, `${id}Vpc`, { maxAzs: 2 }) as IVpc,
        alarmActions: [operations.alarmAction],
        dashboard: false,
        ...(name === undefined ? {} : { name }),
      })
    operations.watchGateways(
      gateway(stack, 'Here'),
      gateway(aStack('Other', stack.node.root as App), 'There', 'orders'),
    )

    const body = bodyOf(stack)
    expect(body).toMatch(/Where the gateways went/)
    const saved = Object.values(Template.fromStack(stack).findResources('AWS::Logs::QueryDefinition'))
    expect(saved.flatMap(({ Properties }) => Properties.LogGroupNames?.length ?? [])).toEqual([2, 2, 2])
    expect(body).toMatch(/HereAccessLogLogs[^ ]+.{0,200}\/aws\/vendedlogs\/repoint\/orders\/gateway/)
  })

  it('takes a topic of the app’s own, and leaves its subscriptions to the app', () => {
    const stack = aStack()
    const topic = new Topic(stack, 'Mine') as ITopic
    expect(new FleetOperations(stack, 'Operations', { topic }).topic).toBe(topic)
    const emails = ['on-call@example.com']
    expect(() => new FleetOperations(stack, 'Other', { topic, emails })).toThrow('subscribe the addresses')
  })
})
