import { describe, expect, it } from 'vitest'
import { judgePolicy } from '../../../cli/checks/policy.ts'

/** Beside test/cli/doctor-rules.test.ts, which has the common policies, and test/security/policy-pattern.test.ts. */

const bus = 'arn:aws:events:r:1:event-bus/default'
const put = { action: 'events:PutEvents', resource: bus, account: '1' }
const policy = (...Statement: object[]) => JSON.stringify({ Statement })
const allow = (changes: object = {}) => ({ Effect: 'Allow', Action: '*', Resource: '*', ...changes })
const deny = (changes: object = {}) => ({ ...allow(changes), Effect: 'Deny' })
const where = (operator: string, values: unknown, key = 'aws:PrincipalAccount') => ({
  Condition: { [operator]: { [key]: values } },
})
const elsewhere = where('StringEquals', 'vpc-1', 'aws:SourceVpc')

describe('a policy', () => {
  it.each<[string, string, string]>([
    ['that is empty text allows everything', '', 'allowed'],
    ['without a statement allows nothing', '{}', 'denied'],
    ['with a list of no statements allows nothing', policy(), 'denied'],
    ['whose statement is no list is read', JSON.stringify({ Statement: allow() }), 'allowed'],
    ['that is no policy is left open', 'null', 'conditional'],
    ['that only denies something else allows nothing', policy(deny({ Action: 'rds:*' })), 'denied'],
    ['that denies something else beside does not deny this', policy(allow(), deny({ Action: 'rds:*' })), 'allowed'],
    ['that may deny is left open, whatever it allows', policy(allow(), deny(elsewhere)), 'conditional'],
    ['that may deny and does deny denies', policy(deny(elsewhere), deny(), allow()), 'denied'],
    ['that may allow and does allow allows', policy(allow(elsewhere), allow()), 'allowed'],
  ])('%s', (_, document, verdict) => {
    expect(judgePolicy(document, put)).toBe(verdict)
  })
})

describe('a statement', () => {
  it.each<[string, object, string]>([
    ['names one of several actions', { Action: ['rds:*', 'events:PutEvents'] }, 'allowed'],
    ['names none of several', { Action: ['rds:*', 'events:PutRule'] }, 'denied'],
    ['excepts the action', { Action: undefined, NotAction: ['rds:*', 'events:put*'] }, 'denied'],
    ['names no action at all', { Action: undefined }, 'denied'],
    ['names no resource at all', { Resource: undefined }, 'allowed'],
    ['names one of several resources', { Resource: ['arn:x', bus] }, 'allowed'],
    ['names the resource in other letters, which is another one', { Resource: bus.toUpperCase() }, 'denied'],
    ['excepts the resource', { Resource: undefined, NotResource: bus }, 'denied'],
    ['excepts another resource', { Resource: undefined, NotResource: 'arn:x' }, 'allowed'],
    ['holds for one of several accounts', where('StringEquals', ['2', '1']), 'allowed'],
    ['holds for accounts like this one', where('StringLike', '*'), 'allowed'],
    ['holds for the account of the name *', where('StringEquals', '*'), 'denied'],
    ['holds for accounts that are not like this one', where('StringLike', '2*'), 'denied'],
    ['holds for the account, in other letters', where('StringEquals', '1', 'AWS:principalACCOUNT'), 'allowed'],
    ['holds unless it is the account', where('StringNotEquals', '1'), 'conditional'],
    ['holds in a VPC', elsewhere, 'conditional'],
    [
      'holds for the account in a VPC',
      { Condition: { StringEquals: { 'aws:PrincipalAccount': '1', 'aws:SourceVpc': 'vpc-1' } } },
      'conditional',
    ],
    ['holds always', { Condition: {} }, 'allowed'],
  ])('that %s', (_, changes, verdict) => {
    expect(judgePolicy(policy(allow(changes)), put)).toBe(verdict)
  })

  it.each<[string, object, string]>([
    ['any', { Resource: '*' }, 'allowed'],
    ['one, which may be another', { Resource: bus }, 'conditional'],
    ['one, for another action', { Resource: bus, Action: 'rds:*' }, 'denied'],
    ['all but one', { Resource: undefined, NotResource: bus }, 'allowed'],
    ['none', { Resource: undefined, NotResource: '*' }, 'denied'],
  ])('about %s, where the resource is not known', (_, changes, verdict) => {
    expect(judgePolicy(policy(allow(changes)), { ...put, resource: '*' })).toBe(verdict)
  })
})
