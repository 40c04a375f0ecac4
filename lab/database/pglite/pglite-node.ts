import { createServer, type Server, type Socket } from 'node:net'
import { listen } from '../../listening.ts'
import type { Closable, DatabaseNode, Network, NodeRole } from '../../model.ts'
import type { Certificate } from '../certificate.ts'
import type { DataSet } from './data-set.ts'
import { Session } from './session.ts'

export interface NodeOptions {
  readonly ip: string
  readonly port: number
  readonly network: Network
  readonly dataSet: DataSet
  /** For clients that ask for TLS. PEM. */
  readonly certificate?: Certificate | undefined
}

/**
 * A database process on one address. Begins `silent`.
 *
 * `fenced` closes the listener, since no program can make loopback drop packets: a new connection is refused here, and
 * whoever dials for the lab asks `isReachable` first and lets the attempt time out. Open connections do hang for real.
 */
export class PgliteNode implements DatabaseNode, Closable {
  readonly ip: string
  readonly port: number
  readonly #options: NodeOptions
  readonly #sessions = new Set<Session>()
  readonly #sockets = new Set<Socket>()
  #role: NodeRole = 'silent'
  #server: Server | undefined
  #changes: Promise<void> = Promise.resolve()
  #processId = 100

  constructor(options: NodeOptions) {
    this.#options = options
    this.ip = options.ip
    this.port = options.port
  }

  get role(): NodeRole {
    return this.#role
  }

  get openConnections(): number {
    return this.#sessions.size
  }

  /**
   * One change after the other. Resolves when the listener stands as the role says and no statement of the former role
   * is in flight. Throws when another node is still the writer.
   */
  become(role: NodeRole): Promise<void> {
    const change = this.#changes.then(() => this.#change(role))
    this.#changes = change.catch(() => undefined)
    return change
  }

  async close(): Promise<void> {
    await this.become('silent')
    for (const socket of this.#sockets) socket.destroy()
  }

  async #change(role: NodeRole): Promise<void> {
    const { dataSet } = this.#options
    if (role === this.#role) return
    if (role === 'writer') dataSet.claimWriting(this.#name)
    const was = this.#role
    this.#role = role
    if (!listens(role)) this.#stopListening()
    if (role === 'fenced') for (const session of this.#sessions) session.freeze()
    else if (was !== 'starting' || !listens(role)) await this.#endSessions()
    if (was === 'writer') dataSet.giveUpWriting(this.#name)
    if (listens(role)) await this.#listen()
  }

  /** Sockets may stay, half closed, until their clients go too. */
  async #endSessions(): Promise<void> {
    const ending = [...this.#sessions]
    this.#sessions.clear()
    await Promise.all(ending.map(session => session.end()))
  }

  get #name(): string {
    return `${this.ip}:${this.port}`
  }

  #stopListening(): void {
    this.#server?.close()
    this.#server = undefined
  }

  async #listen(): Promise<void> {
    if (this.#server !== undefined) return
    const server = createServer(socket => this.#accept(socket))
    this.#server = server
    const { ip, port, network } = this.#options
    await listen(server, network.listenAt(ip, port))
  }

  #accept(socket: Socket): void {
    const { dataSet, certificate } = this.#options
    const session = new Session({
      ...{ socket, dataSet, certificate },
      admit: () => (this.#role === 'writer' ? 'read-write' : this.#role === 'reader' ? 'read-only' : 'starting'),
      processId: this.#processId++,
    })
    this.#sessions.add(session)
    this.#sockets.add(socket)
    socket.on('close', () => {
      this.#sessions.delete(session)
      this.#sockets.delete(socket)
    })
  }
}

const listens = (role: NodeRole): boolean => role !== 'silent' && role !== 'fenced'
