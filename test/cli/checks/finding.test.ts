import { expect, it } from 'vitest'
import {
  type Check,
  findingsOf,
  forcible,
  isAgainst,
  type Judgement,
  judgeAll,
  missingFact,
  notice,
  ok,
  problem,
  severities,
  unknown,
  warning,
  whenKnown,
} from '../../../cli/checks/finding.ts'
import { type Gathered, known, none, notKnown } from '../../../cli/facts/gathered.ts'

it.each<[string, Judgement, Judgement]>([
  ['ok', ok('It is on.'), { severity: 'ok', fact: 'It is on.' }],
  ['ok with a source', ok('It is on.', 'page'), { severity: 'ok', fact: 'It is on.', source: 'page' }],
  ['a notice', notice('It is new.'), { severity: 'notice', fact: 'It is new.' }],
  [
    'a notice with a source alone',
    notice('It is new.', undefined, 'page'),
    { severity: 'notice', fact: 'It is new.', source: 'page' },
  ],
  [
    'a notice with all',
    notice('It is new.', 'Wait.', 'page'),
    { severity: 'notice', fact: 'It is new.', remedy: 'Wait.', source: 'page' },
  ],
  ['a warning', warning('It is slow.', 'Wait.'), { severity: 'warning', fact: 'It is slow.', remedy: 'Wait.' }],
  [
    'a warning with a source',
    warning('It is slow.', 'Wait.', 'page'),
    { severity: 'warning', fact: 'It is slow.', remedy: 'Wait.', source: 'page' },
  ],
  ['a problem', problem('It is off.', 'Start it.'), { severity: 'problem', fact: 'It is off.', remedy: 'Start it.' }],
  [
    'a problem with a source',
    problem('It is off.', 'Start it.', 'page'),
    { severity: 'problem', fact: 'It is off.', remedy: 'Start it.', source: 'page' },
  ],
  ['not known', unknown('Not allowed.'), { severity: 'unknown', fact: 'Not allowed.' }],
  [
    'not known with a remedy',
    unknown('Not allowed.', 'Allow it.'),
    { severity: 'unknown', fact: 'Not allowed.', remedy: 'Allow it.' },
  ],
  [
    'a problem that --force may pass over',
    forcible(problem('It is off.', 'Start it.')),
    { severity: 'problem', fact: 'It is off.', remedy: 'Start it.', isForcible: true },
  ],
])('a judgement has what it was given and nothing else: %s', (_, judgement, expected) => {
  expect(judgement).toStrictEqual(expected)
})

it('problems, and what could not be read, stand against an act; nothing else does', () => {
  expect(severities.filter(severity => isAgainst({ severity }))).toEqual(['problem', 'unknown'])
})

const counts: Check<number[]> = {
  name: 'counts',
  question: 'How many?',
  judge: all => all.map(it => ok(`There is ${it}.`)),
}
const sums: Check<number[]> = { ...counts, name: 'sums', judge: ([first = 0]) => [problem(`It is ${first}.`, 'Add.')] }

it('every finding has the name of its check, in the order of the checks', () => {
  expect(judgeAll([sums, counts], [1, 2])).toStrictEqual([
    { check: 'sums', severity: 'problem', fact: 'It is 1.', remedy: 'Add.' },
    { check: 'counts', severity: 'ok', fact: 'There is 1.' },
    { check: 'counts', severity: 'ok', fact: 'There is 2.' },
  ])
  expect(findingsOf('none', [])).toEqual([])
})

const allow = 'Allow ec2:DescribeVpcs to whoever runs this; it only reads. The other checks went on without it.'

it.each<[string, Exclude<Gathered<unknown>, { kind: 'known' }>, Judgement]>([
  ['there is nothing to read', { kind: 'none', why: 'There is no VPC.' }, notice('There is no VPC.')],
  ['it could not be read', { kind: 'unknown', why: 'No answer.' }, unknown('No answer.')],
  [
    'it may not be read',
    { kind: 'unknown', why: 'Not allowed.', action: 'ec2:DescribeVpcs' },
    unknown('Not allowed.', allow),
  ],
])('of a fact that is missing it is said that %s', (_, fact, expected) => {
  expect(missingFact(fact)).toStrictEqual(expected)
})

const judge = (a: unknown, b: unknown) => [ok(`${a} and ${b}`)]

it.each<[string, Gathered<unknown>, Gathered<unknown>, Judgement[]]>([
  ['what is known, in its order, undefined too', known('one'), known(undefined), [ok('one and undefined')]],
  ['nothing where the first is missing', notKnown('denied'), known('two'), [unknown('denied')]],
  ['nothing where the second is missing', known('one'), none('There is none.'), [notice('There is none.')]],
  [
    'nothing where both are, and says each',
    notKnown('denied'),
    none('There is none.'),
    [unknown('denied'), notice('There is none.')],
  ],
  [
    'nothing where both are for one reason, and says it once',
    notKnown('denied'),
    notKnown('denied'),
    [unknown('denied')],
  ],
])('a check judges %s', (_, first, second, expected) => {
  expect(whenKnown([first, second], judge)).toEqual(expected)
})
