import { Duration } from 'aws-cdk-lib'
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { metrics } from '../../functions/reconciler/names.ts'
import { type AlarmOwner, type Condition, type Conditions, createAlarmsOf } from './alarm.ts'
import type { FrontDoorModel } from './front-door-model.ts'
import {
  aliasInvocations,
  type LoadBalancerNames,
  loadBalancerMetric,
  repointMetric,
  targetGroupMetric,
} from './metrics.ts'
import { tickAlias } from './reconciler-function.ts'

/** Every alarm. Its key is its name and the heading of its section in docs/runbook.md; a test holds them together. */
export const alarmNames = {
  'no-healthy-target': 'The load balancer does not find the writer healthy: consumers cannot reach the database',
  'no-healthy-reader': 'No registered reader answers: consumers of the readers’ port cannot read',
  'fail-open-flows': 'The load balancer sends connections to targets that it holds unhealthy',
  'reconcile-failing': 'The function fails: nobody moves the registration',
  refused: 'The function will not register what it found',
  'drift-found': 'The writer had moved and no event said so',
  'event-age': 'An event waited longer than the longest watch',
  'dead-letters': 'An event was given up',
  'schedule-silent': 'The schedule has not run the function',
} as const

export type AlarmName = keyof typeof alarmNames

export interface Watched {
  readonly database: FrontDoorModel
  readonly lambda: IFunction
  readonly deadLetters: IQueue
  /** Absent for an existing target group whose load balancer the settings do not name. */
  readonly loadBalancer: LoadBalancerNames | undefined
}

/** Longer than the longest watch, during which ticks are dropped and events wait. */
const longestWatch = Duration.minutes(15)

export const createAlarms = (scope: Construct, watched: Watched): Alarm[] =>
  createAlarmsOf(scope, watched.database, { names: alarmNames, conditions: conditions(watched) })

const conditions = (watched: Watched): Conditions<AlarmName> => {
  const { database, lambda, deadLetters } = watched
  const { id } = database
  const sum = { statistic: 'Sum' }
  const tick = Duration.minutes(database.function.everyMinutes)
  return {
    // What the function found, not how many targets answer: with `standby` one of the pair is always unhealthy, with
    // `weighted` readers answer beside a dead writer. A number that comes late, a run that could not find out and a watch
    // that is still running leave the alarm as it is; that nothing runs is for `schedule-silent`.
    'no-healthy-target': {
      metric: repointMetric(id, metrics.writerHealthy, { statistic: 'Maximum', period: tick }),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 2,
      of: 3,
      missing: TreatMissingData.IGNORE,
    },
    ...loadBalancerConditions(watched),
    // A failed event is tried again and the next tick comes: two failures are no accident.
    'reconcile-failing': {
      metric: lambda.metricErrors({ period: Duration.minutes(Math.max(5, 3 * database.function.everyMinutes)) }),
      threshold: 2,
    },
    refused: { metric: repointMetric(id, metrics.refused, { ...sum, period: Duration.minutes(5) }), threshold: 1 },
    'drift-found': {
      metric: repointMetric(id, metrics.repointed, { ...sum, reason: 'drift-corrected', period: Duration.minutes(5) }),
      threshold: 1,
    },
    'event-age': {
      metric: lambda.metric('AsyncEventAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: longestWatch.toMilliseconds(),
    },
    'dead-letters': {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      threshold: 1,
    },
    'schedule-silent': {
      metric: aliasInvocations(lambda.functionName, tickAlias, Duration.minutes(5)),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: Math.ceil((longestWatch.toMinutes() + 2 * database.function.everyMinutes) / 5),
      missing: TreatMissingData.BREACHING,
    },
  }
}

/** For all databases of a shared load balancer: AWS counts these flows by load balancer, not by target group. */
export const createSharedAlarms = (scope: Construct, owner: AlarmOwner, loadBalancer: string): Alarm[] =>
  createAlarmsOf(scope, owner, { names: alarmNames, conditions: { 'fail-open-flows': failOpen({ loadBalancer }) } })

const failOpen = (loadBalancer: Pick<LoadBalancerNames, 'loadBalancer'>): Condition => ({
  metric: loadBalancerMetric(loadBalancer, 'UnhealthyRoutingFlowCount', { statistic: 'Sum' }),
  threshold: 1,
  periods: 2,
})

const loadBalancerConditions = ({ database, loadBalancer }: Watched): Conditions<AlarmName> => {
  if (loadBalancer === undefined) return {}
  const { readers } = loadBalancer
  return {
    'no-healthy-reader':
      readers === undefined
        ? undefined
        : {
            metric: targetGroupMetric(loadBalancer, readers, 'HealthyHostCount', { statistic: 'Minimum' }),
            threshold: 1,
            comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
            periods: 2,
            missing: TreatMissingData.BREACHING,
          },
    'fail-open-flows': database.shared ? undefined : failOpen(loadBalancer),
  }
}
