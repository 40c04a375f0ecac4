import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { application, probe } from '../application-account.ts'
import type { Certificate } from '../certificate.ts'
import type { SocketEnd } from './relay.ts'
import {
  ended,
  keepCertificate,
  makeFolder,
  type ReplicatedServer,
  removeFolder,
  runTool,
  startServer,
  untilReady,
  untilSo,
} from './server.ts'

/** MariaDB's server program. `undefined`: it is not installed. */
export const findMariadb = (): string | undefined =>
  ['/usr/sbin', '/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
    .map(folder => join(folder, 'mariadbd'))
    .find(file => existsSync(file))

/** As RDS has them, but for the time that a crash of this machine would cost. */
const settings = ['--innodb-flush-log-at-trx-commit=2', '--max-connections=40', '--max-connect-errors=20']

/**
 * In a cluster each server writes everything to its own binary log, so that it can be followed from the beginning. A
 * commit that waits for a copy (semi-synchronous) does so until there is one, and is seen by nobody before:
 * https://mariadb.com/kb/en/semisynchronous-replication/. MariaDB's own default gives up after 10 s.
 */
const clustered = [
  '--log-bin=binlog',
  '--log-slave-updates',
  '--binlog-format=ROW',
  '--gtid-strict-mode',
  '--read-only',
  '--skip-slave-start',
  '--rpl-semi-sync-slave-enabled',
  '--rpl-semi-sync-master-wait-point=AFTER_SYNC',
  '--rpl-semi-sync-master-timeout=86400000',
]

const replication = 'replication'

export interface MariadbOptions {
  readonly certificate?: Certificate
  /** In a cluster, from 1 on. By default it stands alone. */
  readonly serverId?: number
}

export class MariadbServer implements ReplicatedServer {
  readonly #program: string
  readonly #folder: string
  readonly #serverId: number | undefined
  #child: ChildProcess | undefined
  #at: SocketEnd | undefined
  #database: string | undefined

  private constructor(program: string, folder: string, serverId: number | undefined) {
    this.#program = program
    this.#folder = folder
    this.#serverId = serverId
  }

  /** A server with no data yet. Throws where MariaDB is not installed. */
  static async open({ certificate, serverId }: MariadbOptions): Promise<MariadbServer> {
    const program = findMariadb()
    if (!program) throw new Error('MariaDB is not installed: on Debian, apt-get install mariadb-server')
    const server = new MariadbServer(program, await makeFolder(), serverId)
    if (certificate) await keepCertificate(certificate, server.#folder)
    return server
  }

  get isRunning(): boolean {
    return this.#child !== undefined
  }

  get hasData(): boolean {
    return existsSync(this.#data)
  }

  get at(): SocketEnd {
    if (!this.#at) throw new Error('the server has never been started')
    return this.#at
  }

  /** With an empty database of the application's. Written to no binary log: each server of a cluster has it from here. */
  async initialise(): Promise<void> {
    const how = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']
    await runTool('mariadb-install-db', ['--no-defaults', `--datadir=${this.#data}`, ...how], this.#folder)
    this.#database = undefined
    await this.#launch(['--skip-networking'])
    const { user, database } = application
    await this.query(`CREATE DATABASE ${database}`)
    this.#database = database
    await this.query(`CREATE USER '${user}'@'%'`)
    await this.query(`GRANT ALL ON ${database}.* TO '${user}'@'%'`)
    // For drills, which log in with a password and over TLS.
    await this.query(`CREATE USER '${probe.user}'@'%' IDENTIFIED BY '${probe.password}' REQUIRE SSL`)
    await this.query(`GRANT ALL ON ${database}.* TO '${probe.user}'@'%'`)
    await this.query(`CREATE USER '${replication}'@'%'`)
    await this.query(`GRANT REPLICATION SLAVE ON *.* TO '${replication}'@'%'`)
    await this.stop()
  }

  async start(at: SocketEnd): Promise<void> {
    const { host, port } = at
    const tls = existsSync(this.#file('server.key'))
      ? [`--ssl-cert=${this.#file('server.crt')}`, `--ssl-key=${this.#file('server.key')}`]
      : []
    const cluster = this.#serverId === undefined ? [] : [`--server-id=${this.#serverId}`, ...clustered]
    this.#at = at
    await this.#launch([`--bind-address=${host}`, `--port=${port}`, ...settings, ...tls, ...cluster])
  }

  async lead(at: SocketEnd): Promise<void> {
    if (this.#child) {
      await this.query('STOP SLAVE IO_THREAD')
      // What was received was acknowledged: it is applied before anybody writes.
      await untilSo(
        () => this.#hasApplied(),
        () => this.#child === undefined,
      )
      await this.query('STOP SLAVE')
      await this.query('RESET SLAVE ALL')
    } else {
      if (!this.hasData) await this.initialise()
      await this.start(at)
    }
    // Nobody follows it yet: no commit may wait for that.
    await this.query('SET GLOBAL rpl_semi_sync_master_enabled = 0')
    await this.query('SET GLOBAL read_only = 0')
  }

  read(at: SocketEnd): Promise<void> {
    return this.start(at)
  }

  async isAheadOf(writer: ReplicatedServer): Promise<boolean> {
    const [own] = await this.query<{ last: string }>('SELECT @@gtid_binlog_pos AS last')
    // `domain-server-number` of each server whose transactions it has: each server numbers on where the last one ended.
    const [known] = await writer.query<{ state: string }>('SELECT @@gtid_binlog_state AS state')
    if (!own?.last) return false
    const [, from, number] = own.last.split('-')
    const found = known?.state.split(',').find(gtid => gtid.split('-')[1] === from)
    return found === undefined || Number(found.split('-')[2]) < Number(number)
  }

  /** There is nothing that undoes single transactions: it begins anew, and the writer's binary log has everything. */
  async copyFrom(): Promise<void> {
    await rm(this.#data, { recursive: true, force: true })
    await this.initialise()
  }

  async follow(writer: ReplicatedServer): Promise<void> {
    const { host, port } = writer.at
    await this.query('STOP SLAVE')
    await this.query('SET GLOBAL gtid_slave_pos = @@gtid_binlog_pos')
    await this.query(
      `CHANGE MASTER TO MASTER_HOST = '${host}', MASTER_PORT = ${port}, MASTER_USER = '${replication}', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1`,
    )
    await this.query('START SLAVE')
  }

  async cutOff(): Promise<void> {
    await this.query('STOP SLAVE IO_THREAD')
  }

  async waitForCopies(isClosing: () => boolean): Promise<void> {
    const isFollowed = async () => {
      const [row] = await this.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_clients'")
      return Number(row?.Value) > 0
    }
    if (await untilSo(isFollowed, isClosing)) await this.query('SET GLOBAL rpl_semi_sync_master_enabled = 1')
  }

  crash(): Promise<void> {
    return this.#end('SIGKILL')
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  async query<Row>(sql: string): Promise<Row[]> {
    const client = await createConnection({
      socketPath: this.#file('socket'),
      user: 'root',
      ...(this.#database && { database: this.#database }),
    })
    try {
      const [rows] = await client.query(sql)
      return Array.isArray(rows) ? (rows as Row[]) : []
    } finally {
      await client.end()
    }
  }

  async remove(): Promise<void> {
    await this.crash()
    await removeFolder(this.#folder)
  }

  get #data(): string {
    return this.#file('data')
  }

  async #launch(options: readonly string[]): Promise<void> {
    if (this.#child) throw new Error('the server is running already')
    const files = [`--datadir=${this.#data}`, `--socket=${this.#file('socket')}`, `--pid-file=${this.#file('pid')}`]
    const child = startServer(this.#program, ['--no-defaults', ...files, ...options], this.#folder)
    this.#child = child
    await untilReady(child, () => this.query('SELECT 1'))
  }

  async #hasApplied(): Promise<boolean> {
    const [row] = await this.query<{ Gtid_IO_Pos: string; applied: string }>('SHOW SLAVE STATUS')
    const [own] = await this.query<{ applied: string }>('SELECT @@gtid_slave_pos AS applied')
    return !row?.Gtid_IO_Pos || own?.applied === row.Gtid_IO_Pos
  }

  #file(name: string): string {
    return join(this.#folder, name)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child) return
    child.kill(signal)
    await ended(child)
    this.#child = undefined
  }
}
