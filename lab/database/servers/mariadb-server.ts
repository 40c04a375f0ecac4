import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { application, probe } from '../application-account.ts'
import type { Certificate } from '../certificate.ts'
import { InstalledServer, openFolder } from './installed-server.ts'
import type { SocketEnd } from './relay.ts'
import { type ReplicatedServer, untilSo } from './server.ts'

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
  readonly certificate?: Certificate | undefined
  /** In a cluster, from 1 on. By default it stands alone. */
  readonly serverId?: number
}

export class MariadbServer extends InstalledServer implements ReplicatedServer {
  readonly #program: string
  readonly #serverId: number | undefined
  #database: string | undefined

  private constructor(program: string, folder: string, serverId: number | undefined) {
    super(folder)
    this.#program = program
    this.#serverId = serverId
  }

  /** A server with no data yet. Throws where MariaDB is not installed. */
  static async open({ certificate, serverId }: MariadbOptions): Promise<MariadbServer> {
    const program = findMariadb()
    if (!program) throw new Error('MariaDB is not installed: on Debian, apt-get install mariadb-server')
    return new MariadbServer(program, await openFolder(certificate), serverId)
  }

  get hasData(): boolean {
    return existsSync(this.#data)
  }

  /** With an empty database of the application's. Written to no binary log: each server of a cluster has it from here. */
  async initialise(): Promise<void> {
    const how = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']
    await this.run('mariadb-install-db', '--no-defaults', `--datadir=${this.#data}`, ...how)
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

  start(at: SocketEnd): Promise<void> {
    const { host, port } = at
    const tls = this.tls((cert, key) => [`--ssl-cert=${cert}`, `--ssl-key=${key}`])
    const cluster = this.#serverId === undefined ? [] : [`--server-id=${this.#serverId}`, ...clustered]
    return this.#launch([`--bind-address=${host}`, `--port=${port}`, ...settings, ...tls, ...cluster], at)
  }

  async lead(at: SocketEnd): Promise<void> {
    if (this.isRunning) {
      await this.query('STOP SLAVE IO_THREAD')
      // What was received was acknowledged: it is applied before anybody writes.
      await untilSo(
        () => this.#hasApplied(),
        () => !this.isRunning,
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
    return this.end('SIGKILL')
  }

  stop(): Promise<void> {
    return this.end('SIGTERM')
  }

  async query<Row>(sql: string): Promise<Row[]> {
    const client = await createConnection({
      socketPath: this.file('socket'),
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

  get #data(): string {
    return this.file('data')
  }

  #launch(options: readonly string[], at?: SocketEnd): Promise<void> {
    const files = [`--datadir=${this.#data}`, `--socket=${this.file('socket')}`, `--pid-file=${this.file('pid')}`]
    return this.launch(this.#program, ['--no-defaults', ...files, ...options], at)
  }

  async #hasApplied(): Promise<boolean> {
    const [row] = await this.query<{ Gtid_IO_Pos: string; applied: string }>('SHOW SLAVE STATUS')
    const [own] = await this.query<{ applied: string }>('SELECT @@gtid_slave_pos AS applied')
    return !row?.Gtid_IO_Pos || own?.applied === row.Gtid_IO_Pos
  }
}
