import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { application } from '../application-account.ts'
import type { Certificate } from '../certificate.ts'
import type { SocketEnd } from './relay.ts'
import {
  type DatabaseServer,
  ended,
  keepCertificate,
  makeFolder,
  removeFolder,
  runTool,
  startServer,
  untilReady,
} from './server.ts'

/** MariaDB's server program. `undefined`: it is not installed. */
export const findMariadb = (): string | undefined =>
  ['/usr/sbin', '/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
    .map(folder => join(folder, 'mariadbd'))
    .find(file => existsSync(file))

/** As RDS has them, but for the time that a crash of this machine would cost. */
const settings = ['--innodb-flush-log-at-trx-commit=2', '--max-connections=40', '--max-connect-errors=20']

export class MariadbServer implements DatabaseServer {
  readonly #program: string
  readonly #folder: string
  #child: ChildProcess | undefined
  #database: string | undefined

  private constructor(program: string, folder: string) {
    this.#program = program
    this.#folder = folder
  }

  /** A server with an empty database of the application's. Throws where MariaDB is not installed. */
  static async open(certificate?: Certificate): Promise<MariadbServer> {
    const program = findMariadb()
    if (!program) throw new Error('MariaDB is not installed: on Debian, apt-get install mariadb-server')
    const server = new MariadbServer(program, await makeFolder())
    if (certificate) await keepCertificate(certificate, server.#folder)
    return server
  }

  get isRunning(): boolean {
    return this.#child !== undefined
  }

  async initialise(at: SocketEnd): Promise<void> {
    const how = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']
    await runTool('mariadb-install-db', ['--no-defaults', `--datadir=${this.#file('data')}`, ...how], this.#folder)
    await this.start(at)
    const { user, database } = application
    await this.query(`CREATE DATABASE ${database}`)
    this.#database = database
    await this.query(`CREATE USER '${user}'@'%'`)
    await this.query(`GRANT ALL ON ${database}.* TO '${user}'@'%'`)
    // For drills, which log in with a password and over TLS.
    await this.query(`CREATE USER 'probe'@'%' IDENTIFIED BY 'probe' REQUIRE SSL`)
    await this.query(`GRANT ALL ON ${database}.* TO 'probe'@'%'`)
    await this.stop()
  }

  async start({ host, port }: SocketEnd): Promise<void> {
    if (this.#child) throw new Error('the server is running already')
    const tls = existsSync(this.#file('server.key'))
      ? [`--ssl-cert=${this.#file('server.crt')}`, `--ssl-key=${this.#file('server.key')}`]
      : []
    const where = [`--datadir=${this.#file('data')}`, `--bind-address=${host}`, `--port=${port}`]
    const files = [`--socket=${this.#file('socket')}`, `--pid-file=${this.#file('pid')}`]
    const child = startServer(this.#program, ['--no-defaults', ...where, ...files, ...settings, ...tls], this.#folder)
    this.#child = child
    await untilReady(child, () => this.query('SELECT 1'))
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
