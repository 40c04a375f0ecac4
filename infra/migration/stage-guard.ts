import { type Origin, type Stage, whyNotStage } from '../settings/stages.ts'
import type { Weights } from '../settings/weights.ts'

/**
 * What a deployment may do to the stage that is really deployed, decided before it changes anything else. Settings know
 * only what their file says was there before; CloudFormation hands over the properties that it really deployed.
 *
 * Why during the update and not where things are removed: CloudFormation removes in its clean-up, at the very end, where
 * a deletion that is refused is tried three times and skipped, and everything else is removed all the same.
 */

export interface StageProperties {
  readonly Stage: Stage
  readonly From: Origin
  /** Provider: of the endpoint service that `retired` removes. */
  readonly EndpointServiceId?: string
  /** Provider: its metric dimension, `net/…`. */
  readonly LoadBalancer?: string
  readonly HostedZoneId?: string
  readonly RecordName?: string
  /** Of the template's records, as JSON. */
  readonly Weights?: string
}

export interface StageRequest {
  readonly ResourceProperties: StageProperties
  /** What is deployed; nothing when the guard itself is new. */
  readonly OldResourceProperties?: StageProperties
}

/**
 * Why the stage cannot be reached from the deployed one. A stack without a guard is new, or has never left `nlb`: what the
 * settings say of before is a claim, and the status of the stack is not.
 */
export const whyNotReach = (
  { ResourceProperties, OldResourceProperties }: StageRequest,
  withoutGuard: 'new' | 'nlb',
): string | undefined => {
  const { Stage } = ResourceProperties
  const deployed = OldResourceProperties?.Stage ?? withoutGuard
  const why = whyNotStage(deployed, Stage)
  return why && `stage ${Stage} is refused: deployed is ${deployed}; expected ${why}`
}

export interface InUse {
  /** Of the endpoint service, that are open or asked for: `vpce-… (available, of account …)`. */
  readonly connections: readonly string[]
  /** Through the load balancer in the last hour. Health checks are no flows. */
  readonly newFlows: number
}

/** Why the load balancer and its endpoint service cannot go yet. */
export const whyNotRetire = ({ connections, newFlows }: InUse): string | undefined => {
  if (connections.length > 0) {
    return `stage retired is refused: the endpoint service has connections: ${connections.join(', ')}; expected none: its consumers go first`
  }
  if (newFlows > 0) {
    return `stage retired is refused: the load balancer has had ${newFlows} new flows in the last hour; expected none: somebody still connects through it`
  }
  return undefined
}

/**
 * Why the records cannot be written: somebody has moved the live weights since the last deployment, for a rollback it
 * may be, and the template would move them again.
 */
export const whyNotMove = (request: StageRequest, live: Weights): string | undefined => {
  const { Stage, Weights: after } = request.ResourceProperties
  // No records: nobody comes through this zone yet.
  if (live.nlb === undefined && live.gateway === undefined) return undefined
  if (Stage === 'retired' && live.nlb) {
    return `stage retired is refused: the live weight of the load balancer is ${live.nlb}; expected 0`
  }
  const before = request.OldResourceProperties ? request.OldResourceProperties.Weights : '{"nlb":100}'
  if ([before, after].some(it => it !== undefined && isSame(JSON.parse(it), live))) return undefined
  return `the live weights are ${JSON.stringify(live)}; expected those deployed before (${before}) or this template’s (${after}): say in the settings what is live, or move it back`
}

const isSame = (one: Weights, other: Weights) =>
  (one.nlb ?? 0) === (other.nlb ?? 0) && (one.gateway ?? 0) === (other.gateway ?? 0)
