import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, onTestFinished, vi } from 'vitest'
import { type CommonOptions, openContext } from '../../cli/context.ts'
import { type MigrateOptions, openMigration, theConsumer } from '../../cli/migrate/open.ts'
import { consumerEntry, databaseEntry } from './migrate-facts.ts'

const folder = mkdtempSync(join(tmpdir(), 'migrate-open-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const settings = join(folder, 'repoint.json')
const other = {
  ...databaseEntry,
  arn: 'arn:aws:rds:eu-west-1:111122223333:db:billing',
  endpoint: 'billing.abc123.eu-west-1.rds.amazonaws.com',
}

const open = (
  consumers: readonly object[],
  options: Omit<MigrateOptions, keyof CommonOptions> & CommonOptions = {},
) => {
  writeFileSync(settings, JSON.stringify({ databases: [databaseEntry, other], consumers }))
  return openMigration(openContext({ ...options, settings }, { signal: new AbortController().signal }), options)
}

it('takes the only consumer and its database, where nothing is said', () => {
  const { database, consumer, recordFile } = open([consumerEntry])

  expect([database.id, consumer?.name]).toEqual(['orders', 'analytics'])
  expect(recordFile).toBe(join(folder, 'repoint.migration.json'))
})

it('asks which consumer is meant where a database has several', () => {
  const second = { ...consumerEntry, name: 'reports', vpcId: 'vpc-0c0a5ade000000002' }

  expect(() => open([consumerEntry, second], { database: ['orders'] })).toThrow(
    'pass --consumer with one of analytics, reports',
  )
  expect(open([consumerEntry, second], { consumer: 'reports' }).consumer?.name).toBe('reports')
})

it('refuses a consumer of another database', () => {
  expect(() => open([consumerEntry], { database: ['billing'], consumer: 'analytics' })).toThrow(
    'The consumer analytics is not one of billing.',
  )
})

it('asks which database is meant where none has a consumer', () => {
  expect(() => open([])).toThrow('say --database with one of orders, billing')
})

it('looks at a provider alone, and says that there is no consumer to whoever needs one', () => {
  const migration = open([], { database: ['billing'] })

  expect(migration.consumer).toBeUndefined()
  expect(() => theConsumer(migration)).toThrow('There is no consumer of billing')
})

it('finds the database of a consumer that names its host alone', () => {
  const { database: _, ...rest } = consumerEntry
  const byHost = { ...rest, hostname: other.endpoint, port: 5432 }

  expect(open([byHost]).database.id).toBe('billing')
})

it('has clients of their own for another account or Region of the consumer', () => {
  const { clients, consumerClients } = open([consumerEntry])
  expect(consumerClients).toBe(clients)

  const config = join(folder, 'config')
  writeFileSync(config, '[profile analytics-account]\n')
  vi.stubEnv('AWS_CONFIG_FILE', config)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const elsewhere = open([consumerEntry], { consumerProfile: 'analytics-account' })
  expect(elsewhere.consumerClients).not.toBe(elsewhere.clients)
})
