import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appendStep, type MigrationStep, readRecord } from '../../cli/facts/migration-record.ts'

const aStep = (step: object = {}): MigrationStep =>
  ({
    at: '2026-11-21T04:00:00.000Z',
    by: 'arn:aws:iam::111122223333:user/jane',
    database: 'orders',
    consumer: 'analytics',
    kind: 'verify',
    applied: false,
    outcome: 'passed',
    summary: 'both paths answer',
    evidence: {
      about: { endpointId: 'vpce-gateway', gatewayId: 'rgw-1' },
      paths: [{ path: 'gateway', endpointId: 'vpce-gateway' }],
      findings: [],
      proof: { kind: 'proved' },
    },
    ...step,
  }) as MigrationStep

const empty = { format: 'repoint-migration', version: 1 } as const

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
    const steps = [
      aStep(),
      aStep({
        kind: 'shift',
        applied: true,
        outcome: 'done',
        percent: 25,
        evidence: { before: { nlb: 100, gateway: 0 }, after: { nlb: 75, gateway: 25 }, isInSync: true },
      }),
    ]
    for (const step of steps) appendStep(file, step)

    expect(readRecord(file)).toEqual({ format: 'repoint-migration', version: 1, steps })
    expect(readdirSync(folder)).toEqual(['repoint.migration.json'])
  })

  it.each([
    ['{"format":', 'Unexpected end'],
    ['{"format":"repoint-drill","version":1,"steps":[]}', 'format'],
    ['{"format":"repoint-migration","version":1,"steps":[{"at":"yesterday","kind":"shift"}]}', 'steps.0.at'],
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

  it('refuses evidence that is not of its kind', () => {
    writeFileSync(
      file,
      JSON.stringify({ ...empty, steps: [aStep({ kind: 'shift', evidence: { before: { nlb: 'all' } } })] }),
    )

    expect(() => readRecord(file)).toThrow('steps.0.evidence.before.nlb')
  })

  it('of an earlier version is read as this one writes it', () => {
    const older = [
      aStep({
        outcome: 'failed',
        evidence: {
          isWaiting: true,
          ways: [{ way: 'nlb', endpointId: 'vpce-1' }],
          problems: [],
          unknowns: [{ check: 'gateway-log', fact: 'Nothing yet.' }],
        },
      }),
      aStep({
        outcome: 'failed',
        evidence: { isWaiting: false, ways: [], problems: [{ check: 'nlb-tcp', fact: 'Down.' }], unknowns: [] },
      }),
      aStep({
        kind: 'drill',
        outcome: 'failed',
        evidence: { way: 'gateway', drill: 'waiting', checks: [{ what: 'it ended steady', holds: true }] },
      }),
      aStep({ kind: 'drill', outcome: 'failed', evidence: { way: 'gateway', drill: 'failed', checks: [] } }),
      aStep({ kind: 'shift', outcome: 'refused', evidence: [{ what: 'the settings can say so', found: 'no' }] }),
      aStep({
        kind: 'retire',
        outcome: 'refused',
        evidence: {
          step: 'consumers',
          checks: [{ check: 'drill', what: 'a drill has passed', holds: false, found: 'none', cure: 'Drill.' }],
        },
      }),
      aStep({ kind: 'preflight', evidence: { counts: { ok: 1 }, findings: [] } }),
      aStep({ evidence: undefined }),
    ]
    writeFileSync(file, JSON.stringify({ ...empty, steps: older }))

    expect(readRecord(file).steps.map(({ outcome, evidence }) => ({ outcome, evidence }))).toEqual([
      {
        outcome: 'waiting',
        evidence: {
          paths: [{ path: 'nlb', endpointId: 'vpce-1' }],
          findings: [{ check: 'gateway-log', severity: 'unknown', fact: 'Nothing yet.' }],
        },
      },
      {
        outcome: 'failed',
        evidence: { paths: [], findings: [{ check: 'nlb-tcp', severity: 'problem', fact: 'Down.' }] },
      },
      { outcome: 'waiting', evidence: { path: 'gateway', checks: [{ what: 'it ended steady', holds: true }] } },
      { outcome: 'failed', evidence: { path: 'gateway', checks: [] } },
      {
        outcome: 'refused',
        evidence: { findings: [{ check: 'check', severity: 'problem', fact: 'the settings can say so (no)' }] },
      },
      {
        outcome: 'refused',
        evidence: {
          step: 'consumers',
          findings: [{ check: 'drill', severity: 'problem', fact: 'a drill has passed (none)', remedy: 'Drill.' }],
        },
      },
      { outcome: 'passed', evidence: { counts: { ok: 1 }, findings: [] } },
      { outcome: 'passed', evidence: undefined },
    ])
  })
})
