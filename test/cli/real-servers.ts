import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findMariadb } from '../../lab/database/servers/mariadb-server.ts'
import { findPostgres } from '../../lab/database/servers/postgres-server.ts'
import type { Authority } from './tls-database.ts'

/** Database servers as Debian installs them, on loopback, each as an unprivileged user. */

export interface RealServer {
  readonly port: number
  /** One statement, as its administrator. Answers what it prints. */
  execute(sql: string): string
  /** New connections get this certificate, once the answer is there. Only of a server that was started with one. */
  certify(certificate: Authority): Promise<void>
  /** Every process of it stands still and answers nothing, until it goes on. */
  halt(): void
  goOn(): void
  stop(): Promise<void>
}

const [postgresBin = '', mariadbd = ''] = [findPostgres(), findMariadb()]

export const hasPostgres = postgresBin !== ''
export const hasMariadb = mariadbd !== ''

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

/** Itself and, of PostgreSQL, a process for each session. */
const processesOf = (pid: number): readonly number[] => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return [pid, ...(children === '' ? [] : children.split(' ').map(Number))]
}

/** To all of them; a session that has just ended needs no signal. */
const signalAll = (pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void => {
  for (const one of processesOf(pid)) {
    try {
      process.kill(one, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH' || one === pid) throw error
    }
  }
}

const processOf = (child: ChildProcess, port: number, folder: string): Omit<RealServer, 'execute' | 'certify'> => ({
  port,
  halt: () => signalAll(child.pid ?? 0, 'SIGSTOP'),
  goOn: () => signalAll(child.pid ?? 0, 'SIGCONT'),
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

/** PostgreSQL, with TLS where it has a certificate; the user `probe` with its password and a database, and what `sql` makes there. */
export const startPostgres = async (
  certificate: Authority | undefined,
  { password, database, sql }: { readonly password: string; readonly database: string; readonly sql: string },
): Promise<RealServer> => {
  const identity = identityOf('postgres')
  const folder = folderFor(identity)
  const data = join(folder, 'data')
  const port = await freePort()
  const run = { ...identity, stdio: 'ignore' as const, cwd: folder, env: { ...process.env, TMPDIR: folder } }
  execFileSync(`${postgresBin}/initdb`, ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'], run)
  const keep = ({ key, cert }: Authority) => {
    give(identity, join(data, 'server.key'), key)
    give(identity, join(data, 'server.crt'), cert)
  }
  if (certificate) keep(certificate)
  give(
    identity,
    join(data, 'pg_hba.conf'),
    'local all postgres trust\nhost all postgres 127.0.0.1/32 trust\nhostssl all probe 127.0.0.1/32 scram-sha-256\n',
  )
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    ...(certificate ? ['ssl=on'] : []),
    'fsync=off',
    `unix_socket_directories=${folder}`,
  ]
  const child = spawn(`${postgresBin}/postgres`, ['-D', data, ...settings.flatMap(it => ['-c', it])], run)
  const place = ['-h', folder, '-p', String(port), '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-At']
  const executeIn = (at: string, statement: string): string =>
    execFileSync('psql', [...place, '-d', at, '-c', statement], { stdio: 'pipe', encoding: 'utf8' }).trim()
  const execute = (statement: string) => executeIn(database, statement)
  const server: RealServer = {
    ...processOf(child, port, folder),
    execute,
    certify: async next => {
      keep(next)
      const loaded = execute('SELECT pg_conf_load_time()')
      execute('SELECT pg_reload_conf()')
      while (execute('SELECT pg_conf_load_time()') === loaded) await delay(50)
    },
  }
  try {
    await readyWhen(() => succeeds(`${postgresBin}/pg_isready`, ['-h', '127.0.0.1', '-p', String(port)]), child)
    executeIn('postgres', `CREATE USER probe PASSWORD '${password}'`)
    executeIn('postgres', `CREATE DATABASE ${database} OWNER probe`)
    execute(sql)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** MariaDB, with TLS where it has a certificate; the user `probe` with its password, and whatever `sql` says. */
export const startMariadb = async (
  certificate: Authority | undefined,
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
  const [socket, keyFile, certFile] = ['socket', 'server.key', 'server.crt'].map(name => join(folder, name))
  const keep = ({ key, cert }: Authority) => {
    give(identity, String(keyFile), key)
    give(identity, String(certFile), cert)
  }
  if (certificate) keep(certificate)
  const child = spawn(
    mariadbd,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${socket}`,
      ...(certificate ? [`--ssl-key=${keyFile}`, `--ssl-cert=${certFile}`] : []),
      '--max-connect-errors=20',
    ],
    run,
  )
  const client = ['--no-defaults', `--socket=${socket}`, '-u', 'root', '--skip-column-names', '-e']
  const execute = (statement: string): string =>
    execFileSync('mariadb', [...client, statement], { stdio: 'pipe', encoding: 'utf8' }).trim()
  const server: RealServer = {
    ...processOf(child, port, folder),
    execute,
    certify: async next => {
      keep(next)
      execute('FLUSH SSL')
    },
  }
  try {
    await readyWhen(() => succeeds('mariadb', [...client, 'SELECT 1']), child)
    execute(`CREATE USER probe IDENTIFIED BY '${password}'; ${sql}`)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}
