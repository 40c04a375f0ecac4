import { askLine } from '../ask-line.ts'
import { isInterruption } from '../aws/explain.ts'
import { exitCodes } from '../exit-codes.ts'
import { CliError, UsageError } from '../failure.ts'
import { inline } from '../terminal.ts'

/** A failover is not done by a slip of the return key: the name has to be typed. @throws CliError where it is not. */
export const askForGo = async (id: string, signal: AbortSignal): Promise<void> => {
  if (!process.stdin.isTTY) {
    throw new UsageError(
      `There is no terminal to confirm that ${id} may be failed over: pass --yes to go on without a confirmation.`,
    )
  }
  const answer = await askLine(`Type ${inline(id)} to fail it over, anything else to leave it alone:`, signal).catch(
    (error: unknown) => {
      if (isInterruption(error)) return ''
      throw error
    },
  )
  if (answer !== id) throw new CliError('Nothing was done.', exitCodes.interrupted)
}
