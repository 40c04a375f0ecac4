import { describe, expect, it } from 'vitest'
import { checkBefore, type Situation } from '../../cli/checks/drill.ts'
import { startProber } from '../../cli/drill/prober.ts'
import { awaitSteady } from '../../cli/drill/steady.ts'
import { AttemptError } from '../../cli/facts/client/errors.ts'
import { detourFor, readDetours, readPlace } from '../../cli/facts/client/tunnels.ts'

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
  const situation = (changes: Partial<Situation> = {}): Situation =>
    ({
      database: { id: 'orders' },
      status: {
        outcome: 'in-sync',
        reason: 'already-in-sync',
        policies: [],
        wake: { known: true, value: { rules: [{ name: 'rule', isEnabled: true }], schedule: { isEnabled: true } } },
        alarms: { known: true, value: [{ name: 'refused', state: 'INSUFFICIENT_DATA' }] },
      },
      rds: { status: 'available', canFailOver: true, why: 'Multi-AZ', members: [] },
      isWatching: false,
      mayBlockHosts: false,
      hasSql: false,
      ...changes,
    }) as Situation

  const broken = (changes: Partial<Situation>): string[] =>
    checkBefore(situation(changes))
      .filter(({ holds }) => !holds)
      .map(({ what }) => what)
  const status = (changes: object) => ({ status: { ...situation().status, ...changes } as Situation['status'] })
  const rds = (changes: object) => ({ rds: { ...situation().rds, ...changes } })

  it.each<[string, Partial<Situation>, string[]]>([
    ['a healthy, quiet database', {}, []],
    ['a Single-AZ instance', rds({ canFailOver: false }), ['another node can take over']],
    ['a Single-AZ instance that is only watched', { ...rds({ canFailOver: false }), isWatching: true }, []],
    ['a database that RDS works on', rds({ status: 'modifying' }), ['the database is available']],
    ['a front door with drift', status({ outcome: 'held' }), ['the front door is in sync']],
    ['a policy', status({ policies: ['add-only'] }), ['Repoint is not paused']],
    [
      'an alarm that rings',
      status({ alarms: { known: true, value: [{ name: 'refused', state: 'ALARM' }] } }),
      ['the alarms are silent'],
    ],
    ['alarms that may not be read', status({ alarms: { known: false, why: 'denied' } }), ['the alarms are silent']],
    [
      'a function that is not there',
      { status: { database: 'orders', error: 'gone', exitCode: 11 } },
      ['Repoint can be looked at'],
    ],
    ['MySQL that would block the prober', { mayBlockHosts: true }, ['probing does the database no harm']],
    ['MySQL that every probe logs in to', { mayBlockHosts: true, hasSql: true }, []],
  ])('%s breaks the right checks', (_, changes, what) => {
    expect(broken(changes)).toEqual(what)
  })
})

describe('a prober', () => {
  it('keeps every attempt with what became of it, and how the last one ended', async () => {
    const end = new AbortController()
    let count = 0
    const prober = startProber({
      about: { id: 'tcp', name: 'TCP', path: 'front-door', everyMs: 1 },
      isSequential: true,
      signal: end.signal,
      now: () => count,
      attempt: async () => {
        count += 1
        if (count === 4) end.abort()
        if (count === 2) throw new AttemptError('timeout', 'nobody answers')
      },
    })
    await prober.done
    expect(prober.attempts.map(({ error }) => error)).toEqual([undefined, 'timeout', undefined, undefined])
    expect(prober.last()).toBe('works')
    expect([...prober.examples]).toEqual([['timeout', 'nobody answers']])
  })
})
