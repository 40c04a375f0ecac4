import { describe, expect, it } from 'vitest'
import { type DrillFacts, judgeDrill } from '../../cli/checks/drill.ts'
import { isAgainst } from '../../cli/checks/finding.ts'
import type { Door } from '../../cli/drill/door.ts'
import type { DrillPlan } from '../../cli/drill/intent.ts'
import { startProber } from '../../cli/drill/prober.ts'
import { probesOf } from '../../cli/drill/probers.ts'
import { checksOf } from '../../cli/drill/record-checks.ts'
import type { Seen, Writes } from '../../cli/drill/seen.ts'
import { awaitSteady } from '../../cli/drill/steady.ts'
import { AttemptError } from '../../cli/facts/client/errors.ts'
import { detourFor, readDetours, readPlace } from '../../cli/facts/client/tunnels.ts'
import type { DatabaseStatus } from '../../cli/facts/database-status.ts'
import { type Gathered, known, none, notKnown } from '../../cli/facts/gathered.ts'
import type { Dns } from '../../functions/reconciler/ports.ts'
import type { Engine } from '../../infra/app/settings/engines.ts'

describe('a drill is steady', () => {
  const well = { hasBegun: true, clientsWork: true, isInPlace: true, status: 'available' }

  it('when everything has stayed well for as long as asked', () => {
    const isOver = awaitSteady({ steadyMs: 1_000, limitMs: 60_000 }, 0)
    expect(isOver(5_000, well)).toBeUndefined()
    expect(isOver(5_999, well)).toBeUndefined()
    expect(isOver(6_000, well)).toBe('steady')
  })

  it.each([{ hasBegun: false }, { clientsWork: false }, { isInPlace: false }, { status: 'rebooting' }])(
    'not before %o has passed, and counts anew',
    change => {
      const isOver = awaitSteady({ steadyMs: 1_000, limitMs: 60_000 }, 0)
      isOver(5_000, well)
      expect(isOver(6_500, { ...well, ...change })).toBeUndefined()
      expect(isOver(7_000, well)).toBeUndefined()
      expect(isOver(8_000, well)).toBe('steady')
    },
  )

  it('without a status where nobody tells one', () => {
    const isOver = awaitSteady({ steadyMs: 1_000, limitMs: 60_000 }, 0)
    isOver(5_000, { ...well, status: undefined })
    expect(isOver(6_000, { ...well, status: undefined })).toBe('steady')
  })

  it('never, when patience ends; or nothing has happened at all', () => {
    const limits = { steadyMs: 1_000, limitMs: 60_000 }
    expect(awaitSteady(limits, 0)(60_000, { ...well, clientsWork: false })).toBe('never steady')
    expect(awaitSteady(limits, 0)(60_000, { ...well, hasBegun: false })).toBe('nothing happened')
  })
})

describe('a detour', () => {
  it('leads elsewhere for the place that it names alone', () => {
    const detours = readDetours('10.0.1.10:5432=127.0.0.1:15432,db.example.com:5432=localhost:25432')
    expect(detourFor(detours, { host: '10.0.1.10', port: 5432 })).toEqual({ host: '127.0.0.1', port: 15_432 })
    expect(detourFor(detours, { host: '10.0.1.10', port: 3306 })).toEqual({ host: '10.0.1.10', port: 3306 })
    expect(readDetours('a:1=b:2', detours).size).toBe(3)
  })

  it.each(['10.0.1.10=127.0.0.1', 'a:b=c:d', 'a:1=b'])('%s is none', text => {
    expect(() => readDetours(text)).toThrow('Expected HOST:PORT=HOST:PORT')
  })

  it.each(['host', 'host:0', 'host:70000', ':5432'])('%s is no place', text => {
    expect(() => readPlace(text)).toThrow('Expected HOST:PORT')
  })
})

describe('before a drill', () => {
  const quiet = {
    outcome: 'in-sync',
    reason: 'already-in-sync',
    policies: [],
    wake: known({
      rules: [{ name: 'rule', isEnabled: true }],
      schedule: { name: 'resync', isEnabled: true, every: 'rate(1 minute)' },
    }),
  } satisfies Partial<DatabaseStatus>
  const facts = (changes: Partial<DrillFacts> = {}): DrillFacts => ({
    database: { id: 'orders' },
    status: known(quiet),
    alarms: known([{ name: 'refused', state: 'INSUFFICIENT_DATA' }]),
    rds: { status: 'available', canFailOver: true, why: 'Multi-AZ', members: [] },
    isWatching: false,
    mayBlockHosts: false,
    hasSql: false,
    ...changes,
  })
  const against = (changes: Partial<DrillFacts>): string[] =>
    judgeDrill(facts(changes))
      .filter(isAgainst)
      .map(({ check, severity }) => `${check}: ${severity}`)
  const status = (changes: Partial<typeof quiet> | object) => ({
    status: known({ ...quiet, ...changes }) as NonNullable<DrillFacts['status']>,
  })
  const rds = (changes: object) => ({ rds: { ...facts().rds, ...changes } })
  const off = { name: 'rule', isEnabled: false }
  const wake = { rules: [], schedule: { name: 'resync', isEnabled: true, every: '' } }

  it.each<[string, Partial<DrillFacts>, string[]]>([
    ['a healthy, quiet database', {}, []],
    ['a host name, which has no status', { ...rds({ status: undefined }), isWatching: true }, []],
    ['a Single-AZ instance', rds({ canFailOver: false }), ['failover-target: problem']],
    ['a Single-AZ instance that is only watched', { ...rds({ canFailOver: false }), isWatching: true }, []],
    ['a database that RDS works on', rds({ status: 'modifying' }), ['database-status: problem']],
    ['a front door with drift', status({ outcome: 'held' }), ['in-sync: problem']],
    ['a policy', status({ policies: ['add-only'] }), ['not-paused: problem']],
    ['a rule that is off', status({ wake: known({ ...wake, rules: [off] }) }), ['not-paused: problem']],
    ['a rule that may not be read', status({ wake: notKnown('denied') }), ['not-paused: unknown']],
    ['a rule that does not exist', status({ wake: none('no such rule') }), ['not-paused: unknown']],
    ['an alarm in alarm', { alarms: known([{ name: 'refused', state: 'ALARM' as const }]) }, ['alarms: problem']],
    ['alarms that may not be read', { alarms: notKnown('denied') }, ['alarms: unknown']],
    [
      'a status that could not be read',
      { status: notKnown('there is no function'), alarms: notKnown('there is no function') },
      ['in-sync: unknown', 'not-paused: unknown', 'alarms: unknown'],
    ],
    ['MySQL that would block the prober', { mayBlockHosts: true }, ['harmless-probes: problem']],
    ['MySQL that every probe logs in to', { mayBlockHosts: true, hasSql: true }, []],
  ])('%s has the right findings against it', (_, changes, expected) => {
    expect(against(changes)).toEqual(expected)
  })

  it('a database that has only the gateway is asked for no function, and for its alarms all the same', () => {
    const { status: _, ...alone } = facts({ alarms: notKnown('denied') })
    expect(judgeDrill(alone).map(({ check, severity }) => `${check}: ${severity}`)).toEqual([
      'failover-target: ok',
      'database-status: ok',
      'harmless-probes: ok',
      'alarms: unknown',
    ])
  })

  it('every finding against it says what to do or why it is not known', () => {
    const worst = {
      ...rds({ canFailOver: false, status: 'modifying' }),
      ...status({ outcome: 'refused', policies: ['paused'] }),
      mayBlockHosts: true,
    }
    const problems = judgeDrill(facts(worst)).filter(({ severity }) => severity === 'problem')
    expect(problems.map(({ remedy }) => remedy)).toEqual(problems.map(() => expect.stringMatching(/.{10}/)))
    expect(problems).toHaveLength(5)
  })
})

describe('writes of a drill', () => {
  const door: Door = { kind: 'nlb', place: { host: 'nlb', port: 5432 }, name: 'orders', isNamed: true }
  const check = (writes: Gathered<Writes>) => {
    const seen = {
      ending: 'steady',
      isInPlace: true,
      journal: { moments: [], sights: [] },
      reports: [],
      writes: new Map([[door, writes]]),
      isWatching: false,
    } as unknown as Seen
    return checksOf(seen, door, []).find(({ what }) => what === 'no acknowledged write is lost')
  }

  it.each<[string, Gathered<Writes>, object]>([
    ['all stored', known({ acknowledged: 9, lost: [] }), { holds: true, found: '9 acknowledged, 0 lost' }],
    [
      'one lost',
      known({ acknowledged: 9, lost: [{ number: 3, atMs: 0 }] }),
      { holds: false, found: '9 acknowledged, 1 lost' },
    ],
    [
      'not read back',
      notKnown('the login is refused; the rows of run r1 stay in kept'),
      { holds: false, isUnknown: true, found: 'unknown: the login is refused; the rows of run r1 stay in kept' },
    ],
    ['none acknowledged', known({ acknowledged: 0, lost: [] }), { holds: false, isUnknown: true }],
  ])('%s', (_, writes, expected) => {
    expect(check(writes)).toMatchObject(expected)
  })
})

describe('a TCP probe', () => {
  const door: Door = { kind: 'nlb', place: { host: 'nlb', port: 5432 }, name: 'orders', isNamed: true }
  const planOf = (engine: Engine) =>
    ({
      database: { id: 'orders', endpoint: 'orders.example.com', port: 5432, engine },
      doors: [door],
      probesEndpoint: true,
      probesTcp: true,
    }) as unknown as DrillPlan
  const names = (engine: Engine) =>
    probesOf({ plan: planOf(engine), dns: {} as Dns, writings: new Map() }).map(({ about }) => about.name)

  it.each<Engine>(['sqlserver', 'oracle', 'db2', 'redshift', 'other'])(
    'of an engine without a probe of its own is TCP only, wherever its figure stands: %s',
    engine => {
      const name = 'TCP only, a new connection each time (whether the database answers is not checked)'
      expect(names(engine)).toEqual([name, name])
    },
  )

  it.each<Engine>(['postgres', 'aurora-postgresql', 'mysql', 'aurora-mysql', 'mariadb'])(
    'of %s is an answer of the database',
    engine => {
      expect(names(engine)).toEqual(['TCP, a new connection each time', 'TCP, a new connection each time'])
    },
  )
})

describe('a prober', () => {
  it('keeps every attempt with what became of it, and how the last one ended', async () => {
    const end = new AbortController()
    let count = 0
    const prober = startProber({
      about: { id: 'tcp', name: 'TCP', path: 'front-door', everyMs: 1, isSequential: true },
      signal: end.signal,
      now: () => count,
      attempt: async () => {
        count += 1
        if (count === 4) end.abort()
        if (count === 2) throw new AttemptError('timeout', 'no answer')
      },
    })
    await prober.done
    expect(prober.attempts.map(({ error }) => error)).toEqual([undefined, 'timeout', undefined, undefined])
    expect(prober.last()).toBe('works')
    expect([...prober.examples]).toEqual([['timeout', 'no answer']])
  })
})
