import { App, Duration, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2'
import { describe, expect, it } from 'vitest'
import { runbookSection } from '../../infra/constructs/alarm.ts'
import { gatewayAlarmNames, gatewayQueries } from '../../infra/constructs/gateway-operations.ts'
import { FrontDoorTarget } from '../../infra/front-door-target.ts'
import { RdsResourceGateway } from '../../infra/rds-resource-gateway.ts'
import { atStage, problemsOf } from './gateway-fixture.ts'
import { anInstance } from './settings-fixture.ts'

const topic = 'arn:aws:sns:eu-west-1:111122223333:on-call'
const watched = anInstance({ alarms: { topicArns: [topic] }, dashboard: true })
const template = atStage('retired', { connectionEveryMinutes: 60 }, watched)
const quiet = atStage('retired')
const logGroup = { Ref: Match.stringLikeRegexp('^AccessLogLogs') }

const alarmsIn = (it: Template) =>
  Object.fromEntries(
    Object.values(it.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => [
      String(Properties.AlarmName).replace('repoint-orders-', ''),
      Properties,
    ]),
  )

describe('alarms of the gateway’s access log', () => {
  it.each(Object.entries(gatewayAlarmNames))(
    '%s says what it means and where to read on, and tells the topic',
    (name, says) => {
      expect(alarmsIn(template)[name]).toMatchObject({
        AlarmDescription: `${says}. ${runbookSection(name)}`,
        AlarmActions: [topic],
        OKActions: [topic],
        Namespace: 'Repoint/gateway/orders',
      })
    },
  )

  it('rings when nothing has come for as long as was expected, and late lines of one period ring nothing', () => {
    expect(alarmsIn(template)['gateway-silent']).toMatchObject({
      MetricName: 'GatewayConnections',
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 12,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    })
  })

  it('expects nothing where the settings do not: pools may be idle for hours', () => {
    expect(Object.keys(alarmsIn(quiet))).toEqual(['gateway-not-reaching'])
  })

  it('rings for connections that reach nothing, not for the minute of a failover', () => {
    expect(alarmsIn(quiet)['gateway-not-reaching']).toMatchObject({
      MetricName: 'GatewayNotReached',
      DatapointsToAlarm: 4,
      EvaluationPeriods: 5,
      Period: 60,
      TreatMissingData: 'notBreaching',
    })
  })

  it('count the lines of the log', () => {
    const pattern = (name: string) =>
      template.findResources('AWS::Logs::MetricFilter', {
        Properties: { LogGroupName: logGroup, MetricTransformations: [Match.objectLike({ MetricName: name })] },
      })
    const patterns = ['GatewayConnections', 'GatewayNotReached'].map(
      name => Object.values(pattern(name))[0]?.Properties.FilterPattern,
    )
    expect(patterns).toEqual([
      '{ ($.resourceIpPort = "*") && ($.resourceIpPort != "-") }',
      '{ ($.resourceIpPort NOT EXISTS) || ($.resourceIpPort = "-") }',
    ])
  })

  it.each([4, 1441])('are not asked to look back %i minutes', minutes => {
    const entry = { stage: 'retired', from: 'gateway', databaseSecurityGroupId: false, connectionEveryMinutes: minutes }
    expect(problemsOf(anInstance({ gateway: entry })).join()).toContain('gateway.connectionEveryMinutes')
  })
})

describe('what shows the gateway alone, on request', () => {
  it('are saved queries of its log, in the database’s folder', () => {
    const saved = Object.values(template.findResources('AWS::Logs::QueryDefinition')).map(it => it.Properties)
    expect(saved.map(it => it.Name)).toEqual(Object.keys(gatewayQueries).map(name => `Repoint/orders/${name}`))
    for (const it of saved) expect(it.LogGroupNames).toEqual([{ Ref: expect.stringMatching(/^AccessLogLogs/) }])
  })

  it('is a dashboard with the alarms, the counts, and where connections went', () => {
    const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'))
    expect(dashboard?.Properties.DashboardName).toBe('repoint-orders-gateway-eu-west-1')
    const body = JSON.stringify(dashboard?.Properties.DashboardBody)
    for (const text of ['GatewayConnections', 'GatewayNotReached', 'Where the gateway went', 'resourceIpPort'])
      expect(body).toContain(text)
  })

  it('is left out where a CDK app wants none', () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Shop')
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 }) as IVpc
    const target = FrontDoorTarget.hostname('db', 'db.example.com', 5432, 'postgres')
    const props = { target, vpc, dashboard: false, connectionEvery: Duration.hours(2) }
    const gateway = new RdsResourceGateway(stack, 'Gateway', props)

    expect(gateway.alarms).toHaveLength(2)
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Dashboard', 0)
  })
})
