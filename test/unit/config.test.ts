import { describe, expect, it } from 'vitest'
import { networks } from '../../functions/reconciler/config/values.ts'
import { ConfigError, parseConfig } from '../../functions/reconciler/config.ts'
import { weightedDoor } from '../fakes/cluster-world.ts'
import { writerGroup } from '../fakes/fake-front-door.ts'
import { aCluster } from '../fakes/world.ts'

const shortest = {
  database: {
    kind: 'instance',
    id: 'orders',
    arn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
    endpoint: 'orders.abc123.eu-west-1.rds.amazonaws.com',
    port: 5432,
  },
  frontDoors: [
    {
      role: 'writer',
      strategy: 'swap',
      targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef',
      port: 5432,
    },
  ],
}

const withDatabase = (changes: Record<string, unknown>) => ({
  ...shortest,
  database: { ...shortest.database, ...changes },
})
const withFrontDoor = (changes: Record<string, unknown>) => ({
  ...shortest,
  frontDoors: [{ ...shortest.frontDoors[0], ...changes }],
})

const parse = (value: unknown) => parseConfig('REPOINT_CONFIG', JSON.stringify(value))

const errorOf = (text: string | undefined): ConfigError => {
  try {
    parseConfig('REPOINT_CONFIG', text)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('the configuration was accepted')
}

const problemsOf = (value: unknown) => errorOf(JSON.stringify(value)).problems

describe('the shortest configuration', () => {
  it('needs a database and a front door, all else has a default', () => {
    expect(parse(shortest)).toEqual({
      ...shortest,
      allowedCidrs: ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'],
      ownerProof: 'when-possible',
      settle: {
        answers: 3,
        intervalMs: 1000,
        spanMs: 6000,
        flapMs: 35_000,
        readLagMs: 6000,
        bothHealthyMs: 60_000,
      },
      watch: { startedMs: 300_000, completedMs: 60_000, rebootMs: 30_000, healthyMs: 360_000 },
      rememberMs: 300_000,
      policies: [],
      eventBus: 'default',
      dnsServers: [],
    })
  })

  it('keeps the other defaults of a group when one setting is given', () => {
    expect(parse({ ...shortest, settle: { answers: 5 } }).settle).toEqual({
      answers: 5,
      intervalMs: 1000,
      spanMs: 6000,
      flapMs: 35_000,
      readLagMs: 6000,
      bothHealthyMs: 60_000,
    })
    expect(parse({ ...shortest, watch: { rebootMs: 1 } }).watch.startedMs).toBe(300_000)
  })

  it('is frozen throughout', () => {
    const config = parse(shortest)
    for (const part of [
      config,
      config.database,
      config.frontDoors,
      config.frontDoors[0],
      config.settle,
      config.policies,
    ])
      expect(Object.isFrozen(part)).toBe(true)
  })
})

describe('every setting', () => {
  it('is taken as given', () => {
    const full = {
      ...shortest,
      allowedCidrs: ['10.20.0.0/16', '192.0.2.7/32'],
      ownerProof: 'required',
      settle: { answers: 2, intervalMs: 250, spanMs: 0, flapMs: 20_000, readLagMs: 0, bothHealthyMs: 90_000 },
      watch: { startedMs: 1, completedMs: 500, rebootMs: 3, healthyMs: 4 },
      rememberMs: 0,
      policies: ['paused', 'dry-run', 'add-only'],
      eventBus: 'arn:aws:events:eu-west-1:111122223333:event-bus/databases',
      dnsServers: ['10.0.0.2', '127.0.0.1:5353'],
    }
    expect(parse(full)).toEqual(full)
  })

  it.each([
    ['instance', 'db:orders'],
    ['cluster', 'cluster:orders'],
    ['proxy', 'db-proxy:prx-0123456789abcdef0'],
  ])('takes kind %s with its own ARN', (kind, resource) => {
    const arn = `arn:aws:rds:eu-west-1:111122223333:${resource}`
    expect(parse(withDatabase({ kind, arn })).database).toMatchObject({ kind, arn })
  })

  it('takes ARNs of the other partitions', () => {
    const arn = 'arn:aws-us-gov:rds:us-gov-west-1:111122223333:db:orders'
    expect(parse(withDatabase({ arn })).database.arn).toBe(arn)
  })

  it('takes kind hostname without an ARN', () => {
    expect(parse(withDatabase({ kind: 'hostname', arn: undefined })).database).not.toHaveProperty('arn')
  })
})

describe('every problem', () => {
  it('is reported at once with path, value and what is allowed', () => {
    const problems = problemsOf({
      database: { kind: 'replica', id: '', arn: 'orders', endpoint: 'orders', port: 70_000, user: 'admin' },
      frontDoors: [{ role: 'standby', strategy: 'swap', targetGroupArn: 'orders', prot: 5432 }],
      allowedCidrs: ['10.0.0.0'],
      settle: { answers: 0, intervalMs: 1.5, spanMs: -1, jitter: true },
      watch: 60,
      policies: ['pause'],
      eventBus: '',
      dnsServers: ['dns.internal'],
      log: 'debug',
      debug: true,
    })
    expect(problems).toEqual([
      'database.kind: got "replica", expected one of instance, cluster, proxy, hostname',
      'database.id: got "", expected the database identifier',
      'database.arn: got "orders", expected the ARN of a DB instance, a DB cluster or a DB proxy',
      'database.endpoint: got "orders", expected a host name with at least one dot, not an address',
      'database.port: got 70000, expected a port, 1 to 65535',
      'database.user: unknown setting, got "admin", expected one of kind, id, arn, endpoint, port',
      'frontDoors.0.role: got "standby", expected writer or reader',
      'frontDoors.0.targetGroupArn: got "orders", expected the ARN of a target group',
      'frontDoors.0.port: missing, expected a port, 1 to 65535',
      'frontDoors.0.prot: unknown setting, got 5432, expected one of role, strategy, targetGroupArn, port',
      'allowedCidrs.0: got "10.0.0.0", expected an IPv4 network such as 10.0.0.0/16',
      'settle.answers: got 0, expected how many answers must agree, a whole number from 1 to 100',
      'settle.intervalMs: got 1.5, expected time between two looks in milliseconds, a whole number from 1 to 900000',
      'settle.spanMs: got -1, expected time over which answers agree in milliseconds, a whole number from 0 to 900000',
      'settle.jitter: unknown setting, got true, expected one of answers, intervalMs, spanMs, flapMs, readLagMs, bothHealthyMs',
      'watch: got 60, expected an object',
      'policies.0: got "pause", expected one of paused, dry-run, add-only',
      'eventBus: got "", expected the name or ARN of an event bus',
      'dnsServers.0: got "dns.internal", expected an IPv4 address, or address:port',
      'log: unknown setting, got "debug", expected one of database, frontDoors, allowedCidrs, ownerProof, settle, watch, rememberMs, policies, eventBus, dnsServers',
      'debug: unknown setting, got true, expected one of database, frontDoors, allowedCidrs, ownerProof, settle, watch, rememberMs, policies, eventBus, dnsServers',
    ])
  })

  it('stands in the message on a line of its own, under the name of the variable', () => {
    expect(errorOf(JSON.stringify(withDatabase({ port: 0, id: 7 }))).message).toBe(
      [
        'REPOINT_CONFIG has 2 problems:',
        '  - database.id: got 7, expected the database identifier',
        '  - database.port: got 0, expected a port, 1 to 65535',
      ].join('\n'),
    )
    expect(errorOf(JSON.stringify(withDatabase({ port: 0 }))).message).toContain('REPOINT_CONFIG has 1 problem:')
  })

  it('of a missing ARN is reported together with the others', () => {
    expect(problemsOf({ ...withDatabase({ arn: undefined, port: 0 }), frontDoors: [] })).toEqual([
      'database.port: got 0, expected a port, 1 to 65535',
      'database.arn: missing, expected an RDS ARN of type db, which kind instance needs',
      'frontDoors: got [], expected a list of front doors, at least 1',
    ])
  })

  it('is a ConfigError by name', () => {
    expect(errorOf(undefined).name).toBe('ConfigError')
  })

  it.each([
    [198, 'x'.repeat(198)],
    [199, `${'x'.repeat(198)}…`],
  ])('prints 200 characters of a value of %i and its quotation marks', (length, shown) => {
    const end = length === 198 ? '"' : ''
    expect(problemsOf(withDatabase({ endpoint: 'x'.repeat(length) }))).toEqual([
      `database.endpoint: got "${shown}${end}, expected a host name with at least one dot, not an address`,
    ])
  })

  it('never prints more than a line of a value', () => {
    const [problem = ''] = problemsOf(withDatabase({ endpoint: 'x'.repeat(5000) }))
    expect(problem).toMatch(/^database\.endpoint: got "x+…, expected a host name/)
    expect(problem.length).toBeLessThan(300)
  })
})

describe('a configuration that is no object', () => {
  it.each([undefined, ''])('is reported as not set: %j', text => {
    expect(errorOf(text).message).toBe(
      'REPOINT_CONFIG has 1 problem:\n  - is not set: expected the configuration as JSON',
    )
  })

  it('is reported as bad JSON', () => {
    expect(errorOf('{"database": ').problems).toEqual([expect.stringMatching(/^is not JSON: .+/)])
  })

  it.each([null, [], 'orders', 5432])('is refused when it is %j', value => {
    expect(problemsOf(value)).toEqual([`(top level): got ${JSON.stringify(value)}, expected an object`])
  })

  it('names what is missing when it is empty', () => {
    expect(problemsOf({})).toEqual([
      'database: missing, expected an object',
      'frontDoors: missing, expected a list of front doors',
    ])
  })

  it.each(['database', 'settle', 'watch'])('is refused where %s is a list or null', group => {
    expect(problemsOf({ ...shortest, [group]: [] })).toEqual([`${group}: got [], expected an object`])
    expect(problemsOf({ ...shortest, [group]: null })).toEqual([`${group}: got null, expected an object`])
  })
})

describe('the ARN of the database', () => {
  it.each([
    ['instance', 'db'],
    ['cluster', 'cluster'],
    ['proxy', 'db-proxy'],
  ])('is needed for kind %s', (kind, type) => {
    expect(problemsOf(withDatabase({ kind, arn: undefined }))).toEqual([
      `database.arn: missing, expected an RDS ARN of type ${type}, which kind ${kind} needs`,
    ])
  })

  it('is refused when it belongs to another kind, since no event would ever match', () => {
    expect(problemsOf(withDatabase({ kind: 'cluster' }))).toEqual([
      'database.arn: got "arn:aws:rds:eu-west-1:111122223333:db:orders", expected an RDS ARN of type cluster, which kind cluster needs',
    ])
  })

  it.each([
    'arn:aws:rds:eu-west-1:1111:db:orders',
    'arn:aws:rds:eu-west-1:111122223333:db:',
    'arn:aws:elasticache:eu-west-1:111122223333:db:orders',
    17,
    null,
  ])('is reported once when it is %j', arn => {
    expect(problemsOf(withDatabase({ arn }))).toEqual([
      `database.arn: got ${JSON.stringify(arn)}, expected the ARN of a DB instance, a DB cluster or a DB proxy`,
    ])
  })
})

describe('values', () => {
  it.each([0, 65_536, -1, 5432.5, '5432', null])('port %j is refused', port => {
    const expected = `got ${JSON.stringify(port)}, expected a port, 1 to 65535`
    expect(problemsOf(withDatabase({ port }))).toEqual([`database.port: ${expected}`])
    expect(problemsOf(withFrontDoor({ port }))).toEqual([`frontDoors.0.port: ${expected}`])
  })

  it.each([1, 65_535])('port %d is taken', port => {
    expect(parse(withDatabase({ port })).database.port).toBe(port)
  })

  it.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.256/8',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/',
    'fd00::/8',
    '',
    8,
  ])('network %j is refused', cidr => {
    expect(problemsOf({ ...shortest, allowedCidrs: ['10.0.0.0/8', cidr] })).toEqual([
      `allowedCidrs.1: got ${JSON.stringify(cidr)}, expected an IPv4 network such as 10.0.0.0/16`,
    ])
  })

  it.each([
    '0.0.0.0/0',
    '128.0.0.0/1',
    '10.0.0.0/7',
    '0.0.0.0/8',
    '127.0.0.0/8',
    '127.0.0.1/32',
    '169.254.0.0/16',
    '169.254.169.254/32',
    '169.0.0.0/8',
    '224.0.0.0/8',
    '239.1.2.3/32',
    '255.255.255.255/32',
  ])('network %s is refused: no database of yours is in it alone', cidr => {
    expect(problemsOf({ ...shortest, allowedCidrs: [cidr] })).toEqual([
      `allowedCidrs.0: got ${JSON.stringify(cidr)}, expected a network of yours, /8 or smaller, and not loopback, link-local, multicast or reserved`,
    ])
  })

  it.each(['10.0.0.0/8', '100.64.0.0/10', '192.0.2.7/32', '170.0.0.0/8', '223.255.255.0/24'])(
    'network %s is taken',
    cidr => {
      expect(parse({ ...shortest, allowedCidrs: [cidr] }).allowedCidrs).toEqual([cidr])
    },
  )

  it.each<[kind: string, more: object, proof: string, problems: readonly string[]]>([
    ['instance', {}, 'required', []],
    ['cluster', { arn: 'arn:aws:rds:eu-west-1:111122223333:cluster:orders' }, 'off', []],
    ['hostname', {}, 'off', []],
    ['hostname', {}, 'when-possible', ['host name']],
    ['proxy', { arn: 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-0123456789abcdef0' }, 'required', ['proxy']],
    ['instance', {}, 'always', ['one of when-possible, required, off']],
  ])('of kind %s with %j ownerProof %s complains of %j', (kind, more, ownerProof, problems) => {
    const value = { ...withDatabase({ kind, ...more }), ownerProof }
    if (problems.length === 0) expect(parse(value).ownerProof).toBe(ownerProof)
    else expect(problemsOf(value)).toEqual(problems.map(problem => expect.stringContaining(problem)))
  })

  it.each(['proxy', 'hostname'])('of kind %s says off where nothing is said', kind => {
    const arn = kind === 'proxy' ? { arn: 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-0123456789abcdef0' } : {}
    expect(parse(withDatabase({ kind, ...arn })).ownerProof).toBe('off')
  })

  it('an empty list of networks is refused, since nothing could be registered', () => {
    expect(problemsOf({ ...shortest, allowedCidrs: [] })).toEqual([
      'allowedCidrs: got [], expected a list of networks, at least 1',
    ])
  })

  it.each(['999.1.1.1', '10.0.0.2:0', '10.0.0.2:65536', '10.0.0.2:', '10.0.0.2:53:53', 'localhost'])(
    'DNS server %j is refused',
    server => {
      expect(problemsOf({ ...shortest, dnsServers: [server] })).toEqual([
        `dnsServers.0: got "${server}", expected an IPv4 address, or address:port`,
      ])
    },
  )

  it.each(['orders', '10.0.6.26', 'https://orders.example.com', 'orders example.com', ''])(
    'endpoint %j is refused',
    endpoint => {
      expect(problemsOf(withDatabase({ endpoint }))).toEqual([
        `database.endpoint: got "${endpoint}", expected a host name with at least one dot, not an address`,
      ])
    },
  )

  it('the ARN of a load balancer is no target group', () => {
    const targetGroupArn =
      'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/orders/0123456789abcdef'
    expect(problemsOf(withFrontDoor({ targetGroupArn }))).toEqual([
      `frontDoors.0.targetGroupArn: got "${targetGroupArn}", expected the ARN of a target group`,
    ])
  })

  it.each(['startedMs', 'completedMs', 'rebootMs', 'healthyMs'])('watch.%s of nothing is refused', setting => {
    expect(problemsOf({ ...shortest, watch: { [setting]: 0 } })).toEqual([
      `watch.${setting}: got 0, expected a duration in milliseconds, a whole number from 1 to 900000`,
    ])
  })
})

describe('settings that do nothing', () => {
  it('such as a second front door on one listener, are refused', () => {
    const second = { ...weightedDoor, targetGroupArns: [writerGroup, `${writerGroup.slice(0, -1)}4`] }
    expect(() => aCluster({ frontDoors: [weightedDoor, second] })).toThrow('a listener of its own')
  })
})

describe('a watch in which nothing ever settles is refused:', () => {
  it.each([
    [{ watch: { completedMs: 6000 } }, 'settle.spanMs: got 6000, expected less than watch.completedMs'],
    [{ settle: { spanMs: 60_000 } }, 'settle.spanMs: got 60000, expected less than watch.completedMs'],
    [{ settle: { answers: 61 } }, 'settle.answers: got 61, expected at most 60 with this intervalMs'],
    [{ settle: { intervalMs: 20_001 } }, 'settle.answers: got 3, expected at most 2 with this intervalMs'],
  ])('%j', (settings, problem) => {
    expect(problemsOf({ ...shortest, ...settings })).toEqual([expect.stringContaining(problem)])
  })

  it.each([{ settle: { answers: 60 } }, { settle: { intervalMs: 20_000 } }, { settle: { spanMs: 59_999 } }])(
    'and %j is taken',
    settings => {
      expect(parse({ ...shortest, ...settings })).toMatchObject(settings)
    },
  )
})

describe('the allowed networks', () => {
  it('hold their own addresses and no others', () => {
    const isAllowed = networks(['10.0.0.0/16', '192.0.2.7/32'])
    expect(['10.0.0.0', '10.0.255.255', '192.0.2.7'].filter(isAllowed)).toHaveLength(3)
    expect(['10.1.0.0', '192.0.2.8', '54.84.181.60', '', 'fd00::1'].filter(isAllowed)).toEqual([])
  })
})
