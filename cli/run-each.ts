import type { DatabaseSettings } from '../infra/app/settings.ts'
import { explain } from './aws/explain.ts'
import type { Context } from './context.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import { eachOf } from './facts/fleet.ts'
import type { Progress } from './output.ts'
import { type Answered, showReport } from './text/reconcile-report.ts'

export interface Failed {
  readonly database: string
  readonly error: string
  readonly exitCode: number
}

/** Reports of several databases, side by side, shown in their order; a failure of one leaves the others alone. */
export const reportEach = async (
  context: Context,
  { doing, ask }: { doing: string; ask: (database: DatabaseSettings, progress: Progress) => Promise<Answered> },
): Promise<ExitCode> => {
  const { out, databases } = context
  const progress = await out.progress(`${doing} ${databases.map(({ id }) => id).join(', ')}`)
  const answer = async (database: DatabaseSettings): Promise<Answered | Failed> => {
    try {
      return await ask(database, progress)
    } catch (error) {
      const { message, exitCode } = explain(error)
      if (exitCode === exitCodes.interrupted) throw error
      return { database: database.id, error: message, exitCode }
    }
  }
  let answers: readonly (Answered | Failed)[]
  try {
    answers = await eachOf(databases, answer, (done, of) => of > 1 && progress.update(`${doing}: ${done} of ${of}`))
  } finally {
    progress.stop()
  }
  const failures = answers.filter(isFailed)
  for (const { database, error } of failures)
    out.note(`repoint: ${databases.length > 1 ? `${database}: ` : ''}${error}`)
  const reports = answers.filter((answer): answer is Answered => !isFailed(answer))
  if (reports.length > 0 || out.isJson) {
    out.result(reports.map(report => showReport(report, out.paint)).join('\n\n'), answers)
  }
  return worstOf(answers.map(it => (isFailed(it) ? (it.exitCode as ExitCode) : exitCodeOf(it.outcome))))
}

const isFailed = (answer: Answered | Failed): answer is Failed => 'error' in answer
