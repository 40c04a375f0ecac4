import type { EventBridge } from '@aws-sdk/client-eventbridge'
import type { GetScheduleOutput } from '@aws-sdk/client-scheduler'
import { formerRuleNames, ruleNames, scheduleGroupName, scheduleName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { attempt, ifThere } from './attempt.ts'
import { everyPage } from './every-page.ts'
import type { Gathered } from './gathered.ts'
import { type Pause, readPause } from './pause-note.ts'

export interface RuleFacts {
  readonly name: string
  readonly state: string
  readonly pattern: string
  readonly targets: readonly { readonly arn: string; readonly deadLetterArn?: string }[]
}

export interface ScheduleFacts {
  readonly name: string
  readonly state: string
  readonly expression: string
  readonly input: string
  /** Its time is over: it runs no more. */
  readonly hasEnded: boolean
  readonly pause?: Pause
}

/** What the stack deploys around the function, by the names that it gives. */
type Wanted = Pick<DatabaseSettings, 'id' | 'kind' | 'wakeOn'>

/** Those of the stack that exist. */
export const gatherRules = (clients: Clients, database: Wanted): Promise<Gathered<readonly RuleFacts[]>> =>
  attempt(async () => {
    const events = await clients.eventBridge()
    const read = async (Name: string): Promise<RuleFacts> => {
      const [rule, targets] = await Promise.all([
        events.describeRule({ Name }),
        everyPage('Targets', NextToken => events.listTargetsByRule({ Rule: Name, NextToken })),
      ])
      return {
        name: Name,
        state: rule.State ?? 'unknown',
        pattern: rule.EventPattern ?? '',
        targets: targets.map(({ Arn = '', DeadLetterConfig: queue }) => ({
          arn: Arn,
          ...(queue?.Arn === undefined ? {} : { deadLetterArn: queue.Arn }),
        })),
      }
    }
    const names = [...ruleNames(database), ...formerRuleNames(database)]
    const rules = await Promise.all(names.map(name => ifThere(() => read(name))))
    return rules.filter(it => it !== undefined)
  })

export const gatherSchedules = (
  clients: Clients,
  database: Wanted,
  nowMs: number,
): Promise<Gathered<readonly ScheduleFacts[]>> =>
  attempt(async () => {
    const found = await ifThere(() => readSchedule(clients, database))
    if (found === undefined) return []
    const pause = readPause(found.Description, nowMs)
    return [
      {
        name: `${scheduleGroupName(database)}/${scheduleName}`,
        state: found.State ?? 'unknown',
        expression: found.ScheduleExpression ?? '',
        input: found.Target?.Input ?? '',
        hasEnded: hasEnded(found, nowMs),
        ...(pause === undefined ? {} : { pause }),
      },
    ]
  })

const hasEnded = ({ EndDate }: GetScheduleOutput, nowMs: number): boolean =>
  EndDate !== undefined && EndDate.getTime() <= nowMs

/** What wakes the function, and whether it is allowed to. */
export interface Wake {
  readonly rules: readonly { readonly name: string; readonly isEnabled: boolean }[]
  readonly schedule: { readonly name: string; readonly isEnabled: boolean; readonly every: string }
  readonly pause?: Pause
}

/** @throws when a rule or the schedule is missing or cannot be read. */
export const readWake = async (clients: Clients, database: DatabaseSettings, nowMs: number): Promise<Wake> => {
  const eventBridge = await clients.eventBridge()
  const [schedule, rules] = await Promise.all([readSchedule(clients, database), readRules(eventBridge, database)])
  const pause = readPause(schedule.Description, nowMs)
  return {
    rules,
    schedule: {
      name: `${schedule.GroupName}/${schedule.Name}`,
      isEnabled: schedule.State === 'ENABLED' && !hasEnded(schedule, nowMs),
      every: schedule.ScheduleExpression ?? '',
    },
    ...(pause === undefined ? {} : { pause }),
  }
}

/** Whether each is enabled, and those of an older stack as long as they are there. @throws when one cannot be read */
export const readRules = async (
  eventBridge: Pick<EventBridge, 'describeRule'>,
  database: Wanted,
): Promise<readonly { readonly name: string; readonly isEnabled: boolean }[]> => {
  const read = async (name: string) => ({
    name,
    isEnabled: (await eventBridge.describeRule({ Name: name })).State !== 'DISABLED',
  })
  const rules = await Promise.all([
    ...ruleNames(database).map(read),
    ...formerRuleNames(database).map(name => ifThere(() => read(name))),
  ])
  return rules.filter(it => it !== undefined)
}

export const readSchedule = async (
  clients: Clients,
  database: Pick<DatabaseSettings, 'id'>,
): Promise<GetScheduleOutput> =>
  (await clients.scheduler()).getSchedule({ GroupName: scheduleGroupName(database), Name: scheduleName })
