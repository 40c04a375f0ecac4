import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAgainst } from '../../cli/checks/finding.ts'
import type { Context } from '../../cli/context.ts'
import type { Door } from '../../cli/drill/door.ts'
import type { DrillPlan } from '../../cli/drill/intent.ts'
import { startProber } from '../../cli/drill/prober.ts'
import { awaitProof, proveProbes } from '../../cli/drill/proof.ts'
import { prepareWritings, readBack } from '../../cli/drill/writings.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import type { Dialect } from '../../cli/facts/client/credentials.ts'
import { AttemptError, isHarmful } from '../../cli/facts/client/errors.ts'
import { readGrants } from '../../cli/facts/client/grants.ts'
import { openSession } from '../../cli/facts/client/sql-attempt.ts'
import { attemptTcp } from '../../cli/facts/client/tcp.ts'
import { readDetours } from '../../cli/facts/client/tunnels.ts'
import type { Dns } from '../../functions/reconciler/ports.ts'
import { hasMariadb, hasPostgres, type RealServer, startMariadb, startPostgres } from './real-servers.ts'
import { type Authority, issueAuthority, issueFor } from './tls-database.ts'

const endpoint = 'orders.cabc123def45.eu-west-1.rds.amazonaws.com'
const password = 'right-password'
const noDns: Dns = { resolve: async () => ({ kind: 'none', why: 'there is no DNS here' }) }

interface Choice {
  readonly password?: string
  readonly ca?: string
  readonly table?: string
  readonly isWatching?: boolean
  readonly port?: number
}

/** A drill of a real server, through a front door and at the endpoint, both by a tunnel. */
const planFor = (dialect: Dialect, server: RealServer, choice: Choice): DrillPlan => {
  const engine = dialect === 'postgres' ? 'postgres' : 'mariadb'
  const port = choice.port ?? server.port
  const door: Door = { kind: 'nlb', place: { host: '127.0.0.1', port }, name: 'orders', isNamed: true }
  return {
    context: { now: () => Date.now(), signal: new AbortController().signal } as Context,
    database: { id: 'orders', endpoint, port: 5432, engine } as DrillPlan['database'],
    config: {} as DrillPlan['config'],
    cause: { name: 'none', does: 'nothing', act: async () => {} },
    isWatching: choice.isWatching ?? false,
    doors: [door],
    probesEndpoint: true,
    detours: readDetours(`${endpoint}:5432=127.0.0.1:${port}`),
    everyMs: 100,
    timeoutMs: 5_000,
    patience: { steadyMs: 1_000, limitMs: 10_000 },
    probesTcp: dialect === 'postgres',
    sql: {
      dialect,
      throughDoor: true,
      createsTable: false,
      ...(choice.table === undefined ? {} : { table: choice.table }),
      target: {
        credentials: { user: 'probe', database: 'drill', password: async () => choice.password ?? password },
        tls: { mode: 'verify-full', servername: endpoint, ...(choice.ca === undefined ? {} : { ca: choice.ca }) },
        timeoutMs: 5_000,
      },
    },
    notes: [],
  }
}

/** It can be read, and an INSERT of a drill lacks a column. */
const refusing = 'run varchar(64), number integer, must integer NOT NULL'

interface Engine {
  readonly dialect: Dialect
  readonly isInstalled: boolean
  readonly start: (certificate: Authority) => Promise<RealServer>
}

const engines: readonly Engine[] = [
  {
    dialect: 'postgres',
    isInstalled: hasPostgres,
    start: certificate =>
      startPostgres(certificate, {
        password,
        database: 'drill',
        sql: `CREATE TABLE refusing (${refusing}); GRANT ALL ON refusing TO probe`,
      }),
  },
  {
    dialect: 'mysql',
    isInstalled: hasMariadb,
    start: certificate =>
      startMariadb(certificate, {
        password,
        sql: `CREATE DATABASE drill; GRANT ALL ON drill.* TO probe; GRANT SELECT ON mysql.* TO probe; CREATE USER bound@'10.1.%' IDENTIFIED BY 'x'; CREATE USER wide@'10.1.%' IDENTIFIED BY 'x'; CREATE USER wide@'%' IDENTIFIED BY 'x'; CREATE ROLE readers; CREATE TABLE drill.refusing (${refusing});`,
      }),
  },
]

describe.each(engines)('before a failover, on a real server ($dialect)', ({ dialect, isInstalled, start }) => {
  describe.skipIf(!isInstalled)('that is installed here', { timeout: 90_000 }, () => {
    let server: RealServer
    let authority: Authority
    let stranger: Authority
    beforeAll(async () => {
      authority = await issueAuthority('The authority')
      stranger = await issueAuthority('A stranger')
      server = await start(await issueFor(endpoint, authority))
    }, 90_000)
    afterAll(() => server?.stop())

    const prove = async (choice: Choice) => {
      const { findings } = await proveProbes(planFor(dialect, server, { ca: authority.cert, ...choice }), noDns)
      return findings.map(({ severity, fact, remedy }) => ({ severity, text: `${fact} ${remedy ?? ''}` }))
    }
    const run = (choice: Choice = {}) => planFor(dialect, server, { ca: authority.cert, ...choice })
    const execute = async (work: (session: Awaited<ReturnType<typeof openSession>>) => Promise<void>) => {
      const plan = run()
      if (plan.sql === undefined) throw new Error('there are credentials')
      const route = { place: plan.doors[0].place, dns: noDns, detours: plan.detours, timeoutMs: plan.timeoutMs }
      const session = await openSession({ dialect, target: plan.sql.target, route })
      try {
        await work(session)
      } finally {
        session.close()
      }
    }

    it('every probe works with the right password and authority', async () => {
      const found = await prove({})
      expect(found.filter(isAgainst)).toEqual([])
      expect(found.length).toBeGreaterThanOrEqual(3)
    })

    it('a wrong password is a refused login and stands against the drill', async () => {
      const against = (await prove({ password: 'wrong' })).filter(isAgainst)
      expect(against.map(({ text }) => text).join('\n')).toMatch(/login refused.*Check user, password/)
    })

    it('a missing authority is not trusted, and stands against the drill', async () => {
      const against = (await prove({ ca: stranger.cert })).filter(isAgainst)
      expect(against.map(({ text }) => text).join('\n')).toMatch(/not trusted.*--ca/)
      // On MySQL each further handshake would count against the load balancer's address.
      if (dialect === 'mysql') expect(against.slice(1).every(({ severity }) => severity === 'unknown')).toBe(true)
    })

    it('a table that is not there stands against the drill', async () => {
      const against = (await prove({ table: 'missing' })).filter(isAgainst)
      expect(against.map(({ text }) => text).join('\n')).toContain('The table missing cannot be read')
    })

    it('a table that refuses the INSERT stands against the drill', async () => {
      const against = (await prove({ table: 'refusing' })).filter(isAgainst)
      expect(against.map(({ text }) => text).join('\n')).toMatch(/through orders \(127\.0\.0\.1:\d+\) fails: .*must/)
    })

    it('a real INSERT proves the table', async () => {
      await execute(session => session.createTable('kept'))
      expect((await prove({ table: 'kept' })).filter(isAgainst)).toEqual([])
    })

    it('a lost write is listed with its time, and what cannot be read back is unknown and names its rows', async () => {
      await execute(session => session.createTable('losing'))
      const plan = run({ table: 'losing' })
      const [writing] = [...(await prepareWritings(plan, noDns)).values()]
      if (writing === undefined) throw new Error('a writing')
      await execute(session => session.write('losing', writing.run, 1))
      writing.acknowledged.set(1, 1_000).set(2, 2_000)

      expect(await readBack(plan, noDns, writing)).toEqual({
        kind: 'known',
        value: { acknowledged: 2, lost: [{ number: 2, atMs: 2_000 }] },
      })
      const unread = await readBack(run({ table: 'losing', password: 'wrong' }), noDns, writing)
      expect(unread).toMatchObject({ kind: 'unknown', why: expect.stringContaining(`${writing.run} stay in losing`) })
    })

    it('while somebody else causes the failover, a probe that fails is warned of, and a harmful one is refused', async () => {
      const refused = await prove({ password: 'wrong', isWatching: true })
      expect(refused.filter(isAgainst)).toEqual([])
      expect(refused.map(({ severity }) => severity)).toContain('warning')
      expect((await prove({ ca: stranger.cert, isWatching: true })).filter(isAgainst)).not.toEqual([])
    })

    it('an endpoint that cannot be reached from here is left out, and the front door is proved', async () => {
      const { detours: _, ...plan } = planFor(dialect, server, { ca: authority.cert })
      const proof = await proveProbes({ ...plan, detours: new Map() }, noDns)
      expect(proof.findings.filter(isAgainst)).toEqual([])
      expect(proof.findings[0]).toMatchObject({ severity: 'warning', fact: expect.stringContaining('not probed') })
      expect(proof.plan.probesEndpoint).toBe(false)
    })

    it('TCP means that the database answers', async () => {
      const route = {
        place: { host: '127.0.0.1', port: server.port },
        dns: noDns,
        detours: new Map(),
        timeoutMs: 5_000,
      }
      await expect(attemptTcp(route, dialect)).resolves.toBeUndefined()
      await expect(attemptTcp(route, dialect === 'postgres' ? 'mysql' : 'postgres')).rejects.toThrow()
    })

    it.skipIf(dialect !== 'mysql')('the accounts of MariaDB are read without its roles', async () => {
      const plan = run()
      if (plan.sql === undefined) throw new Error('there are credentials')
      const grants = await readGrants({
        database: { ...plan.database, dnsServers: [] } as never,
        target: plan.sql.target,
        detours: plan.detours,
      })
      expect(grants.filter(({ user }) => ['bound', 'wide', 'readers', 'probe'].includes(user))).toEqual(
        expect.arrayContaining([
          { user: 'bound', host: '10.1.%' },
          { user: 'wide', host: '10.1.%' },
          { user: 'wide', host: '%' },
          { user: 'probe', host: '%' },
        ]),
      )
      expect(grants.map(({ user }) => user)).not.toContain('readers')
    })
  })
})

describe('a failover is not caused', () => {
  const prober = (attempt: () => Promise<void>, signal: AbortSignal) =>
    startProber({
      about: { id: 'sql', name: 'SQL', path: 'front-door', everyMs: 5, isSequential: true },
      signal,
      now: () => 0,
      attempt,
      stopsAt: isHarmful,
    })
  const ending = new AbortController()
  afterAll(() => ending.abort())
  const proof = (attempt: () => Promise<void>, limitMs: number) =>
    awaitProof([prober(attempt, ending.signal)], { id: 'orders', limitMs, signal: ending.signal })

  it('until each prober has worked once', async () => {
    let tries = 0
    await proof(async () => {
      tries += 1
      if (tries < 3) throw new AttemptError('timeout', 'no answer')
    }, 5_000)
    expect(tries).toBeGreaterThanOrEqual(3)
  })

  it('where a prober has not, with exit code 5, the error and what to do', async () => {
    await expect(
      proof(async () => {
        throw new AttemptError('login refused', 'The database at db:5432: no such user')
      }, 100),
    ).rejects.toMatchObject({
      exitCode: exitCodes.refused,
      message: expect.stringMatching(/orders is not failed over, and nothing was done.*no such user.*Check user/s),
    })
  })

  it('and a prober that does harm stops at its first error', async () => {
    let tries = 0
    await expect(
      proof(async () => {
        tries += 1
        throw new AttemptError('host blocked', 'Host is blocked (1129)')
      }, 5_000),
    ).rejects.toThrow('Host is blocked')
    await new Promise(resolve => setTimeout(resolve, 40))
    expect(tries).toBe(1)
  })

  it('and a problem with our own credentials is in no figure of an outage', async () => {
    const own = new AbortController()
    const probing = prober(async () => {
      throw new AttemptError('no credentials', 'the secret cannot be read')
    }, own.signal)
    await new Promise(resolve => setTimeout(resolve, 30))
    own.abort()
    await probing.done
    expect(probing.attempts).toEqual([])
    expect([...probing.examples]).toEqual([['no credentials', 'the secret cannot be read']])
  })
})
