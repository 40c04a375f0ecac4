import { describe, expect, it } from 'vitest'
import { type Judgement, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { consumerChecks, goneChecks, retiringOf } from '../../../cli/checks/retire-consumers.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { RetireFacts, RetiringConsumer } from '../../../cli/facts/retirement.ts'
import { aZone, gatewayPath } from '../migrate-facts.ts'
import {
  aConsumer,
  aSituation,
  atProvider,
  consumer,
  consumerAt,
  denied,
  passed,
  recordOf,
  retiredSide,
  sideWith,
} from '../retire-facts.ts'

const judge = (checks: typeof consumerChecks, name: string, facts: RetireFacts) =>
  checks.filter(it => it.name === name).flatMap(it => it.judge(facts))
const reports = consumerAt('gateway', 'reports')
const retired = aConsumer({ consumer: consumerAt('retired', 'billing'), side: retiredSide })
const withConsumer = (changes: Partial<RetiringConsumer>): Partial<RetireFacts> => ({ chosen: [aConsumer(changes)] })
const withSide = (changes: Parameters<typeof sideWith>[0]) => withConsumer({ side: sideWith(changes) })
const withWeights = (weights: Parameters<typeof aZone>[0]) => withSide({ zone: known(aZone(weights)) })
const allow = (action: string) =>
  `Allow ${action} to whoever runs this; it only reads. What is not known stands against it.`

describe("the consumers' step", () => {
  const shift = 'Move all of it: `repoint migrate shift 100 --consumer analytics --apply`.'
  const standing = '`repoint migrate plan --consumer analytics` shows where the consumer stands.'
  const uneven = (live: string): Judgement =>
    problem(`analytics: the live weights are ${live}; expected 0 to the load balancer and 100 to the gateway.`, shift)
  const deploy =
    'Deploy Repoint-consumer-analytics so that its resource endpoint is available, and accepted by the provider.'
  const atStage = (stage: string): Judgement =>
    problem(
      `analytics is at ${stage} in the settings; expected gateway.`,
      'Take it there first: `repoint migrate shift 100 --consumer analytics --apply`, and deploy.',
    )
  const left = (names: string): Judgement =>
    problem(
      'The consumer that was named is retired in the settings already.',
      `Pass --consumer with one of ${names}, or leave it out for all of them.`,
    )
  const otherAt = (stage: string): Judgement =>
    problem(
      `reports, of the same database, is at ${stage} in the settings; expected gateway or retired.`,
      'It still needs the path through the load balancer: `repoint migrate plan --consumer reports` shows its next stage.',
    )
  const withOther = (stage: Parameters<typeof consumerAt>[0]): Partial<RetireFacts> => ({
    entries: [consumer, consumerAt(stage, 'reports')],
  })

  it.each<[string, string, Partial<RetireFacts>, Judgement[]]>([
    ['is about somebody', 'consumer-left', {}, []],
    [
      'is about nobody, and names who is left',
      'consumer-left',
      {
        chosen: [retired],
        entries: [consumerAt('retired', 'billing'), consumer, consumerAt('shift', 'reports')],
      },
      [left('analytics, reports')],
    ],
    ['has it at gateway', 'consumer-stage', {}, [ok('analytics is at gateway in the settings.')]],
    ['has it at shift', 'consumer-stage', withConsumer({ consumer: consumerAt('shift') }), [atStage('shift')]],
    ['has it at nlb', 'consumer-stage', withConsumer({ consumer: consumerAt('nlb') }), [atStage('nlb')]],
    [
      'has all weight on the gateway',
      'weights',
      {},
      [ok('analytics: the live weights are load balancer 0, gateway 100.')],
    ],
    [
      'has a weight of 1 on the load balancer',
      'weights',
      withWeights({ nlb: 1, gateway: 100 }),
      [uneven('load balancer 1, gateway 100')],
    ],
    [
      'has less than 100 on the gateway',
      'weights',
      withWeights({ nlb: 0, gateway: 99 }),
      [uneven('load balancer 0, gateway 99')],
    ],
    [
      'has no record to the load balancer any more',
      'weights',
      withWeights({ gateway: 100 }),
      [uneven('load balancer no record, gateway 100')],
    ],
    [
      'has no zone',
      'weights',
      withSide({ zone: none("The consumer's VPC sees no hosted zone.") }),
      [problem("The consumer's VPC sees no hosted zone.", standing)],
    ],
    [
      'has a zone that is not known',
      'weights',
      withSide({ zone: notKnown('Throttled.') }),
      [unknown('Throttled.', standing)],
    ],
    [
      'has a zone that must not be read',
      'weights',
      withSide({ zone: denied('route53:ListResourceRecordSets') }),
      [unknown('Not allowed: route53:ListResourceRecordSets.', allow('route53:ListResourceRecordSets'))],
    ],
    [
      'has a path through the gateway',
      'gateway-path',
      {},
      [ok('analytics: The path through the gateway is there: vpce-gateway is available.')],
    ],
    [
      'has a path through the gateway that waits',
      'gateway-path',
      withSide({ gateway: known({ ...gatewayPath, state: 'pending' }) }),
      [problem('analytics: The path through the gateway is not there: vpce-gateway is pending.', deploy)],
    ],
    [
      'has nobody at the interface endpoint',
      'endpoint-flows',
      {},
      [ok('analytics: nobody comes through its interface endpoint vpce-nlb (0 new in the last 1 d, 0 open now).')],
    ],
    [
      'has a preflight',
      'preflight',
      {},
      [ok('The last preflight of analytics passed 1 d 0 h ago (jane), about the resources that are there now.')],
    ],
    [
      'has a preflight of another consumer alone',
      'preflight',
      { record: recordOf(passed('preflight', { consumer: 'reports' })) },
      [
        problem(
          'The record has no preflight of analytics to go by: there is none.',
          '`repoint migrate preflight -d orders --consumer analytics`.',
        ),
      ],
    ],
    [
      'has a preflight of another endpoint',
      'preflight',
      withSide({ gateway: known({ ...gatewayPath, endpointId: 'vpce-new' }) }),
      [
        problem(
          'The record has no preflight of analytics to go by: the last one passed 1 d 0 h ago (jane), about other resources: the resource endpoint was vpce-gateway and is vpce-new.',
          '`repoint migrate preflight -d orders --consumer analytics`.',
        ),
      ],
    ],
    ['has no other consumer', 'other-consumers', {}, []],
    [
      'has another at gateway',
      'other-consumers',
      withOther('gateway'),
      [ok('reports, of the same database, is at gateway in the settings.')],
    ],
    [
      'has another at retired',
      'other-consumers',
      withOther('retired'),
      [ok('reports, of the same database, is at retired in the settings.')],
    ],
    ['has another at shift', 'other-consumers', withOther('shift'), [otherAt('shift')]],
    ['has another at nlb', 'other-consumers', withOther('nlb'), [otherAt('nlb')]],
  ])('%s: %s', (_, name, changes, expected) => {
    expect(judge(consumerChecks, name, aSituation(changes))).toEqual(expected)
  })

  it('is about each that is not retired yet, in their order', () => {
    const second = aConsumer({ consumer: reports })
    const facts = aSituation({ chosen: [aConsumer(), retired, second], entries: [consumer, retired.consumer, reports] })

    expect(retiringOf(facts).map(it => it.consumer.name)).toEqual(['analytics', 'reports'])
    expect(judge(consumerChecks, 'consumer-stage', facts)).toEqual([
      ok('analytics is at gateway in the settings.'),
      ok('reports is at gateway in the settings.'),
    ])
    expect(judge(consumerChecks, 'other-consumers', facts)).toEqual([])
  })
})

describe("the provider's step", () => {
  const redeploy = 'Deploy what the settings hold: npx cdk deploy Repoint-consumer-analytics.'
  const withZone = (zone: RetiringConsumer['side']['zone']): Partial<RetireFacts> => ({
    chosen: [aConsumer({ consumer: consumerAt('retired'), side: { ...retiredSide, zone } })],
  })

  it.each<[string, string, Partial<RetireFacts>, Judgement[]]>([
    ['finds no record to the load balancer', 'weights', {}, [ok('analytics: no record leads to the load balancer.')]],
    [
      'finds a record to the load balancer, though its weight is 0',
      'weights',
      withZone(known(aZone({ nlb: 0, gateway: 100 }))),
      [problem('analytics: the record repoint-nlb is still there, with weight 0.', redeploy)],
    ],
    ['finds no zone', 'weights', withZone(none('There is no zone.')), [problem('There is no zone.', redeploy)]],
    ['does not know the zone', 'weights', withZone(notKnown('Throttled.')), [unknown('Throttled.', redeploy)]],
    [
      'finds the path through the gateway',
      'gateway-path',
      {},
      [ok('analytics: The path through the gateway is there: vpce-gateway is available.')],
    ],
    ['asks nobody where there is no consumer', 'gateway-path', { chosen: [] }, []],
  ])('%s: %s', (_, name, changes, expected) => {
    expect(judge(goneChecks, name, atProvider(changes))).toEqual(expected)
  })
})

it('every check asks a question', () => {
  expect([...consumerChecks, ...goneChecks].map(({ question }) => question.slice(-1))).toEqual(
    [...consumerChecks, ...goneChecks].map(() => '?'),
  )
})
