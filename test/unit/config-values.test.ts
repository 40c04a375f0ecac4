import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { defaultProof, whyNotProof } from '../../functions/reconciler/config/owner-proof.ts'
import {
  address,
  busName,
  closed,
  dnsServer,
  flag,
  hostName,
  listenerArn,
  memberId,
  network,
  overlaps,
  portNumber,
  rdsArn,
  targetGroupArn,
} from '../../functions/reconciler/config/values.ts'
import { memory, settleProblems, settleSchema } from '../../functions/reconciler/config/watching.ts'

/** Nothing where the value is taken, else what is allowed. */
const refusal = (schema: v.GenericSchema, value: unknown): string | undefined => {
  const parsed = v.safeParse(schema, value)
  return parsed.success ? undefined : parsed.issues[0].message
}

const aws = 'arn:aws:rds:eu-west-1:111122223333'
const elb = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333'
const gov = 'arn:aws-us-gov'

interface Values {
  readonly expected: string
  readonly taken: readonly string[]
  readonly refused: readonly unknown[]
}
const tables: readonly [string, v.GenericSchema, Values][] = [
  [
    'a host name',
    hostName,
    {
      expected: 'a host name with at least one dot, not an address',
      taken: ['db.example.com', 'a.b', '_db.example.com', 'db.1x', 'db.x1', 'db.1-x', 'orders-1.abc_1.COM'],
      refused: [
        'db',
        '-db.example.com',
        'db..com',
        '.db.com',
        'db.com.',
        'db.com/x',
        'db.com x',
        '10.0.0.1',
        'db.1',
        'db.1-1',
        7,
      ],
    },
  ],
  [
    'a network',
    network,
    {
      expected: 'an IPv4 network such as 10.0.0.0/16',
      taken: ['10.0.0.0/16', '10.0.0.1/32', '0.0.0.0/0', '10.0.0.0/8'],
      refused: [
        '10.0.0.0',
        '10.0.0.0/33',
        '10.0.0.0/123',
        '10.0.0.0/08x',
        '10.0.0.0/8.5',
        '10.0.0.0/+8',
        '/8',
        '10.0.0.0/8/',
        'fd00::/8',
      ],
    },
  ],
  [
    'an address',
    address,
    {
      expected: 'an IPv4 address',
      taken: ['10.0.0.1', '255.249.199.99', '0.0.0.0'],
      refused: [
        '10.0.0',
        '10.0.0.256',
        '10.0.0.260',
        '10.0.0.300',
        '10.0.0.01',
        '10.0.0.1.1',
        '10.0.0.1:53',
        'x10.0.0.1',
        '',
      ],
    },
  ],
  [
    'a DNS server',
    dnsServer,
    {
      expected: 'an IPv4 address, or address:port',
      taken: ['10.0.0.2', '10.0.0.2:1', '10.0.0.2:65535'],
      refused: [
        '10.0.0.2:0',
        '10.0.0.2:65536',
        '10.0.0.2:',
        '10.0.0.2:123456',
        '10.0.0.2:53:53',
        'x10.0.0.2',
        'dns',
        53,
      ],
    },
  ],
  [
    'a member of a cluster',
    memberId,
    {
      expected: 'a DB instance identifier',
      taken: ['a', 'orders-1', 'Orders2'],
      refused: ['', '1orders', '-orders', 'orders_1', 'orders.1', '1a', 'orders 1', 'a!'],
    },
  ],
  [
    'an event bus',
    busName,
    {
      expected: 'the name or ARN of an event bus',
      taken: [
        'default',
        'my/bus_1.x-y',
        `${'x'.repeat(256)}`,
        'arn:aws:events:eu-west-1:111122223333:event-bus/ops',
        `${gov}:events:us-gov-west-1:111122223333:event-bus/ops`,
      ],
      refused: [
        '',
        'my bus',
        'x'.repeat(257),
        'arn:aws:events:eu-west-1:1:event-bus/ops',
        'arn:aws:sns:eu-west-1:111122223333:ops',
        '!bus',
        'bus!',
      ],
    },
  ],
  [
    'an RDS ARN',
    rdsArn,
    {
      expected: 'the ARN of a DB instance, a DB cluster or a DB proxy',
      taken: [
        `${aws}:db:orders-1`,
        `${aws}:cluster:orders`,
        `${aws}:db-proxy:prx-1`,
        `${gov}:rds:us-gov-west-1:111122223333:db:x`,
      ],
      refused: [
        `${aws}:db:`,
        `${aws}:snapshot:orders`,
        `x${aws}:db:orders`,
        `${aws}:db:orders 1`,
        `${aws}:db:orders/1`,
      ],
    },
  ],
  [
    'the ARN of a target group',
    targetGroupArn,
    {
      expected: 'the ARN of a target group',
      taken: [
        `${elb}:targetgroup/orders/0123abcdef`,
        `${gov}:elasticloadbalancing:us-gov-west-1:111122223333:targetgroup/x/1`,
      ],
      refused: [
        `x${elb}:targetgroup/orders/01`,
        `${elb}:targetgroup/orders/01x`,
        `${elb}:targetgroup/orders`,
        `${elb}:targetgroup//01`,
      ],
    },
  ],
  [
    'the ARN of a listener',
    listenerArn,
    {
      expected: 'the ARN of a listener of a Network Load Balancer',
      taken: [
        `${elb}:listener/net/orders/0123ab/4567cd`,
        `${gov}:elasticloadbalancing:us-gov-west-1:111122223333:listener/net/x/1/2`,
      ],
      refused: [
        `x${elb}:listener/net/orders/01/23`,
        `${elb}:listener/net/orders/01/23x`,
        `${elb}:listener/net/orders/01`,
        `${elb}:listener/app/orders/01/23`,
        `${elb}:listener/net/orders/0g/23`,
        `${elb}:listener/net/a/b/01/23`,
        'arn:aws:elasticloadbalancing:eu-west-1:1:listener/net/orders/01/23',
      ],
    },
  ],
  ['an answer', flag, { expected: 'true or false', taken: [], refused: ['true', 0, null] }],
  [
    'the length of a memory',
    memory,
    {
      expected:
        'for how long what was found in sync is not read again, in milliseconds, a whole number from 0 to 3600000',
      taken: [],
      refused: [-1, 3_600_001, 0.5, '0'],
    },
  ],
]

describe.each(tables)('%s', (_what, schema, { expected, taken, refused }) => {
  it('is taken', () => {
    expect(taken.filter(value => refusal(schema, value) !== undefined)).toEqual([])
  })

  it('is refused, and the sentence says what is allowed', () => {
    expect(refused.map(value => [value, refusal(schema, value)])).toEqual(refused.map(value => [value, expected]))
  })
})

it.each([0, 3_600_000])('a memory of %i ms is taken', value => {
  expect(refusal(memory, value)).toBeUndefined()
})

describe('an object', () => {
  const schema = closed({ port: portNumber, any: v.any(), inner: closed({ port: portNumber }) })

  it.each<[unknown, readonly string[]]>([
    [{ any: 1, inner: { port: 1 } }, ['a port, 1 to 65535']],
    [{ port: 1, inner: { port: 1 } }, ['a value']],
    [{ port: 1, any: 1 }, ['an object']],
    [{ port: 1, any: 1, inner: [] }, ['an object']],
    [{ port: 1, any: 1, inner: { port: 1 }, more: 1 }, ['one of port, any, inner']],
    [[], ['an object']],
    ['x', ['an object']],
  ])('%j is refused with what is allowed at its place', (value, expected) => {
    const parsed = v.safeParse(schema, value)
    expect(parsed.issues?.map(({ message }) => message)).toEqual(expected)
  })
})

describe('two networks', () => {
  it.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.1.0.0/16', '10.2.0.0/16', false],
    ['10.0.0.1/32', '10.0.0.1/32', true],
  ])('%s and %s overlap: %s', (one, other, expected) => {
    expect(overlaps(one, other)).toBe(expected)
  })
})

const times = 'in milliseconds, a whole number from'

describe('how long is watched', () => {
  it.each([
    ['answers', 101, 'how many answers must agree, a whole number from 1 to 100'],
    ['intervalMs', 0, `time between two looks ${times} 1 to 900000`],
    ['spanMs', 900_001, `time over which answers agree ${times} 0 to 900000`],
    ['flapMs', -1, `time for which an endpoint may alternate between two writers ${times} 0 to 900000`],
    ['readLagMs', -1, `time for which a read may not show a write ${times} 0 to 900000`],
    ['bothHealthyMs', 0, `time after which a second healthy address is another database’s ${times} 1 to 900000`],
  ])('%s is refused with %i', (key, value, expected) => {
    expect(refusal(settleSchema, { [key]: value })).toBe(expected)
  })

  const settle = { answers: 3, intervalMs: 1000, spanMs: 6000, flapMs: 0, readLagMs: 0, bothHealthyMs: 1 }
  const watch = { startedMs: 1, completedMs: 60_000, rebootMs: 1, healthyMs: 1 }
  const most = (count: number) =>
    `at most ${count} with this intervalMs: that many answers take longer than watch.completedMs, and nothing ever settles`

  it.each<[string, Partial<typeof settle>, Partial<typeof watch>, [string, string][]]>([
    ['settles', {}, {}, []],
    ['settles just', { spanMs: 59_999, answers: 60 }, {}, []],
    [
      'spans as long as the watch',
      { spanMs: 60_000 },
      {},
      [['spanMs', 'less than watch.completedMs, or nothing ever settles']],
    ],
    ['asks once too often', { answers: 61 }, {}, [['answers', most(60)]]],
    ['asks too often, rounded down', { answers: 9, intervalMs: 7000 }, {}, [['answers', most(8)]]],
    ['watches for a millisecond', { spanMs: 0, answers: 2, intervalMs: 1 }, { completedMs: 1 }, [['answers', most(1)]]],
    ['has no interval, which is reported by itself', { intervalMs: 0, spanMs: 60_000 }, {}, []],
    ['has no watch, which is reported by itself', {}, { completedMs: 0 }, []],
  ])('one that %s', (_what, own, ownWatch, expected) => {
    const problems = settleProblems({ ...settle, ...own }, { ...watch, ...ownWatch })
    expect(problems.map(({ key, message }) => [key, message])).toEqual(expected)
  })
})

describe('a proof of the owner', () => {
  it.each([
    ['instance', 'when-possible', undefined],
    ['cluster', 'when-possible', undefined],
    ['proxy', 'off', 'off: nothing in AWS tells the network interfaces of a proxy'],
    ['hostname', 'off', 'off: nothing in AWS tells the network interfaces of a host name'],
  ] as const)('of kind %s is %s where nothing is set', (kind, byDefault, unsuitable) => {
    expect(defaultProof(kind)).toBe(byDefault)
    expect(whyNotProof(kind, 'off')).toBeUndefined()
    expect([whyNotProof(kind, 'required'), whyNotProof(kind, 'when-possible')]).toEqual([unsuitable, unsuitable])
  })
})
