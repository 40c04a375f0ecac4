import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Certificate } from '../certificate.ts'
import type { Access, DataSet, Turn } from './data-set.ts'
import { errorResponse, lastStatus, type Message, PacketReader, query, welcome } from './wire.ts'

/** Query, Parse, Bind, Execute, Describe, Close, Sync, Flush, FunctionCall, and those of COPY: data, done, failed. */
const messageTypes = 'QPBEDCSHFdcf'

/** Everybody waits for a transaction, so an abandoned one is cut. Wall time. */
const longestIdleTransactionMs = 10_000

export interface SessionOptions {
  readonly socket: Socket
  readonly dataSet: DataSet
  /** Asked when the startup packet arrives; a probe that connects and leaves never gets that far. */
  readonly admit: () => Access | 'starting'
  readonly processId: number
  /** With one, whoever asks for TLS gets it; without, the answer is no. PEM. */
  readonly certificate?: Certificate | undefined
}

/** One client connection: the front end of a PostgreSQL backend, which borrows the data set batch by batch. */
export class Session {
  readonly #options: SessionOptions
  readonly #packets = new PacketReader()
  /** What is read and written: the socket, or TLS over it. */
  #stream: Socket
  #access: Access | undefined
  #batch: Buffer[] = []
  #work: Promise<void> = Promise.resolve()
  #turn: Turn | undefined
  #isDead = false
  #hasEnded = false
  #idleTransaction: NodeJS.Timeout | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    const { socket } = options
    this.#stream = socket
    socket.setNoDelay(true)
    socket.on('data', this.#take)
    socket.on('error', () => undefined)
    socket.on('close', () => this.freeze())
  }

  readonly #take = (chunk: Buffer): void => {
    if (this.#hasEnded) this.#options.socket.resetAndDestroy()
    if (this.#isDead) return
    this.#packets.push(chunk)
    this.#read()
  }

  /** The client goes on with a TLS handshake: nothing of it is for us. */
  #secure({ key, cert }: Certificate): void {
    const { socket } = this.#options
    socket.off('data', this.#take)
    socket.write('S')
    this.#stream = new TLSSocket(socket, { key, cert, isServer: true })
    this.#stream.on('data', this.#take)
    // A client that does not trust the certificate leaves in the middle of the handshake.
    this.#stream.on('error', () => socket.destroy())
  }

  /** Goes on owning the socket and never says anything again; an open transaction is rolled back. */
  freeze(): void {
    if (this.#isDead) return
    this.#isDead = true
    clearTimeout(this.#idleTransaction)
    // An engine that has given up tells the next one who asks.
    this.#work = this.#work.then(() => this.#abandonTurn()).catch(() => this.#releaseTurn())
  }

  /**
   * As PostgreSQL ends a session at a fast stop: 57P01, then FIN; RST comes only when the client writes afterwards. Of one
   * that was frozen nobody knows anything any more: RST. Resolves when nothing is in flight.
   */
  async end(): Promise<void> {
    const { socket } = this.#options
    const wasFrozen = this.#isDead
    this.freeze()
    this.#hasEnded = true
    if (wasFrozen) socket.resetAndDestroy()
    else if (this.#access === undefined) this.#stream.end()
    else this.#stream.end(errorResponse('FATAL', '57P01', 'terminating connection due to administrator command'))
    await this.#work
  }

  #read(): void {
    if (this.#access === undefined && !this.#open()) return
    for (let message = this.#packets.takeMessage(); message !== undefined; message = this.#packets.takeMessage()) {
      if (this.#isDead) return
      this.#collect(message)
    }
  }

  /** Answers the packets before the first message. True when the client is let in. */
  #open(): boolean {
    const { admit, processId, dataSet, certificate } = this.#options
    const socket = this.#stream
    for (let opening = this.#packets.takeOpening(); opening !== undefined; opening = this.#packets.takeOpening()) {
      if (opening.kind === 'encryption') {
        if (opening.by === 'tls' && certificate !== undefined && socket === this.#options.socket) {
          this.#secure(certificate)
          return false
        }
        socket.write('N')
        continue
      }
      if (opening.kind === 'startup') {
        const access = admit()
        if (access !== 'starting') {
          this.#access = access
          socket.write(welcome(greeting(access, dataSet.serverVersion, opening.parameters.application_name), processId))
          return true
        }
        socket.end(errorResponse('FATAL', '57P03', 'the database system is starting up'))
      } else if (opening.kind === 'malformed') {
        socket.end(errorResponse('FATAL', '08P01', 'invalid startup packet'))
      } else {
        socket.end()
      }
      this.freeze()
      return false
    }
    return false
  }

  #collect({ type, bytes }: Message): void {
    if (type === 'X') {
      this.#stream.end()
      this.freeze()
      return
    }
    // The engine never comes back from one: a server ends the session (`SocketBackend` of its tcop/postgres.c).
    if (!messageTypes.includes(type)) {
      const what = `invalid frontend message type ${type.charCodeAt(0)}`
      this.#stream.end(errorResponse('FATAL', '08P01', what))
      this.freeze()
      return
    }
    this.#batch.push(bytes)
    // Query, Sync, Flush and FunctionCall are what a client waits for an answer after.
    if (!'QSHF'.includes(type)) return
    const batch = Buffer.concat(this.#batch)
    this.#batch = []
    this.#work = this.#work.then(() => this.#run(batch)).catch(error => this.#fail(error))
  }

  async #run(batch: Buffer): Promise<void> {
    clearTimeout(this.#idleTransaction)
    if (this.#isDead) return
    this.#turn ??= await this.#options.dataSet.takeTurn(this.#access ?? 'read-only')
    // The connection may have been ended while it waited for its turn: a statement of the dead is never run.
    if (this.#isDead) return
    const answer = await this.#turn.exec(batch)
    if (lastStatus(answer) === 'I') this.#releaseTurn()
    else this.#idleTransaction = setTimeout(() => void this.end(), longestIdleTransactionMs).unref()
    if (!this.#isDead) this.#stream.write(answer)
  }

  /** The engine itself gave up. The client is told, as by a backend that crashes. */
  #fail(error: unknown): void {
    this.#releaseTurn()
    this.#stream.end(errorResponse('FATAL', 'XX000', `the lab's database failed: ${error}`))
    this.freeze()
  }

  async #abandonTurn(): Promise<void> {
    clearTimeout(this.#idleTransaction)
    if (this.#turn === undefined) return
    // A batch that ended with Flush leaves the session waiting for Sync; Sync in front of ROLLBACK ends both.
    await this.#turn.exec(Buffer.concat([sync, query('ROLLBACK')]))
    this.#releaseTurn()
  }

  #releaseTurn(): void {
    this.#turn?.release()
    this.#turn = undefined
  }
}

const sync = Buffer.from([0x53, 0, 0, 0, 4])

/** What drivers ask of a new connection without a query: `in_hot_standby` is how libpq finds a writer. */
const greeting = (access: Access, serverVersion: string, applicationName = ''): Record<string, string> => ({
  server_version: serverVersion,
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  application_name: applicationName,
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
  in_hot_standby: access === 'read-only' ? 'on' : 'off',
  default_transaction_read_only: access === 'read-only' ? 'on' : 'off',
})
