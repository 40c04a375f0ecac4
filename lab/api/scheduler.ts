import type { ScheduleState } from '../operations/wake.ts'
import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { scheduleErrors } from './errors/service-errors.ts'
import { get, type RestRoute } from './rest-protocol.ts'
import type { Reply } from './service.ts'

interface UpdateSchedule {
  readonly GroupName?: string
  readonly ScheduleExpression?: string
  readonly Target?: { readonly Arn?: string; readonly RoleArn?: string; readonly Input?: string }
  readonly FlexibleTimeWindow?: object
  readonly State?: 'ENABLED' | 'DISABLED'
  readonly Description?: string
  /** Epoch seconds. */
  readonly StartDate?: number
  readonly EndDate?: number
}

/** EventBridge Scheduler's REST API over the one schedule of a deployed stack. */
export const scheduleRoutes = ({ operations }: Account): readonly RestRoute[] =>
  operations ? routesOf(operations.wake.schedule) : []

const routesOf = (schedule: ScheduleState): readonly RestRoute[] => [
  get(/^\/schedules\/(?<name>[^/]+)$/, 'GetSchedule', ({ name }, { query }) =>
    show(schedule, name, query.get('groupName') ?? undefined),
  ),
  {
    method: 'PUT',
    path: /^\/schedules\/(?<name>[^/]+)$/,
    action: 'UpdateSchedule',
    run: ({ name }, { body }) => update(schedule, name, JSON.parse(body) as UpdateSchedule),
  },
]

const check = (schedule: ScheduleState, name: string | undefined, group: string | undefined): void => {
  if (!schedule.isGone && name === schedule.name && group === schedule.group) return
  throw new ApiFailure(scheduleErrors.notFound, name ?? '')
}

const show = (schedule: ScheduleState, asked: string | undefined, inGroup: string | undefined): Reply => {
  check(schedule, asked, inGroup)
  const { name, group, arn, expression, state, description, target, endsAtMs } = schedule
  return {
    result: {
      Name: name,
      GroupName: group,
      Arn: arn,
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'NONE',
      State: state,
      Description: description,
      Target: target,
      ...(endsAtMs === undefined ? {} : { EndDate: endsAtMs / 1000 }),
    },
    brief: { schedule: name, state },
  }
}

/** What is not said goes back to its default, as on AWS. */
const update = (schedule: ScheduleState, name: string | undefined, input: UpdateSchedule): Reply => {
  check(schedule, name, input.GroupName)
  if (!input.ScheduleExpression || !input.FlexibleTimeWindow || !input.Target?.Arn || !input.Target.RoleArn) {
    throw new ApiFailure(scheduleErrors.incomplete)
  }
  if (input.ScheduleExpression !== schedule.expression) {
    throw new ApiFailure(scheduleErrors.ratesKept)
  }
  if (input.EndDate !== undefined && input.EndDate * 1000 <= Date.now()) {
    throw new ApiFailure(scheduleErrors.endsInPast)
  }
  if ((input.Description ?? '').length > 512) {
    throw new ApiFailure(scheduleErrors.longDescription)
  }
  schedule.state = input.State ?? 'ENABLED'
  schedule.description = input.Description ?? ''
  schedule.endsAtMs = input.EndDate === undefined ? undefined : input.EndDate * 1000
  schedule.target = { ...input.Target, Arn: input.Target.Arn, RoleArn: input.Target.RoleArn }
  return { result: { ScheduleArn: schedule.arn }, brief: { schedule: schedule.name, state: schedule.state } }
}
