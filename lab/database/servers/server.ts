import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Certificate } from '../certificate.ts'
import type { SocketEnd } from './relay.ts'

/** A real server over one data directory, which is started at one address or another. */
export interface DatabaseServer {
  readonly isRunning: boolean
  /** Resolves when it lets clients in, after its own recovery. */
  start(at: SocketEnd): Promise<void>
  /** As a machine that stops: without a word, and with a log to recover from. */
  crash(): Promise<void>
  /** As an operator stops it: connections are told. */
  stop(): Promise<void>
  /** As its administrator. */
  query<Row>(sql: string): Promise<Row[]>
  /** Stops it and removes the data. */
  remove(): Promise<void>
}

/** Of a cluster: its data is its own, and follows that of a writer. It stops when it crashes and has its data then. */
export interface ReplicatedServer extends DatabaseServer {
  /** It has been here before. */
  readonly hasData: boolean
  /** Where it listens, or listened last. */
  readonly at: SocketEnd
  /** Makes it the writer: stopped, with what it has or from nothing; or running, with all that it has received. */
  lead(at: SocketEnd): Promise<void>
  /** Stopped: starts as a reader of the data that it has, and follows nobody yet. */
  read(at: SocketEnd): Promise<void>
  /** Running: whether it has what the writer has not, and so cannot follow it. */
  isAheadOf(writer: ReplicatedServer): Promise<boolean>
  /** Stopped: what it has that the writer has not is undone. */
  copyFrom(writer: ReplicatedServer): Promise<void>
  /** A running reader gets what is written from now on. */
  follow(writer: ReplicatedServer): Promise<void>
  /** It takes nothing more from the writer. */
  cutOff(): Promise<void>
  /** As soon as a reader follows, a commit waits for its copy, for as long as it takes. */
  waitForCopies(isClosing: () => boolean): Promise<void>
}

/** Wall time. Asks until it is so; false where nobody wants to know any more. */
export const untilSo = async (isSo: () => Promise<boolean>, isClosing: () => boolean): Promise<boolean> => {
  while (!isClosing()) {
    if (await isSo()) return true
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return false
}

/** Servers refuse to run as root: nobody runs them then. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined

/** A folder of the user who runs the servers. */
export const makeFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'repoint-server-'))
  if (unprivileged) await chown(folder, unprivileged.uid, unprivileged.gid)
  left.folders.add(folder)
  return folder
}

export const removeFolder = async (folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true })
  left.folders.delete(folder)
}

/** Who interrupts the laboratory leaves no server behind, and no data. */
const left = { processes: new Set<ChildProcess>(), folders: new Set<string>() }
process.on('exit', () => {
  for (const child of left.processes) child.kill('SIGKILL')
  for (const folder of left.folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

export const ownByServer = async (file: string): Promise<void> => {
  if (unprivileged) await chown(file, unprivileged.uid, unprivileged.gid)
}

/** `server.crt` and `server.key` in the folder, readable to the server alone: PostgreSQL refuses a key that others may read. */
export const keepCertificate = async ({ key, cert }: Certificate, folder: string): Promise<void> => {
  for (const [name, text] of Object.entries({ 'server.crt': cert, 'server.key': key })) {
    const file = join(folder, name)
    await writeFile(file, text, { mode: 0o600 })
    await ownByServer(file)
  }
}

/** Runs a command of the server to its end. Rejects with what it wrote. */
export const runTool = async (file: string, args: readonly string[], cwd: string): Promise<void> => {
  try {
    const run = promisify(execFile)(file, [...args], { ...unprivileged, cwd, env: environment })
    keepUntilItEnds(run.child)
    await run
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string }
    throw new Error(`${file} failed: ${stderr.trim() || message}`)
  }
}

export const startServer = (file: string, args: readonly string[], cwd: string): ChildProcess => {
  const options: SpawnOptions = { ...unprivileged, cwd, env: environment, stdio: ['ignore', 'ignore', 'pipe'] }
  const child = spawn(file, [...args], options)
  keepUntilItEnds(child)
  return child
}

const keepUntilItEnds = (child: ChildProcess): void => {
  left.processes.add(child)
  child.once('exit', () => left.processes.delete(child))
}

/** Resolves when the process has ended. */
export const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise(resolve => child.once('exit', () => resolve()))

/** Wall time: a busy machine starts a server slowly. */
const startLimitMs = 60_000

/** Asks until the server lets us in. Rejects with what it said on its way out if it ends instead. */
export const untilReady = async (child: ChildProcess, ask: () => Promise<unknown>): Promise<void> => {
  let said = ''
  child.stderr?.on('data', chunk => {
    said = `${said}${chunk}`.slice(-2_000)
  })
  const endMs = Date.now() + startLimitMs
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the database server ended: ${said.trim()}`)
    try {
      await ask()
      return
    } catch (error) {
      if (Date.now() > endMs) throw new Error(`the database server let nobody in: ${said.trim()}`, { cause: error })
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}

const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C' }
