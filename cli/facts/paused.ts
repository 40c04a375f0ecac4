import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { explain } from '../aws/explain.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { type Gathered, known, none, notKnown } from './gathered.ts'
import { type Pause, readPause } from './pause-note.ts'
import { readSchedule } from './wake.ts'

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
