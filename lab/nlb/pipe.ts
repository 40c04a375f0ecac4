import type { Socket } from 'node:net'
import type { LabTime, TargetId } from '../model.ts'
import { type Dialer, type Dialled, dial, synTimeoutMs } from './dial.ts'

export interface PipeOptions {
  readonly client: Socket
  /** Opens the connection to the other end. Aborted when the client leaves first. */
  readonly reach: (signal: AbortSignal) => Promise<Dialled>
  readonly time: LabTime
  /** Scenario time. */
  readonly idleTimeoutMs: number
  /** Asked for each packet of the client: whether the answer is RST. */
  readonly refuses?: () => boolean
  /** Whether the client hears of a connected target's RST, as it does by default; it hangs otherwise. */
  readonly passesTargetReset?: boolean
  readonly onReset?: (by: 'client' | 'target' | 'middle') => void
  readonly onEnd: () => void
}

/**
 * One TCP connection through something in the middle: load balancer, endpoint, gateway. The client's connection is
 * accepted before the target has answered, so that a refusal reaches the client as a reset.
 */
export class Pipe {
  readonly #options: PipeOptions
  readonly #giveUp = new AbortController()
  #target: Socket | undefined
  #early: Buffer[] = []
  #hasEarlyEnd = false
  #lastPacketMs: number
  #isOver = false

  constructor(options: PipeOptions) {
    this.#options = options
    this.#lastPacketMs = options.time.now()
    options.client.setNoDelay(true)
    options.client.on('data', chunk => this.#fromClient(chunk))
    options.client.on('end', () => this.#clientEnded())
    options.client.on('error', () => this.#wasReset('client'))
    options.client.on('close', () => this.#finish())
    void this.#reach()
  }

  /** The target has answered: before that there is nothing to terminate. */
  get isEstablished(): boolean {
    return this.#target !== undefined
  }

  /** The middle ends the connection by RST towards both sides. */
  reset(): void {
    this.#wasReset('middle')
  }

  async #reach(): Promise<void> {
    const dialled = await this.#options.reach(this.#giveUp.signal)
    if (dialled.outcome !== 'connected') {
      if (this.#isOver) return
      if (dialled.outcome === 'refused') this.#options.onReset?.('target')
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
    const { time, idleTimeoutMs, refuses, client } = this.#options
    // "Elastic Load Balancing silently forgets" an idle connection: nobody hears of it before the next packet.
    if (time.now() - this.#lastPacketMs > idleTimeoutMs || refuses?.()) this.reset()
    else if (this.#target === undefined) this.#early.push(chunk)
    else this.#pass(chunk, client, this.#target)
  }

  #pass(chunk: Buffer, from: Socket, to: Socket): void {
    this.#lastPacketMs = this.#options.time.now()
    if (to.destroyed || to.write(chunk)) return
    from.pause()
    to.once('drain', () => from.resume())
  }

  #clientEnded(): void {
    // A client that leaves before its target has answered would otherwise be waited for.
    if (this.#target === undefined) this.#hasEarlyEnd = true
    if (this.#target === undefined && this.#early.length === 0) this.#destroy()
    else if (this.#target?.destroyed) this.#destroy()
    else this.#target?.end()
  }

  #targetReset(): void {
    if (this.#options.passesTargetReset === false) this.#options.onReset?.('target')
    else this.#wasReset('target')
  }

  #wasReset(by: 'client' | 'target' | 'middle'): void {
    if (this.#isOver) return
    this.#options.onReset?.(by)
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

/** A hop to one address, which is never idle for too long: whatever is behind it has the shorter say. */
export const hop = (client: Socket, to: TargetId, dialer: Dialer, onEnd: () => void = () => undefined): Pipe =>
  new Pipe({
    ...{ client, time: dialer.time, idleTimeoutMs: Number.POSITIVE_INFINITY, onEnd },
    reach: signal => dial(to, synTimeoutMs, dialer, signal),
  })
