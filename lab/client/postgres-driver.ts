import { Socket } from 'node:net'
import pg from 'pg'
import { type Driver, openConnection } from './connection.ts'

/** PostgreSQL, by `pg`. */
export const connectPostgres: Driver = options => {
  const { host, port } = options
  const socket = new Socket()
  const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres', ssl: false, stream: () => socket })
  return openConnection({
    ...options,
    socket,
    writerQuery: 'SELECT NOT pg_is_in_recovery() AS is_writer',
    session: {
      connect: () => client.connect(),
      query: async (sql, parameters) =>
        (await client.query<Record<string, unknown>>(numbered(sql), [...parameters])).rows,
      end: () => client.end(),
      onLost: lost => client.on('error', lost).on('end', lost),
    },
  })
}

const numbered = (sql: string): string => {
  let number = 0
  return sql.replaceAll('?', () => `$${++number}`)
}
