import { Socket } from 'node:net'
import { createConnection } from 'mysql2'
import { application } from '../database/application-account.ts'
import { type Driver, openConnection } from './connection.ts'

/** MariaDB, by `mysql2`. */
export const connectMariadb: Driver = options => {
  const { host, port } = options
  const socket = new Socket()
  const client = createConnection({ ...application, stream: () => socket.connect({ host, port }) })
  return openConnection({
    ...options,
    socket,
    writerQuery: 'SELECT NOT @@global.read_only AS is_writer',
    session: {
      connect: () =>
        new Promise<void>((resolve, reject) => {
          client.connect(error => (error ? reject(error) : resolve()))
        }),
      query: async (sql, parameters) => {
        const [rows] = await client.promise().query(sql, [...parameters])
        return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
      },
      end: () => client.promise().end(),
      onLost: lost => client.on('error', lost).on('end', lost),
    },
  })
}
