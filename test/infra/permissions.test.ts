import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import {
  aCluster,
  anInstance,
  anInstanceBehindItsOwn,
  existingTargetGroup,
  synthesizeEntries,
} from './settings-fixture.ts'

const inVpc = anInstance({
  arn: 'arn:aws:rds:eu-west-1:111122223333:db:inside',
  network: { mode: 'in-vpc' },
})
const ownBus = anInstanceBehindItsOwn({
  arn: 'arn:aws:rds:eu-west-1:111122223333:db:own',
  eventBus: 'arn:aws:events:eu-west-1:999988887777:event-bus/operations',
})
const members = aCluster({ arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:members', members: ['one', 'reader-*'] })
const templates = synthesizeEntries([anInstance(), aCluster(), inVpc, ownBus, members])

/** Statements of the role of a function, by the beginning of the policy's logical id. */
const statementsOf = (stack: string, policy: string): unknown[] => {
  const policies = (templates[stack] as Template).findResources('AWS::IAM::Policy')
  const found = Object.entries(policies).filter(([id]) => id.startsWith(policy))
  return found.flatMap(([, resource]) => resource.Properties.PolicyDocument.Statement)
}

const arnOf = (id: RegExp) => ({ 'Fn::GetAtt': [expect.stringMatching(id), 'Arn'] })

const common = (targetGroup: unknown, bus = 'arn:aws:events:eu-west-1:111122223333:event-bus/default') => [
  { Sid: 'ReadTargetHealth', Effect: 'Allow', Action: 'elasticloadbalancing:DescribeTargetHealth', Resource: '*' },
  {
    Sid: 'MoveTargets',
    Effect: 'Allow',
    Action: ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
    Resource: targetGroup,
  },
  {
    Sid: 'PublishReports',
    Effect: 'Allow',
    Action: 'events:PutEvents',
    Resource: bus,
    Condition: { StringEquals: { 'events:source': 'repoint' } },
  },
  {
    Sid: 'WriteLogs',
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: arnOf(/^ReconcilerLogs/),
  },
  { Sid: 'KeepLostEvents', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf(/^DeadLetters/) },
]

const created = { Ref: expect.stringMatching(/^FrontDoorTargetGroup/) }
const networkActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
]

describe('the reconciler', () => {
  it('of an instance may move its own target group’s targets and say so, and nothing more', () => {
    expect(statementsOf('Repoint-orders', 'ReconcilerRole')).toEqual(common(created))
  })

  it('of a cluster may also read that cluster and the account’s instances', () => {
    expect(statementsOf('Repoint-ledger', 'ReconcilerRole')).toEqual([
      ...common(created),
      {
        Sid: 'ReadCluster',
        Effect: 'Allow',
        Action: 'rds:DescribeDBClusters',
        Resource: 'arn:aws:rds:eu-west-1:111122223333:cluster:ledger',
      },
      {
        Sid: 'ReadMembers',
        Effect: 'Allow',
        Action: 'rds:DescribeDBInstances',
        Resource: 'arn:aws:rds:eu-west-1:111122223333:db:*',
      },
    ])
  })

  it('of a cluster with named members reads only them', () => {
    expect(statementsOf('Repoint-members', 'ReconcilerRole').at(-1)).toEqual({
      Sid: 'ReadMembers',
      Effect: 'Allow',
      Action: 'rds:DescribeDBInstances',
      Resource: ['arn:aws:rds:eu-west-1:111122223333:db:one', 'arn:aws:rds:eu-west-1:111122223333:db:reader-*'],
    })
  })

  it('in a VPC lets Lambda make network interfaces and denies it to the code', () => {
    expect(statementsOf('Repoint-inside', 'ReconcilerRole')).toEqual([
      ...common(created),
      { Sid: 'NetworkInterfacesForLambda', Effect: 'Allow', Action: networkActions, Resource: '*' },
      {
        Sid: 'NetworkInterfacesNotForTheCode',
        Effect: 'Deny',
        Action: networkActions,
        Resource: '*',
        Condition: {
          ArnEquals: { 'lambda:SourceFunctionArn': 'arn:aws:lambda:eu-west-1:111122223333:function:repoint-inside' },
        },
      },
    ])
  })

  it('behind an existing target group may touch that group only', () => {
    expect(statementsOf('Repoint-own', 'ReconcilerRole')).toEqual(
      common(existingTargetGroup.targetGroupArn, 'arn:aws:events:eu-west-1:999988887777:event-bus/operations'),
    )
  })

  it('has no managed policy', () => {
    for (const template of Object.values(templates)) {
      for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
        expect(role.Properties).not.toHaveProperty('ManagedPolicyArns')
      }
    }
  })
})

describe('the others', () => {
  it('are the seed, which may invoke the reconciler', () => {
    expect(statementsOf('Repoint-orders', 'FirstRegistrationRole')).toEqual([
      {
        Sid: 'InvokeReconciler',
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: arnOf(/^ReconcilerFunction/),
      },
      {
        Sid: 'WriteLogs',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: arnOf(/^FirstRegistrationLogs/),
      },
    ])
  })

  it('and the scheduler, which may invoke the alias for ticks', () => {
    expect(statementsOf('Repoint-orders', 'SchedulerRole')).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: { Ref: expect.stringMatching(/^ReconcilerTicks/) },
      },
    ])
  })

  it('and nobody else', () => {
    const policies = Object.keys((templates['Repoint-orders'] as Template).findResources('AWS::IAM::Policy'))
    expect(policies.map(id => id.replace(/DefaultPolicy.*/, ''))).toEqual([
      'ReconcilerRole',
      'FirstRegistrationRole',
      expect.stringMatching(/^SchedulerRole/),
    ])
  })
})
