import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import {
  CfnSchedule,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler'
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets'
import type { Construct } from 'constructs'
import { scheduleGroupName, scheduleName } from '../app/settings/resource-names.ts'
import { type DatabaseModel, physical } from './front-door-model.ts'

/**
 * The safety net for events that RDS may lose. EventBridge Scheduler invokes Lambda asynchronously, so a tick that
 * meets a running watch waits in Lambda's queue; the alias that it calls drops it there after a minute, without a
 * retry. A missed tick is nothing to report: the next one does the same work
 * (docs/decisions/2026-11-21-schedule-through-an-alias.md).
 */
export const resyncOnSchedule = (scope: Construct, database: DatabaseModel, ticks: IFunction): Schedule =>
  new Schedule(scope, 'Schedule', {
    // Its group tells it from others, and the command line finds it there.
    ...(isFirst(scope) ? physical(database, 'scheduleName', () => scheduleName) : {}),
    description: `Looks whether the load balancer still points at the writer of ${database.id}`,
    schedule: ScheduleExpression.rate(Duration.minutes(database.function.everyMinutes)),
    scheduleGroup: new ScheduleGroup(scope, 'ScheduleGroup', {
      ...physical(database, 'scheduleGroupName', scheduleGroupName),
      // CDK retains it by default: a failed first deployment would leave its name taken.
      removalPolicy: RemovalPolicy.DESTROY,
    }),
    target: new LambdaInvoke(ticks, {
      input: ScheduleTargetInput.fromObject({ action: 'tick' }),
      retryAttempts: 0,
      maxEventAge: Duration.seconds(60),
    }),
  })

/** CDK's rules take two schedules of one name in a stack for the same, whatever their groups. */
const isFirst = (scope: Construct): boolean =>
  !Stack.of(scope)
    .node.findAll()
    .some(it => it instanceof CfnSchedule && it.name === scheduleName)
