import type { GetScheduleOutput, UpdateScheduleInput } from '@aws-sdk/client-scheduler'
import { readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'
import { scheduleName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { explain } from '../aws/explain.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { RetiredError } from './deployed.ts'
import { type Gathered, known, none, notKnown } from './gathered.ts'
import { descriptionBefore, type Pause, type PauseNote, readPause, writePause } from './pause-note.ts'
import { readRules, readSchedule } from './wake.ts'

/** Whether somebody has paused it. @throws what ends the whole command: an interruption, a wrong command line */
export const lookAtPause = async (
  context: Context,
  database: DatabaseSettings,
): Promise<Gathered<Pause | undefined>> => {
  try {
    const { Description } = await readSchedule(context.clientsFor(database), database)
    return known(readPause(Description, context.now()))
  } catch (error) {
    const { message, exitCode } = explain(error)
    if (exitCode === exitCodes.interrupted || exitCode === exitCodes.usage) throw error
    // Without its function there is no schedule either.
    return database.gateway.stage === 'retired' && exitCode === exitCodes.notFound ? none(message) : notKnown(message)
  }
}

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
    changed.push(() => update(undoing, before))
    await update(clients, before, {
      Description: writePause({ ...note, before: descriptionBefore(before.Description) }),
      Target: before.Target && { ...before.Target, Input: inputs.paused },
      EndDate: new Date(note.untilMs),
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
  await update(clients, before, {
    Description: descriptionBefore(before.Description) || undefined,
    Target: before.Target && { ...before.Target, Input: inputs.on },
    EndDate: undefined,
  })
}

/** @throws RetiredError where the settings say that there is none any more */
const scheduleOf = (clients: Clients, database: DatabaseSettings): Promise<GetScheduleOutput> =>
  readSchedule(clients, database).catch((error: unknown) => {
    const isGone = database.gateway.stage === 'retired' && readAwsError(error).kind === 'not-found'
    throw isGone ? new RetiredError(database.id, error) : error
  })

/** UpdateSchedule sets everything that it is not told back to a default: the whole schedule goes along. */
const update = async (
  clients: Clients,
  { Arn, CreationDate, LastModificationDate, ...whole }: GetScheduleOutput,
  change: Partial<UpdateScheduleInput> = {},
): Promise<void> => {
  const { Name = scheduleName, ScheduleExpression, FlexibleTimeWindow, Target } = whole
  const needed = { Name, ScheduleExpression, FlexibleTimeWindow, Target, State: 'ENABLED' } as const
  await (await clients.scheduler()).updateSchedule({ ...whole, ...needed, ...change })
}
