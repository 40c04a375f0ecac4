import { Socket } from 'node:net'
import pg from 'pg'
import type { LabTime } from '../model.ts'
import { losePatience } from '../nlb/patience.ts'
import { GaveUp } from './errors.ts'

export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  readonly time: LabTime
  /** Scenario time, like the other. */
  readonly connectTimeoutMs: number
  readonly statementTimeoutMs: number
  readonly user?: string
  readonly database?: string
}

/** One PostgreSQL session of the application, with time limits in scenario time. */
export interface Connection {
  /** True once the server or the network has ended it. */
  readonly isLost: boolean
  query(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Ends it with a goodbye, without waiting for the answer. */
  end(): void
  /** Ends it at once: nothing more is expected from the other side. */
  drop(): void
}

/** Rejects with what `pg` says, or with `GaveUp`. */
export const connect = async (options: ConnectionOptions): Promise<Connection> => {
  const { host, port, time, connectTimeoutMs, statementTimeoutMs, user = 'postgres', database = 'postgres' } = options
  const socket = new Socket()
  const client = new pg.Client({ host, port, user, database, ssl: false, stream: () => socket })
  let isLost = false
  client.on('error', () => {
    isLost = true
  })
  client.on('end', () => {
    isLost = true
  })
  const limit = async <Value>(work: Promise<Value>, limitMs: number): Promise<Value> => {
    const { promise: givenUp, reject } = Promise.withResolvers<never>()
    const cancel = losePatience(time, limitMs, () => reject(new GaveUp(`no answer within ${limitMs} ms`)))
    try {
      return await Promise.race([work, givenUp])
    } catch (error) {
      if (error instanceof GaveUp) drop()
      throw error
    } finally {
      cancel()
    }
  }
  const drop = () => {
    isLost = true
    socket.destroy()
  }
  try {
    await limit(client.connect(), connectTimeoutMs)
  } catch (error) {
    drop()
    throw error
  }
  return {
    get isLost() {
      return isLost
    },
    query: async (sql, parameters = []) => {
      const { rows } = await limit(client.query<Record<string, unknown>>(sql, [...parameters]), statementTimeoutMs)
      return rows
    },
    end: () => {
      isLost = true
      client.end().catch(() => undefined)
      // The goodbye of a fenced server never comes.
      const cancel = time.after(connectTimeoutMs, () => socket.destroy())
      socket.once('close', cancel)
    },
    drop,
  }
}
