import { describe, expect, it } from 'vitest'
import { judgePolicy } from '../../cli/checks/policy.ts'

const judge = (Action: string, Resource: string, resource: string) =>
  judgePolicy(JSON.stringify({ Statement: [{ Effect: 'Allow', Action, Resource }] }), {
    ...{ action: 'rds:DescribeDBInstances', account: '111122223333' },
    resource,
  })

describe('a pattern of a policy', () => {
  it.each([
    ['*', true],
    ['rds:*', true],
    ['RDS:describe*', true],
    ['rds:Describe*Instances', true],
    ['rds:*b*s', true],
    ['rds:DescribeDBInstance?', true],
    ['rds:DescribeDBInstances?', false],
    ['rds:DescribeDBInstances**', true],
    ['rds:DescribeDBInstance', false],
    ['rds.DescribeDBInstances', false],
    ['', false],
  ])('%s covers the action: %s', (pattern, covers) => {
    expect(judge(pattern, '*', 'arn:x')).toBe(covers ? 'allowed' : 'denied')
  })

  it('takes signs of regular expressions and of patterns in a name as they are', () => {
    expect(judge('*', 'arn:aws:rds:(a+)+$', 'arn:aws:rds:(a+)+$')).toBe('allowed')
    expect(judge('*', 'arn:*:x', 'arn:**:y')).toBe('denied')
  })

  it('with many asterisks is judged at once', () => {
    expect(judge('*', `${'*a'.repeat(2_000)}b`, 'a'.repeat(2_000))).toBe('denied')
  })
})
