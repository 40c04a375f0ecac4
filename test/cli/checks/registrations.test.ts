import { describe, expect, it } from 'vitest'
import { type Judgement, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { registrations } from '../../../cli/checks/registrations.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { TargetFacts } from '../../../cli/facts/target-groups.ts'
import { groupArn, someFacts } from '../doctor-facts.ts'

const target = (ip: string, state: string, reason?: string): TargetFacts => ({
  ip,
  port: 5432,
  state,
  ...(reason === undefined ? {} : { reason }),
})
const a = (state: string, reason?: string) => target('10.0.1.10', state, reason)
const b = (state: string, reason?: string) => target('10.0.2.20', state, reason)
const c = (state: string) => target('10.0.3.30', state)

const absent = problem(
  'No target is registered: consumers cannot connect.',
  'Run repoint resync --database orders.',
  sources.healthChecks,
)
const spare = ok('No target is registered and the weight is 0: a spare group.')
const several = (count: number, places: string) =>
  warning(
    `${count} targets are registered (${places}): new connections go to all that are healthy.`,
    'During a failover this is normal for a while; if it lasts, run repoint plan --database orders.',
  )
const bad = (judge: typeof problem, fact: string, because = '') =>
  judge(
    `${fact}: the probes do not reach it, or the database does not listen there${because}.`,
    'See security-group-database, security-group-load-balancer and the database’s status; repoint status shows where the writer is.',
    sources.healthChecks,
  )

describe('a registered target', () => {
  it.each<[name: string, targets: TargetFacts[], expected: Judgement[]]>([
    ['is there and healthy', [a('healthy')], [ok('Registered: 10.0.1.10:5432 healthy.')]],
    ['is not there', [], [absent]],
    ['is not there any more while it drains', [a('draining'), b('draining')], [absent]],
    ['stands alone beside one that drains', [a('draining'), b('healthy')], [ok('Registered: 10.0.2.20:5432 healthy.')]],
    [
      'is in use no more',
      [a('unused', 'Target.NotInUse')],
      [
        problem(
          '10.0.1.10:5432 is unused (Target.NotInUse): the load balancer sends nothing there.',
          'Enable the zone of the address on the load balancer (see zones), and check that a listener forwards to the group.',
          sources.targetHealth,
        ),
      ],
    ],
    [
      'is new',
      [a('initial', 'Elb.RegistrationInProgress')],
      [
        warning(
          '10.0.1.10:5432 is initial (Elb.RegistrationInProgress): registering takes 1.5 to 5 minutes.',
          'Wait; if it lasts longer, see security-group-database and health-check.',
          sources.healthChecks,
        ),
      ],
    ],
    [
      'has no known health',
      [a('unavailable', 'Target.HealthCheckDisabled')],
      [
        warning(
          'The health of 10.0.1.10:5432 is unavailable (Target.HealthCheckDisabled).',
          'Check again in a minute; if it lasts, enable the health check.',
          sources.targetHealth,
        ),
      ],
    ],
    [
      'is not reached',
      [a('unhealthy', 'Target.FailedHealthChecks')],
      [bad(problem, '10.0.1.10:5432 is unhealthy (Target.FailedHealthChecks)')],
    ],
    ['is in its grace period', [a('unhealthy.draining')], [bad(problem, '10.0.1.10:5432 is unhealthy.draining')]],
    ['is one of several', [a('healthy'), c('draining'), b('healthy')], [several(2, '10.0.1.10:5432, 10.0.2.20:5432')]],
    [
      'is one of several that are not all reached',
      [a('healthy'), b('unhealthy')],
      [bad(problem, '10.0.2.20:5432 is unhealthy'), several(2, '10.0.1.10:5432, 10.0.2.20:5432')],
    ],
  ])('%s', (_, targets, expected) => {
    expect(registrations.judge(someFacts({ targets: known(targets) }))).toEqual(expected)
  })

  it('is not known', () => {
    expect(registrations.judge(someFacts({ targets: notKnown('denied') }))).toEqual([unknown('denied')])
  })
})

describe('registered targets, by role and strategy', () => {
  const both = ok('Registered: 10.0.1.10:5432 healthy, 10.0.2.20:5432 healthy.')
  it.each<[name: string, door: DoctorFacts['door'], targets: TargetFacts[], expected: Judgement[]]>([
    ['of readers are as many as there are', { role: 'reader', strategy: 'swap' }, [a('healthy'), b('healthy')], [both]],
    ['of a pair are two', { role: 'writer', strategy: 'standby' }, [a('healthy'), b('healthy')], [both]],
    [
      'of a pair are healthy where the writer is, and only there',
      { role: 'writer', strategy: 'standby' },
      [a('unhealthy'), b('healthy'), c('unhealthy')],
      [ok('Registered: 10.0.1.10:5432 unhealthy, 10.0.2.20:5432 healthy, 10.0.3.30:5432 unhealthy.')],
    ],
    [
      'of a pair are not both unhealthy',
      { role: 'writer', strategy: 'standby' },
      [a('unhealthy'), b('unhealthy')],
      [bad(problem, '10.0.1.10:5432 is unhealthy'), bad(problem, '10.0.2.20:5432 is unhealthy')],
    ],
    [
      'of a pair are both in use',
      { role: 'writer', strategy: 'standby' },
      [a('healthy'), b('unused')],
      [
        problem(
          '10.0.2.20:5432 is unused: the load balancer sends nothing there.',
          'Enable the zone of the address on the load balancer (see zones), and check that a listener forwards to the group.',
          sources.targetHealth,
        ),
      ],
    ],
    [
      'of readers are all healthy',
      { role: 'reader', strategy: 'swap' },
      [a('healthy'), b('unhealthy')],
      [bad(problem, '10.0.2.20:5432 is unhealthy')],
    ],
  ])('%s', (_, door, targets, expected) => {
    expect(registrations.judge(someFacts({ door, targets: known(targets) }))).toEqual(expected)
  })
})

describe('a weighted group', () => {
  const weighing = (weights?: Record<string, number>, port = 5432) => ({
    arn: `l-${port}`,
    port,
    protocol: 'TCP',
    targetGroupArns: [groupArn],
    ...(weights === undefined ? {} : { weights }),
    idleTimeoutSeconds: 350,
  })
  const notReached = (judge: typeof problem, because?: string) => [bad(judge, '10.0.1.10:5432 is unhealthy', because)]
  const standsBy = '; a failover to it would not work'

  it.each<[name: string, listeners: DoctorFacts['listeners'], empty: Judgement[], unhealthy: Judgement[]]>([
    ['stands by with weight 0', known([weighing({ [groupArn]: 0 })]), [spare], notReached(warning, standsBy)],
    ['serves with weight 1', known([weighing({ [groupArn]: 1 })]), [absent], notReached(problem)],
    ['serves where nothing weighs it', known([weighing()]), [absent], notReached(problem)],
    ['serves where another group is weighed', known([weighing({ other: 0 })]), [absent], notReached(problem)],
    [
      'stands by with the weight of the listener that weighs it',
      known([weighing(undefined, 1), weighing({ other: 1 }, 2), weighing({ [groupArn]: 0 }, 3)]),
      [spare],
      notReached(warning, standsBy),
    ],
    [
      'has the first weight of two',
      known([weighing({ [groupArn]: 1 }, 1), weighing({ [groupArn]: 0 }, 2)]),
      [absent],
      notReached(problem),
    ],
    ['is not known without its listeners', notKnown('denied'), [unknown('denied')], [unknown('denied')]],
  ])('%s', (_, listeners, empty, unhealthy) => {
    const judge = (...targets: TargetFacts[]) =>
      registrations.judge(
        someFacts({ door: { role: 'writer', strategy: 'weighted' }, listeners, targets: known(targets) }),
      )

    expect(judge()).toEqual(empty)
    expect(judge(a('unhealthy'))).toEqual(unhealthy)
    if (empty[0]?.severity !== 'unknown') {
      expect(judge(a('healthy'), b('healthy'))).toEqual([
        ok('Registered: 10.0.1.10:5432 healthy, 10.0.2.20:5432 healthy.'),
      ])
    }
  })

  it('is not known without itself', () => {
    const door = { role: 'writer', strategy: 'weighted' } as const

    expect(registrations.judge(someFacts({ door, targetGroup: notKnown('denied') }))).toEqual([unknown('denied')])
    expect(registrations.judge(someFacts({ door, targetGroup: none('gone') }))).toMatchObject([{ fact: 'gone' }])
  })

  it('is not asked for its weight where the strategy is another', () => {
    const facts = someFacts({ targetGroup: notKnown('denied'), listeners: notKnown('denied') })

    expect(registrations.judge(facts)).toEqual([ok('Registered: 10.0.1.10:5432 healthy.')])
  })

  it('stands by for its own strategy alone', () => {
    const listeners = known([weighing({ [groupArn]: 0 })])

    expect(registrations.judge(someFacts({ listeners, targets: known([]) }))).toEqual([absent])
  })
})
