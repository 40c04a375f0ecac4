import { Interruption } from '../../aws/explain.ts'
import { type Health, judge, type Limits } from '../../checks/path-health.ts'
import type { Mover } from '../open.ts'
import { type Move, moveWeights } from '../shift/move.ts'

export interface Glancing {
  readonly migration: Mover
  readonly limits: Limits
  /** What is known without asking anybody: our own clients as they stand now. */
  readonly glance: () => Health
  readonly glanceEveryMs: number
}

/**
 * A step forward that keeps its eyes open. What goes wrong without this:
 * 1. The batch is out, and clients begin to come through the gateway.
 * 2. Route 53 takes a minute, at worst five, until it has the change everywhere, and the step waits for that.
 * 3. The path through the gateway breaks in the meantime, and nobody goes back before the wait is over.
 * So the wait ends as soon as our own clients show it; settings and record are written all the same.
 *
 * @returns what is to be told
 */
export const moveWatched = async (
  { migration, glance, glanceEveryMs, limits }: Glancing,
  move: Move,
  mover: typeof moveWeights = moveWeights,
): Promise<readonly string[]> => {
  const { context } = migration
  const cut = new AbortController()
  const signal = AbortSignal.any([context.signal, cut.signal])
  let timer: NodeJS.Timeout | undefined
  // Before that nothing has been moved, and the step must not be taken for one that was.
  const onWritten = () => {
    timer = setInterval(() => {
      if (judge(glance(), limits).kind === 'go-back') cut.abort(new Interruption())
    }, glanceEveryMs)
  }
  try {
    const { notes } = await mover({ ...migration, context: { ...context, signal } }, { ...move, onWritten })
    return notes
  } catch (error) {
    if (cut.signal.aborted && !context.signal.aborted) return ['The wait for Route 53 was cut short.']
    throw error
  } finally {
    clearInterval(timer)
  }
}
