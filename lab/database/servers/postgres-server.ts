import { existsSync, readdirSync } from 'node:fs'
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import pg from 'pg'
import { probe } from '../application-account.ts'
import type { Certificate } from '../certificate.ts'
import { InstalledServer, openFolder } from './installed-server.ts'
import type { SocketEnd } from './relay.ts'
import { ownByServer, type ReplicatedServer, untilSo } from './server.ts'

/** The folder of PostgreSQL's programs: the newest of Debian's, or one on the PATH. `undefined`: it is not installed. */
export const findPostgres = (): string | undefined => {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map(version => join(root, version, 'bin')), ...(process.env.PATH ?? '').split(delimiter)]
  return folders.find(folder => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/** The machine goes on when a process is killed, so nothing has to be flushed to a disk. */
const settings = [
  'fsync=off',
  'max_connections=40',
  'wal_keep_size=64MB',
  'hot_standby=on',
  // How soon a reader tries again to follow; 5 s by default.
  'wal_retrieve_retry_interval=100ms',
]

/** Everybody on loopback is let in, but for the account of drills: what is rehearsed is not the login. */
const access = `local all all trust
hostssl all ${probe.user} 127.0.0.0/8 scram-sha-256
host all ${probe.user} 127.0.0.0/8 reject
host all all 127.0.0.0/8 trust
host replication all 127.0.0.0/8 trust
`

export class PostgresServer extends InstalledServer implements ReplicatedServer {
  readonly #bin: string
  readonly #data: string

  private constructor(bin: string, folder: string) {
    super(folder)
    this.#bin = bin
    this.#data = this.file('data')
  }

  /** A server with no data yet. Throws where PostgreSQL is not installed. */
  static async open(certificate?: Certificate): Promise<PostgresServer> {
    const bin = findPostgres()
    if (!bin) throw new Error('PostgreSQL is not installed: on Debian, apt-get install postgresql')
    return new PostgresServer(bin, await openFolder(certificate))
  }

  get hasData(): boolean {
    return existsSync(join(this.#data, 'PG_VERSION'))
  }

  async initialise(): Promise<void> {
    await this.run(
      this.#tool('initdb'),
      '-D',
      this.#data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '--data-checksums',
      '--no-sync',
    )
    await writeFile(join(this.#data, 'pg_hba.conf'), access)
    // In the file, where the tools that run the server by themselves read it too.
    await appendFile(join(this.#data, 'postgresql.conf'), `${settings.join('\n')}\n`)
    // Nobody but its administrator can reach it yet.
    await this.start({ host: '', port: 5432 })
    await this.query(`CREATE ROLE ${probe.user} LOGIN PASSWORD '${probe.password}'`)
    await this.query(`GRANT CREATE ON SCHEMA public TO ${probe.user}`)
    await this.stop()
  }

  start(at: SocketEnd): Promise<void> {
    const tls = this.tls((cert, key) => ['ssl=on', `ssl_cert_file=${cert}`, `ssl_key_file=${key}`])
    const options = tls.flatMap(setting => ['-c', setting])
    const where = ['-D', this.#data, '-h', at.host, '-p', String(at.port), '-k', this.file('')]
    return this.launch(this.#tool('postgres'), [...where, ...options], at)
  }

  crash(): Promise<void> {
    return this.end('SIGQUIT')
  }

  stop(): Promise<void> {
    return this.end('SIGINT')
  }

  async query<Row>(sql: string): Promise<Row[]> {
    const { port } = this.at
    const client = new pg.Client({ host: this.file(''), port, user: 'postgres', database: 'postgres', ssl: false })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query<Row & pg.QueryResultRow>(sql)).rows
    } finally {
      await client.end()
    }
  }

  async lead(at: SocketEnd): Promise<void> {
    if (this.isRunning) await this.query('SELECT pg_promote(true, 60)')
    else {
      if (!this.hasData) await this.initialise()
      await rm(this.#standbySignal, { force: true })
      await this.start(at)
    }
    // Nobody follows it yet: no commit may wait for that.
    await this.#set({ synchronous_standby_names: '', primary_conninfo: '' })
  }

  async read(at: SocketEnd): Promise<void> {
    await writeFile(this.#standbySignal, '')
    await ownByServer(this.#standbySignal)
    await this.start(at)
  }

  async isAheadOf(writer: ReplicatedServer): Promise<boolean> {
    // Where the writer's history left the one before it: `1\t0/3000148\twhy`, the last line.
    const [history] = await writer.query<{ text: string | null }>(
      "SELECT pg_read_file('pg_wal/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) || '.history', 0, 100000, true) AS text",
    )
    const leftAt = history?.text?.trim().split('\n').at(-1)?.split('\t')[1]
    // It has been the writer from the beginning, and everything comes from it.
    if (leftAt === undefined) return false
    const [row] = await this.query<{ isahead: boolean }>(
      `SELECT pg_last_wal_replay_lsn() > '${leftAt}'::pg_lsn AS isahead`,
    )
    return row?.isahead !== false
  }

  async copyFrom(writer: ReplicatedServer): Promise<void> {
    const { host, port } = writer.at
    if (!this.hasData) {
      const from = ['-h', host, '-p', String(port), '-U', 'postgres']
      return this.run(this.#tool('pg_basebackup'), ...from, '-D', this.#data, '--checkpoint=fast', '--no-sync')
    }
    const source = `host=${host} port=${port} user=postgres dbname=postgres`
    // Before its first checkpoint a promoted server says that it is on the old timeline, and nothing would be undone.
    await writer.query('CHECKPOINT')
    await this.run(this.#tool('pg_rewind'), '--target-pgdata', this.#data, '--source-server', source, '--no-sync')
  }

  async follow(writer: ReplicatedServer): Promise<void> {
    const { host, port } = writer.at
    await this.#set({ primary_conninfo: `host=${host} port=${port} user=postgres` })
  }

  cutOff(): Promise<void> {
    return this.#set({ primary_conninfo: '' })
  }

  async waitForCopies(isClosing: () => boolean): Promise<void> {
    const isFollowed = async () =>
      (await this.query("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'")).length > 0
    if (await untilSo(isFollowed, isClosing)) await this.#set({ synchronous_standby_names: '*' })
  }

  get #standbySignal(): string {
    return join(this.#data, 'standby.signal')
  }

  async #set(values: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(values)) await this.query(`ALTER SYSTEM SET ${name} = '${value}'`)
    await this.query('SELECT pg_reload_conf()')
  }

  #tool(name: string): string {
    return join(this.#bin, name)
  }
}
