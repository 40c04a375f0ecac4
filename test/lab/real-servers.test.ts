import { spawn } from 'node:child_process'
import { connect as dial, type Socket } from 'node:net'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Connection } from '../../lab/client/connection.ts'
import { classifyError } from '../../lab/client/errors.ts'
import { driverOf, type EngineChoice, isInstalled, openEngine } from '../../lab/cloud/open-engine.ts'
import type { Database, Engine, Replication } from '../../lab/database/database.ts'
import { openNetwork } from '../../lab/network.ts'
import { startTime } from '../../lab/time.ts'

// Real servers start and recover in their own time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const port = 5432
const [a, b] = ['10.0.1.10', '10.0.2.20'] as const

let network: Awaited<ReturnType<typeof openNetwork>>
let database: Database

const open = async (choice: EngineChoice): Promise<void> => {
  network = await openNetwork([a, b].map(ip => ({ ip, port })))
  database = await openEngine(choice, { network, nodes: [a, b].map(ip => ({ ip, port })) })
  await database.nodeAt(a, port).become('writer')
  await database.rows.query('CREATE TABLE notes (number integer PRIMARY KEY)')
}

afterEach(async () => {
  await database.close()
  await network.close()
})

const client = (ip: string): Promise<Connection> =>
  driverOf(database.engine)({
    ...network.connectTo(ip, port),
    ...{ time: startTime({ speed: 1 }), connectTimeoutMs: 5_000, statementTimeoutMs: 2_000 },
  })

const write = async (connection: Connection, number: number): Promise<void> => {
  await connection.query('INSERT INTO notes VALUES (?)', [number])
}

const numbers = async (): Promise<number[]> =>
  (await database.rows.query<{ number: number }>('SELECT number FROM notes ORDER BY number')).map(row => row.number)

const whyNot = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it worked',
    (error: unknown) => classifyError(error),
  )

const servers = ['postgres', 'mariadb'] as const satisfies readonly Engine[]

const named = (engine: Engine): string => (isInstalled(engine) ? engine : `${engine}, which is not installed here`)

for (const engine of servers) {
  describe.skipIf(!isInstalled(engine))(`a Multi-AZ instance of ${named(engine)}`, () => {
    beforeEach(() => open({ kind: 'instance', engine }))

    it('has at its other address what it acknowledged at the first, after a crash', async () => {
      const connection = await client(a)
      for (let number = 1; number <= 20; number++) await write(connection, number)

      await database.nodeAt(a, port).become('fenced')
      await database.nodeAt(b, port).become('writer')

      expect(await numbers()).toHaveLength(20)
      await write(await client(b), 21)
      expect(await numbers()).toHaveLength(21)
    })

    it('lets nobody connect to its standby', async () => {
      expect(await whyNot(client(b))).toBe('connection refused')
    })

    it('leaves a connection to a writer that went silent without an answer', async () => {
      const connection = await client(a)

      await database.nodeAt(a, port).become('fenced')

      expect(database.isReachable(a, port)).toBe(false)
      expect(await whyNot(write(connection, 1))).toBe('timeout')
    })

    it('ends an idle connection when it is restarted, and its next statement fails', async () => {
      const connection = await client(a)
      await connection.query('SELECT 1')

      await database.nodeAt(a, port).become('silent')
      await vi.waitFor(() => expect(connection.isLost).toBe(true))

      expect(await whyNot(write(connection, 1))).toBe('connection reset')
      await database.nodeAt(a, port).become('writer')
      await write(await client(a), 1)
      expect(await numbers()).toEqual([1])
    })
  })
}

describe.skipIf(!isInstalled('postgres'))(`a restart of ${named('postgres')}`, () => {
  it('tells an idle connection why, by 57P01, and then ends it by FIN', async () => {
    await open({ kind: 'instance', engine: 'postgres' })
    const { host, port: listening } = network.connectTo(a, port)
    const idle = new pg.Client({ host, port: listening, user: 'postgres', database: 'postgres', ssl: false })
    const events: string[] = []
    idle.on('error', error => events.push((error as { code?: string }).code ?? error.message))
    idle.on('end', () => events.push('end'))
    await idle.connect()

    await database.nodeAt(a, port).become('silent')

    await vi.waitFor(() => expect(events.at(-1)).toBe('end'))
    expect(events[0]).toBe('57P01')
    expect(events).not.toContain('ECONNRESET')
  })
})

for (const engine of servers) {
  describe.skipIf(!isInstalled(engine))(`a cluster of ${named(engine)}`, () => {
    const openCluster = async (replication: Replication): Promise<void> => {
      await open({ kind: 'cluster', engine, replication })
      await database.nodeAt(b, port).become('reader')
    }
    const failOver = async (from: string = a, to: string = b): Promise<void> => {
      await database.nodeAt(from, port).become('silent')
      await database.nodeAt(to, port).become('starting')
      await database.nodeAt(from, port).become('reader')
      await database.nodeAt(to, port).become('writer')
    }
    const stored = async (ip: string) => (await client(ip)).query('SELECT number FROM notes')
    const patience = { timeout: 60_000 }

    it('loses nothing that it acknowledged while a commit waits for the reader, and the old writer follows', async () => {
      await openCluster('synchronous')
      const reader = await client(b)
      expect(await reader.isWriter()).toBe(false)
      expect(await whyNot(write(reader, 1))).toBe('read-only')
      const connection = await client(a)
      for (let number = 1; number <= 20; number++) await write(connection, number)

      await failOver()

      expect(await numbers()).toHaveLength(20)
      // A connection opened on a reader lives through its promotion.
      await write(reader, 21)
      await vi.waitFor(async () => expect(await (await client(a)).isWriter()).toBe(false), patience)
      await vi.waitFor(async () => expect(await stored(a)).toHaveLength(21), patience)
    })

    it('fails back to the first writer, which has what was written meanwhile', async () => {
      await openCluster('synchronous')
      await write(await client(a), 1)
      await failOver()
      await write(await client(b), 2)
      await vi.waitFor(async () => expect(await stored(a)).toHaveLength(2), patience)

      await failOver(b, a)

      await write(await client(a), 3)
      expect(await numbers()).toEqual([1, 2, 3])
      await vi.waitFor(async () => expect(await stored(b)).toHaveLength(3), patience)
    })

    it('reads at the old writer before there is a new one', async () => {
      await openCluster('synchronous')
      await write(await client(a), 1)

      await database.nodeAt(a, port).become('silent')
      await database.nodeAt(a, port).become('reader')

      const back = await client(a)
      expect(await back.query('SELECT number FROM notes')).toHaveLength(1)
      expect(await whyNot(write(back, 2))).toBe('read-only')
    })

    it('loses what was acknowledged after its asynchronous replication was cut, and the old writer forgets it too', async () => {
      await openCluster('asynchronous')
      const connection = await client(a)
      await write(connection, 1)
      const reader = await client(b)
      await vi.waitFor(async () => expect(await reader.query('SELECT number FROM notes')).toHaveLength(1))

      await database.cutReplication?.()
      await write(connection, 2)
      await failOver()

      expect(await numbers()).toEqual([1])
      await write(await client(b), 3)
      await vi.waitFor(
        async () => expect((await stored(a)).map(({ number }) => number).toSorted()).toEqual([1, 3]),
        patience,
      )
    })

    it('lets a commit hang when the reader that it waits for is cut off', async () => {
      await openCluster('synchronous')
      const connection = await client(a)
      await write(connection, 1)

      await database.cutReplication?.()

      expect(await whyNot(write(connection, 2))).toBe('timeout')
    })
  })
}

/** A client that is a program: how it ended, and what it complained of. */
const run = (program: string, args: readonly string[]) => {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr?.on('data', chunk => {
    complaint += chunk
  })
  return new Promise<{ code: number | null; complaint: string }>((resolve, reject) => {
    child.once('error', reject).once('close', code => resolve({ code, complaint }))
  })
}

const sessions: Readonly<Record<(typeof servers)[number], string>> = {
  postgres: "SELECT count(*) AS n FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'",
  mariadb: "SELECT count(*) AS n FROM information_schema.processlist WHERE info = 'SELECT SLEEP(60)'",
}

const sleeping = async (engine: (typeof servers)[number]): Promise<number> =>
  Number((await database.rows.query<{ n: unknown }>(sessions[engine]))[0]?.n)

describe.skipIf(!isInstalled('postgres'))(`the clients of ${named('postgres')}`, () => {
  const place = () => {
    const { host, port: listening } = network.connectTo(a, port)
    return ['-h', host, '-p', String(listening), '-U', 'postgres']
  }

  it('are told of a restart (psql)', async () => {
    await open({ kind: 'instance', engine: 'postgres' })
    const ended = run('psql', [...place(), '-d', 'postgres', '-c', 'SELECT pg_sleep(60)'])
    await vi.waitFor(async () => expect(await sleeping('postgres')).toBe(1), { timeout: 30_000 })

    await database.nodeAt(a, port).become('silent')

    const { code, complaint } = await ended
    expect(code).not.toBe(0)
    expect(complaint).toContain('terminating connection due to administrator command')
  })

  it('are refused beyond max_connections (pgbench)', async () => {
    await open({ kind: 'instance', engine: 'postgres' })

    const { code, complaint } = await run('pgbench', [...place(), '-n', '-i', '-I', 't', 'postgres'])
    expect([code, complaint]).toEqual([0, expect.stringContaining('creating tables')])
    const storm = await run('pgbench', [...place(), '-n', '-S', '-c', '60', '-t', '1', 'postgres'])

    expect(storm.code).not.toBe(0)
    expect(storm.complaint).toContain('too many clients already')
  })
})

describe.skipIf(!isInstalled('mariadb'))(`the clients of ${named('mariadb')}`, () => {
  it('are told of a restart (mariadb)', async () => {
    await open({ kind: 'instance', engine: 'mariadb' })
    const { host, port: listening } = network.connectTo(a, port)
    const place = ['--no-defaults', '-h', host, '-P', String(listening), '-u', 'application', 'application']
    const ended = run('mariadb', [...place, '-e', 'SELECT SLEEP(60)'])
    await vi.waitFor(async () => expect(await sleeping('mariadb')).toBe(1), { timeout: 30_000 })

    await database.nodeAt(a, port).become('silent')

    const { code, complaint } = await ended
    expect(code).not.toBe(0)
    expect(complaint).toMatch(/ERROR (1053|1317|2013|2026)/)
  })
})

describe.skipIf(!isInstalled('mariadb'))(`health checks of ${named('mariadb')}`, () => {
  const node = '127.9.9.9'
  const probe = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = dial({ ...network.connectTo(a, port), localAddress: node }, () => {
        socket.destroy()
        resolve()
      })
      socket.once('error', reject)
    })
  const greeting = (localAddress: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket: Socket = dial({ ...network.connectTo(a, port), localAddress })
      socket.once('error', reject).once('data', bytes => {
        socket.destroy()
        resolve(bytes.toString('latin1'))
      })
    })

  it('block the address that they come from, and no other, until hosts are flushed', async () => {
    await open({ kind: 'instance', engine: 'mariadb' })
    for (let count = 0; count < 25; count++) {
      await probe()
      await new Promise(resolve => setTimeout(resolve, 50))
    }

    expect(await greeting(node)).toContain(`Host '${node}' is blocked`)
    expect(await greeting('127.9.9.8')).not.toContain('is blocked')

    await database.rows.query('FLUSH HOSTS')

    expect(await greeting(node)).not.toContain('is blocked')
  })
})
