import type { Registration, Remembered, Target, Weight } from '../../functions/reconciler/core/model.ts'
import { type FrontDoor, TransientError } from '../../functions/reconciler/ports.ts'
import { type BucketName, bucketOf, buckets, openBuckets } from '../api/throttle.ts'
import { delays } from '../delays.ts'
import type { FleetClock } from './fleet-clock.ts'

/** The AWS account that the whole fleet shares: its front doors, and what is left of each bucket. */
export interface FleetAccount {
  readonly frontDoor: FrontDoor
  /** One call of the account. @throws TransientError `throttled` when its bucket is empty. */
  call<T>(action: string, act: () => T): Promise<T>
  readonly served: ReadonlyMap<string, number>
  readonly refused: ReadonlyMap<string, number>
  /** When a call was last refused. */
  lastRefusedMs(): number | undefined
  /** As a deployment and its first runs leave it. */
  put(targetGroupArn: string, ip: string): void
  putWeights(listenerArn: string, weights: readonly Weight[]): void
  putPair(targetGroupArn: string, pair: readonly Remembered[]): void
}

export interface FleetAccountOptions {
  readonly clock: FleetClock
  /** Whether something has answered at the address for so long that the health check knows. */
  readonly isHealthy: (ip: string) => boolean
  readonly onWrite: (
    kind: 'register' | 'deregister' | 'setWeights' | 'remember',
    place: string,
    targets: readonly string[],
  ) => void
}

/** What a call takes, in milliseconds: UNCONFIRMED, tens of milliseconds within a Region. */
const latencyMs = { least: 20, most: 80 }

interface Entry {
  readonly target: Target
  readonly registeredMs: number
  drainingMs?: number
}

/** The drain that Repoint deploys. */
const drainMs = 5000

export const openFleetAccount = ({ clock, isHealthy, onWrite }: FleetAccountOptions): FleetAccount => {
  const throttle = openBuckets(clock)
  const served = new Map<string, number>()
  const refused = new Map<string, number>()
  const groups = new Map<string, Map<string, Entry>>()
  const listeners = new Map<string, readonly Weight[]>()
  const pairs = new Map<string, readonly Remembered[]>()
  let lastRefusedMs: number | undefined

  const count = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)
  const call = async <T>(action: string, act: () => T): Promise<T> => {
    await clock.sleep(latencyMs.least + Math.floor(clock.random() * (latencyMs.most - latencyMs.least)))
    const name = counterOf(action)
    try {
      if (name in buckets) throttle.spend(action)
    } catch {
      count(refused, name)
      lastRefusedMs = clock.now()
      throw new TransientError('throttled', `${action}: Throttling: Rate exceeded`)
    }
    count(served, name)
    return act()
  }

  const groupOf = (arn: string): Map<string, Entry> => {
    const group = groups.get(arn) ?? new Map<string, Entry>()
    groups.set(arn, group)
    for (const [ip, { drainingMs }] of group) {
      if (drainingMs !== undefined && clock.now() - drainingMs >= drainMs) group.delete(ip)
    }
    return group
  }
  const show = ({ target, registeredMs, drainingMs }: Entry): Registration => {
    if (drainingMs !== undefined)
      return { ...target, state: 'draining', stateReason: 'Target.DeregistrationInProgress' }
    if (clock.now() - registeredMs < delays.nlbRegistration.value) return { ...target, state: 'initial' }
    return { ...target, state: isHealthy(target.ip) ? 'healthy' : 'unhealthy' }
  }

  return {
    call,
    served,
    refused,
    lastRefusedMs: () => lastRefusedMs,
    put: (arn, ip) =>
      groupOf(arn).set(ip, { target: { ip, port: 5432 }, registeredMs: clock.now() - delays.nlbRegistration.value }),
    putWeights: (arn, weights) => listeners.set(arn, weights),
    putPair: (arn, pair) => pairs.set(arn, pair),
    frontDoor: {
      registrations: arn => call('DescribeTargetHealth', () => [...groupOf(arn).values()].map(show)),
      weights: arn => call('DescribeListeners', () => listeners.get(arn) ?? []),
      remembered: arn => call('DescribeTags', () => pairs.get(arn) ?? []),
      register: (arn, targets) =>
        call('RegisterTargets', () => {
          const group = groupOf(arn)
          for (const target of targets) {
            if (group.get(target.ip)?.drainingMs === undefined && group.has(target.ip)) continue
            group.set(target.ip, { target, registeredMs: clock.now() })
          }
          onWrite(
            'register',
            arn,
            targets.map(({ ip }) => ip),
          )
        }),
      deregister: (arn, targets) =>
        call('DeregisterTargets', () => {
          for (const { ip } of targets) {
            const entry = groupOf(arn).get(ip)
            if (entry) entry.drainingMs ??= clock.now()
          }
          onWrite(
            'deregister',
            arn,
            targets.map(({ ip }) => ip),
          )
        }),
      setWeights: (arn, weights) =>
        call('ModifyListener', () => {
          listeners.set(arn, weights)
          const chosen = weights.filter(({ weight }) => weight > 0)
          onWrite(
            'setWeights',
            arn,
            chosen.flatMap(({ targetGroupArn }) => [...groupOf(targetGroupArn).keys()]),
          )
          return weights
        }),
      remember: (arn, pair) =>
        call('AddTags', () => {
          pairs.set(arn, pair)
          onWrite('remember', arn, [])
        }),
    },
  }
}

/** The bucket, or `rds` for the RDS API, whose limits are not published. */
const counterOf = (action: string): BucketName | 'rds' => (action.startsWith('DescribeDB') ? 'rds' : bucketOf(action))
