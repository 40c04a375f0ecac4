import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import {
  balancerFlows,
  judgeEndpointFlows,
  knownConnections,
  noConnections,
} from '../../../cli/checks/load-balancer-use.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { RetireFacts, RetiringConsumer } from '../../../cli/facts/retirement.ts'
import { nlbPath, settingsBehindShared, settingsWith, soundFacts } from '../migrate-facts.ts'
import {
  aConsumer,
  aSituation,
  consumerAt,
  database,
  dayMs,
  denied,
  foreign,
  own,
  quietForMs,
  retiredSide,
  sideWith,
} from '../retire-facts.ts'

const shared = settingsBehindShared()
const unused = { ...shared.database, gateway: { ...shared.database.gateway, listenerUnused: true } }
const withReaders = settingsWith({
  arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:orders',
  endpoint: 'orders.cluster-abc123.eu-west-1.rds.amazonaws.com',
  engine: 'aurora-postgresql',
  readers: {},
}).database
const existing = settingsWith({
  frontDoor: {
    kind: 'existing',
    targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef',
  },
}).database
const allow = (action: string) =>
  `Allow ${action} to whoever runs this; it only reads. What is not known stands against it.`

describe('connections to the endpoint service', () => {
  const withoutIt =
    '`repoint migrate plan` shows where the provider stands: without its connections nobody knows who would lose the path.'
  const ofEverybody = notice(
    'The endpoint service is that of the load balancer shared: its connections are for every database behind it, and say nothing of this one.',
  )
  const second = aConsumer({
    consumer: consumerAt('gateway', 'reports'),
    side: sideWith({ nlb: known({ ...nlbPath, endpointId: 'vpce-reports' }) }),
  })
  const reports = { ...own, endpointId: 'vpce-reports' }
  const remaining = (facts: string) => `The endpoint service has connections: ${facts}.`
  const reject = (service: string) =>
    `Their owners retire them first, in their own accounts. Reject one whose owner nobody knows: aws ec2 reject-vpc-endpoint-connections --service-id ${service} --vpc-endpoint-ids ….`
  const deploy = (what: string) =>
    `Deploy what the settings hold already: ${what}. Others in the list retire first, or lose the path.`
  const [ownText, foreignText, reportsText] = [
    'vpce-nlb (available, of account 111122223333)',
    'vpce-foreign (available, of account 444455556666)',
    'vpce-reports (available, of account 111122223333)',
  ]

  // What the consumers' step asks first, then what the provider's asks.
  it.each<[string, Partial<RetireFacts>, Judgement[], Judgement[]]>([
    [
      'are none',
      { connections: known([]) },
      [ok('Connected to the endpoint service: nobody.')],
      [ok('Nobody is connected to the endpoint service.')],
    ],
    [
      'are over, all of them',
      {
        connections: known(['deleted', 'Rejected', 'failed', 'expired'].map(state => ({ ...foreign, state }))),
      },
      [ok('Connected to the endpoint service: nobody.')],
      [ok('Nobody is connected to the endpoint service.')],
    ],
    [
      "are the consumer's own",
      { connections: known([own]) },
      [ok(`Connected to the endpoint service: ${ownText}.`)],
      [problem(remaining(ownText), deploy('npx cdk deploy Repoint-consumer-analytics'))],
    ],
    [
      'are those of two consumers of this run',
      { connections: known([reports, own]), chosen: [aConsumer(), second] },
      [ok(`Connected to the endpoint service: ${reportsText}, ${ownText}.`)],
      [
        problem(
          remaining(`${reportsText}, ${ownText}`),
          deploy('npx cdk deploy Repoint-consumer-reports and npx cdk deploy Repoint-consumer-analytics'),
        ),
      ],
    ],
    [
      'are of others, too',
      { connections: known([own, foreign, { ...foreign, endpointId: 'vpce-gone', state: 'deleted' }, reports]) },
      [
        ok(`Connected to the endpoint service: ${ownText}, ${foreignText}, ${reportsText}.`),
        notice(
          `The endpoint service has connections of others: ${foreignText}, ${reportsText}. They stand in the way of the second step, the provider's, until their owners have retired them.`,
        ),
      ],
      [
        problem(
          remaining(`${ownText}, ${foreignText}, ${reportsText}`),
          deploy('npx cdk deploy Repoint-consumer-analytics'),
        ),
      ],
    ],
    [
      'are of others alone, where the consumer has no interface endpoint any more',
      { connections: known([foreign]), chosen: [aConsumer({ side: retiredSide })] },
      [
        ok(`Connected to the endpoint service: ${foreignText}.`),
        notice(
          `The endpoint service has connections of others: ${foreignText}. They stand in the way of the second step, the provider's, until their owners have retired them.`,
        ),
      ],
      [problem(remaining(foreignText), reject('vpce-svc-1'))],
    ],
    [
      'are not known',
      { connections: notKnown('Throttled.') },
      [unknown('Throttled.', withoutIt)],
      [unknown('Throttled.', withoutIt)],
    ],
    [
      'must not be read',
      { connections: denied('ec2:DescribeVpcEndpointConnections') },
      [unknown('Not allowed: ec2:DescribeVpcEndpointConnections.', allow('ec2:DescribeVpcEndpointConnections'))],
      [unknown('Not allowed: ec2:DescribeVpcEndpointConnections.', allow('ec2:DescribeVpcEndpointConnections'))],
    ],
    [
      'cannot be, without a load balancer',
      { connections: none('There is no load balancer.') },
      [problem('There is no load balancer.', withoutIt)],
      [problem('There is no load balancer.', withoutIt)],
    ],
    [
      'are for every database behind a shared load balancer',
      { connections: notKnown('Throttled.'), database: shared.database },
      [ofEverybody],
      [ofEverybody],
    ],
  ])('%s', (_, changes, first, then) => {
    const facts = aSituation(changes)

    expect(knownConnections.judge(facts)).toEqual(first)
    expect(noConnections.judge(facts)).toEqual(then)
  })

  it('are rejected at the endpoint service, whose id may not be known', () => {
    const { provider } = soundFacts({ provider: { endpointService: notKnown('Throttled.') } })
    const [found] = noConnections.judge(aSituation({ connections: known([foreign]), provider }))

    expect(found?.remedy).toBe(reject('the endpoint service'))
  })
})

describe('new and open connections through the load balancer', () => {
  const counted = '(every listener; health checks are not counted)'
  const who = (readers = '', existingDoor = '') =>
    `Find who it is: the interface endpoints' own counts, and VPC flow logs of the load balancer's interfaces. Kept connections of a pool end when it recycles them${readers}. \`migrate verify\` and a drill come through the load balancer too: count from the last one.${existingDoor}`
  const wait =
    'CloudWatch has no report of it yet, and a load balancer always reports: wait some minutes, or pass a longer --quiet-for.'
  const somebody = (found: string) => `Somebody comes through the load balancer: ${found}.`
  const notReported = (found: string): Judgement =>
    unknown(`Whether somebody comes through the load balancer is not known: ${found} ${counted}.`, wait)
  const [one, quiet] = [known({ began: 1, open: 0 }), known({ began: 0, open: 0 })]

  it.each<[string, Partial<RetireFacts>, Judgement]>([
    ['are none', {}, ok(`Nobody comes through the load balancer: 0 new in the last 1 d, 0 open now ${counted}.`)],
    [
      'are none in the time that was asked for',
      { quietForMs: dayMs / 2 },
      ok(`Nobody comes through the load balancer: 0 new in the last 12 h 00 min, 0 open now ${counted}.`),
    ],
    ['began', { flows: one }, problem(somebody(`1 new in the last 1 d, 0 open now ${counted}`), who())],
    [
      'are kept',
      { flows: known({ began: 0, open: 0.5 }) },
      problem(somebody(`0 new in the last 1 d, 0.5 open now ${counted}`), who()),
    ],
    [
      'of which the beginnings are not reported are not known',
      { flows: known({ began: undefined, open: 0 }) },
      notReported('no report of new connections in the last 1 d, 0 open now'),
    ],
    [
      'of which the open ones are not reported are not known',
      { flows: known({ began: 0, open: undefined }) },
      notReported('0 new in the last 1 d, no report of open ones now'),
    ],
    [
      "may be the readers'",
      { flows: one, database: withReaders },
      problem(
        somebody(
          "1 new in the last 1 d, 0 open now (every listener, the readers' port too; health checks are not counted)",
        ),
        who("; clients of the readers' port change name and port themselves"),
      ),
    ],
    [
      'may be of something else where the load balancer is somebody’s own',
      { flows: one, database: existing },
      problem(
        somebody(`1 new in the last 1 d, 0 open now ${counted}`),
        who(
          '',
          " The load balancer is not this stack's own: whatever else it serves is counted with it and cannot be told apart.",
        ),
      ),
    ],
    [
      'may be of other databases where it is shared',
      { flows: one, database: shared.database },
      unknown(
        `${somebody(`1 new in the last 1 d, 0 open now ${counted}`)} Other databases share it, and AWS counts no listener: whether somebody uses that of orders is not known.`,
        'Check it (docs/migrating.md, "A shared load balancer"), and say gateway.listenerUnused in the entry of orders.',
      ),
    ],
    [
      'are of other databases where somebody has checked it',
      { flows: one, database: unused },
      notice(
        `${somebody(`1 new in the last 1 d, 0 open now ${counted}`)} Other databases share it; gateway.listenerUnused says that nobody uses the listener of orders.`,
      ),
    ],
    [
      'are none at all where it is shared',
      { flows: quiet, database: shared.database },
      ok(`Nobody comes through the load balancer: 0 new in the last 1 d, 0 open now ${counted}.`),
    ],
    [
      'cannot be without a load balancer',
      { flows: none('There is no load balancer.') },
      problem('There is no load balancer.', '`repoint migrate plan` says where the provider stands.'),
    ],
    [
      'must not be read',
      { flows: denied('cloudwatch:GetMetricData') },
      unknown('Not allowed: cloudwatch:GetMetricData.', allow('cloudwatch:GetMetricData')),
    ],
  ])('%s', (_, changes, expected) => {
    expect(balancerFlows.judge(aSituation(changes))).toEqual([expected])
  })
})

describe('new and open connections through an interface endpoint', () => {
  const remedy =
    "Clients that keep a connection, an answer of DNS or the endpoint's own name: pools move as they recycle, a name or address that somebody has written down has to be changed."
  const nobody = ok(
    'analytics: nobody comes through its interface endpoint vpce-nlb (0 new in the last 1 d, 0 open now).',
  )
  const somebody = (found: string) => `analytics: somebody comes through its interface endpoint vpce-nlb (${found}).`
  const ofShared = { consumer: shared.consumer, flows: known({ began: 7, open: 3 }) }

  it.each<[string, Partial<RetiringConsumer>, Judgement, RetireFacts['database']?]>([
    ['are none', { flows: known({ began: 0, open: 0 }) }, nobody],
    ['are none where nothing is reported', { flows: known({ began: undefined, open: undefined }) }, nobody],
    [
      'began',
      { flows: known({ began: 1, open: undefined }) },
      problem(somebody('1 new in the last 1 d, 0 open now'), remedy),
    ],
    [
      'are kept',
      { flows: known({ began: undefined, open: 2 }) },
      problem(somebody('0 new in the last 1 d, 2 open now'), remedy),
    ],
    [
      'are counted where the endpoint itself cannot be read',
      { flows: known({ began: 1, open: 0 }), side: sideWith({ nlb: notKnown('Throttled.') }) },
      problem('analytics: somebody comes through its interface endpoint (1 new in the last 1 d, 0 open now).', remedy),
    ],
    [
      'cannot be without an endpoint',
      { flows: none('There is no interface endpoint.') },
      ok('analytics: nobody comes through an interface endpoint. There is no interface endpoint.'),
    ],
    [
      'are not known',
      { flows: notKnown('Throttled.') },
      unknown(
        'Throttled.',
        'Run it again: until this can be read, clients may still come through the interface endpoint.',
      ),
    ],
    [
      'must not be read',
      { flows: denied('cloudwatch:GetMetricData') },
      unknown('Not allowed: cloudwatch:GetMetricData.', allow('cloudwatch:GetMetricData')),
    ],
    [
      'may be to other databases where the endpoint is shared',
      ofShared,
      unknown(
        `${somebody('7 new in the last 1 d, 3 open now')} Other databases share it, and AWS counts no listener: whether somebody uses that of orders is not known.`,
        'Check it (docs/migrating.md, "A shared load balancer"), and say gateway.listenerUnused in the entry of orders.',
      ),
      shared.database,
    ],
    [
      'are to other databases where somebody has checked it',
      ofShared,
      notice(
        `${somebody('7 new in the last 1 d, 3 open now')} Other databases share it; gateway.listenerUnused says that nobody uses the listener of orders.`,
      ),
      unused,
    ],
  ])('%s', (_, changes, expected, of = database) => {
    expect(judgeEndpointFlows(aConsumer(changes), { quietForMs, database: of })).toEqual(expected)
  })
})

it('every check asks a question', () => {
  const checks = [knownConnections, noConnections, balancerFlows]

  expect(checks.map(({ name, question }) => [name, question.at(-1)])).toEqual([
    ['connections', '?'],
    ['connections', '?'],
    ['load-balancer-flows', '?'],
  ])
})
