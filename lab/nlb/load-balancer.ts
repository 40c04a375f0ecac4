import type { Socket } from 'node:net'
import type { Closable, Timeline } from '../model.ts'
import { openFront } from './acceptor.ts'
import { type Dialer, dial, synTimeoutMs } from './dial.ts'
import { type FlowSeries, openFlowSeries } from './flow-series.ts'
import { Forward, nameOf, type Share } from './forward.ts'
import { Pipe } from './pipe.ts'
import { defaultPropagation, type Propagation } from './propagation.ts'
import type { Registration } from './registration.ts'
import type { Node } from './routing.ts'
import type { LabTargetGroup } from './target-group.ts'

export interface LoadBalancerOptions {
  /** The address that clients are given; where it listens on loopback is the network's business. */
  readonly ip: string
  /** Its nodes in other zones, with the zone of `ip`: they route by zone. Without them it is one node that knows no zones. */
  readonly nodes?: readonly { readonly ip: string; readonly zone: string }[]
  /** `load_balancing.cross_zone.enabled` of its own, for target groups that say nothing. On by default, as Repoint deploys it. */
  readonly isCrossZone?: boolean
  readonly port: number
  readonly dialer: Dialer
  readonly timeline: Timeline
  /** The Availability Zones that are enabled on it. */
  readonly zones: readonly string[]
  /** What its listener forwards to, with weights where there are several. */
  readonly shares: readonly Share[]
  readonly propagation?: Partial<Propagation> | undefined
  /** `tcp.idle_timeout.seconds` of the listener, 350 s by default. Scenario time. */
  readonly idleTimeoutMs?: number
  /** How long a SYN to a silent target is followed: Linux gives up after 127 s. Scenario time. */
  readonly connectTimeoutMs?: number
  /** Counts its connections over time; one of its own by default. */
  readonly series?: FlowSeries
}

/** One TCP connection through the load balancer: to which target, through which target group. */
interface Flow {
  readonly key: string
  readonly group: LabTargetGroup
  readonly pipe: Pipe
}

/** The data plane of one load balancer with one TCP listener: real sockets, bytes forwarded as they are. */
export class LoadBalancer implements Closable {
  readonly series: FlowSeries
  /** Flows that were routed although no target was healthy (fail open): `UnhealthyRoutingFlowCount`. */
  unhealthyRouted = 0
  readonly port: number
  readonly #options: LoadBalancerOptions
  readonly #flows = new Set<Flow>()
  readonly #fronts: Closable[] = []
  /** Of its one listener. */
  readonly forward: Forward
  readonly #turns = new Map<LabTargetGroup, number>()

  private constructor(options: LoadBalancerOptions) {
    this.#options = options
    this.port = options.port
    this.series = options.series ?? openFlowSeries()
    const { shares, zones, timeline, dialer, propagation } = options
    this.forward = new Forward({
      shares,
      zones,
      timeline,
      time: dialer.time,
      propagation: { ...defaultPropagation, ...propagation },
      cut: (group, key) => this.#cut(group, key),
    })
  }

  /** Listens when it resolves. Rejects when its address is taken. */
  static async open(options: LoadBalancerOptions): Promise<LoadBalancer> {
    const balancer = new LoadBalancer(options)
    const { ip, port, dialer, nodes = [{ ip, zone: undefined }], isCrossZone = true } = options
    try {
      for (const { ip: own, zone } of nodes) {
        const node = zone === undefined ? undefined : { zone, isCrossZone }
        const accept = (client: Socket) => balancer.#accept(client, node)
        balancer.#fronts.push(await openFront({ network: dialer.network, ip: own, port, accept }))
      }
    } catch (error) {
      await balancer.close()
      throw error
    }
    return balancer
  }

  async close(): Promise<void> {
    await this.forward.close()
    for (const front of this.#fronts) await front.close()
  }

  /** A real NLB passes the target's SYN-ACK or RST on; here the client is accepted before the target has answered. */
  #accept(client: Socket, node: Node | undefined): void {
    const { dialer, idleTimeoutMs = 350_000, connectTimeoutMs = synTimeoutMs } = this.#options
    const { series } = this
    const next = this.forward.next(node)
    const registration = next && this.#choose(next.group, next.route.to)
    series.opened(Date.now())
    if (next?.route.failsOpen) this.unhealthyRouted++
    if (next === undefined || registration === undefined) {
      series.reset('balancer', Date.now())
      series.closed(Date.now())
      client.resetAndDestroy()
      return
    }
    const { group } = next
    const { key, target } = registration
    const pipe = new Pipe({
      ...{ client, idleTimeoutMs, time: dialer.time },
      reach: signal => dial(target, connectTimeoutMs, dialer, signal),
      // A connection that was opened while the group failed open, or that is not old enough for the data plane to know,
      // is treated like every other: the documents make no difference.
      refuses: () => group.refusesEstablished(key),
      onReset: by => series.reset(by === 'middle' ? 'balancer' : by, Date.now()),
      onEnd: () => {
        this.#flows.delete(flow)
        series.closed(Date.now())
      },
    })
    const flow: Flow = { key, group, pipe }
    this.#flows.add(flow)
  }

  /** Each target of the group in its turn. */
  #choose(group: LabTargetGroup, to: readonly Registration[]): Registration | undefined {
    const turn = this.#turns.get(group) ?? 0
    this.#turns.set(group, turn + 1)
    return to[turn % Math.max(1, to.length)]
  }

  #cut(group: LabTargetGroup, key?: string): void {
    const isDoomed = (flow: Flow) => flow.group === group && (key === undefined || flow.key === key)
    const doomed = [...this.#flows].filter(flow => isDoomed(flow) && flow.pipe.isEstablished)
    for (const { pipe } of doomed) pipe.reset()
    if (doomed.length === 0) return
    const [what, about] =
      key === undefined
        ? ['connections through a group without weight were cut', { group: nameOf(group.arn) }]
        : ['connections to a deregistered target were cut', { target: key }]
    this.#options.timeline.record('targets', what, { ...about, connections: doomed.length })
  }
}
