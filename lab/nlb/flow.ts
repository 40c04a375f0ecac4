import type { Socket } from 'node:net'
import type { FlowCounters } from './counters.ts'
import { dial, type Path } from './dial.ts'
import type { Registration } from './registration.ts'
import type { LabTargetGroup } from './target-group.ts'

export interface FlowOptions {
  readonly client: Socket
  /** Through which target group it goes. */
  readonly group: LabTargetGroup
  readonly registration: Registration
  readonly path: Path
  readonly connectTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly counters: FlowCounters
  /** Asked for each packet of the client: whether the answer is RST. */
  readonly refuses: () => boolean
  readonly onEnd: () => void
}

/**
 * One TCP connection through the load balancer. A real NLB passes the target's SYN-ACK or RST on; here the client's
 * connection is accepted before the target has answered, so that a refusal reaches the client as a reset.
 */
export class Flow {
  readonly key: string
  readonly group: LabTargetGroup
  readonly #options: FlowOptions
  readonly #giveUp = new AbortController()
  #target: Socket | undefined
  #early: Buffer[] = []
  #hasEarlyEnd = false
  #lastPacketMs: number
  #isOver = false

  constructor(options: FlowOptions) {
    this.#options = options
    this.key = options.registration.key
    this.group = options.group
    this.#lastPacketMs = options.path.time.now()
    options.client.setNoDelay(true)
    options.client.on('data', chunk => this.#fromClient(chunk))
    options.client.on('end', () => this.#clientEnded())
    options.client.on('error', () => this.#clientReset())
    options.client.on('close', () => this.#finish())
    void this.#reach()
  }

  /** The target has answered: before that there is nothing that a load balancer could terminate. */
  get isEstablished(): boolean {
    return this.#target !== undefined
  }

  /** The load balancer ends the connection by RST towards both sides. */
  reset(): void {
    if (this.#isOver) return
    this.#options.counters.TCP_ELB_Reset_Count++
    this.#destroy()
  }

  async #reach(): Promise<void> {
    const { registration, path, connectTimeoutMs, counters } = this.#options
    const dialled = await dial(registration.target, connectTimeoutMs, path, this.#giveUp.signal)
    if (dialled.outcome !== 'connected') {
      if (this.#isOver) return
      if (dialled.outcome === 'refused') counters.TCP_Target_Reset_Count++
      this.#destroy()
      return
    }
    const { socket } = dialled
    this.#target = socket
    socket.on('error', () => this.#targetReset())
    if (this.#isOver) {
      socket.destroy()
      return
    }
    socket.on('data', chunk => this.#pass(chunk, socket, this.#options.client))
    socket.on('end', () => this.#options.client.end())
    for (const chunk of this.#early) this.#pass(chunk, this.#options.client, socket)
    this.#early = []
    if (this.#hasEarlyEnd) socket.end()
  }

  #fromClient(chunk: Buffer): void {
    const { path, idleTimeoutMs, refuses, client } = this.#options
    // "Elastic Load Balancing silently forgets" an idle connection: nobody hears of it before the next packet.
    if (path.time.now() - this.#lastPacketMs > idleTimeoutMs || refuses()) this.reset()
    else if (this.#target === undefined) this.#early.push(chunk)
    else this.#pass(chunk, client, this.#target)
  }

  #pass(chunk: Buffer, from: Socket, to: Socket): void {
    this.#lastPacketMs = this.#options.path.time.now()
    this.#options.counters.ProcessedBytes += chunk.length
    if (to.destroyed || to.write(chunk)) return
    from.pause()
    to.once('drain', () => from.resume())
  }

  #clientEnded(): void {
    // A client that leaves before its target has answered would otherwise be waited for.
    if (this.#target === undefined) this.#hasEarlyEnd = true
    if (this.#target === undefined && this.#early.length === 0) this.#destroy()
    this.#target?.end()
  }

  #clientReset(): void {
    if (this.#isOver) return
    this.#options.counters.TCP_Client_Reset_Count++
    this.#destroy()
  }

  #targetReset(): void {
    if (this.#isOver) return
    this.#options.counters.TCP_Target_Reset_Count++
    this.#destroy()
  }

  #destroy(): void {
    this.#finish()
    this.#options.client.resetAndDestroy()
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#giveUp.abort()
    if (this.#target !== undefined && !this.#target.destroyed) this.#target.resetAndDestroy()
    this.#options.onEnd()
  }
}
