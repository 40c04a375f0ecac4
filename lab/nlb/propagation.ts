import { delays, thresholds } from '../delays.ts'

export interface HealthCheckSettings {
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
}

/** How fast the data plane follows the control plane. Scenario time; AWS publishes none of these figures. */
export interface Propagation {
  readonly registrationMs: number
  readonly deregistrationMs: number
  readonly unhealthyOutOfRoutingMs: number
  /** From ModifyListener to new connections by the new weights. Unconfirmed: AWS says "a short period of time". */
  readonly weightChangeMs: number
  /**
   * What registering a draining target does. AWS documents only that it is possible; the states on the way and the time
   * are unconfirmed. `registers-again` is the pessimistic assumption: the whole registration delay once more.
   */
  readonly reregistration: 'registers-again' | 'resumes-at-once'
}

export const defaultHealthCheck: HealthCheckSettings = {
  intervalMs: delays.nlbHealthCheckInterval.value,
  timeoutMs: delays.nlbHealthCheckTimeout.value,
  healthyThreshold: thresholds.nlbHealthy.value,
  unhealthyThreshold: thresholds.nlbUnhealthy.value,
}

export const defaultPropagation: Propagation = {
  registrationMs: delays.nlbRegistration.value,
  deregistrationMs: delays.nlbDeregistration.value,
  unhealthyOutOfRoutingMs: delays.nlbUnhealthyOutOfRouting.value,
  weightChangeMs: delays.nlbWeightChange.value,
  reregistration: 'registers-again',
}
