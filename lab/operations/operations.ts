import { cloudWatchService } from '../api/cloudwatch-alarms.ts'
import { eventRuleOperations } from '../api/event-rules.ts'
import { type JsonServices, targeted } from '../api/json-service.ts'
import { lambdaService } from '../api/lambda.ts'
import { logsService } from '../api/logs.ts'
import { schedulerService } from '../api/scheduler.ts'
import type { AsyncSettings } from '../lambda/async-queue.ts'
import type { FunctionSettings } from '../lambda/environment.ts'
import type { LambdaFunction } from '../lambda/lambda-function.ts'
import type { Closable, LabTime } from '../model.ts'
import type { LoadBalancer } from '../nlb/load-balancer.ts'
import type { LabTargetGroup } from '../nlb/target-group.ts'
import { type AlarmView, openAlarms } from './alarms.ts'
import { conditionsOf } from './conditions.ts'
import type { WakeState } from './wake.ts'

export interface OperationsOptions {
  readonly database: string
  readonly account: string
  readonly region: string
  readonly time: LabTime
  readonly wake: WakeState
  readonly settings: FunctionSettings
  readonly lambda: LambdaFunction
  readonly asynchronous?: AsyncSettings
  readonly targetGroup: LabTargetGroup
  readonly loadBalancer: LoadBalancer
}

export interface Operations extends Closable {
  /** What the API serves beside the front door. */
  readonly services: JsonServices
  readonly alarms: () => readonly AlarmView[]
  /** The stack lets go of function, rules, schedule and alarms; the log stays. */
  retire(): void
}

/** What an operator sees and switches of a deployment: its function, rules, schedule, alarms and log. */
export const openOperations = (options: OperationsOptions): Operations => {
  const { account, region, time, wake, settings, lambda, asynchronous } = options
  const alarms = openAlarms(time, conditionsOf(options))
  let isRetired = false
  const views = () => (isRetired ? [] : alarms.views())
  return {
    alarms: views,
    retire: () => {
      isRetired = true
      wake.schedule.isGone = true
      for (const rule of wake.rules.splice(0)) rule.isEnabled = false
    },
    services: {
      lambda: lambdaService(() => (isRetired ? [] : [{ settings, lambda, ...(asynchronous ? { asynchronous } : {}) }])),
      events: targeted(eventRuleOperations(wake.rules, wake.functionArn)),
      scheduler: schedulerService(wake.schedule),
      monitoring: cloudWatchService(views, name => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`),
      logs: logsService({ [`/aws/lambda/${settings.name}`]: () => lambda.logs }),
    },
    close: alarms.close,
  }
}
