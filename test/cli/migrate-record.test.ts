import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appendStep, lastPassed, type MigrationStep, readRecord } from '../../cli/facts/migration-record.ts'

const aStep = (step: Partial<MigrationStep> = {}): MigrationStep => ({
  at: '2026-11-21T04:00:00.000Z',
  by: 'arn:aws:iam::111122223333:user/jane',
  database: 'orders',
  consumer: 'analytics',
  kind: 'verify',
  applied: false,
  outcome: 'passed',
  summary: 'both paths answer',
  evidence: { resourceIp: '10.0.1.10' },
  ...step,
})

describe('the record of a migration', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'record-'))
    file = join(folder, 'repoint.migration.json')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('has no steps where there is no file yet', () => {
    expect(readRecord(file).steps).toEqual([])
  })

  it('keeps every step in its order, and nothing else lies beside it', () => {
    const steps = [aStep(), aStep({ kind: 'shift', applied: true, outcome: 'done', percent: 25 })]
    for (const step of steps) appendStep(file, step)

    expect(readRecord(file)).toEqual({ format: 'repoint-migration', version: 1, steps })
    expect(readdirSync(folder)).toEqual(['repoint.migration.json'])
  })

  it.each([
    ['{"format":', 'Unexpected end'],
    ['{"format":"repoint-drill","version":1,"steps":[]}', 'format'],
    ['{"format":"repoint-migration","version":1,"steps":[{"at":"yesterday"}]}', 'steps.0.at'],
  ])('that is damaged (%s) is refused with the remedy and left as it is', (text, where) => {
    writeFileSync(file, text)

    const adding = () => appendStep(file, aStep())
    expect(adding).toThrow(`${file} is no record of a migration, and was left as it is`)
    expect(adding).toThrow(where)
    expect(adding).toThrow('--record')
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('says so where it cannot be written', () => {
    if (process.getuid?.() === 0) return expect(() => appendStep('/proc/no/record.json', aStep())).toThrow('--record')
    chmodSync(folder, 0o500)
    expect(() => appendStep(file, aStep())).toThrow('could not be recorded')
  })

  it.each<[string, Partial<MigrationStep>[], boolean]>([
    ['nothing', [], false],
    ['a pass', [{}], true],
    ['a pass that failed later', [{}, { outcome: 'failed' }], false],
    ['a failure that passed later', [{ outcome: 'failed' }, {}], true],
    ['a pass of another consumer', [{ consumer: 'reports' }], false],
    ['a pass of another database', [{ database: 'ledger' }], false],
    ['a pass of another kind', [{ kind: 'preflight' }], false],
  ])('with %s knows whether the last verify passed', (_, steps, hasPassed) => {
    for (const step of steps) appendStep(file, aStep(step))

    expect(lastPassed(readRecord(file), 'verify', 'orders', 'analytics') !== undefined).toBe(hasPassed)
  })
})
