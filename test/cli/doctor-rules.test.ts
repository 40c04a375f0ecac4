import { describe, expect, it } from 'vitest'
import { accepts, UnknownOperatorError } from '../../cli/checks/event-pattern.ts'
import { judgePolicy } from '../../cli/checks/policy.ts'
import { forPort, namesGroup, notCovered } from '../../cli/checks/security-group-rules.ts'
import { neededActions } from '../../cli/facts/needed-actions.ts'
import { arn, groupArn, rule } from './doctor-facts.ts'

const put = { action: 'events:PutEvents', resource: 'arn:aws:events:r:1:event-bus/default', account: '1' }
const policy = (...Statement: object[]) => JSON.stringify({ Statement })
const allow = (changes: object = {}) => ({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', ...changes })

describe('an endpoint policy', () => {
  it.each([
    ['none allows everything', undefined, 'allowed'],
    ['the default allows everything', policy(allow()), 'allowed'],
    ['an action of another name is not allowed', policy(allow({ Action: 'events:DescribeRule' })), 'denied'],
    ['a pattern allows what it covers, whatever the case', policy(allow({ Action: ['EVENTS:put*'] })), 'allowed'],
    [
      'a resource pattern allows what it covers',
      policy(allow({ Resource: 'arn:aws:events:*:1:event-bus/*' })),
      'allowed',
    ],
    ['another resource is not allowed', policy(allow({ Resource: 'arn:aws:events:r:1:event-bus/other' })), 'denied'],
    ['NotAction allows the others', policy(allow({ Action: undefined, NotAction: 'events:PutRule' })), 'allowed'],
    ['a denial wins', policy(allow(), { ...allow(), Effect: 'Deny', Action: 'events:*' }), 'denied'],
    [
      'the own account is a condition that holds',
      policy(allow({ Condition: { StringEquals: { 'aws:PrincipalAccount': '1' } } })),
      'allowed',
    ],
    [
      'another account is one that does not',
      policy(allow({ Condition: { StringEquals: { 'aws:PrincipalAccount': '2' } } })),
      'denied',
    ],
    [
      'another condition is left open',
      policy(allow({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })),
      'conditional',
    ],
    ['what is no JSON is left open', '{', 'conditional'],
  ])('%s', (_, document, verdict) => {
    expect(judgePolicy(document, put)).toBe(verdict)
  })
})

describe('security group rules', () => {
  const group = (...incoming: ReturnType<typeof rule>[]) => [{ id: 'sg-1', incoming, outgoing: [] }]

  it.each([
    ['the port', {}, 1],
    ['a range around it', { fromPort: 5000, toPort: 6000 }, 1],
    ['every protocol', { protocol: '-1', fromPort: undefined, toPort: undefined }, 1],
    ['TCP by number', { protocol: '6' }, 1],
    ['UDP', { protocol: 'udp' }, 0],
    ['a range beside it', { fromPort: 5433, toPort: 6000 }, 0],
  ])('for %s', (_, changes, count) => {
    expect(forPort(group(rule(changes)), 'incoming', 5432)).toHaveLength(count)
  })

  it('cover addresses and whole networks', () => {
    const rules = [rule({ cidrs: ['10.0.0.0/23'] }), rule({ cidrs: ['10.0.9.7/32'] })]
    expect(notCovered(rules, ['10.0.1.5', '10.0.2.5', '10.0.9.7'])).toEqual(['10.0.2.5'])
    expect(notCovered(rules, ['10.0.1.0/24', '10.0.0.0/22', '10.0.9.0/24'])).toEqual(['10.0.0.0/22', '10.0.9.0/24'])
  })

  it('name groups', () => {
    expect(namesGroup([rule({ groupIds: ['sg-a'] })], ['sg-a', 'sg-b'])).toBe(true)
    expect(namesGroup([rule({ groupIds: ['sg-c'] })], ['sg-a'])).toBe(false)
  })
})

describe('an event pattern', () => {
  const event = { source: 'aws.rds', resources: [arn], detail: { EventID: 'RDS-EVENT-0049' } }

  it.each([
    ['equal values', { source: ['aws.rds'], detail: { EventID: ['x', 'RDS-EVENT-0049'] } }, true],
    ['another value', { source: ['aws.ec2'] }, false],
    ['a prefix of one of several', { resources: [{ prefix: 'arn:aws:rds:' }] }, true],
    ['a suffix', { resources: [{ suffix: ':other' }] }, false],
    ['anything but', { detail: { EventID: [{ 'anything-but': ['RDS-EVENT-0049'] }] } }, false],
    ['what exists', { detail: { EventID: [{ exists: true }], SourceArn: [{ exists: false }] } }, true],
    ['a wildcard', { resources: [{ wildcard: 'arn:*:db:*' }], source: [{ wildcard: 'aws.r?s' }] }, false],
    ['a wildcard that fits', { resources: [{ wildcard: 'arn:*:db:*' }], source: [{ wildcard: '*rds' }] }, true],
    [
      'one of several',
      { source: ['aws.rds'], $or: [{ source: ['x'] }, { detail: { EventID: [{ prefix: 'RDS-' }] } }] },
      true,
    ],
    ['none of several', { source: ['aws.rds'], $or: [{ source: ['x'] }, { detail: { EventID: ['x'] } }] }, false],
    ['a field that is not there', { detail: { SourceArn: ['x'] } }, false],
  ])('knows %s', (_, pattern, expected) => {
    expect(accepts(pattern, event)).toBe(expected)
  })

  it('says what it does not know', () => {
    expect(() => accepts({ source: [{ cidr: '10.0.0.0/8' }] }, event)).toThrow(UnknownOperatorError)
  })
})

describe('what the function needs', () => {
  const actions = (doors: object[], kind: 'instance' | 'cluster' = 'instance') =>
    neededActions(
      { kind, arn, members: [], ownerProof: 'when-possible' },
      { doors: doors as never, groupArns: [groupArn] },
    ).map(({ action }) => action.replace('elasticloadbalancing:', ''))
  const always = [
    ...['DescribeTargetHealth', 'RegisterTargets', 'DeregisterTargets'],
    ...['ec2:DescribeNetworkInterfaces', 'events:PutEvents'],
  ]

  it.each([
    ['swap', { strategy: 'swap' }, ['rds:DescribeDBInstances']],
    ['standby', { strategy: 'standby' }, ['DescribeTags', 'AddTags', 'rds:DescribeDBInstances']],
    [
      'weighted',
      { strategy: 'weighted', listenerArn: 'l' },
      ['DescribeListeners', 'ModifyListener', 'rds:DescribeDBInstances'],
    ],
  ])('grows with the strategy %s', (_, door, more) => {
    expect(actions([door]).toSorted()).toEqual([...always, ...more].toSorted())
  })

  it('reads the cluster of a cluster', () => {
    expect(actions([{ strategy: 'swap' }], 'cluster')).toEqual([
      ...always,
      'rds:DescribeDBClusters',
      'rds:DescribeDBInstances',
    ])
  })
})
