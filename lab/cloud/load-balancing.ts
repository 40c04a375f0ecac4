import type { Listener, LoadBalancer as LoadBalancerView, Weight } from '../api/account.ts'
import * as fixture from '../fixture.ts'
import type { Closable, Timeline } from '../model.ts'
import type { Dialer } from '../nlb/dial.ts'
import { type FlowSeries, openFlowSeries } from '../nlb/flow-series.ts'
import { nameOf, type Share } from '../nlb/forward.ts'
import { LoadBalancer } from '../nlb/load-balancer.ts'
import type { Propagation } from '../nlb/propagation.ts'
import { LabTargetGroup } from '../nlb/target-group.ts'
import type { Deployment } from '../template/deployment.ts'
import { type Keep, opening } from './opening.ts'

export interface LoadBalancingOptions {
  readonly deployment: Deployment
  readonly dialer: Dialer
  readonly timeline: Timeline
  readonly propagation?: Partial<Propagation> | undefined
}

/** One listener with the data plane that forwards for it, and the first of its target groups. */
export interface FrontDoor {
  readonly loadBalancer: LoadBalancer
  readonly targetGroup: LabTargetGroup
}

/** The load balancer of the stack. The lists are the API's own. */
export interface LoadBalancing extends Closable {
  readonly writer: FrontDoor
  /** Present where there is a front door for readers. */
  readonly readers?: FrontDoor
  readonly groups: LabTargetGroup[]
  /** By the listener's ARN. */
  readonly balancers: ReadonlyMap<string, LoadBalancer>
  readonly views: LoadBalancerView[]
  readonly series: FlowSeries
  /** Makes the group if there is none yet, as this version of the stack has it. */
  groupFor(arn: string, from: Deployment): LabTargetGroup
  sharesOf(weights: readonly Weight[], from: Deployment): readonly Share[]
}

export const openLoadBalancing = (options: LoadBalancingOptions): Promise<LoadBalancing> =>
  opening(async keep => {
    const { deployment, dialer, timeline, propagation } = options
    const { groups, groupFor } = openGroups(options, keep)
    const sharesOf = (weights: readonly Weight[], from: Deployment) =>
      weights.map(({ targetGroupArn, weight }) => ({ group: groupFor(targetGroupArn, from), weight }))
    const series = openFlowSeries()
    const balancers = new Map<string, LoadBalancer>()
    const { ip, nodes: everywhere } = fixture.loadBalancer
    const { zones } = deployment
    const nodes = everywhere.filter(({ zone }) => zones.includes(zone))
    for (const { arn, port, weights, idleTimeoutMs } of deployment.listeners) {
      const shares = sharesOf(weights, deployment)
      const balancer = await LoadBalancer.open({
        ...{ ip, nodes, port, dialer, timeline, zones, shares, idleTimeoutMs, series, propagation },
      })
      balancers.set(arn, keep(balancer))
    }
    const [loadBalancer, readerBalancer] = [...balancers.values()]
    if (!loadBalancer) throw new Error('the deployment has no listener')
    const readerGroup = readerBalancer?.forward.shares[0]?.group
    const listeners = [...balancers].map(([arn, balancer]) =>
      listenerOf(arn, balancer, weights => sharesOf(weights, deployment)),
    )
    return {
      ...{ groups, balancers, series, groupFor, sharesOf },
      writer: { loadBalancer, targetGroup: groupFor(deployment.targetGroup.arn, deployment) },
      ...(readerBalancer && readerGroup && { readers: { loadBalancer: readerBalancer, targetGroup: readerGroup } }),
      views: [{ ...fixture.loadBalancer, zones, listeners }],
    }
  })

/** Target groups, each made when it is first named. */
const openGroups = (
  { dialer, timeline, propagation }: LoadBalancingOptions,
  keep: Keep,
): Pick<LoadBalancing, 'groups' | 'groupFor'> => {
  const { port, zoneOf } = fixture
  const groups: LabTargetGroup[] = []
  const groupFor = (arn: string, { targetGroups, targetGroup: first }: Deployment): LabTargetGroup => {
    const known = groups.find(group => group.arn === arn)
    if (known) return known
    const { attributes, healthCheck } = targetGroups.find(group => group.arn === arn) ?? first
    const group = new LabTargetGroup({
      ...{ arn, port, dialer, timeline, attributes, healthCheck, zoneOf, propagation },
      ...(targetGroups.length > 1 && { name: nameOf(arn) }),
    })
    groups.push(keep(group))
    return group
  }
  return { groups, groupFor }
}

/** A listener as the API sees it, over the data plane that forwards for it. */
const listenerOf = (
  arn: string,
  { forward, port }: LoadBalancer,
  sharesOf: (weights: readonly Weight[]) => readonly Share[],
): Listener => ({
  arn,
  port,
  weights: () => forward.shares.map(({ group, weight }) => ({ targetGroupArn: group.arn, weight })),
  setWeights: weights => forward.change(sharesOf(weights)),
})
