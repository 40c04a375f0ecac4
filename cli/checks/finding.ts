import type { Facts } from '../facts/facts.ts'

/** What a check says. `unknown`: the fact could not be read, the other checks go on. */
export const severities = ['ok', 'notice', 'warning', 'problem', 'unknown'] as const

export type Severity = (typeof severities)[number]

export interface Judgement {
  readonly severity: Severity
  /** What is so, with its values, in one sentence. */
  readonly fact: string
  /** What to do about it. */
  readonly cure?: string
  /** Where it is written that it matters. */
  readonly source?: string
}

export interface Finding extends Judgement {
  readonly check: string
}

/** A pure function from gathered facts; it asks nobody. */
export interface Check {
  readonly name: string
  /** What the check answers, for help and documentation. */
  readonly question: string
  /** Judged for each target group, where a database has several. */
  readonly isOfGroup?: true
  readonly judge: (facts: Facts) => readonly Judgement[]
}

export const ok = (fact: string, source?: string): Judgement => ({ severity: 'ok', fact, ...maybe({ source }) })

export const notice = (fact: string, cure?: string, source?: string): Judgement => ({
  severity: 'notice',
  fact,
  ...maybe({ cure, source }),
})

export const warning = (fact: string, cure: string, source?: string): Judgement => ({
  severity: 'warning',
  fact,
  cure,
  ...maybe({ source }),
})

export const problem = (fact: string, cure: string, source?: string): Judgement => ({
  severity: 'problem',
  fact,
  cure,
  ...maybe({ source }),
})

const maybe = (fields: {
  cure?: string | undefined
  source?: string | undefined
}): Pick<Judgement, 'cure' | 'source'> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
