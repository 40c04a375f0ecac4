import { connect, createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isAgainst } from '../../cli/checks/finding.ts'
import type { Context } from '../../cli/context.ts'
import type { Door } from '../../cli/drill/door.ts'
import { goAhead } from '../../cli/drill/go-ahead.ts'
import type { DrillPlan } from '../../cli/drill/intent.ts'
import { startProbers } from '../../cli/drill/probers.ts'
import { proveProbes } from '../../cli/drill/proof.ts'
import { prepareWritings, readBack } from '../../cli/drill/writings.ts'
import type { Dialect } from '../../cli/facts/client/credentials.ts'
import { readGrants } from '../../cli/facts/client/grants.ts'
import { openSession } from '../../cli/facts/client/sql-attempt.ts'
import { attemptTcp } from '../../cli/facts/client/tcp.ts'
import { readDetours } from '../../cli/facts/client/tunnels.ts'
import type { VerifyPlan } from '../../cli/migrate/verify/verify-paths.ts'
import { proveGuard, startProbes } from '../../cli/migrate/watch/probes.ts'
import type { Dns } from '../../functions/reconciler/ports.ts'
import { hasMariadb, hasPostgres, type RealServer, startMariadb, startPostgres } from './real-servers.ts'
import { eventually } from './standing-lab.ts'
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
  readonly timeoutMs?: number
}

/** A drill of a real server, through a front door and at the endpoint, both by a tunnel. */
const planFor = (dialect: Dialect, server: RealServer, choice: Choice): DrillPlan => {
  const engine = dialect === 'postgres' ? 'postgres' : 'mariadb'
  const port = choice.port ?? server.port
  const door: Door = { kind: 'nlb', place: { host: '127.0.0.1', port }, name: 'orders', isNamed: true }
  return {
    context: { now: () => Date.now(), signal: new AbortController().signal } as Context,
    database: { id: 'orders', endpoint, port: 5432, engine } as DrillPlan['database'],
    dnsServers: [],
    cause: { name: 'none', does: 'nothing', act: async () => {} },
    isWatching: choice.isWatching ?? false,
    doors: [door],
    probesEndpoint: true,
    detours: readDetours(`${endpoint}:5432=127.0.0.1:${port}`),
    everyMs: 100,
    timeoutMs: choice.timeoutMs ?? 5_000,
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
        timeoutMs: choice.timeoutMs ?? 5_000,
      },
    },
    notes: [],
  }
}

/** A session may end before it is killed. */
const ended = (kill: () => void): void => {
  try {
    kill()
  } catch (error) {
    if (!String(error).includes('Unknown thread id')) throw error
  }
}

/** It can be read, and an INSERT of a drill lacks a column. */
const refusing = 'run varchar(64), number integer, must integer NOT NULL'

interface Engine {
  readonly dialect: Dialect
  readonly isInstalled: boolean
  readonly start: (certificate: Authority | undefined) => Promise<RealServer>
  /** As an administrator makes it take reads alone, and writes again. */
  readonly readOnly: readonly [on: readonly string[], off: readonly string[]]
  /** Ends every session of the probes. */
  readonly killSessions: (server: RealServer) => void
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
    readOnly: [
      ['ALTER ROLE probe SET default_transaction_read_only = on'],
      ['ALTER ROLE probe RESET default_transaction_read_only'],
    ],
    killSessions: server =>
      server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'probe'"),
  },
  {
    dialect: 'mysql',
    isInstalled: hasMariadb,
    start: certificate =>
      startMariadb(certificate, {
        password,
        sql: `CREATE DATABASE drill; GRANT ALL ON drill.* TO probe; GRANT SELECT ON mysql.* TO probe; CREATE USER bound@'10.1.%' IDENTIFIED BY 'x'; CREATE USER wide@'10.1.%' IDENTIFIED BY 'x'; CREATE USER wide@'%' IDENTIFIED BY 'x'; CREATE ROLE readers; CREATE TABLE drill.refusing (${refusing});`,
      }),
    readOnly: [['SET GLOBAL read_only = 1'], ['SET GLOBAL read_only = 0']],
    killSessions: server => {
      const sessions = server.execute("SELECT id FROM information_schema.processlist WHERE user = 'probe'")
      // One that has ended meanwhile is gone too.
      for (const id of sessions.split('\n').filter(Boolean)) ended(() => server.execute(`KILL ${id}`))
    },
  },
]

describe.each(engines)('a drill of a real server ($dialect)', engine => {
  const { dialect, isInstalled, start } = engine
  describe.skipIf(!isInstalled)(
    isInstalled ? 'that is installed here' : 'that is not installed here',
    { timeout: 90_000 },
    () => {
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

      it('with a wrong password, a wrong CA or a refused INSERT no path of a consumer is failed over or guarded', async () => {
        const caused: string[] = []
        const both = (choice: Choice): DrillPlan => {
          const plan = run(choice)
          const [nlb] = plan.doors
          const cause = { name: 'failover', does: 'fails it over', act: async () => void caused.push('failover') }
          const doors = [nlb, { ...nlb, kind: 'resource-gateway', name: 'vpce-gateway' }] as const
          return { ...plan, cause, doors, probesEndpoint: false }
        }
        const out = { isJson: false, paint: (_: unknown, text: string) => text, note: () => {} } as never
        const ask = (choice: Choice) => goAhead({ out }, { wanted: both(choice), ready: [], dns: noDns })
        const faults: readonly [Choice, RegExp][] = [
          [{ password: 'wrong' }, /through vpce-gateway .*login refused.*Check user, password/],
          [{ ca: stranger.cert }, /through orders .*not trusted.*--ca/],
          [{ table: 'refusing' }, /through vpce-gateway .* fails: .*must/],
        ]
        for (const [choice, message] of faults) {
          await expect(ask(choice)).rejects.toMatchObject({ exitCode: 5, message: expect.stringMatching(message) })
        }
        expect((await ask({})).checks.filter(isAgainst)).toEqual([])
        expect(caused).toEqual([])

        const guard = async (choice: Choice) => {
          const ending = new AbortController()
          const ends = ['nlb', 'gateway'].map(path => ({
            path,
            endpointId: path,
            host: '127.0.0.1',
            port: server.port,
          }))
          const own = { paths: ends, dns: noDns, now: Date.now, signal: ending.signal, isFromElsewhere: true }
          const watched = { ...run(choice), ...own } as unknown as VerifyPlan
          const name = { host: endpoint, port: server.port }
          const probes = startProbes({ plan: watched, name, everyMs: 100, windowMs: 1_000, signal: ending.signal })
          try {
            await proveGuard(probes, { plan: watched, everyMs: 100, share: 0 })
          } finally {
            ending.abort()
            await probes.done
          }
        }
        await expect(guard({ password: 'wrong' })).rejects.toThrow(/is not guarded.*login refused.*Check user/s)
        await expect(guard({ ca: stranger.cert })).rejects.toThrow(/is not guarded.*not trusted.*--ca/s)
        await expect(guard({})).resolves.toBeUndefined()
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

      it('a certificate that has expired, names somebody else or is not valid yet stands against the drill', async () => {
        const certificates = [
          [await issueFor(endpoint, authority, -1), /expired.*not trusted/],
          [await issueFor('elsewhere.example.com', authority), /not trusted.*--ca/],
          [await issueFor(endpoint, authority, 200, 1), /not yet valid.*set the clock/],
        ] as const
        try {
          for (const [certificate, why] of certificates) {
            await server.certify(certificate)
            const against = (await prove({})).filter(isAgainst)
            expect(against.map(({ text }) => text).join('\n')).toMatch(why)
            if (dialect === 'mysql') expect(against.slice(1).every(({ severity }) => severity === 'unknown')).toBe(true)
          }
        } finally {
          await server.certify(await issueFor(endpoint, authority))
        }
        expect((await prove({})).filter(isAgainst)).toEqual([])
      })

      it('a server without TLS stands against the drill', async () => {
        const plain = await start(undefined)
        try {
          const { findings } = await proveProbes(planFor(dialect, plain, { ca: authority.cert }), noDns)
          const against = findings.filter(isAgainst).map(({ fact }) => fact)
          expect(against.join('\n')).toMatch(/does not support (SSL|secure) connection.*not trusted/)
        } finally {
          await plain.stop()
        }
      })

      it('a server that takes reads alone stands against the drill', async () => {
        const [on, off] = engine.readOnly
        for (const statement of on) server.execute(statement)
        try {
          const against = (await prove({})).filter(isAgainst)
          expect(against.map(({ text }) => text).join('\n')).toMatch(/read-only.*ends at a reader/)
        } finally {
          for (const statement of off) server.execute(statement)
        }
        expect((await prove({})).filter(isAgainst)).toEqual([])
      })

      describe('while it is probed', () => {
        const ending = new AbortController()
        const open: { close(): void }[] = []
        afterEach(() => {
          server.goOn()
          for (const { close } of open.splice(0)) close()
        })
        afterAll(() => ending.abort())

        const probe = async (choice: Choice = {}) => {
          const plan = run(choice)
          const own = new AbortController()
          const signal = AbortSignal.any([own.signal, ending.signal])
          const probing = startProbers({ plan, dns: noDns, signal, writings: new Map() })
          open.push({
            close: () => {
              own.abort()
              probing.close()
            },
          })
          await eventually(() => probing.probers.every(({ hasWorked }) => hasWorked()))
          const [kept] = probing.probers.filter(({ about }) => about.id === 'sql-kept')
          if (kept === undefined) throw new Error('a kept connection')
          const kinds = (prober = kept) => [...new Set(prober.attempts.flatMap(({ error }) => error ?? []))]
          return { kept, probers: probing.probers, kinds }
        }

        it('a session that is killed is a connection reset, and the next attempt works', async () => {
          const { kept, kinds } = await probe()

          engine.killSessions(server)

          await eventually(() => kinds().length > 0)
          await eventually(() => kept.last() === 'works')
          expect(kinds()).toEqual(['connection reset'])
        })

        it('a process that stands still is a timeout to every client, until it goes on', async () => {
          const { probers, kinds } = await probe({ timeoutMs: 1_000 })

          server.halt()
          await eventually(() => probers.every(prober => kinds(prober).includes('timeout')))
          server.goOn()

          await eventually(() => probers.every(({ last }) => last() === 'works'))
          for (const prober of probers) expect(kinds(prober)).toEqual(['timeout'])
        })
      })

      if (dialect === 'mysql')
        it('a load balancer that it has blocked stands against the drill', async () => {
          // 127.0.0.1 is never blocked.
          const node = '127.9.9.9'
          const balancer = createServer(client => {
            const onward = connect({ port: server.port, host: '127.0.0.1', localAddress: node })
            client.on('error', () => onward.destroy()).pipe(onward)
            onward.on('error', () => client.destroy()).pipe(client)
          })
          await new Promise<void>(resolve => balancer.listen(0, '127.0.0.1', resolve))
          const address = balancer.address()
          const port = typeof address === 'object' && address !== null ? address.port : 0
          const greet = () =>
            new Promise<void>((resolve, reject) => {
              const socket = connect({ port, host: '127.0.0.1' })
              socket.once('error', reject).once('close', () => resolve())
              socket.once('data', () => socket.end())
            })
          try {
            for (let probe = 0; probe < 21; probe++) await greet()
            const against = (await prove({ port })).filter(isAgainst)
            expect(against.map(({ text }) => text).join('\n')).toMatch(
              /is blocked.*host blocked.*FLUSH HOSTS on MariaDB/,
            )
            server.execute('FLUSH HOSTS')
            expect((await prove({ port })).filter(isAgainst)).toEqual([])
          } finally {
            balancer.close()
          }
        })

      if (dialect === 'mysql')
        it('the accounts of MariaDB are read without its roles', async () => {
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
    },
  )
})
