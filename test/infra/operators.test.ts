import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { logMessages, metricNamespace, metrics } from '../../functions/reconciler/names.ts'
import type { Report } from '../../functions/reconciler/ports.ts'
import { runbookSection } from '../../infra/constructs/alarm.ts'
import { type AlarmName, alarmNames } from '../../infra/constructs/alarms.ts'
import { queries } from '../../infra/constructs/queries.ts'
import {
  aCluster,
  anInstance,
  anInstanceBehindItsOwn,
  created,
  existingTargetGroup,
  onlyResource,
  synthesizeEntries,
} from './settings-fixture.ts'

const topic = 'arn:aws:sns:eu-west-1:111122223333:on-call'
const loadBalancerArn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/orders/fedcba9876543210'
const named = (name: string) => `arn:aws:rds:eu-west-1:111122223333:db:${name}`
const templates = synthesizeEntries([
  anInstance({ alarms: { topicArns: [topic] } }),
  anInstanceBehindItsOwn({ arn: named('blind') }),
  anInstanceBehindItsOwn({
    arn: named('seeing'),
    frontDoor: { ...existingTargetGroup, loadBalancerArn },
    function: { everyMinutes: 10 },
  }),
  anInstanceBehindItsOwn({
    ...aCluster({ arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:seeing-readers' }),
    frontDoor: { ...existingTargetGroup, loadBalancerArn },
    readers: { targetGroupArn: existingTargetGroup.targetGroupArn.replace('orders', 'readers') },
  }),
  anInstance({ arn: named('pair'), frontDoor: created('standby') }),
  aCluster({ frontDoor: created('weighted'), readers: {}, alarms: { topicArns: [topic] } }),
])
const template = (name: string) => templates[`Repoint-${name}`] as Template

const alarmsOf = (name: string) =>
  Object.fromEntries(
    Object.values(template(name).findResources('AWS::CloudWatch::Alarm')).map(it => [
      (it.Properties.AlarmName as string).replace(`repoint-${name}-`, ''),
      it.Properties,
    ]),
  )

const names = Object.keys(alarmNames) as AlarmName[]

describe('alarms', () => {
  it.each(names)('%s says what it means, where to read on, and tells the topic', name => {
    const alarm = alarmsOf('ledger')[name]
    expect(alarm?.AlarmDescription).toBe(`${alarmNames[name]}. ${runbookSection(name)}`)
    expect(alarm?.AlarmActions).toEqual([topic])
    expect(alarm?.OKActions).toEqual([topic])
  })

  it('are all there for front doors of our own, the readers’ where there are readers', () => {
    expect(Object.keys(alarmsOf('ledger')).sort()).toEqual([...names].sort())
    expect(names.filter(name => !(name in alarmsOf('orders')))).toEqual(['no-healthy-reader'])
  })

  it('leave out the load balancer’s where nobody says which it is', () => {
    const absent = names.filter(name => !(name in alarmsOf('blind')))
    expect(absent).toEqual(['no-healthy-reader', 'fail-open-flows'])
  })

  it.each([
    ['swap', 'orders'],
    ['standby', 'pair'],
    ['weighted', 'ledger'],
    ['swap at a load balancer that nobody names', 'blind'],
  ])('ring for a writer that is not found healthy, whatever else answers (%s)', (_, name) => {
    expect(alarmsOf(name)['no-healthy-target']).toMatchObject({
      Namespace: metricNamespace,
      MetricName: metrics.writerHealthy,
      Dimensions: [{ Name: 'Database', Value: name }],
      Statistic: 'Maximum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
    })
  })

  it('ring for two runs out of three that found it unhealthy, and never for a number that is not there', () => {
    const twoOfThree = { DatapointsToAlarm: 2, EvaluationPeriods: 3, TreatMissingData: 'ignore' }
    expect(alarmsOf('orders')['no-healthy-target']).toMatchObject({ ...twoOfThree, Period: 60 })
    expect(alarmsOf('seeing')['no-healthy-target']).toMatchObject({ ...twoOfThree, Period: 600 })
  })

  it('make no number up where none came, and never follow the unhealthy count', () => {
    for (const name of ['orders', 'pair', 'ledger']) {
      expect(JSON.stringify(alarmsOf(name))).not.toMatch(/FILL|UnHealthyHostCount/)
    }
  })

  it('name an existing load balancer and target group as CloudWatch does', () => {
    const LoadBalancer = { Name: 'LoadBalancer', Value: 'net/orders/fedcba9876543210' }
    expect(alarmsOf('seeing')['fail-open-flows']).toMatchObject({
      Namespace: 'AWS/NetworkELB',
      Dimensions: [LoadBalancer],
    })
    expect(alarmsOf('seeing-readers')['no-healthy-reader']).toMatchObject({
      Namespace: 'AWS/NetworkELB',
      MetricName: 'HealthyHostCount',
      Statistic: 'Minimum',
      Dimensions: [LoadBalancer, { Name: 'TargetGroup', Value: 'targetgroup/readers/0123456789abcdef' }],
    })
  })

  it.each([
    ['refused', metrics.refused, [{ Name: 'Database', Value: 'orders' }]],
    [
      'drift-found',
      metrics.repointed,
      [
        { Name: 'Database', Value: 'orders' },
        { Name: 'Reason', Value: 'drift-corrected' },
      ],
    ],
  ])('%s reads what the function emits', (name, metric, dimensions) => {
    expect(alarmsOf('orders')[name]).toMatchObject({
      Namespace: metricNamespace,
      MetricName: metric,
      Dimensions: dimensions,
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    })
  })

  it('hold the silence of the schedule, and no data, for an alarm, but not during the longest watch', () => {
    expect(alarmsOf('orders')['schedule-silent']).toMatchObject({
      MetricName: 'Invocations',
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      Period: 300,
      EvaluationPeriods: 4,
    })
  })

  it('hear of a function that fails at every tick, however rare the ticks are', () => {
    expect(alarmsOf('orders')['reconcile-failing']).toMatchObject({ MetricName: 'Errors', Period: 300, Threshold: 2 })
    expect(alarmsOf('seeing')['reconcile-failing']).toMatchObject({ Period: 1800, Threshold: 2 })
  })

  it('hold a waiting event for an alarm only when no watch can be the cause', () => {
    expect(alarmsOf('orders')['event-age']).toMatchObject({ MetricName: 'AsyncEventAge', Threshold: 900_000 })
  })
})

describe('the dashboard', () => {
  const body = JSON.stringify(onlyResource(template('orders'), 'AWS::CloudWatch::Dashboard').properties.DashboardBody)

  it.each([
    ...Object.values(metrics),
    'HealthyHostCount',
    'TCP_ELB_Reset_Count',
    'NewFlowCount',
    'UnhealthyRoutingFlowCount',
    'AsyncEventAge',
  ])('shows %s', metric => {
    expect(body).toContain(metric)
  })

  it('shows a weighted front door slot by slot, and the readers', () => {
    const slots = JSON.stringify(
      onlyResource(template('ledger'), 'AWS::CloudWatch::Dashboard').properties.DashboardBody,
    )
    for (const label of ['Healthy in slot 1', 'Healthy in slot 3', 'Healthy readers']) expect(slots).toContain(label)
    expect(slots).not.toContain('slot 4')
  })

  it('says that one of a pair is always unhealthy', () => {
    const pair = JSON.stringify(onlyResource(template('pair'), 'AWS::CloudWatch::Dashboard').properties.DashboardBody)
    expect(pair).toContain('one of the pair is always unhealthy')
  })

  it('tells where the writer was over time', () => {
    expect(body).toContain('report.writer.addresses.0')
  })
})

describe('saved queries', () => {
  it('read this database’s log group and stand in its folder', () => {
    const saved = Object.values(template('orders').findResources('AWS::Logs::QueryDefinition')).map(it => it.Properties)
    expect(saved.map(it => it.Name)).toEqual(Object.keys(queries).map(name => `Repoint/orders/${name}`))
    for (const query of saved) expect(query.LogGroupNames).toEqual([{ Ref: expect.stringMatching(/^ReconcilerLogs/) }])
  })

  it('look for the sentences that the function logs', () => {
    const text = Object.values(queries).flat().join('\n')
    for (const sentence of [logMessages.summary, logMessages.failed, logMessages.retry])
      expect(text).toContain(`"${sentence}"`)
  })

  it('ask for fields that a report has', () => {
    // A renamed field does not compile here, and one that no report has would be an empty column for ever.
    const fields: Record<keyof Report, true> = {
      ...{ outcome: true, reason: true, remedy: true, database: true, trigger: true, writer: true, before: true },
      ...{ plan: true, stepsDone: true, after: true, owners: true, isWriterHealthy: true, rememberedMs: true },
      ...{ timings: true },
    }
    const asked = Object.values(queries)
      .flat()
      .flatMap(line => [...line.matchAll(/\breport\.(\w+)/g)].map(([, field = '']) => field))
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.filter(field => !(field in fields))).toEqual([])
  })
})

describe('outputs', () => {
  it('are what an operator needs next', () => {
    const outputs = template('orders').toJSON().Outputs as Record<string, unknown>
    expect(Object.keys(outputs)).toEqual([
      'LoadBalancerName',
      'LoadBalancerSecurityGroupId',
      'EndpointServiceName',
      'ResyncCommand',
      'DashboardLink',
    ])
    const command = JSON.stringify(outputs.ResyncCommand)
    expect(command).toContain('aws lambda invoke --function-name')
    // Version 1 of the AWS CLI has no such option, Windows no such file, and each shell quotes in its own way.
    expect(command).not.toMatch(/cli-binary-format|payload|\/dev\/stdout|'/)
    expect(command).toContain(' repoint-report.json')
  })
})
