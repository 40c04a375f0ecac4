import type { Config } from './config.ts'
import type { Answer } from './core/model.ts'
import { outcomeOf, type Reason } from './core/reasons.ts'
import { isSameSet } from './core/settle.ts'
import { isWriterHealthy } from './core/verdict.ts'
import { addSighting, type Calm, type Memory } from './memory.ts'
import type { Dns, Ports } from './ports.ts'
import { isOfNow, type Progress, unseen } from './progress.ts'

/**
 * A quiet run costs no call of AWS: DNS says what it said when all was found in sync, and that is not long ago. AWS counts
 * calls for an account and Region, and a thousand functions that look each minute spend what a failover needs.
 *
 * The memory decides nothing but that AWS need not be asked now. Whatever DNS says differently, whatever is not known to
 * be well, and any other trigger than the schedule makes a run that reads everything.
 */

/** A thousand, each with several reads, are a fraction of what AWS serves in it. */
const soonMs = 600_000

/** @returns what is still so; `undefined` where AWS has to be asked. */
export const stillCalm = async (config: Config, { dns, clock }: Pick<Ports, 'dns' | 'clock'>, memory: Memory) => {
  const { calm } = memory
  const nowMs = clock.now()
  // The clock may have been set back since.
  if (calm === undefined || nowMs < calm.readMs || nowMs >= calm.untilMs) return undefined
  const answers = await Promise.all(
    [...calm.answers].map(async ([name, before]) => ({ name, before, now: await dns.resolve(name) })),
  )
  const endpoint = answers.find(({ name }) => name === config.database.endpoint)
  if (endpoint === undefined || !answers.every(({ before, now }) => isSameAnswer(before, now))) return undefined
  addSighting(memory, { atMs: nowMs, answer: endpoint.now })
  return calm
}

const isSameAnswer = (before: Answer, now: Answer): boolean =>
  before.kind === 'addresses' &&
  now.kind === 'addresses' &&
  isSameSet(before.addresses, now.addresses) &&
  before.chain.join() === now.chain.join()

interface End {
  readonly reason: Reason
  /** What the run before left. */
  readonly before: Calm | undefined
  readonly answers: ReadonlyMap<string, Answer>
  readonly rememberMs: number
  readonly nowMs: number
  /** 0 inclusive to 1 exclusive. */
  readonly random: number
}

/**
 * What a run that has ended leaves to those that follow; nothing where anything is open. Only the second run in a row
 * that finds all well makes the next ones quiet: health is measured twice, which the alarm on it needs to end.
 */
export const calmAfter = (progress: Progress, end: End): Calm | undefined => {
  const { reason, before, answers, rememberMs, random } = end
  const { latest: look, uncertain, refused } = progress
  if (look === undefined || reason === 'partner-disproved') return undefined
  const outcome = outcomeOf(reason)
  const hasUnproved = look.owners?.some(({ proof }) => proof !== 'proved') ?? false
  const isOpen =
    look.isRemembered ||
    hasUnproved ||
    unseen(progress, look, end.nowMs).length + uncertain.length + refused.length + look.faults.size > 0
  if ((outcome !== 'in-sync' && outcome !== 'repointed') || isOpen || !isWriterHealthy(look)) return undefined
  const { writer, doors, members, readMs } = look
  // Functions that were deployed together would read together for ever.
  const usualMs = before === undefined ? readMs : readMs + rememberMs * (1 - random / 4)
  // Whose health this run could not say is read by one of the next, and not by those of a thousand at once.
  const untilMs = isOfNow(progress, end.nowMs) ? usualMs : Math.min(usualMs, end.nowMs + random * soonMs)
  return { observation: { writer, doors, ...(members && { members }) }, answers: new Map(answers), readMs, untilMs }
}

/** The port, and the last answer to each name that was asked through it. */
export const recordAnswers = (dns: Dns): { readonly dns: Dns; readonly answers: ReadonlyMap<string, Answer> } => {
  const answers = new Map<string, Answer>()
  const resolve = async (name: string): Promise<Answer> => {
    const answer = await dns.resolve(name)
    answers.set(name, answer)
    return answer
  }
  return { dns: { resolve }, answers }
}
