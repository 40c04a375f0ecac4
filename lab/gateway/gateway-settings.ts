import { delays } from '../delays.ts'
import { synTimeoutMs } from '../nlb/dial.ts'

/** How a resource gateway's data plane behaves. Scenario time; what AWS does not say is marked in `delays`. */
export interface GatewaySettings {
  /** How long it goes by an answer of the DNS before it asks again. */
  readonly keepsAnswerMs: number
  readonly idleTimeoutMs: number
  /** How long a SYN to a silent database is followed. */
  readonly connectTimeoutMs: number
  /** From a connection to its record in the log. */
  readonly accessLogDelayMs: number
  /**
   * What becomes of an established connection when the database dies: UNCONFIRMED, no page speaks of an RST. `hangs` is
   * the pessimistic assumption: only the client's own time limits end it.
   */
  readonly whenTargetResets: 'hangs' | 'passes-on'
}

export const defaultGatewaySettings: GatewaySettings = {
  keepsAnswerMs: delays.gatewayKeptAnswer.value,
  idleTimeoutMs: delays.gatewayIdle.value,
  connectTimeoutMs: synTimeoutMs,
  accessLogDelayMs: delays.gatewayAccessLog.value,
  whenTargetResets: 'hangs',
}
