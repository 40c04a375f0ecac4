import type { Account } from './account.ts'
import type { Reply } from './service.ts'

interface DescribeAlarms {
  readonly AlarmNamePrefix?: string
  readonly AlarmNames?: readonly string[]
  readonly StateValue?: string
  readonly MaxRecords?: number
  readonly NextToken?: string
}

/** CloudWatch's DescribeAlarms over alarms that are computed from what the lab sees. */
export const alarmOperations = ({ id, region, operations }: Account) =>
  operations && {
    DescribeAlarms: (input: DescribeAlarms): Reply => {
      const found = operations
        .alarms()
        .filter(({ name }) => name.startsWith(input.AlarmNamePrefix ?? ''))
        .filter(({ name }) => input.AlarmNames === undefined || input.AlarmNames.includes(name))
        .filter(({ state }) => input.StateValue === undefined || input.StateValue === state)
      const from = Number(input.NextToken ?? 0)
      const to = from + (input.MaxRecords ?? 50)
      return {
        result: {
          MetricAlarms: found.slice(from, to).map(alarm => ({
            AlarmName: alarm.name,
            AlarmArn: `arn:aws:cloudwatch:${region}:${id}:alarm:${alarm.name}`,
            AlarmDescription: alarm.description,
            StateValue: alarm.state,
            StateReason: alarm.reason,
            StateUpdatedTimestamp: alarm.sinceMs / 1000,
            ActionsEnabled: true,
            AlarmActions: [],
          })),
          CompositeAlarms: [],
          ...(to < found.length ? { NextToken: String(to) } : {}),
        },
        brief: { ringing: found.filter(({ state }) => state === 'ALARM').length },
      }
    },
  }
