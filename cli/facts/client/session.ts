import type { SecureContextOptions } from 'node:tls'
import type { Credentials } from './credentials.ts'

/** Semantics of libpq's sslmode: `verify-full` proves that the other side is the database, the others do not. */
export const tlsModes = ['verify-full', 'no-verify', 'off'] as const

export type TlsMode = (typeof tlsModes)[number]

export interface Tls {
  readonly mode: TlsMode
  /** The name that the certificate has to have: the RDS endpoint, whatever the connection goes through. */
  readonly servername: string
  readonly ca?: SecureContextOptions['ca']
}

export interface SqlTarget {
  readonly credentials: Credentials
  readonly tls: Tls
  readonly timeoutMs: number
}

export interface Login extends SqlTarget {
  readonly password: string
}

/** One session of a client, told apart only by engine. */
export interface Session {
  /** Our own end of the connection, as a log on the way may have it. */
  readonly from?: { readonly ip: string; readonly port: number }
  /** False on a reader, or on a former writer that has not noticed yet. */
  isWriter(): Promise<boolean>
  read(): Promise<void>
  /** Who answers, as the server itself says: PostgreSQL its address, MySQL its name. `undefined` where it does not say. */
  server(): Promise<string | undefined>
  /** Writes one row. The table must be there. */
  write(table: string, run: string, number: number): Promise<void>
  createTable(table: string): Promise<void>
  /** Numbers of this run that are in the table. */
  numbers(table: string, run: string): Promise<number[]>
  forget(table: string, run: string): Promise<void>
  /** Ends it without waiting. */
  close(): void
}

/** A connection of an engine's driver, and the SQL that the other one does not have. */
export interface Connection {
  readonly ask: (text: string, values?: (string | number)[]) => Promise<readonly Readonly<Record<string, unknown>>[]>
  readonly close: () => void
  /** Its row's `reads` is neither 0 nor false on a node that takes no writes. */
  readonly whetherReads: string
  /** Its row's `name` is who answers. */
  readonly whoAnswers: string
  /** What stands for the first and the second value. */
  readonly values: readonly [string, string]
}

/** One statement each. The table's name is checked before it gets here. */
export const sessionOver = ({
  ask,
  close,
  whetherReads,
  whoAnswers,
  values: [first, second],
}: Connection): Session => ({
  isWriter: async () => {
    const [row] = await ask(whetherReads)
    return Number(row?.reads ?? 1) === 0
  },
  read: async () => void (await ask('SELECT 1')),
  server: async () => {
    const [row] = await ask(whoAnswers)
    return typeof row?.name === 'string' ? row.name : undefined
  },
  createTable: async table =>
    void (await ask(
      `CREATE TABLE IF NOT EXISTS ${table} (run varchar(64) NOT NULL, number integer NOT NULL, PRIMARY KEY (run, number))`,
    )),
  write: async (table, run, number) =>
    void (await ask(`INSERT INTO ${table} (run, number) VALUES (${first}, ${second})`, [run, number])),
  numbers: async (table, run) => {
    const rows = await ask(`SELECT number FROM ${table} WHERE run = ${first}`, [run])
    return rows.map(({ number }) => Number(number))
  },
  forget: async (table, run) => void (await ask(`DELETE FROM ${table} WHERE run = ${first}`, [run])),
  close,
})

const tableShape = /^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?$/

export const isTableName = (name: string): boolean => tableShape.test(name)
