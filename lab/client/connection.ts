import type { Socket } from 'node:net'
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
}

/** One session of the application, with time limits in scenario time. */
export interface Connection {
  /** True once the server or the network has ended it. */
  readonly isLost: boolean
  /** `?` stands for a parameter. */
  query(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Whether the server takes writes. */
  isWriter(): Promise<boolean>
  /** Ends it with a goodbye, without waiting for the answer. */
  end(): void
  /** Ends it at once: nothing more is expected from the other side. */
  drop(): void
}

/** Opens a session. Rejects with what the driver says, or with `GaveUp`. */
export type Driver = (options: ConnectionOptions) => Promise<Connection>

/** What a driver's own client has to do for a connection. */
export interface Session {
  connect(): Promise<unknown>
  query(sql: string, parameters: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Says goodbye. */
  end(): Promise<unknown>
  onLost(lost: () => void): void
}

export interface SessionOptions extends ConnectionOptions {
  readonly socket: Socket
  readonly session: Session
  /** Yields one row whose `is_writer` is true or 1. */
  readonly writerQuery: string
}

/** Puts the application's time limits around a driver's session. */
export const openConnection = async (options: SessionOptions): Promise<Connection> => {
  const { time, connectTimeoutMs, statementTimeoutMs, socket, session, writerQuery } = options
  let isLost = false
  session.onLost(() => {
    isLost = true
  })
  const drop = () => {
    isLost = true
    socket.destroy()
  }
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
  try {
    await limit(session.connect(), connectTimeoutMs)
  } catch (error) {
    drop()
    throw error
  }
  const query = (sql: string, parameters: readonly unknown[] = []) =>
    limit(session.query(sql, parameters), statementTimeoutMs)
  return {
    get isLost() {
      return isLost
    },
    query,
    isWriter: async () => {
      const [row] = await query(writerQuery)
      return Boolean(row?.is_writer)
    },
    end: () => {
      isLost = true
      session.end().catch(() => undefined)
      // The goodbye of a fenced server never comes.
      const cancel = time.after(connectTimeoutMs, () => socket.destroy())
      socket.once('close', cancel)
    },
    drop,
  }
}
