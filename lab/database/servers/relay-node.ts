import { freePort } from '../../listening.ts'
import type { DatabaseNode, Network, NodeRole } from '../../model.ts'
import { Relay, type SocketEnd } from './relay.ts'

export interface RelayNodeOptions {
  readonly ip: string
  readonly port: number
  readonly network: Network
  /** Makes the server what the role says. Called while the relay is as it was before. */
  readonly change: (node: RelayNode, role: NodeRole) => Promise<void>
}

/** One address of a database of real servers. Begins `silent`. */
export class RelayNode implements DatabaseNode {
  readonly ip: string
  readonly port: number
  /** Where the server behind the address listens. */
  readonly server: SocketEnd
  readonly relay: Relay
  readonly #change: RelayNodeOptions['change']
  #role: NodeRole = 'silent'
  #changes: Promise<void> = Promise.resolve()

  private constructor({ ip, port, network, change }: RelayNodeOptions, server: SocketEnd) {
    this.ip = ip
    this.port = port
    this.server = server
    this.relay = new Relay(network.listenAt(ip, port), server)
    this.#change = change
  }

  static async open(options: RelayNodeOptions): Promise<RelayNode> {
    const { host } = options.network.listenAt(options.ip, options.port)
    return new RelayNode(options, { host, port: await freePort(host) })
  }

  get role(): NodeRole {
    return this.#role
  }

  /** One change after the other. Resolves when the server is what the role says. */
  become(role: NodeRole): Promise<void> {
    const change = this.#changes.then(async () => {
      if (role === this.#role) return
      await this.#change(this, role)
      this.#role = role
    })
    this.#changes = change.catch(() => undefined)
    return change
  }
}
