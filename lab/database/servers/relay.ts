import { connect, createServer, type Server, type Socket } from 'node:net'
import { listen } from '../../listening.ts'

export interface SocketEnd {
  readonly host: string
  readonly port: number
}

/**
 * What lies between a node's address and the server behind it: it passes on bytes, FIN and RST of both sides as they come,
 * and keeps the client's address, by which a server counts. It is what makes an address go silent, since no program can
 * make loopback drop packets.
 */
export class Relay {
  readonly #at: SocketEnd
  readonly #server: SocketEnd
  readonly #pairs = new Map<Socket, Socket>()
  #listener: Server | undefined

  constructor(at: SocketEnd, server: SocketEnd) {
    this.#at = at
    this.#server = server
  }

  async listen(): Promise<void> {
    if (this.#listener) return
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, client => this.#accept(client))
    this.#listener = listener
    await listen(listener, this.#at)
  }

  /** New connections are refused; open ones go on, and end as the server ends them. */
  stopListening(): void {
    this.#listener?.close()
    this.#listener = undefined
  }

  /** Nothing gets through any more, in neither direction, and nobody hears of it. */
  freeze(): void {
    this.stopListening()
    for (const [client, server] of this.#pairs) {
      client.removeAllListeners('end').pause()
      server.removeAllListeners().on('error', () => undefined)
      server.destroy()
    }
  }

  /**
   * The server is gone, and nobody at the address knows of what is still open: who writes gets RST, who is silent hears
   * nothing but what the server has said on its way out.
   */
  forget(): void {
    this.stopListening()
    for (const client of this.#pairs.keys()) client.on('data', () => client.resetAndDestroy()).resume()
  }

  close(): void {
    this.stopListening()
    for (const [client, server] of this.#pairs) {
      client.destroy()
      server.destroy()
    }
  }

  #accept(client: Socket): void {
    const { remoteAddress: localAddress } = client
    const server = connect({
      ...this.#server,
      ...(localAddress && { localAddress }),
      allowHalfOpen: true,
      noDelay: true,
    })
    this.#pairs.set(client, server)
    client.on('close', () => this.#pairs.delete(client))
    join(client, server)
    join(server, client)
  }
}

const join = (from: Socket, to: Socket): void => {
  from.on('data', chunk => {
    if (to.destroyed || to.write(chunk)) return
    from.pause()
    to.once('drain', () => from.resume())
  })
  from.on('end', () => to.end())
  // RST, or a server that is not there.
  from.on('error', () => to.resetAndDestroy())
}
