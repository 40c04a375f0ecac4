import { expect, it } from 'vitest'
import { isLike } from '../../../cli/checks/wildcards.ts'

it.each<[value: string, pattern: string, is: boolean]>([
  ['', '', true],
  ['', '*', true],
  ['', '**', true],
  ['', '?', false],
  ['', 'a', false],
  ['a', '', false],
  ['a', 'a', true],
  ['a', 'b', false],
  ['a', 'A', false],
  ['a', '?', true],
  ['*', '?', true],
  ['ab', '?', false],
  ['a', '??', false],
  ['ab', 'a', false],
  ['a', 'ab', false],
  ['ab', 'a*', true],
  ['a', 'a*', true],
  ['a', 'a**', true],
  ['ba', 'a*', false],
  ['ba', '*a', true],
  ['ab', '*a', false],
  ['aab', '*ab', true],
  ['abab', '*ab', true],
  ['abac', '*ab', false],
  ['a-b-c', 'a*c', true],
  ['a-b-c', 'a*b*c', true],
  ['a-b-c', 'a*c*b', false],
  ['acb', 'a*?b', true],
  ['ab', 'a*?b', false],
  ['rds:DescribeDBClusters', 'rds:Describe*', true],
  ['rds:ModifyDBCluster', 'rds:Describe*', false],
])('%j is like %j: %s', (value, pattern, is) => {
  expect(isLike(value, pattern)).toBe(is)
})

it.each<[value: string, pattern: string, any: string, is: boolean]>([
  ['a', '_', '_', true],
  ['a', '?', '_', false],
  ['?', '?', '_', true],
  ['a', '?', '', false],
])('%j is like %j, with %j for any one character: %s', (value, pattern, any, is) => {
  expect(isLike(value, pattern, any)).toBe(is)
})

it('does not try every combination of many wildcards', () => {
  expect(isLike('a'.repeat(5_000), `${'*a'.repeat(100)}*b`)).toBe(false)
})
