import type { Socket } from 'node:net'
import type { FlowCounters } from './counters.ts'
import { type Dialer, dial } from './dial.ts'
import type { FlowCounter } from './flow-series.ts'
import { Pipe } from './pipe.ts'
import type { Registration } from './registration.ts'
import type { LabTargetGroup } from './target-group.ts'

export interface FlowOptions {
  readonly client: Socket
  /** Through which target group it goes. */
  readonly group: LabTargetGroup
  readonly registration: Registration
  readonly dialer: Dialer
  readonly connectTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly counters: FlowCounters
  readonly series?: FlowCounter
  /** Asked for each packet of the client: whether the answer is RST. */
  readonly refuses: () => boolean
  readonly onEnd: () => void
}

const resetCounters = {
  client: 'TCP_Client_Reset_Count',
  target: 'TCP_Target_Reset_Count',
  middle: 'TCP_ELB_Reset_Count',
} as const

/**
 * One TCP connection through the load balancer. A real NLB passes the target's SYN-ACK or RST on; here the client's
 * connection is accepted before the target has answered.
 */
export class Flow {
  readonly key: string
  readonly group: LabTargetGroup
  readonly #pipe: Pipe

  constructor({ registration, group, dialer, connectTimeoutMs, counters, series, ...options }: FlowOptions) {
    this.key = registration.key
    this.group = group
    this.#pipe = new Pipe({
      ...options,
      time: dialer.time,
      reach: signal => dial(registration.target, connectTimeoutMs, dialer, signal),
      onReset: by => {
        counters[resetCounters[by]]++
        series?.reset(by === 'middle' ? 'balancer' : by, Date.now())
      },
      onBytes: count => {
        counters.ProcessedBytes += count
      },
    })
  }

  /** The target has answered: before that there is nothing that a load balancer could terminate. */
  get isEstablished(): boolean {
    return this.#pipe.isEstablished
  }

  /** The load balancer ends the connection by RST towards both sides. */
  reset(): void {
    this.#pipe.reset()
  }
}
