import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { judgeTls } from '../../../cli/checks/tls.ts'
import type { AttemptFacts, ClientPathFacts, TlsFacts } from '../../../cli/facts/client-path.ts'

const host = 'orders.abc.rds.amazonaws.com'
const nowMs = Date.parse('2026-11-21T00:00:00Z')
const dayMs = 86_400_000
const day = (days: number) => ({ validUntilMs: nowMs + days * dayMs })
const shaken = (changes: Partial<TlsFacts & { kind: 'shaken' }> = {}): TlsFacts => ({
  kind: 'shaken',
  protocol: 'TLSv1.3',
  isTrusted: true,
  names: [host],
  ...day(300),
  ...changes,
})
const untrusted = { isTrusted: false, whyNotTrusted: 'SELF_SIGNED_CERT_IN_CHAIN' }
const turnedAway = (code: number, message = 'Host is blocked'): TlsFacts => ({ kind: 'turned-away', code, message })
const notOffered: TlsFacts = { kind: 'not-offered' }

const ips = ['10.1.0.7', '10.1.1.7', '10.1.2.7']
/** Connections whose TLS was so, one to each address. */
const judge = (of: Partial<ClientPathFacts>, ...each: (TlsFacts | undefined)[]) => {
  const attempts = each.map((tls, index): AttemptFacts => {
    const tcp = { kind: 'connected', ms: 1 } as const
    return { ip: ips[index] ?? '', tcp, ...(tls === undefined ? {} : { tls }) }
  })
  const facts = { host, port: 5432, engine: 'postgres', hasAuthorities: true, attempts, ...of }
  return judgeTls({ addresses: { kind: 'found', ips }, ...facts }, { nowMs, command: 'repoint doctor' })
}

const sound = (where = '10.1.0.7 uses', trust = ' from a trusted authority', until = '2027-09-17') =>
  ok(`${where} TLSv1.3 with a certificate for ${host}${trust}, until ${until}.`)
const offersNone = (where: string) =>
  problem(
    `${where} no TLS: clients with sslmode=require or stricter cannot connect, the others send everything unencrypted.`,
    'RDS offers TLS always, so this is not the database: check which server answers at this address.',
    sources.rdsTls,
  )
const fails = (where: string, why: string) =>
  problem(
    `${where} connections, and the TLS handshake fails: ${why}.`,
    'The load balancer accepted and no server behind it answered (a failover, no healthy target), or another protocol listens there; check --engine and repoint status on the provider’s side.',
  )
const blocked = (where: string, statement: string) =>
  problem(
    `${where} clients: Host is blocked (1129).`,
    `The load balancer’s probes caused the block: on the provider’s side ${statement} now, and skip_name_resolve=1 permanently (mysql-host-blocking).`,
    sources.hostCache,
  )

describe('a handshake', () => {
  it.each<[name: string, of: Partial<ClientPathFacts>, each: (TlsFacts | undefined)[], expected: Judgement[]]>([
    ['is not tried where nothing connects', {}, [], []],
    ['is not tried for an engine that nobody named where nothing connects', { engine: '' }, [], []],
    [
      'is not tried for an engine that nobody named',
      { engine: '' },
      [undefined, undefined],
      [notice('TLS is not checked: pass --engine, which the settings do not say.')],
    ],
    [
      'is not tried for an engine of another protocol',
      { engine: 'oracle' },
      [undefined],
      [notice("TLS of engine oracle is not checked: only PostgreSQL's and MySQL's upgrade to TLS is known here.")],
    ],
    ['is missing of an address without a word', {}, [undefined, shaken()], [sound('10.1.1.7 uses')]],
    ['is said once for addresses that are alike', {}, [shaken(), shaken()], [sound('10.1.0.7 and 10.1.1.7 use')]],
    [
      'is said for each of those that differ',
      {},
      [shaken(), notOffered, shaken()],
      [sound('10.1.0.7 and 10.1.2.7 use'), offersNone('10.1.1.7 offers')],
    ],
    ['is offered by no address', {}, [notOffered, notOffered], [offersNone('10.1.0.7 and 10.1.1.7 offer')]],
    ['fails', {}, [{ kind: 'failed', why: 'timed out' }], [fails('10.1.0.7 accepts', 'timed out')]],
    [
      'fails at both',
      {},
      [
        { kind: 'failed', why: 'timed out' },
        { kind: 'failed', why: 'timed out' },
      ],
      [fails('10.1.0.7 and 10.1.1.7 accept', 'timed out')],
    ],
    [
      'is refused by MySQL, which blocks the host',
      { engine: 'mysql' },
      [turnedAway(1129)],
      [blocked('10.1.0.7 refuses', 'TRUNCATE performance_schema.host_cache')],
    ],
    [
      'is refused by MariaDB, which blocks the host',
      { engine: 'mariadb' },
      [turnedAway(1129), turnedAway(1129)],
      [blocked('10.1.0.7 and 10.1.1.7 refuse', 'FLUSH HOSTS')],
    ],
    [
      'is refused by MySQL for another reason',
      { engine: 'mysql' },
      [turnedAway(1040, 'Too many connections')],
      [problem('10.1.0.7 refuses clients: Too many connections (1040).', 'Find the code in the server’s manual.')],
    ],
  ])('%s', (_, of, each, expected) => {
    expect(judge(of, ...each)).toEqual(expected)
  })

  it('counts of connections alone', () => {
    const attempts: AttemptFacts[] = [{ ip: '10.1.0.7', tcp: { kind: 'failed', code: 'ETIMEDOUT' }, tls: notOffered }]

    expect([judge({ attempts }), judge({ attempts, engine: 'oracle' })]).toEqual([[], []])
  })
})

describe('a certificate', () => {
  const isFor = (names: string) =>
    problem(
      `The certificate at 10.1.0.7 is for ${names}, not for ${host}: sslmode=verify-full and VERIFY_IDENTITY fail.`,
      'Connect by the RDS endpoint’s own name: create a private hosted zone of exactly that name in the consumer’s VPC (the consumer stack does), or use verify-ca.',
      sources.rdsTls,
    )
  const ended = (on: string, where = '10.1.0.7') =>
    problem(`The certificate at ${where} ended on ${on}.`, 'Rotate it on the provider’s side.', sources.rdsTls)
  const ends = (on: string, where = '10.1.0.7') =>
    warning(
      `The certificate at ${where} ends on ${on}.`,
      'RDS rotates it; make sure that the clients trust the new authority by then.',
      sources.rdsTls,
    )
  const notSigned = (why: string, where = '10.1.0.7') =>
    problem(
      `The certificate at ${where} is not signed by the authorities given with --ca (${why}).`,
      'Use the current bundle of the Region, or find out which server answers at this address.',
      sources.rdsTls,
    )
  const notChecked = (why: string, where = '10.1.0.7') =>
    notice(
      `The issuer of the certificate at ${where} was not checked (${why}): the authorities of RDS are in no system's store.`,
      'Give AWS’s bundle: repoint doctor --ca global-bundle.pem.',
      sources.rdsTls,
    )
  const alone = { hasAuthorities: false }

  it.each<[name: string, of: Partial<ClientPathFacts>, tls: TlsFacts, expected: Judgement[]]>([
    ['is sound', {}, shaken(), [sound()]],
    ['is sound for 30 days more', {}, shaken(day(30)), [sound(undefined, undefined, '2026-12-21')]],
    [
      'ends in less than 30 days',
      {},
      shaken({ validUntilMs: nowMs + 30 * dayMs - 1 }),
      [sound(undefined, undefined, '2026-12-20'), ends('2026-12-20')],
    ],
    ['ends now', {}, shaken(day(0)), [sound(undefined, undefined, '2026-11-21'), ends('2026-11-21')]],
    ['has ended', {}, shaken({ validUntilMs: nowMs - 1 }), [ended('2026-11-20')]],
    ['has ended, whoever signed it', {}, shaken({ ...untrusted, ...day(-1) }), [ended('2026-11-20')]],
    [
      'shows no end',
      {},
      shaken({ validUntilMs: Number.NaN }),
      [unknown('The certificate at 10.1.0.7 shows no day on which it ends.')],
    ],
    [
      'is for other names',
      {},
      shaken({ nameMismatch: 'x', names: ['a.example.com', 'b.example.com'] }),
      [isFor('a.example.com, b.example.com')],
    ],
    ['is for no name', {}, shaken({ nameMismatch: 'x', names: [] }), [isFor('no name')]],
    ['is signed by others than were given', {}, shaken(untrusted), [notSigned('SELF_SIGNED_CERT_IN_CHAIN')]],
    ['is signed by others, nobody knows why', {}, shaken({ isTrusted: false }), [notSigned('unknown')]],
    [
      'was not checked where none were given',
      alone,
      shaken(untrusted),
      [sound(undefined, ''), notChecked('SELF_SIGNED_CERT_IN_CHAIN')],
    ],
    [
      'was not checked, nobody knows why',
      alone,
      shaken({ isTrusted: false }),
      [sound(undefined, ''), notChecked('unknown')],
    ],
    ['is trusted by the system', alone, shaken(), [sound()]],
    [
      'was not checked, and ends soon',
      alone,
      shaken({ ...untrusted, ...day(10) }),
      [sound(undefined, '', '2026-12-01'), notChecked('SELF_SIGNED_CERT_IN_CHAIN'), ends('2026-12-01')],
    ],
    [
      'is wrong in every way',
      {},
      shaken({ ...untrusted, ...day(10), nameMismatch: 'x', names: ['other.rds'] }),
      [isFor('other.rds'), notSigned('SELF_SIGNED_CERT_IN_CHAIN'), ends('2026-12-01')],
    ],
  ])('%s', (_, of, tls, expected) => {
    expect(judge(of, tls)).toEqual(expected)
  })

  it('is named with all the addresses that show it', () => {
    const both = '10.1.0.7 and 10.1.1.7'
    const of = (changes: Partial<TlsFacts & { kind: 'shaken' }>, facts = {}) =>
      judge(facts, shaken(changes), shaken(changes))

    expect(of(day(-1))).toEqual([ended('2026-11-20', both)])
    expect(of(untrusted)).toEqual([notSigned('SELF_SIGNED_CERT_IN_CHAIN', both)])
    expect(of({ ...untrusted, ...day(10) }, alone)).toEqual([
      sound(`${both} use`, '', '2026-12-01'),
      notChecked('SELF_SIGNED_CERT_IN_CHAIN', both),
      ends('2026-12-01', both),
    ])
  })
})
