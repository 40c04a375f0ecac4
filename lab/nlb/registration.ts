import type { TargetHealth, TargetId, TargetState } from '../model.ts'

/** What health checks have found; `unavailable` where there are none. */
export type Health = 'initial' | 'healthy' | 'unhealthy' | 'unavailable'

/**
 * One registration of a target, as the data plane sees it. Registering an address a second time makes another one: the
 * data plane may still be forgetting the first.
 */
export interface Registration {
  readonly target: TargetId
  readonly key: string
  phase: 'unused-group' | 'unused-zone' | 'registering' | 'active' | 'draining' | 'gone'
  health: Health
  /** Scenario time of the last change of `health`. */
  healthSinceMs: number
  /** It was healthy before it became unhealthy: only then does the data plane have something to unlearn. */
  wasHealthy: boolean
  /** New connections may be sent to it: from the end of the registration until the deregistration has propagated. */
  isRouted: boolean
  /** Ends its health check and its timers. */
  end: AbortController
  /** Ends the deregistration delay alone: the target was registered again. */
  drain: AbortController
}

export const keyOf = ({ ip, port }: TargetId): string => `${ip}:${port}`

/**
 * States, reasons and descriptions are those of
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html and
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html; of the two descriptions of an
 * unused target the second is our assumption.
 */
interface Seen {
  readonly state: TargetState
  readonly reason?: string
  readonly description?: string
}

/** State, reason and description as DescribeTargetHealth words them. A healthy target has only a state. */
export const describeRegistration = (registration: Registration, isDrainingUnhealthy: boolean): TargetHealth => ({
  ...registration.target,
  ...see(registration, isDrainingUnhealthy),
})

const see = ({ phase, health }: Registration, isDrainingUnhealthy: boolean): Seen => {
  if (phase === 'unused-group') return unusedGroup
  if (phase === 'unused-zone') return unusedZone
  if (phase === 'registering') return registering
  if (phase === 'draining' || phase === 'gone') return draining
  if (health === 'healthy') return { state: 'healthy' }
  if (health === 'initial') return checking
  if (health === 'unavailable') return disabled
  return { ...failed, state: isDrainingUnhealthy ? 'unhealthy.draining' : 'unhealthy' }
}

const unusedGroup: Seen = {
  state: 'unused',
  reason: 'Target.NotInUse',
  description: 'Target group is not configured to receive traffic from the load balancer',
}
const unusedZone: Seen = {
  state: 'unused',
  reason: 'Target.NotInUse',
  description: 'Target is in an Availability Zone that is not enabled for the load balancer',
}
const registering: Seen = {
  state: 'initial',
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
}
const checking: Seen = {
  state: 'initial',
  reason: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
}
const disabled: Seen = {
  state: 'unavailable',
  reason: 'Target.HealthCheckDisabled',
  description: 'Health checks are disabled for this target',
}
const failed: Omit<Seen, 'state'> = { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' }
const draining: Seen = {
  state: 'draining',
  reason: 'Target.DeregistrationInProgress',
  description: 'Target deregistration is in progress',
}

export const notRegistered = (target: TargetId): TargetHealth => ({
  ...target,
  state: 'unused',
  reason: 'Target.NotRegistered',
  description: 'Target is not registered to the target group',
})
