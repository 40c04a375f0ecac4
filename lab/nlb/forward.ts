import type { Closable, LabTime, Timeline } from '../model.ts'
import type { Propagation } from './propagation.ts'
import type { Node, Route } from './routing.ts'
import type { Forwarder, LabTargetGroup } from './target-group.ts'
import { afterAtLeast } from './timer.ts'

/** A target group that a listener forwards to. Weights are relative; 0 takes no new connections. */
export interface Share {
  readonly group: LabTargetGroup
  readonly weight: number
}

export interface ForwardOptions {
  readonly shares: readonly Share[]
  readonly zones: readonly string[]
  readonly time: LabTime
  readonly timeline: Timeline
  readonly propagation: Pick<Propagation, 'weightChangeMs'>
  /** Ends established connections that go through the group: all of them, or those to one target. */
  readonly cut: (group: LabTargetGroup, key?: string) => void
}

/**
 * What a listener forwards to. The control plane answers with new weights at once; the data plane follows later: new
 * connections then go by the new weights, established ones stay, and of a group whose weight has become 0, or which has
 * left, "existing connections are closed".
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
 *
 * A group with weight 0 is in use all the same, and goes on to be health-checked.
 */
export class Forward implements Closable {
  readonly #options: ForwardOptions
  readonly #detach = new Map<LabTargetGroup, () => void>()
  readonly #cancels = new Set<() => void>()
  #shares: readonly Share[]
  #effective: readonly Share[]
  #turn = 0

  constructor(options: ForwardOptions) {
    this.#options = options
    this.#shares = options.shares
    this.#effective = options.shares
    this.#attach(options.shares)
  }

  /** As DescribeListeners shows them. */
  get shares(): readonly Share[] {
    return this.#shares
  }

  /** As the data plane acts on them. */
  get effective(): readonly Share[] {
    return this.#effective
  }

  /** ModifyListener: from now on these groups and no others. */
  change(shares: readonly Share[]): void {
    this.#shares = shares
    this.#attach(shares)
    const { time, propagation } = this.#options
    const cancel = afterAtLeast(time, propagation.weightChangeMs, () => {
      this.#cancels.delete(cancel)
      this.#follow(shares)
    })
    this.#cancels.add(cancel)
  }

  /** Where the next new connection goes. `undefined`: no group has weight. */
  next(node?: Node): { readonly group: LabTargetGroup; readonly route: Route } | undefined {
    const turns = this.#effective.flatMap(({ group, weight }) => Array<LabTargetGroup>(weight).fill(group))
    const group = turns[this.#turn++ % Math.max(1, turns.length)]
    return group && { group, route: group.route(node) }
  }

  async close(): Promise<void> {
    for (const cancel of this.#cancels) cancel()
    for (const detach of this.#detach.values()) detach()
  }

  #attach(shares: readonly Share[]): void {
    for (const { group } of shares) {
      if (this.#detach.has(group)) continue
      const forwarder: Forwarder = { zones: this.#options.zones, cut: key => this.#options.cut(group, key) }
      this.#detach.set(group, group.attach(forwarder))
    }
  }

  #follow(shares: readonly Share[]): void {
    const before = this.#effective
    this.#effective = shares
    const weightOf = (group: LabTargetGroup) => shares.find(share => share.group === group)?.weight ?? 0
    this.#options.timeline.record('targets', 'the listener follows its weights', {
      weights: shares.map(({ group, weight }) => `${nameOf(group.arn)} ${weight}`).join(', '),
    })
    for (const { group, weight } of before) if (weight > 0 && weightOf(group) === 0) this.#options.cut(group)
    // A group may have come back by a change that is still on its way.
    for (const [group, detach] of this.#detach) {
      if ([...shares, ...this.#shares].some(share => share.group === group)) continue
      detach()
      this.#detach.delete(group)
    }
  }
}

export const nameOf = (targetGroupArn: string): string => targetGroupArn.split('/')[1] ?? targetGroupArn
