import { describe, expect, it } from 'vitest'
import {
  catalogue,
  detailTypes,
  type EventSource,
  eventIds,
  findEvent,
} from '../../functions/reconciler/rds-event-catalogue.ts'

const sources = Object.keys(detailTypes) as EventSource[]

/** The second, independent source: the ids as AWS's guides list them, classed by what they announce. */
const expected: Record<EventSource, Record<string, string>> = {
  instance: {
    started: '0012 0013 0020 0050 0052 0053 0154 0233 0390 0391 0422',
    completed:
      '0003 0005 0006 0014 0015 0019 0021 0025 0027 0029 0047 0049 0051 0065 0088 0188 0268 0270 0296 0362 0374 0385 0420',
    restart: '0004 0026 0087 0178 0221 0266 0295 0332 0333 0334 0335',
    check: '0034 0279 0284 0306 0421',
  },
  cluster: {
    started: '0072 0073 0153 0181 0182 0183 0286 0288 0388 0413 0417 0423',
    completed: '0070 0071 0142 0148 0149 0151 0170 0172 0173 0176 0184 0185 0238 0289 0290 0385 0386 0397 0513',
    restart: '0150 0177',
    check: '0069 0085 0152 0174 0186 0187 0239 0387 0389',
  },
  proxy: { started: '', completed: '0203 0204 0206 0207', restart: '', check: '' },
  'blue-green': {
    started: '0247 0250 0259 0307 0308 0311 0312',
    completed: '0248 0251 0260',
    restart: '',
    check: '0249 0252 0261 0310 0314',
  },
}

const numbers = (source: EventSource, watch: string) =>
  catalogue
    .filter(event => event.source === source && event.watch === watch)
    .map(event => event.id.slice(-4))
    .sort()

const full = (id: string) => `RDS-EVENT-${id}`

describe('the catalogue of RDS events', () => {
  for (const source of sources)
    for (const [watch, ids] of Object.entries(expected[source]))
      it(`has the events of source ${source} that ask for the watch "${watch}"`, () => {
        expect(numbers(source, watch)).toEqual(ids.split(' ').filter(Boolean))
      })

  it('has well-formed ids and a meaning for each', () => {
    for (const { id, meaning } of catalogue) {
      expect(id).toMatch(/^RDS-EVENT-\d{4}$/)
      expect(meaning).toMatch(/^[A-Z].+[^.]$/)
    }
  })

  it('has an id once a source', () => {
    for (const source of sources) expect(new Set(eventIds(source)).size).toBe(eventIds(source).length)
  })

  it('gives an id the same meaning and watch whichever source emits it', () => {
    for (const { id, meaning, watch } of catalogue) expect(findEvent(id)).toMatchObject({ id, meaning, watch })
  })

  it.each(['0013', '0050', '0052', '0072', '0073', '0020', '0012', '0422'])('starts a watch on %s', id => {
    expect(findEvent(full(id))?.watch).toBe('started')
  })

  it.each(['0049', '0051', '0015', '0065', '0071', '0006', '0021', '0014', '0027', '0047', '0088', '0385'])(
    'looks at once and keeps watching for a while on %s',
    id => {
      expect(findEvent(full(id))?.watch).toBe('completed')
    },
  )

  it.each(['0034', '0069'])('checks on %s, which says that nothing happened', id => {
    expect(findEvent(full(id))?.watch).toBe('check')
  })

  it('watches a fail-back, which moves the writer a second time', () => {
    expect(findEvent(full('0070'))?.watch).toBe('completed')
  })

  it.each(['0022', '0222', '0031', '0089', '0156', '0171', '0240', '0244', '0275'])('leaves the alert %s out', id => {
    expect(findEvent(full(id))).toBeUndefined()
  })

  it('finds nothing under an id that does not exist', () => {
    expect(findEvent('RDS-EVENT-9999')).toBeUndefined()
    expect(findEvent('')).toBeUndefined()
  })

  // 2048 characters is the default quota (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html).
  it.each(sources)('fits all ids of source %s into one event pattern', source => {
    const pattern = {
      source: ['aws.rds'],
      'detail-type': [detailTypes[source]],
      resources: [`arn:aws-us-gov:rds:us-gov-west-1:111122223333:cluster:${'x'.repeat(63)}`],
      detail: { EventID: eventIds(source) },
    }
    expect(JSON.stringify(pattern).length).toBeLessThan(2048)
  })
})
