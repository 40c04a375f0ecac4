import type { Closable, TargetGroup, TargetHealth, TargetId, Timeline } from '../model.ts'
import { type Behaviour, defaultAttributes, readBehaviour } from './attributes.ts'
import { DataPlane } from './data-plane.ts'
import type { Dialer } from './dial.ts'
import type { Probe } from './health-check.ts'
import { defaultHealthCheck, defaultPropagation, type HealthCheckSettings, type Propagation } from './propagation.ts'
import { describeRegistration, type Health, keyOf, notRegistered, type Registration } from './registration.ts'
import type { Node, Route } from './routing.ts'
import { TargetMoments } from './target-moments.ts'
import { afterAtLeast } from './timer.ts'

export interface TargetGroupOptions {
  readonly arn: string
  readonly port: number
  readonly dialer: Dialer
  readonly timeline: Timeline
  readonly attributes?: Readonly<Record<string, string>>
  readonly healthCheck?: Partial<HealthCheckSettings>
  readonly propagation?: Partial<Propagation> | undefined
  /** What finds out about a target, by TCP by default. */
  readonly probe?: Probe
  /** Named in the timeline where there are several groups. */
  readonly name?: string
  /** The zone of the subnet that an address lies in, for targets that are registered without one. */
  readonly zoneOf?: (ip: string) => string | undefined
}

/** A listener that forwards to the group. */
export interface Forwarder {
  /** The zones that are enabled on its load balancer. */
  readonly zones: readonly string[]
  /** Ends every established connection to the target, which was deregistered. */
  cut(key: string): void
}

/**
 * The control plane of one target group: rows, as DescribeTargetHealth shows them. The data plane is later than the
 * rows in both directions:
 *
 * 1. register: `initial`, not routed, until the registration has reached the data plane; then routed and probed.
 * 2. deregister: `draining` for the deregistration delay, then no row; new connections go on to arrive until the
 *    deregistration has reached the data plane, however short the delay is.
 */
export class LabTargetGroup implements TargetGroup, Closable {
  readonly arn: string
  readonly port: number
  readonly healthCheck: HealthCheckSettings
  attributes: Record<string, string>
  readonly #options: TargetGroupOptions
  readonly #propagation: Propagation
  readonly #rows = new Map<string, Registration>()
  readonly #forwarders = new Set<Forwarder>()
  readonly #dataPlane: DataPlane
  readonly #moments: TargetMoments
  readonly #end = new AbortController()

  constructor(options: TargetGroupOptions) {
    this.#options = options
    this.arn = options.arn
    this.port = options.port
    this.attributes = { ...defaultAttributes, ...options.attributes }
    this.healthCheck = { ...defaultHealthCheck, ...options.healthCheck }
    this.#propagation = { ...defaultPropagation, ...options.propagation }
    this.#moments = new TargetMoments(options.timeline, options.name)
    this.#dataPlane = new DataPlane({
      dialer: options.dialer,
      healthCheck: this.healthCheck,
      propagation: this.#propagation,
      behaviour: () => this.behaviour,
      ...(options.probe && { probe: options.probe }),
      onHealth: row => this.#healthChanged(row),
      onRoute: route => this.#moments.recordRoute(route),
    })
  }

  get behaviour(): Behaviour {
    return readBehaviour(this.attributes)
  }

  describe(only?: readonly TargetId[]): TargetHealth[] {
    if (only === undefined) return [...this.#rows.values()].map(row => this.#see(row))
    return only.map(target => {
      const row = this.#rows.get(keyOf(target))
      return row === undefined ? notRegistered(target) : this.#see(row)
    })
  }

  register(targets: readonly TargetId[]): void {
    for (const target of targets) {
      const row = this.#rows.get(keyOf(target))
      if (row === undefined) this.#begin(this.#add(target))
      else if (row.phase === 'draining') this.#registerAgain(row, target)
    }
  }

  deregister(targets: readonly TargetId[]): void {
    for (const target of targets) {
      const row = this.#rows.get(keyOf(target))
      if (row !== undefined && row.phase !== 'draining') this.#leave(row)
    }
  }

  /** Targets that were registered and probed before the timeline begins. */
  seed(targets: readonly TargetId[], health: Health = 'healthy'): void {
    for (const target of targets) {
      const row = this.#add(target)
      row.phase = 'active'
      row.health = health
      this.#record(row)
      this.#dataPlane.learn(row)
    }
  }

  /** A group that no listener forwards to has only `unused` targets. The answer takes the listener away again. */
  attach(forwarder: Forwarder): () => void {
    this.#forwarders.add(forwarder)
    for (const row of this.#rows.values()) if (row.phase.startsWith('unused')) this.#begin(row)
    return () => this.#forwarders.delete(forwarder)
  }

  /** Where a new connection goes now, that has come in at this node. */
  route(node?: Node): Route {
    return this.#dataPlane.route(node)
  }

  /** Whether packets of an established connection to the target are answered by RST now. */
  refusesEstablished(key: string): boolean {
    return this.#dataPlane.refusesEstablished(key)
  }

  /** Whether the address alone is registered, draining ones aside, and healthy. */
  servesOnly(ip: string): boolean {
    const live = this.describe().filter(({ state }) => state !== 'draining')
    return live.length === 1 && live[0]?.ip === ip && live[0].state === 'healthy'
  }

  async close(): Promise<void> {
    this.#end.abort()
    for (const { end } of this.#rows.values()) end.abort()
    await this.#dataPlane.close()
  }

  #add(target: TargetId): Registration {
    const zone = target.zone ?? this.#options.zoneOf?.(target.ip)
    const row: Registration = {
      target: { ip: target.ip, port: target.port, ...(zone === undefined ? {} : { zone }) },
      key: keyOf(target),
      phase: 'unused-group',
      health: 'initial',
      healthSinceMs: this.#options.dialer.time.now(),
      wasHealthy: false,
      isRouted: false,
      end: new AbortController(),
      drain: new AbortController(),
    }
    this.#rows.set(row.key, row)
    return row
  }

  #begin(row: Registration): void {
    const zones = [...this.#forwarders].flatMap(forwarder => forwarder.zones)
    const { zone = 'all' } = row.target
    if (this.#forwarders.size === 0) row.phase = 'unused-group'
    else if (zone !== 'all' && !zones.includes(zone)) row.phase = 'unused-zone'
    else row.phase = 'registering'
    this.#record(row)
    if (row.phase !== 'registering') return
    this.#after(this.#propagation.registrationMs, row.end.signal, () => {
      row.phase = 'active'
      this.#record(row)
      this.#dataPlane.learn(row)
    })
  }

  #registerAgain(row: Registration, target: TargetId): void {
    row.drain.abort()
    if (row.isRouted && this.#propagation.reregistration === 'resumes-at-once') {
      row.phase = 'active'
      this.#record(row)
    } else {
      this.#begin(this.#add(target))
    }
  }

  #leave(row: Registration): void {
    const wasActive = row.phase === 'active'
    // A registration that has not reached the data plane must not arrive there any more.
    if (!wasActive) row.end.abort()
    if (row.phase.startsWith('unused')) {
      this.#drop(row)
      return
    }
    row.phase = 'draining'
    row.drain = new AbortController()
    this.#record(row)
    const { drain } = row
    const { deregistrationDelayMs, terminatesAfterDeregistration } = this.behaviour
    this.#after(deregistrationDelayMs, drain.signal, () => {
      this.#drop(row)
      if (terminatesAfterDeregistration) this.#cut(row.key)
    })
    if (!wasActive) return
    this.#after(this.#propagation.deregistrationMs, row.end.signal, () => {
      // Registered again meanwhile, and perhaps deregistered once more: that has its own time.
      if (row.drain !== drain || row.phase === 'active') return
      this.#dataPlane.forget(row)
      if (terminatesAfterDeregistration && row.phase === 'gone' && !this.#rows.has(row.key)) this.#cut(row.key)
    })
  }

  #drop(row: Registration): void {
    row.phase = 'gone'
    this.#rows.delete(row.key)
    this.#record(row)
  }

  #cut(key: string): void {
    for (const forwarder of this.#forwarders) forwarder.cut(key)
  }

  #healthChanged(row: Registration): void {
    this.#record(row)
    const graceMs = this.behaviour.unhealthyDrainingMs
    if (row.health === 'unhealthy' && graceMs > 0) this.#after(graceMs, row.end.signal, () => this.#record(row))
  }

  #see(row: Registration): TargetHealth {
    const { terminatesUnhealthy, unhealthyDrainingMs } = this.behaviour
    const inGrace = this.#options.dialer.time.now() - row.healthSinceMs < unhealthyDrainingMs
    return describeRegistration(row, !terminatesUnhealthy && inGrace)
  }

  #record(row: Registration): void {
    for (const target of this.describe([row.target])) this.#moments.recordTarget(target)
  }

  #after(ms: number, signal: AbortSignal, action: () => void): void {
    const either = AbortSignal.any([signal, this.#end.signal])
    if (either.aborted) return
    if (ms <= 0) action()
    else either.addEventListener('abort', afterAtLeast(this.#options.dialer.time, ms, action), { once: true })
  }
}
