import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import mysql from 'mysql2'
import { afterEach, expect, it } from 'vitest'
import { readGrants } from '../../cli/facts/client/grants.ts'
import { grantsStatement } from '../../cli/facts/client/mysql-accounts.ts'
import { readDetours } from '../../cli/facts/client/tunnels.ts'
import { settingsWith } from './migrate-facts.ts'

const { database } = settingsWith({ engine: 'mysql', port: 3306 })
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

interface Served {
  readonly port: number
  readonly asked: string[]
}

/** Speaks MySQL's wire, and answers one question. */
const serve = async (rows: readonly object[]): Promise<Served> => {
  const asked: string[] = []
  let id = 0
  const server = mysql.createServer(connection => {
    const it = connection as mysql.Connection & { sequenceId: number }
    it.on('error', () => undefined)
    it.serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.4.0',
      connectionId: ++id,
      statusFlags: 2,
      characterSet: 45,
      capabilityFlags: 0x00_0a_82_0d,
      authCallback: (_login: unknown, done: (error: null) => void) => {
        done(null)
        // A command begins to count anew; mysql2's server does not.
        it.sequenceId = 0
      },
    })
    it.on('query', (sql: string) => {
      asked.push(sql)
      it.sequenceId = 1
      const columns = ['user', 'host'].map(name => ({
        catalog: 'def',
        schema: 'mysql',
        table: 'user',
        orgTable: 'user',
        name,
        orgName: name,
        characterSet: 45,
        columnLength: 255,
        columnType: 253,
        flags: 0,
        decimals: 0,
      }))
      connection.writeTextResult([...rows], columns)
      // So does the next command, or the server complains of its number.
      it.sequenceId = 0
    })
  })
  const listener = (server as unknown as { _server: Server })._server
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  closers.push(() => listener.close())
  return { port: (listener.address() as AddressInfo).port, asked }
}

const optionsFor = (port: number) => ({
  database,
  detours: readDetours(`${database.endpoint}:3306=127.0.0.1:${port}`),
  target: {
    credentials: { user: 'admin', password: async () => 'secret' },
    tls: { mode: 'off' as const, servername: database.endpoint },
    timeoutMs: 5_000,
  },
})

it('asks the server itself for the accounts that are bound to addresses', async () => {
  const { port, asked } = await serve([{ user: 'app', host: '10.0.1.%' }])

  expect(await readGrants(optionsFor(port))).toEqual([{ user: 'app', host: '10.0.1.%' }])
  expect(asked).toEqual([grantsStatement('mysql')])
})

it('fails where nobody listens', async () => {
  const { port } = await serve([])
  for (const close of closers.splice(0)) close()

  await expect(readGrants(optionsFor(port))).rejects.toThrow('ECONNREFUSED')
})
