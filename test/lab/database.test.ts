import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openPglite, type PgliteDatabase } from '../../lab/database/pglite/pglite-database.ts'
import type { Network } from '../../lab/model.ts'
import { openNetwork } from '../../lab/network.ts'

// Real sockets and scaled time: a slow machine takes longer and is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const port = 5432
const a = '10.0.1.10'
const b = '10.0.2.20'

let network: Network & { close(): Promise<void> }
let database: PgliteDatabase

beforeAll(async () => {
  network = await openNetwork([
    { ip: a, port },
    { ip: b, port },
  ])
  database = await openPglite({ network, nodes: [a, b].map(ip => ({ ip, port })) })
  await database.rows.query('CREATE TABLE notes (id serial PRIMARY KEY, note text)')
})

beforeEach(async () => {
  await node(a).become('silent')
  await node(b).become('silent')
  await database.rows.query('TRUNCATE notes')
})

afterAll(async () => {
  await database.close()
  await network.close()
})

const node = (ip: string) => database.nodeAt(ip, port)

const clients: pg.Client[] = []
const client = async (ip: string, errors: unknown[] = []): Promise<pg.Client> => {
  const opened = new pg.Client({ ...network.connectTo(ip, port), user: 'postgres', database: 'postgres' })
  opened.on('error', error => errors.push(error))
  clients.push(opened)
  await opened.connect()
  return opened
}

const notes = async () =>
  (await database.rows.query<{ note: string }>('SELECT note FROM notes ORDER BY id')).map(r => r.note)

describe('a database node', () => {
  it('refuses connections while it is silent', async () => {
    await expect(client(a)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('says that it is starting up while it starts', async () => {
    await node(a).become('starting')
    await expect(client(a)).rejects.toMatchObject({ code: '57P03', message: 'the database system is starting up' })
  })

  it('serves many connections as the writer', async () => {
    await node(a).become('writer')
    const many = await Promise.all(Array.from({ length: 12 }, () => client(a)))
    await Promise.all(
      many.map(async (one, at) => {
        for (const n of [0, 1, 2]) await one.query('INSERT INTO notes (note) VALUES ($1)', [`${at}-${n}`])
      }),
    )
    expect(await notes()).toHaveLength(36)
    await Promise.all(many.map(one => one.end()))
  })

  it('keeps a transaction apart from other connections', async () => {
    await node(a).become('writer')
    const [one, two] = await Promise.all([client(a), client(a)])
    await one.query('BEGIN')
    await one.query("INSERT INTO notes (note) VALUES ('rolled back')")
    const waiting = two.query("INSERT INTO notes (note) VALUES ('kept')")
    await one.query('ROLLBACK')
    await waiting
    expect(await notes()).toEqual(['kept'])
  })

  it('rolls the transaction of a lost connection back and lets the next one work', async () => {
    await node(a).become('writer')
    const [one, two] = await Promise.all([client(a), client(a)])
    await one.query('BEGIN')
    await one.query("INSERT INTO notes (note) VALUES ('lost')")
    one.connection.stream.destroy()
    await two.query("INSERT INTO notes (note) VALUES ('kept')")
    expect(await notes()).toEqual(['kept'])
  })

  it('keeps a session usable after an error', async () => {
    await node(a).become('writer')
    const one = await client(a)
    await expect(one.query('SELECT $1::int / 0', [1])).rejects.toMatchObject({ code: '22012' })
    await expect(one.query('nonsense')).rejects.toMatchObject({ code: '42601' })
    expect((await one.query('SELECT $1::int + 1 AS sum', [1])).rows).toEqual([{ sum: 2 }])
  })

  it('refuses writes and answers reads as a reader', async () => {
    await node(a).become('writer')
    await node(b).become('reader')
    const writer = await client(a)
    const reader = await client(b)
    await writer.query("INSERT INTO notes (note) VALUES ('from the writer')")
    expect((await reader.query('SELECT note FROM notes')).rows).toEqual([{ note: 'from the writer' }])
    await expect(reader.query("INSERT INTO notes (note) VALUES ('x')")).rejects.toMatchObject({
      code: '25006',
      message: 'cannot execute INSERT in a read-only transaction',
    })
    await expect(reader.query('CREATE TABLE other (id int)')).rejects.toMatchObject({ code: '25006' })
    await writer.query("INSERT INTO notes (note) VALUES ('again')")
    expect(await notes()).toEqual(['from the writer', 'again'])
  })

  it('does not let a reader switch its read-only mode off', async () => {
    await node(b).become('reader')
    const reader = await client(b)
    await reader.query('SET default_transaction_read_only = off')
    await expect(reader.query("INSERT INTO notes (note) VALUES ('x')")).rejects.toMatchObject({ code: '25006' })
    await reader.query('BEGIN READ WRITE')
    await expect(reader.query("INSERT INTO notes (note) VALUES ('x')")).rejects.toMatchObject({ code: '42501' })
    await reader.query('ROLLBACK')
    expect(await notes()).toEqual([])
  })

  it('answers the role checks of drivers', async () => {
    await node(a).become('writer')
    await node(b).become('reader')
    const ask = async (ip: string) => {
      const { rows } = await (await client(ip)).query(
        "SELECT pg_catalog.pg_is_in_recovery() AS qualified, pg_is_in_recovery() AS plain, current_setting('transaction_read_only') AS read_only",
      )
      return rows[0]
    }
    expect(await ask(b)).toEqual({ qualified: true, plain: true, read_only: 'on' })
    expect(await ask(a)).toEqual({ qualified: false, plain: false, read_only: 'off' })
  })

  it('tells open connections why when it stops being the writer, and ends them by FIN', async () => {
    await node(a).become('writer')
    const errors: unknown[] = []
    const one = await client(a, errors)
    const gone = new Promise<void>(resolve => one.once('end', resolve))
    await node(a).become('silent')
    await gone
    // `pg` says of the FIN that the connection ended unexpectedly.
    expect(errors).toMatchObject([{ code: '57P01' }, { message: 'Connection terminated unexpectedly' }])
    expect(node(a).openConnections).toBe(0)
  })

  it('answers by RST only who writes after that', async () => {
    await node(a).become('writer')
    const socket = connectTcp({ ...network.connectTo(a, port), allowHalfOpen: true })
    const events: string[] = []
    socket
      .on('end', () => events.push('FIN'))
      .on('error', error => events.push((error as { code?: string }).code ?? ''))
    const parameters = 'user\0postgres\0database\0postgres\0\0'
    // Length, version 3.0: https://www.postgresql.org/docs/current/protocol-message-formats.html
    const startup = Buffer.from([0, 0, 0, 8 + parameters.length, 0, 3, 0, 0, ...Buffer.from(parameters)])
    socket.on('data', () => events.push('data')).write(startup)
    await vi.waitFor(() => expect(events).toContain('data'))

    await node(a).become('silent')
    await vi.waitFor(() => expect(events.at(-1)).toBe('FIN'))
    // The first write is answered by RST, and the next one finds that out.
    await vi.waitFor(() => {
      socket.write('X')
      expect(events.at(-1)).toBe('EPIPE')
    })
  })

  it('keeps every acknowledged write when the writer moves', async () => {
    await node(a).become('writer')
    const one = await client(a)
    const acknowledged: string[] = []
    const writing = (async () => {
      for (let n = 0; ; n++) {
        await one.query('INSERT INTO notes (note) VALUES ($1)', [`${n}`])
        acknowledged.push(`${n}`)
      }
    })().catch(() => undefined)
    await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(20)
    await node(a).become('silent')
    await writing
    await node(b).become('writer')
    const { rows } = await (await client(b)).query<{ note: string }>('SELECT note FROM notes')
    expect(rows.map(({ note }) => note)).toEqual(expect.arrayContaining(acknowledged))
  })

  it('is not disturbed by probes that connect and leave', async () => {
    await node(a).become('writer')
    const one = await client(a)
    for (let n = 0; n < 20; n++) {
      const probe = connectTcp(network.connectTo(a, port))
      await once(probe, 'connect')
      if (n % 2 === 0) probe.destroy()
      else probe.resetAndDestroy()
      expect((await one.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    }
    await expect.poll(() => node(a).openConnections, { timeout: 20_000 }).toBe(1)
  })

  it('answers nothing any more while it is fenced, and resets when it is back', async () => {
    await node(a).become('writer')
    const errors: unknown[] = []
    const one = await client(a, errors)
    await node(a).become('fenced')
    expect(database.isReachable(a, port)).toBe(false)
    const asked = one.query("INSERT INTO notes (note) VALUES ('unheard')")
    const outcome = asked.then(
      () => 'answered',
      () => 'failed',
    )
    await node(b).become('writer')
    await (await client(b)).query("INSERT INTO notes (note) VALUES ('heard')")
    expect(await Promise.race([outcome, Promise.resolve('hangs')])).toBe('hangs')
    await node(a).become('starting')
    expect(await outcome).toBe('failed')
    expect(await notes()).toEqual(['heard'])
    expect(database.isReachable(a, port)).toBe(true)
  })

  it('does not become the writer while another node is', async () => {
    await node(a).become('writer')
    await expect(node(b).become('writer')).rejects.toThrow(
      '10.0.2.20:5432 cannot become the writer while 10.0.1.10:5432 is',
    )
    expect(node(b).role).toBe('silent')
    await node(a).become('reader')
    await node(b).become('writer')
    expect([node(a).role, node(b).role]).toEqual(['reader', 'writer'])
  })

  it('refuses another protocol', async () => {
    await node(a).become('writer')
    const socket = connectTcp(network.connectTo(a, port))
    socket.write('GET / HTTP/1.1\r\nHost: somebody\r\n\r\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString('latin1')).toContain('08P01')
    socket.destroy()
  })
})
