import type { Closable } from '../model.ts'
import type { Behaviour } from './attributes.ts'
import type { Dialer } from './dial.ts'
import { type Probe, watchHealth } from './health-check.ts'
import type { HealthCheckSettings, Propagation } from './propagation.ts'
import type { Registration } from './registration.ts'
import { chooseRoute, type Node, type Route, seenFrom } from './routing.ts'
import { afterAtLeast } from './timer.ts'

export interface DataPlaneOptions {
  readonly dialer: Dialer
  readonly healthCheck: HealthCheckSettings
  readonly propagation: Propagation
  readonly behaviour: () => Behaviour
  /** By TCP by default. */
  readonly probe?: Probe
  /** A registration has another health. */
  readonly onHealth: (registration: Registration) => void
  /** New connections may go elsewhere from now on. */
  readonly onRoute: (route: Route) => void
}

/** What the load balancer's nodes know of a target group: the registrations that have arrived, probed and routed to. */
export class DataPlane implements Closable {
  readonly #options: DataPlaneOptions
  readonly #registrations = new Set<Registration>()
  readonly #checks = new Set<Promise<void>>()

  constructor(options: DataPlaneOptions) {
    this.#options = options
  }

  /** A registration has arrived: it is routed to and probed until it is forgotten. */
  learn(registration: Registration): void {
    registration.isRouted = true
    this.#registrations.add(registration)
    this.#options.onRoute(this.route())
    const { dialer, healthCheck: settings, probe = watchHealth } = this.#options
    const check = probe({
      target: registration.target,
      settings,
      dialer,
      signal: registration.end.signal,
      onResult: result => this.#judge(registration, result),
    })
    this.#checks.add(check)
    void check.finally(() => this.#checks.delete(check))
  }

  /** A deregistration has arrived. */
  forget(registration: Registration): void {
    registration.isRouted = false
    registration.end.abort()
    this.#registrations.delete(registration)
    this.#options.onRoute(this.route())
  }

  /** Of the whole load balancer, or of one of its nodes. */
  route(node?: Node): Route {
    const { dialer, propagation, behaviour } = this.#options
    const now = behaviour()
    return chooseRoute(seenFrom(this.#registrations, node, now), dialer.time.now(), { ...now, ...propagation })
  }

  /**
   * Whether packets of an established connection are answered by RST: its target is unhealthy, "unless the unhealthy
   * target triggers the load balancer to fail open". A connection to the only target therefore hangs.
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
   */
  refusesEstablished(key: string): boolean {
    const known = [...this.#registrations].findLast(registration => registration.key === key)
    return known?.health === 'unhealthy' && this.#options.behaviour().terminatesUnhealthy && !this.route().failsOpen
  }

  async close(): Promise<void> {
    for (const { end } of this.#registrations) end.abort()
    this.#registrations.clear()
    await Promise.all(this.#checks)
  }

  #judge(registration: Registration, result: 'healthy' | 'unhealthy'): void {
    if (registration.health === result || registration.end.signal.aborted) return
    const { dialer, propagation, onHealth, onRoute } = this.#options
    registration.wasHealthy = registration.health === 'healthy'
    registration.health = result
    registration.healthSinceMs = dialer.time.now()
    onHealth(registration)
    onRoute(this.route())
    if (result === 'healthy') return
    const cancel = afterAtLeast(dialer.time, propagation.unhealthyOutOfRoutingMs, () => onRoute(this.route()))
    registration.end.signal.addEventListener('abort', cancel, { once: true })
  }
}
