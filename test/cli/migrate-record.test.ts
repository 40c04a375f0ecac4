import { execFile } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
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

  it('is written through no link that somebody else has laid beside it', async () => {
    const other = join(folder, 'other')
    writeFileSync(other, 'mine')
    // A process's number can be tried.
    symlinkSync(other, `${file}.${process.pid}.new`)

    await appendStep(file, aStep())

    expect(readFileSync(other, 'utf8')).toBe('mine')
    expect(readRecord(file).steps).toHaveLength(1)
  })

  it('stays as private as it was', async () => {
    await appendStep(file, aStep())
    chmodSync(file, 0o600)
    await appendStep(file, aStep())
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('keeps every step in its order, and nothing else lies beside it', async () => {
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
    for (const step of steps) await appendStep(file, step)

    expect(readRecord(file)).toEqual({ format: 'repoint-migration', version: 1, steps })
    expect(readdirSync(folder)).toEqual(['repoint.migration.json'])
  })

  it.each([
    ['{"format":', 'Unexpected end'],
    ['{"format":"repoint-drill","version":1,"steps":[]}', 'format'],
    ['{"format":"repoint-migration","version":1,"steps":[{"at":"yesterday","kind":"shift"}]}', 'steps.0.at'],
  ])('that is damaged (%s) is refused with the remedy and left as it is', async (text, where) => {
    writeFileSync(file, text)

    const adding = () => appendStep(file, aStep())
    await expect(adding()).rejects.toThrow(`${file} is no record of a migration, and was left as it is`)
    await expect(adding()).rejects.toThrow(where)
    await expect(adding()).rejects.toThrow('--record')
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('says so where it cannot be written', async () => {
    await expect(appendStep('/proc/no/record.json', aStep())).rejects.toThrow('could not be recorded')
    await expect(appendStep('/proc/no/record.json', aStep())).rejects.toThrow('--record')
  })

  it('loses no step of several that write at once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `consumer-${index}`)
    await Promise.all(names.map(consumer => appendStep(file, aStep({ consumer }))))

    expect(
      readRecord(file)
        .steps.map(({ consumer }) => consumer)
        .toSorted(),
    ).toEqual(names.toSorted())
    expect(readdirSync(folder)).toEqual(['repoint.migration.json'])
  })

  it('loses no step of processes that write at once', async () => {
    // They begin together, at a lock that was left behind: whoever comes late has nobody to lose a step to.
    const script = `
      import { mkdirSync, readdirSync } from 'node:fs'
      import { appendStep } from '${new URL('../../cli/facts/migration-record.ts', import.meta.url).pathname}'
      const [file, step, ready] = process.argv.slice(1)
      mkdirSync(ready + '/' + process.pid)
      while (readdirSync(ready).length < 3) {}
      for (let index = 0; index < 40; index++) {
        await appendStep(file, { ...JSON.parse(step), consumer: process.pid + '-' + index })
      }`
    const ready = join(folder, 'ready')
    mkdirSync(ready)
    leaveBehind(`${file}.lock`)
    const args = ['--input-type=module', '-e', script, file, JSON.stringify(aStep()), ready]
    await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, args)))

    expect(new Set(readRecord(file).steps.map(({ consumer }) => consumer)).size).toBe(120)
  }, 120_000)

  const leaveBehind = (lock: string) => {
    mkdirSync(lock)
    utimesSync(lock, 0, 0)
  }

  it('takes over a lock that a killed command has left', async () => {
    leaveBehind(`${file}.lock`)

    await appendStep(file, aStep())

    expect(readRecord(file).steps).toHaveLength(1)
    expect(readdirSync(folder)).toEqual(['repoint.migration.json'])
  })

  it('takes over no lock that somebody else is taking over, and says so when that one was killed too', async () => {
    leaveBehind(`${file}.lock`)
    leaveBehind(`${file}.lock.left`)

    await expect(appendStep(file, aStep())).rejects.toThrow(`${file}.lock.left were left behind: remove them`)
    expect(readRecord(file).steps).toEqual([])
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
