import { createServer, type Server, type Socket } from 'node:net'
import type { Closable, Story } from '../model.ts'
import { type FlowCounters, startCounting } from './counters.ts'
import type { Path } from './dial.ts'
import { Flow } from './flow.ts'
import type { LabTargetGroup } from './target-group.ts'

export interface LoadBalancerOptions {
  /** The address that clients are given; where it listens on loopback is the network's business. */
  readonly ip: string
  readonly port: number
  readonly path: Path
  readonly story: Story
  /** The Availability Zones that are enabled on it. */
  readonly zones: readonly string[]
  readonly group: LabTargetGroup
  /** `tcp.idle_timeout.seconds` of the listener, 350 s by default. Scenario time. */
  readonly idleTimeoutMs?: number
  /** How long a SYN to a silent target is followed: Linux gives up after 127 s. Scenario time. */
  readonly connectTimeoutMs?: number
}

/** The data plane of one load balancer with one TCP listener: real sockets, bytes forwarded as they are. */
export class LoadBalancer implements Closable {
  readonly counters: FlowCounters = startCounting()
  readonly #options: LoadBalancerOptions
  readonly #flows = new Set<Flow>()
  readonly #clients = new Set<Socket>()
  readonly #server: Server
  readonly #detach: () => void
  #turn = 0

  private constructor(options: LoadBalancerOptions, server: Server) {
    this.#options = options
    this.#server = server
    this.#detach = options.group.attach({ zones: options.zones, cut: key => this.#cut(key) })
    server.on('connection', client => this.#accept(client))
  }

  /** Listens when it resolves. Rejects when its address is taken. */
  static async open(options: LoadBalancerOptions): Promise<LoadBalancer> {
    const server = createServer({ allowHalfOpen: true })
    const balancer = new LoadBalancer(options, server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ ...options.path.network.listenAt(options.ip, options.port), exclusive: true }, resolve)
    })
    return balancer
  }

  async close(): Promise<void> {
    this.#detach()
    const closed = new Promise(resolve => this.#server.close(resolve))
    for (const client of this.#clients) client.destroy()
    await closed
  }

  #accept(client: Socket): void {
    const { group, path, idleTimeoutMs = 350_000, connectTimeoutMs = 127_000 } = this.#options
    this.#clients.add(client)
    client.on('close', () => this.#clients.delete(client))
    client.on('error', () => undefined)
    const { to, failsOpen } = group.route()
    const registration = to[this.#turn++ % Math.max(1, to.length)]
    this.counters.NewFlowCount++
    if (failsOpen) this.counters.UnhealthyRoutingFlowCount++
    if (registration === undefined) {
      this.counters.TCP_ELB_Reset_Count++
      client.resetAndDestroy()
      return
    }
    const flow: Flow = new Flow({
      client,
      registration,
      path,
      connectTimeoutMs,
      idleTimeoutMs,
      counters: this.counters,
      // A connection that was opened while the group failed open, or that is not old enough for the data plane to know,
      // is treated like every other: the documents make no difference.
      refuses: () => group.refusesEstablished(registration.key),
      onEnd: () => {
        this.#flows.delete(flow)
        this.counters.ActiveFlowCount = this.#flows.size
      },
    })
    this.#flows.add(flow)
    this.counters.ActiveFlowCount = this.#flows.size
  }

  #cut(key: string): void {
    const doomed = [...this.#flows].filter(flow => flow.key === key && flow.isEstablished)
    for (const flow of doomed) flow.reset()
    if (doomed.length === 0) return
    this.#options.story.record('targets', 'connections to a deregistered target were cut', {
      target: key,
      connections: doomed.length,
    })
  }
}
