import * as v from 'valibot'
import type { Policy } from '../core/policies.ts'
import { closed, millis, wholeNumber } from './values.ts'

/** How long the function watches, and what it takes to believe that the writer has moved. */

const policyNames = ['paused', 'dry-run', 'add-only'] as const satisfies readonly Policy[]

export const policy = v.picklist(policyNames, `one of ${policyNames.join(', ')}`)

export const settleSchema = closed({
  answers: v.optional(wholeNumber('how many answers must agree, a whole number from 1 to 100', 1, 100), 3),
  intervalMs: v.optional(millis('time between two looks'), 1000),
  spanMs: v.optional(millis('time over which answers agree', 0), 6000),
  // Longer than an Aurora endpoint is known to alternate between old and new writer: 20 to 30 s.
  flapMs: v.optional(millis('time for which an endpoint may alternate between two writers', 0), 35_000),
  // Longer than a read of AWS is known to lag behind a write; after that, somebody has undone it.
  readLagMs: v.optional(millis('time for which a read may not show a write', 0), 6000),
  // `standby`: a standby answers nobody. Longer than health checks take to notice that the old writer is gone.
  bothHealthyMs: v.optional(millis('time after which a second healthy address is another database’s'), 60_000),
})

/** A change by hand in a target group goes unnoticed for so long. */
const longestMemoryMs = 3_600_000

export const memory = wholeNumber(
  `for how long what was found in sync is not read again, in milliseconds, a whole number from 0 to ${longestMemoryMs}`,
  0,
  longestMemoryMs,
)

export const watchSchema = closed({
  startedMs: v.optional(millis('a duration'), 300_000),
  completedMs: v.optional(millis('a duration'), 60_000),
  rebootMs: v.optional(millis('a duration'), 30_000),
  healthyMs: v.optional(millis('a duration'), 360_000),
})

type Settle = v.InferOutput<typeof settleSchema>
type Watch = v.InferOutput<typeof watchSchema>

export interface SettleProblem {
  readonly key: keyof Settle
  readonly message: string
}

/** Why nothing would ever settle within a watch. */
export const settleProblems = (settle: Settle, watch: Watch): readonly SettleProblem[] => {
  const problems: SettleProblem[] = []
  // Each of them is reported by itself.
  if (watch.completedMs < 1 || settle.intervalMs < 1) return problems
  if (settle.spanMs >= watch.completedMs) {
    problems.push({ key: 'spanMs', message: 'less than watch.completedMs, or nothing ever settles' })
  }
  if (settle.answers * settle.intervalMs > watch.completedMs) {
    const most = Math.floor(watch.completedMs / settle.intervalMs)
    const message = `at most ${most} with this intervalMs: that many answers take longer than watch.completedMs, and nothing ever settles`
    problems.push({ key: 'answers', message })
  }
  return problems
}
