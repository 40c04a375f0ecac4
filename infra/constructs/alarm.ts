import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { alarmName } from '../app/settings/resource-names.ts'
import { type DatabaseModel, physical } from './front-door-model.ts'

export interface Condition {
  readonly metric: IMetric
  readonly threshold: number
  readonly comparison?: ComparisonOperator
  /** How many periods in a row; with `of`, how many of so many. */
  readonly periods?: number
  readonly of?: number
  readonly missing?: TreatMissingData
}

/** By the alarms' names; nothing for one that does not fit. */
export type Conditions<Name extends string> = { readonly [Key in Name]?: Condition | undefined }

/** What every alarm of a database has: its name, and whom it tells. */
export interface AlarmOwner extends Pick<DatabaseModel, 'name'> {
  readonly alarmActions: readonly IAlarmAction[]
}

export const runbookSection = (name: string): string => `docs/runbook.md#${name}`

/** An alarm for each condition, under the names that say what it means. */
export const createAlarmsOf = <Name extends string>(
  scope: Construct,
  owner: AlarmOwner,
  { names, conditions }: { names: Readonly<Record<Name, string>>; conditions: Conditions<Name> },
): Alarm[] =>
  Object.entries<Condition | undefined>(conditions).flatMap(([key, condition]) => {
    if (condition === undefined) return []
    const name = key as Name
    const alarm = new Alarm(scope, `Alarm-${name}`, {
      ...physical(owner, 'alarmName', named => alarmName(named, name)),
      alarmDescription: `${names[name]}. ${runbookSection(name)}`,
      metric: condition.metric,
      threshold: condition.threshold,
      evaluationPeriods: condition.of ?? condition.periods ?? 1,
      ...(condition.of === undefined ? {} : { datapointsToAlarm: condition.periods ?? 1 }),
      comparisonOperator: condition.comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: condition.missing ?? TreatMissingData.NOT_BREACHING,
    })
    if (owner.alarmActions.length > 0) {
      alarm.addAlarmAction(...owner.alarmActions)
      alarm.addOkAction(...owner.alarmActions)
    }
    return [alarm]
  })
