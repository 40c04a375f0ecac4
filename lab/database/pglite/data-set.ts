import { PGlite } from '@electric-sql/pglite'
import type { Closable } from '../../model.ts'
import { query } from './wire.ts'

/** What initdb has written for the first one: to load it takes a fraction of the time. */
let initialized: Promise<Blob> | undefined

const createEmpty = async (): Promise<PGlite> => {
  if (initialized !== undefined) return PGlite.create({ loadDataDir: await initialized })
  const first = PGlite.create()
  initialized = first.then(db => db.dumpDataDir('none'))
  // Before anybody writes to it.
  await initialized
  return first
}

/**
 * The storage that all nodes of a database share: what one node acknowledged, the next one has.
 *
 * PGlite is PostgreSQL with one single session. Connections therefore take turns: a turn lasts from the first message
 * of a batch until the session is idle again, so that a transaction is never mixed with somebody else's statements.
 * Known limits: settings made with SET outlive the connection, temporary tables are visible to everybody, and named
 * prepared statements share one name space.
 */
export class DataSet implements Closable {
  readonly #db: PGlite
  #lastTurn: Promise<void> = Promise.resolve()
  #writer: string | undefined
  /** As a server tells its clients when they connect. */
  readonly serverVersion: string

  private constructor(db: PGlite, serverVersion: string) {
    this.#db = db
    this.serverVersion = serverVersion
  }

  /** An empty PostgreSQL in memory. The first of a process takes a few seconds of CPU. */
  static async open(): Promise<DataSet> {
    const db = await createEmpty()
    await db.exec(tellRecoveryByTurn)
    const { rows } = await db.query<{ server_version: string }>('SHOW server_version')
    return new DataSet(db, rows[0]?.server_version ?? '')
  }

  /** Waits until nobody else is in a transaction. The turn ends with `release`, always. */
  async takeTurn(access: Access): Promise<Turn> {
    const before = this.#lastTurn
    let release: () => void = () => undefined
    this.#lastTurn = new Promise(resolve => {
      release = resolve
    })
    await before
    await this.#exec(query(access === 'read-only' ? enterReader : enterWriter))
    return { exec: bytes => this.#exec(bytes), release }
  }

  /** Reads or writes behind the back of every node, for set-up and for verification. */
  async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const turn = await this.takeTurn('read-write')
    try {
      return (await this.#db.query<Row>(sql, parameters)).rows
    } finally {
      turn.release()
    }
  }

  /** Storage fences a deposed writer: two nodes that write at once would be a lab that lies. Throws. */
  claimWriting(node: string): void {
    if (this.#writer !== undefined && this.#writer !== node) {
      throw new Error(`${node} cannot become the writer while ${this.#writer} is`)
    }
    this.#writer = node
  }

  giveUpWriting(node: string): void {
    if (this.#writer === node) this.#writer = undefined
  }

  async close(): Promise<void> {
    await this.#lastTurn
    await this.#db.close()
  }

  async #exec(bytes: Uint8Array): Promise<Buffer> {
    const answer = await this.#db.execProtocolRaw(bytes, { syncToFs: false, throwOnError: false })
    return Buffer.from(answer)
  }
}

export type Access = 'read-write' | 'read-only'

export interface Turn {
  /** Runs whole protocol messages and answers with the server's bytes; errors are part of the answer. */
  exec(bytes: Uint8Array): Promise<Buffer>
  release(): void
}

/**
 * Drivers tell a reader from a writer with `pg_catalog.pg_is_in_recovery()`, schema-qualified, so shadowing it through
 * the search path is not enough. Replacing the function's body is not either: PostgreSQL calls a built-in by its OID.
 * It is renamed, and a new function takes its name.
 */
const tellRecoveryByTurn = `
  ALTER FUNCTION pg_catalog.pg_is_in_recovery() RENAME TO pg_is_in_recovery_of_storage;
  CREATE FUNCTION pg_catalog.pg_is_in_recovery() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('lab.in_recovery', true), 'off') = 'on' $$;
  CREATE ROLE reading_session NOSUPERUSER IN ROLE pg_read_all_data, pg_read_all_settings;`

/**
 * The read-only default yields the error that a reader gives (25006). A client can switch it off, which a real standby
 * refuses; the role then still keeps it from writing, with another error (42501).
 */
const enterReader = `SET default_transaction_read_only = on; SET lab.in_recovery = 'on'; SET ROLE reading_session`
const enterWriter = `RESET ROLE; SET default_transaction_read_only = off; SET lab.in_recovery = 'off'`
