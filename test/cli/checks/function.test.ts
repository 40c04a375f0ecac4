import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { concurrency, lambda as lambdaCheck, version } from '../../../cli/checks/function.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { lambda, settingsOf, someFacts } from '../doctor-facts.ts'

const withFunction = (changes: object): Partial<DoctorFacts> => ({ lambda: known({ ...lambda, ...changes }) })
const isNot = (what: string) =>
  problem(
    `The function repoint-orders is ${what}.`,
    'Deploy the stack again; a function in a VPC also fails where its subnets have no free addresses.',
    sources.states,
  )
const runsOlderCode = warning(
  'The last update of repoint-orders failed: it runs older code or settings.',
  'Deploy the stack again.',
  sources.states,
)
const otherRuntime = warning(
  'repoint-orders runs on nodejs22.x; this version is built for nodejs24.x.',
  'Deploy the stack again.',
)

describe('the function', () => {
  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: readonly Judgement[]]>([
    ['is the one that the stack deploys, told by the beginning of its code’s hash', withFunction({ codeSha256: 'YWJjZGVmZ2hpamtsbW5vcA==' }),
      [ok('repoint-orders is active on nodejs24.x, changed 2026-11-21T02:00:00.000+0000, code YWJjZGVmZ2hp.')]],
    ['is idle, which is as good', withFunction({ state: 'Inactive' }),
      [ok('repoint-orders is inactive on nodejs24.x, changed 2026-11-21T02:00:00.000+0000, code c0de.')]],
    ['is being updated, which is as good', withFunction({ lastUpdate: 'InProgress' }),
      [ok('repoint-orders is active on nodejs24.x, changed 2026-11-21T02:00:00.000+0000, code c0de.')]],
    ['has failed, with Lambda’s reason', withFunction({ state: 'Failed', stateReason: 'no free addresses' }), [isNot('Failed: no free addresses')]],
    ['is pending, without a reason', withFunction({ state: 'Pending' }), [isNot('Pending')]],
    ['was not updated', withFunction({ lastUpdate: 'Failed' }), [runsOlderCode]],
    ['runs on another Node.js', withFunction({ runtime: 'nodejs22.x' }), [otherRuntime]],
    ['has everything wrong, said in this order', withFunction({ state: 'Failed', lastUpdate: 'Failed', runtime: 'nodejs22.x' }), [isNot('Failed'), runsOlderCode, otherRuntime]],
    ['is not there', { lambda: none('Function not found.') },
      [problem('There is no function. Function not found.', 'Deploy the stack, or check --region and --profile.')]],
    ['may not be read', { lambda: notKnown('denied') }, [unknown('denied')]],
  ])('%s', (_, changes, expected) => {
    expect(lambdaCheck.judge(someFacts(changes))).toEqual(expected)
  })
})

const reserves = (reservedConcurrency: object) => withFunction({ reservedConcurrency })
const reserving = (reserveConcurrency: boolean) => ({ settings: settingsOf({ function: { reserveConcurrency } }) })
const reservesNone = notice(
  "repoint-orders reserves no concurrency: other functions can use up the account's, and two reconcilers may run at once (which is safe).",
  'Deploy the stack again, or set function.reserveConcurrency to false if that is meant.',
  sources.concurrency,
)
const neverRuns = problem(
  'repoint-orders has a reserved concurrency of 0: it never runs.',
  'aws lambda put-function-concurrency --function-name repoint-orders --reserved-concurrent-executions 1',
  sources.concurrency,
)

describe('its concurrency', () => {
  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: Judgement]>([
    ['is one run', reserves(known(1)), ok('1 concurrent run is reserved.')],
    ['is two runs', reserves(known(2)), ok('2 concurrent runs are reserved.')],
    ['is none, so that it never runs', reserves(known(0)), neverRuns],
    ['is none, whatever the settings say', { ...reserves(known(0)), ...reserving(false) }, neverRuns],
    ['is not reserved, against the settings', { ...reserves(known(undefined)), ...reserving(true) }, reservesNone],
    ['is not reserved, by the settings', { ...reserves(known(undefined)), ...reserving(false) }, ok('No concurrency is reserved, as the settings say.')],
    ['is reserved, against the settings', { ...reserves(known(1)), ...reserving(false) }, ok('1 concurrent run is reserved.')],
    ['may not be read', reserves(notKnown('denied')), unknown('denied')],
    ['is that of a function that may not be read', { lambda: notKnown('denied') }, unknown('denied')],
    ['is that of no function', { lambda: none('Function not found.') }, notice('Function not found.')],
  ])('%s', (_, changes, expected) => {
    expect(concurrency.judge(someFacts(changes))).toEqual([expected])
  })
})

describe('its version', () => {
  const means = (tickVersion: object) => withFunction({ tickVersion })
  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: Judgement]>([
    ['is the same for events and schedule', means(known('$LATEST')), ok('Events and schedule run the same version, $LATEST.')],
    ['is another one for the schedule', means(known('3')),
      warning('The alias tick means version 3, events run $LATEST: the schedule may run older code.',
        "aws lambda update-alias --function-name repoint-orders --name tick --function-version '$LATEST'")],
    ['has no alias for the schedule', means(known(undefined)),
      warning('repoint-orders has no alias tick, which the schedule calls.', 'Deploy the stack again.')],
    ['may not be read', means(notKnown('denied')), unknown('denied')],
    ['is that of a function that may not be read', { lambda: notKnown('denied') }, unknown('denied')],
  ])('%s', (_, changes, expected) => {
    expect(version.judge(someFacts(changes))).toEqual([expected])
  })
})
