import { describe, expect, it } from 'vitest'
import { type Finding, type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import type { Proof } from '../../../cli/checks/log-proof.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { judgeVerified, outcomeOf, type Verified, type VerifyOutcome } from '../../../cli/checks/verify.ts'
import type { AttemptFacts, TlsFacts } from '../../../cli/facts/client-path.ts'
import type { PathName, SeenPath, SqlAnswer } from '../../../cli/facts/path-facts.ts'

const nowMs = Date.parse('2026-11-21T06:00:00Z')
const shaken = {
  kind: 'shaken',
  protocol: 'TLSv1.3',
  isTrusted: true,
  names: ['orders.example.com'],
  validUntilMs: Date.parse('2027-11-21T00:00:00Z'),
} as const
const connected = (ip: string, tls?: TlsFacts): AttemptFacts => ({
  ...{ ip, tcp: { kind: 'connected', ms: 2 } },
  ...(tls && { tls }),
})
const failing = (ip: string, code: string): AttemptFacts => ({ ip, tcp: { kind: 'failed', code } })

interface Look extends Partial<Omit<SeenPath, 'client'>> {
  readonly client?: Partial<SeenPath['client']>
}
const look = (path: PathName, { client, ...changes }: Look = {}): SeenPath => ({
  path,
  endpointId: `vpce-${path}`,
  host: `vpce-${path}.example.com`,
  port: 5432,
  securityGroupIds: ['sg-1'],
  connections: [],
  client: {
    host: 'orders.example.com',
    port: 5432,
    engine: 'postgres',
    hasAuthorities: true,
    addresses: { kind: 'found', ips: ['10.1.1.50'] },
    attempts: [],
    ...client,
  },
  ...changes,
})
const lookups = {
  ...{ name: 'orders.example.com', asked: 1, led: { nlb: 1, gateway: 0 } },
  ...{ elsewhere: [], unanswered: 0, answers: [] },
}
const someVerified = (changes: Partial<Verified> = {}): Verified => ({
  ...{ paths: [], lookups, weights: { nlb: 100, gateway: 0 } },
  ...changes,
})
/** What is said of this check, without its name. */
const judged = (check: string, changes: Partial<Verified>): readonly Judgement[] =>
  judgeVerified(someVerified(changes), nowMs).flatMap(({ check: name, ...it }) => (name === check ? [it] : []))

const gatewayRemedy = (groups = 'sg-1') =>
  `Let the clients into ${groups} of vpce-gateway on 5432; on the provider's side the database's security group has to let in the gateway's on the database's port (the rule most often forgotten: \`repoint migrate preflight\` looks at it), and the gateway's has to let it out there.`
const nlbRemedy = (groups = 'sg-1') =>
  `Let the clients into ${groups} of vpce-nlb on 5432; on the provider's side \`repoint doctor\` walks the rest: PrivateLink enforcement, the database's security group, a healthy target.`

describe('a verification', () => {
  const proved: Proof = {
    ...{ kind: 'proved', matchedBy: 'source', sinceMs: 0, found: 1, connections: 1 },
    record: { atMs: 1, endpointId: 'vpce-gateway', resource: '10.0.2.20:5432', resourceIp: '10.0.2.20' },
  }
  const is = (severity: Finding['severity']): Finding => ({ check: 'x', severity, fact: 'It is so.' })

  it.each<[name: string, proof: Proof | undefined, severities: readonly Finding['severity'][], outcome: VerifyOutcome]>(
    [
      ['has passed where the log proves it', proved, ['ok', 'notice', 'warning'], 'passed'],
      ['waits where something is not known', proved, ['ok', 'unknown'], 'waiting'],
      ['has failed where something is wrong, whatever else is not known', proved, ['unknown', 'problem'], 'failed'],
      [
        'waits where the log has nothing yet',
        { kind: 'not-delivered', waitedMs: 1, connections: 1 },
        ['ok'],
        'waiting',
      ],
      ['waits where nobody looked into the log', undefined, ['ok'], 'waiting'],
      ['has failed, whether or not somebody looked into the log', undefined, ['problem'], 'failed'],
    ],
  )('%s', (_, proof, severities, outcome) => {
    expect(outcomeOf(proof === undefined ? {} : { proof }, severities.map(is))).toBe(outcome)
  })

  it('tells each path from its name to its login, then what concerns both', () => {
    const sql: SqlAnswer = { kind: 'answered', isWriter: true, server: '10.0.2.20', ms: 3 }
    const client = { attempts: [connected('10.1.1.50', shaken)] }
    const paths = [look('nlb', { client, sql }), look('gateway', { client, sql })]
    const unseen = [unknown('The interface endpoint is not known.')]
    const findings = judgeVerified(someVerified({ paths, unseen, proof: proved }), nowMs)
    expect(findings.map(({ check }) => check)).toEqual([
      ...['nlb-name', 'nlb-tcp', 'nlb-tls', 'nlb-sql'],
      ...['gateway-name', 'gateway-tcp', 'gateway-tls', 'gateway-sql'],
      ...['nlb-path', 'same-server', 'hosted-zone', 'gateway-log'],
    ])
    expect(findings[8]).toEqual({ check: 'nlb-path', ...unseen[0] })
    expect(judged('nlb-path', { paths })).toEqual([])
  })

  const elsewhere = { ...lookups, led: { nlb: 0, gateway: 0 }, elsewhere: ['10.1.9.9'] }
  const notThere = [problem('The interface endpoint is not there.', 'Deploy it.')]
  const leads = 'orders.example.com leads to 10.1.9.9 here, which'
  it.each([
    [
      'of a path that could not be looked at',
      [unknown('denied')],
      'unknown',
      `${leads} may be the path that was not looked at.`,
    ],
    ['of a path that is not there', notThere, 'problem', `${leads} is neither path.`],
    ['where both paths were looked at', undefined, 'problem', `${leads} is neither path.`],
  ])('judges an answer that leads elsewhere %s', (_, unseen, severity, fact) => {
    const found = judged('hosted-zone', { lookups: elsewhere, ...(unseen && { unseen }) })
    expect(found).toMatchObject([{ severity, fact }])
  })

  it('compares the lookups with the weights', () => {
    expect(judged('hosted-zone', { weights: { nlb: 0, gateway: 100 } })).toMatchObject([{ severity: 'unknown' }])
    expect(judged('hosted-zone', {})).toEqual([
      ok('1 lookup of orders.example.com: 1 led to the load balancer, 0 to the gateway; the weights say 100 to 0.'),
    ])
  })
})

describe('the name of an endpoint', () => {
  it.each<[name: string, seen: SeenPath, expected: Judgement]>([
    [
      'means its addresses',
      look('nlb', { client: { addresses: { kind: 'found', ips: ['10.1.1.50', '10.1.2.50'] } } }),
      ok("The load balancer's endpoint vpce-nlb is 10.1.1.50, 10.1.2.50."),
    ],
    [
      'means nothing',
      look('gateway', { client: { addresses: { kind: 'none', why: 'ENOTFOUND' } } }),
      problem(
        'vpce-gateway.example.com does not resolve here (ENOTFOUND).',
        'The name of an endpoint resolves anywhere once the endpoint is available: see its state, and that the resolver here may ask public names.',
      ),
    ],
  ])('%s', (_, seen, expected) => {
    expect(judged(`${seen.path}-name`, { paths: [seen] })).toEqual([expected])
  })
})

describe('TCP of a path', () => {
  const both = (code: string) => [failing('10.1.1.50', code), failing('10.1.2.50', code)]
  const dropped = (where: string) => `No answer from ${where}: the packets are dropped on the path.`

  // biome-ignore format: a table
  it.each<[name: string, path: PathName, attempts: readonly AttemptFacts[], expected: readonly Judgement[]]>([
    ['connects', 'nlb', [connected('10.1.1.50'), connected('10.1.2.50')],
      [ok('10.1.1.50:5432 accepts a connection (2 ms).'), ok('10.1.2.50:5432 accepts a connection (2 ms).')]],
    ['is not tried without an address', 'nlb', [], []],
    ['is silent through the load balancer', 'nlb', both('ETIMEDOUT'), [problem(dropped('10.1.1.50:5432 and 10.1.2.50:5432 (load balancer)'), nlbRemedy(), sources.endpointService)]],
    ['is silent through the gateway', 'gateway', both('ETIMEDOUT').slice(1), [problem(dropped('10.1.2.50:5432 (resource gateway)'), gatewayRemedy(), sources.resourceGateway)]],
    ['is refused through the load balancer', 'nlb', both('ECONNREFUSED'),
      [problem('The connection to 10.1.1.50:5432 and 10.1.2.50:5432 (load balancer) is refused (ECONNREFUSED).',
        'No target is usable, or a failover is going on: `repoint status` says which.')]],
    ['is reset through the gateway', 'gateway', both('ECONNRESET').slice(1),
      [problem('The connection to 10.1.2.50:5432 (resource gateway) is refused (ECONNRESET).',
        'The gateway reached an address where no database listens: check the port and the name that the resource configuration has; a failover may be going on.')]],
    ['has no route', 'gateway', both('EHOSTUNREACH').slice(1),
      [problem('10.1.2.50:5432 (resource gateway) cannot be reached (EHOSTUNREACH).', "Check the route from here to the endpoint's subnets.")]],
    ['is told once for addresses that fail alike, after those that connect', 'nlb', [failing('10.1.1.50', 'ETIMEDOUT'), failing('10.1.2.50', 'EHOSTUNREACH'), connected('10.1.3.50'), failing('10.1.4.50', 'ETIMEDOUT')],
      [ok('10.1.3.50:5432 accepts a connection (2 ms).'),
        problem(dropped('10.1.1.50:5432 and 10.1.4.50:5432 (load balancer)'), nlbRemedy(), sources.endpointService),
        problem('10.1.2.50:5432 (load balancer) cannot be reached (EHOSTUNREACH).', "Check the route from here to the endpoint's subnets.")]],
  ])('%s', (_, path, attempts, expected) => {
    expect(judged(`${path}-tcp`, { paths: [look(path, { client: { attempts } })] })).toEqual(expected)
  })

  it('names every security group of the endpoint, or that it has one', () => {
    const remedies = ([['sg-1', 'sg-2'], []] as const).map(securityGroupIds => {
      const seen = look('nlb', { securityGroupIds, client: { attempts: both('ETIMEDOUT') } })
      return judged('nlb-tcp', { paths: [seen] }).map(({ remedy }) => remedy)
    })
    expect(remedies).toEqual([[nlbRemedy('sg-1, sg-2')], [nlbRemedy('its security group')]])
  })
})

describe('TLS of a path', () => {
  const cut = { kind: 'failed', why: 'timed out' } as const
  const otherName = { ...shaken, nameMismatch: 'no', names: ['other.example.com'] }
  const isCut = (ip: string, remedy: string) =>
    problem(`${ip} accepts connections, and the TLS handshake fails: timed out.`, remedy)
  const isSound = (ip: string) =>
    ok(`${ip} uses TLSv1.3 with a certificate for orders.example.com from a trusted authority, until 2027-11-21.`)
  const isForAnother = (ip: string) =>
    problem(
      `The certificate at ${ip} is for other.example.com, not for orders.example.com: sslmode=verify-full and VERIFY_IDENTITY fail.`,
      'Connect by the RDS endpoint’s own name: create a private hosted zone of exactly that name in the consumer’s VPC (the consumer stack does), or use verify-ca.',
      sources.rdsTls,
    )

  // biome-ignore format: a table
  it.each<[name: string, path: PathName, client: Partial<SeenPath['client']>, expected: readonly Judgement[]]>([
    ['is sound', 'gateway', { attempts: [connected('10.1.1.50', shaken)] }, [isSound('10.1.1.50')]],
    ['is cut through the gateway, where a rule may be missing', 'gateway', { attempts: [connected('10.1.1.50', cut)] }, [isCut('10.1.1.50', gatewayRemedy())]],
    ['is cut through the load balancer', 'nlb', { attempts: [connected('10.1.1.50', cut)] }, [isCut('10.1.1.50', nlbRemedy())]],
    ['is for another name, which no rule remedies', 'gateway', { attempts: [connected('10.1.1.50', otherName)] }, [isForAnother('10.1.1.50')]],
    ['is cut at one address, for another name at the second, sound at the third', 'gateway',
      { attempts: [connected('10.1.1.50', cut), connected('10.1.2.50', otherName), connected('10.1.3.50', shaken)] },
      [isForAnother('10.1.2.50'), isSound('10.1.3.50'), isCut('10.1.1.50', gatewayRemedy())]],
    ['is sound, from an issuer that nobody checked', 'gateway', { hasAuthorities: false, attempts: [connected('10.1.1.50', { ...shaken, isTrusted: false, whyNotTrusted: 'UNABLE' })] },
      [ok('10.1.1.50 uses TLSv1.3 with a certificate for orders.example.com, until 2027-11-21.'),
        notice("The issuer of the certificate at 10.1.1.50 was not checked (UNABLE): the authorities of RDS are in no system's store.",
          'Give AWS’s bundle: repoint migrate verify --ca global-bundle.pem.', sources.rdsTls)]],
    ['is sound for another month', 'gateway', { attempts: [connected('10.1.1.50', { ...shaken, validUntilMs: nowMs + 29 * 86_400_000 })] },
      [ok('10.1.1.50 uses TLSv1.3 with a certificate for orders.example.com from a trusted authority, until 2026-12-20.'),
        warning('The certificate at 10.1.1.50 ends on 2026-12-20.', 'RDS rotates it; make sure that the clients trust the new authority by then.', sources.rdsTls)]],
    ['is not tried where TCP does not connect', 'gateway', { attempts: [failing('10.1.1.50', 'ETIMEDOUT')] }, []],
  ])('%s', (_, path, client, expected) => {
    expect(judged(`${path}-tls`, { paths: [look(path, { client })] })).toEqual(expected)
  })
})

describe('a login', () => {
  const answered = (isWriter: boolean, server?: string): SqlAnswer => ({
    ...{ kind: 'answered', isWriter, ms: 3 },
    ...(server === undefined ? {} : { server }),
  })
  const failed = (error: Extract<SqlAnswer, { kind: 'failed' }>['error'], why: string): SqlAnswer => ({
    ...{ kind: 'failed', error, why },
  })

  // biome-ignore format: a table
  it.each<[name: string, path: PathName, sql: SqlAnswer | undefined, expected: readonly Judgement[]]>([
    ['is not tried without credentials', 'nlb', undefined, []],
    ['reaches the writer through the load balancer', 'nlb', answered(true, '10.0.2.20'), [ok('Through the load balancer a login reaches a node that takes writes (10.0.2.20).')]],
    ['reaches a writer that does not tell its address', 'gateway', answered(true), [ok('Through the resource gateway a login reaches a node that takes writes.')]],
    ['reaches a reader through the load balancer', 'nlb', answered(false),
      [problem('Through the load balancer a login reaches a node that does not take writes.', '`repoint status` says where the load balancer points; `repoint resync` fixes it.')]],
    ['reaches a reader through the gateway', 'gateway', answered(false, '10.0.1.10'),
      [problem('Through the resource gateway a login reaches a node that does not take writes (10.0.1.10).',
        "Check which endpoint the resource configuration names: a cluster's writer has its own child configuration.")]],
    ['gets no answer through the load balancer', 'nlb', failed('timeout', 'no greeting in 5 s'), [problem('Through the load balancer a login gets no answer (no greeting in 5 s).', nlbRemedy())]],
    ['gets no answer through the gateway', 'gateway', failed('timeout', 'no greeting in 5 s'), [problem('Through the resource gateway a login gets no answer (no greeting in 5 s).', gatewayRemedy())]],
    ['is refused through the load balancer', 'nlb', failed('login refused', '28P01'),
      [problem('Through the load balancer the database refuses the login (28P01).', 'Check the user, the password and the grants.')]],
    ['is refused through the gateway', 'gateway', failed('login refused', '1045'),
      [problem('Through the resource gateway the database refuses the login (1045).',
        "Where the same login works through the load balancer, the engine grants by the client's address: it now sees the gateway's subnets, and grants such as 'app'@'10.1.%' have to have them.")]],
    ['fails otherwise', 'nlb', failed('connection reset', 'ECONNRESET'),
      [problem('Through the load balancer a login fails: ECONNRESET.', 'Look at TCP and TLS of this path first.')]],
  ])('%s', (_, path, sql, expected) => {
    expect(judged(`${path}-sql`, { paths: [look(path, sql && { sql })] })).toEqual(expected)
  })

  const [a, b] = ['10.0.1.10', '10.0.2.20']
  const ends = (ofNlb: SqlAnswer | undefined, ofGateway: SqlAnswer | undefined) => [
    look('nlb', ofNlb && { sql: ofNlb }),
    look('gateway', ofGateway && { sql: ofGateway }),
  ]
  // biome-ignore format: a table
  it.each<[name: string, paths: readonly SeenPath[], expected: readonly Judgement[]]>([
    ['at the same server', ends(answered(true, b), answered(true, b)), [ok('Both paths end at the same server, 10.0.2.20.')]],
    ['at different servers', ends(answered(true, a), answered(true, b)),
      [problem('The load balancer ends at 10.0.1.10, the resource gateway at 10.0.2.20.',
        'One of them is not the writer: `repoint status` says where the load balancer points, the access log where the gateway does. Verify again when no failover is going on.')]],
    ['where one of them did not log in', ends(answered(true, a), undefined), []],
    ['where the other one failed', ends(failed('timeout', 'x'), answered(true, b)), []],
    ['where one server does not tell its address', ends(answered(true, a), answered(true)), []],
    ['where one server tells an empty address', ends(answered(true, ''), answered(true, b)), []],
    ['where there is one path', [look('gateway', { sql: answered(true, b) })], []],
  ])('is compared with that of the other path: %s', (_, paths, expected) => {
    expect(judged('same-server', { paths })).toEqual(expected)
  })
})

describe('the access log', () => {
  const record = { atMs: nowMs, endpointId: 'vpce-gateway', resource: '10.0.2.20:5432', resourceIp: '10.0.2.20' }
  const counted = { found: 1, connections: 1 }
  const proved: Proof = { kind: 'proved', record, matchedBy: 'source', sinceMs: nowMs, ...counted }
  const has = 'he access log has 1 of our 1 connection by its own port'
  const isProved = `T${has}: the gateway reached 10.0.2.20:5432, and that is the writer`

  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<Verified>, expected: readonly Judgement[]]>([
    ['was not looked at', {}, []],
    ['proves it', { proof: proved }, [ok(`${isProved}.`)]],
    ['proves it, by a writer that is known by DNS', { proof: proved, writer: { kind: 'settled', addresses: ['10.0.2.20'], by: 'DNS gives one answer over its TTL' } },
      [ok(`${isProved} (DNS gives one answer over its TTL).`)]],
    ['proves it, and the writer has moved since', { proof: proved, writer: { kind: 'unsettled', why: 'flapping' } }, [ok(`${isProved}.`)]],
    ['disproves it', { proof: { kind: 'disproved', record, matchedBy: 'source', writer: ['10.0.1.10'], ...counted } },
      [problem(`T${has}, that of 2026-11-21 06:00:00 among them: the gateway reached 10.0.2.20:5432, and the writer is 10.0.1.10.`,
        'Check the name or ARN that the resource configuration has. After a failover: verify again in a minute; if it stays, the gateway does not follow, and clients have to stay on the load balancer (repoint migrate rollback).',
        sources.accessLog)]],
    ['has not enough', { proof: { kind: 'incomplete', record, why: 'the other one came later', ...counted } },
      [notice(`Not proved yet: t${has}, and the other one came later.`, undefined, sources.accessLog)]],
    ['has nothing yet', { proof: { kind: 'not-delivered', waitedMs: 120_000, connections: 2 } },
      [notice('Not proved yet: the access log has none of our 2 connections after 2 min 00 s; it is delivered within 2 minutes typically, and by best effort.', undefined, sources.accessLog)]],
    ['has nothing to compare with', { proof: { kind: 'nothing-to-compare', record, why: 'the writer is not settled' } },
      [notice('Not proved yet: the gateway reached 10.0.2.20:5432, and the writer is not settled.', undefined, sources.accessLog)]],
    ['could not be read', { proof: { kind: 'not-tried', why: 'no connection was opened' } },
      [warning('Nothing is proved: no connection was opened.', 'Fix that, then verify again.')]],
  ])('%s', (_, changes, expected) => {
    expect(judged('gateway-log', changes)).toEqual(expected)
  })
})
