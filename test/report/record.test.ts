import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { recordJsonSchema, recordSchemaFile } from '../../report/generate-schema.ts'
import { parseRecord } from '../../report/record.ts'
import { spansOf } from '../../report/spans.ts'
import { aRecord } from './a-record.ts'

describe('a record', () => {
  it('is read as it was written', () => {
    expect(parseRecord('a.json', JSON.stringify(aRecord()))).toEqual(aRecord())
  })

  it.each([
    ['no JSON', 'drill', 'a.json is not JSON'],
    [
      'something else',
      '{"databases":[]}',
      'a.json is no record: expected a file that `repoint drill --record` has written',
    ],
    ['from the future', JSON.stringify({ ...aRecord(), version: 2 }), 'has version 2 of the record'],
    [
      'damaged',
      JSON.stringify({ ...aRecord(), endedMs: 'soon', probes: 3 }),
      '- endedMs: expected a number of milliseconds',
    ],
    [
      'longer than anybody drills',
      JSON.stringify({ ...aRecord(), endedMs: 1e15 }),
      '- endedMs: expected a number of milliseconds, at most 31 days',
    ],
    [
      'from before there was time',
      JSON.stringify({ ...aRecord(), beganMs: -1e15 }),
      '- beganMs: expected a number of milliseconds, at most 31 days',
    ],
    [
      'counted beyond all numbers',
      JSON.stringify({ ...aRecord(), database: { ...aRecord().database, port: 1e300 } }),
      '- database.port: expected a whole number',
    ],
    [
      'nested without end',
      JSON.stringify(aRecord()).replace(
        '"reports":[',
        `"reports":[{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}},`,
      ),
      'a.json is a damaged record: it is nested deeper than 40 levels',
    ],
    [
      'small, and millions of objects in memory',
      JSON.stringify(aRecord()).replace('"reports":[', `"reports":[{"a":[${'{},'.repeat(2_000_000)}{}]},`),
      'a.json holds more than any record does: it is not read',
    ],
    [
      'small, and millions of names in memory',
      JSON.stringify(aRecord()).replace('"reports":[', `"reports":[{${'"":1,'.repeat(2_000_000)}"":1},`),
      'a.json holds more than any record does: it is not read',
    ],
    [
      'a list of more numbers than anybody measures',
      JSON.stringify(aRecord()).replace('"reports":[', `"reports":[{"a":[${'1,'.repeat(12_000_000)}1]},`),
      'a.json holds more than any record does: it is not read',
    ],
    [
      'one text of quotes without an end',
      `{"title":"${'\\"'.repeat(500_000)}`,
      'a.json is not JSON: Unterminated string',
    ],
  ])('that is %s is turned away with what is wrong', (_, content, complaint) => {
    expect(() => parseRecord('a.json', content)).toThrow(complaint)
  })

  it('that is large and wrong throughout is turned away by the first problem, which is all that is kept of them', () => {
    const content = JSON.stringify({ ...aRecord(), moments: Array.from({ length: 400_000 }, () => 1), notes: 1 })
    expect(() => parseRecord('a.json', content)).toThrow(/^a\.json is a damaged record:\n {2}- moments\.0: [^\n]+$/)
  })

  it('may have brackets in its texts', () => {
    const record = aRecord({ title: '[{'.repeat(1_000), notes: ['a "quoted" \\ [['] })
    expect(parseRecord('a.json', JSON.stringify(record))).toEqual(record)
  })

  it('has the schema that the repository publishes', () => {
    expect(JSON.parse(readFileSync(recordSchemaFile, 'utf8'))).toEqual(JSON.parse(recordJsonSchema()))
  })
})

describe('what was seen of a subject', () => {
  it('lasts until something else is seen', () => {
    const sight = { lane: 'targets', subject: '10.0.1.10:5432' } as const
    const spans = spansOf([
      { ...sight, atMs: 0, state: 'initial' },
      { ...sight, atMs: 10, state: 'initial' },
      { ...sight, atMs: 20, state: 'healthy' },
      { ...sight, atMs: 30 },
      { ...sight, atMs: 50, state: 'initial' },
    ])
    expect(spans).toEqual([
      { ...sight, state: 'initial', fromMs: 0, toMs: 20 },
      { ...sight, state: 'healthy', fromMs: 20, toMs: 30 },
      { ...sight, state: 'initial', fromMs: 50 },
    ])
  })
})
