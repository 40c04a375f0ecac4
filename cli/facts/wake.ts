import type { GetScheduleOutput } from '@aws-sdk/client-scheduler'
import { ruleNames, scheduleGroupName, scheduleName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { type Pause, readPause } from './pause-note.ts'

/** What wakes the function, and whether it is allowed to. */
export interface Wake {
  readonly rules: readonly { readonly name: string; readonly isEnabled: boolean }[]
  readonly schedule: { readonly name: string; readonly isEnabled: boolean; readonly every: string }
  readonly pause?: Pause
}

/** @throws when a rule or the schedule is missing or cannot be read. */
export const readWake = async (clients: Clients, database: DatabaseSettings, nowMs: number): Promise<Wake> => {
  const eventBridge = await clients.eventBridge()
  const [schedule, ...rules] = await Promise.all([
    readSchedule(clients, database),
    ...ruleNames(database).map(async name => {
      const { State } = await eventBridge.describeRule({ Name: name })
      return { name, isEnabled: State !== 'DISABLED' }
    }),
  ])
  const pause = readPause(schedule.Description, nowMs)
  return {
    rules,
    schedule: {
      name: `${schedule.GroupName}/${schedule.Name}`,
      isEnabled: schedule.State === 'ENABLED' && (schedule.EndDate?.getTime() ?? Number.POSITIVE_INFINITY) > nowMs,
      every: schedule.ScheduleExpression ?? '',
    },
    ...(pause === undefined ? {} : { pause }),
  }
}

export const readSchedule = async (clients: Clients, database: DatabaseSettings): Promise<GetScheduleOutput> =>
  (await clients.scheduler()).getSchedule({ GroupName: scheduleGroupName(database), Name: scheduleName })
