import { expect, it } from 'vitest'
import { type Judgement, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { judgeRequired } from '../../../cli/checks/required.ts'
import { type Gathered, known, none, notKnown } from '../../../cli/facts/gathered.ts'

const denied = { kind: 'unknown', why: 'Not allowed: rds:DescribeDBInstances.', action: 'rds:DescribeDBInstances' }

it.each<[string, Gathered<number>, Judgement]>([
  ['is judged where it is known', known(7), ok('It is 7.')],
  ['stands against it where there is none', none('There is none.'), problem('There is none.', 'Deploy it.')],
  ['stands against it where it could not be read', notKnown('Throttled.'), unknown('Throttled.', 'Deploy it.')],
  [
    'names the permission that is missing instead of the remedy',
    denied as Gathered<never>,
    unknown(
      'Not allowed: rds:DescribeDBInstances.',
      'Allow rds:DescribeDBInstances to whoever runs this; it only reads. What is not known stands against it.',
    ),
  ],
])('a fact that an act needs %s', (_, fact, expected) => {
  expect(judgeRequired(fact, 'Deploy it.', value => ok(`It is ${value}.`))).toEqual(expected)
})
