import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Authority } from './tls-database.ts'

/** Database servers as Debian installs them, on loopback, each as an unprivileged user. */

export interface RealServer {
  readonly port: number
  stop(): Promise<void>
}

const postgresBin = '/usr/lib/postgresql/15/bin'
const mariadbd = '/usr/sbin/mariadbd'

export const hasPostgres = existsSync(`${postgresBin}/postgres`)
export const hasMariadb = existsSync(mariadbd)

/** Neither server starts as root. */
const identityOf = (user: string): { uid: number; gid: number } | object => {
  if (process.getuid?.() !== 0) return {}
  const read = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return { uid: read('-u'), gid: read('-g') }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

const folderFor = (identity: object): string => {
  // The folder of a test run may be its owner's alone, and the server is another user.
  const folder = mkdtempSync(join(tmpdir(), 'repoint-server-'))
  const above = dirname(folder)
  if ('uid' in identity) chmodSync(above, statSync(above).mode | 0o011)
  if ('uid' in identity && 'gid' in identity) chownSync(folder, Number(identity.uid), Number(identity.gid))
  return folder
}

const give = (identity: object, file: string, content: string): string => {
  writeFileSync(file, content, { mode: 0o600 })
  if ('uid' in identity && 'gid' in identity) chownSync(file, Number(identity.uid), Number(identity.gid))
  return file
}

const serverOf = (child: ChildProcess, port: number, folder: string): RealServer => ({
  port,
  stop: async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  },
})

const readyWhen = async (isReady: () => boolean, child: ChildProcess): Promise<void> => {
  for (let round = 0; round < 600; round++) {
    if (isReady()) return
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    await delay(100)
  }
  throw new Error('the server was not ready in 60 s')
}

const succeeds = (file: string, args: readonly string[]): boolean => {
  try {
    execFileSync(file, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** PostgreSQL with TLS, the user `probe` with its password and a database, and what `sql` makes there. */
export const startPostgres = async (
  certificate: Authority,
  { password, database, sql }: { readonly password: string; readonly database: string; readonly sql: string },
): Promise<RealServer> => {
  const identity = identityOf('postgres')
  const folder = folderFor(identity)
  const data = join(folder, 'data')
  const port = await freePort()
  const run = { ...identity, stdio: 'ignore' as const, cwd: folder, env: { ...process.env, TMPDIR: folder } }
  execFileSync(`${postgresBin}/initdb`, ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'], run)
  give(identity, join(data, 'server.key'), certificate.key)
  give(identity, join(data, 'server.crt'), certificate.cert)
  give(
    identity,
    join(data, 'pg_hba.conf'),
    'local all postgres trust\nhost all postgres 127.0.0.1/32 trust\nhostssl all probe 127.0.0.1/32 scram-sha-256\n',
  )
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'ssl=on',
    'fsync=off',
    `unix_socket_directories=${folder}`,
  ]
  const child = spawn(`${postgresBin}/postgres`, ['-D', data, ...settings.flatMap(it => ['-c', it])], run)
  const server = serverOf(child, port, folder)
  try {
    await readyWhen(() => succeeds(`${postgresBin}/pg_isready`, ['-h', '127.0.0.1', '-p', String(port)]), child)
    const psql = join(postgresBin, 'psql')
    const place = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres']
    const statements = [
      ['postgres', `CREATE USER probe PASSWORD '${password}'`],
      ['postgres', `CREATE DATABASE ${database} OWNER probe`],
      [database, sql],
    ] as const
    for (const [at, statement] of statements) {
      execFileSync(psql, [...place, '-d', at, '-v', 'ON_ERROR_STOP=1', '-c', statement], { stdio: 'pipe' })
    }
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** MariaDB with TLS, the user `probe` with its password, and whatever `sql` says. */
export const startMariadb = async (
  certificate: Authority,
  { password, sql }: { readonly password: string; readonly sql: string },
): Promise<RealServer> => {
  const identity = identityOf('mysql')
  const folder = folderFor(identity)
  const data = join(folder, 'data')
  mkdirSync(data)
  if ('uid' in identity && 'gid' in identity) chownSync(data, Number(identity.uid), Number(identity.gid))
  const port = await freePort()
  const run = { ...identity, stdio: 'ignore' as const, cwd: folder, env: { ...process.env, TMPDIR: folder } }
  execFileSync(
    'mariadb-install-db',
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    run,
  )
  const socket = join(folder, 'socket')
  const child = spawn(
    mariadbd,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${socket}`,
      `--ssl-key=${give(identity, join(folder, 'server.key'), certificate.key)}`,
      `--ssl-cert=${give(identity, join(folder, 'server.crt'), certificate.cert)}`,
      '--max-connect-errors=20',
    ],
    run,
  )
  const server = serverOf(child, port, folder)
  const client = ['--no-defaults', `--socket=${socket}`, '-u', 'root', '-e']
  try {
    await readyWhen(() => succeeds('mariadb', [...client, 'SELECT 1']), child)
    const statements = `CREATE USER probe IDENTIFIED BY '${password}'; ${sql}`
    execFileSync('mariadb', [...client, statements], { stdio: 'pipe' })
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}
