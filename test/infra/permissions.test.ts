import { readFileSync } from 'node:fs'
import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { neededActions } from '../../cli/facts/needed-actions.ts'
import { withGeneratedTables } from '../../cli/reference/deploying.ts'
import { functionPermissions, permissionsOf } from '../../infra/permissions.ts'
import {
  aCluster,
  anInstance,
  anInstanceBehindItsOwn,
  type Entry,
  existingTargetGroup,
  created as strategy,
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
const listenerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/orders/fedcba9876543210/0a1b2c3d4e5f6071'
const groupArn = (name: string) => existingTargetGroup.targetGroupArn.replace('/orders/', `/${name}/`)
const pair = (name: string, entry: Entry = {}) =>
  anInstance({ arn: `arn:aws:rds:eu-west-1:111122223333:db:${name}`, frontDoor: strategy('standby'), ...entry })
const weighted = (name: string, entry: Entry = {}) =>
  aCluster({ arn: `arn:aws:rds:eu-west-1:111122223333:cluster:${name}`, frontDoor: strategy('weighted'), ...entry })

const templates = synthesizeEntries([
  anInstance(),
  anInstance({ arn: 'arn:aws:rds:eu-west-1:111122223333:db:unproved', ownerProof: 'off' }),
  aCluster({ arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:unproved-cluster', ownerProof: 'off' }),
  aCluster(),
  inVpc,
  ownBus,
  members,
  pair('pair'),
  pair('pair-inside', { network: { mode: 'in-vpc' } }),
  weighted('slots', { frontDoor: strategy('weighted', { slots: 2 }), members: ['one', 'two'] }),
  weighted('guest', {
    frontDoor: {
      kind: 'existing',
      strategy: 'weighted',
      listenerArn,
      targetGroupArns: [groupArn('first'), groupArn('second')],
    },
    readers: { targetGroupArn: groupArn('readers') },
  }),
  aCluster({ arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:readers', readers: {}, members: ['one'] }),
])

/** Statements of the role of a function, by the beginning of the policy's logical id. */
const statementsOf = (stack: string, policy: string): unknown[] => {
  const policies = (templates[stack] as Template).findResources('AWS::IAM::Policy')
  const found = Object.entries(policies).filter(([id]) => id.startsWith(policy))
  return found.flatMap(([, resource]) => resource.Properties.PolicyDocument.Statement)
}

const arnOf = (id: RegExp) => ({ 'Fn::GetAtt': [expect.stringMatching(id), 'Arn'] })

const common = (
  targetGroup: unknown,
  { bus = 'arn:aws:events:eu-west-1:111122223333:event-bus/default', beyond = [] as unknown[] } = {},
) => [
  { Sid: 'ReadTargetHealth', Effect: 'Allow', Action: 'elasticloadbalancing:DescribeTargetHealth', Resource: '*' },
  {
    Sid: 'MoveTargets',
    Effect: 'Allow',
    Action: ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
    Resource: targetGroup,
  },
  ...beyond,
  {
    Sid: 'PublishReports',
    Effect: 'Allow',
    Action: 'events:PutEvents',
    Resource: bus,
    Condition: { 'ForAllValues:StringEquals': { 'events:source': 'repoint' } },
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

const readOwners = {
  ...{ Sid: 'ReadOwners', Effect: 'Allow', Action: 'ec2:DescribeNetworkInterfaces', Resource: '*' },
}
const ofInstance = (name: string) => ({
  Sid: 'ReadInstance',
  Effect: 'Allow',
  Action: 'rds:DescribeDBInstances',
  Resource: `arn:aws:rds:eu-west-1:111122223333:db:${name}`,
})
const ofPair = [
  { Sid: 'ReadPair', Effect: 'Allow', Action: 'elasticloadbalancing:DescribeTags', Resource: '*' },
  {
    Sid: 'RememberPair',
    Effect: 'Allow',
    Action: 'elasticloadbalancing:AddTags',
    Resource: created,
    Condition: {
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['repoint:pair'] },
      Null: { 'aws:TagKeys': 'false' },
    },
  },
  readOwners,
]
const allInstances = 'arn:aws:rds:eu-west-1:111122223333:db:*'
const neighbours = {
  Sid: 'ReadNeighbours',
  Effect: 'Allow',
  Action: 'rds:DescribeDBInstances',
  Resource: allInstances,
}
const ofWeights = (listener: unknown) => [
  { Sid: 'ReadWeights', Effect: 'Allow', Action: 'elasticloadbalancing:DescribeListeners', Resource: '*' },
  { Sid: 'SetWeights', Effect: 'Allow', Action: 'elasticloadbalancing:ModifyListener', Resource: listener },
]
const ofCluster = (name: string) => [
  {
    Sid: 'ReadCluster',
    Effect: 'Allow',
    Action: 'rds:DescribeDBClusters',
    Resource: `arn:aws:rds:eu-west-1:111122223333:cluster:${name}`,
  },
  { Sid: 'ReadMembers', Effect: 'Allow', Action: 'rds:DescribeDBInstances', Resource: allInstances },
]

describe('the reconciler', () => {
  it('of an instance may move its own target group’s targets and say so, and nothing more', () => {
    expect(statementsOf('Repoint-orders', 'ReconcilerRole')).toEqual([
      ...common(created, { beyond: [readOwners] }),
      ofInstance('orders'),
    ])
  })

  it.each(['unproved', 'unproved-cluster'])('of %s with ownerProof off reads no network interface', name => {
    const actions = (statementsOf(`Repoint-${name}`, 'ReconcilerRole') as { Sid: string }[]).map(({ Sid }) => Sid)
    expect(actions).not.toContain('ReadOwners')
    expect(actions).not.toContain('ReadInstance')
  })

  it('of a cluster may also read that cluster and the account’s instances', () => {
    expect(statementsOf('Repoint-ledger', 'ReconcilerRole')).toEqual([
      ...common(created, { beyond: [readOwners] }),
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
      ...common(created, { beyond: [readOwners] }),
      ofInstance('inside'),
      { Sid: 'NetworkInterfacesForLambda', Effect: 'Allow', Action: networkActions, Resource: '*' },
      {
        Sid: 'NetworkInterfacesNotForTheCode',
        Effect: 'Deny',
        Action: networkActions.filter(action => action !== 'ec2:DescribeNetworkInterfaces'),
        Resource: '*',
        Condition: {
          ArnEquals: { 'lambda:SourceFunctionArn': 'arn:aws:lambda:eu-west-1:111122223333:function:repoint-inside' },
        },
      },
    ])
  })

  it('behind an existing target group may touch that group only', () => {
    expect(statementsOf('Repoint-own', 'ReconcilerRole')).toEqual([
      ...common(existingTargetGroup.targetGroupArn, {
        bus: 'arn:aws:events:eu-west-1:999988887777:event-bus/operations',
        beyond: [readOwners],
      }),
      ofInstance('own'),
    ])
  })

  it('with standby may also remember the pair at its target group, and read whose an address is', () => {
    expect(statementsOf('Repoint-pair', 'ReconcilerRole')).toEqual([...common(created, { beyond: ofPair }), neighbours])
  })

  it('with standby in a VPC may read network interfaces, and make none', () => {
    const statements = statementsOf('Repoint-pair-inside', 'ReconcilerRole')
    expect(statements.slice(0, -2)).toEqual([...common(created, { beyond: ofPair }), neighbours])
    expect(statements.at(-1)).toMatchObject({
      Effect: 'Deny',
      Action: networkActions.filter(action => action !== 'ec2:DescribeNetworkInterfaces'),
    })
  })

  it('with slots may also set the weights of its listener, and lists a cluster’s members, which RDS allows by db:* only', () => {
    const listener = { Ref: expect.stringMatching(/^FrontDoorLoadBalancerListener/) }
    expect(statementsOf('Repoint-slots', 'ReconcilerRole')).toEqual([
      ...common([created, created], { beyond: [...ofWeights(listener), readOwners] }),
      ...ofCluster('slots'),
    ])
  })

  it('with slots and readers of the user’s own may touch them and their listener only', () => {
    const groups = [groupArn('first'), groupArn('readers'), groupArn('second')]
    expect(statementsOf('Repoint-guest', 'ReconcilerRole')).toEqual([
      ...common(groups, { beyond: [...ofWeights(listenerArn), readOwners] }),
      ...ofCluster('guest'),
    ])
  })

  it('with readers may also move theirs', () => {
    const readers = { Ref: expect.stringMatching(/^FrontDoorReadersTargetGroup/) }
    expect(statementsOf('Repoint-readers', 'ReconcilerRole')).toEqual([
      ...common([readers, created], { beyond: [readOwners] }),
      ...ofCluster('readers'),
    ])
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
    expect(statementsOf('Repoint-orders', 'FirstRegistrationProviderRole')).toEqual([
      {
        Sid: 'InvokeReconciler',
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: [arnOf(/^ReconcilerFunction/), { Ref: expect.stringMatching(/^ReconcilerTicks/) }],
      },
      {
        Sid: 'ReadOwnStack',
        Effect: 'Allow',
        Action: 'cloudformation:DescribeStacks',
        Resource: { Ref: 'AWS::StackId' },
      },
      {
        Sid: 'WriteLogs',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: arnOf(/^FirstRegistrationProviderLogs/),
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
      'FirstRegistrationProviderRole',
      expect.stringMatching(/^SchedulerRole/),
    ])
  })
})

describe('the table of permissions', () => {
  it('is what docs/deploying.md shows: `npm run docs` writes it', () => {
    const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8')
    expect(page).toBe(withGeneratedTables(page))
  })

  it('has each statement once', () => {
    expect(new Set(functionPermissions.map(({ sid }) => sid)).size).toBe(functionPermissions.length)
  })

  it.each([
    ['instance', 'Repoint-orders', { kind: 'instance', strategies: ['swap'] }],
    ['instance with standby', 'Repoint-pair', { kind: 'instance', strategies: ['standby'] }],
    ['cluster', 'Repoint-ledger', { kind: 'cluster', strategies: ['swap'] }],
    ['cluster with slots', 'Repoint-slots', { kind: 'cluster', strategies: ['weighted'] }],
  ] as const)(
    'gives an %s what doctor asks IAM about, and what only Lambda needs',
    (_, stack, { kind, strategies }) => {
      const granted = (statementsOf(stack, 'ReconcilerRole') as { Action: string | string[] }[]).flatMap(
        it => it.Action,
      )
      const doors = strategies.map(strategy => ({ strategy, role: 'writer' }) as never)
      const asked = neededActions(
        { kind, arn: `arn:aws:rds:eu-west-1:111122223333:db:${kind}`, members: [], ownerProof: 'when-possible' },
        { doors },
      )
      const deployed = { kind, strategies, hasReaders: false, isInVpc: false, provesOwners: true }
      const ofLambda = permissionsOf(deployed)
        .filter(({ by }) => by === 'lambda')
        .flatMap(({ actions }) => actions)

      // No listener is named to doctor here, so it does not ask about one.
      const listener = strategies.includes('weighted' as never) ? ['elasticloadbalancing:ModifyListener'] : []
      expect(granted.toSorted()).toEqual([...asked.map(({ action }) => action), ...ofLambda, ...listener].toSorted())
    },
  )
})
