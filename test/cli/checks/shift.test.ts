import { expect, it } from 'vitest'
import {
  type Finding,
  findingsOf,
  forcible,
  type Judgement,
  ok,
  problem,
  unknown,
} from '../../../cli/checks/finding.ts'
import { judgeShift, type ShiftFacts, shiftChecks } from '../../../cli/checks/shift.ts'
import { aboutOf } from '../../../cli/facts/about.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { MigrationStep } from '../../../cli/facts/migration-record.ts'
import { consumer, gatewayPath, nlbPath, soundFacts } from '../migrate-facts.ts'

const nowMs = Date.parse('2026-11-21T12:00:00Z')
const facts = soundFacts()
const { consumer: _, consumerSide: __, ...ofProvider } = facts

const passed = (kind: 'preflight' | 'verify', changes: object = {}): MigrationStep =>
  ({
    at: '2026-11-21T11:00:00Z',
    by: 'jane',
    database: 'orders',
    consumer: 'analytics',
    kind,
    applied: false,
    outcome: 'passed',
    summary: 'well',
    evidence: { about: aboutOf(facts) },
    ...changes,
  }) as MigrationStep
const steps = [passed('preflight'), passed('verify')]
const recordOf = (...of: MigrationStep[]) => ({ format: 'repoint-migration' as const, version: 1 as const, steps: of })

const sound: ShiftFacts = {
  facts,
  live: { nlb: 100, gateway: 0 },
  percent: 5,
  record: recordOf(...steps),
  frontDoor: known({ isRight: true, found: 'in sync' }),
  settingsProblem: undefined,
  nowMs,
}
const judge = (changes: Partial<ShiftFacts>): readonly Finding[] => judgeShift({ ...sound, ...changes })
const of = (check: string, changes: Partial<ShiftFacts>): readonly Finding[] =>
  judge(changes).filter(it => it.check === check)

const back = [
  ...findingsOf('stage', [ok('The consumer is at shadow, which leads to shadow.')]),
  ...findingsOf('settings', [ok('The settings stay valid.')]),
  ...findingsOf('nlb-path', [ok('The path through the load balancer is there: vpce-nlb is available.')]),
]
const forward = [
  ...findingsOf('stage', [ok('The consumer is at shadow, which leads to shift.')]),
  ...back.slice(1),
  ...findingsOf('gateway-path', [ok('The path through the gateway is there: vpce-gateway is available.')]),
  ...findingsOf('points-at-writer', [ok('The load balancer points at the writer (in sync).')]),
  ...findingsOf('preflight', [
    ok('The last preflight of analytics passed 1 h 00 min ago (jane), about the resources that are there now.'),
  ]),
  ...findingsOf('verify', [
    ok('The last verify of analytics passed 1 h 00 min ago (jane), about the resources that are there now.'),
  ]),
]

it('more through the gateway needs everything', () => {
  expect(judge({})).toEqual(forward)
  expect(shiftChecks.map(({ name }) => name)).toEqual([
    'stage',
    'settings',
    'other-records',
    'nlb-path',
    'gateway-path',
    'points-at-writer',
    'preflight',
    'verify',
  ])
})

it('one path is to go back, the other to go forward', () => {
  const questionOf = (check: string) => shiftChecks.find(({ name }) => name === check)?.question
  expect(questionOf('nlb-path')).toBe('Is there a path to go back to?')
  expect(questionOf('gateway-path')).toBe('Is there a path to go forward to?')
})

it.each([
  ['as much', { percent: 0 }],
  ['less than before, to nothing', { live: { nlb: 75, gateway: 25 }, percent: 0 }],
])('%s through the gateway needs the path back alone', (_name, changes) => {
  const findings = judge({ ...changes, record: recordOf(), frontDoor: notKnown('denied') })
  expect(findings.map(({ check }) => check)).toEqual(back.map(({ check }) => check))
  expect(findings.slice(1)).toEqual(back.slice(1))
})

const notTo = (from: string, to: string, why: string) =>
  problem(
    `The consumer is at ${from}, which does not lead to ${to} but to ${why}.`,
    'Take the stages one after the other; `repoint migrate plan` shows the next.',
  )
const leads = (from: string, to: string) => ok(`The consumer is at ${from}, which leads to ${to}.`)
const oneAfterTheOther = 'stages come one after the other, because each is where the next is verified'
const gone =
  'retired: load balancer, endpoint service and function are gone, and their names with them; what leads back is a new deployment (from new) that consumers connect to anew'
const at = (ofConsumer: object) =>
  soundFacts({ consumer: { ...consumer, gateway: { ...consumer.gateway, ...ofConsumer } } })
const unweighed = { live: { nlb: 0, gateway: 0 } }

it.each<[string, Partial<ShiftFacts>, Judgement]>([
  ['all on the load balancer, to a share', {}, leads('shadow', 'shift')],
  [
    'all on the load balancer, whatever the settings say, to all on the gateway',
    { facts: at({ stage: 'shift', percent: 50 }), percent: 100 },
    notTo('shadow', 'gateway', `one of nlb, shadow, shift: ${oneAfterTheOther}`),
  ],
  ['a share, to all on the gateway', { live: { nlb: 50, gateway: 50 }, percent: 100 }, leads('shift', 'gateway')],
  [
    'a share of 1 in 256, to all on the load balancer',
    { live: { nlb: 255, gateway: 1 }, percent: 0 },
    leads('shift', 'shadow'),
  ],
  ['all on the gateway, to a share', { live: { nlb: 0, gateway: 100 }, percent: 50 }, leads('gateway', 'shift')],
  [
    'all on the gateway, to all on the load balancer',
    { live: { nlb: 0, gateway: 100 }, percent: 0 },
    leads('gateway', 'shadow'),
  ],
  ['no record of the load balancer', { live: { gateway: 100 }, percent: 0 }, notTo('retired', 'shadow', gone)],
  [
    'no record of the gateway',
    { live: { nlb: 100 }, percent: 5 },
    notTo('nlb', 'shift', `one of nlb, shadow: ${oneAfterTheOther}`),
  ],
  [
    'no record at all',
    { live: {}, percent: 100 },
    notTo('new', 'gateway', `one of nlb, shadow, retired: ${oneAfterTheOther}`),
  ],
  [
    'no weight, and the settings say where',
    { ...unweighed, facts: at({ stage: 'gateway' }), percent: 100 },
    leads('gateway', 'gateway'),
  ],
  [
    'no weight, and nobody says where',
    { ...unweighed, facts: ofProvider, percent: 100 },
    notTo('shadow', 'gateway', `one of nlb, shadow, shift: ${oneAfterTheOther}`),
  ],
])('of stages it is said where live weights are: %s', (_name, changes, expected) => {
  expect(of('stage', changes)).toEqual(findingsOf('stage', [expected]))
})

const weightedElsewhere = [{ Name: consumer.hostname, Type: 'A' as const, SetIdentifier: 'canary', Weight: 100 }]
const path = { nlb: 'interface endpoint', gateway: 'resource endpoint' }
const deploy = (of: 'nlb' | 'gateway', stack = 'Repoint-consumer-analytics') =>
  `Deploy ${stack} so that its ${path[of]} is available, and accepted by the provider.`
const whose = "the consumer's stack"
const noRecord = (of: string, stack = 'Repoint-consumer-analytics') =>
  problem(`There is no record repoint-${of}, so no weight leads there.`, `Deploy ${stack}.`)
const notThere = (why: string, remedy: string) => problem(`The path through the ${why}.`, remedy)
const fixFirst = 'See `repoint status -d orders` and fix that first.'
const notRecorded = (kind: string, of: string) =>
  forcible(
    problem(
      `The record has no ${kind} of analytics to go by: ${of}.`,
      `\`repoint migrate ${kind}\`; --force goes on without it, and the record will say so.`,
    ),
  )

it.each<[string, string, Partial<ShiftFacts>, Judgement]>([
  [
    'settings',
    'that could not hold the share',
    { settingsProblem: 'repoint.json cannot be read' },
    problem(
      'The settings cannot hold it (repoint.json cannot be read).',
      'Fix the settings first: what they refuse, no deployment takes.',
    ),
  ],
  [
    'other-records',
    'that keep a share',
    { others: weightedElsewhere },
    problem(
      "The name has records beside the two paths', which keep a share: canary (weight 100, 50 % of new connections).",
      'Take them out of the hosted zone: the stack made none of them.',
    ),
  ],
  ['nlb-path', 'without a record', { live: { gateway: 0 } }, noRecord('nlb')],
  ['gateway-path', 'without a record', { live: { nlb: 100 } }, noRecord('gateway')],
  [
    'gateway-path',
    'without a record, of nobody',
    { live: { nlb: 100 }, facts: ofProvider },
    noRecord('gateway', whose),
  ],
  [
    'nlb-path',
    'whose endpoint is not available',
    { facts: soundFacts({ consumerSide: { nlb: known({ ...nlbPath, state: 'rejected' }) } }) },
    notThere('load balancer is not there: vpce-nlb is rejected', deploy('nlb')),
  ],
  [
    'gateway-path',
    'whose endpoint is not available',
    { facts: soundFacts({ consumerSide: { gateway: known({ ...gatewayPath, state: 'pending' }) } }) },
    notThere('gateway is not there: vpce-gateway is pending', deploy('gateway')),
  ],
  [
    'gateway-path',
    'of a consumer whose side was not read',
    { facts: ofProvider },
    unknown("The path through the gateway is not known: the consumer's side was not read.", deploy('gateway', whose)),
  ],
  [
    'points-at-writer',
    'of a load balancer that points elsewhere',
    { frontDoor: known({ isRight: false, found: 'drift' }) },
    forcible(
      problem('The load balancer does not point at the writer alone (drift), so going back is not real.', fixFirst),
    ),
  ],
  [
    'points-at-writer',
    'of a load balancer that may not be read',
    { frontDoor: notKnown('denied') },
    forcible(unknown('denied', fixFirst)),
  ],
  [
    'points-at-writer',
    'of a load balancer that is not there',
    { facts: { ...facts, database: { ...facts.database, id: 'users' } }, frontDoor: none('There is none.') },
    forcible(problem('There is none.', 'See `repoint status -d users` and fix that first.')),
  ],
  ['preflight', 'that nobody made', { record: recordOf(passed('verify')) }, notRecorded('preflight', 'there is none')],
  ['verify', 'that nobody made', { record: recordOf(passed('preflight')) }, notRecorded('verify', 'there is none')],
  [
    'verify',
    'of another database',
    { record: recordOf(passed('preflight'), passed('verify', { database: 'users' })) },
    notRecorded('verify', 'there is none'),
  ],
  [
    'verify',
    'of another consumer',
    { record: recordOf(passed('preflight'), passed('verify', { consumer: 'reports' })) },
    notRecorded('verify', 'there is none'),
  ],
  [
    'verify',
    'that is too old',
    { nowMs: nowMs + 7 * 86_400_000 },
    notRecorded('verify', 'the last one passed 7 d 1 h ago (jane), and 7 d is the limit'),
  ],
  [
    'verify',
    'about an endpoint that has been replaced',
    { facts: soundFacts({ consumerSide: { gateway: known({ ...gatewayPath, endpointId: 'vpce-new' }) } }) },
    notRecorded(
      'verify',
      'the last one passed 1 h 00 min ago (jane), about other resources: the resource endpoint was vpce-gateway and is vpce-new',
    ),
  ],
])('a share is refused by %s %s', (check, _name, changes, expected) => {
  expect(of(check, changes)).toEqual(findingsOf(check, [expected]))
})
