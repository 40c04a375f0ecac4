import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runReport } from '../../cli/commands/report.ts'
import { readCa } from '../../cli/facts/client/sql-options.ts'
import { readRecord } from '../../cli/facts/migration-record.ts'
import { readRollbackEntries } from '../../cli/facts/rollback-entries.ts'
import { openOutput } from '../../cli/output.ts'
import { findRecorded } from '../../cli/replay.ts'
import { readText } from '../../infra/app/settings/read-text.ts'
import { readSettings } from '../../infra/app/settings.ts'

/** What a command is given to read may be a device without an end, or a file that is larger than the memory. */
const endless = '/dev/zero'

const readers: readonly [what: string, read: (file: string) => unknown][] = [
  ['settings', readSettings],
  ['settings for a rollback', readRollbackEntries],
  ['the record of a migration', readRecord],
  ['the record of a drill', file => runReport(openOutput(), file, undefined, {})],
  ['an event', file => findRecorded(file, { id: 'orders' } as never, 0)],
  ['certificates', readCa],
]

describe('a file to read', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'read-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(readers)('as %s has an end', async (_, read) => {
    await expect((async () => read(endless))()).rejects.toThrow('is larger than')
  })

  it.each(readers)('as %s is not read to its end where it is larger than the memory', async (_, read) => {
    const file = join(folder, 'large.json')
    writeFileSync(file, '{')
    truncateSync(file, 2 ** 40)
    await expect((async () => read(file))()).rejects.toThrow('is larger than')
  })

  // More than a call takes as its arguments (125,000 or so), and far more than the stack takes as calls.
  const most = 200_000
  const many = '1,'.repeat(most)
  const deep = `${'['.repeat(most)}${']'.repeat(most)}`
  it.each<[string, string, (file: string) => unknown, string]>([
    ['settings that are wrong throughout', `{"databases":[${many}1]}`, readSettings, 'has 1 problem'],
    ['settings without a floor', `{"databases":[${deep}]}`, readSettings, 'nested too deep'],
    [
      'a record of a migration that is wrong throughout',
      `{"format":"repoint-migration","version":1,"steps":[${many}1]}`,
      readRecord,
      'is no record of a migration',
    ],
    [
      'a record of a migration without a floor',
      `{"format":"repoint-migration","version":1,"steps":[${deep}]}`,
      readRecord,
      'is no record of a migration',
    ],
  ])('as %s is turned away with one sentence', (_, text, read, complaint) => {
    const file = join(folder, 'hostile.json')
    writeFileSync(file, text)
    let said = ''
    try {
      read(file)
    } catch (error) {
      said = (error as Error).message
    }
    expect(said).toContain(complaint)
    expect(said.length).toBeLessThan(1_000)
  })

  it('is read whole, in whatever characters', () => {
    const file = join(folder, 'text')
    const text = 'ü€😀'.repeat(50_000)
    writeFileSync(file, text)
    expect(readText(file)).toBe(text)
  })

  it('is read up to its limit', () => {
    const file = join(folder, 'limit')
    writeFileSync(file, 'x'.repeat(1024 ** 2))
    expect(readText(file, 1024 ** 2)).toHaveLength(1024 ** 2)
    expect(() => readText(file, 1024 ** 2 - 1)).toThrow('is larger than')
  })
})
