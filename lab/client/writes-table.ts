import type { Rows } from '../database/database.ts'
import type { Connection } from './connection.ts'

export const createTable = async (rows: Rows): Promise<void> => {
  await rows.query('CREATE TABLE application_writes (number integer PRIMARY KEY, written_by text NOT NULL)')
}

export const insertNumber = async (connection: Connection, number: number, writtenBy: string): Promise<void> => {
  await connection.query('INSERT INTO application_writes (number, written_by) VALUES (?, ?)', [number, writtenBy])
}

export const readLast = async (connection: Connection): Promise<void> => {
  await connection.query('SELECT max(number) FROM application_writes')
}

export interface WriteCheck {
  readonly acknowledged: number
  readonly stored: number
  /** Acknowledged to the application and not in the table. Must be empty. */
  readonly lost: readonly number[]
  /** In the table although the application saw an error: legitimate, the answer got lost after the commit. */
  readonly storedUnacknowledged: number
}

/** Compares what the application was promised with what the table holds. */
export const verifyNoLostWrites = async (acknowledged: Iterable<number>, rows: Rows): Promise<WriteCheck> => {
  const stored = new Set(
    (await rows.query<{ number: number }>('SELECT number FROM application_writes')).map(({ number }) => number),
  )
  const promised = new Set(acknowledged)
  return {
    acknowledged: promised.size,
    stored: stored.size,
    lost: [...promised].filter(number => !stored.has(number)),
    storedUnacknowledged: [...stored].filter(number => !promised.has(number)).length,
  }
}
