import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Clients } from '../../cli/aws/clients.ts'
import { runDrillCommand } from '../../cli/commands/drill.ts'
import { runMigratePreflight } from '../../cli/commands/migrate/preflight.ts'
import { runMigrateVerify } from '../../cli/commands/migrate/verify.ts'
import { runWatch } from '../../cli/commands/migrate/watch.ts'
import { type Context, openContext } from '../../cli/context.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import { refuseSqlOptions, type SqlUse } from '../../cli/facts/client/sql-options.ts'
import { configVariable } from '../../functions/reconciler/names.ts'
import type { Engine } from '../../infra/app/settings/engines.ts'
import { aConfig } from './doctor-facts.ts'
import { consumerEntry, databaseEntry } from './migrate-facts.ts'

type Given = Partial<Parameters<typeof refuseSqlOptions>[1]>

const refusalOf = (engine: Engine, given: Given, use: SqlUse): string | undefined => {
  try {
    refuseSqlOptions({ engine, id: 'orders' }, { tls: 'verify-full', ...given }, use)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

describe('options of a login', () => {
  const all = {
    secret: 'orders/probe',
    iamUser: 'probe',
    sqlDatabase: 'orders',
    writeTable: 'drill',
    createTable: true,
    tls: 'off',
    ca: 'bundle.pem',
  } as const
  const login = '--secret, --iam-user, --sql-database, --write-table, --create-table'
  const probed = 'SQL is probed on PostgreSQL, MySQL and MariaDB only'

  it.each<[Engine, SqlUse]>([
    ['sqlserver', 'probes'],
    ['oracle', 'probes'],
    ['db2', 'probes'],
    ['other', 'probes'],
    // Its TLS is looked at along a path, and by no probe.
    ['redshift', 'probes'],
    ['sqlserver', 'paths'],
    ['other', 'paths'],
  ])('are refused by name where an engine has no probe of its own: %s, %s', (engine, use) => {
    expect(refusalOf(engine, all, use)).toBe(`${login}, --tls, --ca: ${probed}, and orders is ${engine}.`)
    for (const [name, value] of Object.entries(all)) expect(refusalOf(engine, { [name]: value }, use)).toMatch(/^--/)
  })

  it('are those of the login alone for Redshift, where a verification looks at its TLS', () => {
    expect(refusalOf('redshift', all, 'paths')).toBe(`${login}: ${probed}, and orders is redshift.`)
    expect(refusalOf('redshift', { tls: 'off', ca: 'bundle.pem' }, 'paths')).toBeUndefined()
  })

  it.each<Engine>(['postgres', 'aurora-postgresql', 'mysql', 'aurora-mysql', 'mariadb'])('are taken for %s', engine => {
    expect(refusalOf(engine, all, 'probes')).toBeUndefined()
    expect(refusalOf(engine, all, 'paths')).toBeUndefined()
  })

  it.each<Engine>(['mysql', 'aurora-mysql', 'mariadb'])('are taken for the accounts of %s', engine => {
    expect(refusalOf(engine, all, 'accounts')).toBeUndefined()
  })

  it.each<Engine>(['postgres', 'redshift', 'sqlserver'])('are refused where %s has no such accounts', engine => {
    const why = `the accounts of MySQL and MariaDB are read with them, and orders is ${engine}.`
    expect(refusalOf(engine, { ca: 'bundle.pem' }, 'accounts')).toBe(`--ca: ${why}`)
  })

  it('are not the default of --tls, which nobody has typed', () => {
    for (const use of ['probes', 'paths', 'accounts'] as const) expect(refusalOf('sqlserver', {}, use)).toBeUndefined()
  })
})

describe('a command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sql-options-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const settings = join(folder, 'repoint.json')

  /** Of SQL Server; AWS answers nothing but what the function's configuration is. */
  const contextOf = (getFunctionConfiguration: () => Promise<object>, stage = 'shadow'): Context => {
    const from = stage === 'retired' ? { from: 'gateway' } : {}
    const ofSqlServer = {
      ...databaseEntry,
      engine: 'sqlserver',
      port: 5432,
      gateway: { ...databaseEntry.gateway, stage, ...from },
    }
    const ofConsumer = { ...consumerEntry, gateway: { ...consumerEntry.gateway, stage, ...from } }
    writeFileSync(settings, JSON.stringify({ databases: [ofSqlServer], consumers: [ofConsumer] }))
    const context = openContext({ settings }, { signal: new AbortController().signal, env: {} })
    const lambda = async () => ({ getFunctionConfiguration })
    const clients = new Proxy({} as Clients, {
      get: (_, name) => {
        if (name === 'lambda') return lambda
        if (name === 'region') return 'eu-west-1'
        throw new Error(`AWS is asked for ${String(name)}`)
      },
    })
    const ofClients = { clientsFor: () => clients, clientsAfterAll: () => clients, clientsIn: () => clients }
    return { ...context, ...ofClients, databases: context.databases }
  }
  const isThere = async () => ({ Environment: { Variables: { [configVariable]: JSON.stringify(aConfig()) } } })
  const isGone = async () => {
    throw Object.assign(new Error('Function not found'), { name: 'ResourceNotFoundException' })
  }
  const options = { tls: 'verify-full', secret: 'orders/probe', every: 250, steady: 1, limit: 1, settings } as const
  const verify = { ...options, lookups: 1, logWait: 0, timeout: 1_000 }
  const watch = { ...options, look: 1, probe: 1_000, failures: 5, budget: 10, window: 1_000, resets: 10 }

  it.each<[string, Context, (context: Context) => Promise<unknown>]>([
    ['drill', contextOf(isThere), context => runDrillCommand(context, options)],
    ['drill --watch', contextOf(isThere), context => runDrillCommand(context, { ...options, watch: true })],
    ['drill of the gateway alone', contextOf(isGone, 'retired'), context => runDrillCommand(context, options)],
    ['migrate verify', contextOf(isThere), context => runMigrateVerify(context, verify)],
    ['migrate verify --drill', contextOf(isThere), context => runMigrateVerify(context, { ...verify, drill: true })],
    ['migrate watch', contextOf(isThere), context => runWatch(context, watch)],
    ['migrate watch --apply', contextOf(isThere), context => runWatch(context, { ...watch, apply: true })],
    ['migrate preflight', contextOf(isThere), context => runMigratePreflight(context, options)],
  ])('refuses what it would ignore, before anything is read or done: %s', async (_, context, run) => {
    await expect(run(context)).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: expect.stringMatching(/^--secret: .*, and orders is sqlserver\.$/),
    })
  })
})
