import type { AsyncSettings } from '../lambda/async-queue.ts'
import type { FunctionSettings } from '../lambda/environment.ts'
import type { LambdaFunction } from '../lambda/lambda-function.ts'
import type { LogLine } from '../lambda/log-lines.ts'
import type { Closable } from '../model.ts'
import { type AlarmView, openAlarms } from './alarms.ts'
import { conditionsOf, type Watched } from './conditions.ts'
import type { WakeState } from './wake.ts'

/** A function that the stack deploys. */
export interface DeployedFunction {
  readonly settings: FunctionSettings
  readonly lambda: LambdaFunction
  /** What becomes of events that Lambda takes in for later. */
  readonly asynchronous?: AsyncSettings
}

export interface OperationsOptions extends Watched, DeployedFunction {}

/** What an operator sees and switches of a deployment: its function, rules, schedule, alarms and log. */
export interface Operations extends Closable {
  readonly functions: () => readonly DeployedFunction[]
  readonly wake: WakeState
  readonly alarms: () => readonly AlarmView[]
  /** By log group. */
  readonly logs: Readonly<Record<string, () => readonly LogLine[]>>
  /** The stack lets go of function, rules, schedule and alarms; the log stays. */
  retire(): void
}

export const openOperations = (options: OperationsOptions): Operations => {
  const { wake, settings, lambda, asynchronous } = options
  const alarms = openAlarms(options.time, conditionsOf(options))
  let isRetired = false
  return {
    functions: () => (isRetired ? [] : [{ settings, lambda, ...(asynchronous && { asynchronous }) }]),
    wake,
    alarms: () => (isRetired ? [] : alarms.views()),
    logs: { [`/aws/lambda/${settings.name}`]: () => lambda.logs },
    retire: () => {
      isRetired = true
      wake.schedule.isGone = true
      for (const rule of wake.rules.splice(0)) rule.isEnabled = false
    },
    close: alarms.close,
  }
}
