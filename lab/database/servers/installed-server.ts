import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Certificate } from '../certificate.ts'
import type { SocketEnd } from './relay.ts'
import { ended, keepCertificate, makeFolder, removeFolder, runTool, startServer, untilReady } from './server.ts'

/** A folder of its own for the data, with the certificate where there is one. */
export const openFolder = async (certificate: Certificate | undefined): Promise<string> => {
  const folder = await makeFolder()
  if (certificate) await keepCertificate(certificate, folder)
  return folder
}

/** The process of a server that is installed here, over one folder. */
export abstract class InstalledServer {
  readonly #folder: string
  #child: ChildProcess | undefined
  #at: SocketEnd | undefined

  protected constructor(folder: string) {
    this.#folder = folder
  }

  abstract query<Row>(sql: string): Promise<Row[]>
  abstract crash(): Promise<void>

  get isRunning(): boolean {
    return this.#child !== undefined
  }

  get at(): SocketEnd {
    if (!this.#at) throw new Error('the server has never been started')
    return this.#at
  }

  async remove(): Promise<void> {
    await this.crash()
    await removeFolder(this.#folder)
  }

  protected file(name: string): string {
    return join(this.#folder, name)
  }

  /** Options of the server for its certificate, where it has one. */
  protected tls(options: (cert: string, key: string) => string[]): string[] {
    const key = this.file('server.key')
    return existsSync(key) ? options(this.file('server.crt'), key) : []
  }

  protected run(tool: string, ...args: string[]): Promise<void> {
    return runTool(tool, args, this.#folder)
  }

  /** Resolves when it lets its administrator in. `at`: where clients will find it. */
  protected async launch(program: string, args: readonly string[], at?: SocketEnd): Promise<void> {
    if (this.#child) throw new Error('the server is running already')
    const child = startServer(program, args, this.#folder)
    this.#child = child
    this.#at = at ?? this.#at
    await untilReady(child, () => this.query('SELECT 1'))
  }

  protected async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child) return
    child.kill(signal)
    await ended(child)
    this.#child = undefined
  }
}
