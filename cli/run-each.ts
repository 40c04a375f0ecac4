import type { DatabaseSettings } from '../infra/app/settings.ts'
import { explain } from './aws/explain.ts'
import type { Context } from './context.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import type { Progress } from './output.ts'
import { type Answered, showReport } from './text/reconcile-report.ts'

export interface Failed {
  readonly database: string
  readonly error: string
  readonly exitCode: number
}

export interface Asking<Answer> {
  readonly doing: string
  readonly ask: (database: DatabaseSettings, progress: Progress) => Promise<Answer>
}

/** Reports of several databases, side by side, shown in their order; a failure of one leaves the others alone. */
export const reportEach = async (context: Context, asking: Asking<Answered>): Promise<ExitCode> => {
  const { out } = context
  const { answers, all, failures } = await askEach(context, asking)
  if (answers.length > 0 || out.isJson) {
    out.result(answers.map(report => showReport(report, out.paint)).join('\n\n'), all)
  }
  return worstOf([...answers.map(it => exitCodeOf(it.outcome)), ...failures])
}

/** The same of what has no report: one line for each that was done. */
export const doEach = async (
  context: Context,
  asking: Asking<{ readonly database: string }>,
  { line, end }: { line: (database: string) => string; end: string },
): Promise<ExitCode> => {
  const { out } = context
  const { answers, all, failures } = await askEach(context, asking)
  if (answers.length > 0 || out.isJson) {
    out.result([...answers.map(it => line(out.paint('bold', it.database))), end].join('\n'), all)
  }
  return worstOf([exitCodes.ok, ...failures])
}

/** What keeps one from an answer is told with its id. @throws an interruption */
export const askEach = async <Answer extends object>(context: Context, { doing, ask }: Asking<Answer>) => {
  const { out, databases } = context
  const all = await out.progress(`${doing} ${databases.map(({ id }) => id).join(', ')}`, progress => {
    const answer = async (database: DatabaseSettings): Promise<Answer | Failed> => {
      try {
        return await ask(database, progress)
      } catch (error) {
        const { message, exitCode } = explain(error)
        if (exitCode === exitCodes.interrupted) throw error
        return { database: database.id, error: message, exitCode }
      }
    }
    return eachOf(databases, answer, (done, of) => of > 1 && progress.update(`${doing}: ${done} of ${of}`))
  })
  const failures = all.filter(isFailed)
  for (const { database, error } of failures)
    out.note(`repoint: ${databases.length > 1 ? `${database}: ` : ''}${error}`)
  const answers = all.filter((it): it is Answer => !isFailed(it))
  return { all, answers, failures: failures.map(it => it.exitCode as ExitCode) }
}

const isFailed = (answer: object): answer is Failed => 'error' in answer

/** Asks about many databases side by side; the clients keep to AWS's request rates. Answers in the order of the items. */
export const eachOf = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  onDone: (done: number, of: number) => void = () => {},
  atOnce = 24,
): Promise<Result[]> => {
  const results: Result[] = new Array(items.length)
  const queue = items.entries()
  let done = 0
  const work1 = async () => {
    for (const [index, item] of queue) {
      results[index] = await work(item)
      done += 1
      onDone(done, items.length)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work1))
  return results
}
