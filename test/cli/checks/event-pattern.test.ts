import { expect, it } from 'vitest'
import { accepts, type Pattern, UnknownOperatorError } from '../../../cli/checks/event-pattern.ts'

const event = {
  source: 'aws.rds',
  account: '111122223333',
  resources: ['arn:aws:rds:eu-west-1:111122223333:db:orders', 'arn:aws:rds:eu-west-1:111122223333:cluster:sales'],
  count: 3,
  nothing: null,
  detail: { EventID: 'RDS-EVENT-0049', EventCategories: [] },
}

it.each<[name: string, pattern: Pattern, is: boolean]>([
  ['no field', {}, true],
  ['a value', { source: ['aws.rds'] }, true],
  ['one of several values', { source: ['aws.ec2', 'aws.rds'] }, true],
  ['two fields, of which one does not match', { source: ['aws.rds'], account: ['444455556666'] }, false],
  ['a number', { count: [3] }, true],
  ['a number as text', { count: ['3'] }, false],
  ['null', { nothing: [null] }, true],
  ['null, where there is a value', { source: [null] }, false],
  ['no value at all', { source: [] }, false],
  ['one of several values of the event', { resources: ['arn:aws:rds:eu-west-1:111122223333:cluster:sales'] }, true],
  ['a field of a field', { detail: { EventID: ['RDS-EVENT-0049'] } }, true],
  ['a field of what is not there', { other: { EventID: ['RDS-EVENT-0049'] } }, false],
  ['a field of null', { nothing: { EventID: ['RDS-EVENT-0049'] } }, false],
  ['a prefix', { source: [{ prefix: 'aws.' }] }, true],
  ['a prefix in the middle', { source: [{ prefix: 'rds' }] }, false],
  ['a prefix of a number', { count: [{ prefix: '' }] }, false],
  ['a suffix', { source: [{ suffix: '.rds' }] }, true],
  ['a suffix in the middle', { source: [{ suffix: 'aws' }] }, false],
  ['a suffix of a number', { count: [{ suffix: '' }] }, false],
  ['a wildcard', { source: [{ wildcard: 'a*s' }] }, true],
  ['a wildcard for something else', { source: [{ wildcard: 'a*x' }] }, false],
  ['a wildcard of a number', { count: [{ wildcard: '*' }] }, false],
  ['a question mark, which is no wildcard', { source: [{ wildcard: 'aws.r?s' }] }, false],
  ['what is there', { source: [{ exists: true }] }, true],
  ['what is there, and it is not', { other: [{ exists: true }] }, false],
  ['what is not there', { other: [{ exists: false }] }, true],
  ['what is not there, and it is', { source: [{ exists: false }] }, false],
  ['anything but a value', { source: [{ 'anything-but': 'aws.ec2' }] }, true],
  ['anything but this value', { source: [{ 'anything-but': 'aws.rds' }] }, false],
  ['anything but values', { source: [{ 'anything-but': ['aws.ec2', 'aws.s3'] }] }, true],
  ['anything but values of which it is one', { source: [{ 'anything-but': ['aws.ec2', 'aws.rds'] }] }, false],
  ['anything but null', { source: [{ 'anything-but': null }] }, true],
  ['anything but null, and it is', { nothing: [{ 'anything-but': null }] }, false],
  ['anything but a value, where there is none', { other: [{ 'anything-but': 'aws.ec2' }] }, false],
  ['a value of an empty list', { detail: { EventCategories: [{ 'anything-but': 'backup' }] } }, false],
  ['the second of two patterns', { $or: [{ source: ['aws.ec2'] }, { account: ['111122223333'] }] }, true],
  ['neither of two patterns', { $or: [{ source: ['aws.ec2'] }, { account: ['444455556666'] }] }, false],
  ['one of two patterns, and another field does not match', { account: ['x'], $or: [{ source: ['aws.rds'] }] }, false],
  [
    'one of two patterns within a field',
    { detail: { $or: [{ EventID: ['x'] }, { EventID: [{ prefix: 'RDS' }] }] } },
    true,
  ],
])('a pattern that asks for %s: %o: %s', (_, pattern, is) => {
  expect(accepts(pattern, event)).toBe(is)
})

it.each<[operator: string, matcher: unknown]>([
  ['cidr', { cidr: '10.0.0.0/8' }],
  ['equals-ignore-case', { 'equals-ignore-case': 'AWS.RDS' }],
  ['prefix', { prefix: { 'equals-ignore-case': 'AWS' } }],
  ['suffix', { suffix: { 'equals-ignore-case': 'RDS' } }],
  ['wildcard', { wildcard: ['a*', 'b*'] }],
  ['anything-but', { 'anything-but': { prefix: 'aws' } }],
  ['', {}],
])('the operator “%s” of %o is not evaluated', (operator, matcher) => {
  const ask = () => accepts({ source: [matcher] }, event)
  expect(ask).toThrow(UnknownOperatorError)
  expect(ask).toThrow(expect.objectContaining({ name: 'UnknownOperatorError', message: operator }))
})
