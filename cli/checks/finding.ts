import type { Gathered } from '../facts/gathered.ts'

/** How much a finding weighs. `unknown`: the fact could not be read; the other checks go on. */
export const severities = ['ok', 'notice', 'warning', 'problem', 'unknown'] as const

export type Severity = (typeof severities)[number]

/** What one check found, without the check's name. */
export interface Judgement {
  readonly severity: Severity
  /** What is so, with its values, in one sentence. */
  readonly fact: string
  /** What to do about it. */
  readonly remedy?: string
  /** Where it is documented that it matters. */
  readonly source?: string
  /** `--force` goes on in spite of it. */
  readonly isForcible?: true
}

/** The one result of every check, whichever command asks: doctor, preflight, verify, drill, shift, retire, status. */
export interface Finding extends Judgement {
  readonly check: string
}

/** A pure function from gathered facts. */
export interface Check<Facts> {
  readonly name: string
  /** What the check answers, for help and documentation. */
  readonly question: string
  /** Judged for each target group, where a database has several. */
  readonly isOfGroup?: true
  readonly judge: (facts: Facts) => readonly Judgement[]
}

export const ok = (fact: string, source?: string): Judgement => ({ severity: 'ok', fact, ...given({ source }) })

export const notice = (fact: string, remedy?: string, source?: string): Judgement => ({
  severity: 'notice',
  fact,
  ...given({ remedy, source }),
})

export const warning = (fact: string, remedy: string, source?: string): Judgement => ({
  severity: 'warning',
  fact,
  remedy,
  ...given({ source }),
})

export const problem = (fact: string, remedy: string, source?: string): Judgement => ({
  severity: 'problem',
  fact,
  remedy,
  ...given({ source }),
})

/** What could not be checked. It never counts as fine. */
export const unknown = (fact: string, remedy?: string): Judgement => ({
  severity: 'unknown',
  fact,
  ...given({ remedy }),
})

/** The same judgement where `--force` may go on in spite of it. */
export const forcible = (judgement: Judgement): Judgement => ({ ...judgement, isForcible: true })

const given = (fields: {
  remedy?: string | undefined
  source?: string | undefined
}): Pick<Judgement, 'remedy' | 'source'> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** Judgements with the name of their check. */
export const findingsOf = (check: string, judgements: readonly Judgement[]): readonly Finding[] =>
  judgements.map(judgement => ({ check, ...judgement }))

/** What every check of a list says about the same facts, in the order of the list. */
export const judgeAll = <Facts>(checks: readonly Check<Facts>[], facts: Facts): readonly Finding[] =>
  checks.flatMap(({ name, judge }) => findingsOf(name, judge(facts)))

/** What stands against an act: a problem, and every fact that could not be read. */
export const isAgainst = ({ severity }: Pick<Finding, 'severity'>): boolean =>
  severity === 'problem' || severity === 'unknown'

/** What cannot be read may be the same for several facts, paths or VPCs. */
export const onlyOnce = (judgements: readonly Judgement[]): readonly Judgement[] =>
  judgements.filter(({ fact }, index) => judgements.findIndex(it => it.fact === fact) === index)

type Values<T extends readonly Gathered<unknown>[]> = {
  [K in keyof T]: T[K] extends Gathered<infer V> ? V : never
}

/** Judges where every fact is known; otherwise says which is missing, once each. */
export const whenKnown = <const T extends readonly Gathered<unknown>[]>(
  facts: T,
  judge: (...values: Values<T>) => readonly Judgement[],
): readonly Judgement[] => {
  const missing = facts.flatMap(fact => (fact.kind === 'known' ? [] : [missingFact(fact)]))
  if (missing.length > 0) return onlyOnce(missing)
  return judge(...(facts.flatMap(fact => (fact.kind === 'known' ? [fact.value] : [])) as unknown as Values<T>))
}

/** A fact that is not known: one that could not be read is `unknown` and names the missing permission. */
export const missingFact = (fact: Exclude<Gathered<unknown>, { kind: 'known' }>): Judgement => {
  if (fact.kind === 'none') return notice(fact.why)
  return unknown(
    fact.why,
    fact.action === undefined
      ? undefined
      : `Allow ${fact.action} to whoever runs this; it only reads. The other checks went on without it.`,
  )
}
