import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import pg from 'pg'
import type { Certificate } from '../certificate.ts'
import type { SocketEnd } from './relay.ts'
import {
  type DatabaseServer,
  ended,
  keepCertificate,
  makeFolder,
  ownByServer,
  removeFolder,
  runTool,
  startServer,
  untilReady,
} from './server.ts'

/** The folder of PostgreSQL's programs: the newest of Debian's, or one on the PATH. `undefined`: it is not installed. */
export const findPostgres = (): string | undefined => {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map(version => join(root, version, 'bin')), ...(process.env.PATH ?? '').split(delimiter)]
  return folders.find(folder => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/** The machine goes on when a process is killed, so nothing has to be flushed to a disk. */
const settings = ['fsync=off', 'max_connections=40', 'wal_keep_size=64MB', 'hot_standby=on']

/** Everybody on loopback is let in: what is rehearsed is not the login. */
const access = 'local all all trust\nhost all all 127.0.0.0/8 trust\nhost replication all 127.0.0.0/8 trust\n'

export class PostgresServer implements DatabaseServer {
  readonly #bin: string
  readonly #folder: string
  readonly #data: string
  #child: ChildProcess | undefined
  #at: SocketEnd | undefined

  private constructor(bin: string, folder: string) {
    this.#bin = bin
    this.#folder = folder
    this.#data = join(folder, 'data')
  }

  /** A server with no data yet. Throws where PostgreSQL is not installed. */
  static async open(certificate?: Certificate): Promise<PostgresServer> {
    const bin = findPostgres()
    if (!bin) throw new Error('PostgreSQL is not installed: on Debian, apt-get install postgresql')
    const server = new PostgresServer(bin, await makeFolder())
    if (certificate) await keepCertificate(certificate, server.#folder)
    return server
  }

  get isRunning(): boolean {
    return this.#child !== undefined
  }

  get hasData(): boolean {
    return existsSync(join(this.#data, 'PG_VERSION'))
  }

  get at(): SocketEnd {
    if (!this.#at) throw new Error('the server has never been started')
    return this.#at
  }

  async initialise(): Promise<void> {
    await this.#run('initdb', '-D', this.#data, '-U', 'postgres', '-A', 'trust', '--data-checksums', '--no-sync')
    await writeFile(join(this.#data, 'pg_hba.conf'), access)
    // In the file, where the tools that run the server by themselves read it too.
    await appendFile(join(this.#data, 'postgresql.conf'), `${settings.join('\n')}\n`)
  }

  async start(at: SocketEnd): Promise<void> {
    if (this.#child) throw new Error('the server is running already')
    const tls = existsSync(this.#file('server.key'))
      ? ['ssl=on', `ssl_cert_file=${this.#file('server.crt')}`, `ssl_key_file=${this.#file('server.key')}`]
      : []
    const options = tls.flatMap(setting => ['-c', setting])
    const where = ['-D', this.#data, '-h', at.host, '-p', String(at.port), '-k', this.#folder]
    const child = startServer(join(this.#bin, 'postgres'), [...where, ...options], this.#folder)
    this.#child = child
    this.#at = at
    await untilReady(child, () => this.query('SELECT 1'))
  }

  crash(): Promise<void> {
    return this.#end('SIGQUIT')
  }

  stop(): Promise<void> {
    return this.#end('SIGINT')
  }

  async query<Row>(sql: string): Promise<Row[]> {
    const client = new pg.Client({ ...this.at, user: 'postgres', database: 'postgres', ssl: false })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query<Row & pg.QueryResultRow>(sql)).rows
    } finally {
      await client.end()
    }
  }

  /** A copy of the primary that follows it. */
  async copyFrom(primary: PostgresServer): Promise<void> {
    const { host, port } = primary.at
    const from = ['-h', host, '-p', String(port), '-U', 'postgres']
    await this.#run(
      'pg_basebackup',
      ...from,
      '-D',
      this.#data,
      '--write-recovery-conf',
      '--checkpoint=fast',
      '--no-sync',
    )
  }

  /** After its own failure: what the new primary does not have is undone, and then it follows. */
  async rejoin(primary: PostgresServer): Promise<void> {
    const { host, port } = primary.at
    const source = `host=${host} port=${port} user=postgres dbname=postgres`
    // Before its first checkpoint a promoted server says that it is on the old timeline, and nothing would be undone.
    await primary.query('CHECKPOINT')
    await this.#run('pg_rewind', '--target-pgdata', this.#data, '--source-server', source, '--no-sync')
    const following = `\nprimary_conninfo = 'host=${host} port=${port} user=postgres'\n`
    await appendFile(join(this.#data, 'postgresql.auto.conf'), following)
    const signal = join(this.#data, 'standby.signal')
    await writeFile(signal, '')
    await ownByServer(signal)
  }

  async remove(): Promise<void> {
    await this.crash()
    await removeFolder(this.#folder)
  }

  #file(name: string): string {
    return join(this.#folder, name)
  }

  #run(tool: string, ...args: string[]): Promise<void> {
    return runTool(join(this.#bin, tool), args, this.#folder)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child) return
    child.kill(signal)
    await ended(child)
    this.#child = undefined
  }
}
