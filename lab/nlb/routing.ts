import type { Behaviour } from './attributes.ts'
import type { Registration } from './registration.ts'

export interface Route {
  /** The registrations that new connections go to. Empty when connections get nowhere. */
  readonly to: readonly Registration[]
  /** Too few healthy targets: health is ignored. An empty group fails open, too, and forwards to nothing. */
  readonly failsOpen: boolean
}

export type RoutingRules = Pick<Behaviour, 'minimumHealthyCount' | 'minimumHealthyPercentage'> & {
  /** New connections go on to a target for so long after it was marked unhealthy. */
  readonly unhealthyOutOfRoutingMs: number
}

/** A node of the load balancer: where it is, and what the load balancer says of zones where the target group does not. */
export interface Node {
  readonly zone: string
  readonly isCrossZone: boolean
}

/**
 * What a node knows of: with cross-zone load balancing off the registrations in its own zone alone, and their health alone
 * decides whether it fails open. A registration without a zone, outside the VPC, is in every one.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html (cross-zone load balancing),
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
 */
export const seenFrom = (
  registrations: Iterable<Registration>,
  node: Node | undefined,
  { isCrossZone = node?.isCrossZone ?? true }: Pick<Behaviour, 'isCrossZone'>,
): readonly Registration[] => {
  const isSeen = ({ target: { zone = 'all' } }: Registration) => zone === 'all' || zone === node?.zone
  return [...registrations].filter(registration => node === undefined || isCrossZone || isSeen(registration))
}

/**
 * Where new connections go: to the healthy targets and to those marked unhealthy so recently that the data plane does
 * not know; to every target when too few are healthy.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
 */
export const chooseRoute = (registrations: Iterable<Registration>, nowMs: number, rules: RoutingRules): Route => {
  const routed = new Map<string, Registration>()
  // A target that registers again is listed twice for a while; its latest registration speaks for it.
  for (const registration of registrations) if (registration.isRouted) routed.set(registration.key, registration)
  const all = [...routed.values()]
  const healthy = all.filter(({ health }) => health === 'healthy')
  const percentage = all.length === 0 ? 0 : (100 * healthy.length) / all.length
  const failsOpen = healthy.length < rules.minimumHealthyCount || percentage < rules.minimumHealthyPercentage
  if (failsOpen) return { to: all, failsOpen }
  return { to: all.filter(registration => takesNewConnections(registration, nowMs, rules)), failsOpen }
}

const takesNewConnections = (
  { health, healthSinceMs, wasHealthy }: Registration,
  nowMs: number,
  rules: RoutingRules,
): boolean =>
  health === 'healthy' ||
  (health === 'unhealthy' && wasHealthy && nowMs - healthSinceMs < rules.unhealthyOutOfRoutingMs)
