import { describe, expect, it } from 'vitest'
import { patterns } from '../../cli/facts/log-reports.ts'
import { parseFilter } from '../../lab/api/filter-pattern.ts'

const line = (outcome: string, kind: string) => ({
  message: 'Reconcile finished',
  report: { outcome, trigger: { kind } },
})

describe('a JSON filter pattern', () => {
  it.each([
    ['{ $.a = "x" }', { a: 'x' }, true],
    ['{ $.a = "x" }', { a: 'y' }, false],
    ['{ $.a.b = 3 }', { a: { b: 3 } }, true],
    ['{ $.a != "x" }', {}, false],
    ['{ $.a = 1 || $.b = 2 && $.c = 3 }', { a: 1 }, true],
    ['{ ($.a = 1 || $.b = 2) && $.c = 3 }', { a: 1 }, false],
    ['', { a: 1 }, true],
  ])('%s of %j is %s', (pattern, value, isMatched) => {
    expect(parseFilter(pattern)(value)).toBe(isMatched)
  })

  it.each(['text', '{ a = 1 }', '{ $.a = 1', '{ ($.a = 1 }', '{ $.a = 1 ) }'])('%s is none', pattern => {
    expect(() => parseFilter(pattern)).toThrow('Invalid filter pattern')
  })

  it('of the command keeps what is notable', () => {
    const isNotable = parseFilter(patterns.notable)

    expect(isNotable(line('in-sync', 'resync'))).toBe(false)
    expect(isNotable(line('in-sync', 'rds-event'))).toBe(true)
    expect(isNotable(line('refused', 'resync'))).toBe(true)
    expect(isNotable({ message: 'Reconcile failed', report: {} })).toBe(true)
    expect(isNotable({ message: 'Step done' })).toBe(false)
  })
})
