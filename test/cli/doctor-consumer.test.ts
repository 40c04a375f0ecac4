import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { judgeConsumer } from '../../cli/checks/client-path.ts'
import { look } from '../../cli/facts/client-connection.ts'
import type { ClientPathFacts, TlsFacts } from '../../cli/facts/client-path.ts'
import { clientSees } from './doctor-facts.ts'
import {
  type Authority,
  blocking,
  type Greeting,
  issueAuthority,
  issueFor,
  mysql,
  openTlsDatabase,
  postgresql,
  silent,
  type TlsDatabase,
  withoutTls,
} from './tls-database.ts'

const nowMs = Date.parse('2026-11-21T00:00:00Z')
const dayMs = 86_400_000
const ip = '10.1.0.7'

const shaken = (changes: object = {}): TlsFacts => ({
  kind: 'shaken',
  protocol: 'TLSv1.3',
  isTrusted: true,
  names: ['orders.abc.rds.amazonaws.com'],
  validUntilMs: nowMs + 300 * dayMs,
  ...changes,
})
const connected = (tls: TlsFacts) => ({ attempts: [{ ip, tcp: { kind: 'connected', ms: 3 } as const, tls }] })
const failed = (code: string) => ({ attempts: [{ ip, tcp: { kind: 'failed', code } as const }] })

it.each([
  ['mysql', 'TRUNCATE performance_schema.host_cache now'],
  ['mariadb', 'FLUSH HOSTS now'],
])('%s is unblocked by its own statement', (engine, statement) => {
  const blocked = connected({ kind: 'turned-away', code: 1129, message: 'Host is blocked' })
  const findings = judgeConsumer(clientSees({ engine, ...blocked }), nowMs)
  expect(findings.find(({ check }) => check === 'consumer-tls')?.remedy).toContain(statement)
})

const endpoint = (name: string, ...ips: string[]) => ({ name, addresses: { kind: 'found', ips } as const })

type Case = readonly [check: string, severity: string, says: string, changes: Partial<ClientPathFacts>]

// biome-ignore format: a table
const cases: readonly Case[] = [
  ['consumer-name', 'problem', 'does not resolve here (ENOTFOUND)', { addresses: { kind: 'none', why: 'ENOTFOUND' } }],
  ['consumer-address', 'problem', 'public address 54.1.2.3', { addresses: { kind: 'found', ips: ['54.1.2.3'] } }],
  ['consumer-address', 'unknown', 'is not known: without a hosted zone', { addresses: { kind: 'found', ips: ['10.1.0.7', 'fd00::7'] } }],
  ['consumer-address', 'ok', 'means 10.1.0.7 here: the endpoint vpce-1.', { endpoints: [endpoint('vpce-0', '10.9.0.1'), endpoint('vpce-1', '10.1.0.7', '10.1.1.7')] }],
  ['consumer-address', 'problem', 'and not the endpoint vpce-1 (10.9.0.1): connections do not go through it', { endpoints: [endpoint('vpce-1', '10.9.0.1')] }],
  ['consumer-address', 'problem', 'means 10.1.0.7, 10.0.1.10 here, and not the endpoint vpce-1', { addresses: { kind: 'found', ips: [ip, '10.0.1.10'] }, endpoints: [endpoint('vpce-1', ip)] }],
  ['consumer-address', 'unknown', 'vpce-1 (ENOTFOUND) does not resolve here', { endpoints: [{ name: 'vpce-1', addresses: { kind: 'none', why: 'ENOTFOUND' } }] }],
  ['consumer-address', 'ok', '.vpce.amazonaws.com, the path through the load balancer', { endpoints: [endpoint('vpce-1.vpce-svc-1.eu-west-1.vpce.amazonaws.com', ip, '10.1.1.7')] }],
  ['consumer-address', 'ok', '.on.aws, the path through the gateway', { endpoints: [endpoint('vpce-2.rcfg-1.4232ccc.vpc-lattice-rsc.eu-west-1.on.aws', ip, '10.1.1.7')] }],
  ['consumer-endpoint-zones', 'ok', 'vpce-1 has 2 network interfaces', { endpoints: [endpoint('vpce-1', ip, '10.1.1.7')] }],
  ['consumer-endpoint-zones', 'warning', 'vpce-1 has one address, so one network interface in one Availability Zone: when', { endpoints: [endpoint('vpce-1', ip)] }],
  ['consumer-endpoint-zones', 'warning', 'vpce-1 has one network interface in one Availability Zone (the service is in 3)', { serviceZones: 3, endpoints: [{ ...endpoint('vpce-1', ip, '10.1.1.7'), interfaces: 1 }] }],
  ['consumer-endpoint-zones', 'ok', 'in the one zone of the service', { serviceZones: 1, endpoints: [endpoint('vpce-1', ip)] }],
  ['consumer-tls', 'notice', 'pass --engine', { engine: '', attempts: [{ ip, tcp: { kind: 'connected', ms: 1 } }] }],
  ['consumer-tcp', 'problem', 'does not answer', failed('ETIMEDOUT')],
  ['consumer-tcp', 'problem', 'refuses the connection', failed('ECONNREFUSED')],
  ['consumer-tcp', 'problem', 'cannot be reached (EHOSTUNREACH)', failed('EHOSTUNREACH')],
  ['consumer-tls', 'ok', 'from a trusted authority, until 2027-09-17', connected(shaken())],
  ['consumer-tls', 'problem', 'is for other.rds, not for orders', connected(shaken({ nameMismatch: 'x', names: ['other.rds'] }))],
  ['consumer-tls', 'problem', 'ended on 2026-11-20', connected(shaken({ isTrusted: false, validUntilMs: nowMs - dayMs }))],
  ['consumer-tls', 'problem', 'is not signed by the authorities given with --ca', connected(shaken({ isTrusted: false, whyNotTrusted: 'SELF_SIGNED_CERT_IN_CHAIN' }))],
  ['consumer-tls', 'notice', 'was not checked', { hasAuthorities: false, ...connected(shaken({ isTrusted: false })) }],
  ['consumer-tls', 'warning', 'ends on 2026-12-01', connected(shaken({ validUntilMs: nowMs + 10 * dayMs }))],
  ['consumer-tls', 'problem', 'offers no TLS', connected({ kind: 'not-offered' })],
  ['consumer-tls', 'problem', 'is blocked (1129)', connected({ kind: 'turned-away', code: 1129, message: 'Host is blocked' })],
  ['consumer-tls', 'problem', 'the TLS handshake fails: timed out', connected({ kind: 'failed', why: 'timed out' })],
  ['consumer-tls', 'notice', 'TLS of engine oracle is not checked', { engine: 'oracle', attempts: [{ ip, tcp: { kind: 'connected', ms: 1 } }] }],
]

describe('what a consumer saw', () => {
  it.each(cases)('%s: %s: %s', (check, severity, says, changes) => {
    const findings = judgeConsumer(clientSees(changes), nowMs).filter(finding => finding.check === check)
    expect(findings.map(finding => `${finding.severity}: ${finding.fact}`)).toContainEqual(
      expect.stringMatching(new RegExp(`^${severity}: .*${says.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`)),
    )
  })
})

describe('a walk from the consumer to a real server', () => {
  let authority: Authority
  let stranger: Authority
  let forLocalhost: Authority
  let database: TlsDatabase | undefined

  beforeAll(async () => {
    authority = await issueAuthority('The lab’s RDS authority')
    stranger = await issueAuthority('Somebody else')
    forLocalhost = await issueFor('localhost', authority)
  })
  afterEach(async () => {
    await database?.close()
    database = undefined
  })

  const walk = async (
    greet: Greeting,
    certificate: Authority,
    options: { engine: string; authorities?: string; timeoutMs?: number },
  ) => {
    database = await openTlsDatabase(greet, certificate)
    const facts = await look({
      host: 'localhost',
      port: database.port,
      endpoints: [{ name: 'localhost' }],
      serviceZones: 1,
      timeoutMs: 20_000,
      ...options,
    })
    const [first] = facts.attempts
    return { facts, tls: first?.tls, findings: judgeConsumer(facts, Date.now()) }
  }
  const severities = (findings: readonly { check: string; severity: string }[]) => [
    ...new Set(
      findings.filter(({ severity }) => severity !== 'ok').map(({ check, severity }) => `${check} ${severity}`),
    ),
  ]

  it.each([
    ['postgres', postgresql],
    ['mysql', mysql],
    ['aurora-mysql', mysql],
  ] as const)('finds nothing wrong with %s behind the right name and authority', async (engine, greet) => {
    const { tls, findings } = await walk(greet, forLocalhost, { engine, authorities: authority.cert })
    expect(tls).toMatchObject({ kind: 'shaken', isTrusted: true, names: ['localhost'] })
    expect(severities(findings)).toEqual([])
  })

  it.each([
    ['postgres', postgresql],
    ['mysql', mysql],
  ] as const)('sees that the certificate of %s is for another name', async (engine, greet) => {
    const other = await issueFor('orders.abc.rds.amazonaws.com', authority)
    const { tls, findings } = await walk(greet, other, { engine, authorities: authority.cert })
    expect(tls).toMatchObject({ isTrusted: true, names: ['orders.abc.rds.amazonaws.com'] })
    expect(severities(findings)).toEqual(['consumer-tls problem'])
  })

  it('sees that nobody who is trusted issued the certificate', async () => {
    const { tls, findings } = await walk(postgresql, forLocalhost, { engine: 'postgres', authorities: stranger.cert })
    expect(tls).toMatchObject({ kind: 'shaken', isTrusted: false })
    expect(severities(findings)).toEqual(['consumer-tls problem'])
  })

  it('judges the name alone where no authority is given', async () => {
    const { findings } = await walk(postgresql, forLocalhost, { engine: 'postgres' })
    expect(severities(findings)).toEqual(['consumer-tls notice'])
  })

  it('sees that a certificate has ended', async () => {
    const old = await issueFor('localhost', authority, -1)
    const { findings } = await walk(postgresql, old, { engine: 'postgres', authorities: authority.cert })
    expect(findings.find(({ severity }) => severity === 'problem')?.fact).toMatch(/ended on/)
  })

  it.each([
    ['offers no TLS', 'postgres', withoutTls, { kind: 'not-offered' }, 20_000],
    ['blocks the load balancer', 'mysql', blocking, { kind: 'turned-away', code: 1129 }, 20_000],
    ['says nothing', 'postgres', silent, { kind: 'failed', why: 'timed out' }, 200],
    ['says nothing', 'mysql', silent, { kind: 'failed', why: 'timed out' }, 200],
    ['speaks MySQL where PostgreSQL is expected', 'postgres', mysql, { kind: 'failed' }, 20_000],
    ['waits where MySQL would greet', 'mysql', postgresql, { kind: 'failed', why: 'timed out' }, 200],
  ] as const)('sees a server that %s (%s)', async (_, engine, greet, expected, timeoutMs) => {
    const { tls, findings } = await walk(greet, forLocalhost, { engine, authorities: authority.cert, timeoutMs })
    expect(tls).toMatchObject(expected)
    expect(severities(findings)).toEqual(['consumer-tls problem'])
  })

  it('sees that nobody listens', async () => {
    const gone = await openTlsDatabase(silent, forLocalhost)
    await gone.close()
    const facts = await look({ host: 'localhost', port: gone.port, engine: 'postgres' })
    expect(facts.attempts.map(({ tcp }) => tcp)).toEqual(gone.ips.map(() => ({ kind: 'failed', code: 'ECONNREFUSED' })))
  })

  it('sees that a name does not exist', async () => {
    const facts = await look({ host: 'orders.invalid', port: 5432, engine: 'postgres' })
    expect(facts.addresses).toMatchObject({ kind: 'none' })
  })

  it('ends at once when interrupted', async () => {
    database = await openTlsDatabase(silent, forLocalhost)
    const interruption = new AbortController()
    const walking = look({
      host: 'localhost',
      port: database.port,
      engine: 'postgres',
      timeoutMs: 60_000,
      signal: interruption.signal,
    })
    interruption.abort(new Error('Interrupted.'))
    await expect(walking).rejects.toThrow('Interrupted.')
  })
})
