import type { ScheduleState } from '../operations/wake.ts'
import { ApiFailure } from './failure.ts'
import { type JsonReply, type JsonRequest, type JsonService, unknownOperation } from './json-service.ts'

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

const paths = { GetSchedule: 'GET', UpdateSchedule: 'PUT' } as const

/** EventBridge Scheduler's REST API over the one schedule that runs. */
export const schedulerService = (schedule: ScheduleState): JsonService => ({
  actionOf: ({ method, url }) => {
    if (/^\/schedules\/?$/.test(url.pathname)) return method === 'GET' ? 'ListSchedules' : 'unknown'
    return Object.entries(paths).find(([, its]) => its === method)?.[0] ?? 'unknown'
  },
  run: (action, request) => {
    switch (action) {
      case 'GetSchedule':
        return get(schedule, request)
      case 'UpdateSchedule':
        return update(schedule, request)
      case 'ListSchedules':
        return {
          result: {
            Schedules: [schedule]
              .filter(({ isGone }) => !isGone)
              .map(({ name, group, state }) => ({ Name: name, GroupName: group, State: state })),
          },
          brief: {},
        }
      default:
        throw unknownOperation(action)
    }
  },
})

const check = (schedule: ScheduleState, { url }: JsonRequest, group: string | undefined): void => {
  const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '')
  if (!schedule.isGone && name === schedule.name && group === schedule.group) return
  throw new ApiFailure('ResourceNotFoundException', `Schedule ${group ?? 'default'}/${name} does not exist.`, 404)
}

const get = (schedule: ScheduleState, request: JsonRequest): JsonReply => {
  check(schedule, request, request.url.searchParams.get('groupName') ?? undefined)
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
const update = (schedule: ScheduleState, request: JsonRequest): JsonReply => {
  const input = JSON.parse(request.body) as UpdateSchedule
  check(schedule, request, input.GroupName)
  if (!input.ScheduleExpression || !input.FlexibleTimeWindow || !input.Target?.Arn || !input.Target.RoleArn) {
    throw new ApiFailure(
      'ValidationException',
      'ScheduleExpression, FlexibleTimeWindow, Target.Arn and Target.RoleArn are required.',
    )
  }
  if (input.ScheduleExpression !== schedule.expression) {
    throw new ApiFailure('ValidationException', 'The lab’s schedule keeps its rate.')
  }
  if (input.EndDate !== undefined && input.EndDate * 1000 <= Date.now()) {
    throw new ApiFailure('ValidationException', 'The EndDate you specify cannot be earlier than now.')
  }
  if ((input.Description ?? '').length > 512) {
    throw new ApiFailure('ValidationException', 'Description must have length less than or equal to 512')
  }
  schedule.state = input.State ?? 'ENABLED'
  schedule.description = input.Description ?? ''
  schedule.endsAtMs = input.EndDate === undefined ? undefined : input.EndDate * 1000
  schedule.target = { ...input.Target, Arn: input.Target.Arn, RoleArn: input.Target.RoleArn }
  return { result: { ScheduleArn: schedule.arn }, brief: { schedule: schedule.name, state: schedule.state } }
}
