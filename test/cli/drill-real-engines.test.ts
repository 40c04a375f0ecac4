import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isInstalled } from '../../lab/cloud/open-engine.ts'
import type { Engine } from '../../lab/database/database.ts'
import { parseRecord } from '../../report/record.ts'
import { type LabWithCommand, openLab } from './standing-lab.ts'
import { issueAuthority } from './tls-database.ts'

/** `repoint drill` as a process, over TLS, against a laboratory whose database is a real server. */

interface Case {
  readonly engine: Engine
  readonly database: string
  /** It can be read, and an INSERT of a drill lacks a column. */
  readonly refusing: readonly string[]
}

const columns = '(run varchar(64), number integer, must integer NOT NULL)'

const cases: readonly Case[] = [
  {
    engine: 'postgres',
    database: 'postgres',
    refusing: [`CREATE TABLE refusing ${columns}`, 'GRANT ALL ON refusing TO probe'],
  },
  { engine: 'mariadb', database: 'application', refusing: [`CREATE TABLE refusing ${columns}`] },
]

const named = (engine: Engine): string => (isInstalled(engine) ? engine : `${engine}, which is not installed here`)

for (const { engine, database, refusing } of cases) {
  describe.skipIf(!isInstalled(engine))(`repoint drill of ${named(engine)}`, { timeout: 240_000 }, () => {
    let lab: LabWithCommand
    let folder: string
    beforeAll(async () => {
      lab = await openLab({ speed: 10, engine, hasClient: true })
      folder = await mkdtemp(join(tmpdir(), 'drill-'))
      await writeFile(join(folder, 'stranger.pem'), (await issueAuthority('A stranger')).cert)
      for (const statement of refusing) await lab.cloud.storage.rows.query(statement)
    }, 240_000)
    afterAll(async () => {
      await lab?.close()
      await rm(folder, { recursive: true, force: true })
    })

    const drill = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
      const account = { REPOINT_SQL_USER: 'probe', REPOINT_SQL_PASSWORD: 'probe', REPOINT_SQL_DATABASE: database }
      return lab.repointWith({ ...account, ...environment }, ['drill', '-d', 'orders', '--yes', ...args])
    }
    const trusted = () => ['--ca', lab.caFile]
    const caused = () => lab.cloud.api.calls.filter(({ action }) => action === 'RebootDBInstance').length
    const rowsOf = async (table: string) =>
      Number((await lab.cloud.storage.rows.query<{ n: unknown }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n)

    it.each<[string, () => readonly string[], Record<string, string>, RegExp]>([
      ['a wrong password', trusted, { REPOINT_SQL_PASSWORD: 'wrong' }, /login refused.*Check user, password/],
      ['a wrong CA', () => ['--ca', join(folder, 'stranger.pem')], {}, /not trusted.*--ca/],
      ['a missing CA', () => [], {}, /not trusted.*--ca/],
      ['a missing table', () => [...trusted(), '--write-table', 'missing'], {}, /The table missing cannot be read/],
      ['a table that refuses the INSERT', () => [...trusted(), '--write-table', 'refusing'], {}, /fails: .*must/],
    ])('with %s touches nothing and says why', async (_, args, environment, why) => {
      const before = lab.cloud.writerIp()
      const ended = await drill(args(), environment)

      expect([ended.code, ended.stdout]).toEqual([5, ''])
      expect(ended.stderr).toMatch(why)
      expect(ended.stderr).toContain('orders is not drilled, and nothing was done')
      expect([caused(), lab.cloud.writerIp(), await rowsOf('refusing')]).toEqual([0, before, 0])
    })

    it('that is as it should be times the failover over TLS, loses nothing and leaves no row', async () => {
      const table = ['--write-table', 'repoint_drill', '--create-table']
      const ended = await drill([...trusted(), ...table, '--steady', '2s', '--json'])

      const record = parseRecord('stdout', ended.stdout)
      expect(record.verdict.checks.filter(({ holds }) => !holds)).toEqual([])
      expect([ended.code, record.verdict.outcome, caused()]).toEqual([0, 'passed', 1])
      expect(record.verdict.checks.at(-1)).toMatchObject({ what: 'no acknowledged write is lost', holds: true })
      expect(record.probes.flatMap(({ errorKinds }) => errorKinds)).not.toContain('other')
      expect(await rowsOf('repoint_drill')).toBe(0)
    })
  })
}
