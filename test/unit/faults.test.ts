import { describe, expect, it } from 'vitest'
import { createFaultLog } from '../../functions/reconciler/faults.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'

const recorded = (error: unknown) => {
  const faults = createFaultLog()
  faults.record('vote', error)
  return { has: faults.has('vote'), isOff: faults.isOff('vote'), all: [...faults.all()] }
}

describe('a source that could not be read', () => {
  it.each<[string, unknown, { has: boolean; isOff: boolean }]>([
    [
      'is no fault where AWS asks to wait',
      new TransientError('throttled', 'Rate exceeded'),
      { has: false, isOff: false },
    ],
    ['is no fault where AWS is out of reach', new TransientError('unavailable', 'reset'), { has: false, isOff: false }],
    ['is asked again where AWS finds nothing', new AwsError('not-found', 'gone'), { has: true, isOff: false }],
    ['is not asked again where AWS refuses', new AwsError('access-denied', 'denied'), { has: true, isOff: true }],
    ['is not asked again after an error of our own', new TypeError('not-found'), { has: true, isOff: true }],
  ])('%s', (_how, error, expected) => {
    expect(recorded(error)).toEqual({ ...expected, all: expected.has ? [['vote', error]] : [] })
  })

  it('is well until it fails, and after it was read again', () => {
    const faults = createFaultLog()
    expect([faults.has('vote'), faults.isOff('vote')]).toEqual([false, false])
    faults.record('vote', new AwsError('access-denied', 'denied'))
    faults.record('writer', new AwsError('other', 'other'))
    faults.clear('vote')
    expect([faults.has('vote'), faults.isOff('vote')]).toEqual([false, false])
    expect([...faults.all().keys()]).toEqual(['writer'])
  })

  it('stays in what a look has seen: later faults are of later looks', () => {
    const faults = createFaultLog()
    const seen = faults.all()
    faults.record('vote', new AwsError('other', 'other'))
    expect([...seen]).toEqual([])
  })
})
