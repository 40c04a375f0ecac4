import type { LambdaFunction, Run } from '../lambda/lambda-function.ts'
import type { LabTime } from '../model.ts'
import type { LoadBalancer } from '../nlb/load-balancer.ts'
import type { LabTargetGroup } from '../nlb/target-group.ts'
import type { Condition } from './alarms.ts'
import type { WakeState } from './wake.ts'

const minute = 60_000

/** What the alarms look at. */
export interface Watched {
  readonly database: string
  readonly time: LabTime
  readonly wake: WakeState
  readonly lambda: LambdaFunction
  readonly targetGroup: LabTargetGroup
  readonly loadBalancer: LoadBalancer
}

/**
 * The alarms of a stack, with the thresholds that it deploys, over what the lab sees instead of metrics. A test holds
 * their names to the stack's.
 */
export const conditionsOf = (options: Watched): readonly Condition[] => {
  const { database, time, wake, lambda, targetGroup, loadBalancer } = options
  const begunMs = Date.now()
  /** Runs that ended within so much scenario time. */
  const recent = (ms: number): readonly Run[] =>
    lambda.runs.filter(({ endedMs }) => Date.now() - endedMs <= ms / time.speed)
  const reportOf = ({ result }: Run) =>
    (result.kind === 'answered' ? result.payload : undefined) as { outcome?: string; reason?: string } | undefined
  let flows = 0
  let flowsAtMs = Number.NEGATIVE_INFINITY
  const failsOpen = (): boolean => {
    const { unhealthyRouted: count } = loadBalancer
    if (count > flows) [flows, flowsAtMs] = [count, time.now()]
    return time.now() - flowsAtMs < minute
  }
  const ticks = () =>
    lambda.runs.filter(run => run.payload !== null && typeof run.payload === 'object' && 'action' in run.payload)
  const conditions: readonly (Omit<Condition, 'name'> & { readonly key: string })[] = [
    {
      key: 'no-healthy-target',
      says: 'The load balancer does not find the writer healthy: consumers cannot reach the database',
      forMs: 2 * minute,
      isCrossed: () => !targetGroup.describe().some(({ state }) => state === 'healthy'),
    },
    {
      key: 'fail-open-flows',
      says: 'The load balancer sends connections to targets that it holds unhealthy',
      forMs: 2 * minute,
      isCrossed: failsOpen,
    },
    {
      key: 'reconcile-failing',
      says: 'The function fails: nobody moves the registration',
      isCrossed: () => recent(5 * minute).filter(({ result }) => result.kind === 'failed').length >= 2,
    },
    {
      key: 'refused',
      says: 'The function will not register what it found',
      isCrossed: () => recent(5 * minute).some(run => reportOf(run)?.outcome === 'refused'),
    },
    {
      key: 'drift-found',
      says: 'The writer had moved and no event said so',
      isCrossed: () => recent(5 * minute).some(run => reportOf(run)?.reason === 'drift-corrected'),
    },
    {
      key: 'event-age',
      says: 'An event waited longer than the longest watch',
      isCrossed: () => lambda.failures.some(({ condition }) => condition === 'EventAgeExceeded'),
    },
    { key: 'dead-letters', says: 'An event was given up', isCrossed: () => lambda.failures.length > 0 },
    {
      key: 'schedule-silent',
      says: 'The schedule has not run the function',
      isCrossed: () => {
        const lastMs = ticks().at(-1)?.startedMs ?? begunMs
        return wake.schedule.arn !== '' && (Date.now() - lastMs) * time.speed > 17 * minute
      },
    },
  ]
  return conditions.map(({ key, says, ...rest }) => ({
    ...rest,
    name: `repoint-${database}-${key}`,
    says: `${says}. docs/runbook.md#${key}`,
  }))
}
