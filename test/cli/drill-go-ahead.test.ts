import { describe, expect, it } from 'vitest'
import type { Finding } from '../../cli/checks/finding.ts'
import type { Context } from '../../cli/context.ts'
import type { Door } from '../../cli/drill/door.ts'
import { goAhead } from '../../cli/drill/go-ahead.ts'
import type { DrillPlan } from '../../cli/drill/intent.ts'
import type { Probe } from '../../cli/drill/probers.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import { atPlace } from '../../cli/facts/client/errors.ts'
import type { Dns } from '../../functions/reconciler/ports.ts'
import type { Engine } from '../../infra/app/settings/engines.ts'

/**
 * What `drill` and `migrate verify --drill` do before they ask. Errors are what the drivers were seen to throw with a
 * PostgreSQL 15 and a MariaDB 10.11; drill-real-servers.test.ts has those servers.
 */

const serverError = (message: string, about: object) => Object.assign(new Error(message), about)
const unverified =
  'unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca'
const errors = {
  postgres: {
    'a wrong password': serverError('password authentication failed for user "probe"', { code: '28P01' }),
    'a wrong CA': serverError(unverified, { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
    'a table that refuses the INSERT': serverError(
      'null value in column "must" of relation "refusing" violates not-null constraint',
      { code: '23502' },
    ),
  },
  mariadb: {
    'a wrong password': serverError("Access denied for user 'probe'@'localhost' (using password: YES)", {
      code: 'ER_ACCESS_DENIED_ERROR',
      errno: 1045,
    }),
    'a wrong CA': serverError(unverified, { code: 'HANDSHAKE_SSL_ERROR' }),
    'a table that refuses the INSERT': serverError("Field 'must' doesn't have a default value", {
      code: 'ER_NO_DEFAULT_FOR_FIELD',
      errno: 1364,
    }),
  },
} as const
type Fault = keyof (typeof errors)['postgres']

const doors: DrillPlan['doors'] = [
  { kind: 'nlb', place: { host: 'vpce-1', port: 5432 }, name: 'vpce-nlb', isNamed: false },
  { kind: 'resource-gateway', place: { host: 'vpce-2', port: 5432 }, name: 'vpce-gateway', isNamed: false },
]

/** A drill of both paths as `migrate verify --drill` plans it. */
const drillOf = (engine: Engine, isWatching = false) => {
  const caused: string[] = []
  const context = { now: () => 0, signal: new AbortController().signal } as Context
  const plan = {
    context,
    database: { id: 'orders', endpoint: 'orders.example.com', port: 5432, engine },
    cause: { name: 'failover', does: 'fails orders over', act: async () => void caused.push('failover') },
    isWatching,
    doors,
    probesEndpoint: false,
    probesTcp: engine === 'postgres',
    timeoutMs: 1_000,
    everyMs: 100,
  } as unknown as DrillPlan
  return { plan, caused }
}

/** A client of each kind at each door; what is tried, in order. */
const probesWith = (failing: (id: string, door: Door) => unknown) => {
  const tried: string[] = []
  const ids = ['tcp', 'sql-fresh', 'sql-kept']
  const probe = (id: string, door: Door): Probe => ({
    about: { id, name: id, path: 'front-door' },
    place: door.place,
    door,
    attempt: async () => {
      tried.push(`${id} ${door.name}`)
      const error = failing(id, door)
      if (error !== undefined) throw atPlace(error, door.place)
    },
  })
  return { tried, probes: () => doors.flatMap(door => ids.map(id => probe(id, door))) }
}

const outputOf = (isJson = false) => {
  const notes: string[] = []
  const results: unknown[] = []
  const out = {
    isJson,
    paint: (_: unknown, text: string) => text,
    note: (text: string) => void notes.push(text),
    result: (_: string, value: unknown) => void results.push(value),
  } as unknown as Context['out']
  return { out, notes, results }
}

const noDns: Dns = { resolve: async () => ({ kind: 'none', why: 'not asked' }) }
const atSql = (error: unknown) => (id: string) => (id === 'tcp' ? undefined : error)

const refusalOf = async (asking: Promise<unknown>): Promise<{ exitCode: number; message: string }> =>
  asking.then(
    () => {
      throw new Error('it was allowed')
    },
    (error: { exitCode: number; message: string }) => error,
  )

describe('before a failover is caused', () => {
  it.each<[keyof typeof errors, Fault, string]>([
    ['postgres', 'a wrong password', '(login refused). Check user, password, database and grants'],
    ['postgres', 'a wrong CA', '(not trusted). Give the authorities of RDS: --ca global-bundle.pem'],
    ['postgres', 'a table that refuses the INSERT', '(other). The message is the server’s own'],
    ['mariadb', 'a wrong password', '(login refused). Check user, password, database and grants'],
    ['mariadb', 'a wrong CA', '(not trusted). Give the authorities of RDS: --ca global-bundle.pem'],
    ['mariadb', 'a table that refuses the INSERT', '(other). The message is the server’s own'],
  ])('%s with %s is refused with exit code 5, the error and its fix', async (engine, fault, fix) => {
    const { plan, caused } = drillOf(engine)
    const { out } = outputOf()
    const error = errors[engine][fault]
    const { probes } = probesWith(atSql(error))

    const { exitCode, message } = await refusalOf(goAhead({ out }, { wanted: plan, ready: [], dns: noDns }, probes))

    expect([exitCode, caused]).toEqual([exitCodes.refused, []])
    expect(message).toContain('orders is not drilled, and nothing was done:')
    expect(message).toContain(
      `through vpce-nlb (vpce-1:5432) fails: The database at vpce-1:5432: ${error.message} ${fix}`,
    )
  })

  it('one path alone that does not take the login stands against it', async () => {
    const { plan } = drillOf('mariadb')
    const { probes } = probesWith((id, { kind }) =>
      id !== 'tcp' && kind === 'resource-gateway' ? errors.mariadb['a wrong password'] : undefined,
    )

    const { message } = await refusalOf(
      goAhead({ out: outputOf().out }, { wanted: plan, ready: [], dns: noDns }, probes),
    )

    expect(message).toContain('through vpce-gateway')
    expect(message).not.toContain('through vpce-nlb')
  })

  it.each<[string, Engine, readonly string[]]>([
    ['stops every further probe of an engine that blocks hosts', 'mariadb', ['tcp vpce-nlb', 'sql-fresh vpce-nlb']],
    [
      'lets the others of PostgreSQL be tried',
      'postgres',
      doors.flatMap(({ name }) => ['tcp', 'sql-fresh', 'sql-kept'].map(id => `${id} ${name}`)),
    ],
  ])('a certificate that is not trusted %s', async (_, engine, expected) => {
    const { plan } = drillOf(engine)
    const { probes, tried } = probesWith(atSql(errors.postgres['a wrong CA']))

    await refusalOf(goAhead({ out: outputOf().out }, { wanted: plan, ready: [], dns: noDns }, probes))

    expect(tried).toEqual(expected)
  })

  it('nothing is probed where something else stands against it', async () => {
    const { plan } = drillOf('postgres')
    const { probes, tried } = probesWith(() => undefined)
    const ready: Finding[] = [{ check: 'in-sync', severity: 'unknown', fact: 'Not known.' }]

    const { exitCode } = await refusalOf(goAhead({ out: outputOf().out }, { wanted: plan, ready, dns: noDns }, probes))

    expect([exitCode, tried]).toEqual([exitCodes.refused, []])
  })

  it('the refusal is JSON with what was verified and what was checked, for programs', async () => {
    const { plan } = drillOf('postgres')
    const { out, results } = outputOf(true)
    const { probes } = probesWith(atSql(errors.postgres['a wrong password']))

    await refusalOf(
      goAhead({ out }, { wanted: plan, ready: [], dns: noDns, about: { verify: { outcome: 'passed' } } }, probes),
    )

    expect(results).toMatchObject([{ outcome: 'refused', verify: { outcome: 'passed' } }])
    expect(JSON.stringify(results)).toContain('password authentication failed')
  })

  it('it is allowed when every probe has worked once', async () => {
    const { plan, caused } = drillOf('postgres')
    const { out, notes } = outputOf()
    const { probes } = probesWith(() => undefined)

    const { checks } = await goAhead({ out }, { wanted: plan, ready: [], dns: noDns }, probes)

    expect(checks.map(({ severity }) => severity)).toEqual(Array.from({ length: 6 }, () => 'ok'))
    expect(notes.join('\n')).toContain('This fails orders over.')
    expect(caused).toEqual([])
  })

  it('a failover that somebody else causes may have begun: only a probe that does harm is refused', async () => {
    const { plan } = drillOf('postgres', true)
    const ask = (fault: Fault) =>
      goAhead(
        { out: outputOf().out },
        { wanted: plan, ready: [], dns: noDns },
        probesWith(atSql(errors.postgres[fault])).probes,
      )

    const { checks } = await ask('a wrong password')
    expect(checks.map(({ severity }) => severity)).toContain('warning')
    expect((await refusalOf(ask('a wrong CA'))).exitCode).toBe(exitCodes.refused)
  })
})
