import type { GetScheduleOutput, UpdateScheduleInput } from '@aws-sdk/client-scheduler'
import { readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'
import { scheduleName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { RetiredError } from './deployed.ts'
import { descriptionBefore, type PauseNote, writePause } from './pause-note.ts'
import { readRules, readSchedule } from './wake.ts'

export interface Switch {
  readonly clients: Clients
  /** For undoing, which an interruption must not stop. */
  readonly undoing: Clients
  readonly database: DatabaseSettings
}

/** What the schedule sends, as the stack sets it, and while paused: it looks and writes nothing. */
const inputs = { on: '{"action":"tick"}', paused: '{"action":"plan"}' } as const

/**
 * Disables the rules and lets the schedule only look, until the pause's time is up. All or nothing: what was done is
 * undone when a later call fails or the command is interrupted.
 */
export const pause = async ({ clients, undoing, database }: Switch, note: Omit<PauseNote, 'before'>): Promise<void> => {
  const before = await scheduleOf(clients, database)
  const eventBridge = await clients.eventBridge()
  const wereEnabled = (await readRules(eventBridge, database)).filter(it => it.isEnabled).map(({ name }) => name)
  const changed: (() => Promise<unknown>)[] = []
  try {
    changed.push(() => update(undoing, before, {}))
    await update(clients, before, {
      description: writePause({ ...note, before: descriptionBefore(before.Description) }),
      input: inputs.paused,
      endMs: note.untilMs,
    })
    for (const name of wereEnabled) {
      changed.push(async () => (await undoing.eventBridge()).enableRule({ Name: name }))
      await eventBridge.disableRule({ Name: name })
    }
  } catch (error) {
    for (const undo of changed.toReversed()) await undo()
    throw error
  }
}

/** Rules on first: a schedule that still looks only is the smaller evil of the two. Each call may be repeated. */
export const resume = async ({ clients, database }: Omit<Switch, 'undoing'>): Promise<void> => {
  const before = await scheduleOf(clients, database)
  const eventBridge = await clients.eventBridge()
  for (const { name } of await readRules(eventBridge, database)) await eventBridge.enableRule({ Name: name })
  const description = descriptionBefore(before.Description)
  await update(clients, before, { description, input: inputs.on, endMs: null })
}

/** @throws RetiredError where the settings say that there is none any more */
const scheduleOf = (clients: Clients, database: DatabaseSettings): Promise<GetScheduleOutput> =>
  readSchedule(clients, database).catch((error: unknown) => {
    const isGone = database.gateway.stage === 'retired' && readAwsError(error).kind === 'not-found'
    throw isGone ? new RetiredError(database.id, error) : error
  })

interface Change {
  readonly description?: string
  readonly input?: string
  /** Epoch milliseconds; null for none. */
  readonly endMs?: number | null
}

/** UpdateSchedule sets everything that it is not told back to a default: the whole schedule goes along. */
const update = async (clients: Clients, before: GetScheduleOutput, change: Change): Promise<void> => {
  const { Target, FlexibleTimeWindow, ScheduleExpression } = before
  const endDate =
    change.endMs === undefined ? before.EndDate : change.endMs === null ? undefined : new Date(change.endMs)
  const description = change.description ?? before.Description
  const input: UpdateScheduleInput = {
    Name: before.Name ?? scheduleName,
    GroupName: before.GroupName,
    ScheduleExpression,
    ScheduleExpressionTimezone: before.ScheduleExpressionTimezone,
    StartDate: before.StartDate,
    KmsKeyArn: before.KmsKeyArn,
    ActionAfterCompletion: before.ActionAfterCompletion,
    FlexibleTimeWindow,
    State: 'ENABLED',
    ...(description ? { Description: description } : {}),
    ...(endDate === undefined ? {} : { EndDate: endDate }),
    Target: Target && { ...Target, Input: change.input ?? Target.Input },
  }
  await (await clients.scheduler()).updateSchedule(input)
}
