import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../functions/reconciler/config.ts'
import { functionName } from '../../infra/app/settings/resource-names.ts'
import {
  anInstance,
  anInstanceBehindItsOwn,
  existingTargetGroup,
  onlyResource,
  synthesizeEntries,
} from './settings-fixture.ts'

const templates = synthesizeEntries([
  anInstance(),
  anInstanceBehindItsOwn({
    arn: 'arn:aws:rds:eu-west-1:111122223333:db:small',
    function: { reserveConcurrency: false, everyMinutes: 5, logRetentionDays: 30, logLevel: 'DEBUG' },
    policies: ['dry-run'],
  }),
])
const orders = templates['Repoint-orders'] as Template
const small = templates['Repoint-small'] as Template

const theFunction = (template: Template, name: string) =>
  onlyResource(template, 'AWS::Lambda::Function', { FunctionName: name }).properties

describe('the function', () => {
  it('has the runtime, the size and the time that the watch needs', () => {
    expect(theFunction(orders, 'repoint-orders')).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 900,
      ReservedConcurrentExecutions: 1,
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO' },
    })
  })

  it('runs without a reservation where the account has none to give', () => {
    expect(theFunction(small, 'repoint-small')).not.toHaveProperty('ReservedConcurrentExecutions')
  })

  it('gets a configuration that it accepts', () => {
    const variables = theFunction(small, 'repoint-small').Environment as { Variables: Record<string, string> }
    const config = parseConfig('REPOINT_CONFIG', variables.Variables.REPOINT_CONFIG)
    expect(config.database).toMatchObject({ kind: 'instance', id: 'small', port: 5432 })
    expect(config.frontDoors).toEqual([
      { role: 'writer', strategy: 'swap', targetGroupArn: existingTargetGroup.targetGroupArn, port: 5432 },
    ])
    expect(config.allowedCidrs).toEqual(['10.0.0.0/16'])
    expect(config.policies).toEqual(['dry-run'])
  })

  it('keeps its logs for as long as the settings say', () => {
    small.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/lambda/repoint-small',
      RetentionInDays: 30,
    })
    orders.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/lambda/repoint-orders',
      RetentionInDays: 90,
    })
  })

  it('has a name that Lambda takes, however long the database’s is', () => {
    const id = `a${'b'.repeat(62)}`
    expect(functionName({ id })).toHaveLength(64)
    expect(functionName({ id })).not.toBe(functionName({ id: `${id.slice(0, 62)}c` }))
  })
})

describe('events', () => {
  it('are tried again twice, for an hour, and kept when given up', () => {
    orders.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3600,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [onlyResource(orders, 'AWS::SQS::Queue').id, 'Arn'] } },
      },
    })
  })

  it('that are lost end in a queue that is encrypted and takes TLS only', () => {
    expect(onlyResource(orders, 'AWS::SQS::Queue').properties).toEqual({
      MessageRetentionPeriod: 1_209_600,
      QueueName: 'repoint-orders-dead-letters',
      SqsManagedSseEnabled: true,
    })
    const { Statement } = onlyResource(orders, 'AWS::SQS::QueuePolicy').properties.PolicyDocument as {
      Statement: unknown[]
    }
    expect(Statement[0]).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })
  })
})

describe('the schedule', () => {
  it('looks every minute, and as often as the settings say', () => {
    expect(onlyResource(orders, 'AWS::Scheduler::Schedule').properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Target: { Input: '{"action":"tick"}', RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
    })
    expect(onlyResource(small, 'AWS::Scheduler::Schedule').properties).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
    })
  })

  it('has its ticks dropped after a minute behind a watch, unlike the events', () => {
    const alias = onlyResource(orders, 'AWS::Lambda::Alias')
    expect(alias.properties).toMatchObject({ Name: 'tick', FunctionVersion: '$LATEST' })
    const target = onlyResource(orders, 'AWS::Scheduler::Schedule').properties.Target as { Arn: unknown }
    expect(target.Arn).toEqual({ Ref: alias.id })
    const config = onlyResource(orders, 'AWS::Lambda::EventInvokeConfig', { MaximumEventAgeInSeconds: 60 }).properties
    expect(config).toMatchObject({ MaximumRetryAttempts: 0 })
    expect(JSON.stringify(config.Qualifier)).toContain(alias.id)
    expect(config).not.toHaveProperty('DestinationConfig')
  })

  it('begins after the first registration', () => {
    const schedules = Object.values(orders.findResources('AWS::Scheduler::Schedule'))
    expect(schedules[0]?.DependsOn).toContain(onlyResource(orders, 'Custom::RepointSeed').id)
  })
})
