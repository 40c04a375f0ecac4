import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Prober } from '../../cli/drill/prober.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import type { ErrorKind } from '../../cli/facts/client/errors.ts'
import type { VerifyPlan } from '../../cli/migrate/verify/verify-paths.ts'
import { proveGuard, startProbes } from '../../cli/migrate/watch/probes.ts'
import type { Dns } from '../../functions/reconciler/ports.ts'
import type { Engine } from '../../infra/app/settings/engines.ts'
import { type Authority, issueAuthority, issueFor, mysql } from './tls-database.ts'

/** What `migrate watch --apply` has to have seen before it guards anything. */

const endpoint = 'orders.cabc123def45.eu-west-1.rds.amazonaws.com'
const timeoutMs = 20_000
const everyMs = 5

interface Refusal {
  readonly exitCode: number
  readonly message: string
}
const refusalOf = (proving: Promise<void>): Promise<Refusal> =>
  proving.then(
    () => {
      throw new Error('it was proved')
    },
    (error: Refusal) => error,
  )

describe('a guard', () => {
  const signal = new AbortController().signal
  const prober = (through: string, error?: readonly [ErrorKind, string], hasStopped = false) => ({
    about: { id: 'sql', name: 'SQL', path: 'front-door', everyMs } as Prober['about'],
    attempts: [],
    examples: new Map(error === undefined ? [] : [error]),
    hasWorked: () => error === undefined,
    hasStopped: () => hasStopped,
    last: () => error?.[0] ?? 'works',
    done: Promise.resolve(),
    door: { name: through },
  })
  const prove = (probers: readonly ReturnType<typeof prober>[], share = 0) => {
    const plan = { database: { id: 'orders' }, timeoutMs, signal } as unknown as VerifyPlan
    return proveGuard({ probers }, { plan, everyMs, share })
  }

  it('begins when every client has worked once', async () => {
    await expect(prove([prober('the load balancer'), prober('the resource gateway')])).resolves.toBeUndefined()
  })

  it.each<[ErrorKind, string]>([
    ['login refused', 'Check user, password, database and grants'],
    ['unsupported login method', 'Use a user with'],
    ['no credentials', 'Check the permission to read the secret'],
    ['not trusted', 'Give the authorities of RDS: --ca'],
    ['clock', 'The certificate is not valid yet: set the clock of this machine'],
  ])('is refused at once where one ends with: %s', async (kind, fix) => {
    const { exitCode, message } = await refusalOf(
      prove([prober('the load balancer'), prober('the resource gateway', [kind, 'it does not work'])]),
    )

    expect(exitCode).toBe(exitCodes.refused)
    expect(message).toContain('orders is not guarded, and nothing was moved: not every probe has worked before.')
    expect(message).toContain(`SQL, through the resource gateway: it does not work. ${fix}`)
    expect(message).not.toContain('through the load balancer')
  })

  it('is refused where a client has stopped, which would do harm', async () => {
    const stopped = prober('the load balancer', ['host blocked', 'Host is blocked'], true)
    expect((await refusalOf(prove([stopped]))).message).toContain('Unblock it: FLUSH HOSTS on MariaDB')
  })

  it('that is refused says how to take back what nothing guards', async () => {
    const broken = [prober('the resource gateway', ['login refused', 'no'])]
    expect((await refusalOf(prove(broken, 25))).message).toMatch(
      /has 25 % of new connections, and nothing guards them: .*`repoint migrate rollback -d orders --apply`/,
    )
    expect((await refusalOf(prove(broken, 0))).message).not.toContain('rollback')
  })
})

describe('clients of a watch', { timeout: 60_000 }, () => {
  let [authority, good, strangers]: Authority[] = []
  beforeAll(async () => {
    authority = await issueAuthority('The authority')
    good = await issueFor(endpoint, authority)
    strangers = await issueFor(endpoint, await issueAuthority('A stranger'))
  })
  const open: { close(): void }[] = []
  afterEach(() => {
    for (const { close } of open.splice(0)) close()
  })

  const listen = async (serve: (socket: Socket) => void): Promise<{ port: number; connections: () => number }> => {
    const sockets = new Set<Socket>()
    const server: Server = createServer(socket => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      serve(socket)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push({
      close: () => {
        for (const socket of sockets) socket.destroy()
        server.close()
      },
    })
    return { port: (server.address() as AddressInfo).port, connections: () => sockets.size }
  }

  /** ErrorResponse: severity, code, message (https://www.postgresql.org/docs/current/protocol-error-fields.html). */
  const refusedLogin = (() => {
    const fields = Buffer.from('SFATAL\0C28P01\0Mpassword authentication failed for user "probe"\0\0')
    const head = Buffer.from('E\0\0\0\0')
    head.writeInt32BE(4 + fields.length, 1)
    return Buffer.concat([head, fields])
  })()
  /** Answers as a PostgreSQL that asks for TLS and knows another password; without TLS it asks for a login, as to `pg_isready`. */
  const postgresWith = (certificate: Authority) =>
    listen(socket => {
      socket.once('data', (first: Buffer) => {
        if (first.length !== 8) return void socket.end(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]))
        socket.write('S')
        const secure = new TLSSocket(socket, { isServer: true, ...certificate })
        secure.on('error', () => undefined)
        secure.on('data', () => secure.end(refusedLogin))
      })
    })
  const mysqlWith = (certificate: Authority) =>
    listen(socket => {
      mysql(socket, certificate).catch(() => undefined)
    })

  const watch = (engine: Engine, port: number) => {
    const ending = new AbortController()
    open.push({ close: () => ending.abort() })
    const dialect = engine === 'postgres' ? 'postgres' : 'mysql'
    const place = { host: '127.0.0.1', port, securityGroupIds: [] }
    const noDns: Dns = { resolve: async () => ({ kind: 'none', why: 'not asked' }) }
    const plan = {
      paths: [
        { path: 'nlb', endpointId: 'vpce-1', ...place },
        { path: 'gateway', endpointId: 'vpce-2', ...place },
      ],
      database: { id: 'orders', endpoint, engine },
      dns: noDns,
      detours: new Map(),
      timeoutMs,
      now: () => 0,
      signal: ending.signal,
      isFromElsewhere: true,
      ...(engine === 'sqlserver'
        ? {}
        : {
            sql: {
              dialect,
              target: {
                credentials: { user: 'probe', password: async () => 'wrong' },
                tls: { mode: 'verify-full', servername: endpoint, ca: authority?.cert },
                timeoutMs,
              },
            },
          }),
    } as unknown as VerifyPlan
    const name = { host: endpoint, port }
    const probes = startProbes({ plan, name, everyMs, windowMs: 1_000, signal: ending.signal })
    return { probes, proof: proveGuard(probes, { plan, everyMs, share: 25 }) }
  }
  const issued = (certificate: Authority | undefined): Authority => {
    if (certificate === undefined) throw new Error('there is no certificate')
    return certificate
  }

  it('with a wrong password guard nothing, although TCP works on both paths', async () => {
    const { port } = await postgresWith(issued(good))

    const { exitCode, message } = await refusalOf(watch('postgres', port).proof)

    expect(exitCode).toBe(exitCodes.refused)
    expect(message).toMatch(
      /SQL.*, through the .* \(vpce-\d\): .*password authentication failed for user "probe" \(login refused\)\. Check user/,
    )
  })

  it('with a wrong CA guard nothing (PostgreSQL)', async () => {
    const { port } = await postgresWith(issued(strangers))

    const { exitCode, message } = await refusalOf(watch('postgres', port).proof)

    expect([exitCode, message]).toEqual([exitCodes.refused, expect.stringMatching(/\(not trusted\)\. .*--ca/)])
  })

  it('with a wrong CA guard nothing, and each has tried once where a server would block the load balancer', async () => {
    const { port, connections } = await mysqlWith(issued(strangers))

    const { probes, proof } = watch('mysql', port)
    const { exitCode, message } = await refusalOf(proof)
    await probes.done

    expect([exitCode, message]).toEqual([exitCodes.refused, expect.stringMatching(/\(not trusted\)\. .*--ca/)])
    // A new one and a kept one on each path, and no TCP beside them.
    expect([connections(), probes.probers.length]).toEqual([4, 4])
  })

  it('of an engine without a probe of its own are TCP only, and that is proved', async () => {
    const { port } = await listen(() => undefined)

    const { probes, proof } = watch('sqlserver', port)
    await proof

    expect(probes.probers.map(({ about }) => about.name)).toEqual(['TCP only', 'TCP only'])
    expect(probes.runs().gateway.map(({ name }) => name)).toEqual(['TCP only'])
  })
})
