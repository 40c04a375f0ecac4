/**
 * Target group attributes of a TCP target group of type ip, with the defaults of ELBv2:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
 */
export const defaultAttributes: Readonly<Record<string, string>> = {
  'deregistration_delay.timeout_seconds': '300',
  'deregistration_delay.connection_termination.enabled': 'false',
  'target_health_state.unhealthy.connection_termination.enabled': 'true',
  'target_health_state.unhealthy.draining_interval_seconds': '0',
  'target_group_health.dns_failover.minimum_healthy_targets.count': '1',
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': 'off',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '1',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': 'off',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
  'preserve_client_ip.enabled': 'false',
  'proxy_protocol_v2.enabled': 'false',
  'stickiness.enabled': 'false',
  'stickiness.type': 'source_ip',
}

/** The attributes that the lab acts on, read when they are needed, as they can be modified at any time. */
export interface Behaviour {
  readonly deregistrationDelayMs: number
  readonly terminatesAfterDeregistration: boolean
  readonly terminatesUnhealthy: boolean
  readonly unhealthyDrainingMs: number
  readonly minimumHealthyCount: number
  readonly minimumHealthyPercentage: number
  /** Absent where the load balancer says it. */
  readonly isCrossZone?: boolean
}

/** Throws when an attribute that should be a number is none. */
export const readBehaviour = (attributes: Readonly<Record<string, string>>): Behaviour => {
  const value = (key: string) => attributes[key] ?? defaultAttributes[key] ?? ''
  const number = (key: string) => {
    const text = value(key)
    if (text === 'off') return 0
    if (!/^\d+$/.test(text)) throw new Error(`target group attribute ${key} must be a whole number, got '${text}'`)
    return Number(text)
  }
  const crossZone = value('load_balancing.cross_zone.enabled')
  return {
    deregistrationDelayMs: number('deregistration_delay.timeout_seconds') * 1000,
    terminatesAfterDeregistration: value('deregistration_delay.connection_termination.enabled') === 'true',
    terminatesUnhealthy: value('target_health_state.unhealthy.connection_termination.enabled') === 'true',
    unhealthyDrainingMs: number('target_health_state.unhealthy.draining_interval_seconds') * 1000,
    minimumHealthyCount: number('target_group_health.unhealthy_state_routing.minimum_healthy_targets.count'),
    minimumHealthyPercentage: number('target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage'),
    ...(crossZone === 'use_load_balancer_configuration' ? {} : { isCrossZone: crossZone === 'true' }),
  }
}
