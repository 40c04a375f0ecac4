import { exactShareOf, type Weights } from '../app/settings/stage-weights.ts'
import { hasGateway, hasLoadBalancer, type Origin, type Stage, whyNotStage } from '../app/settings/stages.ts'

/**
 * What a deployment may do to the stage that is really deployed, decided before it changes anything else. Settings know
 * only what their file says was there before; CloudFormation hands over the properties that it really deployed.
 *
 * Why during the update and not where things are removed: CloudFormation removes in its clean-up, at the very end, where
 * a deletion that is refused is tried three times and skipped, and everything else is removed all the same.
 */

export interface StageProperties {
  readonly Side: 'provider' | 'consumer'
  readonly Stage: Stage
  readonly From: Origin
  /** Provider: of the stack's own endpoint service, which `retired` removes. */
  readonly EndpointServiceId?: string | undefined
  /** Provider: the load balancer's metric dimension, `net/…`. */
  readonly LoadBalancer?: string | undefined
  /** Provider: whether the load balancer is the stack's own, one that databases share, or was there before. */
  readonly FrontDoor?: 'create' | 'shared' | 'existing' | undefined
  /** Provider: somebody has checked that nobody comes by this database's listener of a shared load balancer. */
  readonly ListenerUnused?: 'true' | undefined
  /** Provider: of what is fixed in gateway and resource configuration; another one is another configuration. */
  readonly ConfigurationHash?: string | undefined
  /** Consumer: logical id of its hosted zone, which comes after the guard. */
  readonly Zone?: string | undefined
  readonly RecordName?: string | undefined
  /** Of the template's records, as JSON. */
  readonly Weights?: string | undefined
  /** Consumer: this deployment may raise the gateway's share above what is live; asked for on its command line. */
  readonly RaiseShare?: 'true' | undefined
  /** Consumer: the interface endpoint is other consumers' too, and stays when this one retires. */
  readonly SharesEndpoint?: 'true' | undefined
  /** Consumer: of what is fixed in the interface endpoint; another one is another endpoint. */
  readonly InterfaceEndpointHash?: string | undefined
  /** Consumer: of what is fixed in the resource endpoint; another one is another endpoint. */
  readonly EndpointHash?: string | undefined
  /** Consumer: of what else a record leads to, and where a zone answers. Nobody reads it: another value makes CloudFormation ask. */
  readonly LeadsToHash?: string | undefined
  /** The settings want the replacement although what it replaces is in use. */
  readonly ReplaceInUse?: 'true' | undefined
}

export interface StageRequest {
  readonly ResourceProperties: StageProperties
  /** What is deployed; nothing when the guard itself is new. */
  readonly OldResourceProperties?: StageProperties
}

/**
 * Why the stage cannot be reached from the deployed one. A stack without a guard is new, or has never left `nlb`: what the
 * settings say of before is a claim, and the status of the stack is not.
 *
 * The table of stages judges, with two exceptions: what the command line moves, it moves without a deployment, so that
 * the deployed stage may be behind the real one.
 *
 * @param live the consumer's weights
 */
export const whyNotReach = (
  { ResourceProperties, OldResourceProperties }: StageRequest,
  withoutGuard: 'new' | 'nlb',
  live?: Weights,
): string | undefined => {
  const { Stage } = ResourceProperties
  const deployed = OldResourceProperties?.Stage ?? withoutGuard
  if (isOneTemplate(ResourceProperties, deployed) || isLiveAlready(ResourceProperties, deployed, live)) return undefined
  const why = whyNotStage(deployed, Stage)
  return why && `stage ${Stage} is refused: deployed is ${deployed}; expected ${why}`
}

/** A provider's stages with both paths are the same template: a deployment from any to any other changes nothing. */
export const isOneTemplate = ({ Side, Stage }: StageProperties, deployed: Origin): boolean =>
  Side === 'provider' && hasBothPaths(deployed) && hasBothPaths(Stage)

const hasBothPaths = (stage: Origin): boolean => stage !== 'new' && hasGateway(stage) && hasLoadBalancer(stage)

/** A consumer that was deployed at `shadow` and moved to the gateway since: the deployment moves nothing any more. */
export const isLiveAlready = (
  { Side, Stage, Weights }: StageProperties,
  deployed: Origin,
  live: Weights | undefined,
): boolean =>
  Side === 'consumer' &&
  deployed === 'shadow' &&
  Stage === 'gateway' &&
  live !== undefined &&
  Weights !== undefined &&
  isSame(JSON.parse(Weights), live)

/** Whether the deployed resource configuration goes, or another one takes its place. */
export const takesConfiguration = ({ ResourceProperties: after, OldResourceProperties: old }: StageRequest): boolean =>
  old !== undefined &&
  hasGateway(old.Stage) &&
  (!hasGateway(after.Stage) || isAnother(old.ConfigurationHash, after.ConfigurationHash))

/**
 * Why the resource configuration cannot go, or be replaced. AWS deletes none that has endpoints; CloudFormation would
 * leave it there, and take its access log, its share and the rule of the database's security group away all the same.
 *
 * @param associations of the deployed configuration, with whose endpoints they are: `vpce-… (of account …)`
 */
export const whyNotTake = (request: StageRequest, associations: readonly string[]): string | undefined => {
  if (associations.length === 0 || !takesConfiguration(request)) return undefined
  const { Stage, ReplaceInUse } = request.ResourceProperties
  const found = `the resource configuration is in use: ${associations.join(', ')}`
  if (!hasGateway(Stage)) {
    return `stage ${Stage} is refused: ${found}; expected none: its consumers go back to nlb first, in whatever file they are`
  }
  if (ReplaceInUse) return undefined
  return `another resource configuration is refused: ${fixedHasChanged} (VPC, subnets, addresses of an interface, resolution or target), and ${found}; expected none, the settings as they were, or gateway.replaceInUse`
}

export interface InUse {
  /** Of the endpoint service, that are open or asked for: `vpce-… (available, of account …)`. */
  readonly connections: readonly string[]
  /** Through the load balancer in the last hour. Health checks are no flows. */
  readonly newFlows: number
  /** Open through the load balancer in the last 15 minutes, at most at once: a quiet pool makes no new ones. */
  readonly activeFlows: number
}

/** Why the load balancer and its endpoint service cannot go yet; of a shared one, the database's listener. */
export const whyNotRetire = (
  { connections, newFlows, activeFlows }: InUse,
  frontDoor?: StageProperties['FrontDoor'],
): string | undefined => {
  if (connections.length > 0) {
    return `stage retired is refused: the endpoint service has connections: ${connections.join(', ')}; expected none: its consumers go first`
  }
  const remedy = frontDoor === undefined ? '' : ofOthers[frontDoor]
  if (newFlows > 0) {
    return `stage retired is refused: the load balancer has had ${newFlows} new flows in the last hour; expected none: somebody still connects through it${remedy}`
  }
  if (activeFlows > 0) {
    return `stage retired is refused: the load balancer has had ${activeFlows} open flows in the last 15 minutes; expected none: somebody is still connected through it${remedy}`
  }
  return undefined
}

/** Flows are counted by load balancer, and not by listener or target group. */
const ofOthers: Readonly<Record<NonNullable<StageProperties['FrontDoor']>, string>> = {
  create: '',
  existing:
    '. Where they are another database’s, take frontDoor.loadBalancerArn out of the settings, deploy at gateway, and then retire: its use is not looked at then',
  shared:
    '. They may be another database’s: AWS counts them for all listeners together. Check this one (docs/migrating.md, "A shared load balancer"), and then say gateway.listenerUnused in the settings',
}

/**
 * Why the records cannot be written: somebody has moved the live weights since the last deployment, for a rollback it
 * may be, and the template would move them again; or the endpoint that they lead to would be replaced under way.
 */
export const whyNotMove = (request: StageRequest, live: Weights): string | undefined => {
  const { Stage, Weights: after } = request.ResourceProperties
  if (live.nlb === undefined && live.gateway === undefined) {
    // Nobody comes through this zone yet; or somebody has taken both records away, and what comes back raises the share.
    return request.OldResourceProperties && whyNotRaise(request, { nlb: 100 })
  }
  if (Stage === 'retired' && live.nlb) {
    return `stage retired is refused: the live weight of the load balancer is ${live.nlb}; expected 0`
  }
  const raised = whyNotRaise(request, live)
  if (raised !== undefined) return raised
  const before = request.OldResourceProperties ? request.OldResourceProperties.Weights : '{"nlb":100}'
  if ([before, after].some(it => it !== undefined && isSame(JSON.parse(it), live))) return whyNotReplace(request, live)
  return `the live weights are ${JSON.stringify(live)}; expected those deployed before (${before}) or this template’s (${after}): say in the settings what is live, or move it back`
}

/**
 * A deployment never raises the gateway's share above what is live, unless it is asked to. What goes wrong without this:
 * 1. The stack is deployed at shadow. `shift 50` moves the live weights, and a colleague takes over the settings file.
 * 2. The gateway breaks, and `rollback` takes all of it back: live is again what was deployed last.
 * 3. The colleague deploys the older file. Nothing tells "rolled back" from "never moved", and half of the new connections
 *    go to the broken gateway.
 */
const whyNotRaise = (
  { ResourceProperties: { Weights: after, RaiseShare } }: StageRequest,
  live: Weights,
): string | undefined => {
  if (after === undefined || RaiseShare) return undefined
  const [now, then] = [exactShareOf(live), exactShareOf(JSON.parse(after))]
  if (then <= now) return undefined
  return `this deployment would raise the gateway's share of new connections from ${percent(now)} to ${percent(then)}: its settings may be older than a rollback. Move the weights first (repoint migrate shift), or ask this one deployment for it: npx cdk deploy -c raise=CONSUMER`
}

const percent = (share: number): string => `${Math.round(share * 10) / 10} %`

export interface Cut {
  /** Of the endpoint that goes. */
  readonly endpointId: string
  /** Connections that began in the last hour. */
  readonly began: number
  /** Open in the last 15 minutes, at most at once. */
  readonly open: number
}

/**
 * Why an endpoint of the consumer cannot go yet: whoever is connected through it would be cut off. The interface endpoint
 * goes with `retired`, the resource endpoint with `nlb`.
 */
export const whyNotCut = (
  { ResourceProperties: { Stage } }: StageRequest,
  cut: Cut | undefined,
): string | undefined => {
  if (cut === undefined) return undefined
  const { endpointId, began, open } = cut
  if (open > 0) {
    return `stage ${Stage} is refused: ${endpointId} has had ${open} open connections in the last 15 minutes; expected none: they would be cut, so wait until pools have recycled them`
  }
  if (began > 0 && Stage === 'retired') {
    return `stage retired is refused: ${endpointId} has had ${began} new connections in the last hour; expected none: somebody still connects through it`
  }
  return undefined
}

/** The stack's output that names the endpoint which a stage takes away. */
export const endpointTaken = ({
  ResourceProperties: { Stage },
  OldResourceProperties: old,
}: StageRequest): 'EndpointId' | 'ResourceEndpointId' | undefined => {
  if (old === undefined || old.Stage === Stage) return undefined
  if (Stage === 'retired') return old.SharesEndpoint ? undefined : 'EndpointId'
  return Stage === 'nlb' ? 'ResourceEndpointId' : undefined
}

/** Why records beside the two of the stack are no good: with them no share is what the settings say. */
export const whyNotBeside = (strangers: readonly string[]): string | undefined =>
  strangers.length === 0
    ? undefined
    : `the name has weighted records that are not of this stack: ${strangers.join(', ')}; expected none: they take a share of their own`

/** The record follows to the new endpoint, and whoever is connected through the old one is cut off with it. */
const whyNotReplace = (
  { ResourceProperties: after, OldResourceProperties: old }: StageRequest,
  { nlb = 0, gateway = 0 }: Weights,
): string | undefined => {
  if (after.ReplaceInUse) return undefined
  if (gateway > 0 && isAnother(old?.EndpointHash, after.EndpointHash)) {
    return `another resource endpoint is refused: ${fixedHasChanged} (VPC, subnets, which follow the zone ids of both sides, or resourceConfigurationArn), and the live weight of the gateway is ${gateway}; expected 0, the settings as they were, or gateway.replaceInUse`
  }
  if (nlb > 0 && isAnother(old?.InterfaceEndpointHash, after.InterfaceEndpointHash)) {
    return `another interface endpoint is refused: ${fixedHasChanged} (VPC, serviceName or serviceRegion), and the live weight of the load balancer is ${nlb}; expected 0, the settings as they were, or gateway.replaceInUse`
  }
  return undefined
}

const fixedHasChanged = 'something has changed that is fixed'

const isAnother = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && one !== other

const isSame = (one: Weights, other: Weights) =>
  (one.nlb ?? 0) === (other.nlb ?? 0) && (one.gateway ?? 0) === (other.gateway ?? 0)
