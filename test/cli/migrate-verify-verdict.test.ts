import { describe, expect, it } from 'vitest'
import {
  checkGateway,
  type DrillEvidence,
  judgeDrill,
  type OutagePair,
  pairOutages,
  tellLog,
} from '../../cli/checks/drill-comparison.ts'
import type { Finding } from '../../cli/checks/finding.ts'
import { judgeVerified, outcomeOf, type VerifyOutcome } from '../../cli/checks/verify.ts'
import type { Door } from '../../cli/drill/door.ts'
import { openJournal } from '../../cli/drill/journal.ts'
import type { DoorProber } from '../../cli/drill/probers.ts'
import { recordOf } from '../../cli/drill/recording.ts'
import type { Seen } from '../../cli/drill/seen.ts'
import { known } from '../../cli/facts/gathered.ts'
import type { SeenPath } from '../../cli/facts/path-facts.ts'
import { recoveredAt } from '../../cli/migrate/verify/drill-paths.ts'
import { sayVerdict } from '../../cli/text/verification.ts'
import { probeOf } from '../../report/measure.ts'
import { parseRecord } from '../../report/record.ts'
import { aRecord } from '../report/a-record.ts'

const [oldIp, newIp] = ['10.0.1.10', '10.0.2.20']
const settled = { kind: 'settled', addresses: [newIp], by: 'DNS and the RDS API agree' } as const

describe('the verdict on the path through the gateway', () => {
  const pair = (nlbMs: number, gatewayMs: number, down: Partial<OutagePair['isDown']> = {}) => ({
    id: 'tcp',
    name: 'TCP',
    nlbMs,
    gatewayMs,
    isDown: { nlb: false, gateway: false, ...down },
  })
  const evidence = (changes: Partial<DrillEvidence> = {}): DrillEvidence => ({
    outages: [pair(94_000, 31_000)],
    log: { reached: [], before: [oldIp], after: [newIp] },
    oldWriter: oldIp,
    writer: settled,
    marginMs: 0,
    resolutionMs: 500,
    ...changes,
  })
  const verdict = (changes: Partial<DrillEvidence> = {}, own: 'passed' | 'failed' | 'interrupted' = 'passed') => {
    const record = aRecord({ verdict: { outcome: own, sentence: 'It is so.', checks: [] } })
    return judgeDrill(record, checkGateway(evidence(changes)))
  }

  it.each<[string, Partial<DrillEvidence>, string]>([
    ['passes with a shorter outage and the new writer in the log', {}, 'passed'],
    ['passes with outages that a prober cannot tell apart', { outages: [pair(30_000, 30_400)] }, 'passed'],
    ['fails with a longer outage', { outages: [pair(30_000, 30_600)] }, 'failed'],
    [
      'passes with an outage that is longer by less than the margin',
      { outages: [pair(30_000, 33_000)], marginMs: 5_000 },
      'passed',
    ],
    ['fails when one of several clients is out longer', { outages: [pair(9, 9), pair(1_000, 9_000)] }, 'failed'],
    [
      'fails when a client never comes back through the gateway',
      { outages: [pair(9, 9, { gateway: true })] },
      'failed',
    ],
    [
      'does not fail because one never comes back through the load balancer',
      { outages: [pair(9, 90_000, { nlb: true })] },
      'passed',
    ],
    ['fails when nobody was on both paths', { outages: [] }, 'failed'],
    [
      'fails when the log still shows the old writer',
      { log: { reached: [], before: [oldIp], after: [oldIp] } },
      'failed',
    ],
    ['fails when it shows both', { log: { reached: [], before: [oldIp], after: [newIp, oldIp] } }, 'failed'],
    [
      'fails when the log shows the new writer before',
      { log: { reached: [], before: [newIp], after: [newIp] } },
      'failed',
    ],
    ['waits for a log that is not delivered', { log: { reached: [], before: [oldIp] } }, 'waiting'],
    ['waits where the log has nothing of before', { log: { reached: [], after: [newIp] } }, 'waiting'],
    ['waits for a writer that is not settled', { writer: { kind: 'unsettled', why: 'flapping' } }, 'waiting'],
    ['fails rather than waits', { log: { reached: [] }, outages: [pair(1_000, 9_000)] }, 'failed'],
  ])('%s', (_, changes, outcome) => {
    expect(verdict(changes)).toBe(outcome)
  })

  it('needs no load balancer to compare with, where there is none', () => {
    const { outages: _, ...alone } = evidence()
    const checks = checkGateway(alone)
    expect(checks.map(({ what, holds }) => [what, holds])).toEqual([
      ['the access log shows the old writer before the failover', true],
      ['the access log shows the new writer after the failover', true],
    ])
  })

  it('waits where nobody knows where the writer was before', () => {
    const { oldWriter: _, ...without } = evidence()
    expect(judgeDrill(aRecord(), checkGateway(without))).toBe('waiting')
  })

  it('is that of the drill where that failed or was interrupted', () => {
    expect([verdict({}, 'failed'), verdict({}, 'interrupted')]).toEqual(['failed', 'interrupted'])
  })

  it('has the outages of clients that were on both paths, and only those', () => {
    const about = { id: 'sql-fresh', name: 'SQL', path: 'front-door', everyMs: 250 } as const
    const only = probeOf(about, [{ atMs: 0, tookMs: 5 }])
    const gateway = aRecord({ probes: [...aRecord().probes, only], endedMs: 120_000 })
    expect(pairOutages(aRecord(), gateway)).toEqual([
      {
        id: 'tcp',
        name: 'TCP, a new connection each time',
        nlbMs: 94_005,
        gatewayMs: 94_005,
        isDown: { nlb: false, gateway: false },
      },
    ])
  })

  it('knows from the log when the gateway left the old writer and when it took the new one', () => {
    const record = (atMs: number, resourceIp: string) => ({
      atMs,
      resourceIp,
      endpointId: 'e',
      resource: `${resourceIp}:1`,
    })
    const records = [record(1, oldIp), record(5, oldIp), record(40, newIp), record(60, newIp)]
    const reached = [
      { ip: oldIp, firstMs: 1, lastMs: 5, connections: 2 },
      { ip: newIp, firstMs: 40, lastMs: 60, connections: 2 },
    ]
    const begunMs = 10
    expect(tellLog(records, { begunMs, recoveredMs: 50 })).toEqual({ reached, before: [oldIp], after: [newIp] })
    expect(tellLog(records, { begunMs, recoveredMs: 61 })).toEqual({ reached, before: [oldIp] })
    expect(tellLog(records, { begunMs: 0, recoveredMs: undefined })).toEqual({ reached })
  })
})

describe('one failover seen through two doors', () => {
  const door = (kind: Door['kind'], name: string): Door => ({
    kind,
    name,
    place: { host: `${name}.example.com`, port: 5432 },
    isNamed: false,
  })
  const [nlb, gateway] = [door('nlb', 'vpce-1'), door('resource-gateway', 'vpce-2')]
  const prober = (own: Door | undefined, attempts: DoorProber['attempts']): DoorProber => ({
    about: { id: 'tcp', name: 'TCP', path: own ? 'front-door' : 'database', everyMs: 250 },
    attempts,
    last: () => (attempts.at(-1)?.error as 'timeout' | undefined) ?? 'works',
    hasWorked: () => attempts.some(({ error }) => error === undefined),
    hasStopped: () => false,
    examples: new Map(),
    done: Promise.resolve(),
    ...(own && { door: own }),
  })
  const failing = (fromMs: number, toMs: number): DoorProber['attempts'] => [
    { atMs: 500, tookMs: 5 },
    { atMs: fromMs, tookMs: toMs - fromMs, error: 'timeout' },
    { atMs: toMs, tookMs: 5 },
  ]
  const seen = (): Seen => {
    const journal = openJournal(() => 1_200)
    journal.tell('dns', 'The endpoint points elsewhere', { ip: newIp, from: oldIp })
    return {
      database: {
        id: 'orders',
        kind: 'instance',
        engine: 'postgres',
        endpoint: 'orders.example.com',
        port: 5432,
        env: {},
      },
      doors: [nlb, gateway],
      strategy: 'swap',
      cause: 'RebootDBInstance orders with failover',
      isWatching: false,
      beganMs: 0,
      causedMs: 1_000,
      endedMs: 100_000,
      ending: 'steady',
      isInPlace: true,
      journal,
      probers: [
        prober(nlb, failing(1_500, 90_000)),
        prober(gateway, failing(1_500, 20_000)),
        prober(undefined, failing(1_500, 15_000)),
      ],
      reports: [],
      writes: new Map([
        [nlb, known({ acknowledged: 9, lost: [] })],
        [gateway, known({ acknowledged: 8, lost: [{ number: 8, atMs: 0 }] })],
      ]),
      notes: [],
    } as unknown as Seen
  }

  it('gives two records, each with its own clients beside those at the endpoint', () => {
    const [one, other] = [recordOf(seen()), recordOf(seen(), { door: gateway })]
    expect(one.probes.map(({ path, outages }) => [path, outages[0]?.toMs])).toEqual([
      ['front-door', 89_005],
      ['database', 14_005],
    ])
    expect(other.probes.map(({ path, outages }) => [path, outages[0]?.toMs])).toEqual([
      ['front-door', 19_005],
      ['database', 14_005],
    ])
    expect([one.frontDoor.kind, other.frontDoor.kind]).toEqual(['nlb', 'resource-gateway'])
    expect([one.frontDoor.strategy, other.frontDoor.strategy]).toEqual(['swap', undefined])
    expect(parseRecord('gateway', JSON.stringify(other))).toEqual(other)
  })

  it('asks of the gateway no registration and no report, and of each path its own writes', () => {
    const broken = (record: ReturnType<typeof recordOf>) =>
      record.verdict.checks.filter(({ holds }) => !holds).map(({ what }) => what)
    expect(broken(recordOf(seen()))).toEqual(['Repoint reported the repoint'])
    expect(broken(recordOf(seen(), { door: gateway }))).toEqual(['no acknowledged write is lost'])
    expect(recordOf(seen(), { door: gateway }).milestones.map(({ name }) => name)).toEqual([
      'writer-ready',
      'dns-changed',
      'client-works',
    ])
  })

  it('is over on each path when its own clients get through again', () => {
    expect([recoveredAt(seen(), nlb), recoveredAt(seen(), gateway)]).toEqual([90_000, 20_000])
    const still = { ...seen(), probers: [prober(gateway, failing(1_500, 20_000).slice(0, 2))] }
    expect(recoveredAt(still, gateway)).toBeUndefined()
  })
})

describe('what a path has', () => {
  const shaken = {
    kind: 'shaken',
    protocol: 'TLSv1.3',
    isTrusted: true,
    names: ['orders.example.com'],
    validUntilMs: 9_000_000_000_000,
  } as const
  const aLook = (
    changes: { path?: 'nlb' | 'gateway'; sql?: SeenPath['sql']; tcp?: string; tls?: object } = {},
  ): SeenPath => ({
    path: changes.path ?? 'gateway',
    endpointId: 'vpce-1',
    host: 'vpce-1.example.com',
    port: 5432,
    securityGroupIds: ['sg-1'],
    connections: [],
    client: {
      host: 'orders.example.com',
      port: 5432,
      engine: 'postgres',
      hasAuthorities: true,
      addresses: { kind: 'found', ips: ['10.1.1.50'] },
      attempts: [
        {
          ip: '10.1.1.50',
          tcp: changes.tcp === undefined ? { kind: 'connected', ms: 2 } : { kind: 'failed', code: changes.tcp },
          ...(changes.tcp === undefined ? { tls: { ...shaken, ...changes.tls } as typeof shaken } : {}),
        },
      ],
    },
    ...(changes.sql === undefined ? {} : { sql: changes.sql }),
  })
  const lookups = {
    name: 'orders.example.com',
    asked: 1,
    led: { nlb: 1, gateway: 0 },
    elsewhere: [],
    unanswered: 0,
    answers: [],
  }
  const judge = (...paths: SeenPath[]) =>
    judgeVerified({ paths, lookups, weights: { nlb: 100, gateway: 0 } }, 1_800_000_000_000)
  const broken = (...paths: SeenPath[]) => judge(...paths).filter(({ severity }) => severity === 'problem')
  const server = (address: string, isWriter = true) => ({ kind: 'answered', isWriter, server: address, ms: 3 }) as const

  it('is in order when both paths end at the same writer', () => {
    expect(broken(aLook({ path: 'nlb', sql: server(newIp) }), aLook({ sql: server(newIp) }))).toEqual([])
  })

  it.each<[string, Parameters<typeof aLook>[0], string, RegExp]>([
    [
      'packets that are dropped',
      { tcp: 'ETIMEDOUT' },
      'gateway-tcp',
      /the database's security group has to let in the gateway's/,
    ],
    [
      'a connection and then silence',
      { tls: { kind: 'failed', why: 'timed out' } },
      'gateway-tls',
      /the rule most often forgotten/,
    ],
    ['silence at the load balancer', { path: 'nlb', tcp: 'ETIMEDOUT' }, 'nlb-tcp', /PrivateLink enforcement/],
    ['a refused connection', { tcp: 'ECONNREFUSED' }, 'gateway-tcp', /where no database listens/],
    [
      'a certificate for another name',
      { tls: { nameMismatch: 'no' } },
      'gateway-tls',
      /Connect by the RDS endpoint.s own name/,
    ],
    [
      'a login that times out',
      { sql: { kind: 'failed', error: 'timeout', why: 'no answer' } },
      'gateway-sql',
      /security group/,
    ],
    [
      'a login that is refused',
      { sql: { kind: 'failed', error: 'login refused', why: 'no' } },
      'gateway-sql',
      /the gateway's subnets/,
    ],
    ['a node that does not write', { sql: server(oldIp, false) }, 'gateway-sql', /child configuration/],
  ])('%s is a problem with its remedy', (_, changes, check, remedy) => {
    const found = broken(aLook(changes))
    expect(found.map(it => it.check)).toEqual([check])
    expect(found[0]?.remedy).toMatch(remedy)
  })

  it('is not in order when the paths end at different servers', () => {
    const found = broken(aLook({ path: 'nlb', sql: server(oldIp) }), aLook({ sql: server(newIp) }))
    expect(found.map(({ fact }) => fact)).toEqual([
      `The load balancer ends at ${oldIp}, the resource gateway at ${newIp}.`,
    ])
  })

  it('has passed only when the log proves it', () => {
    const record = { atMs: 1, endpointId: 'vpce-1', resource: `${newIp}:5432`, resourceIp: newIp }
    const proved = { kind: 'proved', record, matchedBy: 'source', sinceMs: 0, found: 1, connections: 1 } as const
    expect(outcomeOf({ proof: proved }, [])).toBe('passed')
    expect(outcomeOf({ proof: { kind: 'not-delivered', waitedMs: 1, connections: 1 } }, [])).toBe('waiting')
    expect(outcomeOf({}, [])).toBe('waiting')
    expect(outcomeOf({ proof: proved }, [{ check: 'nlb-path', severity: 'unknown', fact: 'not seen' }])).toBe('waiting')
    expect(outcomeOf({ proof: proved }, [{ check: 'nlb-tcp', severity: 'problem', fact: 'down' }])).toBe('failed')
  })

  it('says once what was found at several addresses, and names this command in the remedy', () => {
    const one = aLook({ tls: { isTrusted: false, whyNotTrusted: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' } })
    const [attempt] = one.client.attempts
    if (attempt === undefined) throw new Error('no attempt')
    const attempts = [attempt, { ...attempt, ip: '10.1.2.50' }]
    const found = judge({ ...one, client: { ...one.client, hasAuthorities: false, attempts } })
    expect(found.filter(({ check, severity }) => check === 'gateway-tls' && severity === 'notice')).toEqual([
      expect.objectContaining({
        fact: expect.stringContaining('at 10.1.1.50 and 10.1.2.50 was not checked'),
        remedy: expect.stringMatching(/^Give AWS.s bundle: repoint migrate verify --ca/),
      }),
    ])
    const down = aLook({ tcp: 'ETIMEDOUT' })
    const twice = down.client.attempts.flatMap(it => [it, { ...it, ip: '10.1.2.50' }])
    expect(broken({ ...down, client: { ...down.client, attempts: twice } }).map(({ fact }) => fact)).toEqual([
      'No answer from 10.1.1.50:5432 and 10.1.2.50:5432 (resource gateway): the packets are dropped on the path.',
    ])
  })

  it('is told in one sentence, of the paths that were looked at and no others', () => {
    const say = (outcome: VerifyOutcome, paths: SeenPath[], findings: Finding[] = []) =>
      sayVerdict({ outcome, paths, findings })
    const nlb = aLook({ path: 'nlb' })
    expect(say('passed', [aLook()])).toBe('The gateway reaches the writer, and the access log proves it.')
    expect(say('passed', [{ ...nlb, sql: server(newIp) }, aLook()])).toMatch(/^Both paths reach the writer/)
    expect(say('passed', [nlb, aLook()])).toContain('the load balancer leads to the database, and without a login')
    expect(say('waiting', [aLook()], [{ check: 'nlb-path', severity: 'unknown', fact: 'x' }])).toContain(
      'not everything could',
    )
  })
})
